use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Language, Role};

/// Who signs in.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// The name of the account.
    #[schema(min_length = 1, max_length = 64)]
    pub login: String,
    /// Its password.
    #[schema(min_length = 1, max_length = 1024, format = Password)]
    pub password: String,
}

impl fmt::Debug for SignIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignIn").field("login", &self.login).finish_non_exhaustive()
    }
}

/// Who asks, and what they may.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct Me {
    /// The account's id.
    pub id: i64,
    /// The account's name.
    pub login: String,
    /// What they may do, here and now: a token may allow less than its account.
    pub role: Role,
    /// The language they are told things in.
    pub language: Language,
    /// They see all projects.
    pub all_projects: bool,
    /// The projects they see, when it is not all.
    pub projects: Vec<i64>,
    /// Before anything else the password is to be changed: `PUT /me/password`.
    pub must_change_password: bool,
    /// What changing requests repeat in the header `x-csrf-token`; absent where a token asks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub csrf_token: Option<String>,
    /// When the session is over if nothing is done; absent where a token asks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires: Option<i64>,
}

impl fmt::Debug for Me {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Me").field("login", &self.login).field("role", &self.role).finish_non_exhaustive()
    }
}

/// What somebody changes of their own account.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MyChange {
    /// The language they are told things in.
    pub language: Option<Language>,
}

/// Another password of one's own.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordChange {
    /// The password of before.
    #[schema(min_length = 1, max_length = 1024, format = Password)]
    pub current: String,
    /// The new one: not a common one, and not the name of the account.
    #[schema(min_length = 12, max_length = 1024, format = Password)]
    pub new: String,
}

impl fmt::Debug for PasswordChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordChange { .. }")
    }
}
