use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use bounded::read_file;
use model::Digest;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::{Root, Store};
use crate::Error;
use crate::layout::parse;
use crate::store::DOCUMENT_BYTES;

/// A list of all images, layers or containers.
const LIST_BYTES: u64 = 256 << 20;

/// An image as the store lists it.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct ImageRecord {
    pub(super) id: String,
    #[serde(default)]
    pub(super) digest: Option<String>,
    #[serde(default)]
    pub(super) names: Option<Vec<String>>,
    /// The topmost layer; none for a list of images.
    #[serde(default)]
    pub(super) layer: String,
    #[serde(default)]
    pub(super) big_data_digests: Option<BTreeMap<String, String>>,
    #[serde(default)]
    pub(super) created: Option<String>,
    /// Which root it is in.
    #[serde(skip)]
    pub(super) root: usize,
}

impl ImageRecord {
    pub(super) fn names(&self) -> &[String] {
        self.names.as_deref().unwrap_or_default()
    }

    /// The digests of the manifests it is known by.
    pub(super) fn digests(&self) -> impl Iterator<Item = &str> {
        let manifests = self.big_data_digests.iter().flatten();
        let manifests = manifests.filter(|(name, _)| name.starts_with("manifest")).map(|(_, digest)| digest);
        self.digest.iter().chain(manifests).map(String::as_str)
    }
}

/// A layer as the store lists it.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct LayerRecord {
    id: String,
    #[serde(default)]
    pub(super) parent: String,
    #[serde(default)]
    pub(super) diff_digest: String,
    #[serde(default)]
    pub(super) diff_size: i64,
    #[serde(skip)]
    pub(super) root: usize,
}

/// A container as the store lists it.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct ContainerRecord {
    pub(super) id: String,
    #[serde(default)]
    pub(super) names: Option<Vec<String>>,
    #[serde(default)]
    pub(super) image: String,
    /// A document of its own.
    #[serde(default)]
    pub(super) metadata: String,
    #[serde(default)]
    pub(super) created: Option<String>,
}

impl Store {
    /// The images of all roots; one that is in several counts once.
    pub(super) fn image_records(&self) -> Result<Vec<ImageRecord>, Error> {
        let mut found: Vec<ImageRecord> = Vec::new();
        for (place, root) in self.roots.iter().enumerate() {
            let records: Vec<ImageRecord> = list(&root.directory("images").join("images.json"))?;
            for record in records {
                match found.iter_mut().find(|known| known.id == record.id) {
                    None => found.push(ImageRecord { root: place, ..record }),
                    Some(known) => {
                        known.names.get_or_insert_default().extend(record.names.into_iter().flatten());
                    }
                }
            }
        }
        Ok(found)
    }

    /// The layers of all roots by their ids.
    pub(super) fn layer_records(&self) -> Result<HashMap<String, LayerRecord>, Error> {
        let mut found = HashMap::new();
        for (place, root) in self.roots.iter().enumerate() {
            let records: Vec<LayerRecord> = list(&root.directory("layers").join("layers.json"))?;
            for record in records {
                found.entry(record.id.clone()).or_insert(LayerRecord { root: place, ..record });
            }
        }
        Ok(found)
    }

    /// The containers of the store, those that do not outlive the machine's next start too.
    pub(super) fn container_records(&self) -> Result<Vec<ContainerRecord>, Error> {
        let Some(root) = self.roots.first() else { return Ok(Vec::new()) };
        let mut found: Vec<ContainerRecord> = list(&root.directory("containers").join("containers.json"))?;
        found.extend(list::<ContainerRecord>(&self.run_directory(root).join("volatile-containers.json"))?);
        Ok(found)
    }

    fn run_directory(&self, root: &Root) -> PathBuf {
        self.run_root.join(format!("{}-containers", root.driver))
    }

    /// Where files about a container are: those that stay, and those of its present run.
    pub(super) fn user_data(&self, id: &str) -> Option<[PathBuf; 2]> {
        let root = self.roots.first().filter(|_| is_plain(id))?;
        let inner = Path::new(id).join("userdata");
        Some([root.directory("containers").join(&inner), self.run_directory(root).join(inner)])
    }

    /// The directory with the content of a layer.
    pub(super) fn content(&self, id: &str, layer: &LayerRecord) -> Option<PathBuf> {
        let root = self.roots.get(layer.root).filter(|_| is_plain(id))?;
        Some(root.path.join(root.driver).join(id).join("diff"))
    }

    /// A document that is kept with an image: its manifest or its configuration.
    pub(super) fn big_data(&self, image: &ImageRecord, name: &str) -> Result<Vec<u8>, Error> {
        let missing =
            || Error::Format { what: self.describe(), why: format!("image `{}` has no id", image.id) };
        let root = self.roots.get(image.root).filter(|_| is_plain(&image.id)).ok_or_else(missing)?;
        let path = root.directory("images").join(&image.id).join(file_name(name));
        read_file(&path, DOCUMENT_BYTES).map_err(|source| file_error(&path, source))
    }
}

/// The file that a document of an image is in.
///
/// A name with anything but digits, small letters and full stops is written in base64 behind a `=`; base64 of a digest
/// has no slash.
fn file_name(name: &str) -> String {
    use base64::Engine as _;
    if name.bytes().all(|byte| byte == b'.' || byte.is_ascii_digit() || byte.is_ascii_lowercase()) {
        return name.to_owned();
    }
    format!("={}", base64::engine::general_purpose::STANDARD.encode(name))
}

/// The document with an image's configuration.
pub(super) fn configuration_name(digest: &Digest) -> String {
    digest.to_string()
}

/// Whether an id may become a part of a path.
pub(super) fn is_plain(id: &str) -> bool {
    !id.is_empty()
        && id.len() <= 128
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

/// A list; empty when the store has none yet.
fn list<T: DeserializeOwned>(path: &Path) -> Result<Vec<T>, Error> {
    Ok(optional(path, LIST_BYTES)?.unwrap_or_default())
}

/// A document; nothing when there is none.
pub(super) fn optional<T: DeserializeOwned>(path: &Path, limit: u64) -> Result<Option<T>, Error> {
    let bytes = match read_file(path, limit) {
        Ok(bytes) => bytes,
        Err(bounded::Error::File { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => {
            return Ok(None);
        }
        Err(error) => return Err(file_error(path, error)),
    };
    parse(&bytes, || format!("`{}`", path.display())).map(Some)
}

fn file_error(path: &Path, error: bounded::Error) -> Error {
    match error {
        bounded::Error::File { path, source } => Error::File { path, source },
        source => Error::Content { what: format!("`{}`", path.display()), source },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_have_the_names_the_store_gives_them() {
        assert_eq!(file_name("manifest"), "manifest");
        assert_eq!(file_name("sha256:a467"), "=c2hhMjU2OmE0Njc=");
        assert!(file_name("../../etc/passwd").starts_with('='));
    }

    #[test]
    fn ids_never_lead_elsewhere() {
        for id in ["", ".", "..", "a/b", "../a", "a\0b", "a.b"] {
            assert!(!is_plain(id), "{id}");
        }
        assert!(is_plain(&"a1".repeat(32)) && !is_plain(&"a1".repeat(65)));
    }
}
