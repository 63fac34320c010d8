//! One row for each vulnerability of a package in a version.

use std::collections::HashMap;
use std::io::{self, Write};

use model::{Detail, Finding, FixStatus, Language, Rating, Report, Severity, Vulnerability};
use serde_json::{Value, json};

use super::{Artifact, described, scanner, write};
use crate::{address, document};

/// Harbor keeps names and versions in an index of its database, which refuses longer ones.
const LONGEST_NAME: usize = 500;
/// The longest text about one vulnerability.
const LONGEST_TEXT: usize = 10_000;
/// The most links of one.
const LINKS: usize = 20;
/// The most places of one.
const PATHS: usize = 10;

/// Writes what is wrong with the packages of an image as Harbor takes it; `generated` is the time in RFC 3339.
///
/// # Errors
/// When `out` cannot be written.
pub fn vulnerabilities(
    report: &Report,
    artifact: &Artifact,
    generated: &str,
    out: &mut dyn Write,
) -> io::Result<()> {
    let rows = rows(report);
    let worst = rows.iter().map(|row| row.severity).max();
    let overall = match worst {
        Some(severity) => word(severity),
        None if report.gaps.is_empty() => "None",
        None => word(Severity::Unknown),
    };
    let document = document::without_nulls(json!({
        "generated_at": generated,
        "artifact": described(artifact),
        "scanner": scanner(&report.tool.version),
        "severity": overall,
        "vulnerabilities": rows.iter().map(Row::written).collect::<Vec<_>>(),
    }));
    write(&document, out)
}

/// All findings that Harbor holds to be one.
struct Row<'a> {
    id: String,
    package: String,
    version: String,
    severity: Severity,
    finding: &'a Finding,
    found: &'a Vulnerability,
    paths: Vec<&'a str>,
    purls: Vec<&'a str>,
}

/// The rows in the order of the findings, the worst first.
fn rows(report: &Report) -> Vec<Row<'_>> {
    let mut rows: Vec<Row<'_>> = Vec::new();
    let mut places: HashMap<(String, String, String), usize> = HashMap::new();
    for finding in report.findings.iter().filter(|finding| finding.suppressed.is_none()) {
        let Detail::Vulnerability(found) = &finding.detail else { continue };
        if found.status == FixStatus::NotAffected {
            continue;
        }
        let name = |text: &str| cut(text, LONGEST_NAME);
        let (id, package, version) =
            (name(&finding.id), name(&found.package), name(&found.installed_version));
        let place = *places.entry((id.clone(), package.clone(), version.clone())).or_insert(rows.len());
        if place == rows.len() {
            let (paths, purls) = (Vec::new(), Vec::new());
            let severity = finding.severity;
            rows.push(Row { id, package, version, severity, finding, found, paths, purls });
        }
        if let Some(row) = rows.get_mut(place) {
            row.severity = row.severity.max(finding.severity);
            row.paths.extend(found.paths.iter().map(String::as_str));
            if !row.purls.contains(&found.purl.as_str()) {
                row.purls.push(&found.purl);
            }
        }
    }
    rows
}

impl Row<'_> {
    fn written(&self) -> Value {
        let found = self.found;
        let links = found.references.iter().filter_map(|link| address::of_link(&link.url));
        let mut texts = vec![found.title.as_str(), found.description.as_str()];
        texts.retain(|text| !text.is_empty());
        json!({
            "id": self.id,
            "package": self.package,
            "version": self.version,
            "fix_version": cut(found.fixed_version.as_deref().unwrap_or_default(), LONGEST_NAME),
            "severity": word(self.severity),
            "status": found.status.word(),
            "description": cut(&texts.join("\n\n"), LONGEST_TEXT),
            "links": links.take(LINKS).collect::<Vec<_>>(),
            "preferred_cvss": cvss(found),
            "cwe_ids": found.cwes,
            "vendor_attributes": self.attributes(),
        })
    }

    /// What Harbor keeps with a row without knowing what it means.
    fn attributes(&self) -> Value {
        let found = self.found;
        let advice = found.advice.of(Language::English);
        let strings = |texts: &[&str]| {
            let texts = texts.iter().take(PATHS).map(|text| cut(text, LONGEST_NAME));
            texts.collect::<Vec<_>>()
        };
        json!({
            "advice": Some(cut(advice, LONGEST_TEXT)).filter(|advice| !advice.is_empty()),
            "advisories": found.advisories,
            "aliases": found.aliases,
            "severity_source": found.severity_source,
            "known_exploited": found.known_exploited,
            "epss": found.epss.map(|epss| epss.score),
            "risk": found.risk,
            "package_type": found.package_type,
            "purls": strings(&self.purls),
            "paths": strings(&self.paths),
            "layer": self.finding.layer,
            "from_base": self.finding.from_base,
        })
    }
}

/// The scores of both versions of CVSS that Harbor knows: those of whoever set the severity, or else the first.
fn cvss(found: &Vulnerability) -> Value {
    let of = |is_version: fn(&str) -> bool| {
        let rated = |rating: &&Rating| rating.vector.as_deref().is_some_and(is_version);
        let own = |rating: &&Rating| found.severity_source.as_ref() == Some(&rating.source);
        let mut rated = found.ratings.iter().filter(rated);
        rated.clone().find(own).or_else(|| rated.next())
    };
    let version_3 = of(|vector| vector.starts_with("CVSS:3."));
    let version_2 = of(|vector| vector.starts_with("AV:"));
    let vector = |rating: Option<&Rating>| rating.and_then(|rating| rating.vector.clone());
    json!({
        "score_v3": version_3.and_then(|rating| rating.score),
        "vector_v3": vector(version_3),
        "score_v2": version_2.and_then(|rating| rating.score),
        "vector_v2": vector(version_2),
    })
}

/// A severity as Harbor writes it; any other word counts as worse than critical there.
fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Unknown => "Unknown",
        Severity::Negligible => "Negligible",
        Severity::Low => "Low",
        Severity::Medium => "Medium",
        Severity::High => "High",
        Severity::Critical => "Critical",
    }
}

/// The beginning of a text, as PostgreSQL takes it: Harbor keeps it there.
fn cut(text: &str, most: usize) -> String {
    text.chars().take(most).map(|character| if character == '\0' { '\u{fffd}' } else { character }).collect()
}
