use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// A machine that runs containers.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Host {
    /// Its id.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Its distribution, for people.
    pub os: String,
    /// The release of its kernel.
    pub kernel: String,
    /// Its processor, as Go names it.
    pub architecture: String,
    /// How many processors it has.
    pub processors: i64,
    /// Its memory, in bytes.
    pub memory: i64,
    /// Its addresses.
    pub addresses: Vec<String>,
    /// The project that its images belong to.
    pub project_id: i64,
    /// When it was first seen.
    pub first_seen: i64,
    /// When it was last seen.
    pub last_seen: i64,
    /// How many images it has.
    pub images: i64,
    /// How many containers it has.
    pub containers: i64,
}

/// Which hosts are wanted.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct HostFilter {
    /// Part of the name or of an address.
    pub search: Option<String>,
}
