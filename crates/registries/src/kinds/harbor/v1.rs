use model::{Digest, Platform};
use net::encode_component;
use serde::Deserialize;

use super::{PAGES, Project};
use crate::api::Api;
use crate::cloud::gather;
use crate::moment;
use crate::{Artifact, Error, Page, Repository};

pub(super) const BASE: &str = "/api";

#[derive(Deserialize)]
struct Listed {
    name: String,
    #[serde(default)]
    tags_count: Option<u64>,
    #[serde(default)]
    update_time: Option<String>,
}

/// A page of the repositories of a project.
pub(super) fn repositories(
    api: &Api,
    project: &Project,
    next: Option<&str>,
) -> Result<Page<Repository>, Error> {
    let operation = format!("list the repositories of Harbor's project `{}`", project.name);
    let path = format!("{BASE}/repositories?project_id={}", project.project_id);
    let page: Page<Listed> = PAGES.page(api, &operation, &path, next)?;
    let items = page.items.into_iter().map(|listed| Repository {
        name: listed.name,
        updated: listed.update_time.as_deref().and_then(moment::normal),
        count: listed.tags_count,
        origin: project.origin(),
        ..Repository::default()
    });
    Ok(Page { items: items.collect(), next: page.next })
}

#[derive(Deserialize)]
struct Tagged {
    name: String,
    #[serde(default)]
    digest: Option<Digest>,
    #[serde(default)]
    size: Option<u64>,
    #[serde(default)]
    architecture: Option<String>,
    #[serde(default)]
    os: Option<String>,
}

/// All images of a repository: the list has no pages, and tells no time of pushing, so that nothing can be left out.
pub(super) fn artifacts(api: &Api, repository: &str) -> Result<Page<Artifact>, Error> {
    let operation = format!("list the tags of `{repository}` in Harbor");
    // The slashes of the name stay as they are.
    let name = repository.split('/').map(encode_component).collect::<Vec<_>>().join("/");
    let tags: Option<Vec<Tagged>> =
        api.get(&operation, &format!("{BASE}/repositories/{name}/tags?detail=true"))?;
    let images = tags.unwrap_or_default().into_iter().map(|tag| {
        let filled = |text: Option<String>| text.filter(|text| !text.is_empty());
        let platform = filled(tag.os).zip(filled(tag.architecture));
        Artifact {
            tags: vec![tag.name],
            digest: tag.digest,
            size: tag.size,
            platform: platform.map(|(os, architecture)| Platform { os, architecture, variant: None }),
            ..Artifact::default()
        }
    });
    Ok(Page::last(gather(images.collect())))
}
