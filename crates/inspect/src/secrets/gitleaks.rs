//! Rules as gitleaks writes them.
//!
//! Taken: `id`, `description`, `regex`, `secretGroup`, `entropy`, `keywords`, `path`, and allow lists of paths,
//! patterns and stop words, of a rule or of the file. Commits in allow lists mean nothing for an image.

use std::sync::{Arc, OnceLock};

use model::{Severity, Text};
use regex::bytes::Regex;
use serde::Deserialize;
use toml::Spanned;

use super::rule::{Allow, Rule, Target, compile, error, place};
use crate::Error;

/// How far a pattern looks around its keyword, which may stand anywhere in it.
const WINDOW: [usize; 2] = [1024, 8192];

#[derive(Deserialize)]
struct File {
    extend: Option<Spanned<Extend>>,
    #[serde(default)]
    rules: Vec<Written>,
    allowlist: Option<WrittenAllow>,
    #[serde(default)]
    allowlists: Vec<WrittenAllow>,
}

#[derive(Deserialize)]
struct Extend {
    path: Option<String>,
    url: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Written {
    id: Spanned<String>,
    #[serde(default)]
    description: String,
    regex: Option<Spanned<String>>,
    secret_group: Option<usize>,
    entropy: Option<f64>,
    #[serde(default)]
    keywords: Vec<String>,
    path: Option<Spanned<String>>,
    allowlist: Option<WrittenAllow>,
    #[serde(default)]
    allowlists: Vec<WrittenAllow>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WrittenAllow {
    #[serde(default)]
    condition: String,
    #[serde(default)]
    paths: Vec<Spanned<String>>,
    #[serde(default)]
    regexes: Vec<Spanned<String>>,
    #[serde(default)]
    stopwords: Vec<String>,
    #[serde(default)]
    regex_target: Target,
    #[serde(default)]
    target_rules: Vec<String>,
}

/// Reads one file of rules.
pub(super) fn read(name: &str, text: &str) -> Result<Vec<Rule>, Error> {
    let file: File = toml::from_str(text).map_err(|wrong| error(name, text, &wrong))?;
    if let Some(extend) = &file.extend {
        let Extend { path, url } = extend.get_ref();
        if path.is_some() || url.is_some() {
            let why = "`extend` names another file: give that file as well, and leave `path` and `url` out"
                .to_owned();
            return Err(place(name, text, extend.span().start, why));
        }
    }
    let source = Source { name, text };
    let mut rules = Vec::new();
    for written in file.rules {
        rules.push(source.rule(written)?);
    }
    for written in file.allowlist.into_iter().chain(file.allowlists) {
        let targets = written.target_rules.clone();
        let allow = Arc::new(source.allow(written)?);
        for rule in rules.iter_mut().filter(|rule| targets.is_empty() || targets.contains(&rule.id)) {
            rule.allow.push(Arc::clone(&allow));
        }
    }
    Ok(rules)
}

/// The file that is read, for telling where it is wrong.
struct Source<'a> {
    name: &'a str,
    text: &'a str,
}

impl Source<'_> {
    fn rule(&self, written: Written) -> Result<Rule, Error> {
        if written.regex.is_none() && written.path.is_none() {
            let why = format!("rule `{}` has neither `regex` nor `path`: give one", written.id.get_ref());
            return Err(place(self.name, self.text, written.id.span().start, why));
        }
        let compiled = written.regex.as_ref().map(|regex| self.compile(regex)).transpose()?;
        if let (Some(regex), Some(group)) = (&compiled, written.secret_group)
            && group >= regex.captures_len()
        {
            let why = format!("rule `{}` has no group {group} in its `regex`", written.id.get_ref());
            return Err(place(self.name, self.text, written.id.span().start, why));
        }
        let path_pattern = written.path.as_ref().map(|path| self.compile(path)).transpose()?;
        let allows = written.allowlist.into_iter().chain(written.allowlists);
        let allow = allows.map(|allow| self.allow(allow).map(Arc::new)).collect::<Result<_, _>>()?;
        let id = written.id.into_inner();
        let title = if written.description.is_empty() { id.clone() } else { written.description };
        Ok(Rule {
            id,
            title: Text { en: title.clone(), zh: title },
            severity: Severity::High,
            category: "own".to_owned(),
            keywords: written.keywords.into_iter().filter(|word| !word.is_empty()).collect(),
            window: WINDOW,
            generic: false,
            everywhere: true,
            by_name: false,
            paths: Vec::new(),
            path_pattern,
            // Group 0 means the first group, as when nothing is said.
            group: written.secret_group.filter(|group| *group > 0),
            entropy: written.entropy.unwrap_or(0.0),
            stop_words: Vec::new(),
            allow,
            pattern: written.regex.map(Spanned::into_inner),
            compiled: OnceLock::from(compiled),
        })
    }

    fn allow(&self, written: WrittenAllow) -> Result<Allow, Error> {
        Ok(Allow {
            all: written.condition.eq_ignore_ascii_case("and") || written.condition == "&&",
            paths: self.compile_all(&written.paths)?,
            values: self.compile_all(&written.regexes)?,
            stop_words: written.stopwords,
            target: written.regex_target,
        })
    }

    fn compile_all(&self, patterns: &[Spanned<String>]) -> Result<Vec<Regex>, Error> {
        patterns.iter().map(|pattern| self.compile(pattern)).collect()
    }

    fn compile(&self, pattern: &Spanned<String>) -> Result<Regex, Error> {
        compile(pattern.get_ref()).map_err(|wrong| {
            let last = wrong.to_string().lines().last().unwrap_or_default().to_owned();
            let why = format!("the pattern cannot be used: {}", last.trim_start_matches("error: "));
            place(self.name, self.text, pattern.span().start, why)
        })
    }
}
