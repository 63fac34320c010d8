use std::io::{self, Cursor, Read};
use std::path::PathBuf;
use std::sync::Arc;

use model::Digest;
use net::grpc::Stream;

use super::messages::{ContentAnswer, ContentInfo, ContentQuestion, ReadAnswer, ReadQuestion};
use super::session::{Layout, PATIENCE, Session};
use crate::source::Blob;
use crate::store::{DOCUMENT_BYTES, Directory, Store, blob_name, verify};
use crate::{Data, Error};

/// The blobs that a namespace has: files where they can be read, otherwise streams.
pub(super) struct Content<'a> {
    session: &'a Session,
    namespace: String,
    files: Option<Directory>,
}

impl<'a> Content<'a> {
    pub(super) fn new(session: &'a Session, layout: &Layout, namespace: &str) -> Self {
        let readable = |root: &&PathBuf| std::fs::read_dir(root.join("blobs/sha256")).is_ok();
        let files = layout.content.as_ref().filter(readable).map(|root| Directory(root.clone()));
        Self { session, namespace: namespace.to_owned(), files }
    }

    pub(super) fn has(&self, digest: &Digest) -> Result<bool, Error> {
        Ok(self.file(digest).is_some() || self.info(digest)?.is_some())
    }

    /// Where a blob is read from; nothing when it is not there.
    pub(super) fn blob(&self, digest: &Digest) -> Result<Option<Data>, Error> {
        if let Some(file) = self.file(digest) {
            return Ok(Some(file));
        }
        let Some(info) = self.info(digest)? else { return Ok(None) };
        let blob = StoredBlob {
            socket: self.session.socket().to_owned(),
            namespace: self.namespace.clone(),
            digest: digest.clone(),
            size: u64::try_from(info.size).unwrap_or_default(),
        };
        Ok(Some(Data::Blob(Arc::new(blob))))
    }

    /// A manifest, index or configuration, verified; nothing when it is not there.
    pub(super) fn document(&self, digest: &Digest) -> Result<Option<Vec<u8>>, Error> {
        let what = || format!("`{digest}` in containerd");
        let Some(Data::Blob(blob)) = self.blob(digest)? else { return Ok(None) };
        let mut bytes = Vec::new();
        let read = blob.open()?.take(DOCUMENT_BYTES + 1).read_to_end(&mut bytes);
        read.map_err(|error| stream_error(error, &what()))?;
        if bytes.len() as u64 > DOCUMENT_BYTES {
            return Err(Error::Format { what: what(), why: "it is larger than 8 MiB".to_owned() });
        }
        verify(&bytes, digest, what)?;
        Ok(Some(bytes))
    }

    fn file(&self, digest: &Digest) -> Option<Data> {
        self.files.as_ref()?.blob(&blob_name(digest)).map(|(data, _size)| data)
    }

    fn info(&self, digest: &Digest) -> Result<Option<ContentInfo>, Error> {
        let question = ContentQuestion { digest: digest.to_string() };
        let answer: Result<ContentAnswer, _> =
            self.session.call(&self.namespace, "/containerd.services.content.v1.Content/Info", &question);
        match answer {
            Ok(answer) => Ok(answer.info),
            Err(error) if error.is_refusal("NOT_FOUND") => Ok(None),
            Err(error) => Err(self.session.fail(&format!("ask for blob {digest}"), error)),
        }
    }
}

fn stream_error(error: io::Error, what: &str) -> Error {
    let fail = |source| Error::Network { operation: format!("read {what}"), source };
    match net::Error::from_io(error) {
        Ok(error) => fail(error),
        Err(error) => Error::Format { what: what.to_owned(), why: error.to_string() },
    }
}

/// A blob that containerd reads out; each reader has a connection of its own, so that none waits for another.
struct StoredBlob {
    socket: PathBuf,
    namespace: String,
    digest: Digest,
    size: u64,
}

impl Blob for StoredBlob {
    fn open(&self) -> Result<Box<dyn Read + Send>, Error> {
        let question = ReadQuestion { digest: self.digest.to_string(), offset: 0, size: 0 };
        let path = "/containerd.services.content.v1.Content/Read";
        let stream = Session::open(&self.socket)
            .and_then(|session| session.stream(&self.namespace, path, &question))
            .map_err(|source| Error::Network {
                operation: format!("read blob {} in containerd", self.digest),
                source,
            })?;
        Ok(Box::new(Reader { stream, size: self.size, at: 0, part: Cursor::default() }))
    }
}

struct Reader {
    stream: Stream<ReadAnswer>,
    size: u64,
    at: u64,
    part: Cursor<Vec<u8>>,
}

impl Read for Reader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.part.read(buffer)? {
            0 if !buffer.is_empty() => {
                self.refill()?;
                self.part.read(buffer)
            }
            count => Ok(count),
        }
    }
}

impl Reader {
    fn refill(&mut self) -> io::Result<()> {
        let lie = |why: &str| io::Error::new(io::ErrorKind::InvalidData, format!("containerd {why}"));
        let Some(answer) = self.stream.next(PATIENCE).map_err(net::Error::into_io)? else {
            return if self.at == self.size { Ok(()) } else { Err(lie("ends the blob before its size")) };
        };
        if answer.data.is_empty() || u64::try_from(answer.offset).ok() != Some(self.at) {
            return Err(lie("sends parts of the blob out of order"));
        }
        self.at = self.at.saturating_add(answer.data.len() as u64);
        if self.at > self.size {
            return Err(lie("sends more of the blob than its size"));
        }
        self.part = Cursor::new(answer.data);
        Ok(())
    }
}
