//! Fetching the documents of feeds: from where they are published, from a mirror, or from a file or directory of the
//! user's own.

use std::io::Read;
use std::path::Path;

use crate::Error;
use crate::feed::{Document, Feed};
use crate::gather::gather;
use crate::mirror::{DOCUMENT_BYTES, Fetched, Mirror, OSV_URL, digest, fetch};

/// The directory of feeds in a mirror.
const FEEDS_DIRECTORY: &str = "feeds";

/// Where the documents of one feed are taken from, when not from where all else is.
#[derive(Debug)]
pub struct Own {
    /// The feed's name.
    pub feed: String,
    /// A file that is its document, a directory of its documents, or a web address above them.
    pub place: Mirror,
}

/// The bytes of a document.
pub(crate) type Body = Box<dyn Read + Send>;

/// Fetches a document; nothing where there is none.
pub(crate) fn document(
    mirror: &Mirror,
    own: Option<&Own>,
    feed: &Feed,
    document: &Document,
    fingerprint: Option<&str>,
) -> Result<Option<Fetched<Body>>, Error> {
    match (own.map(|own| &own.place), mirror) {
        (Some(Mirror::Directory(path)), _) if path.is_file() => {
            let is_it =
                path.file_name().is_some_and(|name| *name == *document.name) || (feed.documents)().len() == 1;
            if is_it { local(path, fingerprint) } else { Ok(None) }
        }
        (Some(Mirror::Directory(path)), _) => local(&path.join(&document.name), fingerprint),
        (Some(Mirror::Web { base, client }), _) => web(client, &[base, &document.name], fingerprint),
        (None, Mirror::Directory(path)) => {
            local(&path.join(FEEDS_DIRECTORY).join(feed.name).join(&document.name), fingerprint)
        }
        (None, Mirror::Web { base, client }) if base == OSV_URL => {
            let Some(url) = follow(client, document)? else { return Ok(None) };
            if !url.contains('\n') {
                return get(client, &url, fingerprint);
            }
            Ok(Some(match gather(client, &url, fingerprint)? {
                Fetched::Unchanged => Fetched::Unchanged,
                Fetched::New(archive, print) => Fetched::New(Box::new(archive), print),
            }))
        }
        (None, Mirror::Web { base, client }) => {
            web(client, &[base, FEEDS_DIRECTORY, feed.name, &document.name], fingerprint)
        }
    }
}

fn local(path: &Path, fingerprint: Option<&str>) -> Result<Option<Fetched<Body>>, Error> {
    if !path.is_file() {
        return Ok(None);
    }
    let fail = |source| Error::Mirror { place: path.display().to_string(), source };
    let mut file = bounded::open_file(path).map_err(fail)?;
    let print = digest(&mut file).map_err(Error::file("read", path))?;
    Ok(Some(if fingerprint == Some(&print) {
        Fetched::Unchanged
    } else {
        Fetched::New(Box::new(file), Some(print))
    }))
}

fn web(
    client: &net::Client,
    parts: &[&str],
    fingerprint: Option<&str>,
) -> Result<Option<Fetched<Body>>, Error> {
    let (base, parts) = parts.split_first().unwrap_or((&"", &[]));
    let names = parts.iter().flat_map(|part| part.split('/')).map(net::encode_component);
    let url = names.fold((*base).to_owned(), |url, name| format!("{url}/{name}"));
    get(client, &url, fingerprint)
}

fn get(client: &net::Client, url: &str, fingerprint: Option<&str>) -> Result<Option<Fetched<Body>>, Error> {
    match client.fetch(url, fingerprint) {
        Ok(net::Fetch::Unchanged) => Ok(Some(Fetched::Unchanged)),
        Ok(net::Fetch::Body { reader, fingerprint, .. }) => Ok(Some(Fetched::New(reader, fingerprint))),
        Err(source) if source.status() == Some(404) => Ok(None),
        Err(source) => Err(Error::Network { url: url.to_owned(), source }),
    }
}

/// The address of the document itself, or those of its parts, one a line.
fn follow(client: &net::Client, document: &Document) -> Result<Option<String>, Error> {
    let mut url = document.url.clone();
    for step in document.follow {
        let body = match fetch(client, &url, None, DOCUMENT_BYTES) {
            Ok(Fetched::New(body, _)) => body,
            Ok(Fetched::Unchanged) => return Ok(None),
            Err(Error::Network { source, .. }) if source.status() == Some(404) => return Ok(None),
            Err(error) => return Err(error),
        };
        let wrong = |why| Error::Format { what: format!("`{url}`"), why };
        url = step(&url, &body).map_err(wrong)?;
    }
    Ok(Some(url))
}

/// What tells whether the ways a document is read have changed: the feed's version is part of its fingerprint.
pub(crate) fn versioned(feed: &Feed, fingerprint: Option<String>) -> Option<String> {
    fingerprint.map(|fingerprint| format!("{} {fingerprint}", feed.version))
}

/// The fingerprint without the version, when the feed still reads as it did.
pub(crate) fn unversioned<'a>(feed: &Feed, fingerprint: &'a str) -> Option<&'a str> {
    let (version, fingerprint) = fingerprint.split_once(' ')?;
    (version == feed.version.to_string()).then_some(fingerprint)
}
