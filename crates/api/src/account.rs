use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::Role;

/// A language that people are told things in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// English.
    #[default]
    En,
    /// Chinese.
    Zh,
}

impl Language {
    /// The word it is kept as.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Zh => "zh",
        }
    }
}

/// A word that names no language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownLanguage;

impl fmt::Display for UnknownLanguage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a language: en or zh")
    }
}

impl FromStr for Language {
    type Err = UnknownLanguage;

    fn from_str(word: &str) -> Result<Self, UnknownLanguage> {
        [Self::En, Self::Zh].into_iter().find(|language| language.word() == word).ok_or(UnknownLanguage)
    }
}

/// An account: somebody who signs in.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Account {
    /// Its id.
    pub id: i64,
    /// Its name.
    pub login: String,
    /// What it may do.
    pub role: Role,
    /// The language it is told things in.
    pub language: Language,
    /// It sees all projects.
    pub all_projects: bool,
    /// The projects it sees, when it is not all.
    pub projects: Vec<i64>,
    /// Nobody signs in with it.
    pub disabled: bool,
    /// Before anything else its password is to be changed.
    pub must_change_password: bool,
    /// Until then no password is taken, as too many were wrong; absent when it is not locked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locked_until: Option<i64>,
    /// When it was made.
    pub created: i64,
}

/// Which accounts are wanted.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AccountFilter {
    /// Part of the name.
    #[param(max_length = 64)]
    pub search: Option<String>,
}

/// An account that is to be made.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAccount {
    /// Its name, in small letters.
    #[schema(min_length = 1, max_length = 64, pattern = "^[a-z0-9][a-z0-9._@-]*$")]
    pub login: String,
    /// Its password; a random one is made when none is given.
    #[schema(min_length = 12, max_length = 1024, format = Password)]
    pub password: Option<String>,
    /// What it may do. Administrators and auditors see all projects.
    pub role: Role,
    /// The language it is told things in.
    #[serde(default)]
    pub language: Language,
    /// The projects it sees; all when absent.
    #[schema(max_items = 1000)]
    pub projects: Option<Vec<i64>>,
    /// Before anything else its password is to be changed; so when absent.
    pub must_change_password: Option<bool>,
}

impl fmt::Debug for NewAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewAccount")
            .field("login", &self.login)
            .field("role", &self.role)
            .finish_non_exhaustive()
    }
}

/// An account with its password, which is told this once.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct CreatedAccount {
    /// The account.
    pub account: Account,
    /// The password, when it was made here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
}

impl fmt::Debug for CreatedAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CreatedAccount").field("account", &self.account).finish_non_exhaustive()
    }
}

/// What is changed of an account; what is absent stays.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AccountChange {
    /// What it may do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// The language it is told things in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
    /// Nobody signs in with it; who is signed in is signed out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disabled: Option<bool>,
    /// It sees all projects.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub all_projects: Option<bool>,
    /// The projects it sees, and no other.
    #[schema(max_items = 1000)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub projects: Option<Vec<i64>>,
}

/// Another password of an account, given by an administrator.
#[derive(Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordReset {
    /// The password; a random one is made when none is given.
    #[schema(min_length = 12, max_length = 1024, format = Password)]
    pub password: Option<String>,
}

impl fmt::Debug for PasswordReset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordReset { .. }")
    }
}
