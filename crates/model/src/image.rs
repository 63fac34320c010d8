use std::fmt;

use serde::{Deserialize, Serialize};

/// An operating system and processor, `linux/arm64/v8`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Platform {
    /// `linux`, `windows`.
    pub os: String,
    /// `amd64`, `arm64`, as Go names them.
    pub architecture: String,
    /// `v7`, `v8`.
    #[serde(default)]
    pub variant: Option<String>,
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.os, self.architecture)?;
        self.variant.iter().try_for_each(|variant| write!(f, "/{variant}"))
    }
}

/// The image a report is about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ImageSummary {
    /// The name as given, or the name the source knows it by.
    pub name: String,
    /// Where it was read: `docker`, `registry`, `oci-layout`, …
    pub source: String,
    /// The digest of its manifest, where it has one.
    #[serde(default)]
    pub digest: Option<String>,
    /// The digest of its configuration, by which engines name it.
    #[serde(default)]
    pub image_id: Option<String>,
    /// The distribution in it, for people: `Debian GNU/Linux 12 (bookworm)`.
    #[serde(default)]
    pub os: Option<String>,
    /// What it runs on, `linux/amd64`.
    #[serde(default)]
    pub platform: Option<String>,
    /// The bytes of all files of its layers, however they are stored.
    pub size: u64,
    /// When it was built, RFC 3339.
    #[serde(default)]
    pub created: Option<String>,
    /// What it runs, as its configuration says.
    pub config: ImageConfig,
    /// The build history, the oldest step first; found secrets are masked.
    pub history: Vec<HistoryStep>,
}

/// One step of the build history.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct HistoryStep {
    /// When, RFC 3339.
    #[serde(default)]
    pub created: Option<String>,
    /// The instruction.
    #[serde(default)]
    pub created_by: String,
    /// A remark, such as the builder's name.
    #[serde(default)]
    pub comment: Option<String>,
    /// Whether it made no layer.
    #[serde(default)]
    pub empty_layer: bool,
}

/// One layer of the image, the lowest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct LayerSummary {
    /// The digest of the blob as stored, where it is known.
    #[serde(default)]
    pub digest: Option<String>,
    /// The digest of the uncompressed layer.
    #[serde(default)]
    pub diff_id: Option<String>,
    /// The bytes of its files, however it is stored.
    pub size: u64,
    /// The instruction that made it.
    #[serde(default)]
    pub created_by: Option<String>,
    /// Whether it is the base image's; absent when no base image is known.
    #[serde(default)]
    pub from_base: Option<bool>,
}

/// What an image runs, as its configuration says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ImageConfig {
    /// The user it runs as; empty for root.
    #[serde(default)]
    pub user: String,
    /// The fixed part of what it runs.
    #[serde(default)]
    pub entrypoint: Vec<String>,
    /// The changeable part of what it runs.
    #[serde(default)]
    pub command: Vec<String>,
    /// Where it runs.
    #[serde(default)]
    pub working_directory: String,
    /// The ports it says it listens on, `80/tcp`.
    #[serde(default)]
    pub exposed_ports: Vec<String>,
    /// The paths it keeps data under.
    #[serde(default)]
    pub volumes: Vec<String>,
    /// The environment, `NAME=value`; found secrets are masked.
    #[serde(default)]
    pub environment: Vec<String>,
    /// The labels; found secrets are masked.
    #[serde(default)]
    pub labels: std::collections::BTreeMap<String, String>,
    /// The command that tells whether it is well; absent when there is none, `["NONE"]` when it is switched off.
    #[serde(default)]
    pub healthcheck: Option<Vec<String>>,
    /// What an image built from this one is to do first.
    #[serde(default)]
    pub on_build: Vec<String>,
    /// The signal that ends it.
    #[serde(default)]
    pub stop_signal: Option<String>,
    /// The shell of its instructions; empty for the usual one.
    #[serde(default)]
    pub shell: Vec<String>,
}
