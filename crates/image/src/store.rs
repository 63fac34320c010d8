//! What layouts and archives have in common: small documents and blobs, by the names they have there.

use std::collections::HashMap;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::PathBuf;
use std::sync::Arc;

use bounded::tar::{Kind, Reader, SeekSource};
use bounded::{Limits, open_file, read_file};
use model::Digest;

use crate::source::Blob;
use crate::{Data, Error, path};

/// The largest document: a manifest, an index, a configuration.
pub(crate) const DOCUMENT_BYTES: u64 = 8 << 20;

/// A place that holds documents and blobs.
pub(crate) trait Store {
    /// What it is, for messages.
    fn describe(&self) -> String;

    /// A small document; nothing when there is none of that name.
    fn document(&self, name: &str) -> Result<Option<Vec<u8>>, Error>;

    /// A blob and its size; nothing when there is none of that name.
    fn blob(&self, name: &str) -> Option<(Data, u64)>;

    /// A document that must be there.
    fn require(&self, name: &str) -> Result<Vec<u8>, Error> {
        self.document(name)?
            .ok_or_else(|| Error::Format { what: self.describe(), why: format!("it has no `{name}`") })
    }

    /// A document named by its digest, verified.
    fn by_digest(&self, digest: &Digest) -> Result<Vec<u8>, Error> {
        let bytes = self.require(&blob_name(digest))?;
        verify(&bytes, digest, || format!("`{}` of {}", blob_name(digest), self.describe()))?;
        Ok(bytes)
    }
}

/// Where a layout keeps a blob.
pub(crate) fn blob_name(digest: &Digest) -> String {
    format!("blobs/sha256/{}", digest.hex())
}

/// The digest of some bytes.
pub(crate) fn digest_of(bytes: &[u8]) -> Digest {
    use sha2::Digest as _;
    Digest::from_bytes(sha2::Sha256::digest(bytes).into())
}

/// Whether `bytes` are what `digest` names.
pub(crate) fn verify(bytes: &[u8], digest: &Digest, what: impl FnOnce() -> String) -> Result<(), Error> {
    let actual = digest_of(bytes);
    if actual == *digest {
        return Ok(());
    }
    Err(Error::Digest { what: what(), expected: digest.to_string(), actual: actual.to_string() })
}

/// A directory.
pub(crate) struct Directory(pub(crate) PathBuf);

impl Store for Directory {
    fn describe(&self) -> String {
        format!("`{}`", self.0.display())
    }

    fn document(&self, name: &str) -> Result<Option<Vec<u8>>, Error> {
        let path = self.0.join(name);
        if !path.exists() {
            return Ok(None);
        }
        read_file(&path, DOCUMENT_BYTES)
            .map(Some)
            .map_err(|source| Error::Content { what: self.describe(), source })
    }

    fn blob(&self, name: &str) -> Option<(Data, u64)> {
        let path = self.0.join(name);
        let size = path.metadata().ok().filter(std::fs::Metadata::is_file)?.len();
        Some((Data::Blob(Arc::new(Part { path, start: 0, length: size })), size))
    }
}

/// A stretch of a file.
struct Part {
    path: PathBuf,
    start: u64,
    length: u64,
}

impl Blob for Part {
    fn open(&self) -> Result<Box<dyn Read + Send>, Error> {
        let fail = |source| Error::File { path: self.path.clone(), source };
        let mut file = File::open(&self.path).map_err(fail)?;
        file.seek(SeekFrom::Start(self.start)).map_err(fail)?;
        Ok(Box::new(file.take(self.length)))
    }
}

/// An uncompressed archive file, of which only the headers were read.
pub(crate) struct ArchiveFile {
    path: PathBuf,
    members: HashMap<Vec<u8>, (u64, u64)>,
}

impl ArchiveFile {
    /// Reads the headers of all members.
    pub(crate) fn open(path: PathBuf, limits: &Limits) -> Result<Self, Error> {
        let fail = |source| Error::Content { what: format!("archive `{}`", path.display()), source };
        let file = open_file(&path).map_err(fail)?;
        let length = file.metadata().map_err(|source| Error::File { path: path.clone(), source })?.len();
        let mut reader = Reader::new(SeekSource::new(file, length), limits);
        let mut members = HashMap::new();
        let mut links = Vec::new();
        while let Some(entry) = reader.next_entry().map_err(fail)? {
            let Some(name) = path::clean(&entry.path) else { continue };
            match entry.kind {
                Kind::File if !entry.sparse => {
                    members.insert(name, (reader.offset(), reader.body_left()));
                }
                // `docker save` before version 25 wrote a layer that came twice as a link to the first.
                Kind::SymbolicLink => links.push((path::follow(&name, &entry.link), name)),
                Kind::HardLink => links.extend(path::clean(&entry.link).map(|target| (target, name))),
                _ => {}
            }
        }
        for (target, name) in links {
            if let Some(place) = members.get(&target).copied() {
                members.entry(name).or_insert(place);
            }
        }
        Ok(Self { path, members })
    }
}

impl Store for ArchiveFile {
    fn describe(&self) -> String {
        format!("archive `{}`", self.path.display())
    }

    fn document(&self, name: &str) -> Result<Option<Vec<u8>>, Error> {
        let Some((start, length)) = self.members.get(name.as_bytes()).copied() else { return Ok(None) };
        if length > DOCUMENT_BYTES {
            return Err(Error::Format {
                what: self.describe(),
                why: format!("`{name}` is larger than 8 MiB"),
            });
        }
        let mut bytes = Vec::new();
        let mut part = Part { path: self.path.clone(), start, length }.open()?;
        part.read_to_end(&mut bytes).map_err(|source| Error::File { path: self.path.clone(), source })?;
        Ok(Some(bytes))
    }

    fn blob(&self, name: &str) -> Option<(Data, u64)> {
        let (start, length) = self.members.get(name.as_bytes()).copied()?;
        Some((Data::Blob(Arc::new(Part { path: self.path.clone(), start, length })), length))
    }
}
