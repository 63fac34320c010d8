//! Sonatype Nexus Repository 3: its repositories of Docker images, and the images in each.
//!
//! Source: Sonatype's documentation of the REST interface (repositories, components, search).
//! Groups are left out, for they show what others hold.
//! Known gaps: images without a tag are not told.

use model::{Digest, Failure};
use net::encode_component;
use serde::Deserialize;

use crate::api::{self, Api};
use crate::cloud::gather;
use crate::moment::{is_since, normal};
use crate::pages::Groups;
use crate::{Artifact, Catalogue, Endpoint, Error, Kind, Need, Origin, Page, Repository, Settings};

pub(crate) static KIND: Kind = Kind {
    word: "nexus",
    title: ("Sonatype Nexus Repository", "Sonatype Nexus 仓库"),
    needs: &[Need::Address, Need::CredentialsOptional, Need::InstanceOptional, Need::ApiAddressOptional],
    sign_in_help: (
        "A user with its password or user token, with the privileges `nx-repository-view-docker-*-browse` and `-read`. \
         Without an API address images are pulled by path (`HOST/REPOSITORY/IMAGE`). Where a repository has a connector, \
         give its host and port as the address, Nexus itself as the API address, and the repository as the instance.",
        "用户名及其密码或用户令牌，需要 `nx-repository-view-docker-*-browse` 和 `-read` 权限。不填 API 地址时按路径\
         （`HOST/仓库/镜像`）拉取；如果仓库使用独立的连接端口，请将其主机和端口填为地址，将 Nexus 本身填为 API 地址，并将仓库名填为实例。",
    ),
    connect,
};

struct Nexus {
    api: Api,
    endpoint: Endpoint,
    /// The one repository that is listed.
    wanted: Option<String>,
    /// Whether that repository is pulled from at an address of its own.
    is_apart: bool,
    groups: Groups<Known>,
}

#[derive(Clone, Deserialize)]
struct Known {
    name: String,
    #[serde(default)]
    format: String,
    /// `hosted`, `proxy`, `group`.
    #[serde(rename = "type", default)]
    kind: String,
}

#[derive(Deserialize)]
struct Components {
    items: Vec<Component>,
    #[serde(rename = "continuationToken", default)]
    next: Option<String>,
}

#[derive(Deserialize)]
struct Component {
    name: String,
    #[serde(default)]
    version: Option<String>,
    #[serde(default)]
    assets: Vec<Asset>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
struct Asset {
    #[serde(default)]
    path: String,
    #[serde(default)]
    content_type: Option<String>,
    #[serde(default)]
    last_modified: Option<String>,
    #[serde(default)]
    checksum: Checksum,
}

#[derive(Deserialize, Default)]
struct Checksum {
    #[serde(default)]
    sha256: Option<String>,
}

fn connect(settings: &Settings) -> Result<Box<dyn Catalogue>, Error> {
    let own = api::address(settings)?;
    let is_apart = settings.api_address.is_some();
    if is_apart && settings.instance.is_none() {
        let why = "the address of a connector needs the name of its repository".to_owned();
        return Err(Error::Setting { setting: "instance", why });
    }
    let base = settings.api_address.as_ref().map_or(own, |address| api::whole(address, settings));
    Ok(Box::new(Nexus {
        api: Api::new(&format!("{base}/service/rest/v1"), settings, api::basic(settings))?,
        endpoint: Endpoint { address: settings.address.clone(), options: settings.registry_options() },
        wanted: settings.instance.clone(),
        is_apart,
        groups: Groups::default(),
    }))
}

impl Catalogue for Nexus {
    fn sign_in(&self) -> Result<String, Error> {
        Ok(format!("Nexus, {} Docker repositories", self.known()?.len()))
    }

    fn repositories(&self, next: Option<&str>) -> Result<Page<Repository>, Error> {
        self.groups.page(next, |_| self.known().map(Page::last), |known, next| self.images(known, next))
    }

    fn artifacts(
        &self,
        repository: &Repository,
        since: Option<&str>,
        next: Option<&str>,
    ) -> Result<Page<Artifact>, Error> {
        let operation = format!("list the tags of `{}` in Nexus", repository.name);
        let (group, image) = repository.name.split_once('/').ok_or_else(|| Error::Answer {
            what: format!("repository `{}` of Nexus", repository.name),
            why: "its name has no repository before the image".to_owned(),
        })?;
        let path = format!(
            "/search?repository={}&format=docker&name={}",
            encode_component(group),
            encode_component(image)
        );
        let page = self.page(&operation, &path, next)?;
        let images = page.items.into_iter().filter(|component| component.name == image);
        let images = gather(images.filter_map(artifact).collect());
        let items = images.into_iter().filter(|artifact| is_since(artifact, since)).collect();
        Ok(Page { items, next: page.next })
    }

    fn endpoint(&self) -> Result<Endpoint, Error> {
        Ok(self.endpoint.clone())
    }

    fn interface(&self) -> Option<String> {
        Some(self.api.base().trim_end_matches("/service/rest/v1").to_owned())
    }

    fn pull_name(&self, repository: &str) -> String {
        let apart = repository.split_once('/').filter(|_| self.is_apart);
        apart.map_or(repository, |(_, image)| image).to_owned()
    }
}

impl Nexus {
    /// The repositories of Docker images, of which there are few.
    fn known(&self) -> Result<Vec<Known>, Error> {
        let operation = "list the repositories of Nexus";
        let mut all: Vec<Known> = self.api.get(operation, "/repositories")?;
        all.retain(|known| known.format == "docker");
        let Some(wanted) = &self.wanted else {
            all.retain(|known| known.kind != "group");
            return Ok(all);
        };
        all.retain(|known| known.name == *wanted);
        if all.is_empty() {
            return Err(Error::Refused {
                operation: operation.to_owned(),
                code: "repository".to_owned(),
                message: format!("there is no Docker repository `{wanted}` that the user may see"),
                failure: Failure::NotFound,
            });
        }
        Ok(all)
    }

    /// The images of a repository by its components; one that has several tags comes several times.
    fn images(&self, known: &Known, next: Option<&str>) -> Result<Page<Repository>, Error> {
        let operation = format!("list the images of Nexus's repository `{}`", known.name);
        let path = format!("/components?repository={}", encode_component(&known.name));
        let page = self.page(&operation, &path, next)?;
        let mut names: Vec<String> = page.items.into_iter().map(|component| component.name).collect();
        names.sort();
        names.dedup();
        let origin = if known.kind == "proxy" { Origin::ProxyCache } else { Origin::Own };
        let items = names.into_iter().map(|name| Repository {
            name: format!("{}/{name}", known.name),
            origin: origin.clone(),
            ..Repository::default()
        });
        Ok(Page { items: items.collect(), next: page.next })
    }

    fn page(&self, operation: &str, path: &str, next: Option<&str>) -> Result<Page<Component>, Error> {
        let next = next.map(|next| format!("&continuationToken={}", encode_component(next)));
        let page: Components = self.api.get(operation, &format!("{path}{}", next.unwrap_or_default()))?;
        Ok(Page { items: page.items, next: page.next.filter(|next| !next.is_empty()) })
    }
}

/// The image of a tag; nothing for what is named by its digest, as the images of an index are.
fn artifact(component: Component) -> Option<Artifact> {
    let tag = component.version.filter(|version| !version.starts_with("sha256:"))?;
    let manifest = component.assets.into_iter().find(|asset| asset.path.contains("/manifests/"));
    let manifest = manifest.unwrap_or_default();
    Some(Artifact {
        tags: vec![tag],
        digest: manifest.checksum.sha256.and_then(|hex| Digest::from_hex(&hex).ok()),
        media_type: manifest.content_type.unwrap_or_default(),
        pushed: manifest.last_modified.as_deref().and_then(normal),
        ..Artifact::default()
    })
}
