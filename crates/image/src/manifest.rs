//! Manifests, indexes and configurations, as OCI and Docker write them.
//!
//! Source: the OCI image specification 1.1 and Docker's "image manifest v2, schema 2".

use std::collections::BTreeMap;

use model::{Digest, HistoryStep, ImageConfig, Platform};
use serde::{Deserialize, Serialize, Serializer};

/// The media types that name documents; layers are recognised by their bytes.
pub mod media_types {
    /// An OCI index.
    pub const OCI_INDEX: &str = "application/vnd.oci.image.index.v1+json";
    /// An OCI manifest.
    pub const OCI_MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
    /// Docker's list of manifests.
    pub const DOCKER_LIST: &str = "application/vnd.docker.distribution.manifest.list.v2+json";
    /// Docker's manifest.
    pub const DOCKER_MANIFEST: &str = "application/vnd.docker.distribution.manifest.v2+json";
    /// All of them, for an `Accept` header.
    pub const ALL: [&str; 4] = [OCI_INDEX, OCI_MANIFEST, DOCKER_LIST, DOCKER_MANIFEST];
}

/// A reference to a blob.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Descriptor {
    /// What it is.
    #[serde(default)]
    pub media_type: String,
    /// Its digest.
    pub digest: Digest,
    /// Its size in bytes, as claimed.
    #[serde(default)]
    pub size: u64,
    /// What it runs on, in an index.
    #[serde(default)]
    pub platform: Option<Platform>,
    /// What kind of thing it is about, when it is no image.
    #[serde(default)]
    pub artifact_type: Option<String>,
    /// Free words; `org.opencontainers.image.ref.name` names an image in a layout.
    #[serde(default)]
    pub annotations: BTreeMap<String, String>,
    /// Where else it may be fetched, for foreign layers.
    #[serde(default)]
    pub urls: Vec<String>,
}

/// A list of manifests.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Index {
    /// Its own media type, when it says.
    #[serde(default)]
    pub media_type: String,
    /// The manifests, or further indexes.
    pub manifests: Vec<Descriptor>,
}

/// What an image is made of.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Manifest {
    /// Its own media type, when it says.
    #[serde(default)]
    pub media_type: String,
    /// The configuration.
    pub config: Descriptor,
    /// The layers, the lowest first.
    #[serde(default)]
    pub layers: Vec<Descriptor>,
}

/// The configuration: what the image runs, and what its layers are.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Config {
    /// `linux`
    #[serde(default)]
    pub os: String,
    /// `amd64`
    #[serde(default)]
    pub architecture: String,
    /// `v8`
    #[serde(default)]
    pub variant: Option<String>,
    /// RFC 3339.
    #[serde(default)]
    pub created: Option<String>,
    /// Who built it, in their own words.
    #[serde(default)]
    pub author: Option<String>,
    /// The build history.
    #[serde(default)]
    pub history: Option<Vec<HistoryStep>>,
    /// What it runs.
    #[serde(default)]
    pub config: Option<Runtime>,
    /// The layers.
    #[serde(default)]
    pub rootfs: RootFs,
}

/// What an image runs, as engines and registries write it; anything in it may be `null`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Runtime {
    user: Option<String>,
    entrypoint: Option<Words>,
    cmd: Option<Words>,
    working_dir: Option<String>,
    #[serde(serialize_with = "keys")]
    exposed_ports: Option<BTreeMap<String, serde::de::IgnoredAny>>,
    #[serde(serialize_with = "keys")]
    volumes: Option<BTreeMap<String, serde::de::IgnoredAny>>,
    env: Option<Vec<String>>,
    labels: Option<BTreeMap<String, String>>,
    healthcheck: Option<Healthcheck>,
    on_build: Option<Vec<String>>,
    stop_signal: Option<String>,
    shell: Option<Words>,
}

/// A command: a list of words, or one line as very old builders wrote it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(untagged)]
enum Words {
    Many(Vec<String>),
    One(String),
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Healthcheck {
    test: Option<Vec<String>>,
}

/// Writes an object of which only the keys matter.
fn keys<S: Serializer>(
    map: &Option<BTreeMap<String, serde::de::IgnoredAny>>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let empty = |key| (key, serde_json::Map::new());
    map.as_ref().map(|map| map.keys().map(empty).collect::<BTreeMap<_, _>>()).serialize(serializer)
}

/// The layers by the digests of their uncompressed bytes.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct RootFs {
    /// The lowest first.
    #[serde(default)]
    pub diff_ids: Vec<Digest>,
}

impl RootFs {
    /// The ids by which engines keep unpacked layers: each stands for itself and all those below it.
    ///
    /// Source: the OCI image specification, "Layer `ChainID`".
    #[must_use]
    pub fn chain_ids(&self) -> Vec<Digest> {
        let mut chain: Option<Digest> = None;
        let next = self.diff_ids.iter().map(|diff_id| {
            let id = match &chain {
                None => diff_id.clone(),
                Some(below) => crate::store::digest_of(format!("{below} {diff_id}").as_bytes()),
            };
            chain = Some(id.clone());
            id
        });
        next.collect()
    }
}

impl Config {
    /// What the image runs on.
    #[must_use]
    pub fn platform(&self) -> Platform {
        Platform {
            os: self.os.clone(),
            architecture: self.architecture.clone(),
            variant: self.variant.clone(),
        }
    }

    /// What the image runs.
    #[must_use]
    pub fn runtime(&self) -> ImageConfig {
        let told = self.config.clone().unwrap_or_default();
        let keys = |map: Option<BTreeMap<String, _>>| map.unwrap_or_default().into_keys().collect();
        ImageConfig {
            user: told.user.unwrap_or_default(),
            entrypoint: words(told.entrypoint),
            command: words(told.cmd),
            working_directory: told.working_dir.unwrap_or_default(),
            exposed_ports: keys(told.exposed_ports),
            volumes: keys(told.volumes),
            environment: told.env.unwrap_or_default(),
            labels: told.labels.unwrap_or_default(),
            healthcheck: told.healthcheck.and_then(|check| check.test).filter(|test| !test.is_empty()),
            on_build: told.on_build.unwrap_or_default(),
            stop_signal: told.stop_signal.filter(|signal| !signal.is_empty()),
            shell: words(told.shell),
        }
    }

    /// The instruction that made each layer, the lowest first.
    #[must_use]
    pub fn instructions(&self) -> Vec<Option<String>> {
        let mut made = self.history.iter().flatten().filter(|step| !step.empty_layer);
        self.rootfs.diff_ids.iter().map(|_| made.next().map(|step| step.created_by.clone())).collect()
    }
}

fn words(words: Option<Words>) -> Vec<String> {
    match words {
        Some(Words::Many(words)) => words,
        Some(Words::One(line)) => vec![line],
        None => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chain_id_stands_for_all_layers_below() {
        let diff_ids = [[0x11; 32], [0x22; 32], [0x33; 32]].map(Digest::from_bytes).to_vec();
        let chains = RootFs { diff_ids: diff_ids.clone() }.chain_ids();
        assert_eq!(chains[0], diff_ids[0]);
        let second = testkit::sha256_hex(format!("sha256:{} sha256:{}", "11".repeat(32), "22".repeat(32)));
        assert_eq!(chains[1].hex(), second);
        let third = testkit::sha256_hex(format!("sha256:{second} sha256:{}", "33".repeat(32)));
        assert_eq!(chains[2].hex(), third);
    }
}
