//! Alibaba Cloud Container Registry: enterprise instances and the personal edition.
//!
//! Source: the API references of Container Registry: `ListInstance`, `GetInstance`, `ListRepository`, `GetRepository`,
//! `ListRepoTag`, `GetAuthorizationToken` of version 2018-12-01; `GetRepoList`, `GetRepoListByNamespace`, `GetRepoTags`,
//! `GetAuthorizationToken` of version 2016-06-07. Images are pulled with a user and password that last an hour.
//! Known gaps: the interfaces tell neither media types nor platforms.

use model::Failure;
use net::Method;
use serde::Deserialize;

use crate::cloud::aliyun::{Action, Aliyun, PAGE, following, number, region};
use crate::cloud::{Kept, endpoint, images, or_default};
use crate::{Artifact, Catalogue, Endpoint, Error, Kind, Need, Page, Repository, Settings, moment};

mod personal;

pub(crate) static KIND: Kind = Kind {
    word: "aliyun-acr",
    title: ("Alibaba Cloud ACR", "阿里云容器镜像服务 ACR"),
    needs: &[
        Need::AddressOptional,
        Need::Region,
        Need::InstanceOptional,
        Need::Credentials,
        Need::NamespaceOptional,
        Need::ApiAddressOptional,
    ],
    sign_in_help: (
        "AccessKey id and secret of a RAM user with the policy AliyunContainerRegistryReadOnlyAccess, which also \
         allows cr:GetAuthorizationToken. The instance is the id cri-… or the name of an enterprise instance; without \
         one the personal edition is listed. The instance's access list must allow this machine.",
        "RAM 用户的 AccessKey ID 和 Secret，需要具有 AliyunContainerRegistryReadOnlyAccess 策略（包含 cr:GetAuthorizationToken \
         权限）。实例填写企业版实例的 ID（cri-…）或名称；不填写时列出个人版。实例的公网访问白名单需要包含本机。",
    ),
    connect,
};

/// Parameters of an action.
type Query = Vec<(&'static str, String)>;

struct Enterprise {
    api: Aliyun,
    settings: Settings,
    region: String,
    /// Its id or its name.
    named: String,
    instance: Kept<Instance>,
    login: Kept<(String, String)>,
}

#[derive(Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Instance {
    instance_id: String,
    instance_name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Instances {
    #[serde(default, deserialize_with = "or_default")]
    instances: Vec<Instance>,
    #[serde(default, deserialize_with = "number")]
    page_size: Option<u64>,
    #[serde(default, deserialize_with = "number")]
    total_count: Option<u64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Repositories {
    #[serde(default, deserialize_with = "or_default")]
    repositories: Vec<Told>,
    #[serde(default, deserialize_with = "number")]
    page_size: Option<u64>,
    #[serde(default, deserialize_with = "number")]
    total_count: Option<u64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Told {
    repo_id: String,
    repo_name: String,
    repo_namespace_name: String,
    #[serde(default, deserialize_with = "number")]
    modified_time: Option<u64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Images {
    #[serde(default, deserialize_with = "or_default")]
    images: Vec<Image>,
    #[serde(default, deserialize_with = "number")]
    page_size: Option<u64>,
    #[serde(default, deserialize_with = "number")]
    total_count: Option<u64>,
}

/// A tag; both versions of the interface tell it alike.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Image {
    #[serde(alias = "tag")]
    tag: String,
    #[serde(default, alias = "digest", deserialize_with = "or_default")]
    digest: String,
    #[serde(default, alias = "imageSize", deserialize_with = "number")]
    image_size: Option<u64>,
    /// In milliseconds since 1970.
    #[serde(default, alias = "imageUpdate", deserialize_with = "number")]
    image_update: Option<u64>,
}

/// A user and password; both versions of the interface tell them nearly alike.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Token {
    #[serde(alias = "tempUserName")]
    temp_username: String,
    #[serde(alias = "authorizationToken")]
    authorization_token: String,
    /// In milliseconds since 1970.
    #[serde(default, alias = "expireDate", deserialize_with = "number")]
    expire_time: Option<u64>,
}

fn connect(settings: &Settings) -> Result<Box<dyn Catalogue>, Error> {
    let region = region(settings)?;
    let host = settings.address.trim_start_matches("https://").split('.').next().unwrap_or_default();
    let of_address = host.strip_suffix("-registry").or_else(|| host.strip_suffix("-registry-vpc"));
    let Some(named) = settings.instance.clone().or_else(|| of_address.map(str::to_owned)) else {
        return personal::open(settings, region);
    };
    let api = Aliyun::new("2018-12-01", &region, settings)?;
    let (settings, instance, login) = (settings.clone(), Kept::default(), Kept::default());
    Ok(Box::new(Enterprise { api, settings, region, named, instance, login }))
}

impl Catalogue for Enterprise {
    fn sign_in(&self) -> Result<String, Error> {
        let Instance { instance_id, instance_name } = self.instance()?;
        Ok(format!("ACR instance {instance_name} ({instance_id}) in {}", self.region))
    }

    fn repositories(&self, next: Option<&str>) -> Result<Page<Repository>, Error> {
        let page = number_of(next);
        let mut query = self.page(page)?;
        query.push(("RepoStatus", "NORMAL".to_owned()));
        query.extend(self.settings.namespace.iter().map(|name| ("RepoNamespaceName", name.clone())));
        let found: Repositories = self.act("list the repositories of ACR", "ListRepository", query)?;
        let next = following(page, found.page_size, found.repositories.len(), found.total_count);
        let items = found.repositories.into_iter().map(|told| Repository {
            name: format!("{}/{}", told.repo_namespace_name, told.repo_name),
            id: told.repo_id,
            updated: told.modified_time.map(|time| model::time_of(time / 1000)),
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
        let mut query = self.page(page)?;
        query.push(("RepoId", self.id_of(repository)?));
        let operation = format!("list the images of `{}` in ACR", repository.name);
        let found: Images = self.act(&operation, "ListRepoTag", query)?;
        let next = following(page, found.page_size, found.images.len(), found.total_count);
        Ok(Page { items: images(found.images.into_iter().map(Image::artifact).collect(), since), next })
    }

    fn endpoint(&self) -> Result<Endpoint, Error> {
        let instance = self.instance()?;
        let login = self.login.get(|| {
            let query = vec![("InstanceId", instance.instance_id.clone())];
            let token: Token = self.act("get a password of ACR", "GetAuthorizationToken", query)?;
            Ok(token.login())
        })?;
        let usual = || format!("{}-registry.{}.cr.aliyuncs.com", instance.instance_name, self.region);
        Ok(endpoint(&self.settings, usual, login))
    }

    fn interface(&self) -> Option<String> {
        Some(self.api.address())
    }
}

impl Enterprise {
    fn act<T: serde::de::DeserializeOwned>(
        &self,
        operation: &str,
        name: &str,
        query: Query,
    ) -> Result<T, Error> {
        self.api.act(&Action { operation, name, method: Method::Post, path: "/", query })
    }

    fn instance(&self) -> Result<Instance, Error> {
        self.instance.get(|| Ok((self.find()?, moment::now() + 86_400)))
    }

    fn find(&self) -> Result<Instance, Error> {
        let operation = "find the instance of ACR";
        if self.named.starts_with("cri-") {
            return self.act(operation, "GetInstance", vec![("InstanceId", self.named.clone())]);
        }
        let mut page = 1;
        loop {
            let query = vec![
                ("InstanceName", self.named.clone()),
                ("PageNo", page.to_string()),
                ("PageSize", PAGE.to_string()),
            ];
            let found: Instances = self.act(operation, "ListInstance", query)?;
            let next = following(page, found.page_size, found.instances.len(), found.total_count);
            let mut instances = found.instances.into_iter();
            if let Some(instance) = instances.find(|instance| instance.instance_name == self.named) {
                return Ok(instance);
            }
            // Nobody has more instances than that.
            if next.is_none() || page >= 100 {
                return Err(Error::Refused {
                    operation: operation.to_owned(),
                    code: "no such instance".to_owned(),
                    message: format!(
                        "`{}` is none that this access key may see in {}",
                        self.named, self.region
                    ),
                    failure: Failure::NotFound,
                });
            }
            page += 1;
        }
    }

    /// What every list of the instance is asked with.
    fn page(&self, page: u64) -> Result<Query, Error> {
        let instance = ("InstanceId", self.instance()?.instance_id);
        Ok(vec![instance, ("PageNo", page.to_string()), ("PageSize", PAGE.to_string())])
    }

    /// By what the interface knows a repository; asked for when a list did not tell it.
    fn id_of(&self, repository: &Repository) -> Result<String, Error> {
        if !repository.id.is_empty() {
            return Ok(repository.id.clone());
        }
        let (namespace, name) = repository.name.split_once('/').unwrap_or(("", &repository.name));
        let query = vec![
            ("InstanceId", self.instance()?.instance_id),
            ("RepoNamespaceName", namespace.to_owned()),
            ("RepoName", name.to_owned()),
        ];
        let operation = format!("find `{}` in ACR", repository.name);
        let told: Told = self.act(&operation, "GetRepository", query)?;
        Ok(told.repo_id)
    }
}

impl Token {
    /// The user and password, and when they end; those whose end is not known are used once.
    fn login(self) -> ((String, String), u64) {
        ((self.temp_username, self.authorization_token), self.expire_time.unwrap_or(0) / 1000)
    }
}

/// The number of the page that a mark stands for.
fn number_of(next: Option<&str>) -> u64 {
    next.and_then(|next| next.parse().ok()).unwrap_or(1)
}

impl Image {
    fn artifact(self) -> Artifact {
        // The digest is told without the name of its hash.
        let digest = if self.digest.contains(':') { self.digest } else { format!("sha256:{}", self.digest) };
        Artifact {
            tags: vec![self.tag],
            digest: digest.parse().ok(),
            size: self.image_size,
            pushed: self.image_update.map(|time| model::time_of(time / 1000)),
            ..Artifact::default()
        }
    }
}
