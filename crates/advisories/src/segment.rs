//! Segments: the advisories of one ecosystem from one archive. Those of an archive lie in one immutable file, which is
//! mapped, not loaded.
//!
//! A header says where eight sections lie. `names` is a finite-state map from package name to rows; a row names a record
//! and the stretch of steps that says which versions are affected; a record names its ids and the compressed block with
//! its texts. What is looked up for every package is in the first seven, which are held against their checksums when the
//! segment is first used; a block of texts is read, and checked, only for what matches. Every number read from a file is
//! checked against it.

mod builder;
mod condition;
mod layout;
mod pack;
mod prints;

use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::rc::Rc;
use std::sync::{Arc, OnceLock};

use memmap2::Mmap;
use model::{Advisory, FixStatus, Severity};
use xxhash_rust::xxh3::xxh3_64;

use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

use crate::Error;
use crate::steps::{Kind, Step};
use builder::Builder;
pub(crate) use condition::Condition;
pub(crate) use layout::Row;
use layout::{Block, Header, Record, SECTIONS, StepRecord, Text};
pub(crate) use pack::{Pack, Written};
pub(crate) use prints::Prints;

thread_local! {
    /// Setting one up takes longer than unpacking a block.
    static UNPACKER: RefCell<Option<zstd::bulk::Decompressor<'static>>> = const { RefCell::new(None) };
}

/// A mapped file of segments.
pub(crate) struct File {
    path: Arc<Path>,
    map: Arc<Mmap>,
}

impl File {
    /// Maps a file of `bytes` bytes; nothing of it is read yet.
    pub(crate) fn open(path: &Path, bytes: u64) -> Result<Self, Error> {
        let map = crate::map::map(path).map_err(Error::file("read", path))?;
        if map.len() as u64 != bytes {
            let why = "it is not as long as it was when it was written".to_owned();
            return Err(Error::Damaged { path: path.to_owned(), why });
        }
        Ok(Self { path: path.into(), map: Arc::new(map) })
    }
}

/// An open segment.
pub(crate) struct Segment {
    path: Arc<Path>,
    map: Arc<Mmap>,
    /// Where in the file it begins.
    offset: u64,
    ecosystem: String,
    /// Made when it is first used.
    index: OnceLock<Result<Index, String>>,
}

/// Where everything lies, once it is checked.
struct Index {
    names: fst::Map<Part>,
    sections: [Range<usize>; SECTIONS],
}

/// A part of the map that the index can own.
struct Part {
    map: Arc<Mmap>,
    range: Range<usize>,
}

impl AsRef<[u8]> for Part {
    fn as_ref(&self) -> &[u8] {
        self.map.get(self.range.clone()).unwrap_or_default()
    }
}

/// Blocks of texts that were unpacked, by number.
pub(crate) type Blocks = HashMap<u32, Rc<[u8]>>;

/// The ids of a record.
pub(crate) struct Ids<'a> {
    /// Those its findings go by.
    pub(crate) vulnerabilities: Vec<&'a str>,
    /// All of them.
    pub(crate) all: Vec<&'a str>,
}

impl Row {
    /// The number of the record.
    pub(crate) fn advisory(&self) -> u32 {
        self.advisory.get()
    }

    /// What its publisher says of the severity for this package alone.
    pub(crate) fn severity(&self) -> Option<Severity> {
        layout::severity_of(self.severity)
    }

    /// What its publisher says beyond versions.
    pub(crate) fn status(&self) -> Option<FixStatus> {
        layout::status_of(self.status)
    }
}

impl Segment {
    /// The segment at `offset` of a mapped file; nothing of it is read yet.
    pub(crate) fn new(file: &File, offset: u64, ecosystem: &str) -> Self {
        Self {
            path: Arc::clone(&file.path),
            map: Arc::clone(&file.map),
            offset,
            ecosystem: ecosystem.to_owned(),
            index: OnceLock::new(),
        }
    }

    /// The ecosystem it is about.
    pub(crate) fn ecosystem(&self) -> &str {
        &self.ecosystem
    }

    /// Checks everything but the texts.
    pub(crate) fn check(&self) -> Result<(), Error> {
        self.index().map(drop)
    }

    fn damaged(&self, why: &str) -> Error {
        Error::Damaged { path: self.path.to_path_buf(), why: why.to_owned() }
    }

    fn index(&self) -> Result<&Index, Error> {
        self.index.get_or_init(|| self.read_index()).as_ref().map_err(|why| self.damaged(why))
    }

    fn read_index(&self) -> Result<Index, String> {
        let start = usize::try_from(self.offset).ok();
        let bytes = start.and_then(|start| self.map.get(start..)).ok_or("it is too short")?;
        let (header, _) = Header::ref_from_prefix(bytes).map_err(|_short| "it is too short")?;
        if header.magic != layout::MAGIC {
            return Err("it is no advisory segment of this version".to_owned());
        }
        if header.checksum.get() != xxh3_64(header.sections.as_bytes()) {
            return Err("the checksum of its header is wrong".to_owned());
        }
        let mut sections = [const { 0..0 }; SECTIONS];
        for (number, (range, section)) in sections.iter_mut().zip(&header.sections).enumerate() {
            let start = usize::try_from(section.offset.get()).ok();
            let length = usize::try_from(section.length.get()).ok();
            let end = start.zip(length).and_then(|(start, length)| start.checked_add(length));
            let (Some(start), Some(end)) = (start, end) else {
                return Err("a section leads nowhere".to_owned());
            };
            let bytes = self.map.get(start..end).ok_or("a section leads nowhere")?;
            if number != layout::TEXTS && xxh3_64(bytes) != section.checksum.get() {
                return Err("a checksum is wrong".to_owned());
            }
            *range = start..end;
        }
        let range = sections.get(layout::NAMES).cloned().unwrap_or_default();
        let names = guarded(|| fst::Map::new(Part { map: Arc::clone(&self.map), range }));
        let names = names?.map_err(|error| error.to_string())?;
        Ok(Index { names, sections })
    }

    fn bytes(&self, section: usize) -> Result<&[u8], Error> {
        let range = self.index()?.sections.get(section).cloned().unwrap_or_default();
        Ok(self.map.get(range).unwrap_or_default())
    }

    /// A stretch of the records of a section.
    fn stretch<T>(&self, section: usize, start: u64, count: u64) -> Result<&[T], Error>
    where
        T: FromBytes + KnownLayout + Immutable + Unaligned,
    {
        let table = <[T]>::ref_from_bytes(self.bytes(section)?)
            .map_err(|_size| self.damaged("a table is cut off"))?;
        let start = usize::try_from(start).ok();
        let end = start.and_then(|start| start.checked_add(usize::try_from(count).ok()?));
        let stretch = start.zip(end).and_then(|(start, end)| table.get(start..end));
        stretch.ok_or_else(|| self.damaged("a number in it leads nowhere"))
    }

    fn one<T>(&self, section: usize, number: u32) -> Result<&T, Error>
    where
        T: FromBytes + KnownLayout + Immutable + Unaligned,
    {
        self.stretch(section, number.into(), 1)?
            .first()
            .ok_or_else(|| self.damaged("a number in it leads nowhere"))
    }

    fn text(&self, text: Text) -> Result<&str, Error> {
        let start = text.start.get() as usize;
        let bytes = self.bytes(layout::STRINGS)?.get(start..start.saturating_add(text.length.get().into()));
        let text = bytes.and_then(|bytes| std::str::from_utf8(bytes).ok());
        text.ok_or_else(|| self.damaged("a text in it leads nowhere"))
    }

    /// The rows of a package.
    pub(crate) fn rows(&self, name: &str) -> Result<&[Row], Error> {
        let index = self.index()?;
        let value = guarded(|| index.names.get(name)).map_err(|why| self.damaged(&why))?;
        let Some(value) = value else { return Ok(&[]) };
        self.stretch(layout::ROWS, value >> layout::COUNT_BITS, value & ((1 << layout::COUNT_BITS) - 1))
    }

    /// What a row says of versions, into `steps`, whose content is dropped.
    pub(crate) fn steps<'a>(&'a self, row: &Row, steps: &mut Vec<Step<'a>>) -> Result<(), Error> {
        steps.clear();
        let records: &[StepRecord] =
            self.stretch(layout::STEPS, row.start.get().into(), row.count.get().into())?;
        for record in records {
            let kind = match record.kind {
                0 => Kind::Introduced,
                1 => Kind::Fixed,
                2 => Kind::LastAffected,
                3 => Kind::Limit,
                4 => Kind::Named,
                _ => return Err(self.damaged("it holds an event of no known kind")),
            };
            let is_first = record.flags & layout::FIRST != 0;
            let is_readable = record.flags & layout::UNREADABLE == 0;
            steps.push(Step { kind, text: self.text(record.text)?, is_first, is_readable });
        }
        Ok(())
    }

    /// What an image must have for a row to concern it.
    pub(crate) fn condition(&self, row: &Row) -> Result<Condition<'_>, Error> {
        Ok(Condition::read(self.text(row.condition)?))
    }

    /// The ids of a record.
    pub(crate) fn ids(&self, advisory: u32) -> Result<Ids<'_>, Error> {
        let record: &Record = self.one(layout::RECORDS, advisory)?;
        let ids: &[Text] =
            self.stretch(layout::IDS, record.ids.get().into(), record.id_count.get().into())?;
        let texts: Vec<&str> = ids.iter().map(|id| self.text(*id)).collect::<Result<_, _>>()?;
        let split = texts.split_at_checked(record.vulnerability_count.get().into());
        let (vulnerabilities, all) =
            split.ok_or_else(|| self.damaged("a record has fewer ids than it says"))?;
        Ok(Ids { vulnerabilities: vulnerabilities.to_vec(), all: all.to_vec() })
    }

    /// The texts of a record; `blocks` keeps what was unpacked.
    pub(crate) fn advisory(&self, advisory: u32, blocks: &mut Blocks) -> Result<Advisory, Error> {
        let record: &Record = self.one(layout::RECORDS, advisory)?;
        let number = record.block.get();
        let block = match blocks.get(&number) {
            Some(block) => Rc::clone(block),
            None => {
                let block: Rc<[u8]> = self.unpack(self.one(layout::BLOCKS, number)?)?.into();
                blocks.insert(number, Rc::clone(&block));
                block
            }
        };
        let start = record.start.get() as usize;
        let bytes = block.get(start..start.saturating_add(record.length.get() as usize));
        let bytes = bytes.ok_or_else(|| self.damaged("the texts of an advisory are missing"))?;
        postcard::from_bytes(bytes).map_err(|error| self.damaged(&error.to_string()))
    }

    fn unpack(&self, block: &Block) -> Result<Vec<u8>, Error> {
        let packed: &[u8] = self.stretch(layout::TEXTS, block.start.get(), block.length.get().into())?;
        if xxh3_64(packed) != block.checksum.get() {
            return Err(self.damaged("the checksum of a block of texts is wrong"));
        }
        let unpacked = block.unpacked.get() as usize;
        if unpacked > layout::BLOCK_LIMIT {
            return Err(self.damaged("a block of texts is larger than any that is written"));
        }
        let outcome = UNPACKER.with_borrow_mut(|kept| {
            let unpacker = match kept {
                Some(unpacker) => unpacker,
                None => kept.insert(zstd::bulk::Decompressor::new()?),
            };
            unpacker.decompress(packed, unpacked)
        });
        outcome.map_err(|error| self.damaged(&error.to_string()))
    }
}

/// The index trusts its bytes. Those that were damaged by accident do not come this far, as their checksum is wrong; for
/// those that somebody made, with a checksum that fits, its panic is an error like any other.
pub(crate) fn guarded<T>(look_up: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(look_up)).map_err(|_panic| "its index of names leads nowhere".to_owned())
}

#[cfg(test)]
mod tests;
