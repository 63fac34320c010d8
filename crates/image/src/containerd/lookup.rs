//! Which image a name means.

use std::collections::BTreeMap;

use model::Digest;

use super::content::Content;
use super::messages::Record;
use super::opening::Reading;
use super::session::{Layout, Session};
use crate::{Error, Reference};

/// Candidates that are listed for a name that fits several images.
const SHOWN: usize = 10;

/// An image that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) namespace: String,
    /// What it is shown as.
    pub(super) name: String,
    /// The digest of its manifest or index.
    pub(super) digest: Digest,
    pub(super) media_type: String,
}

/// What one namespace has: its names for images.
struct Names {
    namespace: String,
    records: Vec<Record>,
}

/// The image of that name, digest or beginning of a digest.
pub(super) fn find(session: &Session, text: &str) -> Result<Found, Error> {
    let mut all = Vec::new();
    for namespace in session.namespaces()? {
        let records = session.images(&namespace)?;
        all.push(Names { namespace, records });
    }
    let qualified = text
        .split_once('/')
        .and_then(|(first, rest)| Some((all.iter().find(|names| names.namespace == first)?, rest)));
    if let Some((names, rest)) = qualified
        && let Some(found) = find_in(session, std::slice::from_ref(names), rest)?
    {
        return Ok(found);
    }
    if let Some(found) = find_in(session, &all, text)? {
        return Ok(found);
    }
    let namespaces: Vec<&str> = all.iter().map(|names| names.namespace.as_str()).collect();
    let searched = if namespaces.is_empty() { "no namespace".to_owned() } else { namespaces.join(", ") };
    Err(Error::NotFound {
        name: text.to_owned(),
        place: format!("containerd at `{}`", session.socket().display()),
        why: format!(
            "it has no such image in {searched}\nhint: `ctr --namespace NAMESPACE images list` lists those it has"
        ),
    })
}

fn find_in(session: &Session, all: &[Names], text: &str) -> Result<Option<Found>, Error> {
    let fits: [&dyn Fn(&Record) -> bool; 2] = [&|record| record.name == text, &|record| {
        Reference::parse(text).is_ok_and(|wanted| means(&wanted, record))
    }];
    for fit in fits {
        let mut pairs = all.iter().flat_map(|names| names.records.iter().map(move |record| (names, record)));
        if let Some(found) =
            pairs.find_map(|(names, record)| fit(record).then(|| found(names, record)).flatten())
        {
            return Ok(Some(found));
        }
    }
    by_digest(session, all, text)
}

/// Whether a name is the same when both are written out.
fn means(wanted: &Reference, record: &Record) -> bool {
    let Ok(own) = Reference::parse(&record.name) else { return false };
    let place = |name: &Reference| (name.registry().to_owned(), name.repository().to_owned());
    let digest = record.target.as_ref().map(|target| target.digest.as_str());
    match wanted.digest() {
        None => own == *wanted,
        Some(wanted_digest) => {
            let same = digest == Some(wanted_digest.to_string().as_str());
            place(&own) == place(wanted) && same && (wanted.tag().is_none() || wanted.tag() == own.tag())
        }
    }
}

fn found(names: &Names, record: &Record) -> Option<Found> {
    let target = record.target.as_ref()?;
    Some(Found {
        namespace: names.namespace.clone(),
        name: shown(names, record),
        digest: target.digest.parse().ok()?,
        media_type: target.media_type.clone(),
    })
}

/// The name people know the image by; Kubernetes keeps further ones, which are digests.
fn shown(names: &Names, record: &Record) -> String {
    let same = names.records.iter().filter(|other| digest_of(other) == digest_of(record));
    let plain = |name: &&str| !name.contains("sha256:");
    let other = same.map(|other| other.name.as_str()).find(plain);
    if plain(&record.name.as_str()) { record.name.clone() } else { other.unwrap_or(&record.name).to_owned() }
}

fn digest_of(record: &Record) -> &str {
    record.target.as_ref().map_or("", |target| target.digest.as_str())
}

/// The image whose manifest, index or configuration has a digest that begins so.
fn by_digest(session: &Session, all: &[Names], text: &str) -> Result<Option<Found>, Error> {
    let hex = text.strip_prefix("sha256:").unwrap_or(text);
    let digits = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    if hex.is_empty() || hex.len() > 64 || !hex.bytes().all(digits) {
        return Ok(None);
    }
    let begins = |digest: &str| digest.strip_prefix("sha256:").is_some_and(|digits| digits.starts_with(hex));
    let mut fitting: BTreeMap<String, Found> = BTreeMap::new();
    for names in all {
        // Kubernetes names every image by its configuration too.
        for record in names.records.iter().filter(|record| begins(digest_of(record)) || begins(&record.name))
        {
            if let Some(found) = found(names, record) {
                fitting.entry(digest_of(record).to_owned()).or_insert(found);
            }
        }
    }
    if fitting.is_empty() {
        fitting = by_parts(session, all, &begins)?;
    }
    let mut candidates = fitting.into_values();
    let first = candidates.next();
    let others: Vec<Found> = candidates.collect();
    if others.is_empty() {
        return Ok(first);
    }
    let listed: Vec<String> = first
        .iter()
        .chain(&others)
        .take(SHOWN)
        .map(|found| format!("{} ({}/{})", found.digest, found.namespace, found.name))
        .collect();
    let why = format!("it fits {} images: {}", others.len().saturating_add(1), listed.join(", "));
    Err(Error::Name { text: text.to_owned(), why })
}

/// Looks into the documents: a manifest of an index, or a configuration that has no name of its own.
fn by_parts(
    session: &Session,
    all: &[Names],
    begins: &dyn Fn(&str) -> bool,
) -> Result<BTreeMap<String, Found>, Error> {
    let layout: Layout = session.layout()?;
    let mut fitting = BTreeMap::new();
    for names in all {
        let content = Content::new(session, &layout, &names.namespace);
        for record in &names.records {
            let Some(found) = found(names, record) else { continue };
            let reading = Reading { content: &content, name: &found.name };
            // An image that is damaged has no parts that could be meant.
            let Ok(parts) = reading.parts(&found.digest, &found.media_type) else { continue };
            for part in parts {
                let Some(digest) = [&part.digest, &part.manifest.config.digest]
                    .into_iter()
                    .find(|digest| begins(&digest.to_string()))
                else {
                    continue;
                };
                let media_type = String::new();
                let found = Found { digest: part.digest.clone(), media_type, ..found.clone() };
                fitting.entry(digest.to_string()).or_insert(found);
            }
        }
    }
    Ok(fitting)
}
