//! Keys of this user: made once, kept in files that only their owner can read.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::inspectors::text;

/// The key in a file, which is made when it is first asked for.
pub(crate) fn kept(file: &Path) -> Result<[u8; 32]> {
    if !file.exists() {
        match make(file) {
            // Another scan may have been faster.
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            made => made?,
        }
    }
    parse(&text(file)?).ok_or_else(|| Unusable { path: file.to_owned() }.into())
}

/// A file that should hold a key holds something else.
#[derive(Debug, thiserror::Error)]
#[error(
    "cannot use `{path}` as a key: it should hold 64 hexadecimal digits; hint: remove it, and a new one is made"
)]
pub(crate) struct Unusable {
    path: PathBuf,
}

/// Bytes that nobody can guess.
pub(crate) fn random() -> std::io::Result<[u8; 32]> {
    let mut key = [0; 32];
    std::fs::File::open("/dev/urandom")?.read_exact(&mut key)?;
    Ok(key)
}

/// Writes a new key that only its owner can read.
fn make(file: &Path) -> std::io::Result<()> {
    let digits: String = random()?.iter().map(|byte| format!("{byte:02x}")).collect();
    let directory = file.parent().unwrap_or(Path::new("/"));
    std::fs::create_dir_all(directory)?;
    let beside = directory.join(format!(".key.{}", std::process::id()));
    let mut written = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&beside)?;
    written.write_all(digits.as_bytes())?;
    let linked = std::fs::hard_link(&beside, file);
    std::fs::remove_file(&beside)?;
    linked
}

/// Reads 64 hexadecimal digits.
pub(crate) fn parse(text: &str) -> Option<[u8; 32]> {
    let text = text.trim();
    let mut key = [0; 32];
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (place, digits) in key.iter_mut().zip(text.as_bytes().chunks(2)) {
        *place = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
    }
    Some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_once_and_for_its_owner_only() {
        use std::os::unix::fs::PermissionsExt;
        let scratch = tempfile::tempdir().unwrap();
        let file = scratch.path().join("a/key");
        make(&file).unwrap();
        let first = text(&file).unwrap();
        assert!(parse(&first).is_some());
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(make(&file).unwrap_err().kind(), ErrorKind::AlreadyExists);
        assert_eq!(text(&file).unwrap(), first);
        assert_eq!(std::fs::read_dir(scratch.path().join("a")).unwrap().count(), 1);
        for bad in ["", "00", &"0g".repeat(32), &"é".repeat(32)] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }
}
