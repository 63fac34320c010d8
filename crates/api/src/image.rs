use std::collections::BTreeMap;

use model::{Failure, Text};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{ImageKind, ImageRisk, ImageStatus};

/// How many findings there are of each severity, after decisions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SeverityCounts {
    /// Critical ones.
    pub critical: i64,
    /// High ones.
    pub high: i64,
    /// Medium ones.
    pub medium: i64,
    /// Low ones.
    pub low: i64,
    /// Those without practical consequence.
    pub negligible: i64,
    /// Those that nobody rated.
    pub unknown: i64,
}

/// How many findings there are of each kind, after decisions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct KindCounts {
    /// Vulnerabilities.
    pub vulnerabilities: i64,
    /// Malicious files.
    pub malware: i64,
    /// Secrets that lie open.
    pub secrets: i64,
    /// Settings that are not safe.
    pub baseline: i64,
    /// Software and licences that are not allowed.
    pub compliance: i64,
    /// 1 when the base image is not approved.
    pub base_image: i64,
}

/// Why an image could not be scanned.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ImageFailure {
    /// The code.
    pub code: Failure,
    /// What was said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// What to do.
    pub advice: Text,
}

/// Where in a registry an image is.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ImageRegistry {
    /// The registry's id.
    pub id: i64,
    /// What it is called.
    pub name: String,
    /// The word of its kind.
    pub kind: String,
    /// The organisation, project or namespace.
    pub namespace: String,
    /// When the image was pushed, where the registry tells.
    pub pushed: Option<i64>,
    /// Whose it is, where it is only shared.
    pub owner: Option<String>,
    /// Until when it is shared; absent for always.
    pub shared_until: Option<i64>,
}

/// An image where it was seen: a row of a list.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Image {
    /// Its id.
    pub id: i64,
    /// The project it belongs to.
    pub project_id: i64,
    /// Where it was seen.
    pub kind: ImageKind,
    /// As it is shown.
    pub name: String,
    /// The name without tag and digest; empty for an image without a name.
    pub repository: String,
    /// The tag.
    pub tag: Option<String>,
    /// By which its place knows it.
    pub reference: String,
    /// The registry that has it.
    pub registry: Option<ImageRegistry>,
    /// An index of images for several platforms, which `GET /images?parent=` lists.
    pub multiple: bool,
    /// The index it is an image of.
    pub parent_id: Option<i64>,
    /// The digest of its configuration.
    pub image_id: Option<String>,
    /// The digest of its manifest or index.
    pub digest: Option<String>,
    /// What it runs on, such as `linux/amd64`.
    pub platform: Option<String>,
    /// Its operating system; known once it was scanned.
    pub os: Option<String>,
    /// The id of its distribution.
    pub distribution: Option<String>,
    /// The release of its distribution.
    pub distribution_version: Option<String>,
    /// Its size in bytes.
    pub size: i64,
    /// When it was built.
    pub built: Option<i64>,
    /// When it was first seen.
    pub first_seen: i64,
    /// When it was last seen.
    pub last_seen: i64,
    /// When it was found to be gone.
    pub gone: Option<i64>,
    /// Whether it is the newest of its repository.
    pub latest: bool,
    /// Whether it may be scanned by what people enrolled.
    pub authorised: bool,
    /// Why it cannot be scanned at all.
    pub unscannable: Option<ImageFailure>,
    /// How far its scan is.
    pub status: ImageStatus,
    /// How far in percent.
    pub progress: i64,
    /// When the last good result was made.
    pub scanned: Option<i64>,
    /// Why the last scan failed.
    pub failure: Option<ImageFailure>,
    /// The worst that counts; absent until it was scanned.
    pub risk: Option<ImageRisk>,
    /// Findings of each severity.
    pub severities: SeverityCounts,
    /// Findings of each kind.
    pub findings: KindCounts,
    /// Vulnerabilities with a fix.
    pub fixable: i64,
    /// Vulnerabilities that are known to be exploited.
    pub exploited: i64,
    /// Findings that a decision takes out of the counts.
    pub ignored: i64,
    /// What could not be read or decided: unknown is not clean.
    pub gaps: i64,
    /// Packages.
    pub components: i64,
    /// Hosts that have it.
    pub hosts: i64,
    /// Containers of it.
    pub containers: i64,
    /// Containers of it that run.
    pub running: i64,
    /// Whether it deserves a look first.
    pub focus: bool,
    /// Why it does, as codes.
    pub focus_reasons: Vec<String>,
}

/// All that is known of an image.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ImageDetail {
    /// What its row says.
    #[serde(flatten)]
    pub image: Image,
    /// Who made it.
    pub author: Option<String>,
    /// How many layers it has.
    pub layers: Option<i64>,
    /// When and by what each check was last made, by its id.
    pub checks: BTreeMap<String, CheckMade>,
    /// The image it is built from, when that is known.
    pub base: Option<model::BaseImage>,
    /// What it runs, as its configuration says; known once it was scanned.
    pub config: Option<model::ImageConfig>,
    /// The last scans, the newest first, at most ten.
    pub scans: Vec<ScanSummary>,
    /// Other names of the same content that the reader may see, at most 20.
    pub same_content: Vec<ImageName>,
}

/// When and by what a check was made.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct CheckMade {
    /// When.
    pub at: i64,
    /// The version of the program.
    pub tool: String,
    /// When the advisories were updated that it used.
    #[serde(default)]
    pub advisories: Option<String>,
}

/// An image by its name.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ImageName {
    /// Its id.
    pub id: i64,
    /// Where it was seen.
    pub kind: ImageKind,
    /// As it is shown.
    pub name: String,
}

/// One scan of an image.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ScanSummary {
    /// Its id.
    pub id: i64,
    /// When it was done.
    pub finished: i64,
    /// What was looked for.
    pub checks: Vec<String>,
    /// The version of the program.
    pub tool_version: String,
    /// When the advisories were updated that it used.
    pub advisories: Option<String>,
    /// Findings of each severity, before decisions.
    pub severities: BTreeMap<String, i64>,
}

/// How many rows a list has.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
pub struct Total {
    /// So many, or at least so many.
    pub total: i64,
    /// Whether these are all.
    pub exact: bool,
}
