use model::{Severity, Text};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Something people should hear of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Event {
    /// Its id.
    pub id: i64,
    /// When it was noticed, in milliseconds since 1970.
    pub at: i64,
    /// The project it concerns; absent when it concerns all.
    pub project_id: Option<i64>,
    /// What happened.
    #[schema(example = "new-vulnerability")]
    pub kind: String,
    /// What it is about: the id of a vulnerability.
    pub subject: String,
    /// How bad it is.
    pub severity: Severity,
    /// How many images it concerned then.
    pub images: i64,
    /// How many running containers it concerned then.
    pub containers: i64,
    /// On how many hosts those ran.
    pub hosts: i64,
    /// What happened, for people.
    pub message: Text,
    /// What else there is to show: `title`, `exploited` and `fixable` of a vulnerability, `count` of several.
    #[schema(value_type = Object)]
    pub detail: serde_json::Value,
}

/// Which events are wanted.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct EventFilter {
    /// Of this kind: `new-vulnerability`, `exploited-vulnerability`, `more-vulnerabilities`.
    pub kind: Option<String>,
    /// At least so bad.
    pub severity: Option<Severity>,
    /// Noticed at this time or later, in milliseconds since 1970.
    pub since: Option<i64>,
    /// About this: the id of a vulnerability.
    pub subject: Option<String>,
}
