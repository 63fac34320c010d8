use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Failure, Platform};

/// A machine that runs containers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Host {
    /// Its name.
    pub name: String,
    /// Its distribution, for people: `Debian GNU/Linux 12 (bookworm)`.
    pub os: String,
    /// The release of its kernel.
    pub kernel: String,
    /// Its processor, as Go names it.
    pub architecture: String,
    /// How many processors it has.
    pub processors: u32,
    /// Its memory, in bytes.
    pub memory: u64,
    /// Its addresses, without those of the machine to itself.
    pub addresses: Vec<String>,
}

/// A program that keeps images and runs containers from them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct EngineSummary {
    /// `docker`, `containerd`, `podman`, `cri-o`.
    pub kind: String,
    /// Its version, where it tells.
    pub version: Option<String>,
    /// How it stores layers: `overlay2`, `overlayfs`, `overlay`.
    pub storage_driver: Option<String>,
    /// Where it keeps its data.
    pub root: Option<String>,
    /// How it is reached: a socket's path, or the directory that is read.
    pub address: String,
}

/// An image that an engine has.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct LocalImage {
    /// The kind of the engine.
    pub engine: String,
    /// containerd's namespace: `k8s.io`, `default`, `moby`.
    pub namespace: Option<String>,
    /// By which the engine knows it: the digest of its configuration, or of its manifest or index.
    pub id: String,
    /// Its names with tags; none for an image that lost its name to a newer one.
    pub names: Vec<String>,
    /// Its names with digests.
    pub digests: Vec<String>,
    /// When it was built, RFC 3339.
    pub created: Option<String>,
    /// Its size as the engine tells it, in bytes.
    pub size: u64,
    /// What it runs on, where the engine tells.
    pub platforms: Vec<Platform>,
    /// Why it cannot be scanned; nothing when it can.
    pub failure: Option<Failure>,
}

/// A container that an engine has.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Container {
    /// The kind of the engine.
    pub engine: String,
    /// containerd's namespace.
    pub namespace: Option<String>,
    /// Its id.
    pub id: String,
    /// Its name, or else its id.
    pub name: String,
    /// The image's name it was made from, as the engine tells it.
    pub image: String,
    /// The image's id, as in [`LocalImage::id`], where the engine tells.
    pub image_id: Option<String>,
    /// What it does now.
    pub state: ContainerState,
    /// What it runs: the program and its arguments.
    pub command: Vec<String>,
    /// When it was made, RFC 3339.
    pub created: Option<String>,
    /// When it began to run last.
    pub started: Option<String>,
    /// When it ended last.
    pub finished: Option<String>,
    /// With what it ended.
    pub exit_code: Option<i64>,
    /// Its process on the host, while it runs.
    pub process: Option<u32>,
    /// Its addresses.
    pub addresses: Vec<String>,
    /// The pod it belongs to.
    pub pod: Option<Pod>,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
}

/// A pod of Kubernetes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Pod {
    /// Its name.
    pub name: String,
    /// Its namespace.
    pub namespace: String,
    /// Its id in the cluster.
    pub uid: String,
    /// The container's name within it.
    pub container: String,
}

impl Pod {
    /// The pod that the labels of the kubelet name.
    #[must_use]
    pub fn of_labels(labels: &BTreeMap<String, String>) -> Option<Self> {
        let label = |name: &str| labels.get(&format!("io.kubernetes.{name}")).cloned().unwrap_or_default();
        let pod = Self {
            name: label("pod.name"),
            namespace: label("pod.namespace"),
            uid: label("pod.uid"),
            container: label("container.name"),
        };
        (!pod.name.is_empty()).then_some(pod)
    }
}

/// What a container does, in Docker's words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ContainerState {
    /// It was made and never ran.
    Created,
    /// It runs.
    Running,
    /// It is halted.
    Paused,
    /// It ended and is started again.
    Restarting,
    /// It is being removed.
    Removing,
    /// It ended.
    Exited,
    /// It could not be removed.
    Dead,
    /// The engine does not tell, or uses a word of its own.
    #[default]
    Unknown,
}

impl ContainerState {
    /// The state by the engine's word; words of containerd and CRI-O too.
    #[must_use]
    pub fn of_word(word: &str) -> Self {
        match word.to_ascii_lowercase().as_str() {
            "created" | "configured" | "initialized" => Self::Created,
            "running" => Self::Running,
            "paused" | "pausing" => Self::Paused,
            "restarting" => Self::Restarting,
            "removing" | "stopping" => Self::Removing,
            "exited" | "stopped" => Self::Exited,
            "dead" => Self::Dead,
            _ => Self::Unknown,
        }
    }

    /// The word it is shown by.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Restarting => "restarting",
            Self::Removing => "removing",
            Self::Exited => "exited",
            Self::Dead => "dead",
            Self::Unknown => "unknown",
        }
    }
}

/// Something that happened in an engine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct EngineEvent {
    /// What it happened to.
    pub subject: EventSubject,
    /// The engine's word for it: `pull`, `tag`, `delete`, `start`, `die`.
    pub action: String,
    /// The id or name of the image or container.
    pub id: String,
    /// containerd's namespace.
    pub namespace: Option<String>,
    /// When, RFC 3339.
    pub time: Option<String>,
}

/// What something happened to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum EventSubject {
    /// An image.
    Image,
    /// A container.
    Container,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_pod_in_the_labels_of_the_kubelet() {
        let labels: BTreeMap<String, String> = [
            ("io.kubernetes.pod.name", "web-1"),
            ("io.kubernetes.pod.namespace", "shop"),
            ("io.kubernetes.pod.uid", "u"),
            ("io.kubernetes.container.name", "nginx"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
        let pod = Pod::of_labels(&labels).unwrap();
        assert_eq!(
            (pod.name.as_str(), pod.namespace.as_str(), pod.container.as_str()),
            ("web-1", "shop", "nginx")
        );
        assert_eq!(Pod::of_labels(&BTreeMap::new()), None);
    }

    #[test]
    fn reads_back_the_words_of_states() {
        for word in ["created", "running", "paused", "restarting", "removing", "exited", "dead"] {
            assert_eq!(ContainerState::of_word(word).word(), word);
        }
        assert_eq!(ContainerState::of_word("STOPPED"), ContainerState::Exited);
        assert_eq!(ContainerState::of_word("asleep"), ContainerState::Unknown);
    }
}
