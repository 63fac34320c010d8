//! The vulnerabilities of a document, and the decisions about them.

use std::collections::{BTreeMap, HashMap};

use model::{
    Detail, Finding, Language, Rating, Report, Severity, Suppression, SuppressionStatus, Vulnerability,
};
use serde_json::{Value, json};

use super::{Components, property};
use crate::document::Names;
use crate::{address, moment};

/// The vulnerabilities of a report. Findings that differ in nothing but the package they are about are one entry.
pub(super) fn of(
    report: &Report,
    image: &Components<'_>,
    language: Language,
    names: &mut Names,
) -> Vec<Value> {
    let mut entries: Vec<Entry<'_>> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for finding in &report.findings {
        let Detail::Vulnerability(found) = &finding.detail else {
            continue;
        };
        let described = describe(finding, found, language);
        let place = *places.entry(described.to_string()).or_insert(entries.len());
        if place == entries.len() {
            entries.push(Entry { id: &finding.id, described, affects: BTreeMap::new() });
        }
        if let Some(entry) = entries.get_mut(place) {
            let version = version(finding, found);
            entry.affects.extend(image.subjects(finding).into_iter().map(|name| (name, version.clone())));
        }
    }
    entries
        .into_iter()
        .map(|Entry { id, mut described, affects }| {
            let affects: Vec<Value> = affects
                .into_iter()
                .map(|(name, version)| json!({ "ref": name, "versions": [version] }))
                .collect();
            if let Value::Object(members) = &mut described {
                members.insert("bom-ref".to_owned(), names.unique(&format!("vulnerability:{id}")).into());
                members.insert("affects".to_owned(), affects.into());
            }
            described
        })
        .collect()
}

/// One vulnerability and the references of what it affects, with the versions.
struct Entry<'a> {
    id: &'a str,
    described: Value,
    affects: BTreeMap<String, Value>,
}

/// The installed version and whether it is affected.
fn version(finding: &Finding, found: &Vulnerability) -> Value {
    let unaffected = finding
        .suppressed
        .as_ref()
        .is_some_and(|decision| !matches!(decision.status, SuppressionStatus::Accepted));
    json!({
        "version": super::components::short(&found.installed_version),
        "status": if unaffected { "unaffected" } else { "affected" },
    })
}

fn describe(finding: &Finding, found: &Vulnerability, language: Language) -> Value {
    let mut ratings: Vec<Value> = vec![json!({
        "source": found.severity_source.as_ref().map(|name| json!({ "name": name })),
        "severity": severity(finding.severity),
        "method": "other",
    })];
    ratings.extend(found.ratings.iter().map(rating));
    let advisories: Vec<Value> = found
        .references
        .iter()
        .filter_map(|link| Some(json!({ "title": link.kind, "url": address::of_link(&link.url)? })))
        .collect();
    let cwes: Vec<u64> = found.cwes.iter().filter_map(|cwe| cwe.strip_prefix("CWE-")?.parse().ok()).collect();
    let other: Vec<Value> = found
        .aliases
        .iter()
        .filter(|alias| **alias != finding.id)
        .map(|alias| json!({ "id": alias, "source": source(alias) }))
        .collect();
    let kev = found.kev.as_ref();
    let properties: Vec<Value> = [
        property("status", found.status.word().to_owned()),
        property("fixedVersion", found.fixed_version.clone()),
        property("severity", finding.severity.word().to_owned()),
        property("advisories", found.advisories.join(" ")),
        property("knownExploited", found.known_exploited.then(|| "true".to_owned())),
        property("epss", found.epss.map(|epss| format!("{:.5}", epss.score))),
        property("risk", format!("{:.2}", found.risk)),
        property("knownExploitedDueDate", kev.map(|kev| kev.due_date.clone())),
        property("layer", finding.layer.clone()),
        property("fromBase", finding.from_base.map(|from_base| from_base.to_string())),
    ]
    .into_iter()
    .flatten()
    .collect();
    let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    json!({
        "id": finding.id,
        "source": source(&finding.id),
        "references": other,
        "ratings": ratings,
        "cwes": cwes.into_iter().filter(|cwe| *cwe >= 1).collect::<Vec<_>>(),
        "description": text(&found.title),
        "detail": text(&found.description),
        "recommendation": text(found.advice.of(language)),
        "advisories": advisories,
        "published": found.published.as_deref().and_then(moment::utc),
        "analysis": finding.suppressed.as_ref().map(analysis),
        "properties": properties,
    })
}

/// Who gives ids of this form.
fn source(id: &str) -> Value {
    let known = [
        ("CVE-", "NVD", "https://nvd.nist.gov/vuln/detail/"),
        ("GHSA-", "GitHub", "https://github.com/advisories/"),
        ("DSA-", "Debian", "https://security-tracker.debian.org/tracker/"),
        ("DLA-", "Debian", "https://security-tracker.debian.org/tracker/"),
        ("USN-", "Ubuntu", "https://ubuntu.com/security/notices/"),
        ("GO-", "Go", "https://pkg.go.dev/vuln/"),
    ];
    match known.iter().find(|(prefix, _, _)| id.starts_with(prefix)) {
        Some((_, name, address)) => {
            json!({ "name": name, "url": format!("{address}{}", address::encode(id, |_| false)) })
        }
        None => {
            let address = format!("https://osv.dev/vulnerability/{}", address::encode(id, |_| false));
            json!({ "name": "OSV", "url": address })
        }
    }
}

fn rating(rating: &Rating) -> Value {
    let vector = rating.vector.as_deref();
    let method = match vector {
        Some(vector) if vector.starts_with("CVSS:4.") => "CVSSv4",
        Some(vector) if vector.starts_with("CVSS:3.1/") => "CVSSv31",
        Some(vector) if vector.starts_with("CVSS:3.") => "CVSSv3",
        Some(vector) if vector.starts_with("AV:") => "CVSSv2",
        _ => "other",
    };
    json!({
        "source": { "name": rating.source },
        "score": rating.score,
        "severity": severity(rating.severity),
        "method": method,
        "vector": vector,
    })
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Negligible => "info",
        other => other.word(),
    }
}

/// A decision in the words of the standard. It has no word for a risk that somebody accepts: such an entry has no state,
/// only the answer that nothing will be done.
fn analysis(decision: &Suppression) -> Value {
    let state = match decision.status {
        SuppressionStatus::Accepted => None,
        SuppressionStatus::NotAffected => Some("not_affected"),
        SuppressionStatus::Fixed => Some("resolved"),
        SuppressionStatus::FalsePositive => Some("false_positive"),
    };
    let until = decision.until.as_ref().map(|until| format!(", until {until}")).unwrap_or_default();
    json!({
        "state": state,
        "justification": state.filter(|state| *state == "not_affected").and_then(|_| justification(&decision.reason)),
        "response": (decision.status == SuppressionStatus::Accepted).then_some(["will_not_fix"]),
        "detail": format!("{} ({}{until})", decision.reason, decision.source),
    })
}

/// The justification a reason begins with, in this standard's words; a reason in free words has none.
fn justification(reason: &str) -> Option<&'static str> {
    let known = [
        ("component_not_present", "code_not_present"),
        ("vulnerable_code_not_present", "code_not_present"),
        ("vulnerable_code_not_in_execute_path", "code_not_reachable"),
        ("vulnerable_code_cannot_be_controlled_by_adversary", "protected_by_mitigating_control"),
        ("inline_mitigations_already_exist", "protected_by_mitigating_control"),
        ("code_not_present", "code_not_present"),
        ("code_not_reachable", "code_not_reachable"),
        ("requires_configuration", "requires_configuration"),
        ("requires_dependency", "requires_dependency"),
        ("requires_environment", "requires_environment"),
        ("protected_by_compiler", "protected_by_compiler"),
        ("protected_at_runtime", "protected_at_runtime"),
        ("protected_at_perimeter", "protected_at_perimeter"),
        ("protected_by_mitigating_control", "protected_by_mitigating_control"),
    ];
    let word = reason.split(|c: char| !(c.is_ascii_lowercase() || c == '_')).next().unwrap_or_default();
    known.iter().find(|(from, _)| *from == word).map(|(_, to)| *to)
}
