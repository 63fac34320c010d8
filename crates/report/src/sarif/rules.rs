//! The rules of a run: one for each id and kind of finding in it.

use std::collections::HashMap;

use model::{Detail, Finding, FindingKind, Language, Report, Severity};
use serde_json::{Value, json};

use crate::address;
use crate::markdown::literal;

/// The longest short description in characters; GitHub shows no more than 1024.
const SHORT: usize = 1000;

/// The most tags GitHub looks at.
const TAGS: usize = 10;

/// The rules, in the order their first results stand in.
pub(super) struct Rules {
    pub(super) described: Vec<Value>,
    places: HashMap<String, usize>,
}

/// The id of a finding's rule: of a vulnerability its own, of other kinds with the kind before it.
pub(super) fn id(finding: &Finding) -> String {
    match finding.kind() {
        FindingKind::Vulnerabilities => finding.id.clone(),
        kind => format!("{}.{}", kind.word(), finding.id),
    }
}

impl Rules {
    /// The rules that a report's findings are of.
    pub(super) fn of(report: &Report, language: Language) -> Self {
        let mut places: HashMap<String, usize> = HashMap::new();
        let mut groups: Vec<(String, Vec<&Finding>)> = Vec::new();
        for finding in &report.findings {
            let id = id(finding);
            let place = *places.entry(id.clone()).or_insert(groups.len());
            match groups.get_mut(place) {
                Some((_, findings)) => findings.push(finding),
                None => groups.push((id, vec![finding])),
            }
        }
        let described = groups
            .iter()
            .filter_map(|(id, findings)| Some(describe(id, findings.first()?, findings, language)))
            .collect();
        Self { described, places }
    }

    /// The place of a rule among them.
    pub(super) fn place(&self, id: &str) -> Option<usize> {
        self.places.get(id).copied()
    }
}

fn describe(id: &str, first: &Finding, findings: &[&Finding], language: Language) -> Value {
    let severity = findings.iter().map(|finding| finding.severity).max().unwrap_or_default();
    let score = findings.iter().map(|finding| score(finding)).fold(0.0, f64::max);
    let title = first.title(language);
    let title = if title.trim().is_empty() { &first.id } else { title };
    let description = first.description(language);
    let description = if description.trim().is_empty() { title } else { description };
    let link = first.references().into_iter().find_map(address::of_link);
    let mut tags = vec!["security".to_owned(), first.kind().word().to_owned()];
    if let Detail::Vulnerability(found) = &first.detail {
        let weaknesses = found.cwes.iter().take(TAGS - tags.len());
        tags.extend(weaknesses.map(|cwe| format!("external/cwe/{}", cwe.to_ascii_lowercase())));
    }
    json!({
        "id": id,
        "shortDescription": { "text": super::plain(&title.chars().take(SHORT).collect::<String>()) },
        "fullDescription": { "text": super::plain(&description.chars().take(SHORT).collect::<String>()) },
        "helpUri": link,
        "help": { "text": super::plain(&help_text(first, language)), "markdown": help_markdown(first, language) },
        "defaultConfiguration": { "level": super::level(severity) },
        "properties": {
            "tags": tags,
            "precision": precision(first),
            "security-severity": format!("{score:.1}"),
        },
    })
}

/// How often a finding of this kind is what it says: known versions and settings nearly always, patterns mostly.
fn precision(finding: &Finding) -> &'static str {
    match &finding.detail {
        Detail::Vulnerability(_) | Detail::Baseline(_) | Detail::Compliance(_) | Detail::BaseImage(_) => {
            "very-high"
        }
        Detail::Malware(found) if found.engine == "hashes" => "very-high",
        Detail::Malware(_) | Detail::Secret(_) => "high",
    }
}

/// The number GitHub sorts by: the CVSS score when it leads to the severity the finding has, else the middle of the
/// range of that severity.
fn score(finding: &Finding) -> f64 {
    if let Detail::Vulnerability(found) = &finding.detail {
        let scores = found.ratings.iter().filter(|rating| rating.severity == finding.severity);
        let worst = scores.filter_map(|rating| rating.score).fold(0.0, f64::max);
        if Severity::of_score(worst) == finding.severity && worst > 0.0 {
            return worst;
        }
    }
    match finding.severity {
        Severity::Critical => 9.5,
        Severity::High => 8.0,
        Severity::Medium => 5.5,
        Severity::Low => 2.0,
        Severity::Negligible => 0.1,
        Severity::Unknown => 0.0,
    }
}

fn help_text(finding: &Finding, language: Language) -> String {
    let mut parts = vec![finding.description(language).to_owned(), finding.advice(language).to_owned()];
    parts.extend(finding.references().into_iter().filter_map(address::of_link));
    parts.retain(|part| !part.trim().is_empty());
    if parts.is_empty() { finding.id.clone() } else { parts.join("\n") }
}

/// The same as Markdown; nothing in a text becomes a mark-up of its own.
fn help_markdown(finding: &Finding, language: Language) -> String {
    let mut parts = vec![format!("**{}**", literal(&finding.id)), literal(finding.description(language))];
    let advice = finding.advice(language);
    if !advice.is_empty() {
        parts.push(format!("**{}** {}", language.pick("Advice:", "修复建议："), literal(advice)));
    }
    let links: Vec<String> = finding
        .references()
        .into_iter()
        .filter_map(address::of_link)
        .map(|link| format!("* <{link}>"))
        .collect();
    parts.push(links.join("\n"));
    parts.retain(|part| !part.trim().is_empty());
    parts.join("\n\n")
}
