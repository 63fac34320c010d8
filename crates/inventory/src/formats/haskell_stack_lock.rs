//! Packages a Haskell project has locked beside its snapshot: `stack.yaml.lock`.
//!
//! Written by Stack, in YAML. Source: the Stack documentation. A package of Hackage is
//! `hackage: acme-missiles-0.3@sha256:…,613`; what comes from git or an archive states name and version. The packages of
//! the snapshot itself are named by its address only and not read.

use image::interest::Pattern;
use model::PackageType;
use serde::Deserialize;

use crate::listing::Listing;
use crate::{Error, Evidence, Extractor, Input};

pub(super) static EXTRACTOR: Extractor = Extractor {
    name: "haskell/stack-lock",
    version: 1,
    files: &[Pattern::Name("stack.yaml.lock")],
    wants: |_| true,
    evidence: Evidence::Declared,
    extract,
};

#[derive(Deserialize)]
struct Lock {
    #[serde(default)]
    packages: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    completed: Completed,
}

#[derive(Deserialize)]
struct Completed {
    #[serde(default)]
    hackage: Option<String>,
    #[serde(default)]
    name: String,
    #[serde(default)]
    version: String,
}

fn extract(input: &mut Input<'_>) -> Result<(), Error> {
    let mut listing = Listing::new(PackageType::Hackage);
    let lock: Lock = serde_saphyr::from_slice(input.bytes()?).map_err(|error| Error::Format {
        format: "stack.yaml.lock",
        why: error.without_snippet().to_string(),
    })?;
    for Entry { completed } in lock.packages {
        let hackage = completed.hackage.as_deref().map(|hackage| {
            let bare = hackage.split('@').next().unwrap_or(hackage);
            bare.rsplit_once('-').unwrap_or((bare, ""))
        });
        let (name, version) = hackage.unwrap_or((&completed.name, &completed.version));
        listing.add(name, version);
    }
    listing.report(input);
    Ok(())
}
