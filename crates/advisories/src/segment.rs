//! Segments: the advisories of one ecosystem from one archive, in one immutable file that is mapped, not loaded.
//!
//! Four sections follow a header of magic, checksum and lengths. `names` is a finite-state map from package name to its
//! rows; a row names an advisory and the stretch of `ranges` that says which versions are affected; `blocks` says where
//! in `texts` the compressed block with an advisory's text lies. Ranges are read for every package that is looked up,
//! texts only for what matches. Every number read from a file is checked against it.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use memmap2::Mmap;
use model::{Advisory, Affected};
use xxhash_rust::xxh3::xxh3_64;

use crate::Error;

const MAGIC: &[u8; 8] = b"LZRTSEG1";
/// Magic, checksum, and the lengths of four sections.
const HEADER: usize = 8 + 8 + 4 * 8;
/// Advisory, where its ranges begin, how long they are.
const ROW: usize = 12;
/// How many bits of a name's value count its rows; the others say where they begin.
const COUNT_BITS: u32 = 24;
/// About how much text is compressed together.
const BLOCK_BYTES: usize = 64 * 1024;
/// No honest block is larger.
const BLOCK_LIMIT: usize = 64 << 20;

/// An open segment.
pub(crate) struct Segment {
    path: PathBuf,
    map: Mmap,
    names: fst::Map<Slice>,
    rows: Range<usize>,
    ranges: Range<usize>,
    blocks: Range<usize>,
    texts: Range<usize>,
    checked: OnceLock<bool>,
}

/// A part of the map that the index can own.
#[derive(Clone)]
struct Slice(Vec<u8>);

impl AsRef<[u8]> for Slice {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

/// One package's row: which advisory, and what it says of the package's versions.
pub(crate) struct Row {
    pub(crate) advisory: u32,
    pub(crate) affected: Affected,
}

impl Segment {
    /// Maps a segment.
    pub(crate) fn open(path: &Path) -> Result<Self, Error> {
        let map = crate::map::map(path).map_err(Error::file("read", path))?;
        let damaged = |why: &str| Error::Damaged { path: path.to_owned(), why: why.to_owned() };
        if !map.starts_with(MAGIC) {
            return Err(damaged("it is no advisory segment of this version"));
        }
        let mut at = HEADER;
        let mut sections = [const { 0..0 }; 4];
        for (section, place) in sections.iter_mut().zip((16..).step_by(8)) {
            let length = u64_at(&map, place).and_then(|length| usize::try_from(length).ok());
            let end = length.and_then(|length| at.checked_add(length)).filter(|end| *end <= map.len());
            *section = at..end.ok_or_else(|| damaged("it is shorter than it says"))?;
            at = section.end;
        }
        let [names, rows, blocks, texts] = sections;
        // The ranges stand behind the rows; where, the first eight bytes of the rows say.
        let split = u64_at(&map, rows.start).and_then(|split| usize::try_from(split).ok());
        let first = rows.start.saturating_add(8);
        let middle = split.and_then(|split| first.checked_add(split)).filter(|middle| *middle <= rows.end);
        let middle = middle.ok_or_else(|| damaged("its rows are shorter than they say"))?;
        let index = map.get(names).unwrap_or_default().to_vec();
        let names = fst::Map::new(Slice(index)).map_err(|error| damaged(&error.to_string()))?;
        let path = path.to_owned();
        Ok(Self {
            path,
            names,
            rows: first..middle,
            ranges: middle..rows.end,
            blocks,
            texts,
            map,
            checked: OnceLock::new(),
        })
    }

    fn damaged(&self, why: &str) -> Error {
        Error::Damaged { path: self.path.clone(), why: why.to_owned() }
    }

    /// Holds the bytes against their checksum, once, when the segment is first used.
    fn check(&self) -> Result<(), Error> {
        let right = self.checked.get_or_init(|| {
            let body = self.map.get(16..).unwrap_or_default();
            u64_at(&self.map, 8) == Some(xxh3_64(body))
        });
        if *right { Ok(()) } else { Err(self.damaged("its checksum is wrong")) }
    }

    /// The rows of a package.
    pub(crate) fn rows(&self, name: &str) -> Result<Vec<Row>, Error> {
        // The index trusts its bytes, so they are held against the checksum before it is asked.
        self.check()?;
        let Some(value) = self.names.get(name) else { return Ok(Vec::new()) };
        let (start, count) = (value >> COUNT_BITS, value & ((1 << COUNT_BITS) - 1));
        (start..start.saturating_add(count)).map(|row| self.row(row)).collect()
    }

    fn row(&self, row: u64) -> Result<Row, Error> {
        let read = || {
            let at = usize::try_from(row).ok()?.checked_mul(ROW)?;
            let row = self.map.get(self.rows.clone())?.get(at..at.checked_add(ROW)?)?;
            let (advisory, start, length) = (u32_at(row, 0)?, index_at(row, 4)?, index_at(row, 8)?);
            let ranges = self.map.get(self.ranges.clone())?.get(start..start.checked_add(length)?)?;
            Some(Row { advisory, affected: postcard::from_bytes(ranges).ok()? })
        };
        read().ok_or_else(|| self.damaged("a row leads nowhere"))
    }

    /// The texts of an advisory; `open` keeps the blocks that were decompressed.
    pub(crate) fn advisory<'a>(
        &self,
        advisory: u32,
        open: &'a mut HashMap<u32, Vec<Advisory>>,
    ) -> Result<&'a Advisory, Error> {
        let missing = || self.damaged("an advisory's text is missing");
        let places = self.map.get(self.blocks.clone()).unwrap_or_default();
        let place = usize::try_from(advisory)
            .ok()
            .and_then(|at| places.get(at.checked_mul(16)?..))
            .ok_or_else(missing)?;
        let (start, length, within) = (index_at(place, 0), index_at(place, 4), index_at(place, 8));
        let (Some(start), Some(length), Some(within)) = (start, length, within) else {
            return Err(missing());
        };
        let key = u32_at(place, 0).ok_or_else(missing)?;
        if let std::collections::hash_map::Entry::Vacant(vacant) = open.entry(key) {
            let end = start.checked_add(length).ok_or_else(missing)?;
            let packed = self
                .map
                .get(self.texts.clone())
                .and_then(|texts| texts.get(start..end))
                .ok_or_else(missing)?;
            let plain = zstd::bulk::decompress(packed, BLOCK_LIMIT)
                .map_err(|error| self.damaged(&error.to_string()))?;
            vacant.insert(postcard::from_bytes(&plain).map_err(|error| self.damaged(&error.to_string()))?);
        }
        open.get(&key).and_then(|block| block.get(within)).ok_or_else(missing)
    }
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..)?.first_chunk().map(|chunk| u64::from_le_bytes(*chunk))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|chunk| u32::from_le_bytes(*chunk))
}

fn index_at(bytes: &[u8], at: usize) -> Option<usize> {
    usize::try_from(u32_at(bytes, at)?).ok()
}

/// A segment under construction.
#[derive(Default)]
pub(crate) struct Builder {
    /// By name: advisory, and the place of its ranges.
    names: BTreeMap<String, Vec<(u32, u32, u32)>>,
    ranges: Vec<u8>,
    /// The same ranges are kept once.
    known: HashMap<Vec<u8>, (u32, u32)>,
    places: Vec<u8>,
    texts: Vec<u8>,
    pending: Vec<Advisory>,
    pending_bytes: usize,
    count: u32,
}

/// A segment that cannot be built: it would pass what its numbers can hold.
const FULL: &str = "an ecosystem has more than 4 GiB of advisories";

impl Builder {
    /// How many advisories it holds.
    pub(crate) fn len(&self) -> u32 {
        self.count
    }

    /// How many packages it names.
    pub(crate) fn packages(&self) -> usize {
        self.names.len()
    }

    /// Adds an advisory and what it says of packages, by the names they are looked up by.
    pub(crate) fn add(
        &mut self,
        text: Advisory,
        affected: Vec<(String, Affected)>,
    ) -> Result<(), &'static str> {
        for (name, affected) in affected {
            let bytes = postcard::to_stdvec(&affected).map_err(|_error| "an advisory cannot be encoded")?;
            let (start, length) = match self.known.get(&bytes) {
                Some(place) => *place,
                None => {
                    let start = u32::try_from(self.ranges.len()).map_err(|_large| FULL)?;
                    let length = u32::try_from(bytes.len()).map_err(|_large| FULL)?;
                    self.ranges.extend_from_slice(&bytes);
                    self.known.insert(bytes, (start, length));
                    (start, length)
                }
            };
            self.names.entry(name).or_default().push((self.count, start, length));
        }
        self.pending_bytes += text.details.len() + text.summary.len() + 512;
        self.pending.push(text);
        self.count = self.count.checked_add(1).ok_or(FULL)?;
        if self.pending_bytes >= BLOCK_BYTES { self.close_block() } else { Ok(()) }
    }

    fn close_block(&mut self) -> Result<(), &'static str> {
        let plain = postcard::to_stdvec(&self.pending).map_err(|_error| "an advisory cannot be encoded")?;
        let packed = zstd::bulk::compress(&plain, 6).map_err(|_error| "advisories cannot be compressed")?;
        let start = u32::try_from(self.texts.len()).map_err(|_large| FULL)?;
        let length = u32::try_from(packed.len()).map_err(|_large| FULL)?;
        for within in (0..).take(self.pending.len()) {
            let place: [u32; 4] = [start, length, within, 0];
            self.places.extend(place.iter().flat_map(|number| number.to_le_bytes()));
        }
        self.texts.extend(packed);
        self.pending.clear();
        self.pending_bytes = 0;
        Ok(())
    }

    /// The bytes of the segment.
    pub(crate) fn finish(mut self) -> Result<Vec<u8>, &'static str> {
        self.close_block()?;
        let mut index = fst::MapBuilder::memory();
        let mut rows = Vec::new();
        for (name, places) in &self.names {
            let start = (rows.len() / ROW) as u64;
            let count = places.len() as u64;
            if count >= 1 << COUNT_BITS {
                return Err("a package has more than 16 million advisories");
            }
            index.insert(name, (start << COUNT_BITS) | count).map_err(|_error| "a name cannot be indexed")?;
            let numbers = places.iter().flat_map(|(advisory, start, length)| [*advisory, *start, *length]);
            rows.extend(numbers.flat_map(u32::to_le_bytes));
        }
        let index = index.into_inner().map_err(|_error| "the names cannot be indexed")?;
        let rows_length = (rows.len() as u64).to_le_bytes();
        let rows = [&rows_length[..], &rows, &self.ranges].concat();
        let sections = [index, rows, self.places, self.texts];
        let lengths = sections.iter().flat_map(|section| (section.len() as u64).to_le_bytes());
        let body: Vec<u8> = lengths.chain(sections.iter().flatten().copied()).collect();
        Ok([&MAGIC[..], &xxh3_64(&body).to_le_bytes(), &body].concat())
    }
}
