//! R packages a project has locked: `renv.lock`.
//!
//! Written by renv, as JSON. Source: the documentation of renv.

use std::collections::BTreeMap;

use image::interest::Pattern;
use model::PackageType;
use serde::Deserialize;

use crate::listing::Listing;
use crate::{Error, Evidence, Extractor, Input};

pub(super) static EXTRACTOR: Extractor = Extractor {
    name: "r/renv-lock",
    version: 1,
    files: &[Pattern::Name("renv.lock")],
    wants: |_| true,
    evidence: Evidence::Declared,
    extract,
};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Lock {
    #[serde(default)]
    packages: BTreeMap<String, Entry>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Entry {
    #[serde(default)]
    version: String,
}

fn extract(input: &mut Input<'_>) -> Result<(), Error> {
    let mut listing = Listing::new(PackageType::Cran);
    let lock: Lock = serde_json::from_slice(input.bytes()?)
        .map_err(|error| Error::Format { format: "renv.lock", why: error.to_string() })?;
    for (name, entry) in lock.packages {
        listing.add(&name, &entry.version);
    }
    listing.report(input);
    Ok(())
}
