//! The `Packages` table of a database of `SQLite`.
//!
//! Source: "Database File Format", <https://www.sqlite.org/fileformat2.html>. Only table b-trees are read: the schema,
//! then the one table. Texts are expected in UTF-8, as rpm writes them.

use super::damaged;
use super::records::Records;
use super::store::Store;
use crate::Error;

const MAGIC: &[u8] = b"SQLite format 3\0";
/// Where the b-tree of the first page begins.
const FILE_HEADER_BYTES: u64 = 100;
const SCHEMA_ROOT: u64 = 1;
const INTERIOR: u8 = 5;
const LEAF: u8 = 13;
/// A tree of as many levels would hold more rows than can be numbered.
const DEPTH: u32 = 20;
/// The largest row that is read; rpm itself refuses headers beyond 256 MiB.
const ROW_BYTES: u64 = 64 << 20;
/// The columns of a row that are looked at: `sqlite_schema` has five.
const COLUMNS: usize = 8;

/// Magic numbers of a write-ahead log, for either order of its checksums.
const LOG_MAGICS: [u32; 2] = [0x377f_0682, 0x377f_0683];
const LOG_HEADER_BYTES: u64 = 32;
const FRAME_HEADER_BYTES: u64 = 24;

pub(super) fn begins(head: &[u8]) -> bool {
    head.starts_with(MAGIC)
}

/// Whether a write-ahead log holds at least one frame of its present round.
pub(super) fn has_frames(log: &mut Store<'_>) -> Result<bool, Error> {
    if log.len() < LOG_HEADER_BYTES + FRAME_HEADER_BYTES {
        return Ok(false);
    }
    let head = log.get(0, LOG_HEADER_BYTES + FRAME_HEADER_BYTES)?;
    let word = |at| big_endian(head, at, 4);
    let magic = word(0).and_then(|magic| u32::try_from(magic).ok());
    if !magic.is_some_and(|magic| LOG_MAGICS.contains(&magic)) {
        return Err(damaged("its write-ahead log does not begin as one"));
    }
    // Frames of earlier rounds carry other salts.
    Ok(word(16) == word(40) && word(20) == word(44))
}

/// Reads all packages.
pub(super) fn read(store: &mut Store<'_>, records: &mut Records) -> Result<(), Error> {
    let mut file = File::open(store)?;
    let mut root = None;
    let mut lost = None;
    file.rows(SCHEMA_ROOT, 0, &mut |row| match row {
        Ok(row) => root = root.or_else(|| packages_root(&row)),
        Err(error) => lost = Some(error),
    });
    let Some(root) = root else {
        return Err(lost.unwrap_or_else(|| damaged("it has no table `Packages`")));
    };
    file.rows(root, 0, &mut |row| match row {
        Ok(row) => match columns(&row).and_then(|columns| columns.get(1).copied()) {
            Some(Value { kind, bytes }) if kind >= 12 => records.header(bytes),
            _ => records.lose(&damaged("a row of `Packages` holds no header")),
        },
        Err(error) => records.lose(&error),
    });
    Ok(())
}

/// The root page of the table, when this row of the schema tells it.
fn packages_root(row: &[u8]) -> Option<u64> {
    let columns = columns(row)?;
    let bytes = |place: usize| columns.get(place).map(|value| value.bytes);
    if bytes(0)? != b"table" || bytes(1)? != b"Packages" {
        return None;
    }
    match columns.get(3)? {
        Value { kind: 9, .. } => Some(1),
        Value { kind: 1..=6, bytes } => big_endian(bytes, 0, bytes.len()),
        _ => None,
    }
}

struct File<'s, 'a> {
    store: &'s mut Store<'a>,
    page_bytes: u64,
    /// The part of a page that is not kept for extensions.
    usable: u64,
}

/// Where a row stands: what lies in its cell, and the first of its further pages.
struct Cell<'p> {
    length: u64,
    local: &'p [u8],
    overflow: Option<u64>,
}

impl<'s, 'a> File<'s, 'a> {
    fn open(store: &'s mut Store<'a>) -> Result<Self, Error> {
        let head = store.get(0, FILE_HEADER_BYTES)?;
        let page_bytes = match big_endian(head, 16, 2) {
            Some(1) => 65_536,
            Some(bytes) if bytes >= 512 && bytes.is_power_of_two() => bytes,
            _ => return Err(damaged("its page size is none")),
        };
        let [reading, reserved] = [19, 20].map(|at| big_endian(head, at, 1).unwrap_or_default());
        if reading > 2 {
            return Err(damaged(format!("it is of version {reading} of the format; known are 1 and 2")));
        }
        if !matches!(big_endian(head, 56, 4), Some(0 | 1)) {
            return Err(damaged("its texts are not in UTF-8"));
        }
        let usable = page_bytes.checked_sub(reserved).filter(|usable| *usable >= 480);
        let usable = usable.ok_or_else(|| damaged("its pages have no room"))?;
        Ok(Self { store, page_bytes, usable })
    }

    /// Gives every row below a page, or why it could not be had.
    fn rows(&mut self, page: u64, depth: u32, each: &mut dyn FnMut(Result<Vec<u8>, Error>)) {
        let bytes = match self.page(page).map(<[u8]>::to_vec) {
            Ok(bytes) if depth < DEPTH => bytes,
            Ok(_) => return each(Err(damaged("its tree is too deep"))),
            Err(error) => return each(Err(error)),
        };
        let at = if page == SCHEMA_ROOT { 100 } else { 0 };
        let kind = bytes.get(at).copied();
        let cells = big_endian(&bytes, at + 3, 2).unwrap_or_default();
        let first = at + if kind == Some(INTERIOR) { 12 } else { 8 };
        let mut places = (0..cells).map_while(|cell| {
            let place = bounded::clamp_usize(cell).checked_mul(2)?.checked_add(first)?;
            Some(big_endian(&bytes, place, 2).map(bounded::clamp_usize))
        });
        match kind {
            Some(LEAF) => places.for_each(|place| {
                let cell = place.and_then(|place| self.cell(bytes.get(place..)?));
                let cell = cell.ok_or_else(|| damaged(format!("page {page} has a cell that is none")));
                each(cell.and_then(|cell| self.row(&cell)));
            }),
            Some(INTERIOR) => {
                let last = std::iter::once(Some(at + 8));
                places.by_ref().chain(last).for_each(|place| {
                    match place.and_then(|place| big_endian(&bytes, place, 4)) {
                        Some(child) => self.rows(child, depth + 1, each),
                        None => each(Err(damaged(format!("page {page} has a cell that is none")))),
                    }
                });
            }
            _ => each(Err(damaged(format!("page {page} is no page of a table")))),
        }
    }

    fn page(&mut self, page: u64) -> Result<&[u8], Error> {
        let at = page.checked_sub(1).and_then(|before| before.checked_mul(self.page_bytes));
        let at = at.ok_or_else(|| damaged("it leads to a page 0"))?;
        self.store.get(at, self.usable)
    }

    /// Reads a cell of a leaf.
    fn cell<'p>(&self, bytes: &'p [u8]) -> Option<Cell<'p>> {
        let (length, bytes) = varint(bytes)?;
        let (_row, bytes) = varint(bytes)?;
        let most = self.usable - 35;
        if length <= most {
            return Some(Cell { length, local: bytes.get(..bounded::clamp_usize(length))?, overflow: None });
        }
        let least = (self.usable - 12) * 32 / 255 - 23;
        let filling = least + (length - least) % (self.usable - 4);
        let local = if filling <= most { filling } else { least };
        let (local, rest) = bytes.split_at_checked(bounded::clamp_usize(local))?;
        Some(Cell { length, local, overflow: Some(big_endian(rest, 0, 4)?) })
    }

    /// All of a row, with what lies on further pages.
    fn row(&mut self, cell: &Cell<'_>) -> Result<Vec<u8>, Error> {
        if cell.length > ROW_BYTES.min(self.store.len()) {
            return Err(damaged(format!("a row has {} bytes", cell.length)));
        }
        let length = bounded::clamp_usize(cell.length);
        let mut row = Vec::with_capacity(length);
        row.extend_from_slice(cell.local);
        let mut next = cell.overflow;
        while row.len() < length {
            let number = next.filter(|next| *next != 0).ok_or_else(|| damaged("a row ends too early"))?;
            let page = self.page(number)?;
            next = big_endian(page, 0, 4);
            let bytes = page.get(4..).unwrap_or_default();
            row.extend_from_slice(bytes.get(..length - row.len()).unwrap_or(bytes));
        }
        Ok(row)
    }
}

/// One column of a row.
#[derive(Clone, Copy)]
struct Value<'a> {
    /// What it is and how long.
    kind: u64,
    bytes: &'a [u8],
}

/// The first columns of a row.
fn columns(row: &[u8]) -> Option<Vec<Value<'_>>> {
    let (header_bytes, _) = varint(row)?;
    let (header, mut body) = row.split_at_checked(bounded::clamp_usize(header_bytes))?;
    let (_, mut kinds) = varint(header)?;
    let mut columns = Vec::new();
    while !kinds.is_empty() && columns.len() < COLUMNS {
        let (kind, rest) = varint(kinds)?;
        kinds = rest;
        let length = match kind {
            0 | 8 | 9 => 0,
            1..=4 => kind,
            5 => 6,
            6 | 7 => 8,
            10 | 11 => return None,
            _ => (kind - 12) / 2,
        };
        let (bytes, rest) = body.split_at_checked(bounded::clamp_usize(length))?;
        body = rest;
        columns.push(Value { kind, bytes });
    }
    Some(columns)
}

/// A number of one to nine bytes, and what follows it.
fn varint(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut number = 0_u64;
    for (place, byte) in bytes.iter().enumerate().take(9) {
        if place == 8 {
            return Some((number << 8 | u64::from(*byte), bytes.get(9..)?));
        }
        number = number << 7 | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            return Some((number, bytes.get(place + 1..)?));
        }
    }
    None
}

/// An unsigned number of `length` bytes at `at`.
fn big_endian(bytes: &[u8], at: usize, length: usize) -> Option<u64> {
    let bytes = bytes.get(at..)?.get(..length).filter(|bytes| bytes.len() <= 8)?;
    Some(bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_numbers_of_every_length() {
        for (bytes, expected) in [
            (&[0x00][..], 0),
            (&[0x7f], 127),
            (&[0x81, 0x00], 128),
            (&[0x82, 0x80, 0x00], 32_768),
            (&[0xff; 9], u64::MAX),
        ] {
            assert_eq!(varint(bytes), Some((expected, &[][..])), "{bytes:?}");
        }
        assert_eq!(varint(&[0x80]), None);
        assert_eq!(varint(&[]), None);
    }
}
