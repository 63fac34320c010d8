//! The components of a document: the image, its distribution and its packages, and which belongs to which.

use std::collections::HashMap;

use model::{Finding, LayerSummary, Package, Report};
use serde_json::{Value, json};

use super::property;
use crate::document::Names;
use crate::{address, license};

/// The longest version the standard allows, in characters.
const LONGEST_VERSION: usize = 1024;

/// The components of one image.
pub(super) struct Components<'a> {
    /// The reference of the image itself.
    pub(super) reference: String,
    /// The image as a component.
    pub(super) image: Value,
    /// Its distribution and its packages as components.
    pub(super) packages: Vec<Value>,
    /// What depends on what.
    pub(super) dependencies: Vec<Value>,
    /// The references of the packages, by package URL and path; without a path the first of that package URL. Nothing
    /// tells packages apart that are alike in both, so the first stands for all.
    by_place: HashMap<(&'a str, &'a str), String>,
}

impl<'a> Components<'a> {
    pub(super) fn of(report: &'a Report, names: &mut Names) -> Self {
        let purl = address::of_image(&report.image);
        let named = purl.clone().unwrap_or_else(|| format!("image:{}", report.image.name));
        let reference = names.unique(&named);
        let mut by_place: HashMap<(&str, &str), String> = HashMap::new();
        let mut owners: HashMap<&str, &str> = HashMap::new();
        let mut references = Vec::with_capacity(report.packages.len());
        for package in &report.packages {
            let wanted = if package.purl.is_empty() {
                format!("package:{} {}", package.name, package.version)
            } else {
                package.purl.clone()
            };
            references.push(names.unique(&wanted));
        }
        for (package, reference) in report.packages.iter().zip(&references) {
            let places = [""].into_iter().chain(package.paths.iter().map(String::as_str));
            for path in places.filter(|_| !package.purl.is_empty()) {
                by_place.entry((&package.purl, path)).or_insert_with(|| reference.clone());
            }
            if package.kind.is_system() {
                owners.entry(&package.name).or_insert(reference);
            }
        }
        let dependencies = dependencies(&reference, &report.packages, &references, &owners);
        let mut packages: Vec<Value> = distribution(report, names).into_iter().collect();
        packages
            .extend(report.packages.iter().zip(&references).map(|(package, name)| component(package, name)));
        Self {
            image: image(report, &reference, purl.as_deref()),
            reference,
            packages,
            dependencies,
            by_place,
        }
    }

    /// The references of the packages a finding is about; of the image when it is about none.
    pub(super) fn subjects(&self, finding: &Finding) -> Vec<String> {
        let purl = finding.purl().unwrap_or_default();
        let mut subjects: Vec<String> = finding
            .paths()
            .iter()
            .filter_map(|path| self.by_place.get(&(purl, path.as_str())))
            .cloned()
            .collect();
        if subjects.is_empty() {
            subjects.push(self.by_place.get(&(purl, "")).unwrap_or(&self.reference).clone());
        }
        subjects.sort();
        subjects.dedup();
        subjects
    }
}

fn image(report: &Report, reference: &str, purl: Option<&str>) -> Value {
    let image = &report.image;
    let mut properties: Vec<Value> = [
        property("imageId", image.image_id.clone()),
        property("digest", image.digest.clone()),
        property("platform", image.platform.clone()),
        property("source", image.source.clone()),
        property("created", image.created.clone()),
        property("baseImage", report.base_image.as_ref().and_then(|base| base.name.clone())),
    ]
    .into_iter()
    .flatten()
    .collect();
    properties.extend(report.layers.iter().filter_map(|layer| property("layer", layer.diff_id.clone())));
    properties
        .extend(report.layers.iter().filter(|layer| layer.from_base == Some(true)).filter_map(base_layer));
    json!({
        "type": "container",
        "bom-ref": reference,
        "name": image.name,
        "version": image.digest.as_deref().or(image.image_id.as_deref()),
        "purl": purl,
        "properties": properties,
    })
}

fn base_layer(layer: &LayerSummary) -> Option<Value> {
    property("baseLayer", layer.diff_id.clone())
}

fn distribution(report: &Report, names: &mut Names) -> Option<Value> {
    let distribution = report.distribution.as_ref()?;
    let version = distribution.version.as_deref();
    let wanted = format!("distribution:{} {}", distribution.id, version.unwrap_or_default());
    Some(json!({
        "type": "operating-system",
        "bom-ref": names.unique(wanted.trim_end()),
        "name": distribution.id,
        "version": version.map(short),
        "description": distribution.name,
    }))
}

fn component(package: &Package, reference: &str) -> Value {
    let source = package.source.as_ref();
    let properties: Vec<Value> = [
        property("type", package.kind.word().to_owned()),
        property("layer", package.layer.clone()),
        property("createdBy", package.created_by.clone()),
        property("fromBase", package.from_base.map(|from_base| from_base.to_string())),
        property("foundBy", package.found_by.clone()),
        property("owner", package.owner.clone()),
        property("sourceName", source.map(|source| source.name.clone())),
        property("sourceVersion", source.map(|source| source.version.clone())),
    ]
    .into_iter()
    .flatten()
    .collect();
    let occurrences: Vec<Value> = package
        .paths
        .iter()
        .filter(|path| !path.is_empty())
        .map(|path| json!({ "location": path }))
        .collect();
    json!({
        "type": "library",
        "bom-ref": reference,
        "name": package.name,
        "version": short(&package.version),
        "purl": Some(&package.purl).filter(|purl| !purl.is_empty()),
        "licenses": licenses(&package.licenses),
        "evidence": (!occurrences.is_empty()).then(|| json!({ "occurrences": occurrences })),
        "properties": properties,
    })
}

pub(super) fn short(version: &str) -> String {
    version.chars().take(LONGEST_VERSION).collect()
}

/// Licences as one expression when all of them are expressions, else by name: the standard has no mixture.
fn licenses(stated: &[String]) -> Option<Value> {
    let stated: Vec<&String> = stated.iter().filter(|license| !license.trim().is_empty()).collect();
    if stated.is_empty() {
        return None;
    }
    let expressions: Option<Vec<String>> =
        stated.iter().map(|license| license::expression(license)).collect();
    Some(match expressions {
        Some(expressions) => json!([{ "expression": license::all(&expressions) }]),
        None => stated.iter().map(|license| json!({ "license": { "name": license } })).collect(),
    })
}

/// The image depends on what no package brought, a system package on the language packages whose files are its own.
fn dependencies(
    image: &str,
    packages: &[Package],
    references: &[String],
    owners: &HashMap<&str, &str>,
) -> Vec<Value> {
    let mut direct = Vec::new();
    let mut owned: HashMap<&str, Vec<&str>> = HashMap::new();
    for (package, reference) in packages.iter().zip(references) {
        match package.owner.as_deref().and_then(|owner| owners.get(owner)) {
            Some(owner) if owner != reference => owned.entry(owner).or_default().push(reference),
            _ => direct.push(reference.as_str()),
        }
    }
    let mut dependencies = vec![json!({ "ref": image, "dependsOn": direct })];
    dependencies.extend(
        references
            .iter()
            .map(|reference| json!({ "ref": reference, "dependsOn": owned.remove(reference.as_str()) })),
    );
    dependencies
}
