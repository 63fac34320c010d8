use std::path::{Path, PathBuf};

use bounded::read_file;
use model::Digest;

use crate::layout::parse;
use crate::store::{DOCUMENT_BYTES, digest_of};
use crate::{Config, Data, Layer};

/// The small files beside a layer: a digest, a number, a name.
const WORD_BYTES: u64 = 256;

/// The configuration and layers of an image where the engine keeps them; nothing when any of it cannot be read.
///
/// That is no error: the engine can export the same image.
pub(super) fn open(root: &Path, image_id: &Digest) -> Option<(Config, Vec<Layer>)> {
    if !root.is_absolute() {
        return None;
    }
    let path = root.join("image/overlay2/imagedb/content/sha256").join(image_id.hex());
    let bytes = read_file(&path, DOCUMENT_BYTES).ok()?;
    if digest_of(&bytes) != *image_id {
        return None;
    }
    let config: Config = parse(&bytes, String::new).ok()?;
    let chains = config.rootfs.chain_ids();
    let layers =
        config.rootfs.diff_ids.iter().zip(&chains).map(|(diff_id, chain)| layer(root, diff_id, chain));
    let layers = layers.collect::<Option<Vec<_>>>()?;
    Some((config, layers))
}

fn layer(root: &Path, diff_id: &Digest, chain: &Digest) -> Option<Layer> {
    let known = root.join("image/overlay2/layerdb/sha256").join(chain.hex());
    if word(&known.join("diff"))?.parse::<Digest>().ok()? != *diff_id {
        return None;
    }
    let cache = word(&known.join("cache-id"))?;
    if cache.is_empty() || !cache.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
        return None;
    }
    let size = word(&known.join("size"))?.parse().ok()?;
    let content: PathBuf = root.join("overlay2").join(cache).join("diff");
    // Whether it may be listed is found out now, while the engine can still be asked instead.
    std::fs::read_dir(&content).ok()?;
    Some(Layer { digest: None, diff_id: Some(diff_id.clone()), size, data: Data::Overlay(content) })
}

fn word(path: &Path) -> Option<String> {
    String::from_utf8(read_file(path, WORD_BYTES).ok()?).ok().map(|text| text.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_root_that_cannot_be_read_is_nothing() {
        let id = Digest::from_bytes([1; 32]);
        assert!(open(Path::new(""), &id).is_none() && open(Path::new("/nonexistent"), &id).is_none());
    }
}
