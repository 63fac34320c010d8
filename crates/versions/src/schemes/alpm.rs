//! Versions of pacman packages: `[epoch:]version[-release]`.
//!
//! The order is that of alpm's `vercmp`, an `rpmvercmp` that minds separators: versions are runs of letters and runs of
//! digits; a number beats a word, a longer separator beats a shorter one, and a version that goes on beats one that
//! ends, unless it goes on with letters right behind a number: `1.0rc < 1.0 < 1.0.a < 1.0.1`.
//!
//! Where alpm has no order, this one departs from it. A missing release sorts before every release; alpm leaves it out
//! of the comparison (`1-1 = 1 = 1-2`). A part that ends in a separator is refused; alpm's order goes in a circle
//! there (`1. < 1.1 < 1..a < 1.`).

use std::cmp::Ordering;

use crate::cursor::Cursor;
use crate::natural::{Digits, Natural};

/// The three parts, checked; version and release are compared as they stand.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    epoch: Natural,
    version: Box<str>,
    /// Empty when there is none, which sorts first.
    release: Box<str>,
}

impl Key {
    pub(crate) fn compare(&self, other: &Key) -> Ordering {
        self.epoch
            .cmp(&other.epoch)
            .then_with(|| compare_part(&self.version, &other.version))
            .then_with(|| compare_part(&self.release, &other.release))
    }
}

pub(crate) fn parse(text: &str) -> Result<Key, &'static str> {
    if text.contains(' ') {
        return Err("there is a space in it");
    }
    let (epoch, rest) = match text.split_once(':') {
        Some((epoch, rest)) if epoch.bytes().all(|byte| byte.is_ascii_digit()) => (Natural::new(epoch), rest),
        Some(_) => return Err("the epoch is not a number"),
        None => (Natural::ZERO, text),
    };
    let (version, release) = match rest.rsplit_once('-') {
        Some((_, "")) => return Err("the release after `-` is empty"),
        Some(parts) => parts,
        None => (rest, ""),
    };
    if version.is_empty() {
        return Err("the version is empty");
    }
    let ends_well = |part: &str| part.is_empty() || part.ends_with(|c: char| c.is_ascii_alphanumeric());
    if !ends_well(version) || !ends_well(release) {
        return Err("a part of it ends in a separator");
    }
    Ok(Key { epoch, version: version.into(), release: release.into() })
}

fn compare_part(a: &str, b: &str) -> Ordering {
    Tokens::new(a).cmp(Tokens::new(b))
}

/// What is compared in turn. The order of the variants is the order of parts that first differ in them.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Token<'t> {
    /// Letters without a separator before them.
    Attached(&'t str),
    End,
    /// What follows a separator of this length; only a number has none.
    Separated(usize, Segment<'t>),
}

/// The order of the variants is theirs.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Segment<'t> {
    Word(&'t str),
    Number(Digits<'t>),
}

/// The tokens of a part, ended by [`Token::End`].
struct Tokens<'t> {
    /// `None` once the end was told.
    rest: Option<Cursor<'t>>,
}

impl<'t> Tokens<'t> {
    fn new(part: &'t str) -> Tokens<'t> {
        Tokens { rest: Some(Cursor::new(part)) }
    }
}

impl<'t> Iterator for Tokens<'t> {
    type Item = Token<'t>;

    fn next(&mut self) -> Option<Token<'t>> {
        let cursor = self.rest.as_mut()?;
        let separator = cursor.take_while(|c| !c.is_ascii_alphanumeric()).len();
        let digits = cursor.take_digits();
        if !digits.is_empty() {
            return Some(Token::Separated(separator, Segment::Number(Digits::new(digits.as_bytes()))));
        }
        let word = cursor.take_while(|c| c.is_ascii_alphabetic());
        if word.is_empty() {
            self.rest = None;
            return Some(Token::End);
        }
        Some(if separator == 0 {
            Token::Attached(word)
        } else {
            Token::Separated(separator, Segment::Word(word))
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::Scheme::Alpm;
    use crate::table::{assert_ascending, assert_equal, assert_refused};

    #[test]
    fn orders_as_vercmp_does() {
        assert_ascending(
            Alpm,
            &[
                "0.9",
                "1.0a",
                "1.0alpha",
                "1.0b",
                "1.0beta",
                "1.0p",
                "1.0pre",
                "1.0rc",
                "1.0",
                "1.0-1",
                "1.0-2",
                "1.0-10",
                "1.0-10.1",
                "1.0.a",
                "1.0.a.1",
                "1.0.0",
                "1.0.1",
                "1.0..a",
                "1.5.0-1",
                "1.5.1-1",
                "1.5.1.r12.gabcdef0-1",
                "1.10-1",
                "20240101-1",
                "0:20240102-1",
                "1:0.1-1",
                "2:0.0.1-1",
            ],
        );
    }

    #[test]
    fn reads_every_separator_alike() {
        assert_equal(
            Alpm,
            &[
                ("2.0", "2_0"),
                ("2.0_a", "2_0.a"),
                ("0:1.0-1", "1.0-1"),
                ("1.01", "1.1"),
                ("1.0+git", "1.0_git"),
            ],
        );
    }

    #[test]
    fn refuses_what_has_no_place() {
        assert_refused(Alpm, &["1.0-", "-1", ":", "a:1.0", "1:", "1.0.", "1.0.-1", "1.0-1_", "1 0"]);
    }
}
