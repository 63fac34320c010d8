use serde::{Deserialize, Serialize};

/// What the files of an image come to when all layers are applied.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Files {
    /// Regular files that are there in the end.
    pub count: u64,
    /// Directories that are there in the end.
    pub directories: u64,
    /// The bytes of those files.
    pub size: u64,
    /// Bytes of files that a later layer replaces or removes: they are pulled and never seen.
    pub wasted: u64,
    /// The largest files, at most 50, the largest first.
    pub largest: Vec<FileEntry>,
    /// Files that run with their owner's or group's rights (set-uid, set-gid).
    pub set_id: Vec<FileEntry>,
    /// Files and directories that everybody may write, but for directories with the sticky bit.
    pub world_writable: Vec<FileEntry>,
}

/// One file of an image.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct FileEntry {
    /// Its path, without a leading slash.
    pub path: String,
    /// Its size in bytes.
    pub size: u64,
    /// Its permissions in octal digits, `4755`.
    pub mode: String,
    /// Its owner.
    pub uid: u64,
    /// Its group.
    pub gid: u64,
    /// The diff id of its layer.
    #[serde(default)]
    pub layer: Option<String>,
    /// Whether the base image brought it.
    #[serde(default)]
    pub from_base: Option<bool>,
}

/// The image this one is built from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct BaseImage {
    /// Its name; absent when only the boundary is guessed.
    #[serde(default)]
    pub name: Option<String>,
    /// The digest it was approved by.
    #[serde(default)]
    pub digest: Option<String>,
    /// How it was found.
    pub evidence: BaseEvidence,
    /// How many of the image's layers, from the lowest, are its own.
    pub layers: usize,
}

/// How a base image was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum BaseEvidence {
    /// The layers are those of an approved base image.
    Approved,
    /// The build history looks like it: a guess.
    History,
}
