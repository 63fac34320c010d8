//! Harbor, both generations of its interface: 1.x (`/api`) and 2.x (`/api/v2.0`).
//!
//! Source: the Swagger documents of Harbor 1.10 and 2.x, and Harbor's own replication adapter, which tells the generations
//! apart as it is done here: `/api/version` is unknown to 1.x.
//! Known gaps: an image that only got a new tag is not one pushed since, so that a full listing is due now and then. 1.x
//! tells neither when an image was pushed nor the images of an index, and fails when a robot asks who it is, so that its
//! sign-in is known to work only by the listing.

mod v1;
mod v2;

use std::sync::OnceLock;

use model::Failure;
use serde::Deserialize;

use crate::api::{self, Api};
use crate::moment;
use crate::pages::{Counted, Groups};
use crate::{Artifact, Catalogue, Endpoint, Error, Kind, Need, Origin, Page, Repository, Settings, Version};

pub(crate) static KIND: Kind = Kind {
    word: "harbor",
    title: ("Harbor", "Harbor"),
    needs: &[Need::Address, Need::CredentialsOptional, Need::NamespaceOptional, Need::Version],
    sign_in_help: (
        "A user with its password (with OIDC: its CLI secret), or a robot account with its whole name (`robot$scan`, \
         `robot$project+scan`) and secret. It needs the rights to list projects, repositories, artifacts, tags and \
         accessories, and to pull repositories. The namespace is one project; without it all that the account sees are \
         listed.",
        "用户名和密码（OIDC 用户使用 CLI 密码），或机器人账户的完整名称（`robot$scan`、`robot$project+scan`）和密钥。\
         需要列出项目、仓库、制品、标签和附件以及拉取仓库的权限。命名空间填写单个项目名称；留空则列出该账户可见的全部项目。",
    ),
    connect,
};

/// How Harbor counts the pages of its lists.
const PAGES: Counted = Counted { size: "page_size" };

struct Harbor {
    api: Api,
    endpoint: Endpoint,
    asked: Version,
    found: OnceLock<Version>,
    /// The one project that is listed.
    project: Option<String>,
    user: Option<String>,
    projects: Groups<Project>,
}

/// A project, as both generations tell it.
#[derive(Clone, Deserialize)]
struct Project {
    project_id: i64,
    name: String,
    /// The registry that it is a cache of.
    #[serde(default)]
    registry_id: Option<i64>,
}

/// A repository as it is listed; the generations count its images under names of their own.
#[derive(Deserialize)]
struct Listed {
    name: String,
    #[serde(default, alias = "tags_count")]
    artifact_count: Option<u64>,
    #[serde(default)]
    update_time: Option<String>,
}

impl Project {
    /// A page of its repositories.
    fn repositories(&self, api: &Api, path: &str, next: Option<&str>) -> Result<Page<Repository>, Error> {
        let operation = format!("list the repositories of Harbor's project `{}`", self.name);
        let page: Page<Listed> = PAGES.page(api, &operation, path, next)?;
        let items = page.items.into_iter().map(|listed| Repository {
            name: listed.name,
            updated: listed.update_time.as_deref().and_then(moment::normal),
            count: listed.artifact_count,
            origin: self.origin(),
            ..Repository::default()
        });
        Ok(Page { items: items.collect(), next: page.next })
    }

    fn origin(&self) -> Origin {
        if self.registry_id.is_some_and(|id| id > 0) { Origin::ProxyCache } else { Origin::Own }
    }
}

fn connect(settings: &Settings) -> Result<Box<dyn Catalogue>, Error> {
    let authorization = api::basic(settings);
    Ok(Box::new(Harbor {
        api: Api::new(&api::address(settings)?, settings, authorization)?,
        endpoint: Endpoint { address: settings.address.clone(), options: settings.registry_options() },
        asked: settings.version,
        found: OnceLock::new(),
        project: settings.namespace.clone(),
        user: settings.username.clone(),
        projects: Groups::default(),
    }))
}

impl Catalogue for Harbor {
    fn sign_in(&self) -> Result<String, Error> {
        let base = self.base()?;
        if let Some(user) = &self.user {
            self.know_user(base, user)?;
        }
        #[derive(Deserialize)]
        struct System {
            #[serde(default)]
            harbor_version: Option<String>,
        }
        let system: System = self.api.get("ask Harbor for its version", &format!("{base}/systeminfo"))?;
        let version: Option<String> = system
            .harbor_version
            .map(|text| text.chars().filter(|c| c.is_ascii_graphic()).take(40).collect());
        let interface = base.trim_start_matches("/api").trim_start_matches('/');
        let interface = if interface.is_empty() { "v1" } else { interface };
        Ok(version
            .map_or_else(|| format!("Harbor, interface {interface}"), |version| format!("Harbor {version}")))
    }

    fn repositories(&self, next: Option<&str>) -> Result<Page<Repository>, Error> {
        let base = self.base()?;
        let list = |project: &Project, inner: Option<&str>| {
            let path = match self.version()? {
                Version::V1 => v1::repositories(project),
                _ => v2::repositories(project),
            };
            project.repositories(&self.api, &path, inner)
        };
        self.projects.page(next, |page| self.project_page(base, page), list)
    }

    fn artifacts(
        &self,
        repository: &Repository,
        since: Option<&str>,
        next: Option<&str>,
    ) -> Result<Page<Artifact>, Error> {
        match self.version()? {
            Version::V1 => v1::artifacts(&self.api, &repository.name),
            _ => v2::artifacts(&self.api, &repository.name, since, next),
        }
    }

    fn endpoint(&self) -> Result<Endpoint, Error> {
        Ok(self.endpoint.clone())
    }
}

impl Harbor {
    /// The path of the interface.
    fn base(&self) -> Result<&'static str, Error> {
        Ok(if self.version()? == Version::V1 { v1::BASE } else { v2::BASE })
    }

    /// The generation: as told, or found out once.
    fn version(&self) -> Result<Version, Error> {
        if self.asked != Version::Auto {
            return Ok(self.asked);
        }
        if let Some(found) = self.found.get() {
            return Ok(*found);
        }
        #[derive(Deserialize)]
        struct Told {
            version: String,
        }
        let operation = "ask Harbor for the version of its interface";
        let response = self.api.ask(operation, "/api/version")?;
        let found = if response.status() == 404 {
            Version::V1
        } else {
            let told: Told = api::document(operation, response)?;
            if !told.version.starts_with("v2") {
                let version: String = told.version.chars().filter(char::is_ascii_graphic).take(20).collect();
                let why = format!("its interface `{version}` is not known; choose a version");
                return Err(Error::Answer { what: "the version of Harbor".to_owned(), why });
            }
            Version::V2
        };
        Ok(*self.found.get_or_init(|| found))
    }

    /// Whether Harbor knows the user: to one it does not know it shows what is public, as if nobody had been named.
    fn know_user(&self, base: &str, user: &str) -> Result<(), Error> {
        let operation = "sign in to Harbor";
        let response = self.api.ask(operation, &format!("{base}/users/current"))?;
        // A robot is let in and is nobody who could be shown; 1.x looks for it among the users and fails.
        let is_robot = base == v1::BASE && user.starts_with("robot$") && response.status() >= 500;
        if response.is_success() || response.status() == 412 || is_robot {
            return Ok(());
        }
        Err(Error::Api { operation: operation.to_owned(), source: response.into_error() })
    }

    fn project_page(&self, base: &str, page: Option<&str>) -> Result<Page<Project>, Error> {
        let operation = "list the projects of Harbor";
        let Some(wanted) = &self.project else {
            return PAGES.page(&self.api, operation, &format!("{base}/projects?with_detail=false"), page);
        };
        // The name is looked for as a part of names.
        let path = format!("{base}/projects?with_detail=false&name={}", net::encode_component(wanted));
        let mut found: Page<Project> = PAGES.page(&self.api, operation, &path, page)?;
        found.items.retain(|project| project.name == *wanted);
        if found.items.is_empty() && found.next.is_none() {
            return Err(Error::Refused {
                operation: operation.to_owned(),
                code: "project".to_owned(),
                message: format!("there is no project `{wanted}` that the user may see"),
                failure: Failure::NotFound,
            });
        }
        Ok(found)
    }
}
