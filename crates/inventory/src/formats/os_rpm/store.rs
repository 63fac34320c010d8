//! The file of a database, read from any place, within a budget.

use std::io::{Read, Seek, SeekFrom};

use bounded::Buffer;

use super::damaged;
use crate::Error;

/// How much of a file is read at once where less is asked for.
const WINDOW_BYTES: u64 = 16 * 1024;
/// What may be read beyond twice the length of the file.
const SPARE_BYTES: u64 = 64 * 1024;
/// How much tells the form of a database.
const HEAD_BYTES: u64 = 512;

/// A database file.
///
/// Every form reads each of its bytes at most twice, so that who asks for more goes in circles and is refused.
pub(super) struct Store<'a> {
    buffer: &'a mut Buffer,
    length: u64,
    left: u64,
    window: Vec<u8>,
    window_at: u64,
}

impl<'a> Store<'a> {
    pub(super) fn new(buffer: &'a mut Buffer) -> Self {
        let length = buffer.len();
        let left = length.saturating_mul(2).saturating_add(SPARE_BYTES);
        Self { buffer, length, left, window: Vec::new(), window_at: 0 }
    }

    pub(super) fn len(&self) -> u64 {
        self.length
    }

    pub(super) fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// The first bytes, as many as there are.
    pub(super) fn head(&mut self) -> Result<Vec<u8>, Error> {
        Ok(self.get(0, self.length.min(HEAD_BYTES))?.to_vec())
    }

    /// `length` bytes from `at` on.
    pub(super) fn get(&mut self, at: u64, length: u64) -> Result<&[u8], Error> {
        let end = at.checked_add(length).filter(|end| *end <= self.length);
        let end = end.ok_or_else(|| damaged(format!("{length} bytes at {at} lie behind its end")))?;
        let left = self.left.checked_sub(length.max(1));
        self.left = left.ok_or_else(|| damaged("its pages lead to one another in circles"))?;
        if let Buffer::File(..) = self.buffer {
            self.load(at, end)?;
        }
        let (bytes, start) = match &*self.buffer {
            Buffer::Memory(bytes) => (bytes.get_ref(), 0),
            Buffer::File(..) => (&self.window, self.window_at),
        };
        let range = bounded::clamp_usize(at - start)..bounded::clamp_usize(end - start);
        bytes.get(range).ok_or_else(|| damaged("it ends too early"))
    }

    /// Makes the window hold the bytes from `at` to `end`.
    fn load(&mut self, at: u64, end: u64) -> Result<(), Error> {
        let window_end = self.window_at.saturating_add(self.window.len() as u64);
        if at >= self.window_at && end <= window_end {
            return Ok(());
        }
        let length = (end - at).max(WINDOW_BYTES).min(self.length - at);
        self.window.clear();
        self.window_at = at;
        self.buffer.seek(SeekFrom::Start(at)).map_err(bounded::Error::from_io)?;
        (&mut *self.buffer).take(length).read_to_end(&mut self.window).map_err(bounded::Error::from_io)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_same_from_memory_and_from_a_file() {
        let bytes: Vec<u8> = (0..60_000_u32).map(|number| number.to_le_bytes()[0]).collect();
        let limits = bounded::Limits { memory_bytes: 100, ..bounded::Limits::default() };
        let mut file = Buffer::read_from(&mut bytes.as_slice(), 0, &limits).unwrap();
        assert!(matches!(file, Buffer::File(..)));
        let mut memory = Buffer::from_bytes(bytes.clone());
        for buffer in [&mut file, &mut memory] {
            let mut store = Store::new(buffer);
            for (at, length) in [(0, 10), (5, 20_000), (59_990, 10), (100, 0), (3, 4)] {
                let (from, to) = (usize::try_from(at).unwrap(), usize::try_from(at + length).unwrap());
                assert_eq!(store.get(at, length).unwrap(), &bytes[from..to]);
            }
            assert!(store.get(59_990, 11).is_err());
            assert!(store.get(u64::MAX, 2).is_err());
        }
    }

    #[test]
    fn refuses_to_read_in_circles() {
        let mut buffer = Buffer::from_bytes(vec![0; 1000]);
        let mut store = Store::new(&mut buffer);
        let outcome = (0..1000).try_for_each(|_| store.get(0, 1000).map(|_| ()));
        assert!(outcome.unwrap_err().to_string().contains("circles"));
    }
}
