//! The packages of a document: the image, its distribution, and what is in it.

use std::collections::{BTreeMap, HashMap};

use model::{Package, Report};
use serde_json::{Value, json};

use super::{Stamp, relationship};
use crate::columns::printable;
use crate::document::{self, Names};
use crate::{address, license};

/// What stands where nothing is known.
const UNKNOWN: &str = "NOASSERTION";

/// The packages of one image.
pub(super) struct Packages {
    /// The reference of the image itself.
    pub(super) reference: String,
    /// All packages, the image first.
    pub(super) described: Vec<Value>,
    /// What contains what.
    pub(super) relationships: Vec<Value>,
}

impl Packages {
    /// The packages of a report; `licenses` takes the names that are no SPDX expressions, by the ids they are given.
    pub(super) fn of(
        report: &Report,
        stamp: Stamp<'_>,
        names: &mut Names,
        licenses: &mut BTreeMap<String, String>,
    ) -> Self {
        let image = names.unique(&id("Image", &report.image.name, &report.image.name));
        let mut described = vec![describe_image(report, &image, stamp)];
        let mut relationships = Vec::new();
        if let Some(distribution) = &report.distribution {
            let version = distribution.version.as_deref().unwrap_or_default();
            let own = names.unique(&id("Distribution", &distribution.id, version));
            described.push(document(&own, &distribution.id, version, "OPERATING_SYSTEM"));
            relationships.push(relationship(&image, "CONTAINS", &own));
        }
        let references: Vec<String> =
            report.packages.iter().map(|package| names.unique(&package_id(package))).collect();
        let mut owners: HashMap<&str, &str> = HashMap::new();
        for (package, own) in report.packages.iter().zip(&references) {
            if package.kind.is_system() {
                owners.entry(&package.name).or_insert(own);
            }
        }
        for (package, own) in report.packages.iter().zip(&references) {
            described.push(describe(package, own, stamp, licenses));
            relationships.push(relationship(&image, "CONTAINS", own));
            let owner = package.owner.as_deref().and_then(|owner| owners.get(owner));
            if let Some(owner) = owner.filter(|owner| **owner != own) {
                relationships.push(relationship(owner, "CONTAINS", own));
            }
        }
        Self { reference: image, described, relationships }
    }
}

/// A reference: letters, digits, full stops and hyphens only.
fn id(kind: &str, name: &str, identity: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' };
    let name: String = name.chars().take(60).map(plain).collect();
    format!("SPDXRef-{kind}-{name}-{}", document::short_hash(identity))
}

fn package_id(package: &Package) -> String {
    let arch = package.arch.as_deref().unwrap_or_default();
    let paths = package.paths.join("|");
    let identity = [package.kind.word(), &package.name, &package.version, arch, &paths];
    id("Package", &format!("{}-{}", package.kind.word(), package.name), &identity.join("|"))
}

/// What every package has to say, whether it is known or not.
fn document(own: &str, name: &str, version: &str, purpose: &str) -> Value {
    let name = printable(name);
    json!({
        "SPDXID": own,
        "name": if name.is_empty() { UNKNOWN.to_owned() } else { name },
        "versionInfo": Some(printable(version)).filter(|version| !version.is_empty()),
        "primaryPackagePurpose": purpose,
        "downloadLocation": UNKNOWN,
        "filesAnalyzed": false,
        "supplier": UNKNOWN,
        "licenseConcluded": UNKNOWN,
        "licenseDeclared": UNKNOWN,
        "copyrightText": UNKNOWN,
    })
}

fn describe_image(report: &Report, own: &str, stamp: Stamp<'_>) -> Value {
    let image = &report.image;
    let version = image.digest.as_deref().or(image.image_id.as_deref()).unwrap_or_default();
    let mut described = document(own, &image.name, version, "CONTAINER");
    let layers = report.layers.iter().filter_map(|layer| {
        let base = if layer.from_base == Some(true) { " (base image)" } else { "" };
        Some(stamp.annotation(&format!("layer: {}{base}", layer.diff_id.as_ref()?)))
    });
    add(&mut described, "annotations", layers.collect::<Vec<_>>().into());
    if let Some(purl) = address::of_image(image) {
        add(&mut described, "externalRefs", json!([reference(&purl)]));
    }
    described
}

fn describe(
    package: &Package,
    own: &str,
    stamp: Stamp<'_>,
    licenses: &mut BTreeMap<String, String>,
) -> Value {
    let mut described = document(own, &package.name, &package.version, "LIBRARY");
    if !package.purl.is_empty() && package.purl.bytes().all(|byte| byte.is_ascii_graphic()) {
        add(&mut described, "externalRefs", json!([reference(&package.purl)]));
    }
    if let Some(declared) = declared(&package.licenses, licenses) {
        add(&mut described, "licenseDeclared", declared.into());
    }
    let mut source = vec![format!("found by {} in {}", package.found_by, package.paths.join(", "))];
    if let Some(built) = &package.source {
        source.push(format!("built from source package {} {}", built.name, built.version));
    }
    add(&mut described, "sourceInfo", printable(&source.join("; ")).into());
    let mut comments = Vec::new();
    comments.extend(package.layer.as_ref().map(|layer| format!("layer: {layer}")));
    comments.extend(package.created_by.as_ref().map(|step| format!("created by: {step}")));
    comments.extend(package.from_base.map(|from_base| format!("from base image: {from_base}")));
    if !comments.is_empty() {
        let annotations: Vec<Value> = comments.iter().map(|comment| stamp.annotation(comment)).collect();
        add(&mut described, "annotations", annotations.into());
    }
    described
}

fn reference(purl: &str) -> Value {
    json!({ "referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": purl })
}

fn add(object: &mut Value, name: &str, value: Value) {
    if let Value::Object(members) = object {
        members.insert(name.to_owned(), value);
    }
}

/// The licences as one expression; a name that is none becomes a reference to it in this document.
fn declared(stated: &[String], licenses: &mut BTreeMap<String, String>) -> Option<String> {
    let mut expressions = Vec::new();
    for text in stated.iter().map(|text| printable(text.trim())).filter(|text| !text.is_empty()) {
        expressions.push(license::expression(&text).unwrap_or_else(|| {
            let id = format!("LicenseRef-{}", document::short_hash(&text));
            licenses.insert(id.clone(), text);
            id
        }));
    }
    (!expressions.is_empty()).then(|| license::all(&expressions))
}
