use model::{FindingKind, FixStatus, Severity, Suppression, Text};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::several::several;

/// Whether a finding counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum FindingState {
    /// It counts.
    Open,
    /// A decision, or the judgement itself, takes it out of the counts.
    Handled,
}

/// The decision that takes a finding out of the counts.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct AppliedDecision {
    /// Its id.
    pub id: i64,
    /// ignore, whitelist, deferral, false-positive.
    pub action: String,
    /// Why.
    pub remark: String,
    /// Until when it holds.
    pub until: Option<i64>,
    /// Whether it is over as soon as a fix exists.
    pub until_fix: bool,
    /// Who decided.
    pub created_by: String,
    /// When.
    pub created: i64,
}

/// A finding of an image: a row of a list.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ImageFinding {
    /// What sort of finding.
    pub kind: FindingKind,
    /// By which it is known in every scan of the image.
    pub fingerprint: String,
    /// What is wrong, by its public id.
    pub rule: String,
    /// Its other ids.
    pub aliases: Vec<String>,
    /// How bad it is.
    pub severity: Severity,
    /// One line.
    pub title: Text,
    /// What the publisher says can be done, for a vulnerability.
    pub status: Option<FixStatus>,
    /// The package it is about; empty for none.
    pub package: String,
    /// The package's version.
    pub version: String,
    /// The package's type, as package URLs name it.
    pub package_type: String,
    /// The package URL.
    pub purl: String,
    /// The lowest version that mends it.
    pub fixed_version: Option<String>,
    /// Its first path; empty for none.
    pub path: String,
    /// The position of its layer, the lowest being 0.
    pub layer: Option<i64>,
    /// Whether the base image brought it; absent when no base image is known.
    pub from_base: Option<bool>,
    /// Whether it is known to be exploited.
    pub exploited: bool,
    /// How likely it is to be exploited, from 0 to 1.
    pub epss: Option<f64>,
    /// The worst base score.
    pub cvss: Option<f64>,
    /// From 0 to 100, to sort by.
    pub risk: f64,
    /// When the oldest record was published.
    pub published: Option<String>,
    /// When it was first known of this image.
    pub first_seen: i64,
    /// Whether it counts.
    pub state: FindingState,
    /// The decision that takes it out of the counts.
    pub decision: Option<AppliedDecision>,
    /// Why the judgement itself takes it out of the counts.
    pub suppressed: Option<Suppression>,
}

/// By what findings are sorted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FindingSort {
    /// How bad they are.
    #[default]
    Severity,
    /// The figure from 0 to 100.
    Risk,
    /// The package.
    Package,
    /// The path.
    Path,
    /// When they were first known.
    FirstSeen,
}

/// Which findings of an image are wanted: all that is said must hold.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, IntoParams, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct FindingFilter {
    /// What sort of findings.
    #[serde(deserialize_with = "several")]
    #[param(style = Form, explode = false)]
    pub kind: Vec<FindingKind>,
    /// How bad they are.
    #[serde(deserialize_with = "several")]
    #[param(style = Form, explode = false)]
    pub severity: Vec<Severity>,
    /// Whether they count; those that are whitelisted are only shown when handled ones are asked for.
    #[param(inline)]
    pub state: Option<FindingState>,
    /// Whether a version that mends them is published.
    pub fixable: Option<bool>,
    /// Whether they are known to be exploited.
    pub exploited: Option<bool>,
    /// Whether the base image brought them.
    pub from_base: Option<bool>,
    /// The position of their layer.
    pub layer: Option<i64>,
    /// Part of an id, the title, the path or the package.
    #[schema(max_length = 256)]
    #[param(max_length = 256)]
    pub search: Option<String>,
}

/// How a list of findings is sorted.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct FindingOrder {
    /// By what.
    #[param(inline, default = "severity")]
    pub sort: Option<FindingSort>,
    /// Whether the largest come first; they do, but for packages and paths.
    pub descending: Option<bool>,
}

/// All that is known of a finding of an image.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ImageFindingDetail {
    /// What its row says.
    pub row: ImageFinding,
    /// The whole finding: texts, advice, evidence, links.
    pub finding: model::Finding,
    /// The instruction that made its layer.
    pub instruction: Option<String>,
    /// Who did what to the decision that holds, the oldest first.
    pub history: Vec<crate::DecisionEvent>,
}
