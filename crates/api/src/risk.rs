use model::{FindingKind, Severity, Text};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::several::several;
use crate::{AppliedDecision, FindingState, ImageKind};

/// Something that is wrong with some images: a row of the risk view.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Risk {
    /// What sort of finding.
    pub kind: FindingKind,
    /// The rule, or the vulnerability.
    pub rule: String,
    /// One line.
    pub title: Text,
    /// How bad it is at worst.
    pub severity: Severity,
    /// Images in which it counts.
    pub images: i64,
    /// Images in which a decision takes it out.
    pub handled: i64,
    /// Containers of the images in which it counts.
    pub containers: i64,
    /// Hosts of these images.
    pub hosts: i64,
    /// Whether it can be mended.
    pub fixable: bool,
    /// Whether it is known to be exploited.
    pub exploited: bool,
    /// How likely it is to be exploited, from 0 to 1.
    pub epss: Option<f64>,
    /// The worst base score.
    pub cvss: Option<f64>,
    /// When it was first known.
    pub first_seen: i64,
    /// When one of its images was last scanned.
    pub last_scan: Option<i64>,
}

/// By what risks are sorted, the largest first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RiskSort {
    /// How bad they are, then how many images have them.
    #[default]
    Severity,
    /// How many images have them.
    Images,
    /// How many containers have them.
    Containers,
    /// How likely they are to be exploited.
    Epss,
    /// When they were first known.
    FirstSeen,
}

/// Which risks are wanted: all that is said must hold.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RiskFilter {
    /// What sort of findings.
    #[serde(deserialize_with = "several")]
    #[param(style = Form, explode = false)]
    pub kind: Vec<FindingKind>,
    /// Where the images were seen.
    #[serde(deserialize_with = "several")]
    #[param(style = Form, explode = false)]
    pub source: Vec<ImageKind>,
    /// How bad they are at worst.
    #[serde(deserialize_with = "several")]
    #[param(style = Form, explode = false)]
    pub severity: Vec<Severity>,
    /// Those that count in some image, or those that decisions take out of all.
    #[param(inline)]
    pub state: Option<FindingState>,
    /// Whether they can be mended.
    pub fixable: Option<bool>,
    /// Whether they are known to be exploited.
    pub exploited: Option<bool>,
    /// Whether some container has them.
    pub has_containers: Option<bool>,
    /// Part of an id or of the title.
    #[param(max_length = 256)]
    pub search: Option<String>,
    /// The project.
    pub project: Option<i64>,
}

/// By what a list of risks is sorted.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct RiskOrder {
    /// By what.
    #[param(inline, default = "severity")]
    pub sort: Option<RiskSort>,
}

/// All that is known of a risk.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct RiskDetail {
    /// What its row says.
    #[serde(flatten)]
    pub risk: Risk,
    /// The vulnerability in its publishers' words, for one.
    pub vulnerability: Option<VulnerabilityText>,
    /// The decisions about it that hold now, the newest first.
    pub decisions: Vec<AppliedDecision>,
}

/// A vulnerability in the words of its publishers.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct VulnerabilityText {
    /// Its id.
    pub id: String,
    /// Its other ids.
    pub aliases: Vec<String>,
    /// One line.
    pub title: String,
    /// The text.
    pub description: String,
    /// When it was published.
    pub published: Option<String>,
    /// The worst that any publisher in use says.
    pub severity: Severity,
    /// The worst base score.
    pub cvss: Option<f64>,
    /// How likely it is to be exploited, from 0 to 1.
    pub epss: Option<f64>,
    /// Whether it is known to be exploited.
    pub exploited: bool,
    /// Links.
    pub links: Vec<String>,
}

/// Where the images behind a risk were seen.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RiskImageFilter {
    /// Where they were seen.
    #[serde(deserialize_with = "several")]
    #[param(style = Form, explode = false)]
    pub source: Vec<ImageKind>,
}

/// An image behind a risk.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct RiskImage {
    /// The image.
    pub image: crate::Image,
    /// Where in it the risk is.
    pub places: Vec<RiskPlace>,
}

/// Where in an image a risk is.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct RiskPlace {
    /// By which the finding is known.
    pub fingerprint: String,
    /// The package; empty for none.
    pub package: String,
    /// Its version.
    pub version: String,
    /// The lowest version that mends it.
    pub fixed_version: Option<String>,
    /// Its first path; empty for none.
    pub path: String,
    /// The position of its layer.
    pub layer: Option<i64>,
    /// How bad it is here.
    pub severity: Severity,
    /// When it was first known of this image.
    pub first_seen: i64,
    /// The decision that takes it out of the counts.
    pub decision: Option<AppliedDecision>,
}
