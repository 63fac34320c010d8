use serde::{Deserialize, Serialize};

/// Why a suppressed finding does not count, in the words of VEX.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SuppressionStatus {
    /// Somebody decided to live with it.
    Accepted,
    /// The product is not affected by it.
    NotAffected,
    /// It is mended, though the version does not show it.
    Fixed,
    /// It is none.
    FalsePositive,
}

/// A decision that takes a finding out of counts and gates; the finding stays in the report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Suppression {
    /// What was decided.
    pub status: SuppressionStatus,
    /// The file or document that says so.
    pub source: String,
    /// The reason given; for VEX its justification and statement.
    pub reason: String,
    /// The last day on which it holds, `YYYY-MM-DD`; absent when it has no end.
    #[serde(default)]
    pub until: Option<String>,
}
