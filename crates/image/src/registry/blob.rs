use std::io::{self, Read};
use std::sync::Arc;

use model::Digest;
use net::Response;

use super::connection::Registry;
use crate::{Blob, Descriptor, Error};

/// How often a broken transfer is taken up again without having got further by [`PROGRESS`].
const RESUMPTIONS: u32 = 3;
/// Less than this between two breaks is a server that wastes time.
const PROGRESS: u64 = 1 << 20;

/// A blob of a registry, which each reader asks for anew.
pub(super) struct RegistryBlob {
    registry: Arc<Registry>,
    repository: String,
    digest: Digest,
    size: u64,
}

impl RegistryBlob {
    pub(super) fn new(registry: &Arc<Registry>, repository: &str, descriptor: &Descriptor) -> Self {
        let (digest, size) = (descriptor.digest.clone(), descriptor.size);
        Self { registry: Arc::clone(registry), repository: repository.to_owned(), digest, size }
    }
}

impl Blob for RegistryBlob {
    fn open(&self) -> Result<Box<dyn Read + Send>, Error> {
        let inner = self.registry.blob(&self.repository, &self.digest, 0)?.into_reader();
        Ok(Box::new(Transfer {
            registry: Arc::clone(&self.registry),
            repository: self.repository.clone(),
            digest: self.digest.clone(),
            size: self.size,
            inner,
            at: 0,
            resumed_at: 0,
            left: RESUMPTIONS,
        }))
    }
}

/// The bytes of a blob, taken up again where a connection broke.
struct Transfer {
    registry: Arc<Registry>,
    repository: String,
    digest: Digest,
    size: u64,
    inner: Box<dyn Read + Send>,
    at: u64,
    resumed_at: u64,
    left: u32,
}

impl Read for Transfer {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.inner.read(buffer) {
                Ok(0) if buffer.is_empty() => return Ok(0),
                Ok(0) => return self.end(),
                Ok(count) => {
                    self.at = self.at.saturating_add(count as u64);
                    if self.at > self.size {
                        let why = format!("it is larger than the {} bytes its manifest says", self.size);
                        return Err(self.lie(why));
                    }
                    if self.at - self.resumed_at >= PROGRESS {
                        self.left = RESUMPTIONS;
                    }
                    return Ok(count);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if self.left == 0 => return Err(error),
                Err(_broken) => {
                    self.left -= 1;
                    self.resumed_at = self.at;
                    self.inner = self.resume()?;
                }
            }
        }
    }
}

impl Transfer {
    fn end(&self) -> io::Result<usize> {
        if self.at == self.size {
            return Ok(0);
        }
        Err(self.lie(format!("it ends after {} of the {} bytes its manifest says", self.at, self.size)))
    }

    fn lie(&self, why: String) -> io::Error {
        let what = format!("blob {} of {}", self.digest, self.registry.place());
        io::Error::other(Error::Format { what, why })
    }

    fn resume(&self) -> io::Result<Box<dyn Read + Send>> {
        let response =
            self.registry.blob(&self.repository, &self.digest, self.at).map_err(io::Error::other)?;
        let begins = if response.status() == 206 { start_of(&response) } else { Some(0) };
        let skip = begins.and_then(|begins| self.at.checked_sub(begins));
        let Some(skip) = skip else {
            return Err(self.lie("the registry continues it at another place".to_owned()));
        };
        let mut reader = response.into_reader();
        let skipped = io::copy(&mut reader.by_ref().take(skip), &mut io::sink())?;
        if skipped < skip {
            return Err(self.lie("it is shorter the second time".to_owned()));
        }
        Ok(reader)
    }
}

/// Where an answer to a `Range` begins: `Content-Range: bytes 5-9/10`.
fn start_of(response: &Response) -> Option<u64> {
    response.header("content-range")?.strip_prefix("bytes ")?.split('-').next()?.trim().parse().ok()
}
