use std::collections::BTreeMap;
use std::fmt;

use model::{Failure, Text};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::ImageFailure;

/// A kind of registry that can be connected.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct RegistryKind {
    /// The word of it.
    pub kind: String,
    /// What it is called.
    pub title: Text,
    /// What must or may be said of one.
    pub needs: Vec<RegistryNeed>,
    /// What user and password are here.
    pub sign_in_help: Text,
}

/// A setting that a kind of registry uses.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct RegistryNeed {
    /// The field of the settings: `address`, `credentials` (user and password), `region`, …
    pub field: String,
    /// Whether it must be given.
    pub required: bool,
}

/// The generation of a registry's interface.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum RegistryVersion {
    /// Found out by asking.
    #[default]
    Auto,
    /// The first, such as Harbor 1.x.
    V1,
    /// The second, such as Harbor 2.0 and later.
    V2,
}

/// How a registry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum RegistryHealth {
    /// Nobody has asked it yet.
    Unknown,
    /// It answered when it was last asked.
    Well,
    /// It could not be asked the last time.
    Failing,
}

/// How a registry is reached, as whom, and what of it is wanted; without what is secret.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RegistrySettings {
    /// Host and port, or a whole address; clouds know it by the region.
    #[schema(max_length = 1024)]
    pub address: String,
    /// The user, or the id of an access key.
    #[schema(max_length = 1024)]
    pub username: Option<String>,
    /// The generation of the registry's interface.
    pub api_version: RegistryVersion,
    /// Where the registry's or the cloud's own interface is, when it is not at its usual address.
    #[schema(max_length = 1024)]
    pub api_address: Option<String>,
    /// The cloud's region.
    #[schema(max_length = 1024)]
    pub region: Option<String>,
    /// The cloud's instance of the registry, or its account.
    #[schema(max_length = 1024)]
    pub instance: Option<String>,
    /// The organisation, project, group or namespace that is listed.
    #[schema(max_length = 1024)]
    pub namespace: Option<String>,
    /// The role that is taken on.
    #[schema(max_length = 1024)]
    pub role: Option<String>,
    /// Given along when the role is taken on.
    #[schema(max_length = 1024)]
    pub external_id: Option<String>,
    /// Plain `http` is spoken.
    pub plain_http: bool,
    /// Any certificate is accepted: whoever is on the way can change what is read.
    pub accept_any_certificate: bool,
    /// Certificates that are trusted besides the usual ones, in PEM.
    #[schema(max_length = 262_144)]
    pub authorities: Option<String>,
    /// No proxy is asked, whatever the environment names.
    pub no_proxy: bool,
    /// Only what one of these globs names: `REPOSITORY` or `REPOSITORY:TAG`; `*` stops at a slash, `**` does not.
    #[schema(max_items = 200)]
    pub include: Vec<String>,
    /// Not what one of these globs names.
    #[schema(max_items = 200)]
    pub exclude: Vec<String>,
    /// Also projects that are caches of other registries.
    pub proxy_caches: bool,
    /// Images that may be pulled in an hour; absent for no limit.
    #[schema(minimum = 1, maximum = 100_000)]
    pub images_per_hour: Option<i64>,
    /// It is listed every night, as it is when nothing is said.
    #[schema(default = true)]
    pub nightly: bool,
    /// Every night only what is new is asked for, where the registry can tell, and all of it once a week.
    pub incremental: bool,
    /// What is new is scanned at once: the latest of each repository, or where it is listed incrementally all of it.
    pub scan_new: bool,
}

impl Default for RegistrySettings {
    fn default() -> Self {
        Self {
            address: String::new(),
            username: None,
            api_version: RegistryVersion::Auto,
            api_address: None,
            region: None,
            instance: None,
            namespace: None,
            role: None,
            external_id: None,
            plain_http: false,
            accept_any_certificate: false,
            authorities: None,
            no_proxy: false,
            include: Vec::new(),
            exclude: Vec::new(),
            proxy_caches: false,
            images_per_hour: None,
            nightly: true,
            incremental: false,
            scan_new: false,
        }
    }
}

/// A registry.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Registry {
    /// Its id.
    pub id: i64,
    /// The project its images belong to.
    pub project_id: i64,
    /// What it is called.
    pub name: String,
    /// The word of its kind.
    pub kind: String,
    /// How it is reached, as whom, and what of it is wanted.
    pub settings: RegistrySettings,
    /// Whether a password, token or secret key is kept.
    pub has_password: bool,
    /// Whether a proxy of its own is kept.
    pub has_proxy: bool,
    /// Whether it may tell what changed, by a token of its own.
    pub has_notices: bool,
    /// How it is.
    pub health: RegistryHealth,
    /// Why it could not be asked the last time.
    pub failure: Option<ImageFailure>,
    /// When it was last asked.
    pub checked: Option<i64>,
    /// When it was last listed to the end.
    pub synced: Option<i64>,
    /// When a listing of all it has was last begun that came to its end.
    pub listed: Option<i64>,
    /// When it was added.
    pub created: i64,
    /// When it was last changed.
    pub updated: i64,
    /// Images it has, each tag once.
    pub images: i64,
}

/// Which registries are wanted.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RegistryFilter {
    /// Of this kind.
    #[param(max_length = 64)]
    pub kind: Option<String>,
    /// Part of name or address.
    #[param(max_length = 256)]
    pub search: Option<String>,
}

/// What is secret of a registry.
#[derive(Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RegistrySecrets {
    /// The password, token or secret key.
    #[schema(max_length = 65_536)]
    pub password: Option<String>,
    /// The token that temporary access keys come with.
    #[schema(max_length = 65_536)]
    pub session_token: Option<String>,
    /// The proxy, `http://[USER:PASSWORD@]HOST:PORT`, instead of the one that the environment names.
    #[schema(max_length = 4096)]
    pub proxy: Option<String>,
}

impl fmt::Debug for RegistrySecrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RegistrySecrets(…)")
    }
}

/// A registry that is to be added.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRegistry {
    /// What it is called; no other is called so.
    #[schema(min_length = 1, max_length = 128)]
    pub name: String,
    /// The word of its kind.
    #[schema(max_length = 64)]
    pub kind: String,
    /// The project its images belong to; absent for the one that everything belongs to.
    #[serde(default)]
    pub project_id: Option<i64>,
    /// How it is reached, as whom, and what of it is wanted.
    pub settings: RegistrySettings,
    /// What is secret of it.
    #[serde(default)]
    pub secrets: RegistrySecrets,
}

/// What is changed of a registry.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RegistryChange {
    /// What it is called.
    #[schema(min_length = 1, max_length = 128)]
    pub name: String,
    /// How it is reached, as whom, and what of it is wanted: all of it.
    pub settings: RegistrySettings,
    /// What is secret of it, instead of what was; absent leaves it.
    #[serde(default)]
    pub secrets: Option<RegistrySecrets>,
}

/// How the test of a connection went.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct RegistryTest {
    /// Whether every step went well.
    pub ok: bool,
    /// The steps; the first that fails is the last.
    pub steps: Vec<ConnectionStep>,
}

/// A step of the test of a connection.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ConnectionStep {
    /// dns, tls, auth, list, pull
    pub step: String,
    /// Whether it went well.
    pub ok: bool,
    /// How long it took, in milliseconds.
    pub milliseconds: u64,
    /// What was found out, or why it failed.
    pub told: String,
    /// The code of why it failed.
    pub failure: Option<Failure>,
    /// What to do.
    pub advice: Option<Text>,
}

/// Which registries are to be listed: exactly one of the three.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SyncRequest {
    /// These, by their ids.
    #[schema(max_items = 1000)]
    pub registries: Option<Vec<i64>>,
    /// All of these kinds.
    #[schema(max_items = 50)]
    pub kinds: Option<Vec<String>>,
    /// All.
    pub all: Option<bool>,
}

/// The hours in which registries are listed every night.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NightlyHours {
    /// From this time on, such as `00:00`.
    #[schema(min_length = 5, max_length = 5)]
    pub from: String,
    /// Before this time: of the next day when it is not later, and at any time when both are the same.
    #[schema(min_length = 5, max_length = 5)]
    pub to: String,
    /// The time zone, by its name such as `Asia/Shanghai`.
    #[schema(min_length = 1, max_length = 64)]
    pub zone: String,
}

/// What came of listing a registry.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct SyncOutcome {
    /// Repositories that were listed.
    pub repositories: u64,
    /// Images that were met, each tag once.
    pub images: u64,
    /// Those that are new, or other than before.
    pub changed: u64,
    /// Those whose manifest is still to be read.
    pub unread: u64,
    /// Those that are gone.
    pub gone: i64,
    /// Whether all was asked for, and not only what is new.
    pub whole: bool,
    /// How many repositories could not be listed to their end.
    pub failed: u64,
    /// The first of them, and why.
    pub failures: BTreeMap<String, String>,
}

/// A token by which a registry tells what changed; it is told this once.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct NoticeToken {
    /// What the registry sends: `Authorization: Bearer lzh_…`, or as `?token=` where it cannot send headers.
    pub token: String,
    /// Where to, below this server's address.
    pub path: String,
}

impl fmt::Debug for NoticeToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NoticeToken").field("path", &self.path).finish_non_exhaustive()
    }
}

/// By what a registry is known that cannot send headers.
#[derive(Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct NoticeQuery {
    /// The token of the registry, instead of the header `Authorization`.
    #[param(max_length = 256)]
    pub token: Option<String>,
}

impl fmt::Debug for NoticeQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NoticeQuery(…)")
    }
}

/// How much was taken of what a registry told.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
pub struct NoticesTaken {
    /// So many changes are looked at; others are not wanted, or were told before.
    pub taken: i64,
}
