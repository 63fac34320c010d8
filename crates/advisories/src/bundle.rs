//! The database in one file, for machines without a network.
//!
//! A magic, the manifest with its length, and each file the manifest names, in its order. The file names nothing else:
//! where a segment is put follows from its digest, which is verified before the database is replaced.

use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::Path;

use bounded::read_file;

use crate::database::{KEV_BYTES, Manifest, segment_path};
use crate::segment::Segment;
use crate::store::{lock, publish, store};
use crate::{Error, kev};

const MAGIC: &[u8; 8] = b"LZRTDB01";
const MANIFEST_BYTES: u64 = 64 << 20;
/// The largest segment of a bundle.
const SEGMENT_BYTES: u64 = 4 << 30;

/// Writes the database in `directory` into one file.
///
/// # Errors
/// When the database cannot be read or the file not be written.
pub fn export(directory: &Path, file: &Path) -> Result<Manifest, Error> {
    let manifest = Manifest::read(directory)?;
    let text = serde_json::to_vec(&manifest)
        .map_err(|error| Error::Format { what: "the manifest".to_owned(), why: error.to_string() })?;
    let fail = || Error::file("write", file);
    let mut out = BufWriter::new(File::create(file).map_err(fail())?);
    out.write_all(MAGIC).map_err(fail())?;
    out.write_all(&(text.len() as u64).to_le_bytes()).map_err(fail())?;
    out.write_all(&text).map_err(fail())?;
    for (sha256, bytes) in manifest.files() {
        let path = segment_path(directory, sha256)?;
        let mut segment = File::open(&path).map_err(Error::file("read", &path))?;
        let copied = std::io::copy(&mut segment, &mut out).map_err(fail())?;
        if copied != bytes {
            return Err(Error::Damaged {
                path,
                why: "it is not as long as it was when it was written".to_owned(),
            });
        }
    }
    let out = out.into_inner().map_err(|error| fail()(error.into_error()))?;
    out.sync_all().map_err(fail())?;
    Ok(manifest)
}

/// Replaces the database in `directory` by what a bundle holds.
///
/// # Errors
/// When the bundle is damaged in any way; the database is then as it was.
pub fn import(file: &Path, directory: &Path) -> Result<Manifest, Error> {
    let _lock = lock(directory)?;
    let damaged =
        |why: &str| Error::Format { what: format!("bundle `{}`", file.display()), why: why.to_owned() };
    let mut source = BufReader::new(File::open(file).map_err(Error::file("read", file))?);
    let mut head = [0; 16];
    source.read_exact(&mut head).map_err(|_short| damaged("it is no bundle of advisories"))?;
    let (magic, length) = head.split_at(8);
    if magic != MAGIC {
        return Err(damaged("it is no bundle of advisories"));
    }
    let length = length.first_chunk().map_or(0, |length| u64::from_le_bytes(*length));
    if length > MANIFEST_BYTES {
        return Err(damaged("its manifest is larger than 64 MiB"));
    }
    let text = take(&mut source, length).map_err(|_short| damaged("it ends too early"))?;
    let manifest = Manifest::parse(&text).map_err(|why| damaged(&why))?;
    for (sha256, bytes) in manifest.files() {
        if bytes > SEGMENT_BYTES {
            return Err(damaged("a segment is larger than 4 GiB"));
        }
        let mut segment = source.by_ref().take(bytes);
        let (found, length) = store(directory, |out| std::io::copy(&mut segment, out).map(drop))?;
        if length != bytes {
            return Err(damaged("it ends too early"));
        }
        if found != sha256 {
            return Err(damaged("a segment is not what its digest names"));
        }
    }
    check(directory, &manifest)?;
    publish(directory, &manifest)?;
    Ok(manifest)
}

/// Opens everything once, before it becomes the database.
fn check(directory: &Path, manifest: &Manifest) -> Result<(), Error> {
    for entry in &manifest.segments {
        Segment::open(&segment_path(directory, &entry.sha256)?, entry.bytes)?.check()?;
    }
    if let Some(entry) = &manifest.kev {
        let path = segment_path(directory, &entry.sha256)?;
        let damaged = |why| Error::Damaged { path: path.clone(), why };
        let bytes = read_file(&path, KEV_BYTES).map_err(|error| damaged(error.to_string()))?;
        kev::unpack(&bytes).map_err(damaged)?;
    }
    Ok(())
}

/// Exactly `length` bytes, read as they come: a claimed length reserves nothing.
fn take(source: &mut impl Read, length: u64) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    source.take(length).read_to_end(&mut bytes)?;
    if bytes.len() as u64 == length { Ok(bytes) } else { Err(std::io::ErrorKind::UnexpectedEof.into()) }
}
