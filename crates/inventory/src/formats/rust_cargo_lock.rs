//! `Cargo.lock`: the crates a Rust project is built from.
//!
//! Written by Cargo, <https://doc.rust-lang.org/cargo/guide/cargo-toml-vs-cargo-lock.html>; all four versions of the file
//! are read. Crates without a source are the project's own and left out. It does not tell crates that are only used for
//! building or testing from the others.

use image::interest::Pattern;
use model::PackageType;
use serde::Deserialize;

use crate::listing::{self, Listing};
use crate::{Error, Evidence, Extractor, Input};

pub(super) static EXTRACTOR: Extractor = Extractor {
    name: "rust/cargo-lock",
    version: 1,
    files: &[Pattern::Name("Cargo.lock")],
    wants: |_path| true,
    evidence: Evidence::Declared,
    extract,
};

#[derive(Deserialize)]
struct Lock {
    #[serde(default)]
    package: Vec<Crate>,
}

#[derive(Deserialize)]
struct Crate {
    name: String,
    version: String,
    source: Option<String>,
}

fn extract(input: &mut Input<'_>) -> Result<(), Error> {
    let lock: Lock = toml::from_str(listing::text(input, "Cargo.lock")?)
        .map_err(|error| Error::Format { format: "Cargo.lock", why: error.message().to_owned() })?;
    let mut listed = Listing::new(PackageType::Cargo);
    for package in lock.package.into_iter().filter(|package| package.source.is_some()) {
        listed.add(&package.name, &package.version);
    }
    listed.report(input);
    Ok(())
}
