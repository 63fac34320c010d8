//! GitHub's container registry: listed by GitHub's interface for packages, pulled from `ghcr.io`.
//!
//! Source: GitHub's documentation of its REST interface for packages.
//! Known gaps: versions without a tag are left out, for GitHub does not tell the images of an index and the attestations
//! of builders from images of their own; neither sizes nor platforms are told.

use std::sync::OnceLock;

use model::Failure;
use net::{Authorization, encode_component};
use serde::Deserialize;

use crate::api::{self, Api};
use crate::moment::{is_since, normal};
use crate::pages::Counted;
use crate::{Artifact, Catalogue, Endpoint, Error, Kind, Need, Page, Repository, Settings, v2};

pub(crate) static KIND: Kind = Kind {
    word: "ghcr",
    title: ("GitHub container registry", "GitHub 容器镜像库（GHCR）"),
    needs: &[Need::AddressOptional, Need::Credentials, Need::NamespaceOptional, Need::ApiAddressOptional],
    sign_in_help: (
        "Your GitHub user with a personal access token (classic) of the scope `read:packages`. The namespace is the \
         organisation or user whose packages are listed; without it your own. GitHub Enterprise: give its registry as the \
         address and its interface as the API address (`https://HOST/api/v3`).",
        "GitHub 用户名和具有 `read:packages` 权限的个人访问令牌（classic）。命名空间填写要列出其软件包的组织或用户，留空则为本人。\
         GitHub Enterprise 请将其镜像库填为地址，将其接口填为 API 地址（`https://HOST/api/v3`）。",
    ),
    connect,
};

/// How GitHub counts the pages of its lists.
const PAGES: Counted = Counted { size: "per_page" };

struct Packages {
    api: Api,
    endpoint: Endpoint,
    namespace: String,
    /// `/orgs/NAME` or `/users/NAME`, once it is known.
    owner: OnceLock<String>,
}

fn connect(settings: &Settings) -> Result<Box<dyn Catalogue>, Error> {
    let namespace = settings.namespace.clone().or_else(|| settings.username.clone()).ok_or_else(|| {
        let why = "it is missing, and there is no user either".to_owned();
        Error::Setting { setting: "namespace", why }
    })?;
    let base = settings.api_address.as_deref().unwrap_or("https://api.github.com");
    let address = if settings.address.is_empty() { "ghcr.io" } else { &settings.address };
    let token = settings.password.clone().map(Authorization::Bearer);
    Ok(Box::new(Packages {
        api: Api::new(&api::whole(base, settings), settings, token)?,
        endpoint: Endpoint { address: address.to_owned(), options: settings.registry_options() },
        namespace,
        owner: OnceLock::new(),
    }))
}

#[derive(Deserialize)]
struct Package {
    name: String,
    #[serde(default)]
    updated_at: Option<String>,
    #[serde(default)]
    version_count: Option<u64>,
}

#[derive(Deserialize)]
struct Version {
    /// The digest.
    name: String,
    #[serde(default)]
    updated_at: Option<String>,
    #[serde(default)]
    metadata: Option<Metadata>,
}

#[derive(Deserialize)]
struct Metadata {
    #[serde(default)]
    container: Option<Container>,
}

#[derive(Deserialize)]
struct Container {
    #[serde(default)]
    tags: Vec<String>,
}

impl Catalogue for Packages {
    fn sign_in(&self) -> Result<String, Error> {
        let owner = self.owner()?;
        let kind = if owner.starts_with("/orgs/") { "organisation" } else { "user" };
        Ok(format!("GitHub packages of the {kind} `{}`", self.namespace))
    }

    fn repositories(&self, next: Option<&str>) -> Result<Page<Repository>, Error> {
        let path = format!("{}/packages?package_type=container", self.owner()?);
        let operation = "list the packages of GitHub";
        let page: Page<Package> = self.limited(PAGES.page(&self.api, operation, &path, next))?;
        let items = page.items.into_iter().map(|package| Repository {
            name: format!("{}/{}", self.namespace, package.name),
            updated: package.updated_at.as_deref().and_then(normal),
            count: package.version_count,
            id: package.name,
            ..Repository::default()
        });
        Ok(Page { items: items.collect(), next: page.next })
    }

    fn artifacts(
        &self,
        repository: &Repository,
        since: Option<&str>,
        next: Option<&str>,
    ) -> Result<Page<Artifact>, Error> {
        let operation = format!("list the versions of `{}` in GitHub", repository.name);
        let name = encode_component(&repository.id);
        let path = format!("{}/packages/container/{name}/versions?state=active", self.owner()?);
        let page: Page<Version> = self.limited(PAGES.page(&self.api, &operation, &path, next))?;
        let items = page.items.into_iter().filter_map(artifact).filter(|artifact| is_since(artifact, since));
        Ok(Page { items: items.collect(), next: page.next })
    }

    fn endpoint(&self) -> Result<Endpoint, Error> {
        Ok(self.endpoint.clone())
    }

    fn interface(&self) -> Option<String> {
        Some(self.api.base().to_owned())
    }

    /// Owners may have capital letters, and repositories not.
    fn pull_name(&self, repository: &str) -> String {
        repository.to_ascii_lowercase()
    }
}

impl Packages {
    /// Whose packages they are: an organisation's, or else a user's.
    fn owner(&self) -> Result<&str, Error> {
        if let Some(owner) = self.owner.get() {
            return Ok(owner);
        }
        let operation = format!("find `{}` in GitHub", self.namespace);
        let name = encode_component(&self.namespace);
        let path = |owner: &str| format!("{owner}/packages?package_type=container&per_page=1");
        let organisation = format!("/orgs/{name}");
        let answer = self.api.ask(&operation, &path(&organisation))?;
        let owner = match answer.status() {
            200 => organisation,
            404 => {
                let user = format!("/users/{name}");
                let answer = self.api.ask(&operation, &path(&user))?;
                let listed: Result<Vec<Package>, Error> = api::document(&operation, answer);
                self.limited(listed)?;
                user
            }
            _ => return self.limited(Err(Error::Api { operation, source: answer.into_error() })),
        };
        Ok(self.owner.get_or_init(|| owner))
    }

    /// GitHub says with 403 that there were too many requests, in words only.
    fn limited<T>(&self, answer: Result<T, Error>) -> Result<T, Error> {
        answer.map_err(|error| match error {
            Error::Api { operation, source: net::Error::Status { status: 403, message, .. } }
                if message.to_ascii_lowercase().contains("rate limit") =>
            {
                Error::Refused { operation, code: "403".to_owned(), message, failure: Failure::RateLimited }
            }
            other => other,
        })
    }
}

/// A version with tags, which are not those of signatures and lists attached to another one.
fn artifact(version: Version) -> Option<Artifact> {
    let tags = version.metadata.and_then(|metadata| metadata.container).map(|container| container.tags);
    let tags: Vec<String> =
        tags.unwrap_or_default().into_iter().filter(|tag| !v2::is_attached(tag)).collect();
    if tags.is_empty() {
        return None;
    }
    Some(Artifact {
        tags,
        digest: version.name.parse().ok(),
        pushed: version.updated_at.as_deref().and_then(normal),
        ..Artifact::default()
    })
}
