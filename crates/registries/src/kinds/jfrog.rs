//! JFrog Artifactory: its repositories of Docker images, and the images in each.
//!
//! Source: JFrog's documentation of Artifactory's REST interface and query language (AQL).
//! Virtual repositories are left out, for they show what others hold. Images come from one query with times and digests,
//! or from the registry protocol where the user may not query.
//! Known gaps: images without a tag are not told; of a remote repository only what its cache holds is, and nothing when the
//! user may not query and Artifactory is not set up to tell its catalogue.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use image::registry::{Options, Registry};
use model::{Digest, Failure};
use net::{Method, Request, encode_component};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::api::{self, Api};
use crate::cloud::gather;
use crate::moment::{is_since, normal};
use crate::pages::{self, Groups};
use crate::{Artifact, Catalogue, Endpoint, Error, Kind, Need, Origin, Page, Repository, Settings, v2};

pub(crate) static KIND: Kind = Kind {
    word: "jfrog",
    title: ("JFrog Artifactory", "JFrog Artifactory"),
    needs: &[Need::Address, Need::CredentialsOptional, Need::InstanceOptional, Need::ApiAddressOptional],
    sign_in_help: (
        "A user with its password, API key or access token, who may read the Docker repositories. Images are pulled by \
         repository path (`HOST/KEY/IMAGE`). Where a repository has a subdomain or a port of its own, give that as the \
         address, Artifactory itself as the API address, and the repository's key as the instance.",
        "用户名及其密码、API Key 或访问令牌，需要有读取 Docker 仓库的权限。默认按仓库路径（`HOST/KEY/IMAGE`）拉取镜像；\
         如果仓库使用独立的子域名或端口，请将其填为地址，将 Artifactory 本身填为 API 地址，并将仓库 Key 填为实例。",
    ),
    connect,
};

/// How many images one query gives.
const QUERY: usize = 1000;

struct Artifactory {
    api: Api,
    endpoint: Endpoint,
    options: Options,
    /// The one repository that is listed.
    key: Option<String>,
    /// Whether that repository is pulled from at an address of its own.
    is_apart: bool,
    keys: Groups<Key>,
    /// The registry protocol of the repository that was asked about last, by its key.
    registry: Mutex<Option<(String, Arc<Registry>)>>,
    /// Whether the user may not query.
    is_refused: AtomicBool,
}

#[derive(Clone, Deserialize)]
struct Key {
    key: String,
    /// `LOCAL`, `REMOTE`, `VIRTUAL`, `FEDERATED`.
    #[serde(rename = "type", default)]
    kind: String,
}

fn connect(settings: &Settings) -> Result<Box<dyn Catalogue>, Error> {
    let own = api::address(settings)?;
    let is_apart = settings.api_address.is_some();
    if is_apart && settings.instance.is_none() {
        let why = "an address of a repository's own needs the key of the repository".to_owned();
        return Err(Error::Setting { setting: "instance", why });
    }
    let base = settings.api_address.as_ref().map_or(own, |address| api::whole(address, settings));
    let base = format!("{}/artifactory", base.trim_end_matches("/artifactory"));
    let address = settings.address.trim_end_matches('/').trim_end_matches("/artifactory").to_owned();
    let options = settings.registry_options();
    Ok(Box::new(Artifactory {
        api: Api::new(&base, settings, api::basic(settings))?,
        endpoint: Endpoint { address, options: options.clone() },
        options,
        key: settings.instance.clone(),
        is_apart,
        keys: Groups::default(),
        registry: Mutex::new(None),
        is_refused: AtomicBool::new(false),
    }))
}

#[derive(Deserialize)]
struct Found {
    results: Vec<File>,
}

/// A manifest or index as the file it is stored as.
#[derive(Deserialize)]
struct File {
    path: String,
    #[serde(default)]
    updated: Option<String>,
    #[serde(default)]
    sha256: Option<String>,
}

impl Catalogue for Artifactory {
    fn sign_in(&self) -> Result<String, Error> {
        Ok(format!("Artifactory, {} Docker repositories", self.keys()?.len()))
    }

    fn repositories(&self, next: Option<&str>) -> Result<Page<Repository>, Error> {
        self.keys.page(next, |_| self.keys().map(Page::last), |key, next| self.images(key, next))
    }

    fn artifacts(
        &self,
        repository: &Repository,
        since: Option<&str>,
        next: Option<&str>,
    ) -> Result<Page<Artifact>, Error> {
        let (key, image) = split(&repository.name)?;
        let marked = next.and_then(|next| next.split_once(' '));
        if let Some(("protocol", next)) = marked {
            return self.by_protocol(key, image, Some(next));
        }
        if !self.is_refused.load(Ordering::Relaxed) {
            let is_cache = repository.origin == Origin::ProxyCache;
            match self.by_query(key, is_cache, image, since, marked.map(|(_, next)| next)) {
                Err(error) if error.failure() == Failure::AccessDenied => {
                    self.is_refused.store(true, Ordering::Relaxed);
                }
                other => return other,
            }
        }
        self.by_protocol(key, image, None)
    }

    fn endpoint(&self) -> Result<Endpoint, Error> {
        Ok(self.endpoint.clone())
    }

    fn interface(&self) -> Option<String> {
        Some(self.api.base().to_owned())
    }

    fn pull_name(&self, repository: &str) -> String {
        let apart = repository.split_once('/').filter(|_| self.is_apart);
        apart.map_or(repository, |(_, image)| image).to_owned()
    }
}

/// The key and the image of a repository's whole name.
fn split(name: &str) -> Result<(&str, &str), Error> {
    name.split_once('/').ok_or_else(|| Error::Answer {
        what: format!("repository `{name}` of Artifactory"),
        why: "its name has no key".to_owned(),
    })
}

impl Artifactory {
    fn keys(&self) -> Result<Vec<Key>, Error> {
        let operation = "list the repositories of Artifactory";
        let mut keys: Vec<Key> = self.api.get(operation, "/api/repositories?packageType=docker")?;
        match &self.key {
            Some(wanted) => keys.retain(|key| key.key == *wanted),
            None => keys.retain(|key| key.kind != "VIRTUAL"),
        }
        match &self.key {
            Some(wanted) if keys.is_empty() => Err(Error::Refused {
                operation: operation.to_owned(),
                code: "repository".to_owned(),
                message: format!("there is no Docker repository `{wanted}` that the user may see"),
                failure: Failure::NotFound,
            }),
            _ => Ok(keys),
        }
    }

    /// The registry protocol of one repository, below Artifactory's own address.
    fn registry(&self, key: &str) -> Result<Arc<Registry>, Error> {
        let mut last = self.registry.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, registry)) = last.as_ref().filter(|(known, _)| known == key) {
            return Ok(Arc::clone(registry));
        }
        let address = format!("{}/api/docker/{}", self.api.base(), encode_component(key));
        let registry = Endpoint { address, options: self.options.clone() }.connect()?;
        *last = Some((key.to_owned(), Arc::clone(&registry)));
        Ok(registry)
    }

    /// A page of the images of a repository: by a query for a cache, whose catalogue Artifactory does not tell unless it is
    /// set up to, and else by the catalogue, which many users may not read.
    fn images(&self, key: &Key, next: Option<&str>) -> Result<Page<Repository>, Error> {
        let is_cache = key.kind == "REMOTE";
        let found = match next.and_then(|next| next.split_once(' ')) {
            Some(("protocol", next)) => self.catalogue(&key.key, Some(next)),
            Some((_, next)) => self.queried(&key.key, is_cache, Some(next)),
            None => {
                let first = |by_query: bool| match by_query {
                    true => self.queried(&key.key, is_cache, None),
                    false => self.catalogue(&key.key, None),
                };
                match first(is_cache) {
                    Err(error) if error.failure() == Failure::AccessDenied => first(!is_cache),
                    other => other,
                }
            }
        }?;
        let origin = if is_cache { Origin::ProxyCache } else { Origin::Own };
        let items = found.items.into_iter().map(|image| Repository {
            name: format!("{}/{image}", key.key),
            origin: origin.clone(),
            ..Repository::default()
        });
        Ok(Page { items: items.collect(), next: found.next })
    }

    fn catalogue(&self, key: &str, next: Option<&str>) -> Result<Page<String>, Error> {
        let page = self.registry(key)?.catalog(next)?;
        Ok(Page { items: page.names, next: page.next.map(|next| format!("protocol {next}")) })
    }

    /// The images that files are found of; one that has several tags comes several times.
    fn queried(&self, key: &str, is_cache: bool, next: Option<&str>) -> Result<Page<String>, Error> {
        let operation = format!("query the images of `{key}` in Artifactory");
        let page = self.files(&operation, criteria(key, is_cache), next)?;
        let names = page.items.iter().filter_map(|file| {
            let (image, tag) = file.path.rsplit_once('/')?;
            is_tag(tag).then(|| image.to_owned())
        });
        let mut names: Vec<String> = names.collect();
        names.dedup();
        Ok(Page { items: names, next: page.next })
    }

    fn by_protocol(&self, key: &str, image: &str, next: Option<&str>) -> Result<Page<Artifact>, Error> {
        let page = v2::artifacts(&*self.registry(key)?, image, next)?;
        Ok(Page { items: page.items, next: page.next.map(|next| format!("protocol {next}")) })
    }

    fn by_query(
        &self,
        key: &str,
        is_cache: bool,
        image: &str,
        since: Option<&str>,
        next: Option<&str>,
    ) -> Result<Page<Artifact>, Error> {
        let operation = format!("query the images of `{key}/{image}` in Artifactory");
        let mut criteria = criteria(key, is_cache);
        criteria.insert("path".to_owned(), json!({ "$match": format!("{image}/*") }));
        if let Some(since) = since.and_then(normal) {
            criteria.insert("updated".to_owned(), json!({ "$gte": since }));
        }
        let page = self.files(&operation, criteria, next)?;
        let images = page.items.into_iter().filter_map(|file| artifact(image, file)).collect();
        let items = gather(images).into_iter().filter(|artifact| is_since(artifact, since)).collect();
        Ok(Page { items, next: page.next })
    }

    /// A page of what a query finds.
    fn files(
        &self,
        operation: &str,
        criteria: Map<String, Value>,
        next: Option<&str>,
    ) -> Result<Page<File>, Error> {
        let offset = next.map_or(Ok(0), |next| pages::number(operation, Some(next)))?;
        let url = format!("{}/api/search/aql", self.api.base());
        // A user who is no administrator must ask for the first three.
        let body = format!(
            "items.find({}).include(\"repo\",\"path\",\"name\",\"updated\",\"sha256\")\
             .sort({{\"$asc\":[\"path\"]}}).offset({offset}).limit({QUERY})",
            Value::Object(criteria)
        );
        let request = Request { method: Method::Post, body: Some(body.into_bytes()), ..Request::get(url) };
        let request = request.header("content-type", "text/plain");
        let found: Found = api::document(operation, self.api.send(operation, request)?)?;
        let next = (found.results.len() >= QUERY).then(|| format!("query {}", offset + QUERY as u64));
        Ok(Page { items: found.results, next })
    }
}

/// The manifests and indexes of a repository, in the query language.
fn criteria(key: &str, is_cache: bool) -> Map<String, Value> {
    let stored = if is_cache { format!("{key}-cache") } else { key.to_owned() };
    let names = json!([{ "name": "manifest.json" }, { "name": "list.manifest.json" }]);
    Map::from_iter([("repo".to_owned(), stored.into()), ("$or".to_owned(), names)])
}

/// Whether a directory of an image is a tag, and not a digest that an index names.
fn is_tag(name: &str) -> bool {
    !name.starts_with("sha256_") && !name.starts_with("sha256:")
}

/// The image of a tag; nothing for what lies deeper, which is another image's, or below a digest, which an index names.
fn artifact(image: &str, file: File) -> Option<Artifact> {
    let tag = file.path.strip_prefix(image)?.strip_prefix('/')?;
    if tag.contains('/') || !is_tag(tag) {
        return None;
    }
    Some(Artifact {
        tags: vec![tag.to_owned()],
        digest: file.sha256.and_then(|hex| Digest::from_hex(&hex).ok()),
        pushed: file.updated.as_deref().and_then(normal),
        ..Artifact::default()
    })
}
