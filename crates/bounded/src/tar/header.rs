//! The 512 bytes before each entry.

use crate::Error;

/// Bytes of one block.
pub(super) const BLOCK: usize = 512;

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A regular file.
    File,
    /// Another name of an earlier entry of this archive.
    HardLink,
    /// A symbolic link.
    SymbolicLink,
    /// A character device.
    CharacterDevice,
    /// A block device.
    BlockDevice,
    /// A directory.
    Directory,
    /// A named pipe.
    Fifo,
    /// A file in GNU's old sparse form.
    OldSparse,
    /// GNU's long path for the next entry.
    LongName,
    /// GNU's long link target for the next entry.
    LongLink,
    /// Pax records for the next entry.
    PaxHeader,
    /// Pax records for all that follow; not applied, as Docker and containerd do not.
    PaxGlobal,
    /// Anything else; readers treat it as a file.
    Other(u8),
}

impl Kind {
    /// Whether its size is followed by as many bytes.
    #[must_use]
    pub fn has_body(self) -> bool {
        matches!(self, Self::File | Self::OldSparse | Self::Other(_))
    }
}

/// A header whose checksum is right.
pub(super) struct Header([u8; BLOCK]);

impl Header {
    pub(super) fn new(block: [u8; BLOCK]) -> Result<Self, &'static str> {
        let header = Self(block);
        let stated = octal(header.field(148, 8)).ok_or("a header's checksum is no number")?;
        let spaces = 8 * u64::from(b' ');
        let outside =
            || block.iter().enumerate().filter(|(at, _)| !(148..156).contains(at)).map(|(_, byte)| *byte);
        let unsigned = outside().fold(spaces, |sum, byte| sum + u64::from(byte));
        // Ancient writers summed signed bytes.
        let signed = outside().fold(256, |sum: i64, byte| sum + i64::from(byte.cast_signed()));
        if stated != unsigned && i64::try_from(stated) != Ok(signed) {
            return Err("a header's checksum is wrong");
        }
        Ok(header)
    }

    fn field(&self, start: usize, length: usize) -> &[u8] {
        self.0.get(start..start.saturating_add(length)).unwrap_or_default()
    }

    fn byte(&self, at: usize) -> u8 {
        self.0.get(at).copied().unwrap_or_default()
    }

    pub(super) fn kind(&self) -> Kind {
        match self.byte(156) {
            // In the oldest archives a directory is a file whose name ends in a slash.
            0 if self.path().ends_with(b"/") => Kind::Directory,
            0 | b'0' | b'7' => Kind::File,
            b'1' => Kind::HardLink,
            b'2' => Kind::SymbolicLink,
            b'3' => Kind::CharacterDevice,
            b'4' => Kind::BlockDevice,
            b'5' => Kind::Directory,
            b'6' => Kind::Fifo,
            b'S' => Kind::OldSparse,
            b'L' => Kind::LongName,
            b'K' => Kind::LongLink,
            b'x' => Kind::PaxHeader,
            b'g' => Kind::PaxGlobal,
            other => Kind::Other(other),
        }
    }

    pub(super) fn path(&self) -> Vec<u8> {
        let name = text(self.field(0, 100));
        let prefix = if self.field(257, 6) == b"ustar\0" { text(self.field(345, 155)) } else { &[] };
        if prefix.is_empty() { name.to_vec() } else { [prefix, b"/", name].concat() }
    }

    pub(super) fn link(&self) -> Vec<u8> {
        text(self.field(157, 100)).to_vec()
    }

    pub(super) fn size(&self) -> Result<Option<u64>, Error> {
        Ok(number(self.field(124, 12)))
    }

    pub(super) fn real_size(&self) -> Result<u64, Error> {
        let why = || "a sparse file's size is no number".to_owned();
        number(self.field(483, 12)).ok_or_else(|| Error::Damaged { format: "tar", offset: 0, why: why() })
    }

    pub(super) fn sparse_continues(&self) -> bool {
        self.byte(482) != 0
    }

    pub(super) fn mode(&self) -> u32 {
        number(self.field(100, 8)).and_then(|mode| u32::try_from(mode & 0o7777).ok()).unwrap_or(0)
    }

    pub(super) fn uid(&self) -> u64 {
        number(self.field(108, 8)).unwrap_or(0)
    }

    pub(super) fn gid(&self) -> u64 {
        number(self.field(116, 8)).unwrap_or(0)
    }

    pub(super) fn modified(&self) -> i64 {
        number(self.field(136, 12)).and_then(|time| i64::try_from(time).ok()).unwrap_or(0)
    }
}

/// Up to the first NUL.
fn text(field: &[u8]) -> &[u8] {
    field.split(|byte| *byte == 0).next().unwrap_or_default()
}

/// Octal text, or GNU's big-endian binary when the first bit is set. Nothing for negative or unreadable ones.
fn number(field: &[u8]) -> Option<u64> {
    match field.split_first() {
        Some((0x80, rest)) => {
            rest.iter().try_fold(0_u64, |sum, byte| Some(sum.checked_mul(256)? | u64::from(*byte)))
        }
        Some((0x81..=0xff, _)) => None,
        _ => octal(field),
    }
}

/// Octal digits with spaces or NULs around them; an empty field is zero.
fn octal(field: &[u8]) -> Option<u64> {
    let blank = |byte: &u8| matches!(byte, b' ' | 0);
    let digits: Vec<u8> =
        field.iter().skip_while(|byte| blank(byte)).take_while(|byte| !blank(byte)).copied().collect();
    digits.iter().try_fold(0_u64, |sum, digit| match digit {
        b'0'..=b'7' => sum.checked_mul(8)?.checked_add(u64::from(digit - b'0')),
        _ => None,
    })
}
