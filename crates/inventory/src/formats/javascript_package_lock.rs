//! The lock files of npm: `package-lock.json` and `npm-shrinkwrap.json`, versions 1 to 3.
//!
//! Written by npm. Source: <https://docs.npmjs.com/cli/configuring-npm/package-lock-json>. What npm marks as `dev` is
//! left out; what it marks as `devOptional` is not, because production may install it. Left out as well are the
//! project's own folders (workspaces and links). An alias counts under the name of the package behind it. The hidden
//! `node_modules/.package-lock.json` is not read: the `package.json` files beside it tell the same.

use std::collections::BTreeMap;

use image::interest::Pattern;
use model::PackageType;
use serde::Deserialize;
use serde_json::Value;

use crate::licenses::normalise;
use crate::listing::{self, Listing};
use crate::{Error, Evidence, Extractor, Input, projects};

pub(super) static EXTRACTOR: Extractor = Extractor {
    name: "javascript/package-lock",
    version: 1,
    files: &[Pattern::Name("package-lock.json"), Pattern::Name("npm-shrinkwrap.json")],
    wants: projects::is_own,
    evidence: Evidence::Declared,
    extract,
};

const FORMAT: &str = "npm lock file";
const FOLDER: &str = "node_modules/";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Lock {
    lockfile_version: Option<u32>,
    /// Since version 2: by folder.
    packages: Option<BTreeMap<String, Installed>>,
    /// Until version 2: by name, each with what lies below it.
    dependencies: Option<BTreeMap<String, Dependency>>,
}

#[derive(Deserialize)]
struct Installed {
    name: Option<String>,
    version: Option<String>,
    license: Option<Value>,
    #[serde(default)]
    link: bool,
    #[serde(default)]
    dev: bool,
}

#[derive(Deserialize)]
struct Dependency {
    version: Option<String>,
    #[serde(default)]
    dev: bool,
    dependencies: Option<BTreeMap<String, Self>>,
}

fn extract(input: &mut Input<'_>) -> Result<(), Error> {
    let text = listing::text(input, FORMAT)?;
    let lock: Lock = serde_json::from_str(text).map_err(|error| invalid(error.to_string()))?;
    let mut listing = Listing::new(PackageType::Npm);
    match (lock.packages, lock.dependencies) {
        (Some(packages), _) => add_installed(&packages, &mut listing),
        (None, Some(dependencies)) => add_dependencies(&dependencies, &mut listing),
        (None, None) if lock.lockfile_version.is_none() => {
            return Err(invalid("it has neither packages nor a version".to_owned()));
        }
        (None, None) => {}
    }
    listing.report(input);
    Ok(())
}

fn invalid(why: String) -> Error {
    Error::Format { format: FORMAT, why }
}

fn add_installed(packages: &BTreeMap<String, Installed>, listing: &mut Listing) {
    for (folder, package) in packages {
        // A folder that is not below `node_modules` is the project's own, and a link leads to such a one.
        let Some((_, name)) = folder.rsplit_once(FOLDER) else { continue };
        if package.dev || package.link {
            continue;
        }
        let name = package.name.as_deref().unwrap_or(name);
        let version = package.version.as_deref().unwrap_or_default();
        let license = package.license.as_ref().and_then(Value::as_str).map(normalise);
        listing.add_licensed(name, version, license.into_iter().collect());
    }
}

fn add_dependencies(dependencies: &BTreeMap<String, Dependency>, listing: &mut Listing) {
    for (name, dependency) in dependencies {
        let version = dependency.version.as_deref().unwrap_or_default();
        if !dependency.dev {
            match version.strip_prefix("npm:").and_then(|alias| alias.rsplit_once('@')) {
                Some((name, version)) => listing.add(name, version),
                None if is_elsewhere(version) => {}
                None => listing.add(name, version),
            }
        }
        if let Some(nested) = &dependency.dependencies {
            add_dependencies(nested, listing);
        }
    }
}

/// Whether an address or a folder stands where the version would, which tells none.
fn is_elsewhere(version: &str) -> bool {
    version.contains(':')
}
