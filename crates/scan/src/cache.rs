//! The layer cache: facts by diff id and group, on a shelf of whatever kind.
//!
//! What is kept is a magic, a checksum, and compressed facts; what is not so is as good as missing. Groups are kept
//! apart: new rules for secrets leave what else is known of a layer alone.

use std::sync::Arc;

use model::Digest;
use serde::Serialize;
use serde::de::DeserializeOwned;
use xxhash_rust::xxh3::xxh3_64;

use crate::facts::{Group, Groups, LayerFacts};
use crate::shelf::{LARGEST, Shelf};

/// Raised when the form of the files changes.
const FORMAT: u32 = 4;
const MAGIC: &[u8; 8] = b"LZRTFACT";

/// Where the facts of layers are kept.
pub(crate) struct Cache {
    shelf: Arc<dyn Shelf>,
}

impl Cache {
    /// The cache on a shelf.
    pub(crate) fn new(shelf: Arc<dyn Shelf>) -> Self {
        Self { shelf }
    }

    fn name(diff_id: &Digest, group: Group, version: u64) -> String {
        let hex = diff_id.hex();
        let fan = hex.get(..2).unwrap_or_default();
        let group = match group {
            Group::Listing => "entries",
            Group::Packages => "packages",
            Group::Secrets => "secrets",
            Group::Malware => "malware",
            Group::Settings => "settings",
        };
        format!("layers/{fan}/{hex}.{group}-{FORMAT}-{version:016x}")
    }

    /// Loads the needed groups into `facts`, and gives those that are not there.
    pub(crate) fn load(&self, diff_id: &Digest, needed: &Groups, facts: &mut LayerFacts) -> Groups {
        let load = Load { cache: self, diff_id };
        Groups {
            listing: load.group(Group::Listing, needed.listing, &mut facts.listing),
            packages: load.group(Group::Packages, needed.packages, &mut facts.packages),
            secrets: load.group(Group::Secrets, needed.secrets, &mut facts.secrets),
            malware: load.group(Group::Malware, needed.malware, &mut facts.malware),
            settings: load.group(Group::Settings, needed.settings, &mut facts.settings),
        }
    }

    /// Whether all needed groups of a layer are there.
    pub(crate) fn knows(&self, diff_id: &Digest, needed: &Groups) -> bool {
        let there = |group, version: Option<u64>| {
            version.is_none_or(|version| self.shelf.has(&Self::name(diff_id, group, version)))
        };
        there(Group::Listing, needed.listing)
            && there(Group::Packages, needed.packages)
            && there(Group::Secrets, needed.secrets)
            && there(Group::Malware, needed.malware)
            && there(Group::Settings, needed.settings)
    }

    /// Keeps groups of a layer. A cache that cannot be written costs time, not truth.
    pub(crate) fn store(&self, diff_id: &Digest, read: &Groups, facts: &LayerFacts) -> std::io::Result<()> {
        self.store_group(diff_id, Group::Listing, read.listing, &facts.listing)?;
        self.store_group(diff_id, Group::Packages, read.packages, &facts.packages)?;
        self.store_group(diff_id, Group::Secrets, read.secrets, &facts.secrets)?;
        self.store_group(diff_id, Group::Malware, read.malware, &facts.malware)?;
        self.store_group(diff_id, Group::Settings, read.settings, &facts.settings)
    }

    fn store_group<T: Serialize>(
        &self,
        diff_id: &Digest,
        group: Group,
        version: Option<u64>,
        facts: &T,
    ) -> std::io::Result<()> {
        let Some(version) = version else { return Ok(()) };
        let bytes = encode(facts).ok_or_else(|| std::io::Error::other("facts cannot be encoded"))?;
        self.shelf.put(&Self::name(diff_id, group, version), &bytes)
    }
}

struct Load<'a> {
    cache: &'a Cache,
    diff_id: &'a Digest,
}

impl Load<'_> {
    fn group<T: DeserializeOwned>(&self, group: Group, needed: Option<u64>, place: &mut T) -> Option<u64> {
        let version = needed?;
        let kept = self.cache.shelf.get(&Cache::name(self.diff_id, group, version));
        match kept.and_then(|bytes| decode(&bytes)) {
            Some(facts) => {
                *place = facts;
                None
            }
            None => Some(version),
        }
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
    let length = usize::try_from(u64::from_le_bytes(*length).min(LARGEST)).ok()?;
    postcard::from_bytes(&zstd::bulk::decompress(packed, length).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use crate::Directory;

    use super::*;

    const NEEDED: Groups =
        Groups { listing: Some(1), packages: Some(2), secrets: None, malware: Some(3), settings: None };

    fn load(cache: &Cache, diff_id: &Digest) -> (Groups, LayerFacts) {
        let mut facts = LayerFacts::default();
        (cache.load(diff_id, &NEEDED, &mut facts), facts)
    }

    #[test]
    fn damaged_files_are_as_good_as_missing() {
        let scratch = tempfile::tempdir().unwrap();
        let cache = Cache::new(Arc::new(Directory::new(scratch.path())));
        let diff_id = Digest::from_bytes([7; 32]);
        assert_eq!(load(&cache, &diff_id).0, NEEDED);
        cache.store(&diff_id, &NEEDED, &LayerFacts::default()).unwrap();
        assert!(load(&cache, &diff_id).0.is_empty());
        let path = scratch.path().join(Cache::name(&diff_id, Group::Packages, 2));
        let whole = bounded::read_file(&path, 1 << 20).unwrap();
        for at in 0..whole.len() {
            let mut damaged = whole.clone();
            damaged[at] ^= 1;
            std::fs::write(&path, damaged).unwrap();
            let (missing, facts) = load(&cache, &diff_id);
            // A length that is merely larger than needed still decodes to the same facts.
            assert_eq!(facts, LayerFacts::default(), "byte {at}");
            assert!(missing.is_empty() || missing == Groups { packages: Some(2), ..Groups::default() });
        }
    }

    #[test]
    fn other_rules_leave_the_other_groups_alone() {
        let scratch = tempfile::tempdir().unwrap();
        let cache = Cache::new(Arc::new(Directory::new(scratch.path())));
        let diff_id = Digest::from_bytes([7; 32]);
        cache.store(&diff_id, &NEEDED, &LayerFacts::default()).unwrap();
        let newer = Groups { malware: Some(4), ..NEEDED };
        let missing = cache.load(&diff_id, &newer, &mut LayerFacts::default());
        assert_eq!(missing, Groups { malware: Some(4), ..Groups::default() });
        assert!(!cache.knows(&diff_id, &newer) && cache.knows(&diff_id, &NEEDED));
    }
}
