use std::path::{Path, PathBuf};

use model::EngineSummary;
use serde::Deserialize;

use super::KIND;
use super::containerd_store::ContainerdStore;

/// What an engine tells about itself.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Information {
    #[serde(default)]
    server_version: String,
    #[serde(default)]
    pub(super) docker_root_dir: String,
    #[serde(default)]
    pub(super) driver: String,
    #[serde(default)]
    driver_status: Option<Vec<Vec<String>>>,
    #[serde(default)]
    containerd: Option<Containerd>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Containerd {
    #[serde(default)]
    address: String,
    #[serde(default)]
    namespaces: Namespaces,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Namespaces {
    #[serde(default)]
    containers: String,
}

impl Information {
    /// Whether images are kept by containerd, which names them by their manifests.
    pub(super) fn is_containerd(&self) -> bool {
        let words = self.driver_status.iter().flatten().flatten();
        self.driver != "overlay2" && words.into_iter().any(|word| word.starts_with("io.containerd."))
    }

    pub(super) fn containerd(&self) -> Option<ContainerdStore> {
        let told = self.containerd.as_ref();
        let namespace = told.map(|told| told.namespaces.containers.as_str()).filter(|name| !name.is_empty());
        self.is_containerd().then(|| ContainerdStore {
            address: told.map(|told| PathBuf::from(&told.address)).filter(|path| path.is_absolute()),
            namespace: namespace.unwrap_or("moby").to_owned(),
        })
    }

    pub(super) fn summary(self, socket: &Path) -> EngineSummary {
        let told = |text: String| (!text.is_empty()).then_some(text);
        EngineSummary {
            kind: KIND.to_owned(),
            version: told(self.server_version),
            storage_driver: told(self.driver),
            root: told(self.docker_root_dir),
            address: socket.display().to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Information {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn knows_who_keeps_the_images() {
        let classic = told(r#"{"Driver":"overlay2","DriverStatus":[["Backing Filesystem","extfs"]]}"#);
        assert_eq!(classic.containerd(), None);
        let twenty_six =
            told(r#"{"Driver":"overlayfs","DriverStatus":[["driver-type","io.containerd.snapshotter.v1"]]}"#);
        let store = twenty_six.containerd().unwrap();
        assert_eq!((store.address, store.namespace.as_str()), (None, "moby"));
        let newer = told(
            r#"{"Driver":"overlayfs","DriverStatus":[["driver-type","io.containerd.snapshotter.v1"]],
                "Containerd":{"Address":"/run/containerd/containerd.sock","Namespaces":{"Containers":"other"}}}"#,
        );
        let store = newer.containerd().unwrap();
        assert_eq!(store.address.unwrap(), Path::new("/run/containerd/containerd.sock"));
        assert_eq!(store.namespace, "other");
    }
}
