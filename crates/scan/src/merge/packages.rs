//! The packages that are there in the end: who brought them, whose they are, and which of them only a lock file names.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use image::path;
use inventory::{CLASSIFIED, EXTRACTORS, Evidence};
use model::{Distribution, Package, PackageType};

use super::Stacked;
use super::owners::Owners;
use super::visible::Visible;
use crate::facts::{Find, LayerFacts};
use crate::options::Declared;
use crate::purl;

/// The packages that are there in the end.
pub(super) fn packages<'a>(
    layers: &[Stacked<'a>],
    facts: &[&'a LayerFacts],
    visible: &Visible<'a>,
    owners: &Owners<'a>,
    distribution: Option<&Distribution>,
    declared: Declared,
) -> Vec<Package> {
    let licenses = licenses(visible);
    let mut packages = Vec::new();
    for (layer, find) in visible.finds().filter(|(_, find)| owners.lets_count(find)) {
        let is_declared = evidence(&find.extractor) == Some(Evidence::Declared);
        for package in &find.found.packages {
            let mut package = package.clone();
            if let Some(origin) = layers.get(origin(facts, visible, layer, find, &package)) {
                package.layer.clone_from(&origin.diff_id);
                package.created_by.clone_from(&origin.created_by);
                package.from_base = origin.from_base;
            }
            package.declared |= is_declared;
            if !package.kind.is_system() {
                package.owner = owners.of_path(&path::display(&find.path)).map(str::to_owned);
            } else if package.licenses.is_empty() {
                package.licenses = licenses.get(package.name.as_str()).copied().cloned().unwrap_or_default();
            }
            // A format that knows more than the fields of a package hold has written it.
            if package.purl.is_empty() {
                package.purl = purl::of(&package, distribution);
            }
            packages.push(package);
        }
    }
    let is_directory = layers.iter().all(|layer| layer.diff_id.is_none());
    let counts = declared.counts(is_directory, distribution, &packages);
    join(settle(unite(fold(packages)), counts))
}

/// What it means that this extractor names a package.
fn evidence(extractor: &str) -> Option<Evidence> {
    EXTRACTORS.iter().find(|known| known.name == extractor).map(|known| known.evidence)
}

/// Licences of system packages that other files than their records tell.
fn licenses<'a>(visible: &Visible<'a>) -> HashMap<&'a str, &'a Vec<String>> {
    let told = visible.finds().flat_map(|(_, find)| &find.found.licensed);
    told.map(|told| (told.package.as_str(), &told.licenses)).collect()
}

/// A system package that two files of one package manager tell of, each a part, is one package.
fn fold(packages: Vec<Package>) -> Vec<Package> {
    let mut folded: Vec<Package> = Vec::with_capacity(packages.len());
    let mut places: HashMap<(String, String, Option<String>, String), usize> = HashMap::new();
    for package in packages {
        if !package.kind.is_system() {
            folded.push(package);
            continue;
        }
        let Package { name, version, arch, found_by, .. } = &package;
        let key = (name.clone(), version.clone(), arch.clone(), found_by.clone());
        let place = *places.entry(key).or_insert(folded.len());
        match folded.get_mut(place) {
            Some(known) => complete(known, package),
            None => folded.push(package),
        }
    }
    folded
}

/// Adds what another file tells of a package.
fn complete(known: &mut Package, other: Package) {
    known.paths.extend(other.paths);
    known.source = known.source.take().or(other.source);
    known.vendor = known.vendor.take().or(other.vendor);
    known.module = known.module.take().or(other.module);
    if known.licenses.is_empty() {
        known.licenses = other.licenses;
    }
}

/// What is there and is also asked for is one package, the one that is there; what is only asked for stays when it counts.
fn settle(packages: Vec<Package>, declared_count: bool) -> Vec<Package> {
    let identity = |package: &Package| (package.kind, package.name.clone(), package.version.clone());
    let there: HashSet<(PackageType, String, String)> = match declared_count {
        true => packages.iter().filter(|package| !package.declared).map(identity).collect(),
        false => HashSet::new(),
    };
    let stays =
        |package: &Package| !package.declared || (declared_count && !there.contains(&identity(package)));
    packages.into_iter().filter(stays).collect()
}

/// A program that names its own module and is known by its bytes too is one package: the module, with what its bytes add.
fn unite(packages: Vec<Package>) -> Vec<Package> {
    let (known, mut others): (Vec<Package>, Vec<Package>) =
        packages.into_iter().partition(|package| package.found_by == CLASSIFIED);
    let identity = |package: &Package| (package.kind, package.name.clone(), package.paths.clone());
    let kinds: BTreeSet<PackageType> = known.iter().map(|package| package.kind).collect();
    let places: HashMap<_, usize> = others
        .iter()
        .enumerate()
        .filter(|(_, package)| kinds.contains(&package.kind))
        .map(|(place, package)| (identity(package), place))
        .collect();
    for program in known {
        let same = places.get(&identity(&program)).and_then(|place| others.get_mut(*place));
        match same {
            // The linker knew no version.
            Some(module) if module.version == "(devel)" => *module = program,
            Some(module) => module.cpes = program.cpes,
            None => others.push(program),
        }
    }
    others
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
