//! One search for all keywords, then the patterns of the rules they belong to, around them only.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};

use super::rule::Rule;
use crate::Error;

/// The values one rule may find in one text, so that a made-up file fills no memory.
const MOST_OF_A_RULE: usize = super::MANY;

/// Searches texts by rules.
#[derive(Debug)]
pub(super) struct Engine {
    pub(super) rules: Vec<Rule>,
    words: Vec<String>,
    /// The rules of each word.
    of_word: Vec<Vec<usize>>,
    /// The rules without keywords.
    always: Vec<usize>,
    /// The rules that go by the name of a file alone.
    about_names: Vec<usize>,
    /// Small and soon built; enough for settings.
    slim: AhoCorasick,
    /// Fast; built when the first file is searched.
    fast: OnceLock<AhoCorasick>,
}

/// A value in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Hit {
    /// The index of the rule.
    pub(super) rule: usize,
    /// Where the value is.
    pub(super) range: Range<usize>,
}

impl Engine {
    pub(super) fn new(rules: Vec<Rule>) -> Result<Self, Error> {
        let mut by_word: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (index, rule) in rules.iter().enumerate() {
            for word in &rule.keywords {
                by_word.entry(word.to_ascii_lowercase()).or_default().push(index);
            }
        }
        let always =
            (0..rules.len()).filter(|index| rules.get(*index).is_some_and(|rule| rule.keywords.is_empty()));
        let always = always.collect();
        let about_names =
            (0..rules.len()).filter(|index| rules.get(*index).is_some_and(Rule::is_about_names));
        let about_names = about_names.collect();
        let (words, of_word): (Vec<String>, Vec<Vec<usize>>) = by_word.into_iter().unzip();
        let slim = automaton(&words, AhoCorasickKind::NoncontiguousNFA).map_err(|wrong| Error::Rules {
            file: "rules/secrets.toml".to_owned(),
            line: 1,
            column: 1,
            why: format!("the keywords cannot be searched together: {wrong}"),
        })?;
        Ok(Self { rules, words, of_word, always, about_names, slim, fast: OnceLock::new() })
    }

    /// The rules that go by the name of a file alone.
    pub(super) fn about_names(&self) -> impl Iterator<Item = &Rule> {
        self.about_names.iter().filter_map(|index| self.rules.get(*index))
    }

    /// The values in a file.
    pub(super) fn search_file(&self, text: &[u8], path: &[u8]) -> Vec<Hit> {
        let fast = self.fast.get_or_init(|| {
            automaton(&self.words, AhoCorasickKind::DFA).unwrap_or_else(|_large| self.slim.clone())
        });
        self.search(fast, text, Some(path))
    }

    /// The values in a setting.
    pub(super) fn search_setting(&self, text: &[u8]) -> Vec<Hit> {
        self.search(&self.slim, text, None)
    }

    fn search(&self, automaton: &AhoCorasick, text: &[u8], path: Option<&[u8]>) -> Vec<Hit> {
        let mut hits = Vec::new();
        for (index, parts) in self.parts(automaton, text, path) {
            let Some(rule) = self.rules.get(index) else { continue };
            let mut most = MOST_OF_A_RULE;
            for part in parts {
                let found = rule.search(text, &part, path, most);
                most = most.saturating_sub(found.len());
                hits.extend(found.into_iter().map(|range| Hit { rule: index, range }));
            }
        }
        self.settle(hits)
    }

    /// Where each rule is to look.
    fn parts(
        &self,
        automaton: &AhoCorasick,
        text: &[u8],
        path: Option<&[u8]>,
    ) -> BTreeMap<usize, Vec<Range<usize>>> {
        let mut parts: BTreeMap<usize, Option<Vec<Range<usize>>>> = BTreeMap::new();
        for &index in &self.always {
            if self.rules.get(index).is_some_and(|rule| !rule.is_about_names() && rule.is_for(path)) {
                parts.insert(index, Some(std::iter::once(0..text.len()).collect()));
            }
        }
        for word in automaton.find_overlapping_iter(text) {
            for &index in self.of_word.get(word.pattern().as_usize()).map_or(&[][..], Vec::as_slice) {
                let Some(rule) = self.rules.get(index) else { continue };
                let ranges = parts.entry(index).or_insert_with(|| rule.is_for(path).then(Vec::new));
                let Some(ranges) = ranges else { continue };
                let [before, after] = rule.window;
                let start = word.start().saturating_sub(before);
                let end = word.end().saturating_add(after).min(text.len());
                match ranges.last_mut() {
                    Some(last) if start <= last.end => *last = last.start.min(start)..last.end.max(end),
                    _ => ranges.push(start..end),
                }
            }
        }
        parts.into_iter().filter_map(|(index, ranges)| Some((index, ranges?))).collect()
    }

    /// One hit for each value: the rule that says most stays, which is the earlier one of the list.
    fn settle(&self, mut hits: Vec<Hit>) -> Vec<Hit> {
        let is_generic = |hit: &Hit| self.rules.get(hit.rule).is_some_and(|rule| rule.generic);
        hits.sort_by_key(|hit| (is_generic(hit), hit.rule, hit.range.start));
        let mut kept: BTreeMap<usize, Hit> = BTreeMap::new();
        for hit in hits {
            let before = kept.range(..hit.range.end).next_back();
            if before.is_none_or(|(_, other)| other.range.end <= hit.range.start) {
                kept.insert(hit.range.start, hit);
            }
        }
        kept.into_values().collect()
    }
}

fn automaton(words: &[String], kind: AhoCorasickKind) -> Result<AhoCorasick, aho_corasick::BuildError> {
    AhoCorasick::builder().ascii_case_insensitive(true).kind(Some(kind)).build(words)
}
