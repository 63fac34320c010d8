//! GitLab's container registry: the repositories of a group, of a project, or of all projects of the user.
//!
//! Source: GitLab's documentation of its REST interface, version 4. Images are pulled from the host that GitLab says its
//! registry has.
//! Known gaps: images without a tag, and what images run on, are not told.

use std::sync::{Mutex, PoisonError};

use model::{Digest, Failure};
use net::{Origin as Host, encode_component};
use serde::Deserialize;

use crate::api::{self, Api};
use crate::cloud::gather;
use crate::moment::{is_since, normal};
use crate::pages::{Counted, Groups};
use crate::{Artifact, Catalogue, Endpoint, Error, Kind, Need, Page, Repository, Settings, together};

pub(crate) static KIND: Kind = Kind {
    word: "gitlab",
    title: ("GitLab container registry", "GitLab 容器镜像库"),
    needs: &[Need::AddressOptional, Need::Credentials, Need::NamespaceOptional, Need::ApiAddressOptional],
    sign_in_help: (
        "A user with a personal, group or project access token (scopes: `read_api` and `read_registry`). The address is \
         GitLab's; without one it is gitlab.com. The namespace is the path of a group or project; without it all projects \
         of the user are listed. Where the registry's host has nothing in common with GitLab's, give the registry as the \
         address and GitLab as the API address.",
        "用户名以及个人、群组或项目访问令牌（权限范围：`read_api` 和 `read_registry`）。地址填写 GitLab 的地址，留空则为 gitlab.com。\
         命名空间填写群组或项目的路径，留空则列出该用户的全部项目。如果镜像库与 GitLab 的域名完全不同，请将镜像库填为地址，将 GitLab 填为 API 地址。",
    ),
    connect,
};

/// How GitLab counts the pages of its lists.
const PAGES: Counted = Counted { size: "per_page" };

struct GitLab {
    api: Api,
    settings: Settings,
    namespace: Option<String>,
    lists: Groups<String>,
    /// The host of the registry, once GitLab has told it.
    location: Mutex<Option<String>>,
}

fn connect(settings: &Settings) -> Result<Box<dyn Catalogue>, Error> {
    let own = if settings.address.is_empty() { "https://gitlab.com" } else { &settings.address };
    let base = settings.api_address.as_deref().unwrap_or(own);
    // Tokens of all kinds may be used as OAuth tokens are.
    let token = settings.password.clone().map(net::Authorization::Bearer);
    Ok(Box::new(GitLab {
        api: Api::new(&format!("{}/api/v4", api::whole(base, settings)), settings, token)?,
        settings: settings.clone(),
        namespace: settings.namespace.clone(),
        lists: Groups::default(),
        location: Mutex::new(None),
    }))
}

#[derive(Deserialize)]
struct Project {
    id: u64,
    #[serde(default)]
    container_registry_access_level: Option<String>,
}

#[derive(Deserialize)]
struct Listed {
    id: u64,
    path: String,
    project_id: u64,
    /// `registry.example.com/group/project/image`
    #[serde(default)]
    location: String,
    #[serde(default)]
    tags_count: Option<u64>,
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

#[derive(Deserialize)]
struct Tag {
    name: String,
    #[serde(default)]
    digest: Option<Digest>,
    #[serde(default)]
    created_at: Option<String>,
    #[serde(default)]
    total_size: Option<u64>,
}

impl Catalogue for GitLab {
    fn sign_in(&self) -> Result<String, Error> {
        #[derive(Deserialize)]
        struct Version {
            version: String,
        }
        let told: Version = self.api.get("sign in to GitLab", "/version")?;
        let version: String = told.version.chars().filter(char::is_ascii_graphic).take(40).collect();
        Ok(format!("GitLab {version}"))
    }

    fn repositories(&self, next: Option<&str>) -> Result<Page<Repository>, Error> {
        let lists = |page: Option<&str>| match &self.namespace {
            Some(namespace) => self.list_of(namespace).map(|path| Page::last(vec![path])),
            None => self.projects(page),
        };
        self.lists.page(next, lists, |path, next| self.images(path, next))
    }

    fn artifacts(
        &self,
        repository: &Repository,
        since: Option<&str>,
        next: Option<&str>,
    ) -> Result<Page<Artifact>, Error> {
        let operation = format!("list the tags of `{}` in GitLab", repository.name);
        let path = format!("{}/tags", repository.id);
        let page: Page<Named> = PAGES.page(&self.api, &operation, &path, next)?;
        let images = together::each(&operation, &page.items, |named| {
            let detail = format!("{path}/{}", encode_component(&named.name));
            match self.api.get::<Tag>(&operation, &detail) {
                Ok(tag) => Ok(Some(artifact(tag))),
                // It went away meanwhile.
                Err(error) if error.failure() == Failure::NotFound => Ok(None),
                Err(error) => Err(error),
            }
        })?;
        let items = gather(images).into_iter().filter(|artifact| is_since(artifact, since)).collect();
        Ok(Page { items, next: page.next })
    }

    fn endpoint(&self) -> Result<Endpoint, Error> {
        let options = self.settings.registry_options();
        if self.settings.api_address.is_some() {
            return Ok(Endpoint { address: self.settings.address.clone(), options });
        }
        if self.location().is_none() {
            self.repositories(None)?;
        }
        let address = self.location().ok_or_else(|| Error::Answer {
            what: "where GitLab's registry is".to_owned(),
            why: "it names no repository and so no host\nhint: give the registry as the address and GitLab as the API address".to_owned(),
        })?;
        Ok(Endpoint { address, options })
    }

    fn interface(&self) -> Option<String> {
        Some(self.api.base().trim_end_matches("/api/v4").to_owned())
    }
}

impl GitLab {
    fn location(&self) -> Option<String> {
        self.location.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The list of a group's repositories, or of a project's when it is no group.
    fn list_of(&self, namespace: &str) -> Result<String, Error> {
        let operation = format!("find the group or project `{namespace}` in GitLab");
        let name = encode_component(namespace);
        for path in [format!("/groups/{name}"), format!("/projects/{name}")] {
            let answer = self.api.ask(&operation, &path)?;
            match answer.status() {
                200 => return Ok(format!("{path}/registry/repositories")),
                404 => {}
                _ => return Err(Error::Api { operation, source: answer.into_error() }),
            }
        }
        let message = "there is neither a group nor a project of that path that the user may see".to_owned();
        Err(Error::Refused { operation, code: "namespace".to_owned(), message, failure: Failure::NotFound })
    }

    /// The lists of the repositories of all projects of the user.
    fn projects(&self, page: Option<&str>) -> Result<Page<String>, Error> {
        let path = "/projects?membership=true&order_by=id&sort=asc";
        let page: Page<Project> = PAGES.page(&self.api, "list the projects of GitLab", path, page)?;
        let has_registry =
            |project: &Project| project.container_registry_access_level.as_deref() != Some("disabled");
        let projects = page.items.into_iter().filter(has_registry);
        let items = projects.map(|project| format!("/projects/{}/registry/repositories", project.id));
        Ok(Page { items: items.collect(), next: page.next })
    }

    fn images(&self, path: &str, next: Option<&str>) -> Result<Page<Repository>, Error> {
        let operation = "list the repositories of GitLab's registry";
        let page = PAGES.page(&self.api, operation, &format!("{path}?tags_count=true"), next);
        let page: Page<Listed> = match page {
            // A project of the list that has no registry, or went away meanwhile.
            Err(error) if self.namespace.is_none() && error.failure() == Failure::NotFound => {
                return Ok(Page::last(Vec::new()));
            }
            page => page?,
        };
        if let Some(first) = page.items.first()
            && self.settings.api_address.is_none()
            && self.location().is_none()
        {
            let host = self.host_of(&first.location)?;
            *self.location.lock().unwrap_or_else(PoisonError::into_inner) = Some(host);
        }
        let items = page.items.into_iter().map(|listed| Repository {
            name: listed.path,
            id: format!("/projects/{}/registry/repositories/{}", listed.project_id, listed.id),
            count: listed.tags_count,
            ..Repository::default()
        });
        Ok(Page { items: items.collect(), next: page.next })
    }

    /// The registry's host, as GitLab says it: it gets the user's token, so it must belong to the same owner.
    fn host_of(&self, location: &str) -> Result<String, Error> {
        let scheme = if self.api.base().starts_with("http://") { "http" } else { "https" };
        let authority = location.split('/').next().unwrap_or_default();
        let address = format!("{scheme}://{authority}");
        let host = Host::of(&address).filter(|_| !authority.contains('@'));
        let own = Host::of(self.api.base());
        match (host, own) {
            (Some(host), Some(own)) if is_related(host.host(), own.host()) => Ok(address),
            _ => {
                let why = "its registry is at a host that has nothing in common with its own\n\
                           hint: give the registry as the address and GitLab as the API address";
                Err(Error::Answer { what: "where GitLab's registry is".to_owned(), why: why.to_owned() })
            }
        }
    }
}

/// Whether hosts have one owner: the same, one below the other, or both below one domain of at least two parts.
fn is_related(one: &str, other: &str) -> bool {
    let is_below = |host: &str, domain: &str| {
        host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.')) && domain.contains('.')
    };
    let is_number = one.starts_with('[') || one.ends_with(|c: char| c.is_ascii_digit());
    if one == other || is_number {
        return one == other;
    }
    let parent = other.split_once('.').map(|(_, parent)| parent).filter(|parent| parent.contains('.'));
    is_below(one, other) || parent.is_some_and(|parent| one == parent || is_below(one, parent))
}

fn artifact(tag: Tag) -> Artifact {
    Artifact {
        tags: vec![tag.name],
        digest: tag.digest,
        size: tag.total_size,
        pushed: tag.created_at.as_deref().and_then(normal),
        ..Artifact::default()
    }
}

#[cfg(test)]
mod tests {
    use super::is_related;

    #[test]
    fn a_registry_belongs_to_its_gitlab() {
        for (one, other) in [
            ("registry.gitlab.com", "gitlab.com"),
            ("registry.example.com", "gitlab.example.com"),
            ("gitlab.example.com", "gitlab.example.com"),
            ("127.0.0.1", "127.0.0.1"),
        ] {
            assert!(is_related(one, other), "{one} {other}");
        }
        for (one, other) in [
            ("attacker.example", "gitlab.example"),
            ("attacker.com", "gitlab.com"),
            ("notgitlab.com", "gitlab.com"),
            ("registry.attacker.com", "gitlab.example.com"),
            ("10.0.0.2", "10.0.0.1"),
            ("1.0.0.1", "127.0.0.1"),
        ] {
            assert!(!is_related(one, other), "{one} {other}");
        }
    }
}
