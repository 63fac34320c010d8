//! What `docker save` writes: `manifest.json`, configurations and layers in one tar archive.

use std::path::Path;

use bounded::Limits;
use model::Digest;
use serde::Deserialize;

use crate::layout::parse;
use crate::store::{ArchiveFile, Store, digest_of};
use crate::{Config, Data, Error, Image, Layer};

/// The images of an uncompressed archive file.
///
/// # Errors
/// When it is no such archive or a document in it is damaged.
pub fn open_archive(path: &Path, limits: &Limits) -> Result<Vec<Image>, Error> {
    images(&ArchiveFile::open(path.to_owned(), limits)?, "docker-archive")
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Saved {
    config: String,
    #[serde(default)]
    repo_tags: Option<Vec<String>>,
    #[serde(default)]
    layers: Option<Vec<String>>,
}

/// The images that `manifest.json` in `store` names.
pub(crate) fn images(store: &dyn Store, source: &'static str) -> Result<Vec<Image>, Error> {
    let what = || format!("`manifest.json` of {}", store.describe());
    let saved: Vec<Saved> = parse(&store.require("manifest.json")?, what)?;
    if saved.is_empty() {
        return Err(Error::Format { what: what(), why: "it lists no image".to_owned() });
    }
    saved.iter().map(|saved| image(store, source, saved)).collect()
}

fn image(store: &dyn Store, source: &'static str, saved: &Saved) -> Result<Image, Error> {
    let bytes = store.require(&saved.config)?;
    let what = || format!("configuration `{}` of {}", saved.config, store.describe());
    let image_id = digest_of(&bytes);
    if let Some(named) = digest_in(&saved.config)
        && named != image_id
    {
        return Err(Error::Digest {
            what: what(),
            expected: named.to_string(),
            actual: image_id.to_string(),
        });
    }
    let config: Config = parse(&bytes, what)?;
    let names = saved.layers.as_deref().unwrap_or_default();
    let diff_ids = &config.rootfs.diff_ids;
    if names.len() != diff_ids.len() {
        let why =
            format!("`manifest.json` has {} layers and the configuration {}", names.len(), diff_ids.len());
        return Err(Error::Format { what: what(), why });
    }
    let layers = names.iter().zip(diff_ids).map(|(name, diff_id)| layer(store, name, diff_id)).collect();
    let name = saved.repo_tags.iter().flatten().next().cloned();
    let name = name.unwrap_or_else(|| image_id.to_string());
    Ok(Image { name, source, digest: None, image_id: Some(image_id), config, layers })
}

fn layer(store: &dyn Store, name: &str, diff_id: &Digest) -> Layer {
    let (data, size) =
        store.blob(name).unwrap_or_else(|| (Data::Absent(format!("the archive has no `{name}`")), 0));
    // Docker 25 and later name a layer by its digest, older ones by an id of their own.
    let digest = name.starts_with("blobs/").then(|| digest_in(name)).flatten();
    Layer { digest, diff_id: Some(diff_id.clone()), size, data }
}

/// The digest that a member's name states: `<hex>.json`, `blobs/sha256/<hex>`.
fn digest_in(name: &str) -> Option<Digest> {
    let last = name.rsplit('/').next()?;
    Digest::from_hex(last.strip_suffix(".json").unwrap_or(last)).ok()
}
