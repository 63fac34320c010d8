use std::fmt;

/// The longest pattern, in characters; one with more is refused.
const LONGEST: usize = 1000;

/// A pattern: in paths `*` and `?` stand for text within one part, `**` for any; in names all stand for any.
///
/// Matching takes at most the product of the lengths of pattern and text.
#[derive(Clone, Debug)]
pub struct Glob {
    literal: String,
    rest: Vec<Part>,
}

/// Why a text is no pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotAGlob {
    /// It is empty.
    Empty,
    /// It is too long.
    TooLong,
}

impl fmt::Display for NotAGlob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("the pattern is empty"),
            Self::TooLong => write!(f, "the pattern is longer than {LONGEST} characters"),
        }
    }
}

impl std::error::Error for NotAGlob {}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Part {
    One(char),
    /// `?`
    Any,
    /// `?` in a name, where a slash is a character like others.
    Character,
    /// `*`
    Within,
    /// `**`
    Across,
    /// `**/`: nothing, or any directories.
    Directories,
}

impl Glob {
    /// A pattern for names, such as `github.com/*`; neither case nor slashes matter.
    ///
    /// # Errors
    /// When it is empty or too long.
    pub fn name(pattern: &str) -> Result<Self, NotAGlob> {
        let mut glob = Self::parse(&pattern.to_lowercase())?;
        for part in &mut glob.rest {
            *part = match *part {
                Part::Within => Part::Across,
                Part::Any => Part::Character,
                other => other,
            };
        }
        Ok(glob)
    }

    /// A pattern for paths: a leading slash is left out, a trailing one stands for all that lies below.
    ///
    /// # Errors
    /// When it is empty or too long.
    pub fn path(pattern: &str) -> Result<Self, NotAGlob> {
        let pattern = pattern.trim_start_matches('/');
        if pattern.ends_with('/') { Self::parse(&format!("{pattern}**")) } else { Self::parse(pattern) }
    }

    fn parse(pattern: &str) -> Result<Self, NotAGlob> {
        if pattern.is_empty() {
            return Err(NotAGlob::Empty);
        }
        if pattern.chars().count() > LONGEST {
            return Err(NotAGlob::TooLong);
        }
        let at = pattern.find(['*', '?']).unwrap_or(pattern.len());
        let (literal, rest) = pattern.split_at_checked(at).unwrap_or((pattern, ""));
        let starts_part = literal.is_empty() || literal.ends_with('/');
        Ok(Self { literal: literal.to_owned(), rest: parts(rest, starts_part) })
    }

    /// The text itself, when it is the only one that matches.
    #[must_use]
    pub fn exact(&self) -> Option<&str> {
        self.rest.is_empty().then_some(self.literal.as_str())
    }

    /// Whether a path matches.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        let Some(text) = text.strip_prefix(&self.literal) else { return false };
        if self.rest.is_empty() {
            return text.is_empty();
        }
        // The places of the pattern that are reached; `**/` comes first only where a part of the path begins.
        let mut reached = vec![false; self.rest.len() + 1];
        if let Some(first) = reached.first_mut() {
            *first = true;
        }
        self.skip(&mut reached, true);
        for character in text.chars() {
            reached = self.step(&reached, character);
            if !reached.contains(&true) {
                return false;
            }
        }
        reached.last().copied().unwrap_or_default()
    }

    /// Whether a name matches; the pattern is one of [`Glob::name`].
    #[must_use]
    pub fn matches_name(&self, name: &str) -> bool {
        self.matches(&name.to_lowercase())
    }

    /// Goes past what may stand for nothing.
    fn skip(&self, reached: &mut [bool], part_begins: bool) {
        for (at, part) in self.rest.iter().enumerate() {
            let here = reached.get(at).copied().unwrap_or_default();
            let empty =
                matches!(part, Part::Within | Part::Across) || (*part == Part::Directories && part_begins);
            if let Some(next) = reached.get_mut(at + 1).filter(|_| here && empty) {
                *next = true;
            }
        }
    }

    fn step(&self, reached: &[bool], character: char) -> Vec<bool> {
        let mut after = vec![false; reached.len()];
        for (at, (part, _)) in self.rest.iter().zip(reached).enumerate().filter(|(_, (_, here))| **here) {
            let (stays, moves) = match part {
                Part::One(wanted) => (false, *wanted == character),
                Part::Any => (false, character != '/'),
                Part::Character => (false, true),
                Part::Within => (character != '/', false),
                Part::Across | Part::Directories => (true, false),
            };
            if let Some(place) = after.get_mut(at) {
                *place |= stays;
            }
            if let Some(place) = after.get_mut(at + 1) {
                *place |= moves;
            }
        }
        self.skip(&mut after, character == '/');
        after
    }
}

fn parts(pattern: &str, mut starts_part: bool) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut rest = pattern.chars().peekable();
    while let Some(character) = rest.next() {
        let part = match character {
            '*' if rest.next_if_eq(&'*').is_some() => {
                while rest.next_if_eq(&'*').is_some() {}
                if starts_part && rest.next_if_eq(&'/').is_some() {
                    parts.push(Part::Directories);
                    continue;
                }
                Part::Across
            }
            '*' => Part::Within,
            '?' => Part::Any,
            other => Part::One(other),
        };
        starts_part = character == '/';
        parts.push(part);
    }
    parts
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn stars_know_their_bounds() {
        for (pattern, text, expected) in [
            ("etc/passwd", "etc/passwd", true),
            ("/etc/passwd", "etc/passwd", true),
            ("etc/passwd", "etc/passwd-", false),
            ("etc/*", "etc/passwd", true),
            ("etc/*", "etc/ssh/sshd_config", false),
            ("etc/**", "etc/ssh/sshd_config", true),
            ("usr/share/doc/", "usr/share/doc/a/b", true),
            ("usr/share/doc/", "usr/share/doc", false),
            ("**/node_modules/**", "node_modules/a", true),
            ("**/node_modules/**", "app/node_modules/a/b", true),
            ("**/node_modules/**", "app/my_node_modules/a/b", false),
            ("**/*.pem", "a.pem", true),
            ("app/**/test.key", "app/test.key", true),
            ("app/**/test.key", "app/a/b/test.key", true),
            ("app/**/test.key", "app/a/b/latest.key", false),
            ("a?c", "abc", true),
            ("a?c", "a/c", false),
            ("*", "", true),
            ("密*", "密钥", true),
        ] {
            assert_eq!(Glob::path(pattern).unwrap().matches(text), expected, "{pattern} on {text}");
        }
    }

    #[test]
    fn names_have_no_parts() {
        for (pattern, name, expected) in [
            ("CVE-2026-*", "cve-2026-1", true),
            ("*", "github.com/sirupsen/logrus", true),
            ("github.com/*", "github.com/sirupsen/logrus", true),
            ("*/logrus", "github.com/sirupsen/logrus", true),
            ("@angular?core", "@angular/core", true),
            ("@angular/*", "angular", false),
        ] {
            assert_eq!(Glob::name(pattern).unwrap().matches_name(name), expected, "{pattern} on {name}");
        }
    }

    #[test]
    fn refuses_what_has_no_end_and_no_text() {
        assert!(Glob::path("").is_err());
        assert!(Glob::path(&"*".repeat(1001)).is_err());
    }

    #[test]
    fn many_stars_take_no_longer_than_their_number() {
        let glob = Glob::path(&"*a".repeat(400)).unwrap();
        assert!(!glob.matches(&"a".repeat(300)));
        assert!(glob.matches(&"a".repeat(500)));
    }

    proptest! {
        #[test]
        fn a_text_matches_itself_and_the_stars(text in "[a-c/]{0,12}", pattern in "[a-c/*?]{1,12}") {
            prop_assert!(Glob::path("**").unwrap().matches(&text));
            if let Ok(glob) = Glob::path(&pattern) {
                prop_assert_eq!(glob.matches(&text), naive(&glob_parts(&pattern), &text.chars().collect::<Vec<_>>(), true));
            }
        }
    }

    fn glob_parts(pattern: &str) -> Vec<Part> {
        let pattern = pattern.trim_start_matches('/');
        let whole = if pattern.ends_with('/') { format!("{pattern}**") } else { pattern.to_owned() };
        parts(&whole, true)
    }

    /// The meaning of a pattern by trying everything.
    fn naive(pattern: &[Part], text: &[char], begins: bool) -> bool {
        let Some((part, rest)) = pattern.split_first() else { return text.is_empty() };
        let eat = |accepts: fn(char) -> bool| {
            text.split_first()
                .filter(|(first, _)| accepts(**first))
                .is_some_and(|(first, left)| naive(pattern, left, *first == '/'))
        };
        match part {
            Part::One(wanted) => text
                .split_first()
                .is_some_and(|(first, left)| first == wanted && naive(rest, left, *first == '/')),
            Part::Any => {
                text.split_first().is_some_and(|(first, left)| *first != '/' && naive(rest, left, false))
            }
            Part::Character => {
                text.split_first().is_some_and(|(first, left)| naive(rest, left, *first == '/'))
            }
            Part::Within => naive(rest, text, begins) || eat(|first| first != '/'),
            Part::Across => naive(rest, text, begins) || eat(|_| true),
            Part::Directories => (begins && naive(rest, text, true)) || eat(|_| true),
        }
    }
}
