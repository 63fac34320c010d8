//! Packages a Dart or Flutter project has locked: `pubspec.lock`.
//!
//! Written by `dart pub`. Source: <https://dart.dev/tools/pub/glossary#lockfile>. Packages of the SDK (`source: sdk`) have
//! no version of their own and those of a path are the project's; both are left out.

use std::collections::BTreeMap;

use image::interest::Pattern;
use model::PackageType;
use serde::Deserialize;

use crate::listing::Listing;
use crate::{Error, Evidence, Extractor, Input};

pub(super) static EXTRACTOR: Extractor = Extractor {
    name: "dart/pubspec-lock",
    version: 1,
    files: &[Pattern::Name("pubspec.lock")],
    wants: |_| true,
    evidence: Evidence::Declared,
    extract,
};

#[derive(Deserialize)]
struct Lock {
    #[serde(default)]
    packages: Option<BTreeMap<String, Entry>>,
}

#[derive(Deserialize)]
struct Entry {
    source: String,
    #[serde(default)]
    version: String,
}

fn extract(input: &mut Input<'_>) -> Result<(), Error> {
    let mut listing = Listing::new(PackageType::Pub);
    let lock: Lock = serde_saphyr::from_slice(input.bytes()?).map_err(|error| Error::Format {
        format: "pubspec.lock",
        why: error.without_snippet().to_string(),
    })?;
    for (name, entry) in lock.packages.unwrap_or_default() {
        if matches!(entry.source.as_str(), "sdk" | "path") {
            continue;
        }
        listing.add(&name, &entry.version);
    }
    listing.report(input);
    Ok(())
}
