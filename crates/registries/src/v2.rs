//! Listing by the distribution protocol alone, for the kinds that have nothing better.

use std::collections::BTreeMap;

use image::registry::{Described, Registry};

use crate::{Artifact, Error, Page, Repository};

/// How many tags are asked about at once.
const AT_ONCE: usize = 4;

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
    for (tag, described) in resolve(registry, repository, page.names)? {
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
    tags: Vec<String>,
) -> Result<Vec<(String, Described)>, Error> {
    let size = tags.len().div_ceil(AT_ONCE).max(1);
    let heads = |tags: &[String]| -> Result<Vec<(String, Described)>, Error> {
        let mut described = Vec::new();
        for tag in tags {
            match registry.head(repository, tag) {
                Ok(head) => described.push((tag.clone(), head)),
                Err(image::Error::NotFound { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(described)
    };
    let parts = std::thread::scope(|scope| {
        let workers: Vec<_> = tags.chunks(size).map(|part| scope.spawn(move || heads(part))).collect();
        workers.into_iter().map(std::thread::ScopedJoinHandle::join).collect::<Vec<_>>()
    });
    let mut all = Vec::new();
    for part in parts {
        let what = format!("tags of `{repository}`");
        let died = |_panic| Error::Answer { what, why: "a thread died; please report this".to_owned() };
        all.extend(part.map_err(died)??);
    }
    Ok(all)
}
