//! Packages a Swift project has resolved: `Package.resolved`, versions 1 to 3.
//!
//! Written by the Swift package manager and Xcode. Source: `PinsStore` of swift-package-manager. A package is named by its
//! repository's address without scheme and `.git`, as OSV does; one of a registry by its identity. A pin to a branch or
//! a revision has no version to compare: a gap says so.

use image::interest::Pattern;
use model::PackageType;
use serde::Deserialize;

use crate::listing::Listing;
use crate::{Error, Evidence, Extractor, Input};

pub(super) static EXTRACTOR: Extractor = Extractor {
    name: "swift/package-resolved",
    version: 1,
    files: &[Pattern::Name("Package.resolved")],
    wants: |_| true,
    evidence: Evidence::Declared,
    extract,
};

#[derive(Deserialize)]
struct Resolved {
    version: u64,
    #[serde(default)]
    pins: Vec<Pin>,
    /// Where version 1 has its pins.
    #[serde(default)]
    object: Object,
}

#[derive(Default, Deserialize)]
struct Object {
    #[serde(default)]
    pins: Vec<Pin>,
}

#[derive(Deserialize)]
struct Pin {
    #[serde(default)]
    identity: String,
    #[serde(default, alias = "repositoryURL")]
    location: String,
    state: State,
}

#[derive(Deserialize)]
struct State {
    #[serde(default)]
    version: Option<String>,
}

fn extract(input: &mut Input<'_>) -> Result<(), Error> {
    let mut listing = Listing::new(PackageType::Swift);
    let invalid = |why: String| Error::Format { format: "Package.resolved", why };
    let resolved: Resolved =
        serde_json::from_slice(input.bytes()?).map_err(|error| invalid(error.to_string()))?;
    if !(1..=3).contains(&resolved.version) {
        return Err(invalid(format!("its version is {}", resolved.version)));
    }
    for pin in resolved.pins.into_iter().chain(resolved.object.pins) {
        let name = if pin.location.is_empty() { pin.identity } else { address(&pin.location) };
        listing.add(&name, pin.state.version.as_deref().unwrap_or_default());
    }
    listing.report(input);
    Ok(())
}

/// The address of a repository without what only says how to reach it.
fn address(location: &str) -> String {
    let address = match location.split_once("://") {
        Some((_, rest)) => rest.to_owned(),
        // `git@example.org:owner/name`
        None => location.replacen(':', "/", 1),
    };
    let host_end = address.find('/').unwrap_or(address.len());
    let (host, path) = address.split_at(host_end);
    let host = host.rsplit_once('@').map_or(host, |(_user, host)| host);
    let path = path.trim_end_matches('/');
    format!("{host}{}", path.strip_suffix(".git").unwrap_or(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_a_repository_as_osv_does() {
        for (location, name) in [
            ("https://github.com/apple/swift-nio.git", "github.com/apple/swift-nio"),
            ("https://github.com/apple/swift-nio/", "github.com/apple/swift-nio"),
            ("git@github.com:vapor/vapor.git", "github.com/vapor/vapor"),
            ("ssh://git@github.com/vapor/vapor", "github.com/vapor/vapor"),
        ] {
            assert_eq!(address(location), name);
        }
    }
}
