//! Rust programs built with cargo-auditable: the crates in them, from their section `.dep-v0`.
//!
//! Written by cargo-auditable, <https://github.com/rust-secure-code/cargo-auditable/blob/master/PARSING.md>: zlib data
//! that is JSON. Crates that were only used for building are left out. ELF and PE; libraries that are not executable
//! are not looked into, and programs built without it say nothing of their crates.

use image::interest::Pattern;
use model::PackageType;
use serde::Deserialize;

use crate::listing::Listing;
use crate::{Error, Evidence, Extractor, Input, program};

pub(super) static EXTRACTOR: Extractor = Extractor {
    name: "rust/binary",
    version: 1,
    files: &[Pattern::Executable(b"\x7fELF"), Pattern::Executable(b"MZ"), Pattern::Extension(".exe")],
    wants: |_path| true,
    evidence: Evidence::Installed,
    extract,
};

/// The largest section, and what may come out of it: the lists of the largest programs known are below one megabyte.
const PACKED: u64 = 8 << 20;
const PLAIN: u64 = 64 << 20;

#[derive(Deserialize)]
struct List {
    packages: Vec<Crate>,
}

#[derive(Deserialize)]
struct Crate {
    name: String,
    version: String,
    kind: Option<String>,
}

fn extract(input: &mut Input<'_>) -> Result<(), Error> {
    let Some(packed) = program::section(input.content(), b".dep-v0", PACKED)? else { return Ok(()) };
    let list = bounded::inflate(&packed, PLAIN)?;
    let list: List = serde_json::from_slice(&list)
        .map_err(|error| Error::Format { format: "list of crates", why: error.to_string() })?;
    let mut listed = Listing::new(PackageType::Cargo);
    for package in list.packages {
        if package.kind.as_deref() != Some("build") {
            listed.add(&package.name, &package.version);
        }
    }
    listed.report(input);
    Ok(())
}
