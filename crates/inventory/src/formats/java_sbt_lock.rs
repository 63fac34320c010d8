//! `build.sbt.lock`: the libraries a Scala project is built with.
//!
//! Written by the plug-in sbt-dependency-lock, <https://github.com/stringbean/sbt-dependency-lock>. What only tests ask
//! for is left out.

use image::interest::Pattern;
use model::PackageType;
use serde::Deserialize;

use crate::listing::{self, Listing};
use crate::{Error, Evidence, Extractor, Input};

pub(super) static EXTRACTOR: Extractor = Extractor {
    name: "java/sbt-lock",
    version: 1,
    files: &[Pattern::Name("build.sbt.lock")],
    wants: |_path| true,
    evidence: Evidence::Declared,
    extract,
};

#[derive(Deserialize)]
struct Lock {
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    org: String,
    name: String,
    version: String,
    #[serde(default)]
    configurations: Vec<String>,
}

fn extract(input: &mut Input<'_>) -> Result<(), Error> {
    let lock: Lock = serde_json::from_str(listing::text(input, "build.sbt.lock")?)
        .map_err(|error| Error::Format { format: "build.sbt.lock", why: error.to_string() })?;
    let mut listed = Listing::new(PackageType::Maven);
    for dependency in lock.dependencies {
        let tests = !dependency.configurations.is_empty()
            && dependency.configurations.iter().all(|name| name.starts_with("test") || name == "it");
        if !tests {
            listed.add(&format!("{}:{}", dependency.org, dependency.name), &dependency.version);
        }
    }
    listed.report(input);
    Ok(())
}
