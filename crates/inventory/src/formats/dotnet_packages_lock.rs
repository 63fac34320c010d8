//! `packages.lock.json`: the packages a .NET project is built with.
//!
//! Written by `NuGet`, <https://learn.microsoft.com/en-us/nuget/consume-packages/package-references-in-project-files>.
//! References to other projects are left out. A package is told once, whatever the number of frameworks.

use std::collections::BTreeMap;

use image::interest::Pattern;
use model::PackageType;
use serde::Deserialize;

use crate::listing::{self, Listing};
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
    let lock: Lock = serde_json::from_str(listing::text(input, "packages.lock.json")?)
        .map_err(|error| Error::Format { format: "packages.lock.json", why: error.to_string() })?;
    let mut listed = Listing::new(PackageType::Nuget);
    for (name, dependency) in lock.dependencies.into_values().flatten() {
        if dependency.kind != "Project" {
            listed.add(&name, dependency.resolved.as_deref().unwrap_or_default());
        }
    }
    listed.report(input);
    Ok(())
}
