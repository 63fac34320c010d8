//! Huawei Cloud's container registry SWR, the basic edition: the account's own images, and those that
//! others share with it.
//!
//! Source: the API reference of SWR, "Image repository management", "Image tag management", "Shared account management"
//! and "Temporary login command"; its user guide on how the password of a long-term login follows from an access key.
//! Known gaps: the list of shared images does not tell until when they are, and what its `status` says of that is told
//! in two ways, so nothing is left out by it: an image whose time is over gives its refusal when it is asked for.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use crate::cloud::huawei::{Huawei, PAGE, following, host, page, region};
use crate::cloud::{Kept, endpoint, images, or_default};
use crate::sign::{hexadecimal, hmac};
use crate::{Artifact, Catalogue, Endpoint, Error, Kind, Need, Origin, Page, Repository, Settings, moment};

pub(crate) static KIND: Kind = Kind {
    word: "swr",
    title: ("Huawei Cloud SWR", "华为云容器镜像服务 SWR"),
    needs: &[
        Need::AddressOptional,
        Need::Region,
        Need::Credentials,
        Need::NamespaceOptional,
        Need::ApiAddressOptional,
    ],
    sign_in_help: SIGN_IN,
    connect: |settings| open(settings, Whose::Own),
};

/// The same for images that others share.
pub(super) const SIGN_IN: (&str, &str) = (
    "AK and SK of an access key whose user has the policy \"SWR ReadOnlyAccess\" or at least the right to read the \
     organisations to be listed.",
    "访问密钥的 AK 和 SK，所属用户需要具有 SWR ReadOnlyAccess 策略，或至少具有待列出组织的只读权限。",
);

/// A login that is asked for lasts six hours; it is made anew much earlier.
const LOGIN_SECONDS: u64 = 3600;

/// Whose images are listed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Whose {
    /// The account's.
    Own,
    /// Those of others, who share them with the account.
    Shared,
}

struct Swr {
    api: Huawei,
    settings: Settings,
    region: String,
    whose: Whose,
    login: Kept<(String, String)>,
}

#[derive(Deserialize)]
struct Told {
    name: String,
    namespace: String,
    #[serde(default)]
    domain_name: Option<String>,
    #[serde(default)]
    updated_at: Option<String>,
    #[serde(default)]
    num_images: Option<u64>,
    #[serde(default)]
    total_range: Option<u64>,
}

#[derive(Deserialize)]
struct Tag {
    #[serde(alias = "Tag")]
    tag: String,
    #[serde(default)]
    digest: Option<String>,
    #[serde(default)]
    size: Option<u64>,
    #[serde(default)]
    updated: Option<String>,
    /// The manifest itself.
    #[serde(default, deserialize_with = "or_default")]
    manifest: String,
}

#[derive(Deserialize)]
struct Manifest {
    #[serde(default, rename = "mediaType", deserialize_with = "or_default")]
    media_type: String,
}

#[derive(Deserialize)]
struct Logins {
    auths: BTreeMap<String, Login>,
}

#[derive(Deserialize)]
struct Login {
    auth: String,
}

pub(super) fn open(settings: &Settings, whose: Whose) -> Result<Box<dyn Catalogue>, Error> {
    let region = region(settings)?;
    let api = Huawei::new("swr-api", &region, settings)?;
    Ok(Box::new(Swr { api, settings: settings.clone(), region, whose, login: Kept::default() }))
}

impl Catalogue for Swr {
    fn sign_in(&self) -> Result<String, Error> {
        let query = [("offset", "0".to_owned()), ("limit", "1".to_owned())];
        let found = self.list(query.to_vec())?;
        let total = found.first().map_or(Some(0), |told| told.total_range);
        let told = total.map_or_else(String::new, |total| format!(", {total} repositories"));
        Ok(format!("SWR in {}{told}", self.region))
    }

    fn repositories(&self, next: Option<&str>) -> Result<Page<Repository>, Error> {
        let (offset, mut query) = page(next);
        query.extend(self.settings.namespace.iter().map(|namespace| ("namespace", namespace.clone())));
        let found = self.list(query)?;
        let total = found.first().and_then(|told| told.total_range);
        let next = following(offset, found.len(), total);
        Ok(Page { items: found.into_iter().map(|told| self.repository(told)).collect(), next })
    }

    fn artifacts(
        &self,
        repository: &Repository,
        since: Option<&str>,
        next: Option<&str>,
    ) -> Result<Page<Artifact>, Error> {
        let (namespace, name) = repository.name.split_once('/').unwrap_or(("", &repository.name));
        // A slash would be another part of the path.
        let path = format!("/v2/manage/namespaces/{namespace}/repos/{}/tags", name.replace('/', "$"));
        let (offset, query) = page(next);
        let operation = format!("list the images of `{}` in SWR", repository.name);
        let found: Vec<Tag> = self.api.get(&operation, &path, &query)?;
        // How many there are is told by the repository alone, perhaps some pushes ago: a page more is asked for.
        let total = repository.count.map(|count| count.saturating_add(PAGE));
        let next = following(offset, found.len(), total).filter(|_| found.len() as u64 == PAGE);
        Ok(Page { items: images(found.into_iter().map(Tag::artifact).collect(), since), next })
    }

    fn endpoint(&self) -> Result<Endpoint, Error> {
        let usual = || host("swr", &self.region);
        Ok(endpoint(&self.settings, usual, self.credentials()?))
    }

    fn interface(&self) -> Option<String> {
        Some(self.api.address())
    }
}

impl Swr {
    fn list(&self, mut query: Vec<(&'static str, String)>) -> Result<Vec<Told>, Error> {
        match self.whose {
            Whose::Own => self.api.get("list the repositories of SWR", "/v2/manage/repos", &query),
            Whose::Shared => {
                query.push(("center", "thirdparty".to_owned()));
                let operation = "list the repositories that are shared in SWR";
                self.api.get(operation, "/v2/manage/shared-repositories", &query)
            }
        }
    }

    fn repository(&self, told: Told) -> Repository {
        let origin = match self.whose {
            Whose::Own => Origin::Own,
            Whose::Shared => Origin::Shared { owner: told.domain_name.unwrap_or_default(), until: None },
        };
        Repository {
            name: format!("{}/{}", told.namespace, told.name),
            updated: told.updated_at.as_deref().and_then(moment::normal),
            count: told.num_images,
            origin,
            ..Repository::default()
        }
    }

    /// The password of a long-term login follows from the key; that of a temporary key is asked for.
    fn credentials(&self) -> Result<(String, String), Error> {
        let key = &self.api.key;
        if key.token.is_none() {
            let password = hexadecimal(&hmac(key.secret.as_bytes(), &key.id));
            return Ok((format!("{}@{}", self.region, key.id), password));
        }
        self.login.get(|| {
            let operation = "get a login of SWR";
            let query = [("projectname", self.region.clone())];
            let logins: Logins = self.api.post(operation, "/v2/manage/utils/secret", &query)?;
            let why = || Error::Answer {
                what: "the login that SWR answered".to_owned(),
                why: "it holds no user and password".to_owned(),
            };
            let login = logins.auths.into_values().next().ok_or_else(why)?;
            let bytes = STANDARD.decode(login.auth).map_err(|_bad| why())?;
            let text = String::from_utf8(bytes).map_err(|_bad| why())?;
            let (username, password) = text.split_once(':').ok_or_else(why)?;
            Ok(((username.to_owned(), password.to_owned()), moment::now() + LOGIN_SECONDS))
        })
    }
}

impl Tag {
    fn artifact(self) -> Artifact {
        // A tag whose manifest is told badly is still a tag; what it is can be asked for.
        let media_type = serde_json::from_str(&self.manifest)
            .map_or_else(|_not_told| String::new(), |manifest: Manifest| manifest.media_type);
        Artifact {
            tags: vec![self.tag],
            digest: self.digest.and_then(|digest| digest.parse().ok()),
            media_type,
            size: self.size,
            pushed: self.updated.as_deref().and_then(moment::normal),
            ..Artifact::default()
        }
    }
}
