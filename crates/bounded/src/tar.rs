//! Tar archives as layers and saved images are written: ustar, GNU and pax.
//!
//! Sources: POSIX.1-2018 `pax`, the GNU tar manual ("Basic Tar Format", "Storing Sparse Files"). Every size, number and
//! name is checked against what is really there; a header whose checksum is wrong ends the reading.

mod header;
mod pax;

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};

use crate::{Error, Limits, clamp_usize};

pub use header::Kind;
use header::{BLOCK, Header};
use pax::Overrides;

/// What a tar archive is read from: bytes that can be skipped.
pub trait Source: BufRead {
    /// Passes over `count` bytes and says how many there were.
    ///
    /// # Errors
    /// When reading fails.
    fn skip(&mut self, count: u64) -> io::Result<u64> {
        let mut left = count;
        while left > 0 {
            let available = self.fill_buf()?.len();
            if available == 0 {
                break;
            }
            let step = available.min(clamp_usize(left));
            self.consume(step);
            left = left.saturating_sub(step as u64);
        }
        Ok(count.saturating_sub(left))
    }
}

impl Source for &mut (dyn BufRead + Send) {}

impl<R: Read> Source for BufReader<R> {}

/// A file whose unwanted bytes are sought over, not read.
#[derive(Debug)]
pub struct SeekSource {
    file: BufReader<File>,
    left: u64,
}

impl SeekSource {
    /// From the beginning of `file`, which is `length` bytes long.
    #[must_use]
    pub fn new(file: File, length: u64) -> Self {
        Self { file: BufReader::with_capacity(32 * 1024, file), left: length }
    }
}

impl Read for SeekSource {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(buffer)?;
        self.left = self.left.saturating_sub(count as u64);
        Ok(count)
    }
}

impl BufRead for SeekSource {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.file.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        self.left = self.left.saturating_sub(amount as u64);
        self.file.consume(amount);
    }
}

impl Source for SeekSource {
    fn skip(&mut self, count: u64) -> io::Result<u64> {
        let step = count.min(self.left);
        self.file.seek_relative(i64::try_from(step).map_err(io::Error::other)?)?;
        self.left = self.left.saturating_sub(step);
        Ok(step)
    }
}

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The path as written: any bytes but NUL.
    pub path: Vec<u8>,
    /// The target of a link, as written.
    pub link: Vec<u8>,
    /// What it is.
    pub kind: Kind,
    /// Permission bits, with set-uid, set-gid and sticky.
    pub mode: u32,
    /// Owner.
    pub uid: u64,
    /// Group.
    pub gid: u64,
    /// The size of the file; for a sparse one the size it has when unpacked.
    pub size: u64,
    /// Seconds since 1970.
    pub modified: i64,
    /// Whether the stored bytes are a sparse map and pieces, not the content itself.
    pub sparse: bool,
}

/// Reads a tar archive entry by entry, forward only.
#[derive(Debug)]
pub struct Reader<S> {
    source: S,
    limits: Limits,
    offset: u64,
    /// Bytes of the present entry's body that were not read.
    body: u64,
    /// Padding after the body.
    padding: u64,
    entries: u64,
    ended: bool,
}

impl<S: Source> Reader<S> {
    /// A reader at the beginning of an archive.
    pub fn new(source: S, limits: &Limits) -> Self {
        Self { source, limits: limits.clone(), offset: 0, body: 0, padding: 0, entries: 0, ended: false }
    }

    /// How many bytes have been passed; right after [`Reader::next_entry`], where the body begins.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// The stored length of what is left of the present body.
    #[must_use]
    pub fn body_left(&self) -> u64 {
        self.body
    }

    /// The next entry, or nothing at the end of the archive.
    ///
    /// # Errors
    /// When the archive is damaged, ends too early, or passes a limit. Nothing more can be read then.
    pub fn next_entry(&mut self) -> Result<Option<Entry>, Error> {
        let result = self.advance();
        if !matches!(result, Ok(Some(_))) {
            self.ended = true;
        }
        result
    }

    fn advance(&mut self) -> Result<Option<Entry>, Error> {
        if self.ended {
            return Ok(None);
        }
        let mut overrides = Overrides::default();
        loop {
            self.pass_body()?;
            let Some(header) = self.header()? else { return Ok(None) };
            self.count()?;
            let size = header.size()?.unwrap_or(0);
            match header.kind() {
                Kind::LongName => overrides.path = Some(self.text(size)?),
                Kind::LongLink => overrides.link = Some(self.text(size)?),
                Kind::PaxHeader => {
                    let records = self.extension(size)?;
                    overrides.read_records(&records).map_err(|why| self.damaged(why))?;
                }
                Kind::PaxGlobal => drop(self.extension(size)?),
                _ => return self.entry(&header, overrides).map(Some),
            }
        }
    }

    fn entry(&mut self, header: &Header, overrides: Overrides) -> Result<Entry, Error> {
        let kind = header.kind();
        let stored = match overrides.size {
            Some(size) => size,
            None => header.size()?.ok_or_else(|| self.damaged("a size is no number"))?,
        };
        let old_sparse = kind == Kind::OldSparse;
        if old_sparse {
            self.pass_sparse_headers(header)?;
        }
        // Only files have bodies; what other entries claim as size is not followed by data (as GNU tar and Go read it).
        let body = if kind.has_body() { stored } else { 0 };
        self.set_body(body);
        let size = if old_sparse { header.real_size()? } else { overrides.real_size.unwrap_or(body) };
        let entry = Entry {
            path: overrides.path.unwrap_or_else(|| header.path()),
            link: overrides.link.unwrap_or_else(|| header.link()),
            kind: if old_sparse { Kind::File } else { kind },
            mode: header.mode(),
            uid: overrides.uid.unwrap_or_else(|| header.uid()),
            gid: overrides.gid.unwrap_or_else(|| header.gid()),
            size,
            modified: overrides.modified.unwrap_or_else(|| header.modified()),
            sparse: old_sparse || overrides.sparse,
        };
        let longest = entry.path.len().max(entry.link.len());
        if longest > self.limits.path_bytes {
            let limit = format!("{} bytes", self.limits.path_bytes);
            return Err(Error::TooLarge { what: "a path in the archive".to_owned(), limit });
        }
        Ok(entry)
    }

    fn count(&mut self) -> Result<(), Error> {
        self.entries = self.entries.saturating_add(1);
        if self.entries > self.limits.entries {
            let limit = format!("{} entries", self.limits.entries);
            return Err(Error::TooLarge { what: "the archive".to_owned(), limit });
        }
        Ok(())
    }

    fn set_body(&mut self, size: u64) {
        self.body = size;
        self.padding = size.next_multiple_of(BLOCK as u64).saturating_sub(size);
    }

    fn pass_body(&mut self) -> Result<(), Error> {
        let wanted = self.body.saturating_add(self.padding);
        let passed = self.source.skip(wanted).map_err(Error::from_io)?;
        self.offset = self.offset.saturating_add(passed);
        // Some writers leave out the padding after the last body, as a whole.
        let short = passed != wanted && passed != self.body;
        self.body = 0;
        self.padding = 0;
        if short { Err(self.truncated()) } else { Ok(()) }
    }

    /// The next header; nothing after two zero blocks or at the very end.
    fn header(&mut self) -> Result<Option<Header>, Error> {
        let Some(block) = self.block()? else { return Ok(None) };
        if block != [0; BLOCK] {
            return Header::new(block).map(Some).map_err(|why| self.damaged(why));
        }
        match self.block()? {
            Some(second) if second != [0; BLOCK] => Err(self.damaged("a zero block stands between entries")),
            _ => Ok(None),
        }
    }

    fn block(&mut self) -> Result<Option<[u8; BLOCK]>, Error> {
        let mut block = [0; BLOCK];
        let count = self.read_full(&mut block)?;
        match count {
            0 => Ok(None),
            BLOCK => Ok(Some(block)),
            _ => Err(self.truncated()),
        }
    }

    fn read_full(&mut self, buffer: &mut [u8]) -> Result<usize, Error> {
        let mut count = 0;
        while let Some(rest) = buffer.get_mut(count..).filter(|rest| !rest.is_empty()) {
            match self.source.read(rest) {
                Ok(0) => break,
                Ok(read) => count += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(Error::from_io(error)),
            }
        }
        self.offset = self.offset.saturating_add(count as u64);
        Ok(count)
    }

    /// The body of an extended header.
    fn extension(&mut self, size: u64) -> Result<Vec<u8>, Error> {
        if size > self.limits.header_bytes {
            let limit = format!("{} bytes", self.limits.header_bytes);
            return Err(Error::TooLarge { what: "an extended tar header".to_owned(), limit });
        }
        self.set_body(size);
        let mut bytes = vec![0; clamp_usize(size)];
        let count = self.read_full(&mut bytes)?;
        self.body = size.saturating_sub(count as u64);
        if self.body > 0 { Err(self.truncated()) } else { Ok(bytes) }
    }

    /// A long name: up to its NUL.
    fn text(&mut self, size: u64) -> Result<Vec<u8>, Error> {
        let mut bytes = self.extension(size)?;
        if let Some(end) = memchr::memchr(0, &bytes) {
            bytes.truncate(end);
        }
        Ok(bytes)
    }

    fn pass_sparse_headers(&mut self, header: &Header) -> Result<(), Error> {
        let mut more = header.sparse_continues();
        while more {
            self.count()?;
            let block = self.block()?.ok_or_else(|| self.truncated())?;
            more = block.get(504).is_some_and(|flag| *flag != 0);
        }
        Ok(())
    }

    fn damaged(&self, why: impl Into<String>) -> Error {
        Error::Damaged { format: "tar", offset: self.offset, why: why.into() }
    }

    fn truncated(&self) -> Error {
        Error::Truncated { format: "tar", offset: self.offset }
    }
}

/// Reads the body of the present entry.
impl<S: Source> Read for Reader<S> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let room = buffer.len().min(clamp_usize(self.body));
        let Some(buffer) = buffer.get_mut(..room).filter(|buffer| !buffer.is_empty()) else { return Ok(0) };
        let count = self.source.read(buffer)?;
        if count == 0 {
            return Err(self.truncated().into_io());
        }
        self.body = self.body.saturating_sub(count as u64);
        self.offset = self.offset.saturating_add(count as u64);
        Ok(count)
    }
}

#[cfg(test)]
#[path = "tar/tests.rs"]
mod tests;
