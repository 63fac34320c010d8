//! The personal edition of Alibaba Cloud Container Registry, by version 2016-06-07 of the interface.

use net::Method;
use serde::Deserialize;

use super::{Image, Query, Token, number_of};
use crate::cloud::aliyun::{Action, Aliyun, PAGE, following, number};
use crate::cloud::{Kept, endpoint, images, or_default};
use crate::{Artifact, Catalogue, Endpoint, Error, Page, Repository, Settings};

struct Personal {
    api: Aliyun,
    settings: Settings,
    region: String,
    login: Kept<(String, String)>,
}

#[derive(Deserialize)]
struct Answer<T> {
    data: T,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Repositories {
    #[serde(default, deserialize_with = "or_default")]
    repos: Vec<Told>,
    #[serde(default, deserialize_with = "number")]
    page_size: Option<u64>,
    #[serde(default, deserialize_with = "number")]
    total: Option<u64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Told {
    repo_name: String,
    repo_namespace: String,
    #[serde(default, deserialize_with = "number")]
    gmt_modified: Option<u64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Tags {
    #[serde(default, deserialize_with = "or_default")]
    tags: Vec<Image>,
    #[serde(default, deserialize_with = "number")]
    page_size: Option<u64>,
    #[serde(default, deserialize_with = "number")]
    total: Option<u64>,
}

pub(super) fn open(settings: &Settings, region: String) -> Result<Box<dyn Catalogue>, Error> {
    let api = Aliyun::new("2016-06-07", &region, settings)?;
    Ok(Box::new(Personal { api, settings: settings.clone(), region, login: Kept::default() }))
}

impl Catalogue for Personal {
    fn sign_in(&self) -> Result<String, Error> {
        let found = self.list(1, 1)?;
        let told = found.total.map_or_else(String::new, |total| format!(", {total} repositories"));
        Ok(format!("ACR personal edition in {}{told}", self.region))
    }

    fn repositories(&self, next: Option<&str>) -> Result<Page<Repository>, Error> {
        let page = number_of(next);
        let found = self.list(page, PAGE)?;
        let next = following(page, found.page_size, found.repos.len(), found.total);
        let items = found.repos.into_iter().map(|told| Repository {
            name: format!("{}/{}", told.repo_namespace, told.repo_name),
            updated: told.gmt_modified.map(|time| model::time_of(time / 1000)),
            ..Repository::default()
        });
        Ok(Page { items: items.collect(), next })
    }

    fn artifacts(
        &self,
        repository: &Repository,
        since: Option<&str>,
        next: Option<&str>,
    ) -> Result<Page<Artifact>, Error> {
        let page = number_of(next);
        let operation = format!("list the images of `{}` in ACR", repository.name);
        let path = format!("/repos/{}/tags", repository.name);
        let found: Tags = self.get(&operation, "GetRepoTags", &path, paging(page, PAGE))?;
        let next = following(page, found.page_size, found.tags.len(), found.total);
        Ok(Page { items: images(found.tags.into_iter().map(Image::artifact).collect(), since), next })
    }

    fn endpoint(&self) -> Result<Endpoint, Error> {
        let login = self.login.get(|| {
            let operation = "get a password of ACR";
            let token: Token = self.get(operation, "GetAuthorizationToken", "/tokens", Vec::new())?;
            Ok(token.login())
        })?;
        let usual = || format!("registry.{}.aliyuncs.com", self.region);
        Ok(endpoint(&self.settings, usual, login))
    }

    fn interface(&self) -> Option<String> {
        Some(self.api.address())
    }
}

impl Personal {
    fn list(&self, page: u64, size: u64) -> Result<Repositories, Error> {
        let operation = "list the repositories of ACR";
        match &self.settings.namespace {
            None => self.get(operation, "GetRepoList", "/repos", paging(page, size)),
            Some(namespace) => {
                let path = format!("/repos/{namespace}");
                self.get(operation, "GetRepoListByNamespace", &path, paging(page, size))
            }
        }
    }

    fn get<T: serde::de::DeserializeOwned>(
        &self,
        operation: &str,
        name: &str,
        path: &str,
        query: Query,
    ) -> Result<T, Error> {
        let action = Action { operation, name, method: Method::Get, path, query };
        Ok(self.api.act::<Answer<T>>(&action)?.data)
    }
}

fn paging(page: u64, size: u64) -> Query {
    vec![("Page", page.to_string()), ("PageSize", size.to_string())]
}
