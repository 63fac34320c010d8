use model::FindingKind;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::several::{several, several_ids};

/// Where an image was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ImageKind {
    /// An engine of a host has it.
    Local,
    /// A registry has it.
    Registry,
    /// A pipeline built it.
    Ci,
    /// Somebody uploaded it.
    Archive,
}

/// How far the scan of an image is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ImageStatus {
    /// Nobody has asked for a scan.
    Unscanned,
    /// It waits for a worker.
    Waiting,
    /// It is being scanned.
    Scanning,
    /// It was scanned.
    Scanned,
    /// The last scan failed; results of an earlier one are still shown.
    Failed,
    /// The last scan was stopped; results of an earlier one are still shown.
    Cancelled,
}

/// The worst that was found in an image and counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ImageRisk {
    /// Critical.
    Critical,
    /// High.
    High,
    /// Medium.
    Medium,
    /// Low.
    Low,
    /// Without practical consequence.
    Negligible,
    /// Nobody has said how bad it is.
    Unknown,
    /// Nothing was found.
    None,
}

macro_rules! words {
    ($($name:ident { $($variant:ident $word:literal),+ $(,)? })+) => {
        $(impl $name {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word it is kept as.
            #[must_use]
            pub fn word(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }

            /// What is kept as this word.
            #[must_use]
            pub fn from_word(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|known| known.word() == word)
            }
        })+
    };
}
words! {
    ImageKind { Local "local", Registry "registry", Ci "ci", Archive "archive" }
    ImageStatus {
        Unscanned "unscanned", Waiting "waiting", Scanning "scanning", Scanned "scanned", Failed "failed",
        Cancelled "cancelled",
    }
    ImageRisk {
        Critical "critical", High "high", Medium "medium", Low "low", Negligible "negligible", Unknown "unknown",
        None "none",
    }
}

/// Which images are wanted: all that is said must hold; with nothing said, every image that is still there.
///
/// Lists are written `a,b` in an address and as lists in JSON; one of their values must hold. Times are milliseconds
/// since 1970, ranges hold their ends. Texts are found anywhere and without regard to case, unless said otherwise.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, IntoParams, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ImageFilter {
    /// These images, by their ids.
    #[serde(deserialize_with = "several_ids")]
    #[schema(max_items = 50)]
    #[param(style = Form, explode = false, max_items = 50)]
    pub id: Vec<i64>,
    /// Where the image was seen.
    #[serde(deserialize_with = "several")]
    #[param(style = Form, explode = false)]
    pub kind: Vec<ImageKind>,
    /// How far its scan is.
    #[serde(deserialize_with = "several")]
    #[param(style = Form, explode = false)]
    pub status: Vec<ImageStatus>,
    /// The worst that counts in it.
    #[serde(deserialize_with = "several")]
    #[param(style = Form, explode = false)]
    pub risk: Vec<ImageRisk>,
    /// Kinds of findings of which one counts in it.
    #[serde(deserialize_with = "several")]
    #[param(style = Form, explode = false)]
    pub has: Vec<FindingKind>,
    /// Kinds of findings of which none counts in it.
    #[serde(deserialize_with = "several")]
    #[param(style = Form, explode = false)]
    pub without: Vec<FindingKind>,
    /// Whether it deserves a look first.
    pub focus: Option<bool>,
    /// Whether it is the newest of its repository.
    pub latest: Option<bool>,
    /// Whether a container of it runs.
    pub running: Option<bool>,
    /// Whether there is a container of it.
    pub has_containers: Option<bool>,
    /// Whether it may be scanned by what people enrolled.
    pub authorised: Option<bool>,
    /// Whether it can be scanned.
    pub scannable: Option<bool>,
    /// Whether a vulnerability that counts has a fix.
    pub fixable: Option<bool>,
    /// Whether a vulnerability that counts is known to be exploited.
    pub exploited: Option<bool>,
    /// Whether something in it could not be read or decided.
    pub has_gaps: Option<bool>,
    /// Those that are gone from where they were seen, instead of those that are there.
    pub gone: Option<bool>,
    /// Part of the name, or the beginning of the image's id or digest.
    #[schema(max_length = 256)]
    #[param(max_length = 256)]
    pub search: Option<String>,
    /// Part of the name.
    #[schema(max_length = 256)]
    #[param(max_length = 256)]
    pub name: Option<String>,
    /// The name without tag; `*` stands for anything. Case counts.
    #[schema(max_length = 256)]
    #[param(max_length = 256)]
    pub repository: Option<String>,
    /// The tag; `*` stands for anything. Case counts.
    #[schema(max_length = 256)]
    #[param(max_length = 256)]
    pub tag: Option<String>,
    /// The whole id or digest of the image.
    #[schema(max_length = 256)]
    #[param(max_length = 256)]
    pub digest: Option<String>,
    /// At least so many bytes.
    pub size_min: Option<i64>,
    /// At most so many bytes.
    pub size_max: Option<i64>,
    /// Built then or later.
    pub built_since: Option<i64>,
    /// Built then or earlier.
    pub built_until: Option<i64>,
    /// Scanned then or later.
    pub scanned_since: Option<i64>,
    /// Scanned then or earlier.
    pub scanned_until: Option<i64>,
    /// First seen then or later.
    pub added_since: Option<i64>,
    /// First seen then or earlier.
    pub added_until: Option<i64>,
    /// Last seen then or later.
    pub seen_since: Option<i64>,
    /// Last seen then or earlier.
    pub seen_until: Option<i64>,
    /// The host that has it.
    pub host: Option<i64>,
    /// Part of the name of a host that has it, or of its address.
    #[schema(max_length = 256)]
    #[param(max_length = 256)]
    pub host_name: Option<String>,
    /// The engine that has it.
    pub engine: Option<i64>,
    /// Part of the name of a container of it, or the beginning of the container's id.
    #[schema(max_length = 256)]
    #[param(max_length = 256)]
    pub container: Option<String>,
    /// Part of the name of a pod that runs it.
    #[schema(max_length = 256)]
    #[param(max_length = 256)]
    pub pod: Option<String>,
    /// A vulnerability in it, by any of its ids, whether it counts or not. The whole id.
    #[schema(max_length = 256)]
    #[param(max_length = 256)]
    pub vulnerability: Option<String>,
    /// The rule of a finding of another kind in it, whether it counts or not. The whole id.
    #[schema(max_length = 256)]
    #[param(max_length = 256)]
    pub rule: Option<String>,
    /// A component in it; `*` at the end stands for anything. Case counts.
    #[schema(max_length = 256)]
    #[param(max_length = 256)]
    pub component: Option<String>,
    /// The version of that component, as it is written.
    #[schema(max_length = 256)]
    #[param(max_length = 256)]
    pub component_version: Option<String>,
    /// Part of what its operating system is called.
    #[schema(max_length = 256)]
    #[param(max_length = 256)]
    pub os: Option<String>,
    /// The id of its distribution, such as `debian`.
    #[schema(max_length = 256)]
    #[param(max_length = 256)]
    pub distribution: Option<String>,
    /// The release of its distribution, such as `12`.
    #[schema(max_length = 256)]
    #[param(max_length = 256)]
    pub distribution_version: Option<String>,
    /// What it runs on, such as `linux/arm64`.
    #[schema(max_length = 256)]
    #[param(max_length = 256)]
    pub platform: Option<String>,
    /// The code of why it could not be scanned.
    #[serde(deserialize_with = "several")]
    #[param(style = Form, explode = false)]
    pub failure: Vec<model::Failure>,
    /// Registries that have it, by their ids.
    #[serde(deserialize_with = "several_ids")]
    #[schema(max_items = 50)]
    #[param(style = Form, explode = false, max_items = 50)]
    pub registry: Vec<i64>,
    /// Kinds of registries that have it, such as `harbor`.
    #[serde(deserialize_with = "several")]
    #[schema(max_items = 50)]
    #[param(style = Form, explode = false, max_items = 50)]
    pub registry_kind: Vec<String>,
    /// Part of the name of the registry that has it.
    #[schema(max_length = 256)]
    #[param(max_length = 256)]
    pub registry_name: Option<String>,
    /// The registry's organisation, project or namespace of it; `*` stands for anything. Case counts.
    #[schema(max_length = 256)]
    #[param(max_length = 256)]
    pub namespace: Option<String>,
    /// Whether it is an index of images for several platforms.
    pub multiple: Option<bool>,
    /// The index whose images are wanted.
    pub parent: Option<i64>,
    /// Pushed then or later.
    pub pushed_since: Option<i64>,
    /// Pushed then or earlier.
    pub pushed_until: Option<i64>,
    /// Whether it is shared by somebody else and still valid, or no longer.
    pub shared: Option<bool>,
    /// The project it belongs to.
    pub project: Option<i64>,
}

/// By what a list of images is sorted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ImageSort {
    /// How many findings there are, of each severity after the other.
    #[default]
    Risk,
    /// The name.
    Name,
    /// The size.
    Size,
    /// When it was built.
    Built,
    /// When it was last scanned.
    Scanned,
    /// When it was first seen.
    Added,
    /// When it was last seen.
    Seen,
    /// How many containers there are of it.
    Containers,
    /// How many hosts have it.
    Hosts,
    /// How many components are in it.
    Components,
}

/// How a list of images is sorted.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct ImageOrder {
    /// By what.
    #[param(inline, default = "risk")]
    pub sort: Option<ImageSort>,
    /// Whether the largest come first; they do, but for names.
    pub descending: Option<bool>,
}
