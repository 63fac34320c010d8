//! The documents that Harbor takes from a scanner: its vulnerability report 1.1 and its report of packages 1.0.
//!
//! Source: <https://github.com/goharbor/pluggable-scanner-spec>, version 1.2.
//!
//! Harbor shows and counts what it is given, whatever the status says: what a decision takes out of the counts is not
//! in its report. It knows a row by id, package and version, so that there is one row for these, with the worst severity
//! of all it stands for. It has no place for gaps: where nothing was found and something could not be read, the severity
//! is `Unknown`, which is not `None`.

mod vulnerabilities;

use std::io::{self, Write};

use model::{Language, Report};
use serde_json::{Value, json};

use crate::{cyclonedx, document, spdx};

pub use vulnerabilities::vulnerabilities;

/// The media type of the report of vulnerabilities, as Harbor writes it.
pub const VULNERABILITIES: &str = "application/vnd.security.vulnerability.report; version=1.1";
/// The media type of the report of packages, as Harbor writes it.
pub const PACKAGES: &str = "application/vnd.security.sbom.report+json; version=1.0";

/// What Harbor asked about, which it is told again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Artifact {
    /// The repository, `library/mongo`.
    pub repository: String,
    /// The tag, when one was named.
    pub tag: Option<String>,
    /// The digest of the manifest.
    pub digest: String,
    /// The media type of the manifest.
    pub media_type: String,
}

/// How packages are listed within Harbor's report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PackageList {
    /// SPDX 2.3.
    Spdx,
    /// `CycloneDX` 1.6, without what is wrong with them.
    CycloneDx,
}

impl PackageList {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Spdx, Self::CycloneDx];

    /// Its media type.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Spdx => "application/spdx+json",
            Self::CycloneDx => "application/vnd.cyclonedx+json",
        }
    }

    /// The list of a media type.
    #[must_use]
    pub fn of_media_type(media_type: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|list| list.media_type() == media_type)
    }
}

/// Writes the packages of an image as Harbor takes them; `generated` is the time in RFC 3339.
///
/// # Errors
/// When `out` cannot be written.
pub fn packages(
    mut report: Report,
    artifact: &Artifact,
    list: PackageList,
    generated: &str,
    out: &mut dyn Write,
) -> io::Result<()> {
    // What is attached to an image stays with it, and what is known to be wrong does not stay the same.
    report.findings.clear();
    let reports = std::slice::from_ref(&report);
    let listed = match list {
        PackageList::Spdx => spdx::whole(reports),
        PackageList::CycloneDx => cyclonedx::bom(reports, Language::English),
    };
    let document = document::without_nulls(json!({
        "generated_at": generated,
        "artifact": described(artifact),
        "scanner": scanner(&report.tool.version),
        "vendor_attributes": { "packages": report.packages.len(), "gaps": report.gaps.len() },
        "media_type": list.media_type(),
        "sbom": listed,
    }));
    write(&document, out)
}

/// What Harbor is told of this program.
#[must_use]
pub fn scanner(version: &str) -> Value {
    json!({ "name": "Lazaret", "vendor": "Lazaret", "version": version })
}

fn described(artifact: &Artifact) -> Value {
    json!({
        "repository": artifact.repository,
        "tag": artifact.tag,
        "digest": artifact.digest,
        "mime_type": artifact.media_type,
    })
}

/// Harbor waits 5 s for all of it: nothing is written for the eye.
fn write(document: &Value, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(document::quiet(document, false)?.as_bytes())
}

#[cfg(test)]
mod tests;
