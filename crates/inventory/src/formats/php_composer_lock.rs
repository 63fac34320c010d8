//! The lock file of Composer: `composer.lock`.
//!
//! Written by Composer. Source: <https://getcomposer.org/doc/01-basic-usage.md#commit-your-composer-lock-file-to-version-control>.
//! The list `packages` counts; `packages-dev` does not.

use image::interest::Pattern;
use model::PackageType;
use serde::Deserialize;

use crate::licenses::normalise;
use crate::listing::{self, Listing};
use crate::{Error, Evidence, Extractor, Input, projects};

pub(super) static EXTRACTOR: Extractor = Extractor {
    name: "php/composer-lock",
    version: 1,
    files: &[Pattern::Name("composer.lock")],
    wants: projects::is_own,
    evidence: Evidence::Declared,
    extract,
};

const FORMAT: &str = "Composer lock file";

#[derive(Deserialize)]
struct Lock {
    packages: Vec<Locked>,
}

#[derive(Deserialize)]
struct Locked {
    name: String,
    #[serde(default)]
    version: String,
    #[serde(default)]
    license: Vec<String>,
}

fn extract(input: &mut Input<'_>) -> Result<(), Error> {
    let text = listing::text(input, FORMAT)?;
    let lock: Lock = serde_json::from_str(text)
        .map_err(|error| Error::Format { format: FORMAT, why: error.to_string() })?;
    let mut listing = Listing::new(PackageType::Composer);
    for locked in &lock.packages {
        let licenses = locked.license.iter().map(|stated| normalise(stated)).collect();
        listing.add_licensed(&locked.name, &locked.version, licenses);
    }
    listing.report(input);
    Ok(())
}
