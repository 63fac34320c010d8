//! Oracle Linux errata (ELSA): what mends each package, by release, architecture and module stream.
//!
//! Published by Oracle as one OVAL document for all releases. Source:
//! <https://linux.oracle.com/security/oval/com.oracle.elsa-all.xml.bz2>; OVAL is specified at
//! <https://oval-community-guidelines.readthedocs.io/>. Packages of Ksplice and of the FIPS-validated modules have
//! versions of their own (epochs 2 and 10) and count only for the channels `ksplice` and `fips`. Known gap: unfixed
//! vulnerabilities are not told.

use std::collections::{BTreeMap, BTreeSet};

use model::{Advisory, Affected, Event, Range, Rating, Reference, Severity};

use crate::feed::{Document, Feed, Input, Telling};
use crate::xml::Element;
use crate::{Error, instant, xml};

pub(super) static FEED: Feed = Feed {
    name: "oracle-oval",
    title: "Oracle Linux errata",
    version: 1,
    is_default: true,
    enriches: false,
    ecosystems: &["Oracle Linux"],
    documents,
    parse,
};

/// What the words of severity mean.
static SEVERITIES: [(&str, Option<Severity>); 6] = [
    ("CRITICAL", Some(Severity::Critical)),
    ("IMPORTANT", Some(Severity::High)),
    ("MODERATE", Some(Severity::Medium)),
    ("LOW", Some(Severity::Low)),
    ("N/A", None),
    ("", None),
];

/// The architectures of the packages that are installed on hosts of an architecture, where they are several.
static ARCHITECTURES: [(&str, &[&str]); 3] = [
    ("x86_64", &["x86_64", "i386", "i486", "i586", "i686"]),
    ("i386", &["i386", "i486", "i586", "i686"]),
    ("i686", &["i386", "i486", "i586", "i686"]),
];

/// Signs in a release that the package is of a channel.
static CHANNELS: [(&str, &str); 2] = [(".ksplice", "ksplice"), ("_fips", "fips")];

fn documents() -> Vec<Document> {
    vec![Document {
        name: "com.oracle.elsa-all.xml.bz2".to_owned(),
        url: "https://linux.oracle.com/security/oval/com.oracle.elsa-all.xml.bz2".to_owned(),
        follow: &[],
    }]
}

fn parse(input: &mut Input<'_>) -> Result<(), Error> {
    let (reader, mut telling) = input.parts();
    let read = xml::each(reader, "definition", &mut |definition| tell(definition, &mut telling));
    read.map_err(|why| input.wrong(why))
}

fn tell(definition: &Element, telling: &mut Telling<'_>) {
    if definition.attribute("class") != "patch" {
        return;
    }
    let what = definition.attribute("id");
    let Some(metadata) = definition.child("metadata") else {
        return telling.malformed(what, "it has no metadata");
    };
    let references = |source: &'static str| {
        let is_wanted =
            move |reference: &&Element| reference.attribute("source").eq_ignore_ascii_case(source);
        metadata.all("reference").filter(is_wanted)
    };
    let Some(id) = references("elsa").map(|elsa| elsa.attribute("ref_id")).find(|id| !id.is_empty()) else {
        return telling.malformed(what, "it has no reference to its advisory");
    };
    let advisory = metadata.child("advisory");
    let word = advisory.map_or("", |advisory| advisory.text_of("severity")).to_ascii_uppercase();
    let severity = SEVERITIES.iter().find(|(known, _)| *known == word);
    if severity.is_none() {
        telling.malformed(id, format!("its severity `{word}` is not known"));
    }
    let affected = affected(definition, metadata);
    if affected.is_empty() {
        return telling.malformed(id, "it names no package and release");
    }
    let issued = advisory.and_then(|advisory| advisory.child("issued"));
    telling.advisory(Advisory {
        id: id.to_owned(),
        upstream: references("CVE").map(|cve| cve.attribute("ref_id").to_owned()).collect(),
        summary: title(metadata.text_of("title")),
        details: metadata.text_of("description").to_owned(),
        published: instant::rfc3339(issued.map_or("", |issued| issued.attribute("date"))),
        ratings: severity.and_then(|(_, severity)| *severity).into_iter().map(rating).collect(),
        references: references("elsa").map(link).collect(),
        affected,
        ..Advisory::default()
    });
}

/// `ELSA-2024-3588:  glibc security update (IMPORTANT)` without the severity and the second blank.
fn title(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let text = words.join(" ");
    text.rsplit_once(" (")
        .filter(|(_, word)| word.ends_with(')'))
        .map_or(text.clone(), |(title, _)| title.to_owned())
}

fn rating(severity: Severity) -> Rating {
    Rating { source: "Oracle".to_owned(), vector: None, score: None, severity }
}

fn link(reference: &Element) -> Reference {
    Reference { kind: "ADVISORY".to_owned(), url: reference.attribute("ref_url").to_owned() }
}

/// What must hold for what stands deeper in the criteria.
#[derive(Clone, Copy, Default)]
struct Condition<'a> {
    release: Option<&'a str>,
    arch: Option<&'a str>,
    module: Option<&'a str>,
}

/// A package that is mended; to it belong the architectures of the hosts it is mended on.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Mended<'a> {
    release: &'a str,
    module: Option<&'a str>,
    package: &'a str,
    version: &'a str,
}

fn affected(definition: &Element, metadata: &Element) -> Vec<Affected> {
    let mut mended = BTreeMap::new();
    // Of a package whose criteria name no release, it is that of the definition.
    let platform = metadata.child("affected").map_or("", |affected| affected.text_of("platform"));
    let release = platform.strip_prefix("Oracle Linux ").map(str::trim);
    for criteria in definition.all("criteria") {
        walk(criteria, Condition { release, ..Condition::default() }, &mut mended);
    }
    mended.into_iter().map(|(mended, arches)| entry(&mended, &arches)).collect()
}

fn walk<'a>(
    criteria: &'a Element,
    mut condition: Condition<'a>,
    mended: &mut BTreeMap<Mended<'a>, BTreeSet<&'a str>>,
) {
    let comments = || criteria.all("criterion").map(|criterion| criterion.attribute("comment"));
    // What stands in an alternative is no condition for what stands beside it.
    if !criteria.attribute("operator").eq_ignore_ascii_case("OR") {
        for comment in comments() {
            if let Some(arch) = comment.strip_prefix("Oracle Linux arch is ") {
                condition.arch = Some(arch.trim());
            } else if let Some(release) = between(comment, "Oracle Linux ", " is installed") {
                condition.release = Some(release);
            } else if let Some(module) = between(comment, "Module ", " is enabled") {
                condition.module = Some(module);
            }
        }
    }
    for comment in comments() {
        let Some((package, version)) = comment.split_once(" is earlier than ") else { continue };
        let version = version.trim();
        if let Some(release) = condition.release.filter(|_| version != "0") {
            let version = version.strip_prefix("0:").unwrap_or(version);
            let package = package.trim();
            let arches = mended.entry(Mended { release, module: condition.module, package, version });
            arches.or_default().extend(condition.arch);
        }
    }
    for inner in criteria.all("criteria") {
        walk(inner, condition, mended);
    }
}

fn between<'a>(text: &'a str, before: &str, behind: &str) -> Option<&'a str> {
    text.strip_prefix(before)?.strip_suffix(behind).map(str::trim)
}

fn entry(mended: &Mended<'_>, arches: &BTreeSet<&str>) -> Affected {
    let channel = CHANNELS.iter().find(|(sign, _)| mended.version.contains(sign));
    let is_all = arches.contains("x86_64") && arches.contains("aarch64");
    let packages = |&host: &&str| {
        let several = ARCHITECTURES.iter().find(|(name, _)| *name == host);
        several.map_or_else(
            || vec![host.to_owned()],
            |(_, all)| all.iter().map(|&arch| arch.to_owned()).collect(),
        )
    };
    let limited: BTreeSet<String> = arches.iter().filter(|_| !is_all).flat_map(packages).collect();
    Affected {
        ecosystem: format!("Oracle Linux:{}", mended.release),
        package: mended.package.to_owned(),
        ranges: vec![Range {
            events: vec![Event::Introduced("0".to_owned()), Event::Fixed(mended.version.to_owned())],
        }],
        module: mended.module.map(str::to_owned),
        channels: channel.map(|&(_, channel)| channel.to_owned()).into_iter().collect(),
        arches: limited.into_iter().collect(),
        ..Affected::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mended(version: &str, arches: &[&str]) -> Affected {
        let mended = Mended { release: "8", module: None, package: "glibc", version };
        entry(&mended, &arches.iter().copied().collect())
    }

    #[test]
    fn gives_packages_with_versions_of_their_own_a_channel() {
        assert_eq!(mended("2:2.17-157.ksplice1.el7_3.4", &[]).channels, ["ksplice"]);
        assert_eq!(mended("10:3.6.16-4.0.1.el8_fips", &[]).channels, ["fips"]);
        assert!(mended("2.17-326.0.9.el7_9.3", &[]).channels.is_empty());
    }

    #[test]
    fn counts_packages_of_32_bits_to_hosts_of_64() {
        assert!(mended("1-1", &["x86_64"]).arches.contains(&"i686".to_owned()));
        assert_eq!(mended("1-1", &["aarch64"]).arches, ["aarch64"]);
        assert!(mended("1-1", &["x86_64", "aarch64"]).arches.is_empty());
    }
}
