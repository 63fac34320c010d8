//! The database in one file, for machines without a network.
//!
//! A magic, the manifest with its length, and each file the manifest names, in its order. The file names nothing else:
//! where a segment is put follows from its digest, which is verified before the database is replaced.

use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::Error;
use crate::database::{Manifest, segment_path};
use crate::mirror::hex;
use crate::update::{lock, publish, store};

const MAGIC: &[u8; 8] = b"LZRTDB01";
const MANIFEST_BYTES: u64 = 64 << 20;
/// The largest segment of a bundle.
const SEGMENT_BYTES: u64 = 4 << 30;

/// Digest and size of every file a manifest names.
fn files(manifest: &Manifest) -> Vec<(&str, u64)> {
    let segments = manifest.segments.iter().map(|segment| (segment.sha256.as_str(), segment.bytes));
    segments.chain(manifest.kev.iter().map(|kev| (kev.sha256.as_str(), kev.bytes))).collect()
}

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
    for (sha256, _bytes) in files(&manifest) {
        let path = segment_path(directory, sha256)?;
        let mut segment = File::open(&path).map_err(Error::file("read", &path))?;
        std::io::copy(&mut segment, &mut out).map_err(fail())?;
    }
    out.flush().map_err(fail())?;
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
    for (sha256, bytes) in files(&manifest) {
        if bytes > SEGMENT_BYTES {
            return Err(damaged("a segment is larger than 4 GiB"));
        }
        let segment = take(&mut source, bytes).map_err(|_short| damaged("it ends too early"))?;
        if hex(&Sha256::digest(&segment)) != sha256 {
            return Err(damaged("a segment is not what its digest names"));
        }
        store(directory, &segment)?;
    }
    publish(directory, &manifest)?;
    Ok(manifest)
}

/// Exactly `length` bytes, read as they come: a claimed length reserves nothing.
fn take(source: &mut impl Read, length: u64) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    source.take(length).read_to_end(&mut bytes)?;
    if bytes.len() as u64 == length { Ok(bytes) } else { Err(std::io::ErrorKind::UnexpectedEof.into()) }
}
