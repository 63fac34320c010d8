use std::path::{Path, PathBuf};

use crate::platform::Choice;
use crate::{Image, Opened, Runtime as _, containerd};

/// Where containerd listens when Docker does not tell: the system's own, and the one that Docker starts for itself.
const USUAL: [&str; 2] = ["/run/containerd/containerd.sock", "/run/docker/containerd/containerd.sock"];

/// Where containerd keeps the images of a Docker Engine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContainerdStore {
    /// The socket containerd listens on, where the engine tells: since version 27.
    pub address: Option<PathBuf>,
    /// The namespace of containerd that the images are in.
    pub namespace: String,
}

impl ContainerdStore {
    /// The images of an index or manifest of that digest; nothing when containerd cannot be reached or has none.
    ///
    /// That is no error: the engine can export the same image. What another containerd has under the digest is the
    /// same as well.
    pub(super) fn open(&self, digest: &str, choice: &Choice) -> Option<Vec<Image>> {
        let usual = USUAL.map(Path::new);
        let sockets = self.address.as_deref().map_or_else(|| usual.to_vec(), |address| vec![address]);
        let name = format!("{}/{digest}", self.namespace);
        sockets.into_iter().filter(|socket| socket.exists()).find_map(|socket| {
            match containerd::Engine::connect(socket).ok()?.open(&name, choice).ok()? {
                Opened::Images(images) => Some(images),
                Opened::Export(_) => None,
            }
        })
    }
}
