//! The layer cache on disk: facts by diff id.
//!
//! A file is a magic, a checksum, and compressed facts; one that is not so is as good as missing. Files are written
//! beside and renamed, so that any number of scans may share the cache. Entries and packages are kept apart: a new
//! extractor leaves what else is known of a layer alone.

use std::io::Write;
use std::path::{Path, PathBuf};

use bounded::read_file;
use inventory::EXTRACTORS;
use model::Digest;
use serde::Serialize;
use serde::de::DeserializeOwned;
use xxhash_rust::xxh3::xxh3_64;

use crate::facts::LayerFacts;

/// Raised when the form of the files changes.
const FORMAT: u32 = 1;
const MAGIC: &[u8; 8] = b"LZRTFACT";
/// No honest layer's facts are larger.
const FILE_BYTES: u64 = 1 << 30;

/// Where the facts of layers are kept.
pub(crate) struct Cache {
    directory: PathBuf,
    key: u64,
}

impl Cache {
    /// The cache in `directory`, which is made when it is first written.
    pub(crate) fn new(directory: &Path) -> Self {
        let versions =
            EXTRACTORS.iter().map(|extractor| format!("{} {}\n", extractor.name, extractor.version));
        let key = xxh3_64(versions.collect::<String>().as_bytes());
        Self { directory: directory.join("layers"), key }
    }

    fn path(&self, diff_id: &Digest) -> PathBuf {
        let hex = diff_id.hex();
        let fan = hex.get(..2).unwrap_or_default();
        self.directory.join(fan).join(format!("{hex}.{FORMAT}-{:016x}", self.key))
    }

    /// The facts of a layer, when they are there and whole.
    pub(crate) fn load(&self, diff_id: &Digest) -> Option<LayerFacts> {
        let path = self.path(diff_id);
        if !path.exists() {
            return None;
        }
        decode(&read_file(&path, FILE_BYTES).ok()?)
    }

    /// Keeps the facts of a layer. A cache that cannot be written costs time, not truth.
    pub(crate) fn store(&self, diff_id: &Digest, facts: &LayerFacts) -> std::io::Result<()> {
        let path = self.path(diff_id);
        let directory = path.parent().unwrap_or(&self.directory);
        std::fs::create_dir_all(directory)?;
        let mut file = tempfile::NamedTempFile::new_in(directory)?;
        file.write_all(&encode(facts).ok_or_else(|| std::io::Error::other("facts cannot be encoded"))?)?;
        file.persist(&path).map_err(|error| error.error)?;
        Ok(())
    }
}

fn encode<T: Serialize>(value: &T) -> Option<Vec<u8>> {
    let plain = postcard::to_stdvec(value).ok()?;
    let packed = zstd::bulk::compress(&plain, 1).ok()?;
    let length = u64::try_from(plain.len()).ok()?;
    Some([&MAGIC[..], &xxh3_64(&packed).to_le_bytes(), &length.to_le_bytes(), &packed].concat())
}

fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    let rest = bytes.strip_prefix(MAGIC)?;
    let (sum, rest) = rest.split_first_chunk::<8>()?;
    let (length, packed) = rest.split_first_chunk::<8>()?;
    if xxh3_64(packed).to_le_bytes() != *sum {
        return None;
    }
    let length = usize::try_from(u64::from_le_bytes(*length).min(FILE_BYTES)).ok()?;
    postcard::from_bytes(&zstd::bulk::decompress(packed, length).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damaged_files_are_as_good_as_missing() {
        let scratch = tempfile::tempdir().unwrap();
        let cache = Cache::new(scratch.path());
        let diff_id = Digest::from_bytes([7; 32]);
        assert_eq!(cache.load(&diff_id), None);
        let facts = LayerFacts::default();
        cache.store(&diff_id, &facts).unwrap();
        assert_eq!(cache.load(&diff_id), Some(facts));
        let path = cache.path(&diff_id);
        let whole = read_file(&path, 1 << 20).unwrap();
        for at in 0..whole.len() {
            let mut damaged = whole.clone();
            damaged[at] ^= 1;
            std::fs::write(&path, damaged).unwrap();
            // A length that is merely larger than needed still decodes to the same facts.
            assert!(cache.load(&diff_id).is_none_or(|facts| facts == LayerFacts::default()), "byte {at}");
        }
    }
}
