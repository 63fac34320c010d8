use serde::{Deserialize, Serialize};

use crate::{Rating, Reference, Severity};

/// One thing that is wrong with an image; `kind` in JSON is the id of the scan item.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind")]
pub enum Finding {
    /// A package with a known vulnerability.
    #[serde(rename = "vulnerabilities")]
    Vulnerability(Box<Vulnerability>),
}

/// The kinds of findings, named as `--checks` names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FindingKind {
    /// `vulnerabilities`
    Vulnerabilities,
}

impl Finding {
    /// Its severity.
    #[must_use]
    pub fn severity(&self) -> Severity {
        match self {
            Self::Vulnerability(vulnerability) => vulnerability.severity,
        }
    }

    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> FindingKind {
        match self {
            Self::Vulnerability(_) => FindingKind::Vulnerabilities,
        }
    }
}

/// What the publisher says can be done about a vulnerability in a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FixStatus {
    /// A version that mends it is published.
    Fixed,
    /// Affected, and no fix is published.
    Affected,
}

impl FixStatus {
    /// The word used in JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Fixed => "fixed",
            Self::Affected => "affected",
        }
    }
}

/// A vulnerability of one package at one place of the image.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Vulnerability {
    /// The vulnerability: its CVE where it has one, else the publisher's id.
    pub id: String,
    /// Its other ids, those of the matching records among them.
    pub aliases: Vec<String>,
    /// The records that matched.
    pub advisories: Vec<String>,
    /// One line.
    pub title: String,
    /// The publisher's text.
    pub description: String,
    /// How bad it is.
    pub severity: Severity,
    /// Who rated it so; absent when nobody did.
    #[serde(default)]
    pub severity_source: Option<String>,
    /// All ratings that are known.
    pub ratings: Vec<Rating>,
    /// Whether it is in CISA's catalogue of known exploited vulnerabilities.
    pub known_exploited: bool,
    /// The entry of that catalogue.
    #[serde(default)]
    pub kev: Option<KnownExploited>,
    /// Whether there is a fix.
    pub status: FixStatus,
    /// The package.
    pub package: String,
    /// Its type, as package URLs name it.
    pub package_type: String,
    /// The source package it was matched by, when that is another name.
    #[serde(default)]
    pub source_package: Option<String>,
    /// The installed version.
    pub installed_version: String,
    /// The lowest version that mends it.
    #[serde(default)]
    pub fixed_version: Option<String>,
    /// The package URL.
    pub purl: String,
    /// Where the package lies.
    pub paths: Vec<String>,
    /// The diff id of the layer that brought the package.
    #[serde(default)]
    pub layer: Option<String>,
    /// The instruction that made that layer.
    #[serde(default)]
    pub created_by: Option<String>,
    /// What to do.
    pub advice: String,
    /// Why it matched: the compared name and version and the range that holds it.
    pub evidence: String,
    /// Weakness ids.
    pub cwes: Vec<String>,
    /// Links.
    pub references: Vec<Reference>,
    /// When the oldest matching record was published, RFC 3339.
    #[serde(default)]
    pub published: Option<String>,
}

/// An entry of CISA's catalogue of known exploited vulnerabilities.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownExploited {
    /// The day it was listed.
    pub date_added: String,
    /// The day by which US agencies must have acted.
    pub due_date: String,
    /// Whether ransomware campaigns are known to use it.
    pub ransomware: bool,
    /// The action CISA asks for.
    pub required_action: String,
}
