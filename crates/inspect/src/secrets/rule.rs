//! One rule: where it looks, and what it takes for a secret.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use model::{Severity, Text};
use regex::bytes::{Regex, RegexBuilder};
use serde::Deserialize;

use super::exclusion::{Exclusion, fits};
use super::placeholder;
use crate::Error;

/// The rules that come with Lazaret.
pub(super) const BUILT_IN: &str = include_str!("../../../../rules/secrets.toml");
/// What a compiled pattern may take in memory.
const COMPILED_SIZE: usize = 4 << 20;
/// What a token is bounded by, so that no part of a longer one is taken for it.
const BEFORE_TOKEN: &str = r"(?:^|[^0-9A-Za-z_\-])";
const AFTER_TOKEN: &str = r"(?:[^0-9A-Za-z_\-]|$)";
/// What may stand between a name and its value.
const ASSIGNS: &str = r#"[\w.\-]{0,40}["'`\]]{0,2}[ \t]{0,5}(?:=|:|,)[>=]?[ \t]{0,5}["'`]{0,2}"#;
const AFTER_VALUE: &str = r#"(?:["'`\s;,)&<\\]|$)"#;

/// The file of rules.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RuleFile {
    pub(super) rule: Vec<Written>,
    pub(super) exclusion: Vec<Exclusion>,
}

/// A rule as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    pub(super) id: String,
    title: Text,
    severity: Severity,
    category: String,
    #[serde(default)]
    keywords: Vec<String>,
    /// A regular expression; its group `secret`, or its first group, or all of it is the value.
    pattern: Option<String>,
    /// A regular expression for a value that is known by its own form.
    token: Option<String>,
    /// Regular expressions for what a value is assigned to, and for the value.
    name: Option<String>,
    value: Option<String>,
    entropy: Option<f64>,
    #[serde(default)]
    stop_words: Vec<String>,
    #[serde(default)]
    paths: Vec<String>,
    /// How far before and after a keyword the pattern looks, where the usual is not enough.
    #[serde(default)]
    window: Option<[usize; 2]>,
    /// Whether any rule that says more goes before it.
    #[serde(default)]
    generic: bool,
    /// Whether it is for settings of the image that are judged by their names.
    #[serde(default)]
    by_name: bool,
    #[serde(default, rename = "pass")]
    _pass: Vec<String>,
    #[serde(default, rename = "fail")]
    _fail: Vec<String>,
    /// The path of the file the samples are in.
    #[serde(default, rename = "example_path")]
    _example_path: String,
}

/// A rule, ready.
#[derive(Debug)]
pub(super) struct Rule {
    pub(super) id: String,
    pub(super) title: Text,
    pub(super) severity: Severity,
    pub(super) category: String,
    pub(super) keywords: Vec<String>,
    pub(super) window: [usize; 2],
    pub(super) generic: bool,
    /// Whether its values are known by their own form, or it is the user's own: it applies to packages as well.
    pub(super) everywhere: bool,
    pub(super) by_name: bool,
    pub(super) paths: Vec<String>,
    pub(super) path_pattern: Option<Regex>,
    pub(super) group: Option<usize>,
    pub(super) entropy: f64,
    pub(super) stop_words: Vec<String>,
    pub(super) allow: Vec<Arc<Allow>>,
    pub(super) pattern: Option<String>,
    pub(super) compiled: OnceLock<Option<Regex>>,
}

/// What is no secret although a rule says so.
#[derive(Debug, Default)]
pub(super) struct Allow {
    /// Whether all of its kinds must fit, not one of them.
    pub(super) all: bool,
    pub(super) paths: Vec<Regex>,
    pub(super) values: Vec<Regex>,
    pub(super) stop_words: Vec<String>,
    pub(super) target: Target,
}

/// What the patterns of an allow list are held against.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Target {
    #[default]
    Secret,
    Match,
    Line,
}

/// Reads the built-in rules.
pub(super) fn built_in() -> Result<(Vec<Rule>, Vec<Exclusion>), Error> {
    let file: RuleFile =
        toml::from_str(BUILT_IN).map_err(|wrong| error("rules/secrets.toml", BUILT_IN, &wrong))?;
    Ok((file.rule.into_iter().map(Rule::of).collect(), file.exclusion))
}

/// What is wrong with a file of rules, and where.
pub(super) fn error(file: &str, text: &str, wrong: &toml::de::Error) -> Error {
    place(file, text, wrong.span().map_or(0, |span| span.start), wrong.message().to_owned())
}

/// What is wrong at an offset of a file of rules.
pub(super) fn place(file: &str, text: &str, offset: usize, why: String) -> Error {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    Error::Rules { file: file.to_owned(), line, column, why }
}

/// Compiles a pattern for bytes; one that needs Unicode gets it.
pub(super) fn compile(pattern: &str) -> Result<Regex, regex::Error> {
    let build = |unicode| {
        RegexBuilder::new(pattern)
            .unicode(unicode)
            .size_limit(COMPILED_SIZE)
            .dfa_size_limit(COMPILED_SIZE)
            .build()
    };
    build(false).or_else(|_without| build(true))
}

impl Rule {
    fn of(written: Written) -> Self {
        let everywhere = written.token.is_some();
        let pattern = match (written.pattern, written.token, written.name, written.value) {
            (Some(pattern), ..) => Some(pattern),
            (None, Some(token), ..) => Some(format!("{BEFORE_TOKEN}(?<secret>{token}){AFTER_TOKEN}")),
            (None, None, Some(name), Some(value)) => {
                Some(format!("(?i:{name}){ASSIGNS}(?<secret>{value}){AFTER_VALUE}"))
            }
            _ => None,
        };
        Self {
            id: written.id,
            title: written.title,
            severity: written.severity,
            category: written.category,
            keywords: written.keywords,
            window: written.window.unwrap_or([128, 512]),
            generic: written.generic,
            everywhere,
            by_name: written.by_name,
            paths: written.paths,
            path_pattern: None,
            group: None,
            entropy: written.entropy.unwrap_or(0.0),
            stop_words: written.stop_words,
            allow: Vec::new(),
            pattern,
            compiled: OnceLock::new(),
        }
    }

    /// Whether it is for a file; a text that is no file has no path.
    pub(super) fn is_for(&self, path: Option<&[u8]>) -> bool {
        if self.by_name {
            return false;
        }
        let by_glob =
            |path: &[u8]| self.paths.is_empty() || self.paths.iter().any(|glob| fits(glob.as_bytes(), path));
        match path {
            None => self.paths.is_empty() && self.path_pattern.is_none(),
            Some(path) => {
                let bare = path.strip_prefix(b"/").unwrap_or(path);
                by_glob(path) && self.path_pattern.as_ref().is_none_or(|pattern| pattern.is_match(bare))
            }
        }
    }

    /// Whether the name of a file is all it goes by.
    pub(super) fn is_about_names(&self) -> bool {
        self.pattern.is_none() && !self.by_name
    }

    /// Its pattern, compiled when first needed.
    pub(super) fn regex(&self) -> Option<&Regex> {
        self.compiled
            .get_or_init(|| self.pattern.as_deref().and_then(|pattern| compile(pattern).ok()))
            .as_ref()
    }

    /// The values in a part of a text, at most so many.
    pub(super) fn search(
        &self,
        text: &[u8],
        part: &Range<usize>,
        path: Option<&[u8]>,
        most: usize,
    ) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        let (Some(regex), Some(text)) = (self.regex(), text.get(..part.end)) else { return found };
        let mut at = part.start;
        while at <= text.len() && found.len() < most {
            let Some(groups) = regex.captures_at(text, at) else { break };
            let Some(whole) = groups.get(0) else { break };
            let secret = match self.group {
                Some(group) => groups.get(group),
                None => groups.name("secret").or_else(|| groups.get(1)),
            }
            .unwrap_or(whole);
            // What bounds one value may bound the next one as well, so the search goes on right behind the value.
            at = if secret.end() > at { secret.end() } else { whole.end().max(at + 1) };
            if self.takes(secret.as_bytes(), whole.as_bytes())
                && !self.allow.iter().any(|allow| allow.holds(text, &secret.range(), &whole.range(), path))
            {
                found.push(secret.range());
            }
        }
        found
    }

    /// Whether a value is random enough, and stands for itself.
    fn takes(&self, value: &[u8], whole: &[u8]) -> bool {
        !value.is_empty()
            && !placeholder::is(value)
            && !placeholder::has_word(whole, &self.stop_words)
            && (self.entropy <= 0.0 || placeholder::entropy(value) >= self.entropy)
    }
}

impl Allow {
    fn holds(&self, text: &[u8], secret: &Range<usize>, whole: &Range<usize>, path: Option<&[u8]>) -> bool {
        let value = text.get(secret.clone()).unwrap_or_default();
        let target = match self.target {
            Target::Secret => value,
            Target::Match => text.get(whole.clone()).unwrap_or_default(),
            Target::Line => line_of(text, secret),
        };
        let bare = path.map(|path| path.strip_prefix(b"/").unwrap_or(path));
        let mut kinds = Vec::new();
        if !self.paths.is_empty() {
            kinds.push(bare.is_some_and(|path| self.paths.iter().any(|pattern| pattern.is_match(path))));
        }
        if !self.values.is_empty() {
            kinds.push(self.values.iter().any(|pattern| pattern.is_match(target)));
        }
        if !self.stop_words.is_empty() {
            kinds.push(placeholder::has_word(value, &self.stop_words));
        }
        if self.all { !kinds.is_empty() && kinds.iter().all(|holds| *holds) } else { kinds.contains(&true) }
    }
}

fn line_of<'a>(text: &'a [u8], part: &Range<usize>) -> &'a [u8] {
    let before = text.get(..part.start).unwrap_or_default();
    let from = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    let after = text.get(part.end..).unwrap_or_default();
    let until = after.iter().position(|byte| *byte == b'\n').map_or(text.len(), |at| part.end + at);
    text.get(from..until).unwrap_or_default()
}
