//! OSV records, read into the inner model.
//!
//! Source: the OSV schema 1.7, <https://ossf.github.io/osv-schema/>. Publishers add words of their own under
//! `database_specific` and `ecosystem_specific`; those that tell a severity are understood.

use model::{Advisory, Affected, Event, Range, Rating, Reference, Severity};
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
struct Record {
    id: String,
    #[serde(default)]
    aliases: Option<Vec<String>>,
    #[serde(default)]
    upstream: Option<Vec<String>>,
    #[serde(default)]
    related: Option<Vec<String>>,
    #[serde(default)]
    summary: Option<String>,
    #[serde(default)]
    details: Option<String>,
    #[serde(default)]
    published: Option<String>,
    #[serde(default)]
    modified: Option<String>,
    #[serde(default)]
    withdrawn: Option<String>,
    #[serde(default)]
    severity: Option<Vec<SeverityEntry>>,
    #[serde(default)]
    references: Option<Vec<ReferenceEntry>>,
    #[serde(default)]
    affected: Option<Vec<AffectedEntry>>,
    #[serde(default)]
    database_specific: Value,
}

#[derive(Deserialize)]
struct SeverityEntry {
    #[serde(rename = "type", default)]
    kind: Option<String>,
    #[serde(default)]
    score: Value,
}

#[derive(Deserialize)]
struct ReferenceEntry {
    #[serde(rename = "type", default)]
    kind: String,
    #[serde(default)]
    url: String,
}

#[derive(Deserialize)]
struct AffectedEntry {
    #[serde(default)]
    package: Option<PackageEntry>,
    #[serde(default)]
    ranges: Option<Vec<RangeEntry>>,
    #[serde(default)]
    versions: Option<Vec<String>>,
    #[serde(default)]
    severity: Option<Vec<SeverityEntry>>,
    #[serde(default)]
    ecosystem_specific: Value,
    #[serde(default)]
    database_specific: Value,
}

#[derive(Deserialize)]
struct PackageEntry {
    #[serde(default)]
    ecosystem: String,
    #[serde(default)]
    name: String,
}

#[derive(Deserialize)]
struct RangeEntry {
    #[serde(rename = "type", default)]
    kind: String,
    #[serde(default)]
    events: Option<Vec<EventEntry>>,
}

#[derive(Deserialize)]
struct EventEntry {
    introduced: Option<String>,
    fixed: Option<String>,
    last_affected: Option<String>,
    limit: Option<String>,
}

/// Reads one record.
///
/// Entries of `affected` without a package or with nothing but git commits are left out; ranges of git commits too.
///
/// # Errors
/// When the bytes are not JSON of the schema's shape; the text says where.
pub fn parse(bytes: &[u8]) -> Result<Advisory, String> {
    let record: Record = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    if record.id.is_empty() || record.id.len() > 256 {
        return Err("its id is empty or longer than 256 bytes".to_owned());
    }
    let mut ratings: Vec<Rating> = record.severity.iter().flatten().filter_map(rating).collect();
    let entries = record.affected.unwrap_or_default();
    for entry in &entries {
        ratings.extend(entry.severity.iter().flatten().filter_map(rating));
    }
    ratings.extend(word(&record.database_specific, &["severity", "severity_word"]).map(|severity| Rating {
        source: database(&record.id),
        vector: None,
        score: None,
        severity,
    }));
    ratings.dedup();
    Ok(Advisory {
        aliases: record.aliases.unwrap_or_default(),
        upstream: record.upstream.unwrap_or_default(),
        related: record.related.unwrap_or_default(),
        summary: record.summary.unwrap_or_default(),
        details: record.details.unwrap_or_default(),
        published: record.published.unwrap_or_default(),
        modified: record.modified.unwrap_or_default(),
        withdrawn: record.withdrawn,
        ratings,
        references: references(record.references),
        cwes: cwes(&record.database_specific),
        affected: entries.into_iter().filter_map(affected).collect(),
        id: record.id,
    })
}

/// The publisher, by the prefix of its ids.
fn database(id: &str) -> String {
    id.split('-').next().unwrap_or_default().to_owned()
}

fn rating(entry: &SeverityEntry) -> Option<Rating> {
    let text = match &entry.score {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    let source = entry.kind.clone().unwrap_or_else(|| "score".to_owned());
    if let Ok(vector) = text.parse::<cvss::Cvss>() {
        let score = (vector.score() * 10.0).round() / 10.0;
        return Some(Rating {
            source,
            vector: Some(text),
            score: Some(score),
            severity: Severity::of_score(score),
        });
    }
    if let Some(score) = text.parse().ok().filter(|score| (0.0..=10.0).contains(score)) {
        return Some(Rating {
            source,
            vector: None,
            score: Some(score),
            severity: Severity::of_score(score),
        });
    }
    if let Ok(severity) = text.parse() {
        return Some(Rating { source, vector: None, score: None, severity });
    }
    // A vector that cannot be scored is still what the publisher said.
    Some(Rating { source, vector: Some(text), score: None, severity: Severity::Unknown })
}

fn word(specific: &Value, fields: &[&str]) -> Option<Severity> {
    fields.iter().find_map(|field| specific.get(field)?.as_str()?.trim_end_matches(['*', ' ']).parse().ok())
}

fn references(entries: Option<Vec<ReferenceEntry>>) -> Vec<Reference> {
    let entries = entries.unwrap_or_default().into_iter();
    entries.map(|entry| Reference { kind: entry.kind, url: entry.url }).collect()
}

fn cwes(specific: &Value) -> Vec<String> {
    let listed = specific.get("cwe_ids").or_else(|| specific.get("cwes")).and_then(Value::as_array);
    let id = |entry: &Value| {
        entry
            .as_str()
            .or_else(|| entry.get("cweId")?.as_str())
            .filter(|id| id.starts_with("CWE-"))
            .map(str::to_owned)
    };
    listed.into_iter().flatten().filter_map(id).collect()
}

fn affected(entry: AffectedEntry) -> Option<Affected> {
    let package =
        entry.package.filter(|package| !package.name.is_empty() && !package.ecosystem.is_empty())?;
    let ranges: Vec<Range> =
        entry.ranges.unwrap_or_default().into_iter().filter(|range| range.kind != "GIT").map(range).collect();
    let versions = entry.versions.unwrap_or_default();
    if ranges.is_empty() && versions.is_empty() {
        return None;
    }
    let severity = word(&entry.ecosystem_specific, &["urgency", "severity"])
        .or_else(|| word(&entry.database_specific, &["severity"]))
        .or_else(|| entry.severity.iter().flatten().filter_map(rating).map(|rating| rating.severity).max());
    Some(Affected {
        ecosystem: package.ecosystem,
        package: package.name,
        ranges,
        versions,
        severity,
        ..Affected::default()
    })
}

fn range(entry: RangeEntry) -> Range {
    let mut events = Vec::new();
    for event in entry.events.unwrap_or_default() {
        events.extend(event.introduced.map(Event::Introduced));
        events.extend(event.fixed.map(Event::Fixed));
        events.extend(event.last_affected.map(Event::LastAffected));
        events.extend(event.limit.map(Event::Limit));
    }
    Range { events }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_publishers_write() {
        let text = br#"{"id":"GHSA-1","aliases":["CVE-2020-1"],"related":null,"modified":"2020-01-01T00:00:00Z",
            "severity":[{"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"},{"score":"7.5"}],
            "affected":[{"package":{"ecosystem":"npm","name":"a"},"ranges":[{"type":"GIT","events":[{"introduced":"0"}]},
            {"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"1.0.0"}]}]},{"ranges":[]}],
            "database_specific":{"severity":"MODERATE","cwe_ids":["CWE-79"]}}"#;
        let advisory = parse(text).unwrap();
        let severities: Vec<Severity> = advisory.ratings.iter().map(|rating| rating.severity).collect();
        assert_eq!(severities, [Severity::Critical, Severity::High, Severity::Medium]);
        assert_eq!(advisory.ratings[0].score, Some(9.8));
        assert_eq!(advisory.affected.len(), 1);
        assert_eq!(advisory.affected[0].ranges.len(), 1);
        assert_eq!(advisory.cwes, ["CWE-79"]);
    }

    #[test]
    fn says_where_a_record_is_wrong() {
        assert!(parse(b"{\"id\":").unwrap_err().contains("line 1"));
        assert!(parse(b"{}").unwrap_err().contains("id"));
        assert!(parse(br#"{"id":"x","affected":7}"#).is_err());
    }
}
