//! The container engines of this machine: where they are, and how they are reached.

use std::fmt;
use std::path::PathBuf;

use anyhow::Result;
use image::Runtime;
use image::containers_storage::Store;
use image::{containerd, docker};

use crate::settings;

/// A kind of engine, as it is chosen on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum EngineKind {
    /// Docker Engine.
    Docker,
    /// containerd, also that of Kubernetes.
    Containerd,
    /// The storage that Podman and CRI-O share.
    Podman,
}

impl EngineKind {
    /// In the order in which a name is looked up.
    pub(crate) const ALL: [Self; 3] = [Self::Docker, Self::Containerd, Self::Podman];

    /// Where to look for it, when it is not found by itself.
    fn hint(self) -> &'static str {
        match self {
            Self::Docker => {
                "there is no /var/run/docker.sock; hint: start Docker, or set DOCKER_HOST=unix://SOCKET"
            }
            Self::Containerd => {
                "there is no /run/containerd/containerd.sock; hint: start containerd, or set CONTAINERD_ADDRESS=SOCKET"
            }
            Self::Podman => {
                "there is no container storage; hint: name its settings by CONTAINERS_STORAGE_CONF=FILE"
            }
        }
    }
}

impl fmt::Display for EngineKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Docker => "Docker",
            Self::Containerd => "containerd",
            Self::Podman => "Podman",
        })
    }
}

/// Where an engine is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// The socket of a Docker Engine.
    Docker(PathBuf),
    /// The socket of a containerd.
    Containerd(PathBuf),
    /// The directories of a container storage.
    Storage(settings::Storage),
}

impl Place {
    /// What is there.
    pub(crate) fn kind(&self) -> EngineKind {
        match self {
            Self::Docker(_) => EngineKind::Docker,
            Self::Containerd(_) => EngineKind::Containerd,
            Self::Storage(_) => EngineKind::Podman,
        }
    }

    /// Speaks to it.
    pub(crate) fn connect(&self) -> Result<Box<dyn Runtime>, image::Error> {
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

/// Where engines of these kinds are on this machine.
pub(crate) fn places(kinds: &[EngineKind]) -> Result<Vec<Place>> {
    let mut places = Vec::new();
    for kind in kinds {
        match kind {
            EngineKind::Docker => places.extend(settings::docker_sockets()?.into_iter().map(Place::Docker)),
            EngineKind::Containerd => {
                places.extend(settings::containerd_sockets().into_iter().map(Place::Containerd));
            }
            EngineKind::Podman => places.extend(settings::storages()?.into_iter().map(Place::Storage)),
        }
    }
    Ok(places)
}

/// Where engines of one kind are; an error with advice when there is none.
pub(crate) fn require(kind: EngineKind) -> Result<Vec<Place>> {
    let places = places(&[kind])?;
    anyhow::ensure!(!places.is_empty(), "cannot find {kind}: {}", kind.hint());
    Ok(places)
}
