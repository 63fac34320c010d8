//! Walking a layer that is a tar stream, as registries and archives hold it.

use std::io::{BufRead, Read};

use bounded::tar::{self, Kind, Reader};
use bounded::{Buffer, Error, Limits};
use model::Gap;

use super::estargz::is_bookkeeping;
use super::{Content, Entry, EntryKind, Visitor};
use crate::interest::{HEAD_BYTES, split};
use crate::path;

/// The prefix of AUFS and OCI whiteouts.
const WHITEOUT: &[u8] = b".wh.";
/// The name that makes its directory opaque.
const OPAQUE: &[u8] = b".wh..wh..opq";

type Source<'a> = &'a mut (dyn BufRead + Send);

/// Walks a tar stream.
///
/// # Errors
/// When the stream is damaged, ends too early or passes a limit; what was met before counts.
pub fn walk_tar(source: Source<'_>, limits: &Limits, visitor: &mut dyn Visitor) -> Result<(), Error> {
    let mut reader = Reader::new(source, limits);
    while let Some(entry) = reader.next_entry()? {
        visit(&entry, &mut reader, limits, visitor)?;
    }
    Ok(())
}

fn visit(
    entry: &tar::Entry,
    reader: &mut Reader<Source<'_>>,
    limits: &Limits,
    visitor: &mut dyn Visitor,
) -> Result<(), Error> {
    let outside = |what: &[u8]| Gap::new("file", path::display(what), "its path leads outside the image");
    let Some(clean) = path::clean(&entry.path) else {
        visitor.gap(outside(&entry.path));
        return Ok(());
    };
    let Some((kind, shown)) = classify(entry.kind, &clean) else { return Ok(()) };
    // Some archives name the root itself, which every image has.
    if shown.is_empty() && kind == EntryKind::Directory {
        return Ok(());
    }
    let link = match kind {
        EntryKind::HardLink => match path::clean(&entry.link) {
            Some(link) => link,
            None => {
                visitor.gap(outside(&entry.link));
                return Ok(());
            }
        },
        _ => entry.link.clone(),
    };
    let met = Entry {
        path: &shown,
        kind,
        mode: entry.mode,
        uid: entry.uid,
        gid: entry.gid,
        size: entry.size,
        link: &link,
    };
    let mut content = Member { reader, entry, limits, head: Vec::new() };
    if is_bookkeeping(&met, &mut content)? {
        return Ok(());
    }
    visitor.entry(&met, &mut content)
}

/// What an entry means in a layer, and the path it is about; nothing for AUFS's own bookkeeping.
fn classify(kind: Kind, clean: &[u8]) -> Option<(EntryKind, Vec<u8>)> {
    match marker(clean) {
        Marker::None => {}
        Marker::Bookkeeping => return None,
        Marker::Removes(kind, path) => return Some((kind, path)),
    }
    let kind = match kind {
        Kind::Directory => EntryKind::Directory,
        Kind::SymbolicLink => EntryKind::SymbolicLink,
        Kind::HardLink => EntryKind::HardLink,
        Kind::CharacterDevice | Kind::BlockDevice | Kind::Fifo => EntryKind::Special,
        _ => EntryKind::File,
    };
    Some((kind, clean.to_vec()))
}

/// What a path says by the prefix of its name.
pub(super) enum Marker {
    /// Nothing.
    None,
    /// It is one of AUFS's own.
    Bookkeeping,
    /// It removes a path of the layers below, or what is in it.
    Removes(EntryKind, Vec<u8>),
}

/// What a clean path says by the prefix of its name.
pub(super) fn marker(clean: &[u8]) -> Marker {
    let (directory, name) = split(clean);
    let Some(hidden) = name.strip_prefix(WHITEOUT) else { return Marker::None };
    if name == OPAQUE {
        return Marker::Removes(EntryKind::Opaque, directory.to_vec());
    }
    if hidden.is_empty() || hidden.starts_with(WHITEOUT) {
        return Marker::Bookkeeping;
    }
    let removed = if directory.is_empty() { hidden.to_vec() } else { [directory, b"/", hidden].concat() };
    Marker::Removes(EntryKind::Whiteout, removed)
}

struct Member<'a, 'b> {
    reader: &'a mut Reader<Source<'b>>,
    entry: &'a tar::Entry,
    limits: &'a Limits,
    head: Vec<u8>,
}

impl Content for Member<'_, '_> {
    fn head(&mut self) -> Result<Vec<u8>, Error> {
        if self.head.is_empty() {
            let mut first = (&mut *self.reader).take(HEAD_BYTES as u64);
            first.read_to_end(&mut self.head).map_err(Error::from_io)?;
        }
        Ok(self.head.clone())
    }

    fn buffer(&mut self) -> Result<Buffer, Error> {
        if self.entry.sparse {
            return Err(Error::Unsupported { format: "sparse file" });
        }
        if self.entry.size > self.limits.file_bytes {
            let limit = format!("{} bytes", self.limits.file_bytes);
            return Err(Error::TooLarge { what: "the file".to_owned(), limit });
        }
        let head = std::mem::take(&mut self.head);
        Buffer::read_from(&mut head.as_slice().chain(&mut *self.reader), self.entry.size, self.limits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn understands_whiteouts() {
        let file = |path: &str| classify(Kind::File, path.as_bytes());
        assert_eq!(file("a/.wh.b"), Some((EntryKind::Whiteout, b"a/b".to_vec())));
        assert_eq!(file(".wh.b"), Some((EntryKind::Whiteout, b"b".to_vec())));
        assert_eq!(file("a/.wh..wh..opq"), Some((EntryKind::Opaque, b"a".to_vec())));
        assert_eq!(file("a/.wh..wh.plnk"), None);
        assert_eq!(file("a/x.wh.b"), Some((EntryKind::File, b"a/x.wh.b".to_vec())));
    }
}
