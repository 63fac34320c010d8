//! Ubuntu's CVE tracker: how each source package stands in each release.
//!
//! Published by Canonical as one OVAL document for each release; the status of a package is told in the comments of
//! criteria, which [`criterion`] reads. Source: <https://security-metadata.canonical.com/oval/>,
//! <https://ubuntu.com/security/oval>. What is mended only in Expanded Security Maintenance counts for images with that
//! channel; for others the package is affected, without a fix, up to the version that mends it there. Known gaps:
//! documents of FIPS and real-time kernels are not read, and packages that were never affected are seldom told.

mod criterion;

use std::collections::{BTreeMap, BTreeSet};

use model::{Advisory, Affected, Event, FixStatus, Range, Rating, Reference, Severity};

use crate::feed::{Document, Feed, Input, Telling};
use crate::xml::Element;
use crate::{Error, instant, xml};
use criterion::{State, Statement};

pub(super) static FEED: Feed = Feed {
    name: "ubuntu-oval",
    title: "Ubuntu CVE tracker (Canonical)",
    version: 1,
    is_default: true,
    enriches: false,
    ecosystems: &["Ubuntu"],
    documents,
    parse,
};

/// What the words of priority mean.
static SEVERITIES: [(&str, Option<Severity>); 8] = [
    ("critical", Some(Severity::Critical)),
    ("high", Some(Severity::High)),
    ("medium", Some(Severity::Medium)),
    ("low", Some(Severity::Low)),
    ("negligible", Some(Severity::Negligible)),
    ("untriaged", None),
    ("none", None),
    ("", None),
];

/// The releases that have documents: those with long-term support, and the newest.
static RELEASES: [&str; 9] =
    ["trusty", "xenial", "bionic", "focal", "jammy", "noble", "questing", "resolute", "stonking"];

/// The channels a version of Expanded Security Maintenance may be of, where the document names none.
static CHANNELS: [&str; 2] = ["esm-apps", "esm-infra"];

fn documents() -> Vec<Document> {
    let document = |codename: &&str| {
        let name = format!("com.ubuntu.{codename}.cve.oval.xml.bz2");
        Document { url: format!("https://security-metadata.canonical.com/oval/{name}"), name, follow: &[] }
    };
    RELEASES.iter().map(document).collect()
}

fn parse(input: &mut Input<'_>) -> Result<(), Error> {
    let (reader, mut telling) = input.parts();
    let read = xml::each(reader, "definition", &mut |definition| tell(definition, &mut telling));
    read.map_err(|why| input.wrong(why))
}

fn tell(definition: &Element, telling: &mut Telling<'_>) {
    if definition.attribute("class") != "vulnerability" {
        return;
    }
    let what = definition.attribute("id");
    let Some(metadata) = definition.child("metadata") else {
        return telling.malformed(what, "it has no metadata");
    };
    let (cve, product) = metadata.text_of("title").split_once(" on ").unwrap_or_default();
    let platform = metadata.child("affected").map_or("", |affected| affected.text_of("platform"));
    let (true, Some(ecosystem)) =
        (cve.starts_with("CVE-"), ecosystem(product).or_else(|| ecosystem(platform)))
    else {
        return telling.malformed(what, "its title is not `CVE-… on Ubuntu <release>`");
    };
    let advisory = metadata.child("advisory");
    let word = priority(advisory);
    let known = SEVERITIES.iter().find(|(known, _)| *known == word);
    if known.is_none() {
        telling.malformed(cve, format!("its priority `{word}` is not known"));
    }
    let severity = known.and_then(|(_, severity)| *severity);
    let packages = packages(definition, &mut |comment| {
        let shortened: String = comment.chars().take(200).collect();
        telling.malformed(&format!("{cve} for {ecosystem}"), format!("`{shortened}` is not understood"));
    });
    let affected = packages
        .into_iter()
        .flat_map(|(package, standing)| standing.entries().into_iter().map(move |entry| (package, entry)));
    let affected: Vec<Affected> = affected
        .map(|(package, entry)| Affected {
            package: package.to_owned(),
            ecosystem: ecosystem.clone(),
            severity,
            ..entry
        })
        .collect();
    if affected.is_empty() {
        return;
    }
    let usns = metadata.all("reference").filter(|reference| reference.attribute("source") == "USN");
    let details = metadata.text_of("description");
    telling.advisory(Advisory {
        id: format!("UBUNTU-{cve}"),
        upstream: vec![cve.to_owned()],
        related: usns.map(|usn| usn.attribute("ref_id").to_owned()).collect(),
        // What follows tells how to update, release by release.
        details: details.split("Update Instructions:").next().unwrap_or_default().trim().to_owned(),
        published: instant::rfc3339(advisory.map_or("", |advisory| advisory.text_of("public_date"))),
        ratings: severity.into_iter().map(rating).collect(),
        references: vec![Reference {
            kind: "ADVISORY".to_owned(),
            url: format!("https://ubuntu.com/security/{cve}"),
        }],
        affected,
        ..Advisory::default()
    });
}

/// Of `Ubuntu 24.04 LTS (noble) - high` the name OSV gives the release.
fn ecosystem(product: &str) -> Option<String> {
    let mut words = product.strip_prefix("Ubuntu ")?.split_whitespace();
    let version = words.next()?;
    let is_version = version.len() == 5 && version.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let term = if words.next() == Some("LTS") { ":LTS" } else { "" };
    is_version.then(|| format!("Ubuntu:{version}{term}"))
}

fn priority(advisory: Option<&Element>) -> String {
    let Some(advisory) = advisory else { return String::new() };
    let told = advisory.child("cve").map_or("", |cve| cve.attribute("priority"));
    let told = if told.is_empty() { advisory.text_of("severity") } else { told };
    told.to_ascii_lowercase()
}

fn rating(severity: Severity) -> Rating {
    Rating { source: "Ubuntu".to_owned(), vector: None, score: None, severity }
}

/// All that is said of one package.
#[derive(Default)]
struct Standing<'a> {
    release: Option<State<'a>>,
    /// By the channel that is named.
    channels: BTreeMap<&'a str, State<'a>>,
}

fn packages<'a>(
    definition: &'a Element,
    complain: &mut dyn FnMut(&'a str),
) -> BTreeMap<&'a str, Standing<'a>> {
    let mut packages: BTreeMap<&str, Standing<'_>> = BTreeMap::new();
    let mut open: Vec<&Element> = definition.all("criteria").collect();
    while let Some(criteria) = open.pop() {
        open.extend(criteria.all("criteria"));
        let criteria = criteria.all("criterion").filter(|criterion| criterion.attribute("negate") != "true");
        for comment in criteria.map(|criterion| criterion.attribute("comment")) {
            let Some(Statement { package, channel, state }) = criterion::read(comment) else {
                complain(comment);
                continue;
            };
            let standing = packages.entry(package).or_default();
            match channel {
                Some(channel) => {
                    standing.channels.insert(channel, state);
                }
                None if state == State::Running && standing.release.is_some() => {}
                None => standing.release = Some(state),
            }
        }
    }
    packages
}

impl Standing<'_> {
    fn entries(&self) -> Vec<Affected> {
        let in_channels = |version: &str| version.contains("esm");
        let (release, named) = match self.release {
            // Mended for everybody: nothing a channel says is asked for.
            Some(State::Fixed(version)) if !in_channels(version) => return vec![fixed(version, &[])],
            Some(State::Fixed(version)) => (FixStatus::Affected, Some(version)),
            Some(State::Unfixed(FixStatus::NotAffected)) => {
                return vec![Affected { status: Some(FixStatus::NotAffected), ..Affected::default() }];
            }
            Some(State::Unfixed(status)) => (status, None),
            Some(State::Running) => (FixStatus::Affected, None),
            None => match self.channels.values().next() {
                Some(State::Unfixed(FixStatus::NotAffected)) => {
                    return vec![Affected { status: Some(FixStatus::NotAffected), ..Affected::default() }];
                }
                Some(State::Unfixed(status)) => (*status, None),
                _ => (FixStatus::Affected, None),
            },
        };
        let mut entries: Vec<Affected> = named.map(|version| fixed(version, &CHANNELS)).into_iter().collect();
        let mut mended: BTreeSet<&str> = named.into_iter().collect();
        for (channel, state) in &self.channels {
            if let State::Fixed(version) = state {
                entries.push(fixed(version, &[channel]));
                mended.insert(version);
            }
        }
        // Whoever has the version of a channel is not affected, whether the channel is still attached or not.
        let limits = mended.into_iter().map(|version| Event::Limit(version.to_owned()));
        let events = [Event::Introduced("0".to_owned())].into_iter().chain(limits);
        entries.push(Affected {
            ranges: vec![Range { events: events.collect() }],
            status: Some(release),
            ..Affected::default()
        });
        entries
    }
}

fn fixed(version: &str, channels: &[&str]) -> Affected {
    let events = vec![Event::Introduced("0".to_owned()), Event::Fixed(version.to_owned())];
    Affected {
        ranges: vec![Range { events }],
        channels: channels.iter().map(|&channel| channel.to_owned()).collect(),
        ..Affected::default()
    }
}
