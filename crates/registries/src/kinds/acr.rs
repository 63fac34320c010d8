//! Azure Container Registry.
//!
//! Source: Microsoft's documentation of the registry's REST interface (`/acr/v1`) and of its token exchange.
//! Known gaps: the images of an index are told as images of their own too.

use image::media_types;
use model::Platform;
use net::{Authorization, Response, encode_component};
use serde::Deserialize;

use crate::api::{self, Api};
use crate::moment::{is_since, normal};
use crate::pages::next_query;
use crate::{Artifact, Catalogue, Endpoint, Error, Kind, Need, Page, Repository, Settings, v2};

pub(crate) static KIND: Kind = Kind {
    word: "acr",
    title: ("Azure Container Registry", "Azure 容器注册表（ACR）"),
    needs: &[Need::Address, Need::Credentials],
    sign_in_help: (
        "A service principal with the role AcrPull (its application id and secret), the admin user, or the user \
         00000000-0000-0000-0000-000000000000 with a token of `az acr login --expose-token`. Tokens with a scope map are \
         of no use here: Azure lets none of them read the catalogue. The address is NAME.azurecr.io.",
        "具有 AcrPull 角色的服务主体（应用 ID 和密钥）、管理员用户，或用户名 00000000-0000-0000-0000-000000000000 及 \
         `az acr login --expose-token` 得到的令牌。带范围映射的注册表令牌不能读取仓库目录，因此不适用。地址为 NAME.azurecr.io。",
    ),
    connect,
};

/// The user that a refresh token goes with.
const TOKEN_USER: &str = "00000000-0000-0000-0000-000000000000";

struct Acr {
    api: Api,
    endpoint: Endpoint,
    /// The registry as the token exchange names it.
    service: String,
    way: Way,
}

/// As whom the interface is asked.
enum Way {
    /// With user and password, or as nobody.
    Known(Option<Authorization>),
    /// With a token for each question, which a refresh token is exchanged for.
    Refresh(String),
}

#[derive(Deserialize)]
struct Listed {
    #[serde(default)]
    repositories: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Manifests {
    #[serde(default)]
    manifests: Option<Vec<Manifest>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Manifest {
    digest: String,
    #[serde(default)]
    image_size: Option<u64>,
    #[serde(default)]
    created_time: Option<String>,
    #[serde(default)]
    last_update_time: Option<String>,
    #[serde(default)]
    architecture: Option<String>,
    #[serde(default)]
    os: Option<String>,
    #[serde(default)]
    media_type: Option<String>,
    #[serde(default)]
    config_media_type: Option<String>,
    #[serde(default)]
    tags: Option<Vec<String>>,
}

fn connect(settings: &Settings) -> Result<Box<dyn Catalogue>, Error> {
    let base = api::address(settings)?;
    let service = base.split_once("://").map_or(base.as_str(), |(_, rest)| rest);
    let service = service.split('/').next().unwrap_or_default().to_owned();
    let way = match (settings.username.as_deref(), &settings.password) {
        (Some(TOKEN_USER), Some(token)) => Way::Refresh(token.clone()),
        _ => Way::Known(api::basic(settings)),
    };
    Ok(Box::new(Acr {
        api: Api::new(&base, settings, None)?,
        endpoint: Endpoint { address: settings.address.clone(), options: settings.registry_options() },
        service,
        way,
    }))
}

impl Catalogue for Acr {
    fn sign_in(&self) -> Result<String, Error> {
        self.repositories(None)?;
        Ok("Azure Container Registry".to_owned())
    }

    fn repositories(&self, next: Option<&str>) -> Result<Page<Repository>, Error> {
        let operation = "list the repositories of Azure Container Registry";
        let query = next.unwrap_or("n=100");
        let response = self.ask(operation, "registry:catalog:*", &format!("/acr/v1/_catalog?{query}"))?;
        let next = next_query(&response);
        let listed: Listed = api::document(operation, response)?;
        let names = listed.repositories.unwrap_or_default().into_iter();
        let items = names.map(|name| Repository { name, ..Repository::default() }).collect();
        Ok(Page { items, next })
    }

    fn artifacts(
        &self,
        repository: &Repository,
        since: Option<&str>,
        next: Option<&str>,
    ) -> Result<Page<Artifact>, Error> {
        let name = &repository.name;
        let operation = format!("list the manifests of `{name}` in Azure Container Registry");
        let path = name.split('/').map(encode_component).collect::<Vec<_>>().join("/");
        let query = next.unwrap_or("n=100&orderby=timedesc");
        let scope = format!("repository:{name}:metadata_read");
        let response = self.ask(&operation, &scope, &format!("/acr/v1/{path}/_manifests?{query}"))?;
        let next = next_query(&response);
        let listed: Manifests = api::document(&operation, response)?;
        let images = listed.manifests.unwrap_or_default().into_iter().filter_map(artifact);
        Ok(Page { items: images.filter(|artifact| is_since(artifact, since)).collect(), next })
    }

    fn endpoint(&self) -> Result<Endpoint, Error> {
        Ok(self.endpoint.clone())
    }
}

impl Acr {
    fn ask(&self, operation: &str, scope: &str, path: &str) -> Result<Response, Error> {
        let authorization = match &self.way {
            Way::Known(authorization) => authorization.clone(),
            Way::Refresh(refresh) => Some(Authorization::Bearer(self.token(refresh, scope)?)),
        };
        self.api.ask_as(operation, path, authorization)
    }

    /// A token for one question.
    fn token(&self, refresh: &str, scope: &str) -> Result<String, Error> {
        #[derive(Deserialize)]
        struct Token {
            access_token: String,
        }
        let fields = [
            ("grant_type", "refresh_token"),
            ("service", &self.service),
            ("scope", scope),
            ("refresh_token", refresh),
        ];
        let url = format!("{}/oauth2/token", self.api.base());
        let token: Token = self.api.form("sign in to Azure Container Registry", &url, &fields)?;
        Ok(token.access_token)
    }
}

/// An image or index; nothing for charts, signatures and the like, and for what builders attach to an image.
fn artifact(manifest: Manifest) -> Option<Artifact> {
    let media_type = manifest.media_type.unwrap_or_default();
    let is_index = [media_types::OCI_INDEX, media_types::DOCKER_LIST].contains(&media_type.as_str());
    let config = manifest.config_media_type.unwrap_or_default();
    let images = ["application/vnd.oci.image.config", "application/vnd.docker.container.image"];
    if !is_index && !config.is_empty() && !images.iter().any(|image| config.starts_with(image)) {
        return None;
    }
    let all = manifest.tags.unwrap_or_default();
    let tags: Vec<String> = all.iter().filter(|tag| !v2::is_attached(tag)).cloned().collect();
    let filled = |text: Option<String>| text.filter(|text| !text.is_empty() && text != "unknown");
    let platform = filled(manifest.os).zip(filled(manifest.architecture)).filter(|_| !is_index);
    let is_attached = tags.is_empty() && !all.is_empty();
    if is_attached || (tags.is_empty() && platform.is_none() && !is_index) {
        return None;
    }
    Some(Artifact {
        tags,
        digest: manifest.digest.parse().ok(),
        media_type,
        size: manifest.image_size,
        pushed: manifest.last_update_time.or(manifest.created_time).as_deref().and_then(normal),
        platform: platform.map(|(os, architecture)| Platform { os, architecture, variant: None }),
        children: Vec::new(),
    })
}
