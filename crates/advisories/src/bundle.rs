//! The database in one file, for machines without a network.
//!
//! A magic, the public key and the signature of the manifest, and, compressed, the manifest with its length and each
//! file the manifest names, in order. The file names nothing else: where a segment is put follows from its digest, which
//! is verified before the database is replaced.

use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::Path;

use bounded::{Limits, read_file};

use crate::database::{KEV_BYTES, Manifest, segment_path};
use crate::scores::Scores;
use crate::segment::{self, Segment};
use crate::signature::{PublicKey, Signature, SigningKey};
use crate::store::{lock, publish, store};
use crate::{Error, kev};

const MAGIC: &[u8; 8] = b"LZRTDB02";
const MANIFEST_BYTES: u64 = 64 << 20;
/// The largest file of a bundle.
const FILE_BYTES: u64 = 4 << 30;
/// Texts are compressed already; more effort gains little.
const LEVEL: i32 = 3;

/// Whose bundles are taken.
#[derive(Clone, Debug)]
pub enum Trust {
    /// Those signed with one of these keys.
    Keys(Vec<PublicKey>),
    /// Anybody's whose signature fits.
    Anybody,
}

/// Writes the database in `directory` into one file, signed with `key`.
///
/// # Errors
/// When the database cannot be read or the file not be written.
pub fn export(directory: &Path, file: &Path, key: &SigningKey) -> Result<Manifest, Error> {
    let manifest = Manifest::read(directory)?;
    let text = serde_json::to_vec(&manifest)
        .map_err(|error| Error::Format { what: "the manifest".to_owned(), why: error.to_string() })?;
    let fail = || Error::file("write", file);
    let signature = key.sign(&text);
    let mut head = BufWriter::new(File::create(file).map_err(fail())?);
    head.write_all(MAGIC).map_err(fail())?;
    head.write_all(signature.key.bytes()).map_err(fail())?;
    head.write_all(&signature.bytes).map_err(fail())?;
    let mut out = zstd::Encoder::new(head, LEVEL).map_err(fail())?;
    out.write_all(&(text.len() as u64).to_le_bytes()).map_err(fail())?;
    out.write_all(&text).map_err(fail())?;
    for entry in manifest.files() {
        let path = segment_path(directory, &entry.sha256)?;
        let mut segment = File::open(&path).map_err(Error::file("read", &path))?;
        let copied = std::io::copy(&mut segment, &mut out).map_err(fail())?;
        if copied != entry.bytes {
            let why = "it is not as long as it was when it was written".to_owned();
            return Err(Error::Damaged { path, why });
        }
    }
    let out = out.finish().map_err(fail())?;
    let out = out.into_inner().map_err(|error| fail()(error.into_error()))?;
    out.sync_all().map_err(fail())?;
    Ok(manifest)
}

/// Replaces the database in `directory` by what a bundle holds.
///
/// # Errors
/// When the bundle is damaged in any way or signed by somebody who is not trusted; the database is then as it was.
pub fn import(file: &Path, directory: &Path, trust: &Trust) -> Result<Manifest, Error> {
    let _lock = lock(directory)?;
    let damaged =
        |why: &str| Error::Format { what: format!("bundle `{}`", file.display()), why: why.to_owned() };
    let mut source = BufReader::new(File::open(file).map_err(Error::file("read", file))?);
    let signature = signature(&mut source).ok_or_else(|| damaged("it is no bundle of advisories"))?;
    let key = signature.key;
    if let Trust::Keys(keys) = trust
        && !keys.contains(&key)
    {
        let bundle = file.to_owned();
        return Err(Error::Untrusted { bundle, key });
    }
    let limits = Limits { unpacked_bytes: 64 << 30, ..Limits::default() };
    let unpacked = bounded::unpack(&mut source, &limits, |mut reader| {
        take_all(&mut reader, directory, &signature, &damaged)
    });
    let unpacked = unpacked.map_err(|error| damaged(&error.to_string()))?;
    let manifest = unpacked.value?;
    check(directory, &manifest)?;
    publish(directory, &manifest)?;
    Ok(manifest)
}

fn signature(source: &mut impl Read) -> Option<Signature> {
    let (mut magic, mut key, mut bytes) = ([0; 8], [0; 32], [0; 64]);
    source.read_exact(&mut magic).ok()?;
    source.read_exact(&mut key).ok()?;
    source.read_exact(&mut bytes).ok()?;
    (magic == *MAGIC).then(|| Signature { key: PublicKey::new(key), bytes })
}

/// The manifest, with every file it names stored beside those in use.
fn take_all(
    source: &mut impl Read,
    directory: &Path,
    signature: &Signature,
    damaged: &dyn Fn(&str) -> Error,
) -> Result<Manifest, Error> {
    let mut length = [0; 8];
    source.read_exact(&mut length).map_err(|_short| damaged("it ends too early"))?;
    let length = u64::from_le_bytes(length);
    if length > MANIFEST_BYTES {
        return Err(damaged("its manifest is larger than 64 MiB"));
    }
    let text = take(source, length).map_err(|_short| damaged("it ends too early"))?;
    if !signature.fits(&text) {
        return Err(damaged("its signature does not fit: it was changed after it was signed"));
    }
    let manifest = Manifest::parse(&text).map_err(|why| damaged(&why))?;
    for entry in manifest.files() {
        if entry.bytes > FILE_BYTES {
            return Err(damaged("a file in it is larger than 4 GiB"));
        }
        let mut segment = source.take(entry.bytes);
        let (found, length) = store(directory, |out| std::io::copy(&mut segment, out).map(drop))?;
        if length != entry.bytes {
            return Err(damaged("it ends too early"));
        }
        if found != entry.sha256 {
            return Err(damaged("a file in it is not what its digest names"));
        }
    }
    Ok(manifest)
}

/// Opens everything once, before it becomes the database.
fn check(directory: &Path, manifest: &Manifest) -> Result<(), Error> {
    for segment in &manifest.segments {
        let file = manifest.archives.get(&segment.archive).and_then(|archive| archive.file.as_ref());
        let file = file.ok_or_else(|| Error::Format {
            what: "the manifest".to_owned(),
            why: format!("it names no file for the archive `{}`", segment.archive),
        })?;
        let file = segment::File::open(&segment_path(directory, &file.sha256)?, file.bytes)?;
        Segment::new(&file, segment.offset, &segment.ecosystem).check()?;
    }
    if let Some(entry) = &manifest.epss {
        Scores::open(&segment_path(directory, &entry.file.sha256)?, entry.file.bytes)?.check()?;
    }
    if let Some(entry) = &manifest.kev {
        let path = segment_path(directory, &entry.file.sha256)?;
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
