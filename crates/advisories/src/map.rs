//! Mapping files into memory: the one place of this crate that needs `unsafe`.

use std::fs::File;
use std::io;
use std::path::Path;

use memmap2::Mmap;

/// Maps a file of the database.
#[expect(unsafe_code, reason = "mapping a file is unsafe; what makes it sound here is said below")]
pub(crate) fn map(path: &Path) -> io::Result<Mmap> {
    let file = File::open(path)?;
    // SAFETY: the database writes a file once, under another name, and renames it; it never changes one that has its
    // name, and deletes by unlinking, which leaves mappings whole. Whoever else may write there could as well replace
    // the database. All that is read from the map is checked.
    unsafe { Mmap::map(&file) }
}
