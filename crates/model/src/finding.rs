use serde::{Deserialize, Serialize};

use crate::{Baseline, Compliance, Language, Malware, Secret, Severity, Suppression, Text, Vulnerability};

/// One thing that is wrong with an image.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Finding {
    /// What is wrong, by its public id: a CVE, a rule, a check.
    pub id: String,
    /// How bad it is.
    pub severity: Severity,
    /// The diff id of the layer that brought it; absent for a directory, and for what belongs to no layer.
    #[serde(default)]
    pub layer: Option<String>,
    /// The instruction of the build history that made that layer.
    #[serde(default)]
    pub created_by: Option<String>,
    /// Whether the base image brought it; absent when no base image is known.
    #[serde(default)]
    pub from_base: Option<bool>,
    /// The decision that takes it out of the count, when there is one.
    #[serde(default)]
    pub suppressed: Option<Suppression>,
    /// What belongs to its kind; `kind` in JSON is the id of the scan item.
    #[serde(flatten)]
    pub detail: Detail,
}

/// What belongs to a finding of one kind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(tag = "kind")]
pub enum Detail {
    /// A package with a known vulnerability.
    #[serde(rename = "vulnerabilities")]
    Vulnerability(Box<Vulnerability>),
    /// A file made to do harm.
    #[serde(rename = "malware")]
    Malware(Box<Malware>),
    /// A setting that is not safe.
    #[serde(rename = "baseline")]
    Baseline(Box<Baseline>),
    /// A key, token or password that lies open.
    #[serde(rename = "secrets")]
    Secret(Box<Secret>),
    /// Software or a licence that is not allowed.
    #[serde(rename = "compliance")]
    Compliance(Box<Compliance>),
    /// An image that is not built from an approved base image.
    #[serde(rename = "base-image")]
    BaseImage(Box<UnapprovedBase>),
}

/// The kinds of findings, named as `--checks` names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum FindingKind {
    /// `vulnerabilities`
    Vulnerabilities,
    /// `malware`
    Malware,
    /// `baseline`
    Baseline,
    /// `secrets`
    Secrets,
    /// `compliance`
    Compliance,
    /// `base-image`
    BaseImage,
}

/// What is said when an image has no approved base image.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct UnapprovedBase {
    /// One line.
    pub title: Text,
    /// More about it.
    pub description: Text,
    /// What to do.
    pub advice: Text,
}

impl FindingKind {
    /// All of them, in the order reports show them.
    pub const ALL: [Self; 6] = [
        Self::Vulnerabilities,
        Self::Malware,
        Self::Secrets,
        Self::Baseline,
        Self::Compliance,
        Self::BaseImage,
    ];

    /// The id used by `--checks` and in JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Vulnerabilities => "vulnerabilities",
            Self::Malware => "malware",
            Self::Baseline => "baseline",
            Self::Secrets => "secrets",
            Self::Compliance => "compliance",
            Self::BaseImage => "base-image",
        }
    }
}

impl Finding {
    /// A finding that no layer, base image or decision is known for yet.
    pub fn new(id: impl Into<String>, severity: Severity, detail: Detail) -> Self {
        Self {
            id: id.into(),
            severity,
            layer: None,
            created_by: None,
            from_base: None,
            suppressed: None,
            detail,
        }
    }

    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> FindingKind {
        match self.detail {
            Detail::Vulnerability(_) => FindingKind::Vulnerabilities,
            Detail::Malware(_) => FindingKind::Malware,
            Detail::Baseline(_) => FindingKind::Baseline,
            Detail::Secret(_) => FindingKind::Secrets,
            Detail::Compliance(_) => FindingKind::Compliance,
            Detail::BaseImage(_) => FindingKind::BaseImage,
        }
    }

    /// One line that says what is wrong.
    #[must_use]
    pub fn title(&self, language: Language) -> &str {
        match &self.detail {
            Detail::Vulnerability(found) => &found.title,
            Detail::Malware(found) => found.title.of(language),
            Detail::Baseline(found) => found.title.of(language),
            Detail::Secret(found) => found.title.of(language),
            Detail::Compliance(found) => found.title.of(language),
            Detail::BaseImage(found) => found.title.of(language),
        }
    }

    /// More about it.
    #[must_use]
    pub fn description(&self, language: Language) -> &str {
        match &self.detail {
            Detail::Vulnerability(found) => &found.description,
            Detail::Malware(found) => found.description.of(language),
            Detail::Baseline(found) => found.description.of(language),
            Detail::Secret(found) => found.description.of(language),
            Detail::Compliance(found) => found.description.of(language),
            Detail::BaseImage(found) => found.description.of(language),
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn advice(&self, language: Language) -> &str {
        match &self.detail {
            Detail::Vulnerability(found) => found.advice.of(language),
            Detail::Malware(found) => found.advice.of(language),
            Detail::Baseline(found) => found.advice.of(language),
            Detail::Secret(found) => found.advice.of(language),
            Detail::Compliance(found) => found.advice.of(language),
            Detail::BaseImage(found) => found.advice.of(language),
        }
    }

    /// Where in the image it lies: paths without a leading slash.
    #[must_use]
    pub fn paths(&self) -> &[String] {
        match &self.detail {
            Detail::Vulnerability(found) => &found.paths,
            Detail::Malware(found) => std::slice::from_ref(&found.path),
            Detail::Baseline(found) => &found.paths,
            Detail::Secret(found) => found.path.as_slice(),
            Detail::Compliance(found) => &found.paths,
            Detail::BaseImage(_) => &[],
        }
    }

    /// The line of the file, for what lies on one, from 1.
    #[must_use]
    pub fn line(&self) -> Option<u32> {
        match &self.detail {
            Detail::Secret(found) => found.line,
            _ => None,
        }
    }

    /// The package and its version, for what is about a package.
    #[must_use]
    pub fn package(&self) -> Option<(&str, &str)> {
        match &self.detail {
            Detail::Vulnerability(found) => Some((&found.package, &found.installed_version)),
            Detail::Compliance(found) => {
                Some((found.package.as_deref()?, found.version.as_deref().unwrap_or_default()))
            }
            _ => None,
        }
    }

    /// The package URL, for what is about a package.
    #[must_use]
    pub fn purl(&self) -> Option<&str> {
        match &self.detail {
            Detail::Vulnerability(found) => Some(&found.purl),
            Detail::Compliance(found) => found.purl.as_deref(),
            _ => None,
        }
    }

    /// Links.
    #[must_use]
    pub fn references(&self) -> Vec<&str> {
        match &self.detail {
            Detail::Vulnerability(found) => found.references.iter().map(|link| link.url.as_str()).collect(),
            Detail::Malware(found) => found.references.iter().map(String::as_str).collect(),
            Detail::Baseline(found) => found.references.iter().map(String::as_str).collect(),
            Detail::Compliance(found) => found.references.iter().map(String::as_str).collect(),
            Detail::Secret(_) | Detail::BaseImage(_) => Vec::new(),
        }
    }

    /// What tells this finding from every other of the same image, and stays the same from scan to scan.
    #[must_use]
    pub fn key(&self) -> String {
        let own = match &self.detail {
            Detail::Vulnerability(found) => {
                format!("{}|{}", found.purl, found.paths.first().map_or("", String::as_str))
            }
            Detail::Malware(found) => format!("{}|{}", found.path, found.sha256),
            Detail::Baseline(_) | Detail::BaseImage(_) => String::new(),
            Detail::Secret(found) => {
                format!("{}|{}", found.path.as_deref().unwrap_or(&found.place), found.fingerprint)
            }
            Detail::Compliance(found) => format!(
                "{}|{}",
                found.purl.as_deref().unwrap_or_default(),
                found.paths.first().map_or("", String::as_str)
            ),
        };
        format!("{}|{}|{own}", self.kind().word(), self.id)
    }
}
