//! The header of one package: an index of tags, and their data.
//!
//! Source: "RPM Package format" and "Tags" of the rpm reference manual. All numbers are big-endian. The index is
//! searched for the few tags that count; the signed region in it needs no look, as its entries stand in the same index.

use model::Package;

use super::{damaged, package, source};
use crate::Error;
use crate::fields::string;
use crate::licenses::normalise;
use crate::ownership;

const NAME: u32 = 1000;
const VERSION: u32 = 1001;
const RELEASE: u32 = 1002;
const EPOCH: u32 = 1003;
const VENDOR: u32 = 1011;
const LICENSE: u32 = 1014;
const ARCH: u32 = 1022;
const FILE_MODES: u32 = 1030;
const SOURCE_RPM: u32 = 1044;
const DIRECTORY_INDEXES: u32 = 1116;
const BASE_NAMES: u32 = 1117;
const DIRECTORY_NAMES: u32 = 1118;
const MODULARITY_LABEL: u32 = 5096;

/// The tags of which text is kept.
const TEXTS: [u32; 8] = [NAME, VERSION, RELEASE, VENDOR, LICENSE, ARCH, SOURCE_RPM, MODULARITY_LABEL];

const INT16: u32 = 3;
const INT32: u32 = 4;
const STRING: u32 = 6;
const STRING_ARRAY: u32 = 8;
const I18N_STRING: u32 = 9;

/// The longest text that is kept of one tag.
const TEXT_BYTES: usize = 64 * 1024;
/// The longest path that a system can open.
const PATH_BYTES: usize = 4096;
/// How many directories of one package are told apart.
const DIRECTORIES: usize = 1 << 20;
const ENTRY_BYTES: usize = 16;

/// A header as it lies in a database.
pub(super) struct Header<'a> {
    index: &'a [u8],
    data: &'a [u8],
}

/// One entry of the index.
struct Entry<'a> {
    kind: u32,
    count: usize,
    data: &'a [u8],
}

impl<'a> Header<'a> {
    pub(super) fn of(blob: &'a [u8]) -> Result<Self, Error> {
        let parts = || {
            let index_bytes = number(blob, 0)?.checked_mul(ENTRY_BYTES)?;
            let data_bytes = number(blob, 4)?;
            let (index, rest) = blob.get(8..)?.split_at_checked(index_bytes)?;
            Some(Self { index, data: rest.get(..data_bytes)? })
        };
        parts().ok_or_else(|| damaged("a header is shorter than it says"))
    }

    /// Whether it is a public key, which rpm keeps among the packages.
    pub(super) fn is_key(&self) -> bool {
        self.text(NAME).is_ok_and(|name| name == Some(b"gpg-pubkey"))
    }

    /// The package it describes, without its files, when its text has at most `room` bytes.
    pub(super) fn package(&self, room: usize) -> Result<Package, Error> {
        if self.text_bytes() > room {
            return Err(damaged("it holds more text than is kept"));
        }
        let missing = |what: &str| damaged(format!("a header tells no {what}"));
        let name = self.text(NAME)?.ok_or_else(|| missing("name"))?;
        let version = self.text(VERSION)?.ok_or_else(|| missing("version"))?;
        let release = self.text(RELEASE)?.ok_or_else(|| missing("release"))?;
        let version_release = format!("{}-{}", string(version), string(release));
        let mut package = package(string(name), self.epoch()?, &version_release);
        package.arch = self.text(ARCH)?.map(string);
        package.vendor = self.text(VENDOR)?.map(string);
        package.licenses.extend(self.text(LICENSE)?.map(|stated| normalise(&string(stated))));
        package.source = self.text(SOURCE_RPM)?.and_then(|file| source(&string(file)));
        package.module = self.text(MODULARITY_LABEL)?.and_then(|label| stream(&string(label)));
        Ok(package)
    }

    /// How many bytes of text its package holds.
    pub(super) fn text_bytes(&self) -> usize {
        let lengths = TEXTS.iter().map(|tag| self.text(*tag).ok().flatten().map_or(0, <[u8]>::len));
        lengths.sum()
    }

    /// Its regular files that count, when their paths together have at most `room` bytes.
    pub(super) fn paths(&self, room: usize) -> Result<Vec<String>, Error> {
        let Some(names) = self.entry(BASE_NAMES) else { return Ok(Vec::new()) };
        let directories = self.directories()?;
        let indexes = self.numbers::<4>(DIRECTORY_INDEXES, INT32, names.count)?;
        let modes = self.numbers::<2>(FILE_MODES, INT16, names.count).unwrap_or_default();
        let mut modes = modes.iter().map(|mode| u16::from_be_bytes(*mode));
        let (mut paths, mut used, mut path) = (Vec::new(), 0_usize, Vec::new());
        let mut indexes = indexes.iter();
        let mut told = 0_usize;
        for name in names.strings() {
            told = told.saturating_add(1);
            let mode = modes.next();
            let index = indexes.next().map(|index| u32::from_be_bytes(*index));
            let directory = index.and_then(|index| directories.get(usize::try_from(index).ok()?));
            let directory =
                directory.ok_or_else(|| damaged("a file lies in a directory that is not told"))?;
            let length = directory.len().saturating_add(name.len());
            if length > PATH_BYTES || mode.is_some_and(|mode| !is_regular(mode)) {
                continue;
            }
            path.clear();
            path.extend_from_slice(directory.strip_prefix(b"/").unwrap_or(directory));
            path.extend_from_slice(name);
            if ownership::counts(&path) {
                used = used.saturating_add(length);
                if used > room {
                    return Err(damaged("it names more files than are kept"));
                }
                paths.push(string(&path));
            }
        }
        if told < names.count {
            return Err(damaged("the names of a package's files do not end"));
        }
        Ok(paths)
    }

    fn epoch(&self) -> Result<u32, Error> {
        if self.entry(EPOCH).is_none() {
            return Ok(0);
        }
        let epoch = self.numbers::<4>(EPOCH, INT32, 1)?;
        epoch.first().map(|epoch| u32::from_be_bytes(*epoch)).ok_or_else(|| damaged("an epoch is no number"))
    }

    fn directories(&self) -> Result<Vec<&'a [u8]>, Error> {
        let Some(names) = self.entry(DIRECTORY_NAMES) else { return Ok(Vec::new()) };
        if names.count > DIRECTORIES {
            return Err(damaged(format!("a package has files in more than {DIRECTORIES} directories")));
        }
        Ok(names.strings().collect())
    }

    /// The text of a tag; nothing when the tag is not there or empty.
    fn text(&self, tag: u32) -> Result<Option<&'a [u8]>, Error> {
        let Some(entry) = self.entry(tag) else { return Ok(None) };
        if ![STRING, STRING_ARRAY, I18N_STRING].contains(&entry.kind) {
            return Err(damaged(format!("tag {tag} is no text")));
        }
        let text = entry.strings().next().filter(|text| text.len() <= TEXT_BYTES);
        let text = text.ok_or_else(|| damaged(format!("the text of tag {tag} does not end")))?;
        Ok(Some(text).filter(|text| !text.is_empty()))
    }

    /// The numbers of a tag, of `BYTES` bytes each.
    fn numbers<const BYTES: usize>(
        &self,
        tag: u32,
        kind: u32,
        count: usize,
    ) -> Result<&'a [[u8; BYTES]], Error> {
        let numbers = || {
            let entry = self.entry(tag).filter(|entry| entry.kind == kind && entry.count >= count)?;
            let (numbers, _) = entry.data.get(..count.checked_mul(BYTES)?)?.as_chunks::<BYTES>();
            Some(numbers)
        };
        numbers().ok_or_else(|| damaged(format!("tag {tag} does not hold {count} numbers")))
    }

    /// The first entry of a tag; one that points nowhere holds no data.
    fn entry(&self, tag: u32) -> Option<Entry<'a>> {
        let (entries, _) = self.index.as_chunks::<ENTRY_BYTES>();
        let entry = entries.iter().find(|entry| entry.first_chunk() == Some(&tag.to_be_bytes()))?;
        Some(Entry {
            kind: u32::from_be_bytes(*entry.get(4..)?.first_chunk()?),
            count: number(entry, 12)?,
            data: self.data.get(number(entry, 8)?..).unwrap_or_default(),
        })
    }
}

impl<'a> Entry<'a> {
    /// Its texts, up to the first that does not end.
    fn strings(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let mut rest = self.data;
        let texts = std::iter::from_fn(move || {
            let end = memchr::memchr(0, rest)?;
            let text = rest.get(..end);
            rest = rest.get(end + 1..)?;
            text
        });
        texts.take(self.count)
    }
}

/// The number of four bytes at `at`.
fn number(bytes: &[u8], at: usize) -> Option<usize> {
    let number = u32::from_be_bytes(*bytes.get(at..)?.first_chunk()?);
    usize::try_from(number).ok()
}

fn is_regular(mode: u16) -> bool {
    mode & 0o170_000 == 0o100_000
}

/// The name and stream of a module's label, `nodejs:18:9030020231:rhel9`.
fn stream(label: &str) -> Option<String> {
    let mut words = label.split(':');
    let (name, stream) = (words.next()?, words.next()?);
    (!name.is_empty() && !stream.is_empty()).then(|| format!("{name}:{stream}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A header of texts.
    fn header(texts: &[(u32, &str)]) -> Vec<u8> {
        let (mut index, mut data) = (Vec::new(), Vec::new());
        for (tag, text) in texts {
            let offset = u32::try_from(data.len()).unwrap();
            for word in [*tag, STRING, offset, 1] {
                index.extend_from_slice(&word.to_be_bytes());
            }
            data.extend_from_slice(text.as_bytes());
            data.push(0);
        }
        let lengths = [texts.len(), data.len()].map(|length| u32::try_from(length).unwrap().to_be_bytes());
        [lengths.concat(), index, data].concat()
    }

    #[test]
    fn refuses_a_package_without_a_release() {
        let blob = header(&[(NAME, "bash"), (VERSION, "5.1.8")]);
        let error = Header::of(&blob).unwrap().package(1000).unwrap_err();
        assert!(error.to_string().contains("release"), "{error}");
    }

    #[test]
    fn knows_the_keys_among_the_packages() {
        assert!(Header::of(&header(&[(NAME, "gpg-pubkey")])).unwrap().is_key());
        assert!(!Header::of(&header(&[(NAME, "gpg-pubkey-tools")])).unwrap().is_key());
    }

    #[test]
    fn takes_the_stream_of_a_module() {
        assert_eq!(stream("nodejs:18:9030020231:rhel9").as_deref(), Some("nodejs:18"));
        assert_eq!(stream("perl:5.32:8060020211122104554:9fe1d287").as_deref(), Some("perl:5.32"));
        assert_eq!(stream("nodejs"), None);
        assert_eq!(stream(":1"), None);
    }

    #[test]
    fn every_cut_header_is_refused() {
        let blob = header(&[(NAME, "bash"), (VERSION, "5.1.8"), (RELEASE, "6.el9")]);
        assert_eq!(Header::of(&blob).unwrap().package(1000).unwrap().version, "5.1.8-6.el9");
        for end in 0..blob.len() {
            assert!(Header::of(&blob[..end]).is_err(), "{end}");
        }
    }
}
