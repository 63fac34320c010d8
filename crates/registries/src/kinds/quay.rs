//! Quay, Red Hat Quay and quay.io.
//!
//! Source: the documentation of Quay's API, version 1. With an OAuth 2 token (user `$oauthtoken`) it is asked; robots and
//! other users may not use it, and are shown what the registry protocol's catalogue tells.
//! Known gaps: the catalogue of quay.io tells little; organisations that are caches of other registries are not told apart,
//! for only their administrators may ask; the children of an index are not told.

use std::sync::Arc;

use image::registry::Registry;
use model::time_of;
use net::{Authorization, encode_component};
use serde::Deserialize;

use crate::api::{self, Api};
use crate::cloud::gather;
use crate::moment;
use crate::pages::{self, Groups};
use crate::{Artifact, Catalogue, Endpoint, Error, Kind, Need, Page, Repository, Settings, v2};

pub(crate) static KIND: Kind = Kind {
    word: "quay",
    title: ("Quay", "Quay"),
    needs: &[Need::AddressOptional, Need::CredentialsOptional, Need::NamespaceOptional],
    sign_in_help: (
        "The user `$oauthtoken` with an OAuth 2 access token as password (scopes: view all visible repositories, read user \
         information), or a robot (`organisation+robot`) with its token: a robot lists only what the registry's \
         catalogue shows. Without an address it is quay.io; the namespace is one organisation or user.",
        "用户名填写 `$oauthtoken`，密码填写 OAuth 2 访问令牌（权限范围：查看所有可见仓库、读取用户信息）；也可以使用机器人账户\
         （`组织+机器人`）及其令牌，但只能列出仓库目录（catalog）所显示的内容。地址留空则为 quay.io；命名空间填写单个组织或用户。",
    ),
    connect,
};

/// The user of the registry protocol that an OAuth 2 token goes with.
const TOKEN_USER: &str = "$oauthtoken";

struct Quay {
    endpoint: Endpoint,
    namespace: Option<String>,
    way: Way,
}

/// How it is listed.
enum Way {
    Interface { api: Box<Api>, namespaces: Groups<String> },
    Catalogue(Arc<Registry>),
}

fn connect(settings: &Settings) -> Result<Box<dyn Catalogue>, Error> {
    let address = if settings.address.is_empty() { "https://quay.io" } else { &settings.address };
    let endpoint = Endpoint { address: address.to_owned(), options: settings.registry_options() };
    let token = settings.password.clone().filter(|_| settings.username.as_deref() == Some(TOKEN_USER));
    let anonymous = settings.username.is_none() && settings.namespace.is_some();
    let way = if token.is_some() || anonymous {
        let base = format!("{}/api/v1", api::whole(address, settings));
        let api = Api::new(&base, settings, token.map(Authorization::Bearer))?;
        Way::Interface { api: Box::new(api), namespaces: Groups::default() }
    } else {
        Way::Catalogue(endpoint.connect()?)
    };
    Ok(Box::new(Quay { endpoint, namespace: settings.namespace.clone(), way }))
}

#[derive(Deserialize)]
struct Repositories {
    repositories: Vec<Listed>,
    #[serde(default)]
    next_page: Option<String>,
}

#[derive(Deserialize)]
struct Listed {
    namespace: String,
    name: String,
    /// `image` or `application`.
    #[serde(default)]
    kind: Option<String>,
    #[serde(default)]
    last_modified: Option<u64>,
}

#[derive(Deserialize)]
struct User {
    username: String,
    #[serde(default)]
    organizations: Vec<Organization>,
}

#[derive(Deserialize)]
struct Organization {
    name: String,
}

#[derive(Deserialize)]
struct Tags {
    tags: Vec<Tag>,
    #[serde(default)]
    has_additional: bool,
}

#[derive(Deserialize)]
struct Tag {
    name: String,
    manifest_digest: model::Digest,
    #[serde(default)]
    start_ts: Option<u64>,
    #[serde(default)]
    size: Option<u64>,
}

impl Catalogue for Quay {
    fn sign_in(&self) -> Result<String, Error> {
        match (&self.way, &self.namespace) {
            (Way::Catalogue(registry), _) => {
                registry.ping()?;
                Ok("Quay, by the registry protocol".to_owned())
            }
            (Way::Interface { api, .. }, Some(namespace)) => {
                listed(api, namespace, None)?;
                Ok(format!("Quay, namespace `{namespace}`"))
            }
            (Way::Interface { api, .. }, None) => Ok(format!("Quay, {} namespaces", namespaces(api)?.len())),
        }
    }

    fn repositories(&self, next: Option<&str>) -> Result<Page<Repository>, Error> {
        match &self.way {
            Way::Interface { api, namespaces: groups } => groups.page(
                next,
                |_| match &self.namespace {
                    Some(namespace) => Ok(Page::last(vec![namespace.clone()])),
                    None => namespaces(api).map(Page::last),
                },
                |namespace, next| listed(api, namespace, next),
            ),
            Way::Catalogue(registry) => {
                let mut page = v2::repositories(registry, next)?;
                if let Some(namespace) = &self.namespace {
                    let begins = format!("{namespace}/");
                    page.items.retain(|repository| repository.name.starts_with(&begins));
                }
                Ok(page)
            }
        }
    }

    fn artifacts(
        &self,
        repository: &Repository,
        since: Option<&str>,
        next: Option<&str>,
    ) -> Result<Page<Artifact>, Error> {
        match &self.way {
            Way::Interface { api, .. } => tags(api, &repository.name, since, next),
            Way::Catalogue(registry) => v2::artifacts(registry, &repository.name, next),
        }
    }

    fn endpoint(&self) -> Result<Endpoint, Error> {
        Ok(self.endpoint.clone())
    }

    fn interface(&self) -> Option<String> {
        Some(self.endpoint.address.clone())
    }
}

/// All namespaces of the user, which are few.
fn namespaces(api: &Api) -> Result<Vec<String>, Error> {
    let user: User = api.get("ask Quay for the organisations of the user", "/user/")?;
    Ok(std::iter::once(user.username).chain(user.organizations.into_iter().map(|known| known.name)).collect())
}

fn listed(api: &Api, namespace: &str, next: Option<&str>) -> Result<Page<Repository>, Error> {
    let operation = format!("list the repositories of Quay's namespace `{namespace}`");
    let next = next.map(|next| format!("&next_page={}", encode_component(next))).unwrap_or_default();
    let path = format!("/repository?namespace={}&last_modified=true{next}", encode_component(namespace));
    let page: Repositories = api.get(&operation, &path)?;
    let images = page.repositories.into_iter();
    let images = images.filter(|listed| listed.kind.as_deref().unwrap_or("image") == "image");
    let items = images.map(|listed| Repository {
        name: format!("{}/{}", listed.namespace, listed.name),
        updated: listed.last_modified.map(time_of),
        ..Repository::default()
    });
    Ok(Page { items: items.collect(), next: page.next_page.filter(|next| !next.is_empty()) })
}

fn tags(
    api: &Api,
    repository: &str,
    since: Option<&str>,
    next: Option<&str>,
) -> Result<Page<Artifact>, Error> {
    let operation = format!("list the tags of `{repository}` in Quay");
    let number = pages::number(&operation, next)?;
    let path = repository.split('/').map(encode_component).collect::<Vec<_>>().join("/");
    let path = format!("/repository/{path}/tag/?onlyActiveTags=true&limit=100&page={number}");
    let page: Tags = api.get(&operation, &path)?;
    let images = page.tags.into_iter().map(|tag| Artifact {
        tags: vec![tag.name],
        digest: Some(tag.manifest_digest),
        size: tag.size,
        pushed: tag.start_ts.map(time_of),
        ..Artifact::default()
    });
    let images = gather(images.collect());
    let next = page.has_additional.then(|| (number + 1).to_string());
    let items = images.into_iter().filter(|image| moment::is_since(image, since));
    Ok(Page { items: items.collect(), next })
}
