//! Tencent Container Registry, enterprise instances.
//!
//! Source: the Tencent Cloud API documentation of TCR (version 2019-09-24): `DescribeInstances`, `DescribeRepositories`,
//! `DescribeImages`, `CreateInstanceToken`. Images are pulled by the distribution protocol with a token that lasts an
//! hour. In all lists `Offset` is the number of the page, from 1.
//! Known gaps: the interface tells neither media types nor platforms; charts are told by their kind where it is told.

use model::Failure;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::cloud::tencent::{PAGE, Tencent};
use crate::cloud::{Kept, endpoint, images, or_default};
use crate::{Artifact, Catalogue, Endpoint, Error, Kind, Need, Page, Repository, Settings, moment};

pub(crate) static KIND: Kind = Kind {
    word: "tcr",
    title: ("Tencent Cloud TCR, enterprise", "腾讯云容器镜像服务 TCR 企业版"),
    needs: &[
        Need::AddressOptional,
        Need::Credentials,
        Need::InstanceOptional,
        Need::NamespaceOptional,
        Need::ApiAddressOptional,
    ],
    sign_in_help: (
        "SecretId and SecretKey of an access key whose user has the policy QcloudTCRReadOnlyAccess and may call \
         tcr:CreateInstanceToken. Name the instance by its address NAME.tencentcloudcr.com or its id tcr-…; if its \
         access from the public network is limited, add this machine to the allow list.",
        "访问密钥的 SecretId 和 SecretKey，所属用户需要具有 QcloudTCRReadOnlyAccess 策略以及 tcr:CreateInstanceToken 权限。\
         用域名 NAME.tencentcloudcr.com 或实例 ID（tcr-…）指定实例；如果实例限制了公网访问，请将本机加入白名单。",
    ),
    connect,
};

/// Any region answers for all.
const ANY_REGION: &str = "ap-guangzhou";

struct Tcr {
    api: Tencent,
    settings: Settings,
    instance: Kept<Instance>,
    login: Kept<(String, String)>,
}

#[derive(Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Instance {
    registry_id: String,
    registry_name: String,
    #[serde(default, deserialize_with = "or_default")]
    region_name: String,
    #[serde(default, deserialize_with = "or_default")]
    public_domain: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Instances {
    #[serde(default, deserialize_with = "or_default")]
    registries: Vec<Instance>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Repositories {
    #[serde(default, deserialize_with = "or_default")]
    repository_list: Vec<Told>,
    #[serde(default)]
    total_count: Option<u64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Told {
    name: String,
    namespace: String,
    #[serde(default)]
    update_time: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Images {
    #[serde(default, deserialize_with = "or_default")]
    image_info_list: Vec<ImageInfo>,
    #[serde(default)]
    total_count: Option<u64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ImageInfo {
    image_version: String,
    #[serde(default)]
    digest: Option<String>,
    #[serde(default)]
    size: Option<u64>,
    #[serde(default)]
    update_time: Option<String>,
    #[serde(default)]
    kind: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Token {
    username: String,
    token: String,
    /// In milliseconds since 1970.
    exp_time: u64,
}

fn connect(settings: &Settings) -> Result<Box<dyn Catalogue>, Error> {
    if settings.address.is_empty() && settings.instance.is_none() {
        let why =
            "name the instance by its id `tcr-…` or by its address `NAME.tencentcloudcr.com`".to_owned();
        return Err(Error::Setting { setting: "instance", why });
    }
    let (instance, login) = (Kept::default(), Kept::default());
    Ok(Box::new(Tcr { api: Tencent::new(settings)?, settings: settings.clone(), instance, login }))
}

impl Catalogue for Tcr {
    fn sign_in(&self) -> Result<String, Error> {
        let instance = self.instance()?;
        Ok(format!(
            "TCR instance {} ({}) in {}",
            instance.registry_name, instance.registry_id, instance.region_name
        ))
    }

    fn repositories(&self, next: Option<&str>) -> Result<Page<Repository>, Error> {
        let instance = self.instance()?;
        let mut parameters = json!({ "RegistryId": instance.registry_id, "Limit": PAGE });
        if let Some(namespace) = &self.settings.namespace {
            insert(&mut parameters, "NamespaceName", namespace.as_str());
        }
        let (found, page): (Repositories, u64) =
            self.page("list the repositories of TCR", "DescribeRepositories", parameters, next)?;
        let next = following(page, found.repository_list.len(), found.total_count);
        let items = found.repository_list.into_iter().map(|told| Repository {
            name: whole_name(&told.namespace, &told.name),
            updated: told.update_time.as_deref().and_then(moment::normal),
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
        let (namespace, name) = repository.name.split_once('/').unwrap_or(("", &repository.name));
        let parameters = json!({
            "RegistryId": self.instance()?.registry_id,
            "NamespaceName": namespace,
            "RepositoryName": name,
            "Limit": PAGE,
        });
        let operation = format!("list the images of `{}` in TCR", repository.name);
        let (found, page): (Images, u64) = self.page(&operation, "DescribeImages", parameters, next)?;
        let next = following(page, found.image_info_list.len(), found.total_count);
        let tags = found.image_info_list.into_iter().filter(|image| !image.is_chart());
        Ok(Page { items: images(tags.map(ImageInfo::artifact).collect(), since), next })
    }

    fn endpoint(&self) -> Result<Endpoint, Error> {
        let instance = self.instance()?;
        let login = self.login.get(|| {
            let parameters = json!({
                "RegistryId": instance.registry_id, "TokenType": "temp", "Desc": "lazaret",
            });
            let operation = "get a token of TCR";
            let token: Token =
                self.api.act(operation, "CreateInstanceToken", &instance.region_name, &parameters)?;
            Ok(((token.username, token.token), token.exp_time / 1000))
        })?;
        Ok(endpoint(&self.settings, || instance.public_domain, login))
    }

    fn interface(&self) -> Option<String> {
        Some(self.api.address())
    }
}

impl Tcr {
    /// The instance that the settings name.
    fn instance(&self) -> Result<Instance, Error> {
        // An instance stays what it is; it is asked for anew only so that nothing is kept for ever.
        self.instance.get(|| Ok((self.find()?, moment::now() + 86_400)))
    }

    fn find(&self) -> Result<Instance, Error> {
        let host = self.settings.address.trim_start_matches("https://").trim_end_matches('/');
        let named =
            self.settings.instance.as_deref().unwrap_or_else(|| host.split('.').next().unwrap_or(host));
        let chosen = if named.starts_with("tcr-") {
            json!({ "AllRegion": true, "Registryids": [named] })
        } else {
            json!({ "AllRegion": true, "Filters": [{ "Name": "RegistryName", "Values": [named] }] })
        };
        let operation = "find the instance of TCR";
        let region = self.settings.region.as_deref().unwrap_or(ANY_REGION);
        let found: Instances = self.api.act(operation, "DescribeInstances", region, &chosen)?;
        let mut instances = found.registries.into_iter();
        // The filter also finds names that only begin alike.
        let fits = |instance: &Instance| instance.registry_id == named || instance.registry_name == named;
        let mut instance = instances.find(fits).ok_or_else(|| Error::Refused {
            operation: operation.to_owned(),
            code: "no such instance".to_owned(),
            message: format!("`{named}` is none that this access key may see"),
            failure: Failure::NotFound,
        })?;
        if instance.region_name.is_empty() {
            region.clone_into(&mut instance.region_name);
        }
        Ok(instance)
    }

    /// A page of a list, and its number.
    fn page<T: serde::de::DeserializeOwned>(
        &self,
        operation: &str,
        action: &str,
        mut parameters: Value,
        next: Option<&str>,
    ) -> Result<(T, u64), Error> {
        let page = next.and_then(|next| next.parse().ok()).unwrap_or(1);
        insert(&mut parameters, "Offset", page);
        Ok((self.api.act(operation, action, &self.instance()?.region_name, &parameters)?, page))
    }
}

impl ImageInfo {
    fn is_chart(&self) -> bool {
        self.kind.as_deref().is_some_and(|kind| kind.eq_ignore_ascii_case("chart"))
    }

    fn artifact(self) -> Artifact {
        Artifact {
            tags: vec![self.image_version],
            digest: self.digest.and_then(|digest| digest.parse().ok()),
            size: self.size,
            pushed: self.update_time.as_deref().and_then(moment::normal),
            ..Artifact::default()
        }
    }
}

fn insert(parameters: &mut Value, name: &str, value: impl Into<Value>) {
    if let Value::Object(fields) = parameters {
        fields.insert(name.to_owned(), value.into());
    }
}

/// The number of the page after this one; nothing after the last. When no total is told, a full page is not the last.
fn following(page: u64, found: usize, total: Option<u64>) -> Option<String> {
    let more = total.map_or(found as u64 >= PAGE, |total| found > 0 && page.saturating_mul(PAGE) < total);
    more.then(|| page.saturating_add(1).to_string())
}

/// The interface tells a repository's name with its namespace or without.
fn whole_name(namespace: &str, name: &str) -> String {
    let prefixed = name.strip_prefix(namespace).is_some_and(|rest| rest.starts_with('/'));
    if prefixed { name.to_owned() } else { format!("{namespace}/{name}") }
}
