use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What the server is and has.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct System {
    /// Its version.
    pub version: String,
    /// What it keeps things in: `sqlite` or `postgresql`.
    pub database: String,
    /// When its advisories were brought up to date; absent when it has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advisories: Option<i64>,
    /// How many images are listed, of those that may be seen.
    pub images: i64,
    /// How many containers are there, of those that may be seen.
    pub containers: i64,
    /// How many hosts are there, of those that may be seen.
    pub hosts: i64,
}

/// Whether the server can answer.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Readiness {
    /// The database answers.
    pub database: bool,
    /// The object store answers.
    pub objects: bool,
}
