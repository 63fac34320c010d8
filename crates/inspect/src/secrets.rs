//! Keys, tokens and passwords that lie open.
//!
//! Text is searched: UTF-8, anything like ASCII, UTF-16, and base64 in it that holds text, one level deep. Binary
//! content is not, so a value in a program's strings is not found; key stores are known by their names.

mod engine;
mod exclusion;
mod gitleaks;
mod mask;
mod placeholder;
mod rule;
mod setting;
#[cfg(test)]
mod tests;
mod text;
mod wording;

use std::collections::BTreeSet;
use std::ops::Range;

use model::{Detail, Finding, HistoryStep, ImageConfig, Secret};
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::Xxh3;

use crate::{BuiltIn, Error};
use engine::{Engine, Hit};
use exclusion::{Exclusion, fits};

/// Raised whenever the engine finds other values by the same rules.
const ENGINE: u64 = 1;
/// The values taken from one file, so that a made-up file fills no memory.
const MOST_OF_A_FILE: usize = 1000;
/// From so many values on, not all that a file holds may be told.
pub const MANY: usize = 200;
/// The shortest value that is masked wherever it stands in the configuration, not only where it was found.
const DISTINCT: usize = 6;

/// Which rules are used, and where they look.
#[derive(Clone, Debug)]
pub struct Options {
    /// The key of the hash that identifies a value without telling it.
    pub key: [u8; 32],
    /// Further rules: the name of each gitleaks TOML file and its text.
    pub gitleaks: Vec<(String, String)>,
    /// The default exclusions that are switched off, by their ids (see `rules/secrets.toml`); `all` for all of them.
    pub without_exclusions: Vec<String>,
    /// Ids of rules that report nothing; what they know is masked all the same.
    pub without: Vec<String>,
    /// Further exclusions: globs over paths, `/srv/data/*`; `*` also matches slashes.
    pub exclude: Vec<String>,
}

/// A secret in one file of a layer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SecretFact {
    /// The clean path of the file; for a value in the image's configuration, empty.
    pub path: Vec<u8>,
    /// `file`, or `env NAME`, `label NAME`, `history STEP` (from 1).
    pub place: String,
    /// The line, from 1; absent outside files.
    pub line: Option<u32>,
    /// The rule's id.
    pub rule: String,
    /// What surrounds the value, and the value with its middle left out.
    pub masked: String,
    /// The keyed hash of the value.
    pub fingerprint: String,
}

/// Looks for secrets.
#[derive(Debug)]
pub struct Secrets {
    key: [u8; 32],
    version: u64,
    engine: Engine,
    exclusions: Vec<Exclusion>,
    exclude: Vec<String>,
    without: Vec<String>,
}

impl Secrets {
    /// The rules, ready; regular expressions are compiled when a file first needs them.
    ///
    /// # Errors
    /// When a rule file or an exclusion cannot be understood.
    pub fn new(options: &Options) -> Result<Self, Error> {
        let (mut rules, mut exclusions) = rule::built_in()?;
        let known: BTreeSet<&str> = exclusions.iter().map(|exclusion| exclusion.id.as_str()).collect();
        if let Some(id) =
            options.without_exclusions.iter().find(|id| *id != "all" && !known.contains(id.as_str()))
        {
            return Err(Error::Rules {
                file: "rules/secrets.toml".to_owned(),
                line: 1,
                column: 1,
                why: format!("there is no exclusion `{id}` to switch off: use `all`, {}", list(&known)),
            });
        }
        let off = |id: &str| options.without_exclusions.iter().any(|other| other == "all" || other == id);
        exclusions.retain(|exclusion| !off(&exclusion.id));
        for (name, text) in &options.gitleaks {
            rules.extend(gitleaks::read(name, text)?);
        }
        Ok(Self {
            key: options.key,
            version: version_of(options),
            engine: Engine::new(rules)?,
            exclusions,
            exclude: options.exclude.clone(),
            without: options.without.clone(),
        })
    }

    /// Changes whenever the same file could give other facts: by rules, options, or the engine itself.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.version
    }

    /// Whether a file is looked into, going by its path, size and permission bits.
    #[must_use]
    pub fn wants(&self, path: &[u8], size: u64, _mode: u32) -> bool {
        let path = absolute(path);
        size > 0
            && !self.exclusions.iter().any(|exclusion| !exclusion.but_tokens && exclusion.holds(&path, size))
            && !self.exclude.iter().any(|glob| fits(glob.as_bytes(), &path))
    }

    /// The secrets in a file; binary content gives none, but for key stores, which are known by their names.
    #[must_use]
    pub fn file(&self, path: &[u8], content: &[u8]) -> Vec<SecretFact> {
        let absolute = absolute(path);
        let mut facts = Vec::new();
        // What others published is full of made-up values.
        let mut partly = self.exclusions.iter().filter(|exclusion| exclusion.but_tokens);
        let tokens_only = partly.any(|exclusion| exclusion.holds(&absolute, 0));
        for rule in self.engine.about_names().filter(|_| !tokens_only) {
            if !content.is_empty() && rule.is_for(Some(&absolute)) {
                let name = absolute.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
                let masked = mask::line(name, &(name.len()..name.len()), &[]);
                facts.push(self.fact(path, None, rule.id.clone(), masked, content));
            }
        }
        if let Some(text) = text::of(content) {
            let mut hits = self.engine.search_file(&text, &absolute);
            hits.retain(|hit| !tokens_only || self.applies_everywhere(hit));
            self.note(path, &text, &hits, None, &mut facts);
            for (offset, plain) in text::wrapped(&text) {
                let mut hits = self.engine.search_setting(&plain);
                hits.retain(|hit| !tokens_only || self.applies_everywhere(hit));
                if !hits.is_empty() {
                    self.note(path, &plain, &hits, Some(text::line(&text, offset)), &mut facts);
                }
            }
        }
        let mut seen = BTreeSet::new();
        facts.retain(|fact| seen.insert(fact.fingerprint.clone()));
        facts.truncate(MOST_OF_A_FILE);
        facts
    }

    fn applies_everywhere(&self, hit: &Hit) -> bool {
        self.engine.rules.get(hit.rule).is_some_and(|rule| rule.everywhere)
    }

    /// The secrets in the environment, labels and history, which are masked on the way.
    pub fn configuration(&self, config: &mut ImageConfig, history: &mut [HistoryStep]) -> Vec<SecretFact> {
        let mut found = Found::default();
        for entry in &mut config.environment {
            let name = entry.split('=').next().unwrap_or_default();
            let place = format!("env {name}");
            self.setting(&place, entry, true, &mut found);
        }
        for (name, value) in &mut config.labels {
            self.setting(&format!("label {name}"), value, false, &mut found);
        }
        for (step, at) in history.iter_mut().zip(1_usize..) {
            self.setting(&format!("history {at}"), &mut step.created_by, true, &mut found);
            if let Some(comment) = &mut step.comment {
                self.setting(&format!("history {at}"), comment, true, &mut found);
            }
        }
        let commands = [("entrypoint", &mut config.entrypoint), ("command", &mut config.command)];
        let further = [("on-build", &mut config.on_build), ("shell", &mut config.shell)];
        let healthcheck = config.healthcheck.as_mut().map(|words| ("healthcheck", words));
        for (place, words) in commands.into_iter().chain(further).chain(healthcheck) {
            for word in words {
                let mut own = Found::default();
                self.setting(place, word, true, &mut own);
                // What the history tells as well is told once.
                own.facts
                    .retain(|fact| found.facts.iter().all(|other| other.fingerprint != fact.fingerprint));
                found.facts.append(&mut own.facts);
                found.values.append(&mut own.values);
            }
        }
        found.hide(config, history);
        found.facts
    }

    /// The finding of a fact; `visible` tells whether its file is there when all layers are applied.
    #[must_use]
    pub fn finding(&self, fact: &SecretFact, visible: bool) -> Option<Finding> {
        let rule = self.engine.rules.iter().find(|rule| rule.id == fact.rule)?;
        if self.without.contains(&rule.id) {
            return None;
        }
        let in_file = fact.place == "file";
        let secret = Secret {
            title: rule.title.clone(),
            description: wording::description(&rule.category, &rule.title, visible, in_file),
            advice: wording::advice(visible, in_file),
            place: fact.place.clone(),
            path: in_file.then(|| String::from_utf8_lossy(&fact.path).into_owned()),
            line: fact.line,
            masked: fact.masked.clone(),
            fingerprint: fact.fingerprint.clone(),
            visible,
        };
        Some(Finding::new(rule.id.clone(), rule.severity, Detail::Secret(Box::new(secret))))
    }

    /// Notes what was found in a text of a file.
    fn note(&self, path: &[u8], text: &[u8], hits: &[Hit], line: Option<u32>, facts: &mut Vec<SecretFact>) {
        let ranges: Vec<Range<usize>> = hits.iter().map(|hit| hit.range.clone()).collect();
        for hit in hits.iter().take(MOST_OF_A_FILE) {
            let Some(rule) = self.engine.rules.get(hit.rule) else { continue };
            let line = line.unwrap_or_else(|| text::line(text, hit.range.start));
            let masked = mask::line(text, &hit.range, &ranges);
            let value = text.get(hit.range.clone()).unwrap_or_default();
            facts.push(self.fact(path, Some(line), rule.id.clone(), masked, value));
        }
    }

    fn fact(&self, path: &[u8], line: Option<u32>, rule: String, masked: String, value: &[u8]) -> SecretFact {
        let fingerprint = mask::fingerprint(&self.key, value);
        SecretFact { path: path.to_vec(), place: "file".to_owned(), line, rule, masked, fingerprint }
    }

    /// Searches one setting, notes what is in it, and masks it there.
    fn setting(&self, place: &str, setting: &mut String, by_name: bool, found: &mut Found) {
        let text = setting.as_bytes();
        let mut hits: Vec<(String, Range<usize>)> = Vec::new();
        for hit in self.engine.search_setting(text) {
            let Some(rule) = self.engine.rules.get(hit.rule) else { continue };
            hits.push((rule.id.clone(), hit.range));
        }
        let name_rule = self.engine.rules.iter().find(|rule| rule.by_name).filter(|_| by_name);
        if let Some(rule) = name_rule {
            let named = match place.strip_prefix("env ") {
                Some(name) => whole_value(name, text).into_iter().collect(),
                None => setting::assigned(text),
            };
            for range in named {
                if hits.iter().all(|(_, other)| other.end <= range.start || range.end <= other.start) {
                    hits.push((rule.id.clone(), range));
                }
            }
        }
        for (offset, plain) in text::wrapped(text) {
            let run = text.get(offset..).unwrap_or_default();
            let length = run
                .iter()
                .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'))
                .count();
            let inner = self.engine.search_setting(&plain);
            let Some(rule) = inner.first().and_then(|hit| self.engine.rules.get(hit.rule)) else { continue };
            let range = offset..offset + length;
            if hits.iter().all(|(_, other)| other.end <= range.start || range.end <= other.start) {
                hits.push((rule.id.clone(), range));
            }
        }
        hits.sort_by_key(|(_, range)| range.start);
        let ranges: Vec<Range<usize>> = hits.iter().map(|(_, range)| range.clone()).collect();
        for (rule, range) in hits {
            let value = text.get(range.clone()).unwrap_or_default();
            let fingerprint = mask::fingerprint(&self.key, value);
            found.values.insert(String::from_utf8_lossy(value).into_owned());
            if !found.facts.iter().any(|fact| fact.place == place && fact.fingerprint == fingerprint) {
                let masked = mask::line(text, &range, &ranges);
                let (path, place) = (Vec::new(), place.to_owned());
                found.facts.push(SecretFact { path, place, line: None, rule, masked, fingerprint });
            }
        }
        *setting = without(text, &ranges);
    }
}

/// The rules that come with the program.
///
/// # Errors
/// When they cannot be understood, which a test rules out.
pub fn built_in() -> Result<Vec<BuiltIn>, Error> {
    let (rules, _) = rule::built_in()?;
    let told = |rule: rule::Rule| BuiltIn { id: rule.id, title: rule.title, severity: rule.severity };
    Ok(rules.into_iter().map(told).collect())
}

/// How many rules the text of a gitleaks file has.
///
/// # Errors
/// When it is not written as it should be; says where.
pub fn count_rules(file: &str, text: &str) -> Result<usize, Error> {
    Ok(gitleaks::read(file, text)?.len())
}

/// What was found in the configuration.
#[derive(Default)]
struct Found {
    facts: Vec<SecretFact>,
    values: BTreeSet<String>,
}

impl Found {
    /// Masks the values wherever else they stand.
    fn hide(&self, config: &mut ImageConfig, history: &mut [HistoryStep]) {
        let mut values: Vec<&String> = self.values.iter().filter(|value| value.len() >= DISTINCT).collect();
        values.sort_by_key(|value| std::cmp::Reverse(value.len()));
        let commands =
            [&mut config.entrypoint, &mut config.command, &mut config.on_build, &mut config.environment];
        let places = commands
            .into_iter()
            .flatten()
            .chain(config.healthcheck.iter_mut().flatten())
            .chain(config.labels.values_mut())
            .chain(history.iter_mut().map(|step| &mut step.created_by));
        for place in places {
            for value in &values {
                if place.contains(value.as_str()) {
                    *place = place.replace(value.as_str(), &mask::value(value.as_bytes()));
                }
            }
        }
    }
}

/// The value of an environment entry, when its name says it is secret.
fn whole_value(name: &str, entry: &[u8]) -> Option<Range<usize>> {
    let range = name.len() + 1..entry.len();
    setting::is_secret(name.as_bytes(), entry.get(range.clone())?).then_some(range)
}

/// A text with the values in it masked; the ranges are in order.
fn without(text: &[u8], ranges: &[Range<usize>]) -> String {
    let mut shown = Vec::with_capacity(text.len());
    let mut at = 0;
    for range in ranges {
        shown.extend_from_slice(text.get(at..range.start).unwrap_or_default());
        shown.extend_from_slice(mask::value(text.get(range.clone()).unwrap_or_default()).as_bytes());
        at = range.end;
    }
    shown.extend_from_slice(text.get(at..).unwrap_or_default());
    String::from_utf8_lossy(&shown).into_owned()
}

/// A path with a slash before it.
fn absolute(path: &[u8]) -> Vec<u8> {
    let mut whole = Vec::with_capacity(path.len() + 1);
    if path.first() != Some(&b'/') {
        whole.push(b'/');
    }
    whole.extend_from_slice(path);
    whole
}

fn list(ids: &BTreeSet<&str>) -> String {
    ids.iter().map(|id| format!("`{id}`")).collect::<Vec<_>>().join(", ")
}

fn version_of(options: &Options) -> u64 {
    let mut hash = Xxh3::new();
    let mut add = |part: &[u8]| {
        hash.update(&part.len().to_le_bytes());
        hash.update(part);
    };
    add(&ENGINE.to_le_bytes());
    add(rule::BUILT_IN.as_bytes());
    add(&options.key);
    for (name, text) in &options.gitleaks {
        add(name.as_bytes());
        add(text.as_bytes());
    }
    for (kind, list) in [(b"w", &options.without_exclusions), (b"e", &options.exclude)] {
        for entry in list {
            add(kind);
            add(entry.as_bytes());
        }
    }
    hash.digest()
}
