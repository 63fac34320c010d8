//! Docker Hub: listed by its own interface, pulled from `registry-1.docker.io`.
//!
//! Source: the documentation of Docker Hub's API.
//! Known gaps: images without a tag are not told.

use model::{Digest, Platform};
use net::{Authorization, encode_component};
use serde::{Deserialize, Serialize};

use crate::api::{self, Api};
use crate::cloud::{Kept, gather};
use crate::moment::{self, normal};
use crate::pages;
use crate::{Artifact, Catalogue, Child, Endpoint, Error, Kind, Need, Page, Repository, Settings};

pub(crate) static KIND: Kind = Kind {
    word: "dockerhub",
    title: ("Docker Hub", "Docker Hub"),
    needs: &[
        Need::AddressOptional,
        Need::CredentialsOptional,
        Need::NamespaceOptional,
        Need::ApiAddressOptional,
    ],
    sign_in_help: (
        "Your Docker ID with a personal access token (right: read) as password, or the name of an organisation with an \
         organisation access token. The namespace is the user or organisation whose repositories are listed; without it \
         those of the user.",
        "Docker ID 和个人访问令牌（只读权限），或组织名称和组织访问令牌。命名空间填写要列出其仓库的用户或组织；留空则列出该用户自己的仓库。",
    ),
    connect,
};

/// How long a token is good for.
const TOKEN_SECONDS: u64 = 600;

struct Hub {
    api: Api,
    endpoint: Endpoint,
    credentials: Option<Login>,
    namespace: String,
    token: Kept<String>,
}

/// What Docker Hub is signed in to with.
#[derive(Serialize)]
struct Login {
    identifier: String,
    secret: String,
}

fn connect(settings: &Settings) -> Result<Box<dyn Catalogue>, Error> {
    let namespace = settings.namespace.clone().or_else(|| settings.username.clone()).ok_or_else(|| {
        let why = "it is missing, and there is no user either".to_owned();
        Error::Setting { setting: "namespace", why }
    })?;
    let address = if settings.address.is_empty() { "registry-1.docker.io" } else { &settings.address };
    let base = settings.api_address.as_deref().unwrap_or("https://hub.docker.com");
    let credentials = settings
        .username
        .clone()
        .map(|identifier| Login { identifier, secret: settings.password.clone().unwrap_or_default() });
    Ok(Box::new(Hub {
        api: Api::new(&format!("{}/v2", api::whole(base, settings)), settings, None)?,
        endpoint: Endpoint { address: address.to_owned(), options: settings.registry_options() },
        credentials,
        namespace,
        token: Kept::default(),
    }))
}

#[derive(Deserialize)]
struct Token {
    access_token: String,
}

/// A page of any list.
#[derive(Deserialize)]
struct Listed<T> {
    results: Vec<T>,
    #[serde(default)]
    next: Option<String>,
}

#[derive(Deserialize)]
struct Named {
    name: String,
    namespace: String,
    #[serde(default)]
    last_updated: Option<String>,
    /// `image`, `plugin`, …
    #[serde(default)]
    repository_type: Option<String>,
}

#[derive(Deserialize)]
struct Tag {
    name: String,
    #[serde(default)]
    digest: Option<Digest>,
    #[serde(default)]
    media_type: Option<String>,
    #[serde(default)]
    content_type: Option<String>,
    #[serde(default)]
    full_size: Option<u64>,
    #[serde(default)]
    tag_last_pushed: Option<String>,
    #[serde(default)]
    images: Vec<Held>,
}

#[derive(Deserialize)]
struct Held {
    #[serde(default)]
    architecture: Option<String>,
    #[serde(default)]
    os: Option<String>,
    #[serde(default)]
    variant: Option<String>,
    #[serde(default)]
    digest: Option<Digest>,
}

impl Catalogue for Hub {
    fn counts_manifests(&self) -> bool {
        true
    }

    fn sign_in(&self) -> Result<String, Error> {
        self.page::<Named>("list the repositories of Docker Hub", &self.path(), None)?;
        let who = if self.credentials.is_some() { "signed in" } else { "as nobody" };
        Ok(format!("Docker Hub, {who}, namespace `{}`", self.namespace))
    }

    fn repositories(&self, next: Option<&str>) -> Result<Page<Repository>, Error> {
        let page: Page<Named> = self.page("list the repositories of Docker Hub", &self.path(), next)?;
        let images = page.items.into_iter();
        let images = images.filter(|named| named.repository_type.as_deref().unwrap_or("image") == "image");
        let items = images.map(|named| Repository {
            name: format!("{}/{}", named.namespace, named.name),
            updated: named.last_updated.as_deref().and_then(normal),
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
        let operation = format!("list the tags of `{}` in Docker Hub", repository.name);
        let name = repository.name.split_once('/').map_or(repository.name.as_str(), |(_, name)| name);
        let path = format!("{}/{}/tags", self.path(), encode_component(name));
        let page: Page<Tag> = self.page(&operation, &path, next)?;
        let images = page.items.into_iter();
        let images = images.filter(|tag| tag.content_type.as_deref().unwrap_or("image") == "image");
        let images = gather(images.map(artifact).collect());
        let items = images.into_iter().filter(|image| moment::is_since(image, since));
        Ok(Page { items: items.collect(), next: page.next })
    }

    fn endpoint(&self) -> Result<Endpoint, Error> {
        Ok(self.endpoint.clone())
    }

    fn interface(&self) -> Option<String> {
        Some(self.api.base().to_owned())
    }
}

impl Hub {
    fn path(&self) -> String {
        format!("/namespaces/{}/repositories", encode_component(&self.namespace))
    }

    fn page<T: serde::de::DeserializeOwned>(
        &self,
        operation: &str,
        path: &str,
        next: Option<&str>,
    ) -> Result<Page<T>, Error> {
        let number = pages::number(operation, next)?;
        let path = format!("{path}?page={number}&page_size=100");
        let listed: Listed<T> = self.api.get_as(operation, &path, self.authorization()?)?;
        // Its address of the following page is not followed: only whether there is one counts.
        let next = listed.next.filter(|next| !next.is_empty()).map(|_| (number + 1).to_string());
        Ok(Page { items: listed.results, next })
    }

    /// The token of the user; made anew in time.
    fn authorization(&self) -> Result<Option<Authorization>, Error> {
        let Some(login) = &self.credentials else { return Ok(None) };
        let token = self.token.get(|| {
            let body = serde_json::to_string(login).map_err(|_not_json| Error::Setting {
                setting: "username",
                why: "it cannot be sent".to_owned(),
            })?;
            let token: Token = self.api.post("sign in to Docker Hub", "/auth/token", body)?;
            Ok((token.access_token, moment::now() + TOKEN_SECONDS))
        })?;
        Ok(Some(Authorization::Bearer(token)))
    }
}

fn artifact(tag: Tag) -> Artifact {
    let is_index =
        tag.media_type.as_deref().is_some_and(|kind| kind.contains("index") || kind.contains("list"));
    let children: Vec<Child> = tag.images.iter().filter(|_| is_index).filter_map(child).collect();
    let alone = tag.images.first().filter(|_| !is_index);
    Artifact {
        tags: vec![tag.name],
        digest: tag.digest,
        media_type: tag.media_type.unwrap_or_default(),
        size: tag.full_size,
        pushed: tag.tag_last_pushed.as_deref().and_then(normal),
        platform: alone.and_then(platform),
        children,
    }
}

/// An image of an index; nothing for what builders attach to it, which has no platform.
fn child(held: &Held) -> Option<Child> {
    let platform = platform(held)?;
    Some(Child { digest: held.digest.clone()?, platform: Some(platform) })
}

fn platform(held: &Held) -> Option<Platform> {
    let filled = |text: &Option<String>| text.clone().filter(|text| !text.is_empty() && text != "unknown");
    let (os, architecture) = (filled(&held.os)?, filled(&held.architecture)?);
    Some(Platform { os, architecture, variant: filled(&held.variant) })
}
