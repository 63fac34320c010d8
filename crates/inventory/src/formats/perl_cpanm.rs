//! Installed Perl distributions: `.meta/<distribution>/install.json`.
//!
//! Written by cpanm and what is built on it, as JSON. Source: `App::cpanminus`. The distribution is told by `dist`.

use image::interest::Pattern;
use model::PackageType;
use serde::Deserialize;

use super::perl_cpanfile_snapshot::parts;
use crate::listing::Listing;
use crate::{Error, Evidence, Extractor, Input};

pub(super) static EXTRACTOR: Extractor = Extractor {
    name: "perl/cpanm",
    version: 1,
    files: &[Pattern::Name("install.json")],
    wants: is_installed,
    evidence: Evidence::Installed,
    extract,
};

fn is_installed(path: &str) -> bool {
    path.rsplit('/').nth(2) == Some(".meta")
}

#[derive(Deserialize)]
struct Install {
    dist: String,
}

fn extract(input: &mut Input<'_>) -> Result<(), Error> {
    let install: Install = serde_json::from_slice(input.bytes()?)
        .map_err(|error| Error::Format { format: "install.json", why: error.to_string() })?;
    let (name, version) = parts(&install.dist);
    let mut listing = Listing::new(PackageType::Cpan);
    listing.add(name, version);
    listing.report(input);
    Ok(())
}
