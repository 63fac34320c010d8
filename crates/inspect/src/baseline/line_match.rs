//! Lines that must not be in a file, or of which one must be.

use model::Text;
use regex::Regex;
use serde::Deserialize;

use super::{
    answer::Answer,
    pattern::{Interest, Pattern},
    test::Judge,
    tree,
};
use crate::Evidence;

/// At most so many lines are shown in a finding, and so many characters of each.
const MAX_SHOWN: usize = 10;
const MAX_CHARACTERS: usize = 160;

/// Lines that must not be there, or of which one must be.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LineMatch {
    /// The files.
    paths: Vec<Pattern>,
    /// What a line looks like; comments and blank lines are never looked at.
    pattern: Expression,
    /// What such a line looks like that is no harm.
    #[serde(default)]
    except: Option<Expression>,
    /// Whether one such line must be there, rather than none.
    #[serde(default)]
    present: bool,
    /// What begins a comment.
    #[serde(default = "hash_sign")]
    comment: String,
}

/// A regular expression in TOML.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Expression(pub(crate) Regex);

impl TryFrom<String> for Expression {
    type Error = regex::Error;

    fn try_from(text: String) -> Result<Self, regex::Error> {
        Regex::new(&text).map(Self)
    }
}

fn hash_sign() -> String {
    "#".to_owned()
}

impl Judge for LineMatch {
    fn interest(&self) -> Interest<'_> {
        Interest { keeps: self.paths.iter().collect(), ..Interest::default() }
    }

    fn judge(&self, evidence: &Evidence<'_>) -> Answer {
        let files = tree::files(evidence, &self.paths);
        let mut wrong = Vec::new();
        let mut answer = Answer::pass();
        for (layer, kept) in &files {
            let mut lines = kept.text.lines().map(str::trim).filter(|line| self.is_meant(line)).peekable();
            if lines.peek().is_some() != self.present {
                if lines.peek().is_some() || self.present {
                    answer = answer.at(&kept.path, *layer);
                }
                wrong.extend(lines.take(MAX_SHOWN - wrong.len().min(MAX_SHOWN)).map(shown));
            } else if self.present {
                return Answer::pass();
            }
        }
        match (files.is_empty(), answer.paths.is_empty()) {
            (true, _) => Answer::not_applicable(),
            (false, true) => answer,
            (false, false) => {
                let actual = match wrong.is_empty() {
                    true => Text::new("no such line", "没有符合要求的行"),
                    false => Text::same(wrong.join("; ")),
                };
                Answer { paths: answer.paths, layer: answer.layer, ..Answer::fail(actual) }
            }
        }
    }
}

impl LineMatch {
    fn is_meant(&self, line: &str) -> bool {
        let excepted = || self.except.as_ref().is_some_and(|except| except.0.is_match(line));
        !line.is_empty() && !line.starts_with(&self.comment) && self.pattern.0.is_match(line) && !excepted()
    }
}

fn shown(line: &str) -> String {
    line.chars()
        .take(MAX_CHARACTERS)
        .map(|character| if character.is_control() { '?' } else { character })
        .collect()
}
