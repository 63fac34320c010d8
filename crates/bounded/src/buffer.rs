use std::fs::File;
use std::io::{self, Cursor, Read, Seek, SeekFrom, Write};

use crate::{Error, Limits, clamp_usize};

/// The content of one file: in memory when it is small, else in a file.
///
/// The file is either the original, read in place, or an unlinked spool file, which goes when the buffer does.
#[derive(Debug)]
pub enum Buffer {
    /// All bytes.
    Memory(Cursor<Vec<u8>>),
    /// An open file and its length.
    File(File, u64),
}

impl Buffer {
    /// A buffer of these bytes.
    #[must_use]
    pub fn from_bytes(bytes: Vec<u8>) -> Self {
        Self::Memory(Cursor::new(bytes))
    }

    /// Reads all of `reader`, which is expected to give `expected` bytes.
    ///
    /// # Errors
    /// When reading fails, more than [`Limits::file_bytes`] come, or no spool file can be made.
    pub fn read_from(mut reader: &mut dyn Read, expected: u64, limits: &Limits) -> Result<Self, Error> {
        let memory = limits.memory_bytes.min(limits.file_bytes);
        let mut bytes = Vec::with_capacity(clamp_usize(expected.min(memory)));
        (&mut reader).take(memory).read_to_end(&mut bytes).map_err(Error::from_io)?;
        if (bytes.len() as u64) < memory {
            return Ok(Self::from_bytes(bytes));
        }
        let mut next = [0];
        if reader.read(&mut next).map_err(Error::from_io)? == 0 {
            return Ok(Self::from_bytes(bytes));
        }
        Self::spool(&bytes, &mut next.as_slice().chain(reader), limits)
    }

    fn spool(head: &[u8], rest: &mut dyn Read, limits: &Limits) -> Result<Self, Error> {
        let mut file = match &limits.spool {
            Some(directory) => tempfile::tempfile_in(directory),
            None => tempfile::tempfile(),
        }
        .map_err(Error::Spool)?;
        file.write_all(head).map_err(Error::Spool)?;
        let room = limits.file_bytes.saturating_sub(head.len() as u64);
        let mut chunk = vec![0; 128 * 1024];
        let mut copied = 0_u64;
        loop {
            let count = rest.read(&mut chunk).map_err(Error::from_io)?;
            if count == 0 {
                break;
            }
            copied = copied.saturating_add(count as u64);
            if copied > room {
                let limit = format!("{} bytes", limits.file_bytes);
                return Err(Error::TooLarge { what: "the file".to_owned(), limit });
            }
            file.write_all(chunk.get(..count).unwrap_or_default()).map_err(Error::Spool)?;
        }
        file.rewind().map_err(Error::Spool)?;
        Ok(Self::File(file, copied.saturating_add(head.len() as u64)))
    }

    /// How many bytes it holds.
    #[must_use]
    pub fn len(&self) -> u64 {
        match self {
            Self::Memory(bytes) => bytes.get_ref().len() as u64,
            Self::File(_, length) => *length,
        }
    }

    /// Whether it holds none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All bytes at once, when there are at most `limit`; a file is read into memory for it.
    ///
    /// # Errors
    /// When there are more, or the file cannot be read.
    pub fn whole(&mut self, limit: u64) -> Result<&[u8], Error> {
        if self.len() > limit {
            return Err(Error::TooLarge { what: "the file".to_owned(), limit: format!("{limit} bytes") });
        }
        if let Self::File(file, length) = self {
            *self = Self::from_bytes(read_whole(file, *length, limit)?);
        }
        match self {
            Self::Memory(bytes) => Ok(bytes.get_ref()),
            Self::File(..) => Ok(&[]),
        }
    }

    /// All bytes at once, when there are at most `limit`, to keep: a buffer in memory is empty afterwards, a file stays as
    /// it is.
    ///
    /// # Errors
    /// As [`Buffer::whole`].
    pub fn take_whole(&mut self, limit: u64) -> Result<Vec<u8>, Error> {
        if let Self::File(file, length) = self
            && *length <= limit
        {
            return read_whole(file, *length, limit);
        }
        self.whole(limit)?;
        match std::mem::replace(self, Self::from_bytes(Vec::new())) {
            Self::Memory(bytes) => Ok(bytes.into_inner()),
            Self::File(..) => Ok(Vec::new()),
        }
    }
}

fn read_whole(file: &mut File, length: u64, limit: u64) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::with_capacity(clamp_usize(length));
    file.rewind().map_err(Error::Source)?;
    file.take(limit).read_to_end(&mut bytes).map_err(Error::Source)?;
    Ok(bytes)
}

impl Read for Buffer {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Memory(bytes) => bytes.read(buffer),
            Self::File(file, _) => file.read(buffer),
        }
    }
}

impl Seek for Buffer {
    fn seek(&mut self, position: SeekFrom) -> io::Result<u64> {
        match self {
            Self::Memory(bytes) => bytes.seek(position),
            Self::File(file, _) => file.seek(position),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits() -> Limits {
        Limits { memory_bytes: 10, file_bytes: 100, ..Limits::default() }
    }

    #[test]
    fn spills_to_a_file_when_large() {
        for (length, in_memory) in [(0, true), (9, true), (10, true), (11, false), (100, false)] {
            let bytes: Vec<u8> = (0..length).collect();
            let mut buffer = Buffer::read_from(&mut bytes.as_slice(), 5, &limits()).unwrap();
            assert_eq!(matches!(buffer, Buffer::Memory(_)), in_memory, "{length}");
            assert_eq!(buffer.len(), u64::from(length));
            assert_eq!(buffer.whole(100).unwrap(), bytes);
        }
    }

    #[test]
    fn a_file_stays_when_its_bytes_are_taken() {
        let bytes: Vec<u8> = (0..50).collect();
        let mut buffer = Buffer::read_from(&mut bytes.as_slice(), 5, &limits()).unwrap();
        assert_eq!(buffer.take_whole(100).unwrap(), bytes);
        assert_eq!(buffer.take_whole(100).unwrap(), bytes);
        assert!(matches!(buffer, Buffer::File(_, 50)));
        assert!(buffer.take_whole(49).is_err());
        let mut buffer = Buffer::from_bytes(bytes.clone());
        assert_eq!(buffer.take_whole(100).unwrap(), bytes);
        assert!(buffer.is_empty());
    }

    #[test]
    fn refuses_more_than_the_limit() {
        let error = Buffer::read_from(&mut [7; 101].as_slice(), 5, &limits()).unwrap_err();
        assert!(matches!(error, Error::TooLarge { .. }));
    }
}
