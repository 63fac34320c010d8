//! C and C++ packages in Conan's cache: `conaninfo.txt`.
//!
//! Written by Conan beside the files of a built package. The package itself is told by its folder in the cache of Conan 1,
//! `data/<name>/<version>/<user>/<channel>/package/<id>/conaninfo.txt`; what it was linked with, which may be part of
//! it, by the section `[full_requires]`. Source: the Conan documentation. Conan 2 states neither: its folders are named
//! by hashes and its requirements without their exact versions.

use image::interest::Pattern;
use model::PackageType;

use super::cpp_conan_lock::parts;
use crate::fields::{lines, string};
use crate::listing::Listing;
use crate::{Error, Evidence, Extractor, Input};

pub(super) static EXTRACTOR: Extractor = Extractor {
    name: "cpp/conan-info",
    version: 1,
    files: &[Pattern::Name("conaninfo.txt")],
    wants: |_| true,
    evidence: Evidence::Installed,
    extract,
};

fn extract(input: &mut Input<'_>) -> Result<(), Error> {
    let bytes = input.take_bytes()?;
    let mut section = None;
    let mut references: Vec<String> = own(input.path()).into_iter().collect();
    for line in lines(&bytes).map(string) {
        let line = line.trim();
        if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            section = Some(name.to_owned());
        } else if section.as_deref() == Some("full_requires") && !line.is_empty() {
            references.push(line.to_owned());
        }
    }
    if section.is_none() && !bytes.trim_ascii().is_empty() {
        return Err(Error::Format { format: "conaninfo.txt", why: "it has no section".to_owned() });
    }
    let mut listing = Listing::new(PackageType::Conan);
    for reference in references {
        let (name, version) = parts(&reference);
        listing.add(name, version);
    }
    listing.report(input);
    Ok(())
}

/// The reference of the package in whose folder the file lies.
fn own(path: &str) -> Option<String> {
    let parts: Vec<&str> = path.rsplit('/').collect();
    match parts.as_slice() {
        [_, _id, "package", _channel, _user, version, name, "data", ..] => Some(format!("{name}/{version}")),
        _ => None,
    }
}
