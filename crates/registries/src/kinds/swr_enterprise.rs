//! Instances of the enterprise edition of Huawei Cloud's SWR.
//!
//! Source: the API reference of SWR, enterprise edition: `ListInstance`, `ListInstanceRepositories`,
//! `ListInstanceArtifacts`, `CreateInstanceTempCredential`. Offsets are multiples of the limit, which is at most 100;
//! a slash in a repository's name is encoded twice.
//! Known gaps: the interface does not tell the images of an index.

use model::Failure;
use serde::Deserialize;

use crate::cloud::huawei::{Huawei, following, page, project, region};
use crate::cloud::{Kept, endpoint, images, or_default, word};
use crate::{Artifact, Catalogue, Endpoint, Error, Kind, Need, Page, Repository, Settings, moment};

pub(crate) static KIND: Kind = Kind {
    word: "swr-enterprise",
    title: ("Huawei Cloud SWR, enterprise", "华为云 SWR 企业版"),
    needs: &[
        Need::AddressOptional,
        Need::Region,
        Need::Instance,
        Need::Credentials,
        Need::NamespaceOptional,
        Need::ApiAddressOptional,
    ],
    sign_in_help: (
        "AK and SK of an access key whose user may read the instance and create temporary credentials \
         (swr:instance:get, swr:repository:listRepositories, swr:artifact:list, swr:instance:createTempCredential). \
         The instance is its id or name; write PROJECT/INSTANCE where the user may not list projects in IAM.",
        "访问密钥的 AK 和 SK，所属用户需要具有读取实例和创建临时访问凭证的权限（swr:instance:get、\
         swr:repository:listRepositories、swr:artifact:list、swr:instance:createTempCredential）。实例填写其 ID 或名称；\
         如果该用户不能在 IAM 中查询项目，请写成 项目ID/实例。",
    ),
    connect,
};

struct Enterprise {
    api: Huawei,
    settings: Settings,
    region: String,
    place: Kept<Place>,
    login: Kept<(String, String)>,
}

/// Where an instance is.
#[derive(Clone)]
struct Place {
    name: String,
    /// `/v2/PROJECT/instances/INSTANCE`
    path: String,
    address: String,
}

#[derive(Deserialize)]
struct Instances {
    #[serde(default, deserialize_with = "or_default")]
    instances: Vec<Instance>,
}

#[derive(Deserialize)]
struct Instance {
    id: String,
    #[serde(default, deserialize_with = "or_default")]
    name: String,
    #[serde(default, deserialize_with = "or_default")]
    access_address: String,
}

#[derive(Deserialize)]
struct Repositories {
    #[serde(default, deserialize_with = "or_default")]
    repositories: Vec<Told>,
    #[serde(default)]
    total: Option<u64>,
}

#[derive(Deserialize)]
struct Told {
    name: String,
    namespace_name: String,
    #[serde(default)]
    artifact_count: Option<u64>,
    #[serde(default)]
    updated_at: Option<String>,
}

#[derive(Deserialize)]
struct Artifacts {
    #[serde(default, deserialize_with = "or_default")]
    artifacts: Vec<ArtifactTold>,
    #[serde(default)]
    total: Option<u64>,
}

#[derive(Deserialize)]
struct ArtifactTold {
    #[serde(default)]
    digest: Option<String>,
    #[serde(default, rename = "type", deserialize_with = "or_default")]
    sort: String,
    #[serde(default, deserialize_with = "or_default")]
    manifest_media_type: String,
    #[serde(default)]
    size: Option<u64>,
    #[serde(default)]
    push_time: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    tags: Vec<Tag>,
}

#[derive(Deserialize)]
struct Tag {
    name: String,
}

#[derive(Deserialize)]
struct Credential {
    user_id: String,
    auth_token: String,
    #[serde(default)]
    expire_date: Option<String>,
}

fn connect(settings: &Settings) -> Result<Box<dyn Catalogue>, Error> {
    let region = region(settings)?;
    let missing = || Error::Setting { setting: "instance", why: "its id or name is missing".to_owned() };
    let instance = settings.instance.clone().ok_or_else(missing)?;
    instance.splitn(2, '/').try_for_each(|part| word("instance", part.to_owned()).map(|_part| ()))?;
    let api = Huawei::new("swr-api", &region, settings)?;
    let (place, login) = (Kept::default(), Kept::default());
    Ok(Box::new(Enterprise { api, settings: settings.clone(), region, place, login }))
}

impl Catalogue for Enterprise {
    fn sign_in(&self) -> Result<String, Error> {
        Ok(format!("SWR instance {} in {}", self.place()?.name, self.region))
    }

    fn repositories(&self, next: Option<&str>) -> Result<Page<Repository>, Error> {
        let (offset, query) = page(next);
        let path = format!("{}/repositories", self.place()?.path);
        let found: Repositories = self.api.get("list the repositories of the SWR instance", &path, &query)?;
        let next = following(offset, found.repositories.len(), found.total);
        let wanted =
            |told: &Told| self.settings.namespace.as_ref().is_none_or(|own| *own == told.namespace_name);
        let items = found.repositories.into_iter().filter(wanted).map(|told| Repository {
            name: format!("{}/{}", told.namespace_name, told.name),
            updated: told.updated_at.as_deref().and_then(moment::normal),
            count: told.artifact_count,
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
        let (offset, query) = page(next);
        let (namespace, name) = repository.name.split_once('/').unwrap_or(("", &repository.name));
        let (place, name) = (self.place()?.path, name.replace('/', "%2F"));
        let path = format!("{place}/namespaces/{namespace}/repositories/{name}/artifacts");
        let operation = format!("list the images of `{}` in the SWR instance", repository.name);
        let found: Artifacts = self.api.get(&operation, &path, &query)?;
        let next = following(offset, found.artifacts.len(), found.total);
        let told = found.artifacts.into_iter().filter(|told| !told.sort.eq_ignore_ascii_case("chart"));
        Ok(Page { items: images(told.map(ArtifactTold::artifact).collect(), since), next })
    }

    fn endpoint(&self) -> Result<Endpoint, Error> {
        let place = self.place()?;
        let login = self.login.get(|| {
            let path = format!("{}/temp-credential", place.path);
            let told: Credential = self.api.post("get a credential of the SWR instance", &path, &[])?;
            // One whose end is not known is used once.
            let until = told.expire_date.as_deref().and_then(moment::seconds_of).unwrap_or(0);
            Ok(((told.user_id, told.auth_token), until))
        })?;
        Ok(endpoint(&self.settings, || place.address, login))
    }

    fn interface(&self) -> Option<String> {
        Some(self.api.address())
    }
}

impl Enterprise {
    fn place(&self) -> Result<Place, Error> {
        self.place.get(|| Ok((self.find()?, moment::now() + 86_400)))
    }

    fn find(&self) -> Result<Place, Error> {
        let named = self.settings.instance.as_deref().unwrap_or_default();
        let (project, named) = match named.split_once('/') {
            Some((project, named)) => (project.to_owned(), named),
            None => (project(&self.region, &self.settings)?, named),
        };
        let operation = "find the SWR instance";
        let (_, query) = page(None);
        let path = format!("/v2/{project}/instances");
        let found: Instances = self.api.get(operation, &path, &query)?;
        let mut instances = found.instances.into_iter();
        let instance = instances.find(|instance| instance.id == named || instance.name == named);
        let instance = instance.ok_or_else(|| Error::Refused {
            operation: operation.to_owned(),
            code: "no such instance".to_owned(),
            message: format!("`{named}` is none that this access key may see in {}", self.region),
            failure: Failure::NotFound,
        })?;
        let path = format!("{path}/{}", instance.id);
        Ok(Place { name: instance.name, path, address: instance.access_address })
    }
}

impl ArtifactTold {
    fn artifact(self) -> Artifact {
        Artifact {
            tags: self.tags.into_iter().map(|tag| tag.name).collect(),
            digest: self.digest.and_then(|digest| digest.parse().ok()),
            media_type: self.manifest_media_type,
            size: self.size,
            pushed: self.push_time.as_deref().and_then(moment::normal),
            ..Artifact::default()
        }
    }
}
