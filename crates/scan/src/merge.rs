//! Applying the layers in order: what is visible in the end, who brought it, and whose it is.

mod visible;

use std::collections::{BTreeMap, HashMap};

use image::path;
use inventory::Found;
use model::{Distribution, Gap, Package};

use crate::facts::{Detectors, Find, LayerFacts};
use crate::purl;
use visible::Visible;

/// One layer for the merge.
pub(crate) struct Stacked<'a> {
    pub(crate) facts: &'a LayerFacts,
    pub(crate) diff_id: Option<String>,
    pub(crate) created_by: Option<String>,
}

/// What the whole image tells.
#[derive(Debug, Default)]
pub(crate) struct Merged {
    pub(crate) distribution: Option<Distribution>,
    pub(crate) packages: Vec<Package>,
    pub(crate) gaps: Vec<Gap>,
}

/// Merges layers, the lowest first.
pub(crate) fn merge(layers: &[Stacked<'_>]) -> Merged {
    let facts: Vec<&LayerFacts> = layers.iter().map(|layer| layer.facts).collect();
    let visible = Visible::of(&facts);
    let mut merged = Merged::default();
    for layer in &facts {
        merged.gaps.extend(layer.gaps.iter().cloned());
    }
    for (_, find) in visible.finds() {
        merged.gaps.extend(find.found.gaps.iter().cloned());
    }
    merged.gaps.extend(visible.linked_places(&facts, Detectors::places()));
    merged.distribution = distribution(&visible);
    let owners = Owners::of(visible.finds().map(|(_, find)| &find.found));
    for (layer, find) in visible.finds() {
        for package in &find.found.packages {
            let mut package = package.clone();
            if let Some(origin) = layers.get(origin(&facts, &visible, layer, find, &package)) {
                package.layer.clone_from(&origin.diff_id);
                package.created_by.clone_from(&origin.created_by);
            }
            if !package.kind.is_system() {
                package.owner = owners.of_path(&path::display(&find.path)).map(str::to_owned);
            }
            package.purl = purl::of(&package, merged.distribution.as_ref());
            merged.packages.push(package);
        }
    }
    merged.packages = join(merged.packages);
    merged.gaps.extend(unread_system(&merged));
    merged.gaps.sort();
    merged.gaps.dedup();
    merged
}

/// `etc/os-release` holds before `usr/lib/os-release`.
fn distribution(visible: &Visible<'_>) -> Option<Distribution> {
    let mut told: Vec<(&[u8], &Distribution)> = visible
        .finds()
        .filter_map(|(_, find)| Some((find.path.as_slice(), find.found.distribution.as_ref()?)))
        .collect();
    told.sort_by_key(|(path, _)| *path);
    told.first().map(|(_, distribution)| (*distribution).clone())
}

/// The lowest layer since which the package has been there without a break.
fn origin(
    facts: &[&LayerFacts],
    visible: &Visible<'_>,
    layer: usize,
    find: &Find,
    package: &Package,
) -> usize {
    let same = |other: &Package| {
        (&other.name, &other.version, other.kind, &other.arch)
            == (&package.name, &package.version, package.kind, &package.arch)
    };
    let mut origin = layer;
    for below in (0..layer).rev() {
        if visible.removed_in(below + 1, &find.path) {
            break;
        }
        let told = facts.get(below).into_iter().flat_map(|facts| visible.told_by(facts, below, &find.path));
        let mut told = told.filter(|below| below.extractor == find.extractor).peekable();
        if told.peek().is_none() {
            continue;
        }
        if !told.any(|below| below.found.packages.iter().any(same)) {
            break;
        }
        origin = below;
    }
    origin
}

/// Which system package a path belongs to.
struct Owners<'a>(HashMap<&'a str, &'a str>);

impl<'a> Owners<'a> {
    fn of(found: impl Iterator<Item = &'a Found>) -> Self {
        let owned = found.flat_map(|found| &found.owned);
        Self(
            owned
                .flat_map(|owned| owned.paths.iter().map(|path| (path.as_str(), owned.package.as_str())))
                .collect(),
        )
    }

    /// With `/lib` and `/usr/lib` as one, as they are since the merge of the two.
    fn of_path(&self, path: &str) -> Option<&'a str> {
        let merged = || self.0.get(path.strip_prefix("usr/")?);
        self.0.get(path).or_else(merged).copied()
    }
}

/// The same package at several places of one layer is one package with several paths.
fn join(packages: Vec<Package>) -> Vec<Package> {
    let mut joined: BTreeMap<Package, Vec<String>> = BTreeMap::new();
    for mut package in packages {
        let paths = std::mem::take(&mut package.paths);
        joined.entry(package).or_default().extend(paths);
    }
    let placed = joined.into_iter().map(|(mut package, mut paths)| {
        paths.sort();
        paths.dedup();
        package.paths = paths;
        package
    });
    let mut packages: Vec<Package> = placed.collect();
    let order = |package: &Package| {
        (package.kind, package.name.clone(), package.version.clone(), package.paths.clone())
    };
    packages.sort_by_cached_key(order);
    packages
}

/// A distribution without one package that could be read: its database is of a kind that is not read, or is gone.
fn unread_system(merged: &Merged) -> Option<Gap> {
    let distribution = merged.distribution.as_ref()?;
    if merged.packages.iter().any(|package| package.kind.is_system()) {
        return None;
    }
    let name = distribution.name.as_ref().unwrap_or(&distribution.id);
    let why = "it was recognised, but no package database that Lazaret reads (dpkg, apk) was found; \
               its system packages were not judged";
    Some(Gap::new("distribution", name, why))
}
