//! Gates: when a report is not good enough.

mod file;
mod judge;
mod rule;

use model::{FindingKind, Report, Severity, Text};

use crate::document::Document;
use crate::{Error, day};
use rule::Rule;

/// Rules that a report must keep; described in `docs/suppressing.md`.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    rules: Vec<Rule>,
    gaps: Option<Gaps>,
    approved_base: bool,
    database_days: Option<i64>,
}

/// How many gaps are borne.
#[derive(Clone, Debug)]
struct Gaps {
    max: usize,
    /// Their kinds; all when none is named.
    what: Vec<String>,
}

/// A rule that a report breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The name of the rule; `gaps`, `base_image` and `database` for those sections of a policy.
    pub rule: String,
    /// The findings that break it, by their keys; empty for a rule that is not about findings.
    pub findings: Vec<String>,
    /// How many findings or gaps break it.
    pub count: usize,
    /// What was found, and what is allowed.
    pub why: Text,
}

impl Policy {
    /// Reads a policy file.
    ///
    /// # Errors
    /// It is not written as it should be: says where.
    pub fn parse(name: &str, text: &str) -> Result<Self, Error> {
        file::read(Document::new(name, text))
    }

    /// The policy of `--fail-on`: no finding of a severity or worse.
    ///
    /// A severity without a kind is for all kinds that have none of their own.
    #[must_use]
    pub fn fail_on(gates: &[(Option<FindingKind>, Severity)]) -> Self {
        let named: Vec<FindingKind> = gates.iter().filter_map(|(kind, _)| *kind).collect();
        let others: Vec<FindingKind> =
            FindingKind::ALL.into_iter().filter(|kind| !named.contains(kind)).collect();
        let rules = gates.iter().map(|(kind, severity)| Rule {
            name: format!("fail-on {}={severity}", kind.map_or("all", FindingKind::word)),
            kinds: kind.map_or_else(|| others.clone(), |kind| vec![kind]),
            severity: Some(*severity),
            ..Rule::default()
        });
        // A rule without kinds would be for all of them, and here all have one of their own.
        let rules = rules.filter(|rule| !rule.kinds.is_empty());
        Self { rules: rules.collect(), ..Self::default() }
    }

    /// The rules that a report breaks; `today` is `YYYY-MM-DD`.
    ///
    /// Findings that a decision suppressed do not count. What is not known breaks a rule: a check that a rule names and
    /// that was not made, a vulnerability without a date where its age matters.
    #[must_use]
    pub fn judge(&self, report: &Report, today: &str) -> Vec<Violation> {
        let today = day::number(today.get(..10).unwrap_or(today));
        let mut violations: Vec<Violation> =
            self.rules.iter().filter_map(|rule| judge::rule(rule, report, today)).collect();
        violations.extend(self.gaps.as_ref().and_then(|gaps| judge::gaps(gaps, report)));
        violations.extend(self.approved_base.then(|| judge::base_image(report)).flatten());
        violations.extend(self.database_days.and_then(|days| judge::database(days, report, today)));
        violations
    }
}
