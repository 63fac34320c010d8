//! What a feed is: where its documents are, and how one of them is read into the inner model.
//!
//! A feed is data and a function, listed in [`FEEDS`](crate::FEEDS). Fetching, conditional requests, decompression,
//! limits and storage are shared; a feed reads bytes and says what they tell.

use std::io::{BufRead, BufReader, Read};

use bounded::{Limits, tar};
use model::{Advisory, Epss};

use crate::Error;

/// One source of advisories, or of what is known of vulnerabilities.
#[derive(Debug)]
pub struct Feed {
    /// Its public, stable name: `debian-tracker`.
    pub name: &'static str,
    /// Its name for people, and who publishes it.
    pub title: &'static str,
    /// Raised when it reads the same document in another way; what was read of it before is then read again.
    pub version: u32,
    /// Whether it is fetched without being asked for by name.
    pub is_default: bool,
    /// Whether its records tell of vulnerabilities whoever they concern (severity, rejection), by CVE.
    pub enriches: bool,
    /// The ecosystems that it has advisories for, for people and for the list of what is supported.
    pub ecosystems: &'static [&'static str],
    /// Its documents.
    pub documents: fn() -> Vec<Document>,
    /// Reads one document.
    pub parse: fn(&mut Input<'_>) -> Result<(), Error>,
}

/// One document of a feed; fetched, compared and read by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Its name in a mirror, below `feeds/<feed>/`: `nvdcve-2.0-2024.json.gz`.
    pub name: String,
    /// Its public address.
    pub url: String,
    /// How to get from what lies at the address to the document, where it is not the document itself: each step is
    /// given the address and the body and tells the next address. A mirror has the document itself.
    pub follow: &'static [Follow],
}

/// One step from a document that names another to that other's address.
///
/// The last step may tell several, one a line: the document is then a tar archive of the files that are there.
pub type Follow = fn(url: &str, body: &[u8]) -> Result<String, String>;

/// One document that is read, and the place for what it tells.
pub struct Input<'a> {
    document: &'a str,
    reader: &'a mut dyn BufRead,
    sink: &'a mut dyn Sink,
}

/// The place for what a document tells, held while the document is being read.
pub struct Telling<'a> {
    sink: &'a mut dyn Sink,
}

impl Telling<'_> {
    /// Takes an advisory, as [`Input::advisory`] does.
    pub fn advisory(&mut self, advisory: Advisory) {
        self.sink.advisory(advisory);
    }

    /// Says that one record could not be read; the rest of the document counts.
    pub fn malformed(&mut self, what: &str, why: impl Into<String>) {
        self.sink.malformed(what, why.into());
    }
}

/// Where what a feed tells goes.
pub trait Sink {
    /// Takes an advisory.
    fn advisory(&mut self, advisory: Advisory);
    /// Takes the score of a vulnerability.
    fn epss(&mut self, cve: String, epss: Epss);
    /// Hears of a record that could not be read.
    fn malformed(&mut self, what: &str, why: String);
}

impl<'a> Input<'a> {
    /// The document of this name, decompressed, whose findings go to `sink`.
    pub fn new(document: &'a str, reader: &'a mut dyn BufRead, sink: &'a mut dyn Sink) -> Self {
        Self { document, reader, sink }
    }

    /// The document's name in a mirror.
    #[must_use]
    pub fn document(&self) -> &'a str {
        self.document
    }

    /// The document, decompressed, to be read as it comes.
    pub fn reader(&mut self) -> &mut dyn BufRead {
        self.reader
    }

    /// The document, decompressed, and the place for what it tells, side by side: for readers that hold on to the
    /// document from record to record.
    pub fn parts(&mut self) -> (&mut dyn BufRead, Telling<'_>) {
        (self.reader, Telling { sink: self.sink })
    }

    /// All of the document, decompressed.
    ///
    /// # Errors
    /// When it cannot be read or is larger than `limit` bytes.
    pub fn bytes(&mut self, limit: u64) -> Result<Vec<u8>, Error> {
        let mut bytes = Vec::new();
        let fail = |source| Error::Mirror { place: self.document.to_owned(), source };
        let read = (&mut *self.reader).take(limit.saturating_add(1)).read_to_end(&mut bytes);
        read.map_err(|error| fail(bounded::Error::from_io(error)))?;
        if bytes.len() as u64 > limit {
            let (what, limit) = (self.document.to_owned(), format!("{limit} bytes"));
            return Err(fail(bounded::Error::TooLarge { what, limit }));
        }
        Ok(bytes)
    }

    /// Reads a tar archive: `each` is given, as a document of its own, every file whose name ends in `suffix`.
    ///
    /// # Errors
    /// When the archive is damaged or passes a limit; what was read before it counts.
    pub fn members(&mut self, suffix: &str, mut each: impl FnMut(&mut Input<'_>)) -> Result<(), Error> {
        let Self { document, reader, sink } = self;
        let fail = |source| Error::Mirror { place: (*document).to_owned(), source };
        let limits = Limits::default();
        let mut archive = tar::Reader::new(BufReader::with_capacity(256 * 1024, &mut **reader), &limits);
        while let Some(entry) = archive.next_entry().map_err(fail)? {
            let path = String::from_utf8_lossy(&entry.path);
            if entry.kind == tar::Kind::File && path.ends_with(suffix) {
                let mut body = BufReader::with_capacity(64 * 1024, &mut archive);
                each(&mut Input { document: &path, reader: &mut body, sink: &mut **sink });
            }
        }
        Ok(())
    }

    /// Takes an advisory.
    ///
    /// Its `affected` entries name the ecosystem with the release as [`distributions`] writes it. Of a feed that
    /// enriches, a record without entries counts, and so does one that is withdrawn: its vulnerability was rejected.
    pub fn advisory(&mut self, advisory: Advisory) {
        self.sink.advisory(advisory);
    }

    /// Takes the score of a vulnerability.
    pub fn epss(&mut self, cve: impl Into<String>, epss: Epss) {
        self.sink.epss(cve.into(), epss);
    }

    /// Says that one record could not be read; the rest of the document counts.
    pub fn malformed(&mut self, what: &str, why: impl Into<String>) {
        self.sink.malformed(what, why.into());
    }

    /// The error of a document that is not written as it should be.
    #[must_use]
    pub fn wrong(&self, why: impl Into<String>) -> Error {
        Error::Format { what: format!("`{}`", self.document), why: why.into() }
    }
}
