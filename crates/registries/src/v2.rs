//! Listing by the distribution protocol alone, for the kinds that have nothing better.

use std::collections::BTreeMap;

use image::registry::{Described, Registry};
use image::{Index, media_types};
use model::Platform;

use crate::{Artifact, Child, Error, Page, Repository, together};

/// An index.
const INDEX_BYTES: u64 = 4 << 20;

/// A page of the catalogue.
pub(crate) fn repositories(registry: &Registry, next: Option<&str>) -> Result<Page<Repository>, Error> {
    let page = registry.catalog(next)?;
    let items = page.names.into_iter().map(|name| Repository { name, ..Repository::default() });
    Ok(Page { items: items.collect(), next: page.next })
}

/// A page of the tags of a repository; tags of one digest are one image.
pub(crate) fn artifacts(
    registry: &Registry,
    repository: &str,
    next: Option<&str>,
) -> Result<Page<Artifact>, Error> {
    let page = registry.tags(repository, next)?;
    let mut by_digest: BTreeMap<String, Artifact> = BTreeMap::new();
    for (tag, described) in resolve(registry, repository, &page.names)? {
        let known = described.digest.as_ref().map_or_else(|| format!(":{tag}"), ToString::to_string);
        let artifact = by_digest.entry(known).or_insert_with(|| Artifact {
            digest: described.digest,
            media_type: described.media_type,
            ..Artifact::default()
        });
        artifact.tags.push(tag);
    }
    Ok(Page { items: by_digest.into_values().collect(), next: page.next })
}

/// What tags stand for; a tag that went away meanwhile is left out.
pub(crate) fn resolve(
    registry: &Registry,
    repository: &str,
    tags: &[String],
) -> Result<Vec<(String, Described)>, Error> {
    let what = format!("tags of `{repository}`");
    together::each(&what, tags, |tag| match registry.head(repository, tag) {
        Ok(head) => Ok(Some((tag.clone(), head))),
        Err(image::Error::NotFound { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    })
}

/// Whether a tag only attaches a signature or list to an image, whose digest it is made of.
pub(crate) fn is_attached(tag: &str) -> bool {
    let digits = tag.strip_prefix("sha256-").and_then(|rest| rest.get(..64));
    digits.is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// Completes what a listing told of an image: its digest and media type, and the images of an index.
///
/// Attestations and other entries that run nowhere are left out.
///
/// # Errors
/// When the registry refuses or the index cannot be understood.
pub fn complete(registry: &Registry, repository: &str, artifact: &mut Artifact) -> Result<(), Error> {
    let digest = artifact.digest.as_ref().map(ToString::to_string);
    let Some(target) = digest.or_else(|| artifact.tags.first().cloned()) else { return Ok(()) };
    if artifact.digest.is_none() || artifact.media_type.is_empty() {
        let described = registry.head(repository, &target)?;
        artifact.digest = described.digest;
        artifact.media_type = described.media_type;
    }
    let is_index = [media_types::OCI_INDEX, media_types::DOCKER_LIST].contains(&artifact.media_type.as_str());
    if !is_index || !artifact.children.is_empty() {
        return Ok(());
    }
    let document = registry.manifest(repository, &target, INDEX_BYTES)?;
    let index: Index = serde_json::from_slice(&document.bytes).map_err(|error| Error::Answer {
        what: format!("index `{repository}` {target} of {}", registry.place()),
        why: error.to_string(),
    })?;
    let runs = |platform: &Platform| platform.os != "unknown";
    let children = index.manifests.into_iter().filter(|child| child.platform.as_ref().is_none_or(runs));
    artifact.children =
        children.map(|child| Child { digest: child.digest, platform: child.platform }).collect();
    Ok(())
}
