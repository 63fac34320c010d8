//! Installed PHP packages: `vendor/composer/installed.json`, as Composer 1 and 2 write it.
//!
//! Written by Composer. Source: <https://getcomposer.org/doc/07-runtime.md>. What is installed is there, for development
//! or not: all of it counts.

use image::interest::Pattern;
use model::PackageType;
use serde::Deserialize;
use serde_json::Value;

use crate::licenses::normalise;
use crate::listing::{self, Listing};
use crate::{Error, Evidence, Extractor, Input};

pub(super) static EXTRACTOR: Extractor = Extractor {
    name: "php/composer-installed",
    version: 1,
    files: &[Pattern::Name("installed.json")],
    wants: |path| path.rsplit('/').nth(1) == Some("composer"),
    evidence: Evidence::Installed,
    extract,
};

const FORMAT: &str = "list of Composer";

/// The list alone until version 1, with more around it since.
#[derive(Deserialize)]
#[serde(untagged)]
enum Installed {
    Since2 { packages: Vec<Listed> },
    Until1(Vec<Listed>),
}

#[derive(Deserialize)]
struct Listed {
    name: String,
    #[serde(default)]
    version: String,
    license: Option<Value>,
}

fn extract(input: &mut Input<'_>) -> Result<(), Error> {
    let text = listing::text(input, FORMAT)?;
    let installed: Installed = serde_json::from_str(text)
        .map_err(|error| Error::Format { format: FORMAT, why: error.to_string() })?;
    let (Installed::Since2 { packages } | Installed::Until1(packages)) = installed;
    let mut listing = Listing::new(PackageType::Composer);
    for listed in &packages {
        listing.add_licensed(&listed.name, &listed.version, licenses(listed.license.as_ref()));
    }
    listing.report(input);
    Ok(())
}

/// One licence, or a list of those of which one may be chosen.
fn licenses(stated: Option<&Value>) -> Vec<String> {
    let stated = match stated {
        Some(Value::Array(stated)) => stated.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    stated.iter().filter_map(Value::as_str).map(normalise).collect()
}
