//! Debian's security tracker: what each CVE means for each source package in each release.
//!
//! Published by the Debian security team as one JSON document: package, CVE, and for each release its status, the
//! version that mends it, an urgency, and why there is no advisory. Source:
//! <https://security-tracker.debian.org/tracker/data/json>; the words are explained in
//! <https://security-team.debian.org/security_tracker.html>. Known gaps: releases leave the document when they are no
//! longer supported, and packages that were removed from a release are not said to be.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{BufReader, Read as _};

use model::{Advisory, Affected, Event, FixStatus, Range, Reference, Severity};
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, MapAccess, Visitor};
use serde_json::Value;

use crate::Error;
use crate::feed::{Document, Feed, Input, Telling};

pub(super) static FEED: Feed = Feed {
    name: "debian-tracker",
    title: "Debian Security Tracker",
    version: 1,
    is_default: true,
    enriches: false,
    ecosystems: &["Debian"],
    documents,
    parse,
};

/// The numbers of the releases, by their code names. One that is not here is still unnumbered: its ecosystem goes by
/// the code name, as its images do.
static RELEASES: [(&str, &str); 13] = [
    ("bookworm", "12"),
    ("bullseye", "11"),
    ("buster", "10"),
    ("etch", "4.0"),
    ("jessie", "8"),
    ("lenny", "5.0"),
    ("potato", "2.2"),
    ("sarge", "3.1"),
    ("squeeze", "6.0"),
    ("stretch", "9"),
    ("trixie", "13"),
    ("wheezy", "7"),
    ("woody", "3.0"),
];

/// What the words of urgency mean. Those with asterisks were set by a program, not by a person.
static SEVERITIES: [(&str, Option<Severity>); 11] = [
    ("unimportant", Some(Severity::Negligible)),
    ("low", Some(Severity::Low)),
    ("low*", Some(Severity::Low)),
    ("low**", Some(Severity::Low)),
    ("medium", Some(Severity::Medium)),
    ("medium*", Some(Severity::Medium)),
    ("medium**", Some(Severity::Medium)),
    ("high", Some(Severity::High)),
    ("high**", Some(Severity::High)),
    ("not yet assigned", None),
    ("end-of-life", None),
];

/// The longest document that is read.
const DOCUMENT_BYTES: u64 = 512 << 20;

fn documents() -> Vec<Document> {
    vec![Document {
        name: "tracker.json".to_owned(),
        url: "https://security-tracker.debian.org/tracker/data/json".to_owned(),
        follow: &[],
    }]
}

fn parse(input: &mut Input<'_>) -> Result<(), Error> {
    let (reader, telling) = input.parts();
    let reader = BufReader::with_capacity(64 << 10, reader.take(DOCUMENT_BYTES));
    let mut deserializer = serde_json::Deserializer::from_reader(reader);
    let read = Packages { telling }.deserialize(&mut deserializer).and_then(|()| deserializer.end());
    read.map_err(|error| input.wrong(error.to_string()))
}

/// The outer map, from packages to their issues; told as it is read.
struct Packages<'a> {
    telling: Telling<'a>,
}

impl<'de> DeserializeSeed<'de> for Packages<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Packages<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of packages")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        while let Some(package) = map.next_key::<String>()? {
            map.next_value_seed(Issues { package: &package, telling: &mut self.telling })?;
        }
        Ok(())
    }
}

/// The issues of one package.
struct Issues<'a, 'b> {
    package: &'a str,
    telling: &'a mut Telling<'b>,
}

impl<'de> DeserializeSeed<'de> for Issues<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Issues<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object of the issues of `{}`", self.package)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        // Of whatever shape an issue is, those after it are read.
        while let Some((id, issue)) = map.next_entry::<String, Value>()? {
            tell(self.package, &id, issue, self.telling);
        }
        Ok(())
    }
}

#[derive(Deserialize)]
struct Issue {
    #[serde(default)]
    description: Option<String>,
    releases: BTreeMap<String, Value>,
}

#[derive(Deserialize)]
struct Release {
    status: String,
    #[serde(default)]
    fixed_version: Option<String>,
    #[serde(default)]
    urgency: Option<String>,
    #[serde(default)]
    nodsa_reason: Option<String>,
}

fn tell(package: &str, id: &str, issue: Value, telling: &mut Telling<'_>) {
    let what = format!("{id} of {package}");
    let issue: Issue = match serde_json::from_value(issue) {
        Ok(issue) => issue,
        Err(error) => return telling.malformed(&what, error.to_string()),
    };
    let mut concerned = Vec::new();
    for (codename, release) in issue.releases {
        let read = serde_json::from_value(release).map_err(|error| error.to_string());
        let mut complain = |why| telling.malformed(&format!("{what} in {codename}"), why);
        match read.and_then(|release| affected(package, &codename, release, &mut complain)) {
            Ok(affected) => concerned.push(affected),
            Err(why) => complain(why),
        }
    }
    if concerned.is_empty() {
        return;
    }
    let is_cve = id.starts_with("CVE-");
    telling.advisory(Advisory {
        id: if is_cve { format!("DEBIAN-{id}") } else { id.to_owned() },
        upstream: if is_cve { vec![id.to_owned()] } else { Vec::new() },
        details: issue.description.unwrap_or_default(),
        references: vec![Reference {
            kind: "ADVISORY".to_owned(),
            url: format!("https://security-tracker.debian.org/tracker/{id}"),
        }],
        affected: concerned,
        ..Advisory::default()
    });
}

/// What is said of one release. A word of urgency that is not known is complained of and does not hide the rest.
fn affected(
    package: &str,
    codename: &str,
    release: Release,
    complain: &mut dyn FnMut(String),
) -> Result<Affected, String> {
    let urgency = release.urgency.as_deref().unwrap_or("not yet assigned");
    let known = SEVERITIES.iter().find(|(word, _)| *word == urgency);
    if known.is_none() {
        complain(format!("the urgency `{urgency}` is not known"));
    }
    let (fixed, status) = match (release.status.as_str(), release.fixed_version) {
        ("resolved", Some(version)) if version == "0" => (None, Some(FixStatus::NotAffected)),
        ("resolved", Some(version)) if !version.is_empty() => (Some(version), None),
        ("resolved", _) => return Err("it is resolved, and the version is not said".to_owned()),
        ("open", _) => (None, Some(unfixed(urgency, release.nodsa_reason.as_deref()))),
        ("undetermined", _) => (None, Some(FixStatus::UnderInvestigation)),
        (word, _) => return Err(format!("the status `{word}` is not known")),
    };
    let number = RELEASES.iter().find(|(name, _)| *name == codename).map_or(codename, |(_, number)| number);
    let events = [Event::Introduced("0".to_owned())].into_iter().chain(fixed.map(Event::Fixed));
    let range = Range { events: events.collect() };
    Ok(Affected {
        ecosystem: format!("Debian:{number}"),
        package: package.to_owned(),
        ranges: if status == Some(FixStatus::NotAffected) { Vec::new() } else { vec![range] },
        severity: known.and_then(|(_, severity)| *severity),
        status,
        ..Affected::default()
    })
}

/// Why there is no fix.
fn unfixed(urgency: &str, nodsa_reason: Option<&str>) -> FixStatus {
    match (urgency, nodsa_reason) {
        ("end-of-life", _) => FixStatus::EndOfLife,
        (_, Some("ignored")) => FixStatus::WillNotFix,
        (_, Some("postponed")) => FixStatus::FixDeferred,
        _ => FixStatus::Affected,
    }
}
