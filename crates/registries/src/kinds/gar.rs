//! Google Artifact Registry: the Docker repositories of a project in one location.
//!
//! Source: Google's documentation of the REST interface of Artifact Registry, version 1.
//! Virtual repositories are left out, for they show what others hold; remote ones are caches.
//! Known gaps: versions without a tag are left out, for the images of an index are not told from images of their own.

use net::encode_component;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::api::{self, Api};
use crate::google::{self, Identity};
use crate::moment::{is_since, normal};
use crate::pages::Groups;
use crate::{Artifact, Catalogue, Endpoint, Error, Kind, Need, Origin, Page, Repository, Settings, v2};

pub(crate) static KIND: Kind = Kind {
    word: "gar",
    title: ("Google Artifact Registry", "Google Artifact Registry"),
    needs: &[
        Need::AddressOptional,
        Need::Credentials,
        Need::Region,
        Need::Namespace,
        Need::InstanceOptional,
        Need::ApiAddressOptional,
    ],
    sign_in_help: google::SIGN_IN_HELP,
    connect,
};

struct Gar {
    api: Api,
    endpoint: Endpoint,
    identity: Identity,
    project: String,
    /// `projects/PROJECT/locations/LOCATION`
    parent: String,
    /// The one repository that is listed.
    wanted: Option<String>,
    groups: Groups<Held>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Repositories {
    #[serde(default)]
    repositories: Vec<Held>,
    #[serde(default)]
    next_page_token: Option<String>,
}

#[derive(Clone, Deserialize)]
struct Held {
    /// `projects/PROJECT/locations/LOCATION/repositories/NAME`
    name: String,
    #[serde(default)]
    format: String,
    /// `STANDARD_REPOSITORY`, `VIRTUAL_REPOSITORY`, `REMOTE_REPOSITORY`.
    #[serde(default)]
    mode: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Packages {
    #[serde(default)]
    packages: Vec<Package>,
    #[serde(default)]
    next_page_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Package {
    /// `…/packages/team%2Fshop`
    name: String,
    #[serde(default)]
    update_time: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Versions {
    #[serde(default)]
    versions: Vec<Version>,
    #[serde(default)]
    next_page_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Version {
    /// `…/versions/sha256:…`
    name: String,
    #[serde(default)]
    create_time: Option<String>,
    #[serde(default)]
    update_time: Option<String>,
    #[serde(default)]
    related_tags: Vec<Tag>,
    #[serde(default)]
    metadata: Option<Metadata>,
}

#[derive(Deserialize)]
struct Tag {
    /// `…/tags/latest`
    name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Metadata {
    #[serde(default)]
    media_type: String,
    /// A number in quotation marks.
    #[serde(default)]
    image_size_bytes: Option<String>,
}

fn connect(settings: &Settings) -> Result<Box<dyn Catalogue>, Error> {
    let given = |setting: &'static str, value: &Option<String>| {
        let missing = || Error::Setting { setting, why: "it is missing".to_owned() };
        value.clone().filter(|value| !value.is_empty()).ok_or_else(missing)
    };
    let project = given("namespace", &settings.namespace)?;
    let location = given("region", &settings.region)?;
    let usual = format!("{location}-docker.pkg.dev");
    let address = if settings.address.is_empty() { usual } else { settings.address.clone() };
    let base = settings.api_address.as_deref().unwrap_or("https://artifactregistry.googleapis.com");
    let parent = format!("projects/{}/locations/{}", encode_component(&project), encode_component(&location));
    Ok(Box::new(Gar {
        api: Api::new(&format!("{}/v1", api::whole(base, settings)), settings, None)?,
        endpoint: Endpoint { address, options: settings.registry_options() },
        identity: Identity::of(settings)?,
        project,
        parent,
        wanted: settings.instance.clone(),
        groups: Groups::default(),
    }))
}

impl Catalogue for Gar {
    fn sign_in(&self) -> Result<String, Error> {
        let page = self.held(None)?;
        let more = if page.next.is_some() { " or more" } else { "" };
        Ok(format!("Google Artifact Registry, {}{more} repositories", page.items.len()))
    }

    fn repositories(&self, next: Option<&str>) -> Result<Page<Repository>, Error> {
        self.groups.page(next, |page| self.held(page), |held, next| self.images(held, next))
    }

    fn artifacts(
        &self,
        repository: &Repository,
        since: Option<&str>,
        next: Option<&str>,
    ) -> Result<Page<Artifact>, Error> {
        let operation = format!("list the versions of `{}` in Artifact Registry", repository.name);
        let path = format!("/{}/versions?view=FULL&", repository.id);
        let page: Versions = self.page(&operation, &path, next)?;
        let images = page.versions.into_iter().filter_map(artifact);
        let items = images.filter(|artifact| is_since(artifact, since)).collect();
        Ok(Page { items, next: filled(page.next_page_token) })
    }

    fn endpoint(&self) -> Result<Endpoint, Error> {
        Ok(self.endpoint.clone())
    }

    fn interface(&self) -> Option<String> {
        Some(self.api.base().to_owned())
    }
}

impl Gar {
    fn page<T: DeserializeOwned>(&self, operation: &str, path: &str, next: Option<&str>) -> Result<T, Error> {
        let next = next.map(|next| format!("&pageToken={}", encode_component(next))).unwrap_or_default();
        let path = format!("{path}pageSize=1000{next}");
        self.api.get_as(operation, &path, self.identity.authorization(&self.api)?)
    }

    fn held(&self, next: Option<&str>) -> Result<Page<Held>, Error> {
        let operation = "list the repositories of Artifact Registry";
        let page: Repositories = self.page(operation, &format!("/{}/repositories?", self.parent), next)?;
        let is_wanted = |held: &Held| match &self.wanted {
            Some(wanted) => last(&held.name) == wanted,
            None => held.mode != "VIRTUAL_REPOSITORY",
        };
        let repositories = page.repositories.into_iter();
        let items = repositories.filter(|held| held.format == "DOCKER" && is_wanted(held)).collect();
        Ok(Page { items, next: filled(page.next_page_token) })
    }

    fn images(&self, held: &Held, next: Option<&str>) -> Result<Page<Repository>, Error> {
        let name = last(&held.name);
        let operation = format!("list the images of Artifact Registry's repository `{name}`");
        let path = format!("/{}/repositories/{}/packages?", self.parent, encode_component(name));
        let page: Packages = self.page(&operation, &path, next)?;
        let origin = if held.mode == "REMOTE_REPOSITORY" { Origin::ProxyCache } else { Origin::Own };
        // The domain of a project is a part of the name of its images.
        let project = self.project.replace(':', "/");
        let items = page.packages.into_iter().map(|package| {
            let image = last(&package.name).replace("%2F", "/").replace("%2f", "/");
            Repository {
                name: format!("{project}/{name}/{image}"),
                id: format!(
                    "{}/repositories/{}/packages/{}",
                    self.parent,
                    encode_component(name),
                    encode_component(&image)
                ),
                updated: package.update_time.as_deref().and_then(normal),
                origin: origin.clone(),
                ..Repository::default()
            }
        });
        Ok(Page { items: items.collect(), next: filled(page.next_page_token) })
    }
}

fn filled(token: Option<String>) -> Option<String> {
    token.filter(|token| !token.is_empty())
}

/// The last part of a resource's name.
fn last(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

fn artifact(version: Version) -> Option<Artifact> {
    let tags = version.related_tags.iter().map(|tag| last(&tag.name).to_owned());
    let tags: Vec<String> = tags.filter(|tag| !v2::is_attached(tag)).collect();
    if tags.is_empty() {
        return None;
    }
    let (media_type, size) =
        version.metadata.map(|told| (told.media_type, told.image_size_bytes)).unwrap_or_default();
    Some(Artifact {
        tags,
        digest: last(&version.name).parse().ok(),
        media_type,
        size: size.and_then(|size| size.parse().ok()),
        pushed: version.update_time.or(version.create_time).as_deref().and_then(normal),
        ..Artifact::default()
    })
}
