use image::media_types;
use model::{Digest, Platform};
use net::encode_component;
use serde::Deserialize;

use super::{PAGES, Project};
use crate::api::Api;
use crate::moment;
use crate::{Artifact, Child, Error, Page};

pub(super) const BASE: &str = "/api/v2.0";

/// The path of the repositories of a project.
pub(super) fn repositories(project: &Project) -> String {
    format!("{BASE}/projects/{}/repositories?sort=name", encode_component(&project.name))
}

#[derive(Deserialize)]
struct Stored {
    #[serde(rename = "type", default)]
    kind: String,
    #[serde(default)]
    manifest_media_type: String,
    digest: String,
    #[serde(default)]
    size: Option<u64>,
    #[serde(default)]
    push_time: Option<String>,
    #[serde(default)]
    extra_attrs: Option<Attributes>,
    #[serde(default)]
    references: Option<Vec<Reference>>,
    #[serde(default)]
    tags: Option<Vec<Tag>>,
    #[serde(default)]
    accessories: Option<Vec<Accessory>>,
}

#[derive(Deserialize)]
struct Attributes {
    #[serde(default)]
    architecture: Option<String>,
    #[serde(default)]
    os: Option<String>,
    #[serde(default)]
    variant: Option<String>,
}

#[derive(Deserialize)]
struct Reference {
    child_digest: String,
    #[serde(default)]
    platform: Option<Attributes>,
}

#[derive(Deserialize)]
struct Tag {
    name: String,
}

#[derive(Deserialize)]
struct Accessory {
    #[serde(default)]
    digest: String,
}

/// A page of the images of a repository, whose name begins with its project.
pub(super) fn artifacts(
    api: &Api,
    repository: &str,
    since: Option<&str>,
    next: Option<&str>,
) -> Result<Page<Artifact>, Error> {
    let operation = format!("list the artifacts of `{repository}` in Harbor");
    let (project, name) = repository.split_once('/').ok_or_else(|| Error::Answer {
        what: format!("repository `{repository}` of Harbor"),
        why: "its name has no project".to_owned(),
    })?;
    // What stands before Harbor decodes the path once, and Harbor once more.
    let name = encode_component(&encode_component(name));
    let mut path = format!(
        "{BASE}/projects/{}/repositories/{name}/artifacts?with_tag=true&with_accessory=true\
         &with_scan_overview=false&sort=-push_time",
        encode_component(project)
    );
    if let Some(begin) = since.and_then(moment::normal) {
        let begin = begin.trim_end_matches('Z').replace('T', " ");
        path = format!("{path}&q={}", encode_component(&format!("push_time=[{begin}~]")));
    }
    let page: Page<Stored> = PAGES.page(api, &operation, &path, next)?;
    let attached: Vec<&str> = page
        .items
        .iter()
        .flat_map(|stored| stored.accessories.iter().flatten())
        .map(|accessory| accessory.digest.as_str())
        .collect();
    // Charts, signatures, lists of packages and the like are kept in the same list.
    let images = page.items.iter();
    let images =
        images.filter(|stored| stored.kind == "IMAGE" && !attached.contains(&stored.digest.as_str()));
    let items = images.map(|stored| artifact(&operation, stored)).collect::<Result<_, _>>()?;
    Ok(Page { items, next: page.next })
}

fn artifact(operation: &str, stored: &Stored) -> Result<Artifact, Error> {
    let children = stored.references.iter().flatten().filter_map(|reference| child(operation, reference));
    let children = children.collect::<Result<Vec<_>, _>>()?;
    let is_index = !children.is_empty() || is_index(&stored.manifest_media_type);
    let platform = stored.extra_attrs.as_ref().filter(|_| !is_index).and_then(platform);
    Ok(Artifact {
        tags: stored.tags.iter().flatten().map(|tag| tag.name.clone()).collect(),
        digest: Some(digest(operation, &stored.digest)?),
        media_type: stored.manifest_media_type.clone(),
        size: stored.size,
        pushed: stored.push_time.as_deref().and_then(moment::normal),
        platform,
        children,
    })
}

fn is_index(media_type: &str) -> bool {
    [media_types::OCI_INDEX, media_types::DOCKER_LIST].contains(&media_type)
}

/// An image of an index; nothing for what builders attach to it, which has no platform.
fn child(operation: &str, reference: &Reference) -> Option<Result<Child, Error>> {
    let attributes = reference.platform.as_ref();
    if attributes.is_some_and(|platform| platform.os.as_deref() == Some("unknown")) {
        return None;
    }
    let platform = attributes.and_then(platform);
    Some(digest(operation, &reference.child_digest).map(|digest| Child { digest, platform }))
}

fn platform(attributes: &Attributes) -> Option<Platform> {
    let filled = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    Some(Platform {
        os: filled(&attributes.os)?,
        architecture: filled(&attributes.architecture)?,
        variant: filled(&attributes.variant),
    })
}

fn digest(operation: &str, text: &str) -> Result<Digest, Error> {
    let refuse = |_no_digest| Error::Answer {
        what: format!("the answer to: {operation}"),
        why: "it names an artifact by something that is no SHA-256 digest".to_owned(),
    };
    text.parse().map_err(refuse)
}
