//! The lock file of PDM: `pdm.lock`.
//!
//! Written by PDM. Source: <https://pdm-project.org/latest/usage/lockfile/>. What belongs to other groups than `default`
//! is left out where the file tells groups, as it does since version 4.4. Folders of the project are left out.

use image::interest::Pattern;
use model::PackageType;
use serde::Deserialize;

use crate::listing::{self, Listing};
use crate::{Error, Evidence, Extractor, Input, projects};

pub(super) static EXTRACTOR: Extractor = Extractor {
    name: "python/pdm-lock",
    version: 1,
    files: &[Pattern::Name("pdm.lock")],
    wants: projects::is_own,
    evidence: Evidence::Declared,
    extract,
};

const FORMAT: &str = "PDM lock file";

#[derive(Deserialize)]
struct Lock {
    /// Says that the file is one; each version writes it.
    #[serde(rename = "metadata")]
    _metadata: serde::de::IgnoredAny,
    #[serde(default)]
    package: Vec<Locked>,
}

#[derive(Deserialize)]
struct Locked {
    name: String,
    #[serde(default)]
    version: String,
    groups: Option<Vec<String>>,
    path: Option<String>,
}

fn extract(input: &mut Input<'_>) -> Result<(), Error> {
    let text = listing::text(input, FORMAT)?;
    let lock: Lock = toml::from_str(text)
        .map_err(|error| Error::Format { format: FORMAT, why: error.message().to_owned() })?;
    let mut listing = Listing::new(PackageType::Pypi);
    for locked in lock.package.iter().filter(|locked| locked.path.is_none()) {
        if locked.groups.as_ref().is_none_or(|groups| groups.iter().any(|group| group == "default")) {
            listing.add(&locked.name, &locked.version);
        }
    }
    listing.report(input);
    Ok(())
}
