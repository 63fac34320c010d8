//! Arch Linux security tracker: groups of issues that one version of a package has, or had.
//!
//! Published by Arch's security team as one JSON list of groups (AVG) with the packages, the issues, the version that is
//! affected and the one that mends it. Source: <https://security.archlinux.org/all.json>. Known gap: the tracker names a
//! version that is affected, not the first; all before the fix are taken to be.

use model::{Advisory, Affected, Event, FixStatus, Range, Rating, Reference, Severity};
use serde::Deserialize;
use serde_json::Value;

use crate::Error;
use crate::feed::{Document, Feed, Input};

pub(super) static FEED: Feed = Feed {
    name: "arch-tracker",
    title: "Arch Linux Security Tracker",
    version: 1,
    is_default: true,
    enriches: false,
    ecosystems: &["Arch Linux"],
    documents,
    parse,
};

/// What the words of severity mean.
static SEVERITIES: [(&str, Option<Severity>); 5] = [
    ("Critical", Some(Severity::Critical)),
    ("High", Some(Severity::High)),
    ("Medium", Some(Severity::Medium)),
    ("Low", Some(Severity::Low)),
    ("Unknown", None),
];

/// The largest document that is read; today's is a few MiB.
const DOCUMENT_BYTES: u64 = 128 << 20;

fn documents() -> Vec<Document> {
    vec![Document {
        name: "all.json".to_owned(),
        url: "https://security.archlinux.org/all.json".to_owned(),
        follow: &[],
    }]
}

#[derive(Deserialize)]
struct Group {
    name: String,
    packages: Vec<String>,
    status: String,
    severity: String,
    #[serde(rename = "type")]
    kind: Option<String>,
    fixed: Option<String>,
    #[serde(default)]
    issues: Vec<String>,
    #[serde(default)]
    advisories: Vec<String>,
}

fn parse(input: &mut Input<'_>) -> Result<(), Error> {
    let bytes = input.bytes(DOCUMENT_BYTES)?;
    let groups: Vec<Value> =
        serde_json::from_slice(&bytes).map_err(|error| input.wrong(error.to_string()))?;
    for (number, group) in (1_usize..).zip(groups) {
        match serde_json::from_value::<Group>(group) {
            Ok(group) => tell(group, input),
            Err(error) => input.malformed(&format!("group {number}"), error.to_string()),
        }
    }
    Ok(())
}

fn tell(group: Group, input: &mut Input<'_>) {
    let severity = SEVERITIES.iter().find(|(word, _)| *word == group.severity);
    if severity.is_none() {
        input.malformed(&group.name, format!("its severity `{}` is not known", group.severity));
    }
    let severity = severity.and_then(|(_, severity)| *severity);
    let fixed = group.fixed.filter(|version| !version.is_empty());
    let (fixed, status) = match (group.status.as_str(), fixed) {
        ("Not affected", _) => (None, Some(FixStatus::NotAffected)),
        ("Vulnerable", _) => (None, Some(FixStatus::Affected)),
        ("Unknown", _) => (None, Some(FixStatus::UnderInvestigation)),
        ("Fixed" | "Testing", Some(version)) => (Some(version), None),
        (word @ ("Fixed" | "Testing"), None) => {
            return input
                .malformed(&group.name, format!("its status is `{word}`, and the version is not said"));
        }
        (word, _) => return input.malformed(&group.name, format!("its status `{word}` is not known")),
    };
    let events = [Event::Introduced("0".to_owned())].into_iter().chain(fixed.map(Event::Fixed));
    let range = Range { events: events.collect() };
    let affected = |package| Affected {
        ecosystem: "Arch Linux".to_owned(),
        package,
        ranges: if status == Some(FixStatus::NotAffected) { Vec::new() } else { vec![range.clone()] },
        severity,
        status,
        ..Affected::default()
    };
    let url = format!("https://security.archlinux.org/{}", group.name);
    input.advisory(Advisory {
        upstream: group.issues,
        related: group.advisories,
        summary: group.kind.unwrap_or_default(),
        ratings: severity.into_iter().map(rating).collect(),
        references: vec![Reference { kind: "ADVISORY".to_owned(), url }],
        affected: group.packages.into_iter().map(affected).collect(),
        id: group.name,
        ..Advisory::default()
    });
}

fn rating(severity: Severity) -> Rating {
    Rating { source: "Arch Linux".to_owned(), vector: None, score: None, severity }
}
