//! The fixed-size records of a segment, as they lie in the file: little-endian, without alignment.

use model::FixStatus;
use zerocopy::little_endian::{U16, U32, U64};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

/// What every segment begins with.
pub(super) const MAGIC: [u8; 8] = *b"LZRTSEG3";

/// The sections, by their place in the header. The last two are shared by all segments of a file.
pub(super) const NAMES: usize = 0;
pub(super) const ROWS: usize = 1;
pub(super) const STEPS: usize = 2;
pub(super) const IDS: usize = 3;
pub(super) const RECORDS: usize = 4;
pub(super) const STRINGS: usize = 5;
pub(super) const BLOCKS: usize = 6;
/// Compressed blocks; each has its own checksum, as few of them are read.
pub(super) const TEXTS: usize = 7;
pub(super) const SECTIONS: usize = 8;

/// How many bits of a name's value count its rows; the others say where they begin.
pub(super) const COUNT_BITS: u32 = 24;
/// No honest block is larger when unpacked: a record has at most 16 MiB.
pub(super) const BLOCK_LIMIT: usize = 64 << 20;

/// Where a section lies in the file.
#[derive(Clone, Copy, Default, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
pub(super) struct Section {
    pub(super) offset: U64,
    pub(super) length: U64,
    /// xxh3 of its bytes; zero for [`TEXTS`].
    pub(super) checksum: U64,
}

/// The first bytes of a segment.
#[derive(Clone, Copy, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
pub(super) struct Header {
    pub(super) magic: [u8; 8],
    /// xxh3 of `sections`.
    pub(super) checksum: U64,
    pub(super) sections: [Section; SECTIONS],
}

/// A text in the heap of strings.
#[derive(Clone, Copy, Default, PartialEq, Eq, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
pub(crate) struct Text {
    pub(super) start: U32,
    pub(super) length: U16,
}

/// What one advisory says of one package.
#[derive(Clone, Copy, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
pub(crate) struct Row {
    /// Its number among the records.
    pub(super) advisory: U32,
    /// The stretch of steps.
    pub(super) start: U32,
    pub(super) count: U32,
    /// The severity for this package alone, as [`severity_byte`] writes it.
    pub(super) severity: u8,
    /// What is said beyond versions, as [`status_byte`] writes it.
    pub(super) status: u8,
    /// What an image must have for the row to concern it, as [`Condition`](super::Condition) writes it.
    pub(super) condition: Text,
}

/// One event of a range, or a version named one by one.
#[derive(Clone, Copy, PartialEq, Eq, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
pub(super) struct StepRecord {
    pub(super) text: Text,
    pub(super) kind: u8,
    /// [`FIRST`] and [`UNREADABLE`].
    pub(super) flags: u8,
}

/// The step begins a range.
pub(super) const FIRST: u8 = 1;
/// Its version has no place in the order of the ecosystem.
pub(super) const UNREADABLE: u8 = 2;

/// One advisory.
#[derive(Clone, Copy, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
pub(super) struct Record {
    /// Its ids: first those its findings go by, then all.
    pub(super) ids: U32,
    pub(super) id_count: U16,
    pub(super) vulnerability_count: U16,
    /// The block with its texts, and where in the unpacked block they lie.
    pub(super) block: U32,
    pub(super) start: U32,
    pub(super) length: U32,
}

/// A compressed stretch of texts.
#[derive(Clone, Copy, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
pub(super) struct Block {
    pub(super) start: U64,
    pub(super) length: U32,
    pub(super) unpacked: U32,
    /// xxh3 of the compressed bytes.
    pub(super) checksum: U64,
}

/// A severity in a byte; zero when none is said.
pub(super) fn severity_byte(severity: Option<model::Severity>) -> u8 {
    let worst_first = model::Severity::WORST_FIRST;
    let place = severity.and_then(|severity| worst_first.iter().position(|other| *other == severity));
    place.and_then(|place| u8::try_from(place + 1).ok()).unwrap_or_default()
}

/// A status in a byte; zero when none is said.
pub(super) fn status_byte(status: Option<FixStatus>) -> u8 {
    let place = status.and_then(|status| FixStatus::ALL.iter().position(|other| *other == status));
    place.and_then(|place| u8::try_from(place + 1).ok()).unwrap_or_default()
}

/// The status a byte stands for.
pub(super) fn status_of(byte: u8) -> Option<FixStatus> {
    FixStatus::ALL.get(usize::from(byte).checked_sub(1)?).copied()
}

/// The severity a byte stands for.
pub(super) fn severity_of(byte: u8) -> Option<model::Severity> {
    let place = usize::from(byte).checked_sub(1)?;
    model::Severity::WORST_FIRST.get(place).copied()
}
