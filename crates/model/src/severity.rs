use std::fmt;

use serde::{Deserialize, Serialize};

/// How bad a finding is; later ones are worse.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Nobody has said.
    #[default]
    Unknown,
    /// The publisher holds it to be without practical consequence (Debian's `unimportant`).
    Negligible,
    /// Low.
    Low,
    /// Medium; also GitHub's `MODERATE` and Red Hat's `moderate`.
    Medium,
    /// High; also the vendors' `important`.
    High,
    /// Critical.
    Critical,
}

/// A word that names no severity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownWord(String);

impl Severity {
    /// All of them, the worst first.
    pub const WORST_FIRST: [Self; 6] =
        [Self::Critical, Self::High, Self::Medium, Self::Low, Self::Negligible, Self::Unknown];

    /// The severity of a CVSS base score, by the qualitative scale of CVSS 3.1 §5.
    #[must_use]
    pub fn of_score(score: f64) -> Self {
        match score {
            s if s >= 9.0 => Self::Critical,
            s if s >= 7.0 => Self::High,
            s if s >= 4.0 => Self::Medium,
            s if s > 0.0 => Self::Low,
            _ => Self::Negligible,
        }
    }

    /// The lower-case English word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Negligible => "negligible",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

impl std::str::FromStr for Severity {
    type Err = UnknownWord;

    /// Reads our words and the publishers' (`MODERATE`, `important`, `unimportant`), in any case.
    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        match text.to_ascii_lowercase().as_str() {
            "unknown" | "none" | "unassigned" | "untriaged" => Ok(Self::Unknown),
            "negligible" | "unimportant" => Ok(Self::Negligible),
            "low" | "minor" => Ok(Self::Low),
            "medium" | "moderate" => Ok(Self::Medium),
            "high" | "important" | "major" => Ok(Self::High),
            "critical" => Ok(Self::Critical),
            _ => Err(UnknownWord(text.to_owned())),
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

impl fmt::Display for UnknownWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not a severity (critical, high, medium, low, negligible, unknown)", self.0)
    }
}

impl std::error::Error for UnknownWord {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_from_unknown_to_critical() {
        let mut sorted = Severity::WORST_FIRST;
        sorted.sort();
        sorted.reverse();
        assert_eq!(sorted, Severity::WORST_FIRST);
    }

    #[test]
    fn follows_the_cvss_scale() {
        for (score, expected) in
            [(10.0, "critical"), (8.9, "high"), (6.9, "medium"), (0.1, "low"), (0.0, "negligible")]
        {
            assert_eq!(Severity::of_score(score).word(), expected, "{score}");
        }
    }
}
