use std::path::{Path, PathBuf};

use crate::containers_storage::Store;
use crate::{Error, Runtime, containerd, docker};

/// Where an engine of this machine is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// The socket of a Docker Engine.
    Docker(PathBuf),
    /// The socket of a containerd.
    Containerd(PathBuf),
    /// The directories of the storage that Podman and CRI-O share.
    Storage(Storage),
}

/// The directories of a container storage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Storage {
    /// Where images and layers are.
    pub root: PathBuf,
    /// Where the state of running containers is.
    pub run_root: PathBuf,
    /// Further roots that images are read from.
    pub others: Vec<PathBuf>,
}

impl Place {
    /// What is there, as engines are called in lists: `docker`, `containerd`, `podman`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Docker(_) => "docker",
            Self::Containerd(_) => "containerd",
            Self::Storage(_) => "podman",
        }
    }

    /// The socket or directory by which it is reached.
    #[must_use]
    pub fn address(&self) -> &Path {
        match self {
            Self::Docker(path) | Self::Containerd(path) => path,
            Self::Storage(storage) => &storage.root,
        }
    }

    /// Speaks to it.
    ///
    /// # Errors
    /// When nothing of the kind answers there.
    pub fn connect(&self) -> Result<Box<dyn Runtime>, Error> {
        Ok(match self {
            Self::Docker(socket) => Box::new(docker::Engine::connect(socket)?),
            Self::Containerd(socket) => Box::new(containerd::Engine::connect(socket)?),
            Self::Storage(storage) => {
                let mut store = Store::open(&storage.root, &storage.run_root)?;
                for other in storage.others.iter().filter(|other| other.is_dir()) {
                    store = store.with_images_of(other)?;
                }
                Box::new(store)
            }
        })
    }
}
