//! The lock file of Bun: `bun.lock`, JSON with comments and trailing commas; the older binary `bun.lockb` is not read,
//! and said to be unread.
//!
//! Written by Bun. Source: <https://bun.sh/docs/install/lockfile>. What only development asks for is left out: it
//! follows from who depends on whom, beginning at all projects of the workspace; an optional peer that is locked is asked
//! for as well, as `bun install --production` installs it. An alias counts under the name of the
//! package behind it; what is no version of a registry (folders, workspaces, repositories) does not count.

mod graph;
mod plain;

use std::collections::BTreeMap;

use image::interest::Pattern;
use model::PackageType;
use serde::Deserialize;
use serde_json::Value;

use crate::listing::{self, Listing};
use crate::{Error, Evidence, Extractor, Input, projects};

pub(super) static EXTRACTOR: Extractor = Extractor {
    name: "javascript/bun-lock",
    version: 1,
    files: &[Pattern::Name("bun.lock"), Pattern::Name("bun.lockb")],
    wants: projects::is_own,
    evidence: Evidence::Declared,
    extract,
};

const FORMAT: &str = "Bun lock file";

#[derive(Deserialize)]
struct Lock {
    #[serde(default)]
    workspaces: BTreeMap<String, Asks>,
    packages: BTreeMap<String, Vec<Value>>,
}

/// What a project or a package asks for.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Asks {
    name: Option<String>,
    dependencies: BTreeMap<String, Value>,
    optional_dependencies: BTreeMap<String, Value>,
    peer_dependencies: BTreeMap<String, Value>,
    dev_dependencies: BTreeMap<String, Value>,
}

fn extract(input: &mut Input<'_>) -> Result<(), Error> {
    if input.path().ends_with(".lockb") {
        input.gap(
            "it is written in Bun's binary format; `bun install --save-text-lockfile` writes `bun.lock`",
        );
        return Ok(());
    }
    let text = plain::json(listing::text(input, FORMAT)?);
    let invalid = |error: serde_json::Error| Error::Format { format: FORMAT, why: error.to_string() };
    let lock: Lock = serde_json::from_slice(&text).map_err(invalid)?;
    let left_out = graph::development(&lock).map_err(invalid)?;
    let mut listing = Listing::new(PackageType::Npm);
    for ((key, package), left_out) in lock.packages.iter().zip(left_out) {
        let Some(chosen) = package.first().and_then(Value::as_str) else {
            listing.problem(format!("`{}` names no package and version", listing::shown(key)));
            continue;
        };
        match split(chosen) {
            _ if left_out => {}
            Some((name, version)) if !version.contains([':', '/']) => listing.add(name, version),
            Some(_) => {}
            None => listing.problem(format!("`{}` names no package and version", listing::shown(chosen))),
        }
    }
    listing.report(input);
    Ok(())
}

/// `@scope/name` and what was chosen.
fn split(chosen: &str) -> Option<(&str, &str)> {
    let at = chosen.get(1..)?.find('@')? + 1;
    Some((chosen.get(..at)?, chosen.get(at + 1..)?))
}
