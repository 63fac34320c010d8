//! The container engines of this machine: where they are.

use std::fmt;

use anyhow::Result;
use image::Place;

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

/// What is at a place.
pub(crate) fn kind(place: &Place) -> EngineKind {
    match place {
        Place::Docker(_) => EngineKind::Docker,
        Place::Containerd(_) => EngineKind::Containerd,
        Place::Storage(_) => EngineKind::Podman,
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
