use serde::{Deserialize, Serialize};

use crate::{Severity, Text};

/// What came of one check of the baseline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It is as it should be.
    Pass,
    /// It is not.
    Fail,
    /// The image has nothing the check is about.
    NotApplicable,
    /// It could not be decided; a gap says why.
    Unknown,
}

/// A setting that is not safe; the finding's id is the check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Baseline {
    /// The family of the check: `accounts`, `passwords`, `ssh`, `weak-passwords`, `image`, `instructions`, `files`.
    pub category: String,
    /// Where the check comes from: `CIS Docker 1.6.0 4.1`, `cn_standard 8.1.4.1`, `Lazaret`.
    pub standards: Vec<String>,
    /// One line.
    pub title: Text,
    /// Why it matters.
    pub description: Text,
    /// What was found.
    pub actual: Text,
    /// What should be.
    pub expected: Text,
    /// How to mend it.
    pub advice: Text,
    /// Links.
    pub references: Vec<String>,
    /// The files it is about.
    pub paths: Vec<String>,
}

/// One check of the baseline and what came of it; those that failed are findings as well.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct CheckResult {
    /// The check.
    pub id: String,
    /// Its family.
    pub category: String,
    /// One line.
    pub title: Text,
    /// How bad it is when it fails.
    pub severity: Severity,
    /// Where the check comes from.
    pub standards: Vec<String>,
    /// What came of it.
    pub outcome: Outcome,
}
