//! `packages.lock.json`: the packages a .NET project is built with.
//!
//! Written by `NuGet`, <https://learn.microsoft.com/en-us/nuget/consume-packages/package-references-in-project-files>.
//! References to other projects are left out. A package is told once, whatever the number of frameworks.

use std::collections::{BTreeMap, BTreeSet};

use image::interest::Pattern;
use model::{Package, PackageType};
use serde::Deserialize;

use crate::fields::unmarked;
use crate::{Error, Evidence, Extractor, Input};

pub(super) static EXTRACTOR: Extractor = Extractor {
    name: "dotnet/packages-lock",
    version: 1,
    files: &[Pattern::Name("packages.lock.json")],
    wants: |_path| true,
    evidence: Evidence::Declared,
    extract,
};

#[derive(Deserialize)]
struct Lock {
    dependencies: BTreeMap<String, BTreeMap<String, Dependency>>,
}

#[derive(Deserialize)]
struct Dependency {
    #[serde(rename = "type", default)]
    kind: String,
    resolved: Option<String>,
}

fn extract(input: &mut Input<'_>) -> Result<(), Error> {
    let lock: Lock = serde_json::from_slice(unmarked(input.bytes()?))
        .map_err(|error| Error::Format { format: "packages.lock.json", why: error.to_string() })?;
    let mut found = BTreeSet::new();
    let mut unresolved = BTreeSet::new();
    for (name, dependency) in lock.dependencies.into_values().flatten() {
        match dependency.resolved {
            _ if dependency.kind == "Project" => {}
            Some(version) if !version.is_empty() => {
                found.insert((name, version));
            }
            _ => {
                unresolved.insert(name);
            }
        }
    }
    for (name, version) in found {
        input.package(Package::new(PackageType::Nuget, name, version));
    }
    if !unresolved.is_empty() {
        input.gap(format!("packages without a resolved version: {}", unresolved.len()));
    }
    Ok(())
}
