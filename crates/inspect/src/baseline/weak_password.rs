//! Passwords that anybody would try first.

use std::ops::Range;

use model::{Gap, Text};
use serde::Deserialize;

use super::{
    answer::Answer,
    guess::GUESS_GAP,
    line_match::Expression,
    pattern::{Interest, Pattern},
    test::Judge,
    tree,
};
use crate::Evidence;

/// At most so many accounts are named in a finding.
const MAX_NAMED: usize = 50;
/// At most so many passwords are read of one file.
const MAX_READ: usize = 1000;

/// Passwords of a service that are in the dictionary, and how they are found in its files.
///
/// The pattern's groups name what it finds: `user`, and `plain` for a password or `hash` for the hash of one. Whatever
/// a group finds is masked in what is kept of the file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WeakPasswords {
    /// The service.
    pub(crate) service: String,
    /// Its files.
    paths: Vec<Pattern>,
    /// What finds passwords; none for the account files of the system, which have a reader of their own.
    #[serde(default)]
    patterns: Vec<Expression>,
    /// What is skipped.
    #[serde(default)]
    comment: Option<Expression>,
    /// The user, where the pattern finds none.
    #[serde(default)]
    user: String,
}

/// A password or hash in a text.
pub(crate) struct Written {
    /// The user.
    pub(crate) user: String,
    /// Where it stands.
    pub(crate) span: Range<usize>,
    /// Whether it is a hash.
    pub(crate) is_hash: bool,
}

impl WeakPasswords {
    /// Whether it reads this file.
    pub(crate) fn reads(&self, path: &[u8]) -> bool {
        !self.patterns.is_empty() && self.paths.iter().any(|pattern| pattern.matches(path))
    }

    /// The passwords in a text, at most a thousand, and whether that is all.
    pub(crate) fn written(&self, text: &str) -> (Vec<Written>, bool) {
        let mut found = Vec::new();
        let comments: Vec<Range<usize>> = self
            .comment
            .iter()
            .flat_map(|comment| comment.0.find_iter(text))
            .map(|one| one.range())
            .collect();
        for pattern in &self.patterns {
            for captures in pattern.0.captures_iter(text) {
                let (plain, hash) = (captures.name("plain"), captures.name("hash"));
                let Some(value) = plain.or(hash).filter(|value| !value.is_empty()) else { continue };
                let place = comments.partition_point(|comment| comment.end <= value.start());
                if comments.get(place).is_some_and(|comment| comment.start <= value.start()) {
                    continue;
                }
                if found.len() == MAX_READ {
                    return (found, false);
                }
                let user = captures.name("user").map_or(self.user.as_str(), |user| user.as_str());
                let user = user.chars().filter(|character| !character.is_control()).take(64).collect();
                found.push(Written { user, span: value.range(), is_hash: plain.is_none() });
            }
        }
        (found, true)
    }

    /// What changes how its files are kept.
    pub(crate) fn fingerprint(&self) -> String {
        let patterns = self.patterns.iter().chain(&self.comment).map(|pattern| pattern.0.as_str());
        let paths = self.paths.iter().map(Pattern::as_str);
        [self.service.as_str(), self.user.as_str()]
            .into_iter()
            .chain(patterns)
            .chain(paths)
            .collect::<Vec<_>>()
            .join("\n")
    }
}

impl Judge for WeakPasswords {
    fn interest(&self) -> Interest<'_> {
        Interest { keeps: self.paths.iter().collect(), reads: vec![self], ..Interest::default() }
    }

    fn judge(&self, evidence: &Evidence<'_>) -> Answer {
        let files = tree::files(evidence, &self.paths);
        let mut answer = Answer::pass();
        let mut named = Vec::new();
        let mut gap: Option<&Gap> = None;
        for (layer, kept) in &files {
            let weak: Vec<String> = kept
                .weak
                .iter()
                .filter(|weak| weak.service == self.service)
                .map(|weak| format!("{}: {}", weak.user, weak.masked))
                .collect();
            if !weak.is_empty() {
                answer = answer.at(&kept.path, *layer);
                named.extend(weak);
            }
            gap = gap.or_else(|| kept.gaps.iter().find(|gap| gap.what == GUESS_GAP));
        }
        if !named.is_empty() {
            named.truncate(MAX_NAMED);
            answer.outcome = model::Outcome::Fail;
            answer.actual = Text::same(named.join("; "));
            return answer;
        }
        match (files.is_empty(), gap) {
            (true, _) => Answer::not_applicable(),
            (false, Some(gap)) => Answer::unknown(gap.clone()),
            (false, None) => answer,
        }
    }
}
