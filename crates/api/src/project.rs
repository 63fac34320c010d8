use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Role;

/// A project: what is in it is seen by those who may.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Project {
    /// Its id.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// When it was made.
    pub created: i64,
}

/// The name of a project, new or another.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProjectName {
    /// The name; no other project is called so.
    #[schema(min_length = 1, max_length = 100)]
    pub name: String,
}

/// Somebody who sees a project because they were let; who sees all projects is not told.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Member {
    /// The account's id.
    pub account_id: i64,
    /// The account's name.
    pub login: String,
    /// What it may do.
    pub role: Role,
}
