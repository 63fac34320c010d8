use std::io::{self, Read};
use std::time::{Duration, Instant};

use reqwest::Url;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::error::{SHORT, clean};
use crate::host::shown;
use crate::{Error, Speed};

/// How much of a refusal is read to find what the server says.
const REFUSAL_BYTES: u64 = 16 << 10;

/// What a server answered; its body is not read yet.
pub struct Response {
    pub(crate) inner: reqwest::blocking::Response,
    pub(crate) host: String,
    pub(crate) read_seconds: u64,
    pub(crate) slowest: Option<Speed>,
    /// Words that no message may repeat.
    pub(crate) secrets: Vec<String>,
}

impl std::fmt::Debug for Response {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Response").field("status", &self.status()).field("url", &self.url()).finish()
    }
}

impl Response {
    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.inner.status().as_u16()
    }

    /// Whether the status says that it went well.
    #[must_use]
    pub fn is_success(&self) -> bool {
        self.inner.status().is_success()
    }

    /// The address that answered after redirects, without secrets.
    #[must_use]
    pub fn url(&self) -> String {
        shown(self.inner.url())
    }

    /// The first header of that name, when it is plain text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.inner.headers().get(name)?.to_str().ok()
    }

    /// All headers of that name that are plain text.
    pub fn headers(&self, name: &str) -> impl Iterator<Item = &str> {
        self.inner.headers().get_all(name).iter().filter_map(|value| value.to_str().ok())
    }

    /// How long the body will be, as claimed.
    #[must_use]
    pub fn length(&self) -> Option<u64> {
        self.header("content-length")?.parse().ok()
    }

    /// Its body, not bounded: the caller sets the limit.
    ///
    /// A read fails with an [`Error`] inside the [`io::Error`] when the transfer breaks or stalls.
    #[must_use]
    pub fn into_reader(self) -> Box<dyn Read + Send> {
        Box::new(self.body())
    }

    fn body(self) -> Body {
        let (host, seconds) = (self.host, self.read_seconds);
        let pace = self.slowest.map(Pace::new);
        Body { url: shown(self.inner.url()), inner: self.inner, host, seconds, pace }
    }

    /// Its whole body.
    ///
    /// # Errors
    /// When it is larger than `limit` or the transfer breaks.
    pub fn bytes(self, limit: u64) -> Result<Vec<u8>, Error> {
        let url = self.url();
        let mut bytes = Vec::new();
        let mut body = self.body();
        let broken = |error: io::Error| {
            Error::from_io(error)
                .unwrap_or_else(|other| Error::Broken { url: url.clone(), why: other.to_string() })
        };
        body.by_ref().take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(broken)?;
        if bytes.len() as u64 > limit {
            return Err(Error::TooLarge { url, limit });
        }
        Ok(bytes)
    }

    /// Its whole body as text; what is not UTF-8 is replaced.
    ///
    /// # Errors
    /// As [`Response::bytes`].
    pub fn text(self, limit: u64) -> Result<String, Error> {
        Ok(String::from_utf8_lossy(&self.bytes(limit)?).into_owned())
    }

    /// Its whole body as a JSON document.
    ///
    /// # Errors
    /// As [`Response::bytes`], and when it is no such document.
    pub fn json<T: DeserializeOwned>(self, limit: u64) -> Result<T, Error> {
        let url = self.url();
        let bytes = self.bytes(limit)?;
        serde_json::from_slice(&bytes)
            .map_err(|error| Error::Answer { url, why: clean(&error.to_string(), SHORT) })
    }

    /// The refusal this answer is, with the server's own short message.
    #[must_use]
    pub fn into_error(self) -> Error {
        self.into_refusal().error
    }

    /// The refusal this answer is, with the server's own short message and its code.
    #[must_use]
    pub fn into_refusal(self) -> Refusal {
        let (status, url) = (self.status(), self.url());
        let is_text = self.header("content-type").is_some_and(|kind| kind.starts_with("text/plain"));
        let secrets = self.secrets.clone();
        let mut body = Vec::new();
        // A refusal whose explanation cannot be read is still a refusal: it is shown without.
        let read = self.body().take(REFUSAL_BYTES).read_to_end(&mut body);
        let document = read.ok().and_then(|_| serde_json::from_slice::<Value>(&body).ok());
        let code = document.as_ref().and_then(code);
        let told = match &document {
            Some(document) => explanation(document),
            None => {
                is_text.then(|| String::from_utf8_lossy(&body).lines().next().map(str::to_owned)).flatten()
            }
        };
        let mut message = told.unwrap_or_default();
        for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
            message = message.replace(secret.as_str(), "…");
        }
        Refusal { error: Error::Status { status, url, message: clean(&message, SHORT) }, code }
    }
}

/// What a server said instead of doing what it was asked for.
#[derive(Debug)]
pub struct Refusal {
    /// The refusal with the server's words.
    pub error: Error,
    /// The code a registry gives, in capitals: `DENIED`, `MANIFEST_UNKNOWN`.
    pub code: Option<String>,
}

/// The code of a registry's refusal.
fn code(document: &Value) -> Option<String> {
    let code = document.pointer("/errors/0/code")?.as_str()?;
    Some(clean(code, SHORT).to_ascii_uppercase())
}

/// What a body says of a refusal: registries, token servers and engines each have a form of their own.
fn explanation(document: &Value) -> Option<String> {
    let first = document.pointer("/errors/0");
    let places = [first, Some(document)].into_iter().flatten();
    places
        .flat_map(|place| {
            ["message", "details", "error_description", "error", "code"].map(|key| place.get(key))
        })
        .flatten()
        .find_map(|text| text.as_str().filter(|text| !text.is_empty()).map(str::to_owned))
}

struct Body {
    inner: reqwest::blocking::Response,
    url: String,
    host: String,
    seconds: u64,
    pace: Option<Pace>,
}

/// How fast the bytes came lately.
struct Pace {
    slowest: Speed,
    bytes: u64,
    waited: Duration,
}

impl Pace {
    fn new(slowest: Speed) -> Self {
        Self { slowest, bytes: 0, waited: Duration::ZERO }
    }

    /// Whether so many bytes after such a wait are still fast enough.
    fn keeps(&mut self, bytes: usize, waited: Duration) -> bool {
        self.bytes = self.bytes.saturating_add(bytes as u64);
        self.waited = self.waited.saturating_add(waited);
        if self.bytes >= self.slowest.bytes {
            *self = Self::new(self.slowest);
        }
        self.waited < self.slowest.within
    }
}

impl Read for Body {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let start = Instant::now();
        let count = self.receive(buffer)?;
        let in_time = self.pace.as_mut().is_none_or(|pace| pace.keeps(count, start.elapsed()));
        if in_time || count == 0 {
            return Ok(count);
        }
        let Some(Pace { bytes, waited, .. }) = self.pace else { return Ok(count) };
        Err(Error::Slow { url: self.url.clone(), bytes, seconds: waited.as_secs() }.into_io())
    }
}

impl Body {
    fn receive(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.inner.read(buffer).map_err(|error| {
            let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<reqwest::Error>());
            if error.kind() == io::ErrorKind::TimedOut || inner.is_some_and(reqwest::Error::is_timeout) {
                return Error::Timeout { host: self.host.clone(), seconds: self.seconds }.into_io();
            }
            let mut deepest: &dyn std::error::Error = &error;
            while let Some(cause) = deepest.source() {
                deepest = cause;
            }
            Error::Broken { url: self.url.clone(), why: clean(&deepest.to_string(), SHORT) }.into_io()
        })
    }
}

/// The address a redirect points to.
pub(crate) fn location(response: &reqwest::blocking::Response) -> Option<Result<Url, String>> {
    let target = response.headers().get("location")?;
    let joined = target.to_str().map_err(|_not_text| "its `Location` is not text".to_owned());
    Some(joined.and_then(|target| {
        response.url().join(target).map_err(|error| format!("its `Location` is not an address: {error}"))
    }))
}
