//! Google Container Registry and `gcr.io` repositories of Artifact Registry: the repositories of a project, by the tree of
//! their names.
//!
//! Source: Google's documentation of Container Registry, whose lists of tags tell images and child repositories besides.
//! Known gaps: images without a tag are left out, for the images of an index are not told from images of their own.

use std::collections::BTreeMap;

use net::encode_component;
use serde::Deserialize;

use crate::api::{self, Api};
use crate::google::{self, Identity};
use crate::moment::is_since;
use crate::{Artifact, Catalogue, Endpoint, Error, Kind, Need, Page, Repository, Settings, v2};

pub(crate) static KIND: Kind = Kind {
    word: "gcr",
    title: ("Google Container Registry", "Google Container Registry"),
    needs: &[Need::AddressOptional, Need::CredentialsOptional, Need::Namespace],
    sign_in_help: google::SIGN_IN_HELP,
    connect,
};

struct Gcr {
    api: Api,
    endpoint: Endpoint,
    identity: Identity,
    project: String,
}

#[derive(Deserialize)]
struct Listed {
    #[serde(default)]
    child: Vec<String>,
    #[serde(default)]
    manifest: BTreeMap<String, Manifest>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Manifest {
    #[serde(default)]
    tag: Vec<String>,
    #[serde(default)]
    media_type: String,
    /// Numbers in quotation marks.
    #[serde(default)]
    image_size_bytes: Option<String>,
    #[serde(default)]
    time_uploaded_ms: Option<String>,
}

fn connect(settings: &Settings) -> Result<Box<dyn Catalogue>, Error> {
    let missing = || Error::Setting { setting: "namespace", why: "the project is missing".to_owned() };
    let project = settings.namespace.clone().filter(|project| !project.is_empty()).ok_or_else(missing)?;
    let address = if settings.address.is_empty() { "gcr.io" } else { &settings.address };
    Ok(Box::new(Gcr {
        api: Api::new(&format!("{}/v2", api::whole(address, settings)), settings, None)?,
        endpoint: Endpoint { address: address.to_owned(), options: settings.registry_options() },
        identity: Identity::of(settings)?,
        project: project.replace(':', "/"),
    }))
}

impl Catalogue for Gcr {
    fn sign_in(&self) -> Result<String, Error> {
        let listed = self.list(&self.project)?;
        Ok(format!("Google Container Registry, {} names in the project", listed.child.len()))
    }

    /// One name of the tree after the other; those that are still to be looked at are where it goes on.
    fn repositories(&self, next: Option<&str>) -> Result<Page<Repository>, Error> {
        let waiting = next.unwrap_or(&self.project);
        let (name, rest) = waiting.split_once('\n').unwrap_or((waiting, ""));
        let listed = self.list(name)?;
        let children =
            listed.child.iter().filter(|child| is_name(child)).map(|child| format!("{name}/{child}"));
        let rest = rest.split('\n').filter(|name| !name.is_empty()).map(str::to_owned);
        let waiting: Vec<String> = children.chain(rest).collect();
        let own = Repository { name: name.to_owned(), ..Repository::default() };
        let items = if listed.manifest.is_empty() { Vec::new() } else { vec![own] };
        Ok(Page { items, next: Some(waiting.join("\n")).filter(|next| !next.is_empty()) })
    }

    fn artifacts(
        &self,
        repository: &Repository,
        since: Option<&str>,
        _next: Option<&str>,
    ) -> Result<Page<Artifact>, Error> {
        let listed = self.list(&repository.name)?;
        let images = listed.manifest.into_iter().filter_map(artifact);
        Ok(Page::last(images.filter(|artifact| is_since(artifact, since)).collect()))
    }

    fn endpoint(&self) -> Result<Endpoint, Error> {
        Ok(self.endpoint.clone())
    }

    fn interface(&self) -> Option<String> {
        Some(self.endpoint.address.clone())
    }
}

impl Gcr {
    fn list(&self, name: &str) -> Result<Listed, Error> {
        let operation = format!("list `{name}` in Container Registry");
        let path = name.split('/').map(encode_component).collect::<Vec<_>>().join("/");
        let authorization = self.identity.authorization(&self.api)?;
        self.api.get_as(&operation, &format!("/{path}/tags/list"), authorization)
    }
}

/// Whether a child may be a part of a name: nothing else may lead the walk anywhere.
fn is_name(child: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(&byte);
    !child.is_empty() && child != "." && child != ".." && child.bytes().all(allowed)
}

fn artifact((digest, manifest): (String, Manifest)) -> Option<Artifact> {
    let tags: Vec<String> = manifest.tag.into_iter().filter(|tag| !v2::is_attached(tag)).collect();
    if tags.is_empty() {
        return None;
    }
    let milliseconds = manifest.time_uploaded_ms.and_then(|text| text.parse::<u64>().ok());
    Some(Artifact {
        tags,
        digest: digest.parse().ok(),
        media_type: manifest.media_type,
        size: manifest.image_size_bytes.and_then(|size| size.parse().ok()),
        pushed: milliseconds.map(|time| model::time_of(time / 1000)),
        ..Artifact::default()
    })
}
