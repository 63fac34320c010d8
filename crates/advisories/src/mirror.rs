//! Where advisories come from: the public bucket of OSV, another web server, or a directory with the same layout.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};

use bounded::zip::Archive;
use bounded::{Limits, read_file};
use sha2::{Digest, Sha256};

use crate::Error;

/// OSV's public bucket.
pub const OSV_URL: &str = "https://osv-vulnerabilities.storage.googleapis.com";
/// CISA's catalogue, where the mirror is the public bucket.
pub const KEV_URL: &str =
    "https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json";
/// The catalogue in a mirror.
const KEV_FILE: &str = "known_exploited_vulnerabilities.json";
/// The list of ecosystems in a mirror.
const LIST_FILE: &str = "ecosystems.txt";
/// The largest record.
const RECORD_BYTES: u64 = 16 << 20;
/// The largest archive; npm's is about 200 MB in 2026.
const ARCHIVE_BYTES: u64 = 8 << 30;
/// The largest of the small documents.
pub(crate) const DOCUMENT_BYTES: u64 = 64 << 20;

/// Where advisories are fetched.
#[derive(Debug)]
pub enum Mirror {
    /// A directory.
    Directory(PathBuf),
    /// A web server, without a slash at the end.
    Web {
        /// The address above `ecosystems.txt`.
        base: String,
        /// The way to it.
        client: net::Client,
    },
}

/// What came of fetching.
pub(crate) enum Fetched<T> {
    /// As it was.
    Unchanged,
    /// New, with what to compare it with the next time.
    New(T, Option<String>),
}

/// The records of one ecosystem.
pub(crate) enum Records {
    Zip(Box<Archive<File>>),
    Loose(Vec<PathBuf>),
}

impl Mirror {
    /// The mirror a person names: a web address or a directory.
    ///
    /// # Errors
    /// When the client cannot be set up.
    pub fn named(text: &str, options: &net::Options) -> Result<Self, Error> {
        if !text.starts_with("http://") && !text.starts_with("https://") {
            return Ok(Self::Directory(text.into()));
        }
        let base = text.trim_end_matches('/').to_owned();
        let client =
            net::Client::new(options).map_err(|source| Error::Network { url: base.clone(), source })?;
        Ok(Self::Web { base, client })
    }

    /// What it is, for messages.
    #[must_use]
    pub fn describe(&self) -> String {
        match self {
            Self::Directory(path) => path.display().to_string(),
            Self::Web { base, .. } => base.clone(),
        }
    }

    /// The ecosystems it has, without releases: the archive of `Debian` holds those of `Debian:12`.
    pub(crate) fn ecosystems(&self) -> Result<BTreeSet<String>, Error> {
        match self {
            Self::Directory(path) => directories(path),
            Self::Web { base, client } => {
                let url = format!("{base}/{LIST_FILE}");
                let Fetched::New(bytes, _) = fetch(client, &url, None, DOCUMENT_BYTES)? else {
                    return Err(Error::Empty { place: self.describe() });
                };
                let text = String::from_utf8_lossy(&bytes).into_owned();
                let names = text.lines().filter_map(|line| line.trim().split(':').next());
                Ok(names.filter(|name| is_plain(name)).map(str::to_owned).collect())
            }
        }
    }

    /// The records of an ecosystem; unchanged when `fingerprint` still fits.
    pub(crate) fn records(
        &self,
        ecosystem: &str,
        fingerprint: Option<&str>,
    ) -> Result<Fetched<Records>, Error> {
        match self {
            Self::Directory(path) => local(&path.join(ecosystem), fingerprint),
            Self::Web { base, client } => {
                let url = format!("{base}/{}/all.zip", net::encode_component(ecosystem));
                let fail = |source| Error::Network { url: url.clone(), source };
                match client.fetch(&url, fingerprint).map_err(fail)? {
                    net::Fetch::Unchanged => Ok(Fetched::Unchanged),
                    net::Fetch::Body { mut reader, fingerprint, .. } => {
                        let file = spool(&mut reader, &url)?;
                        Ok(Fetched::New(open(file, &url)?, fingerprint))
                    }
                }
            }
        }
    }

    /// The catalogue of known exploited vulnerabilities; nothing where there is none.
    pub(crate) fn kev(&self, fingerprint: Option<&str>) -> Result<Option<Fetched<Vec<u8>>>, Error> {
        match self {
            Self::Directory(path) => {
                let path = path.join(KEV_FILE);
                if !path.is_file() {
                    return Ok(None);
                }
                let bytes = read_file(&path, DOCUMENT_BYTES).map_err(|source| mirror(&path, source))?;
                let print = hex(&Sha256::digest(&bytes));
                Ok(Some(if fingerprint == Some(&print) {
                    Fetched::Unchanged
                } else {
                    Fetched::New(bytes, Some(print))
                }))
            }
            Self::Web { base, client } => {
                let url = if base == OSV_URL { KEV_URL.to_owned() } else { format!("{base}/{KEV_FILE}") };
                match fetch(client, &url, fingerprint, DOCUMENT_BYTES) {
                    Ok(fetched) => Ok(Some(fetched)),
                    Err(Error::Network { source, .. }) if source.status() == Some(404) => Ok(None),
                    Err(error) => Err(error),
                }
            }
        }
    }
}

pub(crate) fn fetch(
    client: &net::Client,
    url: &str,
    print: Option<&str>,
    limit: u64,
) -> Result<Fetched<Vec<u8>>, Error> {
    let fail = |source| Error::Network { url: url.to_owned(), source };
    match client.fetch(url, print).map_err(fail)? {
        net::Fetch::Unchanged => Ok(Fetched::Unchanged),
        net::Fetch::Body { reader, fingerprint, .. } => {
            let mut bytes = Vec::new();
            let read = reader.take(limit.saturating_add(1)).read_to_end(&mut bytes);
            read.map_err(|error| Error::Mirror {
                place: url.to_owned(),
                source: bounded::Error::Source(error),
            })?;
            if bytes.len() as u64 > limit {
                let source =
                    bounded::Error::TooLarge { what: url.to_owned(), limit: format!("{limit} bytes") };
                return Err(Error::Mirror { place: url.to_owned(), source });
            }
            Ok(Fetched::New(bytes, fingerprint))
        }
    }
}

fn mirror(path: &Path, source: bounded::Error) -> Error {
    Error::Mirror { place: path.display().to_string(), source }
}

/// Names of ecosystems are no paths.
fn is_plain(name: &str) -> bool {
    !name.is_empty() && !name.contains(['/', '\\']) && name != "." && name != ".."
}

fn directories(path: &Path) -> Result<BTreeSet<String>, Error> {
    let mut names = BTreeSet::new();
    for entry in std::fs::read_dir(path).map_err(Error::file("read", path))? {
        let entry = entry.map_err(Error::file("read", path))?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        let holds = entry.path().is_dir()
            && (entry.path().join("all.zip").is_file() || !loose(&entry.path())?.is_empty());
        // The bucket has an archive for each release too; all of it is in the ecosystem's own.
        if holds && !name.contains(':') {
            names.insert(name);
        }
    }
    if names.is_empty() { Err(Error::Empty { place: path.display().to_string() }) } else { Ok(names) }
}

fn loose(directory: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(directory).map_err(Error::file("read", directory))? {
        let path = entry.map_err(Error::file("read", directory))?.path();
        if path.extension().is_some_and(|extension| extension == "json") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn local(directory: &Path, fingerprint: Option<&str>) -> Result<Fetched<Records>, Error> {
    let path = directory.join("all.zip");
    if path.is_file() {
        let mut file = bounded::open_file(&path).map_err(|source| mirror(&path, source))?;
        let print = digest(&mut file).map_err(Error::file("read", &path))?;
        if fingerprint == Some(&print) {
            return Ok(Fetched::Unchanged);
        }
        return Ok(Fetched::New(open(file, &path.display().to_string())?, Some(print)));
    }
    let files = loose(directory)?;
    let mut sha256 = Sha256::new();
    for file in &files {
        sha256.update(read_file(file, RECORD_BYTES).map_err(|source| mirror(file, source))?);
    }
    let print = hex(&sha256.finalize());
    Ok(if fingerprint == Some(&print) {
        Fetched::Unchanged
    } else {
        Fetched::New(Records::Loose(files), Some(print))
    })
}

pub(crate) fn digest(file: &mut File) -> std::io::Result<String> {
    let mut sha256 = Sha256::new();
    let mut chunk = vec![0; 1 << 16];
    loop {
        let count = file.read(&mut chunk)?;
        if count == 0 {
            break;
        }
        sha256.update(chunk.get(..count).unwrap_or_default());
    }
    file.rewind()?;
    Ok(hex(&sha256.finalize()))
}

/// Lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a `String` cannot fail.
        write!(text, "{byte:02x}").unwrap_or_default();
        text
    })
}

fn spool(reader: &mut dyn Read, url: &str) -> Result<File, Error> {
    let fail = |source| Error::Mirror { place: url.to_owned(), source };
    let mut file = tempfile::tempfile().map_err(|error| fail(bounded::Error::Spool(error)))?;
    let copied = std::io::copy(&mut reader.take(ARCHIVE_BYTES), &mut file);
    copied.map_err(|error| fail(bounded::Error::Source(error)))?;
    file.flush().and_then(|()| file.rewind()).map_err(|error| fail(bounded::Error::Spool(error)))?;
    Ok(file)
}

fn open(file: File, place: &str) -> Result<Records, Error> {
    let limits = Limits { members: 10_000_000, ..Limits::default() };
    let archive = Archive::open(file, &limits);
    let archive = archive.map_err(|source| Error::Mirror { place: place.to_owned(), source })?;
    Ok(Records::Zip(Box::new(archive)))
}

impl Records {
    /// How many there are, about.
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Zip(archive) => archive.len(),
            Self::Loose(files) => files.len(),
        }
    }

    /// Shows each record: its name, and its bytes or why they cannot be read.
    pub(crate) fn for_each(self, mut visit: impl FnMut(&str, Result<Vec<u8>, bounded::Error>)) {
        match self {
            Self::Loose(files) => {
                for file in files {
                    visit(&file.display().to_string(), read_file(&file, RECORD_BYTES));
                }
            }
            Self::Zip(mut archive) => {
                for place in 0..archive.len() {
                    let name = archive.name(place).unwrap_or_default();
                    if name.ends_with(".json") {
                        let bytes = archive.member(place).and_then(|mut member| member.read(RECORD_BYTES));
                        visit(&name, bytes);
                    }
                }
            }
        }
    }
}
