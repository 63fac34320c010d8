//! What is wrong with one content: vulnerabilities of its packages, and the findings of all other kinds, as rows alike.

use model::FindingKind;

use crate::hash::hash;
use crate::sql::{On, Sql};
use crate::{Database, Error};

/// One finding of one content, before any decision.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The word of [`model::FindingKind`].
    pub kind: String,
    /// SHA-256 of [`model::Finding::key`]: the same in every scan.
    pub fingerprint: String,
    /// What is wrong, by its public id.
    pub rule: String,
    /// Its other ids, for a vulnerability.
    pub aliases: Vec<String>,
    /// From 0, unknown, to 5, critical.
    pub severity: i64,
    /// One line.
    pub title_en: String,
    /// The same in Chinese, where there is one.
    pub title_zh: String,
    /// The word of [`model::FixStatus`], for a vulnerability.
    pub status: Option<String>,
    /// The lowest version that mends it.
    pub fixed_version: Option<String>,
    /// The package it is about, by name; empty for none.
    pub package: String,
    /// The package's version.
    pub version: String,
    /// The package's type, as package URLs name it.
    pub package_type: String,
    /// The package URL.
    pub purl: String,
    /// Its first path; empty for none.
    pub path: String,
    /// The position of its layer, the lowest being 0.
    pub layer: Option<i64>,
    /// Whether the base image brought it; nothing when no base image is known.
    pub from_base: Option<bool>,
    /// Whether it is known to be exploited.
    pub exploited: bool,
    /// How likely it is to be exploited, from 0 to 1.
    pub epss: Option<f64>,
    /// The worst base score.
    pub cvss: Option<f64>,
    /// From 0 to 100, to sort by; 0 for what is no vulnerability.
    pub risk: f64,
    /// When the oldest record was published, RFC 3339.
    pub published: Option<String>,
    /// When it was first known of this content, in milliseconds since 1970.
    pub first_seen: i64,
    /// What judging itself takes out of the counts: [`model::Suppression`] as JSON.
    pub suppressed: Option<String>,
    /// The row of the package, for a vulnerability.
    pub package_id: Option<i64>,
}

impl Row {
    /// Whether a version that mends it is published.
    #[must_use]
    pub fn fixable(&self) -> bool {
        self.fixed_version.is_some()
    }
}

/// As the database gives a vulnerability.
#[derive(sqlx::FromRow)]
struct Matched {
    rule: String,
    aliases: Option<String>,
    severity: i64,
    title: Option<String>,
    status: String,
    fixed_version: Option<String>,
    package: String,
    version: String,
    package_type: String,
    purl: String,
    path: String,
    layer: Option<i64>,
    from_base: Option<bool>,
    exploited: bool,
    epss: Option<f64>,
    cvss: Option<f64>,
    risk: f64,
    published: Option<String>,
    first_seen: i64,
    suppressed: Option<String>,
    package_id: i64,
}

/// As the database gives a finding of another kind.
#[derive(sqlx::FromRow)]
struct Other {
    kind: String,
    fingerprint: String,
    rule: String,
    severity: i64,
    title_en: String,
    title_zh: String,
    package: String,
    path: String,
    layer: Option<i64>,
    from_base: Option<bool>,
    first_seen: i64,
    detail: String,
}

/// The fingerprint of a finding: the same in every scan.
#[must_use]
pub fn fingerprint(finding: &model::Finding) -> String {
    hash(&finding.key())
}

/// The fingerprint of a vulnerability, from the words that [`model::Finding::key`] is made of.
#[must_use]
pub fn fingerprint_of(rule: &str, purl: &str, path: &str) -> String {
    hash(&format!("{}|{rule}|{purl}|{path}", FindingKind::Vulnerabilities.word()))
}

/// Every finding of one content, of all kinds, in no order.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn of_content(database: &Database, content: i64) -> Result<Vec<Row>, Error> {
    let mut rows = vulnerabilities(database, content).await?;
    rows.extend(others(database, content).await?);
    Ok(rows)
}

async fn vulnerabilities(on: impl Into<On<'_>>, content: i64) -> Result<Vec<Row>, Error> {
    let found: Vec<Matched> = Sql::read(
        "read the vulnerabilities of an image",
        "SELECT pv.vulnerability AS rule, v.aliases, pv.severity, v.title, pv.status, pv.fixed_version, \
         p.name AS package, p.version, p.kind AS package_type, p.purl, cp.path, cp.layer, cp.from_base, \
         pv.exploited, pv.epss, v.cvss, pv.risk, v.published, \
         CASE WHEN c.first_seen > pv.first_seen THEN c.first_seen ELSE pv.first_seen END AS first_seen, \
         pv.suppressed, p.id AS package_id \
         FROM content c JOIN content_package cp ON cp.content_id = c.id \
         JOIN package_vulnerability pv ON pv.package_id = cp.package_id \
         JOIN package p ON p.id = cp.package_id \
         LEFT JOIN vulnerability v ON v.id = pv.vulnerability",
    )
    .with(" WHERE c.id = ", content)
    .all(on)
    .await?;
    Ok(found.into_iter().map(Matched::row).collect())
}

async fn others(on: impl Into<On<'_>>, content: i64) -> Result<Vec<Row>, Error> {
    let found: Vec<Other> = Sql::read(
        "read the findings of an image",
        "SELECT kind, fingerprint, rule, severity, title_en, title_zh, package, path, layer, from_base, \
         first_seen, detail FROM finding",
    )
    .with(" WHERE content_id = ", content)
    .all(on)
    .await?;
    Ok(found.into_iter().map(Other::row).collect())
}

impl Matched {
    fn row(self) -> Row {
        let title = self.title.unwrap_or_default();
        // What is there was written as a list of texts.
        let aliases =
            self.aliases.and_then(|aliases| serde_json::from_str(&aliases).ok()).unwrap_or_default();
        Row {
            kind: FindingKind::Vulnerabilities.word().to_owned(),
            fingerprint: fingerprint_of(&self.rule, &self.purl, &self.path),
            aliases,
            title_zh: title.clone(),
            title_en: title,
            rule: self.rule,
            severity: self.severity,
            status: Some(self.status),
            fixed_version: self.fixed_version,
            package: self.package,
            version: self.version,
            package_type: self.package_type,
            purl: self.purl,
            path: self.path,
            layer: self.layer,
            from_base: self.from_base,
            exploited: self.exploited,
            epss: self.epss,
            cvss: self.cvss,
            risk: self.risk,
            published: self.published,
            first_seen: self.first_seen,
            suppressed: self.suppressed,
            package_id: Some(self.package_id),
        }
    }
}

impl Other {
    fn row(self) -> Row {
        // What is there was written as a finding; without its details the row still counts.
        let detail = serde_json::from_str::<model::Finding>(&self.detail).ok();
        let version =
            detail.as_ref().and_then(|detail| detail.package()).map(|(_, version)| version.to_owned());
        let purl = detail.as_ref().and_then(|detail| detail.purl()).map(str::to_owned);
        let suppressed = detail.and_then(|detail| serde_json::to_string(&detail.suppressed?).ok());
        Row {
            kind: self.kind,
            fingerprint: self.fingerprint,
            rule: self.rule,
            aliases: Vec::new(),
            severity: self.severity,
            title_en: self.title_en,
            title_zh: self.title_zh,
            status: None,
            fixed_version: None,
            package: self.package,
            version: version.unwrap_or_default(),
            package_type: String::new(),
            purl: purl.unwrap_or_default(),
            path: self.path,
            layer: self.layer,
            from_base: self.from_base,
            exploited: false,
            epss: None,
            cvss: None,
            risk: 0.0,
            published: None,
            first_seen: self.first_seen,
            suppressed,
            package_id: None,
        }
    }
}
