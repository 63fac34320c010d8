//! From what a test says to what is reported.

use model::{CheckResult, Detail, Finding, Outcome};

use super::{answer::Answer, check::Check, kept::FILE_GAP};
use crate::{Evidence, Placed};

impl Check {
    /// What it says of an image.
    pub(crate) fn judge(&self, evidence: &Evidence<'_>) -> Answer {
        if !self.applies.holds(evidence) {
            return Answer::not_applicable();
        }
        let test = self.test.kind();
        let mut answer = test.judge(evidence);
        if answer.expected.is_empty() {
            answer.expected = self.expected.clone();
        }
        // A file that could not be read may hold what the test did not find.
        let unread = evidence.kept.iter().find_map(|(_, kept)| {
            let gap = kept.gaps.iter().find(|gap| gap.what == FILE_GAP)?;
            test.interest().keeps.iter().any(|pattern| pattern.matches(&kept.path)).then_some(gap)
        });
        match unread {
            Some(gap) if answer.outcome != Outcome::Fail => Answer::unknown(gap.clone()),
            _ => answer,
        }
    }

    /// What came of it.
    pub(crate) fn result(&self, outcome: Outcome) -> CheckResult {
        CheckResult {
            id: self.id.clone(),
            category: self.category.clone(),
            title: self.title.clone(),
            severity: self.severity,
            standards: self.standards.clone(),
            outcome,
        }
    }

    /// The finding, when it failed.
    pub(crate) fn finding(&self, answer: Answer) -> Placed {
        let detail = model::Baseline {
            category: self.category.clone(),
            standards: self.standards.clone(),
            title: self.title.clone(),
            description: self.description.clone(),
            actual: answer.actual,
            expected: answer.expected,
            advice: self.advice.clone(),
            references: self.references.clone(),
            paths: answer.paths,
        };
        let finding = Finding::new(self.id.clone(), self.severity, Detail::Baseline(Box::new(detail)));
        Placed { finding, layer: answer.layer }
    }
}
