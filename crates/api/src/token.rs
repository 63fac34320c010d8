use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::Role;

/// A token by which a program speaks for an account.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Token {
    /// Its id.
    pub id: i64,
    /// What it is called.
    pub name: String,
    /// The account's id.
    pub account_id: i64,
    /// The account's name.
    pub login: String,
    /// What it may do, if its account may.
    pub role: Role,
    /// The only project it sees; absent for those of the account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project_id: Option<i64>,
    /// When it was made.
    pub created: i64,
    /// When it is over; absent for never.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires: Option<i64>,
    /// When it was last used, to some minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub used: Option<i64>,
}

/// Which tokens are wanted.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct TokenFilter {
    /// Those of all accounts, for administrators; else one's own.
    #[serde(default)]
    pub all: bool,
}

/// A token that is to be made.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewToken {
    /// What it is called; none of the account is called so.
    #[schema(min_length = 1, max_length = 100)]
    pub name: String,
    /// What it may do: at most what the account may.
    pub role: Role,
    /// The only project it sees; absent for those of the account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project_id: Option<i64>,
    /// When it is over; absent for never.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires: Option<i64>,
}

/// A token and what it is, which is told this once.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct CreatedToken {
    /// The token.
    pub token: Token,
    /// What programs send: `Authorization: Bearer lzt_…`.
    pub value: String,
}

impl fmt::Debug for CreatedToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CreatedToken").field("token", &self.token).finish_non_exhaustive()
    }
}
