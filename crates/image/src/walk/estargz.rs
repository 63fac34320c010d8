//! What eStargz adds to a layer for those who mount it before it is there: no files of the image.
//!
//! Source: the document `estargz.md` of `containerd/stargz-snapshotter`. An engine that unpacks such a layer as any
//! other leaves these entries in the root directory. Only what has their form is left out, so that nothing is hidden by
//! its name alone. `zstd:chunked` keeps the like outside the tar, where no walk meets it.

use bounded::Error;

use super::{Content, Entry, EntryKind};

/// They hold one byte.
const LANDMARKS: [&[u8]; 2] = [b".prefetch.landmark", b".no.prefetch.landmark"];
/// The table of contents, a JSON document.
const TABLE: &[u8] = b"stargz.index.json";

/// Whether an entry is such an addition.
pub(super) fn is_bookkeeping(entry: &Entry<'_>, content: &mut dyn Content) -> Result<bool, Error> {
    if entry.kind != EntryKind::File {
        return Ok(false);
    }
    if LANDMARKS.contains(&entry.path) {
        return Ok(entry.size <= 1);
    }
    if entry.path != TABLE {
        return Ok(false);
    }
    // It begins with its version.
    let head = content.head()?;
    let mut text = head.iter().copied().filter(|byte| !byte.is_ascii_whitespace());
    Ok(b"{\"v".iter().all(|expected| text.next() == Some(*expected)))
}
