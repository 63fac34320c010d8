//! Blobs, whose transfer is taken up again where it broke.
//!
//! Source: the OCI distribution specification 1.1, "pulling blobs", and RFC 9110, section 14, for `Range`. A manifest's
//! size is the limit of what is read; the digest is verified by who reads.

use std::io::{self, Read};
use std::sync::Arc;
use std::time::Duration;

use model::{Digest, Failure};
use net::{Request, Response};

use super::connection::{About, Registry, Scope};
use crate::{Blob, Descriptor, Error};

/// The pauses before a broken transfer is taken up again, as often as it has not got further by [`PROGRESS`].
const PAUSES: [Duration; 3] =
    [Duration::from_millis(100), Duration::from_millis(500), Duration::from_secs(2)];
/// Less than this between two breaks is a server that wastes time.
const PROGRESS: u64 = 1 << 20;
/// How often a transfer begins anew because the registry cannot go on in the middle.
const BEGINNINGS: u32 = 5;

impl Registry {
    /// A small blob, whole; it is not verified.
    ///
    /// # Errors
    /// When the registry cannot be reached, refuses, has no such blob, or one larger than `limit`.
    pub fn blob_bytes(&self, repository: &str, digest: &Digest, limit: u64) -> Result<Vec<u8>, Error> {
        let response = self.blob(repository, digest, 0)?;
        response.bytes(limit).map_err(|source| self.fail(&format!("blob {digest}"), source))
    }

    /// A blob from a byte on; the answer is 206 when the registry begins there, and 200 when it begins at the start.
    fn blob(&self, repository: &str, digest: &Digest, start: u64) -> Result<Response, Error> {
        let mut request = Request::get(self.blob_url(repository, digest));
        if start > 0 {
            request = request.header("range", format!("bytes={start}-"));
        }
        let statuses: &[u16] = if start > 0 { &[200, 206] } else { &[200] };
        self.expect(&about_blob(repository, digest), &request, statuses)
    }

    /// Whether a blob is there; one that cannot be asked for is not.
    pub(super) fn has_blob(&self, repository: &str, digest: &Digest) -> bool {
        let request = Request::get(self.blob_url(repository, digest));
        let response = self.send_head(&about_blob(repository, digest), request);
        response.is_ok_and(|response| response.is_success())
    }

    fn blob_url(&self, repository: &str, digest: &Digest) -> String {
        format!("{}/v2/{repository}/blobs/{digest}", self.base)
    }
}

fn about_blob<'a>(repository: &'a str, digest: &Digest) -> About<'a> {
    let what = format!("blob {digest} of `{repository}`");
    About { what, name: digest.to_string(), scope: Scope::Repository(repository) }
}

/// A blob of a registry, which each reader asks for anew.
pub(super) struct RegistryBlob {
    registry: Arc<Registry>,
    repository: String,
    digest: Digest,
    size: u64,
}

impl RegistryBlob {
    pub(super) fn new(registry: &Arc<Registry>, repository: &str, descriptor: &Descriptor) -> Self {
        Self::of(registry, repository, descriptor.digest.clone(), descriptor.size)
    }

    pub(super) fn of(registry: &Arc<Registry>, repository: &str, digest: Digest, size: u64) -> Self {
        Self { registry: Arc::clone(registry), repository: repository.to_owned(), digest, size }
    }
}

impl Blob for RegistryBlob {
    fn open(&self) -> Result<Box<dyn Read + Send>, Error> {
        let response = self.registry.blob(&self.repository, &self.digest, 0)?;
        Ok(Box::new(Transfer {
            registry: Arc::clone(&self.registry),
            repository: self.repository.clone(),
            digest: self.digest.clone(),
            size: self.size,
            open_ended: response.length().is_none(),
            inner: response.into_reader(),
            at: 0,
            resumed_at: 0,
            pauses: PAUSES.iter(),
            beginnings: BEGINNINGS,
        }))
    }
}

/// The bytes of a blob, taken up again where a connection broke.
struct Transfer {
    registry: Arc<Registry>,
    repository: String,
    digest: Digest,
    size: u64,
    /// The answer does not say how long it is, so that its end may be a break.
    open_ended: bool,
    inner: Box<dyn Read + Send>,
    at: u64,
    resumed_at: u64,
    pauses: std::slice::Iter<'static, Duration>,
    beginnings: u32,
}

impl Read for Transfer {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            match self.inner.read(buffer) {
                Ok(0) if self.at == self.size => return Ok(0),
                Ok(0) if self.open_ended => self.resume(self.short())?,
                Ok(0) => return Err(self.short()),
                Ok(count) => {
                    self.at = self.at.saturating_add(count as u64);
                    if self.at > self.size {
                        let why = format!("it is larger than the {} bytes its manifest says", self.size);
                        return Err(self.lie(why));
                    }
                    if self.at - self.resumed_at >= PROGRESS {
                        self.pauses = PAUSES.iter();
                    }
                    return Ok(count);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                // It broke after the last byte that is wanted.
                Err(_broken) if self.at == self.size => return Ok(0),
                Err(error) => self.resume(error)?,
            }
        }
    }
}

impl Transfer {
    fn short(&self) -> io::Error {
        self.lie(format!("it ends after {} of the {} bytes its manifest says", self.at, self.size))
    }

    fn lie(&self, why: String) -> io::Error {
        io::Error::other(Error::Format { what: self.what(), why })
    }

    fn what(&self) -> String {
        format!("blob {} of {}", self.digest, self.registry.place())
    }

    /// Goes on after a break; when that fails too often, the last break is the error.
    fn resume(&mut self, mut broken: io::Error) -> io::Result<()> {
        loop {
            let Some(pause) = self.pauses.next() else { return Err(broken) };
            std::thread::sleep(*pause);
            self.resumed_at = self.at;
            match self.proceed() {
                Ok(()) => return Ok(()),
                Err(Break::Passing(error)) => broken = error,
                Err(Break::Final(error)) => return Err(error),
            }
        }
    }

    fn proceed(&mut self) -> Result<(), Break> {
        let asked = self.registry.blob(&self.repository, &self.digest, self.at);
        let response = asked.map_err(|error| Break::Final(io::Error::other(error)))?;
        let begins = if response.status() == 206 { start_of(&response) } else { Some(0) };
        let skip = begins.and_then(|begins| self.at.checked_sub(begins));
        let Some(skip) = skip else {
            let why = "the registry continues it at another place".to_owned();
            return Err(Break::Final(self.lie(why)));
        };
        if skip > 0 {
            if self.beginnings == 0 {
                return Err(Break::Final(io::Error::other(Error::Unreadable {
                    failure: Failure::DownloadFailed,
                    what: self.what(),
                    why: "it breaks again and again, and the registry cannot go on in the middle".to_owned(),
                })));
            }
            self.beginnings -= 1;
        }
        self.open_ended = response.length().is_none();
        let mut reader = response.into_reader();
        let skipped = io::copy(&mut reader.by_ref().take(skip), &mut io::sink()).map_err(Break::Passing)?;
        if skipped < skip {
            return Err(Break::Final(self.lie("it is shorter the second time".to_owned())));
        }
        self.inner = reader;
        Ok(())
    }
}

/// Why a transfer could not be taken up.
enum Break {
    /// It may go better the next time.
    Passing(io::Error),
    /// It will not.
    Final(io::Error),
}

/// Where an answer to a `Range` begins: `Content-Range: bytes 5-9/10`.
fn start_of(response: &Response) -> Option<u64> {
    response.header("content-range")?.strip_prefix("bytes ")?.split('-').next()?.trim().parse().ok()
}
