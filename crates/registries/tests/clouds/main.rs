//! Registries of clouds that sign their requests, played as they publish their interfaces; every signature is checked.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a failure is a failed test"
)]

mod aliyun_acr;
mod ecr;
mod swr;
mod tcr;

use std::collections::BTreeMap;

use registries::{Artifact, Catalogue, Item, Listing, Selection};

/// What is listed of the repositories that a glob names: the pace is kept in tests too, so these are not all.
fn listed(
    catalogue: &dyn Catalogue,
    glob: &str,
    since: Option<&str>,
) -> (Listing, BTreeMap<String, Vec<Artifact>>, Vec<registries::Error>) {
    let (mut found, mut failed, mut last) = (BTreeMap::new(), Vec::new(), String::new());
    let selection = Selection::new(&[glob.to_owned()], &[], false).unwrap();
    let listing = registries::list(catalogue, &selection, since, &mut |item| {
        match item {
            Item::Repository(repository) => {
                last.clone_from(&repository.name);
                found.insert(repository.name, Vec::new());
            }
            Item::Artifact(artifact) => found.get_mut(&last).unwrap().push(artifact),
            Item::Failed(error) => failed.push(error),
        }
        true
    });
    (listing.unwrap(), found, failed)
}
