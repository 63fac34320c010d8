//! `Cargo.lock`: the crates a Rust project is built from.
//!
//! Written by Cargo, <https://doc.rust-lang.org/cargo/guide/cargo-toml-vs-cargo-lock.html>; all four versions of the file
//! are read. Crates without a source are the project's own and left out. It does not tell crates that are only used for
//! building or testing from the others.

use image::interest::Pattern;
use model::{Package, PackageType};
use serde::Deserialize;

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
    let invalid = |why: String| Error::Format { format: "Cargo.lock", why };
    let bytes = input.bytes()?;
    let text = std::str::from_utf8(bytes).map_err(|error| invalid(error.to_string()))?;
    let lock: Lock = toml::from_str(text).map_err(|error| invalid(error.message().to_owned()))?;
    let mut unversioned = 0_usize;
    for listed in lock.package.into_iter().filter(|listed| listed.source.is_some()) {
        if listed.name.is_empty() || listed.version.is_empty() {
            unversioned = unversioned.saturating_add(1);
            continue;
        }
        input.package(Package::new(PackageType::Cargo, listed.name, listed.version));
    }
    if unversioned > 0 {
        input.gap(format!("crates without a name or a version: {unversioned}"));
    }
    Ok(())
}
