//! The scores of EPSS: a finite-state map from CVE to two numbers, mapped into memory.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use fst::Streamer;
use memmap2::Mmap;
use model::Epss;
use xxhash_rust::xxh3::xxh3_64;

use crate::Error;
use crate::segment::guarded;

/// What the file begins with; its checksum follows.
const MAGIC: [u8; 8] = *b"LZRTEPS1";
const HEAD: usize = 16;
/// Shares are kept in millionths.
const MILLION: f64 = 1_000_000.0;

/// The stored scores.
pub(crate) struct Scores {
    path: PathBuf,
    map: Arc<Mmap>,
    index: OnceLock<Result<fst::Map<Body>, String>>,
}

/// The map without its head.
struct Body(Arc<Mmap>);

impl AsRef<[u8]> for Body {
    fn as_ref(&self) -> &[u8] {
        self.0.get(HEAD..).unwrap_or_default()
    }
}

impl Scores {
    /// Maps the scores; nothing is read yet.
    pub(crate) fn open(path: &Path, bytes: u64) -> Result<Self, Error> {
        let map = crate::map::map(path).map_err(Error::file("read", path))?;
        let scores = Self { path: path.to_owned(), map: Arc::new(map), index: OnceLock::new() };
        if scores.map.len() as u64 != bytes {
            return Err(scores.damaged("it is not as long as it was when it was written"));
        }
        Ok(scores)
    }

    /// The score of a vulnerability.
    pub(crate) fn get(&self, cve: &str) -> Result<Option<Epss>, Error> {
        let index = self.index()?;
        let value = guarded(|| index.get(cve)).map_err(|why| self.damaged(&why))?;
        let share = |millionths: u64| f64::from(u32::try_from(millionths).unwrap_or(u32::MAX)) / MILLION;
        Ok(value.map(|value| Epss { score: share(value >> 32), percentile: share(value & 0xffff_ffff) }))
    }

    /// Shows every vulnerability with its score in hundredths.
    pub(crate) fn each(&self, mut visit: impl FnMut(&str, u64)) -> Result<(), Error> {
        const HUNDREDTH: u64 = 10_000;
        let mut stream = self.index()?.stream();
        loop {
            let next = guarded(|| stream.next().map(|(cve, value)| (cve.to_vec(), value)));
            let Some((cve, value)) = next.map_err(|why| self.damaged(&why))? else { return Ok(()) };
            let cve = std::str::from_utf8(&cve).map_err(|_invalid| self.damaged("an id in it is no text"))?;
            visit(cve, ((value >> 32) + HUNDREDTH / 2) / HUNDREDTH);
        }
    }

    fn index(&self) -> Result<&fst::Map<Body>, Error> {
        self.index.get_or_init(|| self.read()).as_ref().map_err(|why| self.damaged(why))
    }

    /// Checks all of it.
    pub(crate) fn check(&self) -> Result<(), Error> {
        self.get("").map(drop)
    }

    fn damaged(&self, why: &str) -> Error {
        Error::Damaged { path: self.path.clone(), why: why.to_owned() }
    }

    fn read(&self) -> Result<fst::Map<Body>, String> {
        let rest = self.map.strip_prefix(&MAGIC).ok_or("it holds no scores of this version")?;
        let (checksum, body) = rest.split_first_chunk().ok_or("it is too short")?;
        if u64::from_le_bytes(*checksum) != xxh3_64(body) {
            return Err("its checksum is wrong".to_owned());
        }
        let body = Body(Arc::clone(&self.map));
        guarded(|| fst::Map::new(body))?.map_err(|error| error.to_string())
    }
}

/// The scores as they are stored.
pub(crate) fn pack(scores: &BTreeMap<String, Epss>) -> Result<Vec<u8>, String> {
    let mut index = fst::MapBuilder::memory();
    for (cve, epss) in scores {
        let value = (millionths(epss.score) << 32) | millionths(epss.percentile);
        index.insert(cve, value).map_err(|error| error.to_string())?;
    }
    let body = index.into_inner().map_err(|error| error.to_string())?;
    Ok([&MAGIC[..], &xxh3_64(&body).to_le_bytes(), &body].concat())
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "it is brought within 0 and a million before"
)]
fn millionths(share: f64) -> u64 {
    (share.clamp(0.0, 1.0) * MILLION).round() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_back_what_was_packed_and_sees_damage() {
        let scratch = tempfile::tempdir().unwrap();
        let path = scratch.path().join("scores");
        let epss = Epss { score: 0.943_58, percentile: 0.999_57 };
        let mut packed = pack(&BTreeMap::from([("CVE-2021-44228".to_owned(), epss)])).unwrap();
        let open = |bytes: &[u8]| {
            std::fs::write(&path, bytes).unwrap();
            Scores::open(&path, bytes.len() as u64).unwrap()
        };
        let scores = open(&packed);
        assert_eq!(scores.get("CVE-2021-44228").unwrap(), Some(epss));
        assert_eq!(scores.get("CVE-2021-44229").unwrap(), None);
        packed[20] ^= 1;
        assert!(open(&packed).check().unwrap_err().to_string().contains("checksum"));
        assert!(open(b"short").check().is_err());
        assert!(Scores::open(&path, 3).is_err());
    }
}
