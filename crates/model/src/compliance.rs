use serde::{Deserialize, Serialize};

use crate::Text;

/// What a rule of compliance forbids.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Forbidden {
    /// Software.
    Software,
    /// A licence.
    License,
    /// Software whose maker no longer mends it.
    EndOfLife,
}

/// Software or a licence that is not allowed; the finding's id is the rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Compliance {
    /// What is forbidden about it.
    pub forbidden: Forbidden,
    /// One line.
    pub title: Text,
    /// Why.
    pub description: Text,
    /// What to do.
    pub advice: Text,
    /// The package, or the distribution.
    #[serde(default)]
    pub package: Option<String>,
    /// Its version.
    #[serde(default)]
    pub version: Option<String>,
    /// Its package URL.
    #[serde(default)]
    pub purl: Option<String>,
    /// The licence, for a forbidden one.
    #[serde(default)]
    pub license: Option<String>,
    /// Where it lies.
    pub paths: Vec<String>,
    /// Links.
    pub references: Vec<String>,
}
