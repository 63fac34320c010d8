use image::walk::{Entry, EntryKind};
use serde::{Deserialize, Serialize};

/// All entries of a layer in a few bytes each: every path shares what it can with the one before it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entries {
    bytes: Vec<u8>,
    count: u64,
    #[serde(skip)]
    last: Vec<u8>,
}

impl Entries {
    /// Appends an entry.
    pub fn push(&mut self, entry: &Entry<'_>) {
        let shared = entry.path.iter().zip(&self.last).take_while(|(new, old)| new == old).count();
        let rest = entry.path.get(shared..).unwrap_or_default();
        self.number(shared as u64);
        self.text(rest);
        self.bytes.push(code(entry.kind));
        self.number(entry.mode.into());
        self.number(entry.uid);
        self.number(entry.gid);
        self.number(entry.size);
        if matches!(entry.kind, EntryKind::SymbolicLink | EntryKind::HardLink) {
            self.text(entry.link);
        }
        self.last.truncate(shared);
        self.last.extend_from_slice(rest);
        self.count = self.count.saturating_add(1);
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.count
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Shows each entry in the order of the layer; stops where the bytes are no entries.
    pub fn for_each(&self, mut visit: impl FnMut(&Entry<'_>)) {
        let mut path = Vec::new();
        let mut cursor = Cursor(&self.bytes);
        while cursor.entry(&mut path, &mut visit).is_some() {}
    }

    fn number(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.bytes.push(value.to_le_bytes().first().copied().unwrap_or_default() | 0x80);
            value >>= 7;
        }
        self.bytes.push(value.to_le_bytes().first().copied().unwrap_or_default());
    }

    fn text(&mut self, text: &[u8]) {
        self.number(text.len() as u64);
        self.bytes.extend_from_slice(text);
    }
}

struct Cursor<'a>(&'a [u8]);

impl<'a> Cursor<'a> {
    fn entry(&mut self, path: &mut Vec<u8>, visit: &mut impl FnMut(&Entry<'_>)) -> Option<()> {
        path.truncate(usize::try_from(self.number()?).ok()?);
        path.extend_from_slice(self.text()?);
        let kind = kind(self.byte()?)?;
        let mode = u32::try_from(self.number()?).ok()?;
        let (uid, gid, size) = (self.number()?, self.number()?, self.number()?);
        let link = match kind {
            EntryKind::SymbolicLink | EntryKind::HardLink => self.text()?,
            _ => &[],
        };
        visit(&Entry { path, kind, mode, uid, gid, size, link });
        Some(())
    }

    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    fn number(&mut self) -> Option<u64> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(value);
            }
        }
        None
    }

    fn text(&mut self) -> Option<&'a [u8]> {
        let length = usize::try_from(self.number()?).ok()?;
        let (text, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(text)
    }
}

const KINDS: [EntryKind; 7] = [
    EntryKind::File,
    EntryKind::Directory,
    EntryKind::SymbolicLink,
    EntryKind::HardLink,
    EntryKind::Special,
    EntryKind::Whiteout,
    EntryKind::Opaque,
];

fn code(kind: EntryKind) -> u8 {
    KINDS.iter().zip(0..).find_map(|(known, code)| (*known == kind).then_some(code)).unwrap_or_default()
}

fn kind(code: u8) -> Option<EntryKind> {
    KINDS.get(usize::from(code)).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(path: &'static str, kind: EntryKind) -> Entry<'static> {
        Entry { path: path.as_bytes(), kind, mode: 0o4755, uid: 1000, gid: 0, size: 1 << 40, link: b"to" }
    }

    #[test]
    fn gives_back_what_was_put_in() {
        let put = [
            entry("usr/bin/a", EntryKind::File),
            entry("usr/bin/ab", EntryKind::SymbolicLink),
            entry("usr", EntryKind::Directory),
            entry("etc/x", EntryKind::HardLink),
            entry("etc", EntryKind::Opaque),
        ];
        let mut entries = Entries::default();
        put.iter().for_each(|entry| entries.push(entry));
        let mut got = Vec::new();
        entries
            .for_each(|entry| got.push((entry.path.to_vec(), entry.kind, entry.size, entry.link.to_vec())));
        assert_eq!(entries.len(), 5);
        for (put, got) in put.iter().zip(&got) {
            let link = if matches!(put.kind, EntryKind::SymbolicLink | EntryKind::HardLink) {
                put.link
            } else {
                b""
            };
            assert_eq!(
                (put.path, put.kind, put.size, link),
                (got.0.as_slice(), got.1, got.2, got.3.as_slice())
            );
        }
        assert_eq!(got.len(), 5);
    }

    #[test]
    fn ends_where_the_bytes_are_no_entries() {
        let damaged = Entries { bytes: vec![0xff; 40], count: 1, last: Vec::new() };
        damaged.for_each(|_| panic!("no entry"));
    }
}
