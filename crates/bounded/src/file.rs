use std::fs::File;
use std::io::Read;
use std::path::Path;

use crate::{Error, clamp_usize};

/// Opens a file for reading.
///
/// # Errors
/// When it cannot be opened.
pub fn open_file(path: &Path) -> Result<File, Error> {
    File::open(path).map_err(|source| Error::File { path: path.to_owned(), source })
}

/// Reads a whole file of at most `limit` bytes.
///
/// # Errors
/// When it cannot be read or is larger.
pub fn read_file(path: &Path, limit: u64) -> Result<Vec<u8>, Error> {
    let file = open_file(path)?;
    let fail = |source| Error::File { path: path.to_owned(), source };
    let expected = file.metadata().map_err(fail)?.len().min(limit);
    let mut bytes = Vec::with_capacity(clamp_usize(expected));
    file.take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(fail)?;
    if bytes.len() as u64 > limit {
        return Err(Error::TooLarge {
            what: format!("`{}`", path.display()),
            limit: format!("{limit} bytes"),
        });
    }
    Ok(bytes)
}

/// Makes a directory and those above it.
///
/// # Errors
/// When one cannot be made.
pub fn create_directory(path: &Path) -> Result<(), Error> {
    std::fs::create_dir_all(path).map_err(|source| Error::File { path: path.to_owned(), source })
}
