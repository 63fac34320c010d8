//! The lock file of pnpm: `pnpm-lock.yaml`, versions 5 to 9.
//!
//! Written by pnpm. Source: <https://github.com/pnpm/spec>, directory `lockfile`. What only development asks for is
//! left out: until version 6 the file marks it, in version 9 it follows from who depends on whom, beginning at all
//! projects of the workspace. The project's own folders (`link:`, `file:`) are left out as well.

mod graph;
mod key;

use std::collections::BTreeMap;

use image::interest::Pattern;
use model::PackageType;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_saphyr::{budget, options};

use crate::listing::{self, Listing};
use crate::{Error, Evidence, Extractor, Input, projects};

pub(super) static EXTRACTOR: Extractor = Extractor {
    name: "javascript/pnpm-lock",
    version: 1,
    files: &[Pattern::Name("pnpm-lock.yaml")],
    wants: projects::is_own,
    evidence: Evidence::Declared,
    extract,
};

const FORMAT: &str = "pnpm lock file";
/// How much YAML is read: a large workspace has a few hundred thousand nodes.
const NODES: usize = 2_000_000;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Lock {
    /// A number until version 5, text since.
    lockfile_version: String,
    #[serde(default)]
    importers: BTreeMap<String, Importer>,
    #[serde(default)]
    packages: BTreeMap<String, Locked>,
    #[serde(default)]
    snapshots: BTreeMap<String, Snapshot>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Importer {
    dependencies: BTreeMap<String, Wanted>,
    optional_dependencies: BTreeMap<String, Wanted>,
    dev_dependencies: BTreeMap<String, Wanted>,
}

/// What was chosen for a request: the version alone in old files.
#[derive(Deserialize)]
#[serde(untagged)]
enum Wanted {
    Chosen { version: String },
    Other(IgnoredAny),
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Locked {
    name: Option<String>,
    version: Option<String>,
    dev: bool,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Snapshot {
    dependencies: BTreeMap<String, String>,
    optional_dependencies: BTreeMap<String, String>,
}

fn extract(input: &mut Input<'_>) -> Result<(), Error> {
    let text = listing::text(input, FORMAT)?;
    let options = options! {
        budget: budget! { max_nodes: NODES, max_events: 3 * NODES },
        with_snippet: false,
    };
    let lock: Lock =
        serde_saphyr::from_str_with_options(text, options).map_err(|error| invalid(error.to_string()))?;
    let major = lock.lockfile_version.split('.').next().and_then(|major| major.parse::<u32>().ok());
    let major = major
        .ok_or_else(|| invalid(format!("its version is `{}`", listing::shown(&lock.lockfile_version))))?;
    let mut listing = Listing::new(PackageType::Npm);
    let left_out = graph::development(&lock);
    for (key, locked) in &lock.packages {
        if locked.dev || left_out.contains(key.as_str()) {
            continue;
        }
        add(major, key, locked, &mut listing);
    }
    listing.report(input);
    Ok(())
}

fn invalid(why: String) -> Error {
    Error::Format { format: FORMAT, why }
}

fn add(major: u32, key: &str, locked: &Locked, listing: &mut Listing) {
    let read = key::read(major, key);
    let name = locked.name.as_deref().or(read.map(|(name, _)| name));
    let version = locked.version.as_deref().or(read.and_then(|(_, version)| version));
    match (name, version) {
        // A folder or an archive of the project; it has a name only where pnpm read its manifest.
        (_, version) if key::is_own(key) && version.is_none_or(|version| version.contains(':')) => {}
        (Some(name), Some(version)) => listing.add(name, version),
        _ => listing.problem(format!("`{}` names no package and version", listing::shown(key))),
    }
}
