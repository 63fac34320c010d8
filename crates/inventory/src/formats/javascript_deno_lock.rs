//! The lock file of Deno: `deno.lock`, versions 2 to 5, as far as it lists packages of npm.
//!
//! Written by Deno. Source: <https://docs.deno.com/runtime/fundamentals/modules/#integrity-checking-and-lock-files>. The
//! file does not tell what only development asks for: everything counts. Not listed: packages of JSR and modules by
//! address, for which nobody publishes advisories.

use std::collections::BTreeMap;

use image::interest::Pattern;
use model::PackageType;
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::listing::{self, Listing, shown};
use crate::{Error, Evidence, Extractor, Input, projects};

pub(super) static EXTRACTOR: Extractor = Extractor {
    name: "javascript/deno-lock",
    version: 1,
    files: &[Pattern::Name("deno.lock")],
    wants: projects::is_own,
    evidence: Evidence::Declared,
    extract,
};

const FORMAT: &str = "Deno lock file";

#[derive(Deserialize)]
struct Lock {
    /// Text since version 2; version 1 has none and lists no packages.
    #[serde(rename = "version")]
    _version: String,
    npm: Option<Packages>,
    packages: Option<Sections>,
}

/// What version 3 has around the packages.
#[derive(Deserialize)]
struct Sections {
    npm: Option<Packages>,
}

/// In version 2 with a table of requests beside the packages.
#[derive(Deserialize)]
#[serde(untagged)]
enum Packages {
    Tables { packages: BTreeMap<String, IgnoredAny> },
    Table(BTreeMap<String, IgnoredAny>),
}

fn extract(input: &mut Input<'_>) -> Result<(), Error> {
    let text = listing::text(input, FORMAT)?;
    let lock: Lock = serde_json::from_str(text)
        .map_err(|error| Error::Format { format: FORMAT, why: error.to_string() })?;
    let mut listing = Listing::new(PackageType::Npm);
    for tables in [lock.npm, lock.packages.and_then(|sections| sections.npm)].into_iter().flatten() {
        let (Packages::Tables { packages } | Packages::Table(packages)) = tables;
        for key in packages.keys() {
            match split(key) {
                Some((name, version)) => listing.add(name, version),
                None => listing.problem(format!("`{}` names no package and version", shown(key))),
            }
        }
    }
    listing.report(input);
    Ok(())
}

/// `name@1.0.0_peer@2.0.0`: the name, and the version without the packages that were chosen for its peers.
fn split(key: &str) -> Option<(&str, &str)> {
    let at = key.get(1..)?.find('@')? + 1;
    let version = key.get(at + 1..)?;
    Some((key.get(..at)?, version.split('_').next().unwrap_or(version)))
}
