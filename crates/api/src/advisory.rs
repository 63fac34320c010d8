use model::{Severity, Text};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The advisories the server judges by, and how they are kept up to date.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Advisories {
    /// When they were last updated; absent while there are none.
    pub updated: Option<String>,
    /// When those were updated by which the whole inventory was judged last.
    pub judged: Option<String>,
    /// Whether they changed since, and the inventory is still to be judged by them.
    pub judging_due: bool,
    /// How many advisories there are.
    pub advisories: u64,
    /// How many vulnerabilities are known to be exploited.
    pub known_exploited: u64,
    /// Of how many vulnerabilities it is known how likely they are to be exploited.
    pub scored: u64,
    /// The size of all of it on the disk, in bytes.
    pub bytes: u64,
    /// What came of each archive, by name.
    pub archives: Vec<AdvisoryArchive>,
    /// The feeds that can be fetched besides OSV's records.
    pub feeds: Vec<AdvisoryFeed>,
    /// How they are kept up to date.
    pub settings: AdvisorySettings,
    /// The last update or import; absent before the first.
    pub last: Option<AdvisoryUpdate>,
    /// When they are fetched next, in milliseconds since 1970; absent when nobody asked for it.
    pub next: Option<i64>,
}

/// One archive of advisories.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct AdvisoryArchive {
    /// Its name: an ecosystem, or a feed and its document.
    pub name: String,
    /// When it was read.
    pub read: String,
    /// How many records it has.
    pub records: u64,
    /// How many of them are in use.
    pub stored: u64,
    /// How many their publisher has withdrawn.
    pub withdrawn: u64,
    /// How many could not be read.
    pub malformed: u64,
    /// The first of those, and why.
    pub errors: Vec<String>,
}

/// A feed of advisories.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct AdvisoryFeed {
    /// Its name.
    pub name: String,
    /// Its name for people, and who publishes it.
    pub title: String,
    /// Whether it is fetched without being asked for by name.
    pub default: bool,
    /// Whether it is fetched.
    pub chosen: bool,
    /// The ecosystems that it has advisories for.
    pub ecosystems: Vec<String>,
}

/// How advisories are kept up to date.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AdvisorySettings {
    /// A mirror: a web address, or the whole path of a directory on the server; absent for the public one.
    #[serde(default)]
    #[schema(max_length = 2000)]
    pub mirror: Option<String>,
    /// Whether the records of OSV are fetched.
    pub osv: bool,
    /// The feeds that are fetched, by name; `default` stands for those that are without being asked for, `all` for all.
    #[schema(max_items = 100)]
    pub feeds: Vec<String>,
    /// How many hours lie between two updates; 0 when none is to be made by itself.
    #[schema(minimum = 0, maximum = 8760)]
    pub interval_hours: i64,
    /// Certificate authorities that the mirror's certificate may be from, besides the system's; PEM.
    #[serde(default)]
    #[schema(max_length = 262144)]
    pub certificate_authorities: Option<String>,
    /// The public keys of those whose bundles are taken: 64 hexadecimal digits each.
    #[serde(default)]
    #[schema(max_items = 100)]
    pub bundle_keys: Vec<String>,
    /// From which severity on new vulnerabilities are told as events; those known to be exploited always are.
    pub event_severity: Severity,
}

/// An update or import of advisories.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct AdvisoryUpdate {
    /// The job.
    pub job: i64,
    /// `waiting`, `running`, `done`, `failed` or `cancelled`.
    pub state: String,
    /// Percent.
    pub progress: i64,
    /// Whether a bundle is imported.
    pub import: bool,
    /// When it was asked for, in milliseconds since 1970.
    pub created: i64,
    /// When it ended.
    pub finished: Option<i64>,
    /// The code of why it failed.
    pub failure: Option<String>,
    /// What was said of it.
    pub message: Option<String>,
    /// What to do about it.
    pub advice: Option<Text>,
    /// What could not be fetched or read, though all else could.
    pub failures: Vec<ArchiveFailure>,
}

/// An archive that could not be fetched or read; what was known of it before is kept.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ArchiveFailure {
    /// Its name.
    pub archive: String,
    /// Why.
    pub why: String,
}
