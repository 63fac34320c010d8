//! Every kind of registry, one file each.

mod acr;
mod ccr;
mod dockerhub;
mod ecr;
mod gar;
mod gcr;
mod ghcr;
mod gitlab;
mod harbor;
mod jfrog;
mod nexus;
mod oci;
mod quay;
mod swr;
mod swr_enterprise;
mod swr_shared;
mod tcr;

use crate::{Error, Kind};

/// All kinds, in the order they are shown.
static KINDS: &[&Kind] = &[
    &harbor::KIND,
    &oci::KIND,
    &quay::KIND,
    &jfrog::KIND,
    &nexus::KIND,
    &gitlab::KIND,
    &dockerhub::KIND,
    &ghcr::KIND,
    &gar::KIND,
    &gcr::KIND,
    &acr::KIND,
    // Clouds that sign their requests.
    &ecr::KIND,
    &tcr::KIND,
    &ccr::KIND,
    &swr::KIND,
    &swr_shared::KIND,
    &swr_enterprise::KIND,
];

/// All kinds, in the order they are shown.
#[must_use]
pub fn all() -> &'static [&'static Kind] {
    KINDS
}

/// The kind of that word.
///
/// # Errors
/// When there is none.
pub fn find(word: &str) -> Result<&'static Kind, Error> {
    KINDS.iter().find(|kind| kind.word == word).copied().ok_or_else(|| Error::Kind {
        word: word.chars().filter(|c| !c.is_control()).take(40).collect(),
        known: KINDS.iter().map(|kind| kind.word).collect::<Vec<_>>().join(", "),
    })
}
