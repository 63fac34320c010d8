//! Images and containers in containerd, over the socket of this machine.
//!
//! Source: the services below `api/services/` of `containerd/containerd`, releases 1.6 to 2.1, and the directories that
//! its content store and overlay snapshotter keep; `runtime.v1` of `kubernetes/cri-api` for the state of containers of
//! Kubernetes. Layers are read where they were unpacked, which costs no decompression, when all of an image are there;
//! otherwise from the blobs, as files or through the socket; a layer whose blob was discarded is read where it was
//! unpacked. Known gaps: snapshotters that keep no directory for each layer (devmapper, btrfs, nydus, erofs) are not
//! read in place; a container that ended and that nobody but containerd knows has no times.

mod container;
mod content;
mod events;
mod instant;
mod listing;
mod lookup;
mod messages;
mod opening;
mod session;
mod snapshots;

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use model::{Container, EngineSummary, LocalImage};

use crate::platform::Choice;
use crate::{Error, Opened, Runtime, Watch};
use session::Session;

/// What it is called.
const KIND: &str = "containerd";

/// A running containerd.
///
/// Each thing that is asked makes a connection of its own, so that it survives a restart.
#[derive(Clone, Debug)]
pub struct Engine {
    socket: PathBuf,
    version: String,
}

impl Engine {
    /// Connects to the containerd that listens on this socket.
    ///
    /// # Errors
    /// When nothing listens there, or it may not be used, or it is something else; the message says what to do.
    pub fn connect(socket: &Path) -> Result<Self, Error> {
        let operation = || format!("reach containerd at `{}`", socket.display());
        let fail = |source| Error::Network { operation: operation(), source: advise(source) };
        let session = Session::open(socket).map_err(fail)?;
        Ok(Self { socket: socket.to_owned(), version: session.version().map_err(fail)? })
    }

    /// The socket it listens on.
    #[must_use]
    pub fn socket(&self) -> &Path {
        &self.socket
    }

    fn session(&self) -> Result<Session, Error> {
        let operation = || format!("reach containerd at `{}`", self.socket.display());
        Session::open(&self.socket)
            .map_err(|source| Error::Network { operation: operation(), source: advise(source) })
    }
}

impl Runtime for Engine {
    fn summary(&self) -> Result<EngineSummary, Error> {
        let session = self.session()?;
        let layout = session.layout()?;
        Ok(EngineSummary {
            kind: KIND.to_owned(),
            version: Some(self.version.clone()).filter(|version| !version.is_empty()),
            storage_driver: listing::storage_driver(&session, &layout)?,
            root: layout.root().map(|root| root.display().to_string()),
            address: self.socket.display().to_string(),
        })
    }

    fn images(&self) -> Result<Vec<LocalImage>, Error> {
        listing::images(&self.session()?)
    }

    fn containers(&self) -> Result<Vec<Container>, Error> {
        container::containers(&self.session()?)
    }

    /// The name may begin with a namespace: `k8s.io/docker.io/library/debian:12`. Without one it is looked for in
    /// `k8s.io`, `default`, `moby` and then the others.
    fn open(&self, name: &str, choice: &Choice) -> Result<Opened, Error> {
        let session = self.session()?;
        let found = lookup::find(&session, name)?;
        opening::open(&session, &found, choice).map(Opened::Images)
    }

    fn watch(&self) -> Result<Box<dyn Watch>, Error> {
        Ok(Box::new(events::Events::subscribe(&self.session()?)?))
    }
}

fn advise(error: net::Error) -> net::Error {
    let net::Error::Connect { to, why, kind } = error else { return error };
    let hint = match kind {
        Some(ErrorKind::PermissionDenied) => "run as root: containerd lets nobody else in by default",
        Some(ErrorKind::NotFound) => {
            "containerd does not run here, or its socket is elsewhere: see `address` in `/etc/containerd/config.toml`"
        }
        _ => "nothing listens there: start it, for example with `systemctl start containerd`",
    };
    net::Error::Connect { to, why: format!("{why}\nhint: {hint}"), kind }
}
