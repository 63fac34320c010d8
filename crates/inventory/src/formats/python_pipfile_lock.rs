//! The lock file of Pipenv: `Pipfile.lock`.
//!
//! Written by Pipenv. Source: <https://pipenv.pypa.io/en/stable/pipfile.html>. The section `default` counts, `develop`
//! and other groups do not. What is taken from a repository or a folder states no version and is left out.

use std::collections::BTreeMap;

use image::interest::Pattern;
use model::PackageType;
use serde::Deserialize;

use crate::listing::{self, Listing};
use crate::{Error, Evidence, Extractor, Input, projects};

pub(super) static EXTRACTOR: Extractor = Extractor {
    name: "python/pipfile-lock",
    version: 1,
    files: &[Pattern::Name("Pipfile.lock")],
    wants: projects::is_own,
    evidence: Evidence::Declared,
    extract,
};

const FORMAT: &str = "Pipenv lock file";

#[derive(Deserialize)]
struct Lock {
    default: BTreeMap<String, Locked>,
}

#[derive(Deserialize)]
struct Locked {
    version: Option<String>,
}

fn extract(input: &mut Input<'_>) -> Result<(), Error> {
    let text = listing::text(input, FORMAT)?;
    let lock: Lock = serde_json::from_str(text)
        .map_err(|error| Error::Format { format: FORMAT, why: error.to_string() })?;
    let mut listing = Listing::new(PackageType::Pypi);
    for (name, locked) in &lock.default {
        let Some(version) = &locked.version else { continue };
        match version.trim().strip_prefix("==") {
            Some(version) => listing.add(name, version.trim_start_matches('=')),
            None => listing.problem(format!("it pins no version of `{}`", listing::shown(name))),
        }
    }
    listing.report(input);
    Ok(())
}
