//! Which paths a check is about.

use std::sync::OnceLock;

use image::walk::Entry;
use regex::bytes::Regex;
use rustc_hash::{FxHashMap, FxHashSet};
use serde::Deserialize;

use super::weak_password::WeakPasswords;

/// A clean path, or a glob over clean paths: `*` stands for anything but a slash, `**/` for any directories.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Pattern {
    text: String,
    /// The last part of the paths, for a pattern of the form `**/name`.
    name: Option<String>,
    is_glob: bool,
    /// For a pattern with a `*`; compiled when it is first asked, as most never are.
    expression: OnceLock<Option<Regex>>,
}

/// What a test wants to be kept and noted.
#[derive(Debug, Default)]
pub(crate) struct Interest<'a> {
    /// The files whose content it reads.
    pub(crate) keeps: Vec<&'a Pattern>,
    /// The entries it asks about by path.
    pub(crate) notes: Vec<&'a Pattern>,
    /// How it finds passwords in files.
    pub(crate) reads: Vec<&'a WeakPasswords>,
    /// The entries it asks about by what they are.
    pub(crate) special: Option<fn(&Entry<'_>) -> bool>,
}

/// Many patterns, asked at once: most paths are done with after three look-ups.
///
/// The look-ups need no seed: what is in the tables is ours, whatever an image asks for.
#[derive(Debug, Default)]
pub(crate) struct Patterns {
    exact: FxHashSet<Vec<u8>>,
    /// Last parts of paths, for patterns of the form `**/name`.
    names: FxHashSet<Vec<u8>>,
    /// The others, by the first part of the paths they are about; by nothing when that is not one.
    globs: FxHashMap<Vec<u8>, Vec<Pattern>>,
}

impl TryFrom<String> for Pattern {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        if text.is_empty() || text.starts_with('/') {
            return Err(format!("`{text}` is not a path: write it without the leading slash, `etc/passwd`"));
        }
        let is_glob = text.contains('*');
        let name = text.strip_prefix("**/").filter(|name| !name.contains(['/', '*'])).map(str::to_owned);
        Ok(Self { text, name, is_glob, expression: OnceLock::new() })
    }
}

impl Pattern {
    /// Whether it is about this path.
    pub(crate) fn matches(&self, path: &[u8]) -> bool {
        match &self.name {
            Some(name) => last_part(path) == name.as_bytes(),
            None if !self.is_glob => self.text.as_bytes() == path,
            None if !path.starts_with(self.prefix().as_bytes()) || !path.ends_with(self.tail()) => false,
            None => {
                let compiled = self.expression.get_or_init(|| compile(&expression_of(&self.text)).ok());
                compiled.as_ref().is_some_and(|expression| expression.is_match(path))
            }
        }
    }

    /// What every path it is about begins with.
    pub(crate) fn prefix(&self) -> &str {
        self.text.split('*').next().unwrap_or_default()
    }

    /// What every path it is about ends with.
    fn tail(&self) -> &[u8] {
        let (before, tail) = self.text.rsplit_once('*').unwrap_or(("", &self.text));
        // `**/` may stand for nothing at all.
        let tail = if before.ends_with('*') { tail.trim_start_matches('/') } else { tail };
        tail.as_bytes()
    }

    /// The pattern as written.
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// The path, when it names only one.
    pub(crate) fn exact(&self) -> Option<&str> {
        (!self.is_glob).then_some(self.text.as_str())
    }
}

impl Patterns {
    /// A set that answers for all of them.
    pub(crate) fn new<'a>(patterns: impl Iterator<Item = &'a Pattern>) -> Self {
        let mut set = Self::default();
        for pattern in patterns {
            if !pattern.is_glob {
                set.exact.insert(pattern.text.clone().into_bytes());
            } else if let Some(name) = &pattern.name {
                set.names.insert(name.as_bytes().to_vec());
            } else {
                let first = pattern.prefix().split_once('/').map_or("", |(first, _)| first);
                set.globs.entry(first.as_bytes().to_vec()).or_default().push(pattern.clone());
            }
        }
        set
    }

    /// Whether one of them is about this path.
    pub(crate) fn matches(&self, path: &[u8]) -> bool {
        let end = memchr::memchr(b'/', path).unwrap_or_default();
        let first = path.get(..end).unwrap_or_default();
        let globs = |first: &[u8]| self.globs.get(first).into_iter().flatten();
        self.exact.contains(path)
            || self.names.contains(last_part(path))
            || globs(first).any(|glob| glob.matches(path))
            || !first.is_empty() && globs(b"").any(|glob| glob.matches(path))
    }
}

fn last_part(path: &[u8]) -> &[u8] {
    memchr::memrchr(b'/', path).and_then(|slash| path.get(slash + 1..)).unwrap_or(path)
}

fn compile(expression: &str) -> Result<Regex, String> {
    Regex::new(&format!("(?s-u)^(?:{expression})$"))
        .map_err(|error| format!("cannot use the pattern: {error}"))
}

fn expression_of(glob: &str) -> String {
    let mut expression = String::new();
    for (place, part) in glob.split("**/").enumerate() {
        if place > 0 {
            expression.push_str("(?:.*/)?");
        }
        for (place, piece) in part.split('*').enumerate() {
            if place > 0 {
                expression.push_str("[^/]*");
            }
            expression.push_str(&regex::escape(piece));
        }
    }
    expression
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(text: &str) -> Pattern {
        Pattern::try_from(text.to_owned()).unwrap()
    }

    #[test]
    fn stars_stay_in_one_directory_and_double_stars_cross_them() {
        let patterns =
            ["etc/passwd", "etc/ssh/*.conf", "**/.git", "opt/**/a*b", "op*/c", "**/d/e"].map(pattern);
        let set = Patterns::new(patterns.iter());
        for path in [
            "etc/passwd",
            "etc/ssh/a.conf",
            ".git",
            "srv/x/.git",
            "opt/ab",
            "opt/x/y/a-b",
            "opa/c",
            "d/e",
            "x/y/d/e",
        ] {
            assert!(set.matches(path.as_bytes()), "{path}");
            assert!(patterns.iter().any(|pattern| pattern.matches(path.as_bytes())), "{path}");
        }
        for path in [
            "etc/passwd-",
            "etc/ssh/x/a.conf",
            "x.git",
            "srv/.git/x",
            "opt/a/b",
            "xetc/passwd",
            "opa/x/c",
            "d/ex",
        ] {
            assert!(!set.matches(path.as_bytes()), "{path}");
            assert!(!patterns.iter().any(|pattern| pattern.matches(path.as_bytes())), "{path}");
        }
    }

    #[test]
    fn matches_paths_that_are_not_text() {
        assert!(pattern("etc/*").matches(b"etc/\xff\n"));
    }

    #[test]
    fn rejects_a_leading_slash() {
        assert!(Pattern::try_from("/etc/passwd".to_owned()).is_err());
    }
}
