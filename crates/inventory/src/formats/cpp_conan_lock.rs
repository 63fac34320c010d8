//! C and C++ packages a project has locked: `conan.lock`.
//!
//! Written by Conan, as JSON: a graph of nodes by Conan 1, lists of references by Conan 2. Source: the Conan
//! documentation. A reference is `name/version[@user/channel][#revision][%time]`. Tools of the build are listed too:
//! they are locked like all else.

use std::collections::BTreeMap;

use image::interest::Pattern;
use model::PackageType;
use serde::Deserialize;

use crate::listing::Listing;
use crate::{Error, Evidence, Extractor, Input};

pub(super) static EXTRACTOR: Extractor = Extractor {
    name: "cpp/conan-lock",
    version: 1,
    files: &[Pattern::Name("conan.lock")],
    wants: |_| true,
    evidence: Evidence::Declared,
    extract,
};

#[derive(Deserialize)]
struct Lock {
    #[serde(rename = "version")]
    _version: String,
    #[serde(default)]
    requires: Vec<String>,
    #[serde(default)]
    build_requires: Vec<String>,
    #[serde(default)]
    graph_lock: Graph,
}

#[derive(Default, Deserialize)]
struct Graph {
    #[serde(default)]
    nodes: BTreeMap<String, Node>,
}

#[derive(Deserialize)]
struct Node {
    #[serde(rename = "ref", default)]
    reference: Option<String>,
    /// What the project itself has in place of a package.
    #[serde(default)]
    path: Option<String>,
}

fn extract(input: &mut Input<'_>) -> Result<(), Error> {
    let lock: Lock = serde_json::from_slice(input.bytes()?)
        .map_err(|error| Error::Format { format: "conan.lock", why: error.to_string() })?;
    let mut listing = Listing::new(PackageType::Conan);
    let nodes = lock.graph_lock.nodes.into_values().filter(|node| node.path.is_none());
    let references = lock.requires.into_iter().chain(lock.build_requires);
    for reference in references.chain(nodes.filter_map(|node| node.reference)) {
        let (name, version) = parts(&reference);
        listing.add(name, version);
    }
    listing.report(input);
    Ok(())
}

/// The name and the version of a reference.
pub(super) fn parts(reference: &str) -> (&str, &str) {
    let (name, rest) = reference.split_once('/').unwrap_or((reference, ""));
    (name, rest.split(['@', '#', '%', ':']).next().unwrap_or_default())
}
