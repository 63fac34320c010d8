use std::io::Read;
use std::path::PathBuf;
use std::sync::Arc;

use model::Digest;

use crate::{Config, Error};

/// An image whose layers can be read, in any order and several at once.
#[derive(Debug)]
pub struct Image {
    /// The name as given, or the name the source knows it by.
    pub name: String,
    /// `docker`, `registry`, `oci-layout`, …
    pub source: &'static str,
    /// The digest of its manifest, where it has one.
    pub digest: Option<Digest>,
    /// The digest of its configuration.
    pub image_id: Option<Digest>,
    /// Its configuration.
    pub config: Config,
    /// Its layers, the lowest first.
    pub layers: Vec<Layer>,
}

/// One layer of an image.
#[derive(Clone, Debug)]
pub struct Layer {
    /// The digest of the blob as stored; verified when the blob is read.
    pub digest: Option<Digest>,
    /// The digest of the uncompressed layer; verified when the layer is read as a blob.
    pub diff_id: Option<Digest>,
    /// The size as stored, in bytes, as claimed.
    pub size: u64,
    /// Where its content is.
    pub data: Data,
}

/// Where a layer's content is.
#[derive(Clone)]
pub enum Data {
    /// A tar stream, plain or compressed, which can be opened again and again.
    Blob(Arc<dyn Blob>),
    /// A directory of the overlay storage driver, read in place.
    Overlay(PathBuf),
    /// A directory that is a whole root file system.
    Directory(PathBuf),
    /// Passed by in the stream the image was read from, as the member of this name.
    Streamed(String),
    /// Nowhere to be had; the reason becomes a gap.
    Absent(String),
}

/// Bytes that can be opened again and again.
pub trait Blob: Send + Sync {
    /// A fresh reader from the first byte on.
    ///
    /// # Errors
    /// When the place it lies in refuses.
    fn open(&self) -> Result<Box<dyn Read + Send>, Error>;
}

impl std::fmt::Debug for Data {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Blob(_) => f.write_str("Blob"),
            Self::Overlay(path) => write!(f, "Overlay({})", path.display()),
            Self::Directory(path) => write!(f, "Directory({})", path.display()),
            Self::Streamed(member) => write!(f, "Streamed({member})"),
            Self::Absent(why) => write!(f, "Absent({why})"),
        }
    }
}
