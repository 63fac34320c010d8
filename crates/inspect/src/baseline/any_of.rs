//! Several ways of being right.

use model::{Outcome, Text};
use serde::Deserialize;

use super::{
    answer::Answer,
    pattern::Interest,
    test::{Judge, Test},
};
use crate::Evidence;

/// It is enough that one of the tests passes.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AnyOf {
    tests: Vec<Test>,
}

impl Judge for AnyOf {
    fn interest(&self) -> Interest<'_> {
        let mut interest = Interest::default();
        for test in &self.tests {
            let other = test.kind().interest();
            interest.keeps.extend(other.keeps);
            interest.notes.extend(other.notes);
            interest.reads.extend(other.reads);
            interest.special = interest.special.or(other.special);
        }
        interest
    }

    fn judge(&self, evidence: &Evidence<'_>) -> Answer {
        let answers: Vec<Answer> = self.tests.iter().map(|test| test.kind().judge(evidence)).collect();
        let mut failed = answers.iter().filter(|answer| answer.outcome == Outcome::Fail);
        if let Some(other) =
            answers.iter().find(|answer| matches!(answer.outcome, Outcome::Pass | Outcome::Unknown))
        {
            return other.clone();
        }
        let Some(first) = failed.next() else {
            return Answer::not_applicable();
        };
        failed.fold(first.clone(), |mut all, answer| {
            all.actual = joined(&all.actual, &answer.actual, ["; ", "；"]);
            all.expected = joined(&all.expected, &answer.expected, [", or ", "，或 "]);
            for path in &answer.paths {
                if !all.paths.contains(path) {
                    all.paths.push(path.clone());
                }
            }
            all
        })
    }
}

fn joined(one: &Text, other: &Text, [en, zh]: [&str; 2]) -> Text {
    let chinese = |text: &Text| if text.zh.is_empty() { text.en.clone() } else { text.zh.clone() };
    Text::new(format!("{}{en}{}", one.en, other.en), format!("{}{zh}{}", chinese(one), chinese(other)))
}
