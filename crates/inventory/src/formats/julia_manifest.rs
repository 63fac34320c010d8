//! Packages a Julia environment has resolved: `Manifest.toml`, formats 1 and 2.
//!
//! Written by Pkg. Source: <https://pkgdocs.julialang.org/v1/toml-files/>. Packages of the standard library have no version
//! and those of a path are the project's; both are left out.

use image::interest::Pattern;
use model::PackageType;
use toml::{Table, Value};

use crate::fields::string;
use crate::listing::Listing;
use crate::{Error, Evidence, Extractor, Input};

pub(super) static EXTRACTOR: Extractor = Extractor {
    name: "julia/manifest",
    version: 1,
    files: &[Pattern::Name("Manifest.toml"), Pattern::Name("JuliaManifest.toml")],
    wants: |_| true,
    evidence: Evidence::Declared,
    extract,
};

fn extract(input: &mut Input<'_>) -> Result<(), Error> {
    let mut listing = Listing::new(PackageType::Julia);
    let invalid = |why: String| Error::Format { format: "Julia manifest", why };
    let table: Table = string(input.bytes()?)
        .parse()
        .map_err(|error: toml::de::Error| invalid(error.message().to_owned()))?;
    let packages = match (table.get("manifest_format"), table.get("deps")) {
        (Some(_), Some(Value::Table(packages))) => packages,
        (Some(_), None) => return Ok(()),
        (Some(_), Some(_)) => return Err(invalid("its `deps` is no table".to_owned())),
        (None, _) => &table,
    };
    for (name, entries) in packages {
        let Value::Array(entries) = entries else {
            listing.problem(format!("`{name}` in it is no list of packages"));
            continue;
        };
        for entry in entries {
            let text = |field: &str| entry.get(field).and_then(Value::as_str);
            if text("git-tree-sha1").is_none() && (text("path").is_some() || text("version").is_none()) {
                continue;
            }
            listing.add(name, text("version").unwrap_or_default());
        }
    }
    listing.report(input);
    Ok(())
}
