//! Tencent Container Registry, the personal edition, once called CCR.
//!
//! Source: the Tencent Cloud API documentation of TCR (version 2019-09-24): `DescribeRepositoryOwnerPersonal`,
//! `DescribeImagePersonal`. Unlike with enterprise instances `Offset` counts entries, from 0. Two credentials are
//! needed: an access key lists, the account's id and registry password pull.
//! Known gaps: the interface tells no digest of a manifest, so each tag is asked for by the distribution protocol when
//! there is a password; its times have no zone and are taken for those of Beijing; repositories that others share are
//! not listed.

use std::collections::BTreeMap;
use std::sync::Arc;

use image::registry::Registry;
use model::Platform;
use serde::Deserialize;
use serde_json::json;

use crate::cloud::tencent::{PAGE, Tencent};
use crate::cloud::{images, or_default};
use crate::{Artifact, Catalogue, Endpoint, Error, Kind, Need, Page, Repository, Settings, moment, v2};

pub(crate) static KIND: Kind = Kind {
    word: "ccr",
    title: ("Tencent Cloud TCR, personal (CCR)", "腾讯云容器镜像服务 TCR 个人版（CCR）"),
    needs: &[
        Need::AddressOptional,
        Need::CredentialsOptional,
        Need::NamespaceOptional,
        Need::ApiAddressOptional,
    ],
    sign_in_help: (
        "User: the account id; password: that of the personal registry, as for `docker login ccr.ccs.tencentyun.com`. \
         Listing takes an access key besides, in the environment as TENCENTCLOUD_SECRET_ID and \
         TENCENTCLOUD_SECRET_KEY, with the policy QcloudTCRReadOnlyAccess.",
        "用户名为账号 ID，密码为个人版镜像仓库的密码，与 `docker login ccr.ccs.tencentyun.com` 相同。列出镜像还需要访问密钥，\
         通过环境变量 TENCENTCLOUD_SECRET_ID 和 TENCENTCLOUD_SECRET_KEY 提供，并具有 QcloudTCRReadOnlyAccess 策略。",
    ),
    connect,
};

/// Where images are pulled from in China; other places have hosts of their own.
const ADDRESS: &str = "ccr.ccs.tencentyun.com";
/// The region of the registry that serves all of China.
const REGION: &str = "ap-guangzhou";
/// The zone of its times, in seconds.
const BEIJING: u64 = 8 * 3600;

struct Ccr {
    api: Tencent,
    settings: Settings,
}

#[derive(Deserialize)]
struct Answer<T> {
    #[serde(rename = "Data")]
    data: T,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Repositories {
    #[serde(default, deserialize_with = "or_default")]
    repo_info: Vec<RepoInfo>,
    #[serde(default)]
    total_count: Option<u64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RepoInfo {
    repo_name: String,
    #[serde(default)]
    tag_count: Option<u64>,
    #[serde(default)]
    update_time: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Tags {
    #[serde(default, deserialize_with = "or_default")]
    tag_info: Vec<TagInfo>,
    #[serde(default)]
    tag_count: Option<u64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct TagInfo {
    tag_name: String,
    #[serde(default)]
    size_byte: Option<u64>,
    #[serde(default)]
    push_time: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    architecture: String,
    #[serde(default, rename = "OS", deserialize_with = "or_default")]
    os: String,
}

fn connect(settings: &Settings) -> Result<Box<dyn Catalogue>, Error> {
    // The key lists, the user pulls.
    let lists = Settings { username: None, password: None, session_token: None, ..settings.clone() };
    Ok(Box::new(Ccr { api: Tencent::new(&lists)?, settings: settings.clone() }))
}

impl Catalogue for Ccr {
    fn sign_in(&self) -> Result<String, Error> {
        let found = self.list(0, 1)?;
        let told = found.total_count.map_or_else(String::new, |total| format!(", {total} repositories"));
        Ok(format!("TCR personal edition{told}"))
    }

    fn repositories(&self, next: Option<&str>) -> Result<Page<Repository>, Error> {
        let offset = next.and_then(|next| next.parse().ok()).unwrap_or(0);
        let found = self.list(offset, PAGE)?;
        let next = following(offset, found.repo_info.len(), found.total_count);
        let namespace = self.settings.namespace.as_ref().map(|namespace| format!("{namespace}/"));
        let wanted =
            |told: &RepoInfo| namespace.as_ref().is_none_or(|start| told.repo_name.starts_with(start));
        let items = found.repo_info.into_iter().filter(wanted).map(|told| Repository {
            name: told.repo_name,
            updated: told.update_time.as_deref().and_then(beijing),
            count: told.tag_count,
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
        let offset = next.and_then(|next| next.parse().ok()).unwrap_or(0);
        let parameters = json!({ "RepoName": repository.name, "Offset": offset, "Limit": PAGE });
        let operation = format!("list the images of `{}` in CCR", repository.name);
        let found: Answer<Tags> =
            self.api.act(&operation, "DescribeImagePersonal", self.region(), &parameters)?;
        let Tags { tag_info, tag_count } = found.data;
        let next = following(offset, tag_info.len(), tag_count);
        let mut items: Vec<Artifact> = tag_info.into_iter().map(TagInfo::artifact).collect();
        items.retain(|artifact| moment::is_since(artifact, since));
        if self.settings.username.is_some() {
            let registry = self.endpoint()?.connect()?;
            items = identify(&registry, &repository.name, items)?;
        }
        Ok(Page { items: images(items, since), next })
    }

    fn endpoint(&self) -> Result<Endpoint, Error> {
        let given = &self.settings.address;
        let address = if given.is_empty() { ADDRESS.to_owned() } else { given.clone() };
        Ok(Endpoint { address, options: self.settings.registry_options() })
    }

    fn interface(&self) -> Option<String> {
        Some(self.api.address())
    }
}

impl Ccr {
    fn region(&self) -> &str {
        self.settings.region.as_deref().unwrap_or(REGION)
    }

    fn list(&self, offset: u64, limit: u64) -> Result<Repositories, Error> {
        let operation = "list the repositories of CCR";
        let parameters = json!({ "Offset": offset, "Limit": limit });
        let found: Answer<Repositories> =
            self.api.act(operation, "DescribeRepositoryOwnerPersonal", self.region(), &parameters)?;
        Ok(found.data)
    }
}

impl TagInfo {
    fn artifact(self) -> Artifact {
        let known = !self.os.is_empty() && !self.architecture.is_empty();
        let platform = || Platform { os: self.os, architecture: self.architecture, variant: None };
        Artifact {
            tags: vec![self.tag_name],
            size: self.size_byte,
            pushed: self.push_time.as_deref().and_then(beijing),
            platform: known.then(platform),
            ..Artifact::default()
        }
    }
}

/// With the digests that the tags stand for; a tag that is gone meanwhile is left out.
fn identify(
    registry: &Arc<Registry>,
    repository: &str,
    items: Vec<Artifact>,
) -> Result<Vec<Artifact>, Error> {
    let tags: Vec<String> = items.iter().flat_map(|artifact| artifact.tags.clone()).collect();
    let mut known: BTreeMap<String, _> = v2::resolve(registry, repository, &tags)?.into_iter().collect();
    let identified = items.into_iter().filter_map(|artifact| {
        let described = known.remove(artifact.tags.first()?)?;
        Some(Artifact { digest: described.digest, media_type: described.media_type, ..artifact })
    });
    Ok(identified.collect())
}

/// Where the next page begins; nothing after the last. When no total is told, a full page is not the last.
fn following(offset: u64, found: usize, total: Option<u64>) -> Option<String> {
    let end = offset.saturating_add(found as u64);
    let more = total.map_or(found as u64 >= PAGE, |total| found > 0 && end < total);
    more.then(|| end.to_string())
}

/// A time of Beijing in UTC, unless it names its zone.
fn beijing(text: &str) -> Option<String> {
    let zoned = text.ends_with('Z') || text.get(19..).is_some_and(|rest| rest.contains(['+', '-']));
    let seconds = moment::seconds_of(text)?;
    Some(model::time_of(if zoned { seconds } else { seconds.checked_sub(BEIJING)? }))
}
