//! Which paths a check is about.

use image::walk::Entry;
use memchr::memmem::Finder;
use rustc_hash::{FxHashMap, FxHashSet};
use serde::Deserialize;

use super::weak_password::WeakPasswords;

/// No pattern is longer: each of its bytes is a bit of a number.
const LONGEST: usize = 127;

/// A clean path, or a glob over clean paths: `*` stands for anything but a slash, `**/` for any directories.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Pattern {
    text: String,
    /// The last part of the paths, for a pattern of the form `**/name`.
    name: Option<String>,
    is_glob: bool,
    /// What every path it is about begins with, and ends with: most others are done with by these.
    prefix: String,
    tail: String,
    /// The longest text that every path it is about holds.
    holds: Finder<'static>,
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
        if text.len() > LONGEST {
            return Err(format!("`{text}` is longer than {LONGEST} bytes"));
        }
        let is_glob = text.contains('*');
        let name = text.strip_prefix("**/").filter(|name| !name.contains(['/', '*'])).map(str::to_owned);
        let prefix = text.split('*').next().unwrap_or_default().to_owned();
        let (before, tail) = text.rsplit_once('*').unwrap_or(("", &text));
        // `**/` may stand for nothing at all.
        let tail = if before.ends_with('*') { tail.trim_start_matches('/') } else { tail }.to_owned();
        let longest =
            text.split('*').flat_map(|piece| piece.split("**/")).map(inner).max_by_key(|piece| piece.len());
        let holds = Finder::new(longest.unwrap_or_default()).into_owned();
        Ok(Self { text, name, is_glob, prefix, tail, holds })
    }
}

impl Pattern {
    /// Whether it is about this path.
    pub(crate) fn matches(&self, path: &[u8]) -> bool {
        match &self.name {
            Some(name) => last_part(path) == name.as_bytes(),
            None if !self.is_glob => self.text.as_bytes() == path,
            None => {
                // An empty text lies nowhere, and comparing it costs a hundred times what comparing another does.
                (self.prefix.is_empty() || path.starts_with(self.prefix.as_bytes()))
                    && (self.tail.is_empty() || path.ends_with(self.tail.as_bytes()))
                    && self.holds.find(path).is_some()
                    && fits(self.text.as_bytes(), path)
            }
        }
    }

    /// What every path it is about begins with.
    pub(crate) fn prefix(&self) -> &str {
        &self.prefix
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
                let alike = set.globs.entry(first.as_bytes().to_vec()).or_default();
                if alike.iter().all(|known| known.text != pattern.text) {
                    alike.push(pattern.clone());
                }
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

/// A piece without the slashes around it: `**/` may stand for nothing, and take one along.
fn inner(piece: &str) -> &str {
    piece.trim_matches('/')
}

/// Whether a path is what a glob of at most [`LONGEST`] bytes says; in time that grows with both lengths and no further.
///
/// A bit stands for a place in the glob: those where one may be after some bytes of the path, and those of `**/` within
/// whose directories one may be, which are left at a slash only.
fn fits(glob: &[u8], path: &[u8]) -> bool {
    const DIRECTORIES: &[u8] = b"**/";
    let rest = |at: usize| glob.get(at..).unwrap_or_default();
    // What may stand for nothing is passed over at once.
    let reach = |mut at: usize| {
        let mut places = 0_u128;
        loop {
            places |= 1 << at;
            match rest(at) {
                rest if rest.starts_with(DIRECTORIES) => at += DIRECTORIES.len(),
                [b'*', ..] => at += 1,
                _ => return places,
            }
        }
    };
    let (mut here, mut inside) = (reach(0), 0_u128);
    for byte in path {
        let (mut next, mut within) = (0_u128, 0_u128);
        let mut places = here | inside;
        while places != 0 {
            let at = places.trailing_zeros() as usize;
            places &= places - 1;
            match rest(at) {
                rest if rest.starts_with(DIRECTORIES) => {
                    within |= 1 << at;
                    if *byte == b'/' {
                        next |= reach(at + DIRECTORIES.len());
                    }
                }
                [b'*', ..] if *byte != b'/' => next |= reach(at),
                [own, ..] if own == byte && *own != b'*' => next |= reach(at + 1),
                _ => {}
            }
        }
        (here, inside) = (next, within);
    }
    here & (1 << glob.len()) != 0
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
    fn globs_fit_what_they_say() {
        let table: &[(&str, &[&str], &[&str])] = &[
            ("a/**/*", &["a/b", "a/b/c"], &["a", "b/a/c"]),
            ("**/a/**/*.x", &["a/.x", "b/a/c/d.x", "a/a/b.x"], &["a.x", "ba/c.x", "a/b.xy"]),
            ("home/*/.cache/**/*", &["home/u/.cache/f", "home/u/.cache/d/f"], &["home/u/v/.cache/f"]),
            ("var/a*b*c", &["var/abc", "var/aXbYbZc"], &["var/ab/c", "var/acb"]),
            ("**/x*", &["x", "a/xy"], &["ax", "x/y"]),
        ];
        for (glob, fit, differ) in table {
            let set = [pattern(glob)];
            let set = Patterns::new(set.iter());
            assert!(fit.iter().all(|path| set.matches(path.as_bytes())), "{glob}");
            assert!(!differ.iter().any(|path| set.matches(path.as_bytes())), "{glob}");
        }
        let (glob, path) = ("**/*a".repeat(20), "a/".repeat(2000));
        assert!(!pattern(&glob).matches(format!("{path}b").as_bytes()));
    }

    #[test]
    fn matches_paths_that_are_not_text() {
        assert!(pattern("etc/*").matches(b"etc/\xff\n"));
    }

    #[test]
    fn rejects_a_leading_slash_and_what_is_too_long() {
        assert!(Pattern::try_from("/etc/passwd".to_owned()).is_err());
        assert!(Pattern::try_from("x".repeat(128)).is_err());
    }
}
