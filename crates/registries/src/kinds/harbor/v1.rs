use model::{Digest, Platform};
use net::encode_component;
use serde::Deserialize;

use super::Project;
use crate::api::Api;
use crate::cloud::gather;
use crate::{Artifact, Error, Page};

pub(super) const BASE: &str = "/api";

/// The path of the repositories of a project.
pub(super) fn repositories(project: &Project) -> String {
    format!("{BASE}/repositories?project_id={}", project.project_id)
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
