//! CSAF 2.0 documents of distributions, read into the inner model: VEX files, of which each is about one CVE, and
//! security advisories, of which each is one erratum.
//!
//! Source: OASIS, *Common Security Advisory Framework Version 2.0*. A document names products (releases of the
//! distribution) and components (packages with or without a version), relates the one to the other, and lists the
//! relations under what is true of them. What the names mean is the publisher's own way, told by a [`Publisher`].
//!
//! Known gaps: product groups are not followed, and `last_affected` counts as affected at every version.

mod component;
mod document;
mod packages;
mod tree;

use std::borrow::Cow;
use std::collections::HashMap;
use std::rc::Rc;

use model::{Advisory, FixStatus, Rating, Reference, Severity};

pub(crate) use component::{Component, Qualifiers};
use document::{Csaf, Note, Remediation, Threat, Vulnerability};
pub(crate) use packages::{Packages, Said, Stream};
use tree::Tree;

use crate::Error;
use crate::feed::Input;

/// How a publisher writes its documents.
pub(crate) struct Publisher {
    /// Who rates, for people.
    pub(crate) name: &'static str,
    /// Put before the CVE of a VEX file to make the record's id.
    pub(crate) prefix: &'static str,
    /// The release that a product is: from its id and its CPE. Nothing for what no image is made of.
    pub(crate) stream: fn(id: &str, cpe: Option<&str>) -> Option<Stream>,
    /// The package that a component is. A component that is named as fixed has a version.
    pub(crate) component:
        for<'t> fn(Node<'t>, module: Option<Node<'t>>, is_fix: bool) -> Option<Component<'t>>,
}

/// A node of the product tree.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Node<'t> {
    /// Its id in the document.
    pub(crate) id: &'t str,
    /// Its CPE 2.2 or 2.3 name.
    pub(crate) cpe: Option<&'t str>,
    /// Its package URL.
    pub(crate) purl: Option<&'t str>,
}

/// The largest documents, those of the kernel, have about a third of this.
const DOCUMENT_BYTES: u64 = 256 << 20;
/// As many links of a document are kept.
const REFERENCES: usize = 24;
/// As many different scores of a document are kept.
const SCORES: usize = 8;

/// Reads a document, or an archive of them.
pub(crate) fn parse(input: &mut Input<'_>, publisher: &Publisher) -> Result<(), Error> {
    let first = input.reader().fill_buf().map(|head| head.first().copied());
    match first.map_err(|error| input.wrong(error.to_string()))? {
        Some(b'{' | b' ' | b'\t' | b'\r' | b'\n') => {
            let advisory = read(input, publisher).map_err(|why| input.wrong(why))?;
            advisory.into_iter().for_each(|advisory| input.advisory(advisory));
            Ok(())
        }
        _ => input.members(".json", |input| match read(input, publisher) {
            Ok(advisory) => advisory.into_iter().for_each(|advisory| input.advisory(advisory)),
            Err(why) => input.malformed(input.document(), why),
        }),
    }
}

fn read(input: &mut Input<'_>, publisher: &Publisher) -> Result<Option<Advisory>, String> {
    let bytes = input.bytes(DOCUMENT_BYTES).map_err(|error| cause(&error))?;
    // Some documents have bytes of Latin 1 in texts that say to be UTF-8.
    let text = String::from_utf8_lossy(&bytes);
    let document: Csaf<'_> = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    advisory(&document, publisher)
}

/// The cause of an error alone; what could not be read is said beside it.
fn cause(error: &Error) -> String {
    std::error::Error::source(error).map_or_else(|| error.to_string(), ToString::to_string)
}

/// The record of a document; nothing when it says nothing of any release.
fn advisory(document: &Csaf<'_>, publisher: &Publisher) -> Result<Option<Advisory>, String> {
    let tracking = &document.document.tracking;
    if tracking.id.is_empty() || tracking.id.len() > 256 {
        return Err("its id is empty or longer than 256 bytes".to_owned());
    }
    let tree = Tree::new(&document.product_tree);
    let mut packages = Packages::default();
    let mut streams = Streams { publisher, known: HashMap::new() };
    for vulnerability in &document.vulnerabilities {
        gather(vulnerability, &tree, &mut streams, &mut packages);
    }
    let affected = packages.into_affected();
    if affected.is_empty() {
        return Ok(None);
    }
    let is_vex = tracking.id.starts_with("CVE-");
    let prefix = if is_vex { publisher.prefix } else { "" };
    let first = document.vulnerabilities.first().filter(|_| is_vex);
    let text = |notes: &[Note<'_>], category: &str| {
        notes.iter().find(|note| note.category == category).map(|note| note.text.to_string())
    };
    let described = first.and_then(|first| text(&first.notes, "description"));
    let title = first.and_then(|first| first.title.as_deref()).unwrap_or(&document.document.title);
    let cves = document.vulnerabilities.iter().filter_map(|vulnerability| vulnerability.cve.as_deref());
    Ok(Some(Advisory {
        id: format!("{prefix}{}", tracking.id),
        upstream: cves.map(str::to_owned).collect(),
        // A title that only repeats the id is none.
        summary: if title.contains(&*tracking.id) { String::new() } else { title.to_owned() },
        details: described.or_else(|| text(&document.document.notes, "description")).unwrap_or_default(),
        published: tracking.initial_release_date.to_string(),
        modified: tracking.current_release_date.to_string(),
        ratings: ratings(document, is_vex, publisher),
        references: references(document),
        cwes: first.and_then(|first| first.cwe.as_ref()).map(|cwe| cwe.id.to_string()).into_iter().collect(),
        affected,
        ..Advisory::default()
    }))
}

/// The releases that the products of a document are.
struct Streams<'t, 'p> {
    publisher: &'p Publisher,
    known: HashMap<&'t str, Option<Rc<Stream>>>,
}

impl<'t> Streams<'t, '_> {
    fn get(&mut self, product: Node<'t>) -> Option<Rc<Stream>> {
        let stream = self.publisher.stream;
        self.known.entry(product.id).or_insert_with(|| stream(product.id, product.cpe).map(Rc::new)).clone()
    }
}

fn gather<'t>(
    vulnerability: &'t Vulnerability<'_>,
    tree: &Tree<'t>,
    streams: &mut Streams<'t, '_>,
    packages: &mut Packages<'t>,
) {
    let remedies = Remedies::new(&vulnerability.remediations);
    let impacts = Impacts::new(&vulnerability.threats);
    for (status, products) in vulnerability.product_status.all() {
        for id in products {
            let Some(relation) = tree.relation(&id.0) else { continue };
            let Some(stream) = streams.get(relation.product) else { continue };
            let component = (streams.publisher.component)(
                relation.component,
                relation.module,
                status == FixStatus::Fixed,
            );
            let Some(component) = component else { continue };
            let status = if status == FixStatus::Affected { remedies.get(&id.0) } else { status };
            packages.add(stream, component, Said { status, severity: impacts.get(&id.0) });
        }
    }
}

/// What is done about affected components, by relation.
struct Remedies<'t> {
    by_product: HashMap<&'t str, FixStatus>,
    everywhere: FixStatus,
}

impl<'t> Remedies<'t> {
    fn new(remediations: &'t [Remediation<'_>]) -> Self {
        let mut remedies = Self { by_product: HashMap::new(), everywhere: FixStatus::Affected };
        for remediation in remediations {
            let Some(status) = fix_status(&remediation.category, &remediation.details) else { continue };
            if remediation.product_ids.is_empty() {
                remedies.everywhere = status;
            }
            remedies.by_product.extend(remediation.product_ids.iter().map(|id| (&*id.0, status)));
        }
        remedies
    }

    fn get(&self, id: &str) -> FixStatus {
        self.by_product.get(id).copied().unwrap_or(self.everywhere)
    }
}

/// What a remediation means for a component that is affected:
///
/// | category | details | status |
/// |---|---|---|
/// | `no_fix_planned` | `Out of support scope` | end of life |
/// | `no_fix_planned` | `Will not fix`, others | will not fix |
/// | `none_available` | `Fix deferred`, `Deferred` | fix deferred |
/// | `none_available` | `Affected`, others | affected |
/// | others | | says nothing of it |
fn fix_status(category: &str, details: &str) -> Option<FixStatus> {
    let says = |words: &str| {
        details.as_bytes().windows(words.len()).any(|part| part.eq_ignore_ascii_case(words.as_bytes()))
    };
    match category {
        "no_fix_planned" if says("out of support") => Some(FixStatus::EndOfLife),
        "no_fix_planned" => Some(FixStatus::WillNotFix),
        "none_available" if says("deferred") => Some(FixStatus::FixDeferred),
        "none_available" => Some(FixStatus::Affected),
        _ => None,
    }
}

/// How bad it is, by relation.
struct Impacts<'t> {
    by_product: HashMap<&'t str, Severity>,
    everywhere: Option<Severity>,
}

impl<'t> Impacts<'t> {
    fn new(threats: &'t [Threat<'_>]) -> Self {
        let mut impacts = Self { by_product: HashMap::new(), everywhere: None };
        let of_impact = || threats.iter().filter(|threat| threat.category == "impact");
        let is_one = of_impact().count() == 1;
        for threat in of_impact() {
            let Some(severity) = severity(&threat.details) else { continue };
            if is_one || threat.product_ids.is_empty() {
                // The one impact of a document lists all of its thousands of relations.
                impacts.everywhere = impacts.everywhere.max(Some(severity));
            } else {
                impacts.by_product.extend(threat.product_ids.iter().map(|id| (&*id.0, severity)));
            }
        }
        impacts
    }

    fn get(&self, id: &str) -> Option<Severity> {
        self.by_product.get(id).copied().or(self.everywhere)
    }
}

/// The publishers' words, which [`Severity`] reads:
///
/// | word | severity |
/// |---|---|
/// | `Critical`, `critical` | critical |
/// | `Important`, `important`, `High` | high |
/// | `Moderate`, `moderate`, `Medium` | medium |
/// | `Low`, `low` | low |
/// | `None`, `not set`, others | none |
fn severity(word: &str) -> Option<Severity> {
    word.trim().parse().ok().filter(|severity| *severity != Severity::Unknown)
}

fn ratings(document: &Csaf<'_>, is_vex: bool, publisher: &Publisher) -> Vec<Rating> {
    let rating =
        |vector, score, severity| Rating { source: publisher.name.to_owned(), vector, score, severity };
    let word = document.document.aggregate_severity.as_ref().and_then(|word| severity(&word.text));
    let mut ratings: Vec<Rating> = word.map(|severity| rating(None, None, severity)).into_iter().collect();
    // The scores of an erratum are of several vulnerabilities.
    let scores = document.vulnerabilities.iter().filter(|_| is_vex).flat_map(|one| &one.scores);
    for cvss in scores.filter_map(|score| score.cvss_v4.as_ref().or(score.cvss_v3.as_ref())) {
        if ratings.len() > SCORES
            || ratings.iter().any(|known| known.vector.as_deref() == Some(&*cvss.vector))
        {
            continue;
        }
        let score = cvss.score.filter(|score| (0.0..=10.0).contains(score));
        let by_score = score.map(Severity::of_score).unwrap_or_default();
        ratings.push(rating(Some(cvss.vector.to_string()), score, by_score));
    }
    ratings
}

fn references(document: &Csaf<'_>) -> Vec<Reference> {
    let mut references: Vec<Reference> = Vec::new();
    let mut add = |kind: &str, url: &Cow<'_, str>| {
        let is_new = url.starts_with("http") && references.iter().all(|known| known.url != **url);
        if is_new && references.len() < REFERENCES {
            references.push(Reference { kind: kind.to_owned(), url: url.to_string() });
        }
    };
    let ones = || document.vulnerabilities.iter();
    ones()
        .flat_map(|one| &one.references)
        .filter(|link| link.category == "self")
        .for_each(|link| add("ADVISORY", &link.url));
    let fixes = ones().flat_map(|one| &one.remediations).filter(|remedy| remedy.category == "vendor_fix");
    fixes.filter_map(|remedy| remedy.url.as_ref()).for_each(|url| add("ADVISORY", url));
    document
        .document
        .references
        .iter()
        .chain(ones().flat_map(|one| &one.references))
        .for_each(|link| add("WEB", &link.url));
    references
}
