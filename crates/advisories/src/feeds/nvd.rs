//! NVD 2.0: the National Vulnerability Database of NIST, by year.
//!
//! One JSON document for each year and one of what changed last, written as the answers of the API are: an object
//! around the array `vulnerabilities`. Source: <https://nvd.nist.gov/developers/vulnerabilities> and its JSON schema.
//! A CVE is told with everybody's ratings, its weaknesses and text, whoever it concerns; its configurations become
//! entries of the ecosystem `CPE`.
//!
//! Known gap: only a few links of each record are kept.

mod configurations;
mod record;

use std::time::{SystemTime, UNIX_EPOCH};

use model::{Advisory, Rating, Reference, Severity};

use crate::Error;
use crate::elements::{Elements, Next};
use crate::feed::{Document, Feed, Input};
use record::{Item, Metric, Record, Word};

pub(super) static FEED: Feed = Feed {
    name: "nvd",
    title: "National Vulnerability Database (NIST)",
    version: 1,
    is_default: true,
    enriches: true,
    ecosystems: &["CPE"],
    documents,
    parse,
};

/// The first document holds this year and all before it.
const FIRST_YEAR: u16 = 2002;
/// The largest records, with thousands of configurations, have about a tenth of this.
const RECORD_BYTES: usize = 32 << 20;
/// As many links of a record are kept.
const REFERENCES: usize = 10;

fn documents() -> Vec<Document> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let today = model::day_of(now.as_secs());
    let this_year = today.split('-').next().and_then(|year| year.parse().ok()).unwrap_or(FIRST_YEAR);
    let years = (FIRST_YEAR..=this_year).map(|year| year.to_string());
    let document = |part: String| {
        let name = format!("nvdcve-2.0-{part}.json.gz");
        Document { url: format!("https://nvd.nist.gov/feeds/json/cve/2.0/{name}"), name, follow: &[] }
    };
    // What changed last comes last, and so holds where both tell of a CVE.
    years.chain(["modified".to_owned()]).map(document).collect()
}

fn parse(input: &mut Input<'_>) -> Result<(), Error> {
    let mut elements = Elements::new("vulnerabilities", RECORD_BYTES);
    let mut buffer = Vec::new();
    for number in 1_u64.. {
        let next = elements.next(input.reader(), &mut buffer).map_err(|why| input.wrong(why))?;
        match next {
            Next::End => break,
            Next::TooLong => {
                input.malformed(
                    &format!("record {number}"),
                    format!("it is longer than {RECORD_BYTES} bytes"),
                );
            }
            Next::Element => match serde_json::from_slice::<Item<'_>>(&buffer) {
                Err(error) => input.malformed(&format!("record {number}"), error.to_string()),
                Ok(Item { cve }) if !cve.id.starts_with("CVE-") || cve.id.len() > 32 => {
                    input.malformed(&format!("record {number}"), "its id is not that of a CVE");
                }
                Ok(Item { cve }) => input.advisory(advisory(&cve)),
            },
        }
    }
    Ok(())
}

fn advisory(record: &Record<'_>) -> Advisory {
    let is_rejected = record.status.as_deref() == Some("Rejected");
    let modified = time(&record.modified);
    Advisory {
        id: record.id.to_string(),
        details: english(&record.descriptions).unwrap_or_default().to_owned(),
        published: time(&record.published),
        withdrawn: is_rejected.then(|| modified.clone()),
        modified,
        ratings: record.metrics.all().filter_map(rating).collect(),
        references: record.references.iter().take(REFERENCES).map(reference).collect(),
        cwes: weaknesses(record),
        affected: configurations::affected(&record.configurations),
        ..Advisory::default()
    }
}

fn english<'a>(words: &'a [Word<'_>]) -> Option<&'a str> {
    words.iter().find(|word| word.lang == "en").map(|word| &*word.value)
}

/// NVD's times are UTC and do not say so.
fn time(text: &str) -> String {
    let is_whole =
        text.is_empty() || text.ends_with('Z') || text.get(19..).is_some_and(|rest| rest.contains('+'));
    if is_whole { text.to_owned() } else { format!("{text}Z") }
}

/// Rates as the metric says, in its own words where it has them: CVSS 2 knows no `CRITICAL`.
///
/// | `baseSeverity` | severity |
/// |---|---|
/// | `CRITICAL` | critical |
/// | `HIGH` | high |
/// | `MEDIUM` | medium |
/// | `LOW` | low |
/// | `NONE`, none said | by the score: 0 is negligible |
fn rating(metric: &Metric<'_>) -> Option<Rating> {
    let data = metric.data.as_ref()?;
    let score = data.score.filter(|score| (0.0..=10.0).contains(score));
    let word = data.severity.as_deref().or(metric.severity.as_deref()).and_then(|word| word.parse().ok());
    let severity = word
        .filter(|severity| *severity != Severity::Unknown)
        .or_else(|| score.map(Severity::of_score))
        .unwrap_or_default();
    let vector = data.vector.as_deref().map(str::to_owned);
    if vector.is_none() && score.is_none() {
        return None;
    }
    Some(Rating { source: rater(&metric.source).to_owned(), vector, score, severity })
}

/// Who rates, by the address or the number NVD knows them by; who is not in the table is named by that.
const RATERS: &[(&str, &str)] = &[
    ("nvd@nist.gov", "NVD"),
    ("134c704f-9b21-4f2e-91b3-4a467353bcc0", "CISA-ADP"),
    ("af854a3a-2127-422b-91ae-364da2661108", "CVE"),
    ("416baaa9-dc9f-4396-8d5f-8c081fb06d67", "Linux"),
    ("9119a7d8-5eab-497f-8521-727c672e3725", "CISA"),
    ("cve@mitre.org", "MITRE"),
    ("secalert@redhat.com", "Red Hat"),
    ("security-advisories@github.com", "GitHub"),
    ("security@apache.org", "Apache"),
    ("security@debian.org", "Debian"),
    ("security@ubuntu.com", "Canonical"),
    ("secalert_us@oracle.com", "Oracle"),
    ("secure@microsoft.com", "Microsoft"),
    ("chrome-cve-admin@google.com", "Chrome"),
    ("openssl-security@openssl.org", "OpenSSL"),
    ("security@golang.org", "Go"),
    ("product-security@apple.com", "Apple"),
    ("security@mozilla.org", "Mozilla"),
    ("meissner@suse.de", "SUSE"),
    ("report@snyk.io", "Snyk"),
    ("security@huntr.dev", "huntr"),
];

fn rater(source: &str) -> &str {
    RATERS.iter().find(|(known, _)| *known == source).map_or(source, |(_, name)| name)
}

fn reference(reference: &record::Link<'_>) -> Reference {
    let has = |tag: &str| reference.tags.iter().any(|known| known.0 == tag);
    let kind = match () {
        () if has("Patch") => "FIX",
        () if has("Vendor Advisory") => "ADVISORY",
        () if has("Exploit") => "EVIDENCE",
        () => "WEB",
    };
    Reference { kind: kind.to_owned(), url: reference.url.to_string() }
}

/// The weaknesses that have a number; `NVD-CWE-noinfo` and `NVD-CWE-Other` tell nothing.
fn weaknesses(record: &Record<'_>) -> Vec<String> {
    let named = record.weaknesses.iter().flat_map(|weakness| &weakness.description);
    let mut ids: Vec<String> =
        named.filter(|word| word.value.starts_with("CWE-")).map(|word| word.value.to_string()).collect();
    ids.sort();
    ids.dedup();
    ids
}
