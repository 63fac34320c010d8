//! Installed Perl distributions: `.meta/<distribution>/install.json`.
//!
//! Written by cpanm and what is built on it, as JSON. Source: `App::cpanminus`. The distribution is told by `dist`.

use image::interest::Pattern;
use serde::Deserialize;

use super::perl_cpanfile_snapshot::package;
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
    let invalid = |why: String| Error::Format { format: "install.json", why };
    let install: Install =
        serde_json::from_slice(input.bytes()?).map_err(|error| invalid(error.to_string()))?;
    input.package(package(&install.dist).map_err(invalid)?);
    Ok(())
}
