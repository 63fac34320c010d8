//! The ignore file, `.lazaret.toml`: what people decided by themselves. Described in `docs/suppressing.md`.

use model::{Detail, Finding, FindingKind, Glob, NotAGlob, Severity, SuppressionStatus};
use serde::Deserialize;
use toml::Spanned;

use crate::document::{Document, Lines};
use crate::purl::Purl;
use crate::{Error, day};

/// One entry of an ignore file.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    /// The file and the line.
    pub(crate) source: String,
    /// What it is about, in short.
    pub(crate) subject: String,
    pub(crate) status: SuppressionStatus,
    pub(crate) reason: String,
    /// The last day on which it holds.
    pub(crate) until: String,
    /// Whether that day is over.
    pub(crate) expired: bool,
    id: Option<Glob>,
    kind: Option<FindingKind>,
    severity: Option<Severity>,
    package: Option<Glob>,
    purl: Option<Purl>,
    path: Option<Glob>,
    fingerprint: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    ignore: Vec<Spanned<Raw>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    id: Option<Spanned<String>>,
    kind: Option<FindingKind>,
    severity: Option<Severity>,
    package: Option<Spanned<String>>,
    purl: Option<Spanned<String>>,
    path: Option<Spanned<String>>,
    fingerprint: Option<Spanned<String>>,
    #[serde(default = "accepted")]
    status: SuppressionStatus,
    reason: Option<Spanned<String>>,
    until: Option<Spanned<toml::Value>>,
}

fn accepted() -> SuppressionStatus {
    SuppressionStatus::Accepted
}

/// Reads an ignore file.
pub(crate) fn parse(name: &str, text: &str, today: &str) -> Result<Vec<Entry>, Error> {
    let document = Document::new(name, text);
    let file: File = document.toml()?;
    let lines = Lines::of(document);
    file.ignore.into_iter().map(|raw| entry(document, &lines, raw, today)).collect()
}

fn entry(document: Document<'_>, lines: &Lines, raw: Spanned<Raw>, today: &str) -> Result<Entry, Error> {
    let span = raw.span();
    let line = lines.line(span.start);
    let raw = raw.into_inner();
    let fail = |why: &str| document.error(span.clone(), why);
    let subject = subject(&raw);
    if subject.is_empty() {
        return Err(fail(
            "an entry must say what it is about: give `id`, `package`, `purl`, `path` or `fingerprint`",
        ));
    }
    let reason = raw.reason.ok_or_else(|| fail("an entry needs a `reason`"))?;
    if reason.get_ref().trim().is_empty() {
        return Err(document.error(reason.span(), "the reason is empty: say why this does not count"));
    }
    let until = raw
        .until
        .ok_or_else(|| fail("an entry needs the last day on which it holds, such as `until = 2027-01-31`"))?;
    let until = last_day(document, &until)?;
    Ok(Entry {
        source: format!("{}:{line}", document.name),
        subject,
        status: raw.status,
        reason: reason.into_inner().trim().to_owned(),
        expired: today > until.as_str(),
        until,
        id: glob(document, raw.id, Glob::name)?,
        kind: raw.kind,
        severity: raw.severity,
        package: glob(document, raw.package, Glob::name)?,
        purl: raw.purl.map(|purl| package_url(document, &purl)).transpose()?,
        path: glob(document, raw.path, Glob::path)?,
        fingerprint: raw.fingerprint.map(|text| fingerprint(document, &text)).transpose()?,
    })
}

/// What an entry says it is about; empty when it says nothing.
fn subject(raw: &Raw) -> String {
    let said = [&raw.id, &raw.package, &raw.purl, &raw.path, &raw.fingerprint];
    let said: Vec<&str> = said.into_iter().flatten().map(|text| text.get_ref().as_str()).collect();
    said.join(" ")
}

fn glob(
    document: Document<'_>,
    text: Option<Spanned<String>>,
    read: fn(&str) -> Result<Glob, NotAGlob>,
) -> Result<Option<Glob>, Error> {
    text.map(|text| read(text.get_ref()).map_err(|why| document.error(text.span(), why.to_string())))
        .transpose()
}

fn package_url(document: Document<'_>, text: &Spanned<String>) -> Result<Purl, Error> {
    let purl = Purl::parse(text.get_ref())
        .ok_or_else(|| document.error(text.span(), "not a package URL, such as `pkg:deb/debian/openssl`"))?;
    if purl.is_range() {
        return Err(document
            .error(text.span(), "ranges of versions are not known: give one version, or none for all"));
    }
    Ok(purl)
}

fn fingerprint(document: Document<'_>, text: &Spanned<String>) -> Result<String, Error> {
    if text.get_ref().is_empty() {
        return Err(document.error(text.span(), "the fingerprint is empty"));
    }
    Ok(text.get_ref().clone())
}

fn last_day(document: Document<'_>, until: &Spanned<toml::Value>) -> Result<String, Error> {
    let text = match until.get_ref() {
        toml::Value::Datetime(moment) => moment.date.map(|date| date.to_string()).unwrap_or_default(),
        toml::Value::String(text) => text.clone(),
        _ => String::new(),
    };
    if text == "never" {
        let why = "a decision must end: give the last day on which it holds, and look at it again then";
        return Err(document.error(until.span(), why));
    }
    if day::number(&text).is_none() {
        return Err(document.error(until.span(), "not a day, such as 2027-01-31"));
    }
    Ok(text)
}

/// What entries are found by, so that not every entry is held against every finding.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(crate) enum Handle {
    Id(String),
    Fingerprint(String),
    Package(String),
    Coordinate(String),
    /// Only patterns: to be held against everything.
    Pattern,
}

impl Entry {
    /// What it is found by: the narrowest thing it names exactly.
    pub(crate) fn handle(&self) -> Handle {
        if let Some(id) = self.id.as_ref().and_then(Glob::exact) {
            return Handle::Id(id.to_owned());
        }
        if let Some(fingerprint) = &self.fingerprint {
            return Handle::Fingerprint(fingerprint.clone());
        }
        if let Some(purl) = &self.purl {
            return Handle::Coordinate(purl.coordinate());
        }
        match self.package.as_ref().and_then(Glob::exact) {
            Some(package) => Handle::Package(package.to_owned()),
            None => Handle::Pattern,
        }
    }

    /// Whether it is about a finding: all that it says is so.
    pub(crate) fn covers(&self, finding: &Finding, purl: Option<&Purl>) -> bool {
        self.kind.is_none_or(|kind| kind == finding.kind())
            && self.severity.is_none_or(|severity| severity == finding.severity)
            && self.fingerprint.as_ref().is_none_or(|wanted| fingerprints(finding).contains(&wanted.as_str()))
            && self.purl.as_ref().is_none_or(|wanted| purl.is_some_and(|purl| wanted.covers(purl)))
            && self.id.as_ref().is_none_or(|glob| ids(finding).any(|id| glob.matches_name(id)))
            && self.package.as_ref().is_none_or(|glob| packages(finding).any(|name| glob.matches_name(name)))
            && self.path.as_ref().is_none_or(|glob| has_all_paths(finding, glob))
    }
}

/// The id of a finding and its other ids.
pub(crate) fn ids(finding: &Finding) -> impl Iterator<Item = &str> {
    let aliases: &[String] = match &finding.detail {
        Detail::Vulnerability(found) => &found.aliases,
        _ => &[],
    };
    std::iter::once(finding.id.as_str()).chain(aliases.iter().map(String::as_str))
}

/// The names of a finding's package: its own and its source package's.
pub(crate) fn packages(finding: &Finding) -> impl Iterator<Item = &str> {
    let source = match &finding.detail {
        Detail::Vulnerability(found) => found.source_package.as_deref(),
        _ => None,
    };
    finding.package().map(|(name, _)| name).into_iter().chain(source)
}

/// What tells a secret or a malicious file from all others.
pub(crate) fn fingerprints(finding: &Finding) -> Vec<&str> {
    match &finding.detail {
        Detail::Secret(found) => vec![&found.fingerprint],
        Detail::Malware(found) => vec![&found.sha256, &found.md5],
        _ => Vec::new(),
    }
}

/// Whether a finding lies somewhere, and nowhere else than a pattern says.
pub(crate) fn has_all_paths(finding: &Finding, glob: &Glob) -> bool {
    let paths = finding.paths();
    !paths.is_empty() && paths.iter().all(|path| glob.matches(path))
}
