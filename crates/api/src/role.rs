use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What somebody may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Everything, in all projects.
    Administrator,
    /// See, scan, decide, export.
    Operator,
    /// See, and read who did what, in all projects.
    Auditor,
    /// See.
    Viewer,
}

impl Role {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Administrator, Self::Operator, Self::Auditor, Self::Viewer];

    /// The word it is kept as.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::Operator => "operator",
            Self::Auditor => "auditor",
            Self::Viewer => "viewer",
        }
    }

    /// Whether who has this role may do what `needed` is asked for.
    #[must_use]
    pub fn may(self, needed: Self) -> bool {
        self == Self::Administrator || needed == Self::Viewer || self == needed
    }

    /// What may be done by who has both roles only together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self.may(other), other.may(self)) {
            (true, _) => other,
            (false, true) => self,
            (false, false) => Self::Viewer,
        }
    }

    /// What is left of it for who does not see all projects: what concerns all is not for them.
    #[must_use]
    pub fn within_projects(self) -> Self {
        match self {
            Self::Administrator => Self::Operator,
            Self::Auditor => Self::Viewer,
            role => role,
        }
    }
}

/// A word that names no role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownRole;

impl fmt::Display for UnknownRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a role: administrator, operator, auditor or viewer")
    }
}

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(word: &str) -> Result<Self, UnknownRole> {
        Self::ALL.into_iter().find(|role| role.word() == word).ok_or(UnknownRole)
    }
}
