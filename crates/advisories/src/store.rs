//! The files of a database: written beside, made last, and renamed, so that who reads never sees half of one.

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;

use crate::Error;
use crate::database::{FileEntry, MANIFEST, Manifest, SEGMENTS, segment_path};
use crate::mirror::hex;

/// Held while the database is written.
///
/// # Errors
/// When somebody else holds it, or the directory cannot be made.
pub(crate) fn lock(directory: &Path) -> Result<File, Error> {
    let segments = directory.join(SEGMENTS);
    std::fs::create_dir_all(&segments).map_err(Error::file("make", &segments))?;
    let path = directory.join("lock");
    let file = File::create(&path).map_err(Error::file("write", &path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => Err(Error::Locked { path: directory.to_owned() }),
        Err(std::fs::TryLockError::Error(source)) => Err(Error::file("lock", &path)(source)),
    }
}

/// Stores what `write` writes under its digest; answers the digest and the size.
pub(crate) fn store(
    directory: &Path,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(String, u64), Error> {
    let segments = directory.join(SEGMENTS);
    let fail = || Error::file("write", &segments);
    let mut out = Hashing { inner: BufWriter::new(beside(&segments)?), sha256: Sha256::new(), bytes: 0 };
    write(&mut out).map_err(fail())?;
    let Hashing { inner, sha256, bytes } = out;
    let file = inner.into_inner().map_err(|error| fail()(error.into_error()))?;
    let sha256 = hex(&sha256.finalize());
    put(file, &segment_path(directory, &sha256)?)?;
    Ok((sha256, bytes))
}

/// Makes a manifest the database's, in one step, and deletes the segments it does not name.
pub(crate) fn publish(directory: &Path, manifest: &Manifest) -> Result<(), Error> {
    let path = directory.join(MANIFEST);
    let text = serde_json::to_vec_pretty(manifest)
        .map_err(|error| Error::Format { what: "the manifest".to_owned(), why: error.to_string() })?;
    let segments = directory.join(SEGMENTS);
    // What the manifest names is on the disk before the manifest is.
    synchronise(&segments)?;
    let mut file = beside(&segments)?;
    file.write_all(&text).map_err(Error::file("write", &path))?;
    put(file, &path)?;
    synchronise(directory)?;
    sweep(&segments, manifest)
}

/// Makes the database in `to` the same as the one in `from`; files are shared where the file system can.
///
/// # Errors
/// When there is none in `from`, or it cannot be read or written.
pub fn duplicate(from: &Path, to: &Path) -> Result<Manifest, Error> {
    let _lock = lock(to)?;
    loop {
        let manifest = Manifest::read(from)?;
        match share(&manifest, from, to) {
            Ok(()) => return publish(to, &manifest).map(|()| manifest),
            // An update that came in between deleted what is no longer named.
            Err(_) if Manifest::read(from)? != manifest => {}
            Err(error) => return Err(error),
        }
    }
}

fn share(manifest: &Manifest, from: &Path, to: &Path) -> Result<(), Error> {
    for file in manifest.files() {
        let (source, target) = (segment_path(from, &file.sha256)?, segment_path(to, &file.sha256)?);
        if is_whole(to, [file]) || std::fs::hard_link(&source, &target).is_ok() {
            continue;
        }
        let mut source = bounded::open_file(&source)
            .map_err(|error| Error::Damaged { path: source.clone(), why: error.to_string() })?;
        let (sha256, _) = store(to, |out| io::copy(&mut source, out).map(drop))?;
        if sha256 != file.sha256 {
            let why = "it is not what it was when it was written".to_owned();
            return Err(Error::Damaged { path: target, why });
        }
    }
    Ok(())
}

/// Whether every one of the files is there and as long as it was.
pub(crate) fn is_whole<'a>(directory: &Path, files: impl IntoIterator<Item = &'a FileEntry>) -> bool {
    files.into_iter().all(|file| {
        let path = segment_path(directory, &file.sha256);
        path.is_ok_and(|path| path.metadata().is_ok_and(|found| found.len() == file.bytes))
    })
}

/// Deletes what no manifest names: segments of before, and what an update that was cut off left. Who has them open
/// keeps them.
fn sweep(segments: &Path, manifest: &Manifest) -> Result<(), Error> {
    let named: HashSet<&str> = manifest.files().into_iter().map(|file| file.sha256.as_str()).collect();
    for entry in std::fs::read_dir(segments).map_err(Error::file("read", segments))? {
        let path = entry.map_err(Error::file("read", segments))?.path();
        let stem = path.file_stem().and_then(|stem| stem.to_str());
        if path.is_file() && !stem.is_some_and(|stem| named.contains(stem)) {
            std::fs::remove_file(&path).map_err(Error::file("delete", &path))?;
        }
    }
    Ok(())
}

/// A file that has no name of the database yet; what remains of one is swept.
fn beside(segments: &Path) -> Result<NamedTempFile, Error> {
    let mut builder = tempfile::Builder::new();
    builder.prefix("new-");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644));
    builder.tempfile_in(segments).map_err(Error::file("write", segments))
}

fn put(file: NamedTempFile, path: &Path) -> Result<(), Error> {
    file.as_file().sync_all().map_err(Error::file("write", path))?;
    file.persist(path).map_err(|error| Error::file("replace", path)(error.error))?;
    Ok(())
}

/// Brings the names in a directory to the disk.
fn synchronise(directory: &Path) -> Result<(), Error> {
    #[cfg(unix)]
    File::open(directory)
        .and_then(|directory| directory.sync_all())
        .map_err(Error::file("write", directory))?;
    Ok(())
}

/// Writes through, and hashes and counts on the way.
struct Hashing<W> {
    inner: W,
    sha256: Sha256,
    bytes: u64,
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.inner.write(bytes)?;
        self.sha256.update(bytes.get(..count).unwrap_or_default());
        self.bytes += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}
