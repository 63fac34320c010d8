//! OVAL documents of the rebuilds of Alibaba: one patch definition for each erratum of one release.
//!
//! OVAL is specified at <https://oval-community-guidelines.readthedocs.io/>. What a definition asks of packages is read
//! from the comments of its criteria (`bind is earlier than 32:9.18.34-1.an23`), which repeat the tests. Of a package
//! whose name goes on behind its source's, the generator writes the rest of the name before the version
//! (`bind-libs is earlier than 32:libs-9.18.34-1.an23`); it is cut off, as neither part of a version of rpm has a `-`.
//!
//! Known gaps: architectures and module streams are not told, and unfixed vulnerabilities neither.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use model::{Advisory, Affected, Event, Range, Rating, Reference, Severity};
use versions::Scheme;

use crate::feed::{Input, Telling};
use crate::xml::Element;
use crate::{Error, instant, xml};

/// Who publishes a document, and about what.
pub(crate) struct Release<'a> {
    /// Who rates, for people.
    pub(crate) publisher: &'a str,
    /// OSV's ecosystem, or one named as OSV would: `Anolis OS:8`.
    pub(crate) ecosystem: String,
}

/// Reads a document about a release.
pub(crate) fn parse(input: &mut Input<'_>, release: &Release<'_>) -> Result<(), Error> {
    let (reader, mut telling) = input.parts();
    let read = xml::each(reader, "definition", &mut |definition| {
        if definition.attribute("class") == "patch" {
            tell(definition, release, &mut telling);
        }
    });
    read.map_err(|why| input.wrong(why))
}

fn tell(definition: &Element, release: &Release<'_>, telling: &mut Telling<'_>) {
    let Some(metadata) = definition.child("metadata") else {
        return telling.malformed(definition.attribute("id"), "it has no metadata");
    };
    let reference = metadata.all("reference").find(|reference| !reference.attribute("ref_id").is_empty());
    let Some(reference) = reference else {
        return telling.malformed(definition.attribute("id"), "it has no reference to its advisory");
    };
    let id = reference.attribute("ref_id");
    let mut packages = BTreeMap::new();
    for criteria in definition.all("criteria") {
        if let Err(comment) = gather(criteria, &mut packages) {
            return telling.malformed(id, format!("`{comment}` names no version"));
        }
    }
    if packages.is_empty() {
        return telling.malformed(id, "it names no package");
    }
    let cves: Vec<&Element> =
        metadata.child("advisory").into_iter().flat_map(|advisory| advisory.all("cve")).collect();
    let affected = packages.into_iter().map(|(package, fixed)| Affected {
        ecosystem: release.ecosystem.clone(),
        package: package.to_owned(),
        ranges: vec![Range { events: vec![Event::Introduced("0".to_owned()), Event::Fixed(fixed)] }],
        ..Affected::default()
    });
    telling.advisory(Advisory {
        id: id.to_owned(),
        upstream: cves.iter().map(|cve| cve.text().to_owned()).collect(),
        summary: metadata.text_of("title").to_owned(),
        details: metadata.text_of("description").to_owned(),
        published: date(metadata, "issued"),
        modified: date(metadata, "updated"),
        ratings: ratings(metadata, &cves, release),
        references: link(reference.attribute("ref_url")).into_iter().collect(),
        cwes: weaknesses(&cves),
        affected: affected.collect(),
        ..Advisory::default()
    });
}

/// Criteria within criteria; definitions have two or three.
const DEPTH: usize = 16;

/// The packages and the versions that mend them; the comment that names no version, where one does.
fn gather<'a>(criteria: &'a Element, packages: &mut BTreeMap<&'a str, String>) -> Result<(), &'a str> {
    let mut open = vec![(criteria, 0_usize)];
    while let Some((criteria, depth)) = open.pop() {
        for criterion in criteria.all("criterion") {
            let comment = criterion.attribute("comment");
            let Some((package, version)) = comment.split_once(" is earlier than ") else { continue };
            let fixed = fixed(version.trim()).ok_or(comment)?;
            // Of several builds the highest mends all.
            let highest = packages.entry(package.trim()).or_insert_with(|| fixed.clone());
            if versions::compare(Scheme::Rpm, &fixed, highest).is_ok_and(Ordering::is_gt) {
                *highest = fixed;
            }
        }
        if depth < DEPTH {
            open.extend(criteria.all("criteria").map(|inner| (inner, depth.saturating_add(1))));
        }
    }
    Ok(())
}

/// The last two parts between dashes, with the epoch where it is not 0.
fn fixed(text: &str) -> Option<String> {
    let (epoch, text) = text.split_once(':').unwrap_or(("0", text));
    let mut parts = text.rsplit('-');
    let (release, version) = (parts.next()?, parts.next()?);
    if release.is_empty() || version.is_empty() || !epoch.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some(if epoch == "0" { format!("{version}-{release}") } else { format!("{epoch}:{version}-{release}") })
}

fn date(metadata: &Element, name: &str) -> String {
    let day = metadata.child("advisory").and_then(|advisory| advisory.child(name));
    instant::rfc3339(day.map_or("", |day| day.attribute("date")))
}

/// The erratum's own word, and the score of the one vulnerability it is about.
///
/// | word | severity |
/// |---|---|
/// | `Critical` | critical |
/// | `Important` | high |
/// | `Moderate` | medium |
/// | `Low` | low |
/// | others | none |
fn ratings(metadata: &Element, cves: &[&Element], release: &Release<'_>) -> Vec<Rating> {
    let rating =
        |vector, score, severity| Rating { source: release.publisher.to_owned(), vector, score, severity };
    let word = metadata.child("advisory").map_or("", |advisory| advisory.text_of("severity"));
    let word = word.parse().ok().filter(|severity| *severity != Severity::Unknown);
    let mut ratings: Vec<Rating> = word.map(|severity| rating(None, None, severity)).into_iter().collect();
    if let [cve] = cves
        && let Some((score, vector)) = cve.attribute("cvss3").split_once('/')
        && let Some(score) = score.parse().ok().filter(|score| (0.0..=10.0).contains(score))
    {
        ratings.push(rating(Some(vector.to_owned()), Some(score), Severity::of_score(score)));
    }
    ratings
}

fn weaknesses(cves: &[&Element]) -> Vec<String> {
    let [cve] = cves else { return Vec::new() };
    let ids = cve.attribute("cwe").split(|sign: char| !sign.is_ascii_alphanumeric() && sign != '-');
    ids.filter(|id| id.starts_with("CWE-")).map(str::to_owned).collect()
}

fn link(url: &str) -> Option<Reference> {
    url.starts_with("http").then(|| Reference { kind: "ADVISORY".to_owned(), url: url.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_off_what_is_left_of_a_name() {
        for (text, expected) in [
            ("32:9.18.34-1.an23", "32:9.18.34-1.an23"),
            ("32:dnssec-utils-9.18.34-1.an23", "32:9.18.34-1.an23"),
            ("1:11-openjdk-11.0.16.0.8-1.al8", "1:11.0.16.0.8-1.al8"),
            ("0:2.14.5-1.59.al7", "2.14.5-1.59.al7"),
            ("7.61.1-22.al8.3", "7.61.1-22.al8.3"),
        ] {
            assert_eq!(fixed(text).as_deref(), Some(expected), "{text}");
        }
        for text in ["", "1.0", "-", "x:1-1", "1-"] {
            assert_eq!(fixed(text), None, "{text}");
        }
    }
}
