//! Semantic Versioning 2.0.0: npm, Cargo, Swift packages.
//!
//! The order is that of section 11 of semver.org: the numbers, then a pre-release before its release, identifier by
//! identifier; build metadata counts for nothing. Numbers have no upper limit, though npm stops at 2^53.
//!
//! What is read is wider, because advisories and lock files are: `v`, `=` and spaces in front, leading zeros, missing
//! minor and patch numbers (which are zero), a pre-release without its hyphen after three numbers (`1.2.3beta`, as
//! npm's loose mode has it), and more than three numbers (`1.2.3.4`, which npm refuses; the further ones compare as
//! numbers, a missing one as zero).

use crate::cursor::Cursor;
use crate::natural::{Natural, without_trailing_zeros};

/// What counts for the order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key {
    /// Without the zeros at the end.
    numbers: Vec<Natural>,
    stage: Stage,
}

/// Whether it was released; the order of the variants is theirs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Prerelease(Vec<Identifier>),
    Release,
}

/// A part of a pre-release; numbers sort before words.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Identifier {
    Number(Natural),
    Word(Box<str>),
}

impl Key {
    pub(crate) fn new(numbers: Vec<Natural>, prerelease: Option<Vec<Identifier>>) -> Key {
        let stage = prerelease.map_or(Stage::Release, Stage::Prerelease);
        Key { numbers: without_trailing_zeros(numbers), stage }
    }
}

impl Identifier {
    pub(crate) fn new(text: &str) -> Identifier {
        if text.bytes().all(|byte| byte.is_ascii_digit()) {
            Identifier::Number(Natural::new(text))
        } else {
            Identifier::Word(text.into())
        }
    }
}

pub(crate) fn parse(text: &str) -> Result<Key, &'static str> {
    let text = text.trim_start_matches(['v', 'V', '=', ' ']);
    let (version, build) =
        text.split_once('+').map_or((text, None), |(version, build)| (version, Some(build)));
    if build.is_some_and(|build| !is_word(build)) {
        return Err("the build metadata after `+` is not letters, digits, hyphens and dots");
    }
    let mut cursor = Cursor::new(version);
    let numbers = take_numbers(&mut cursor)?;
    let prerelease = if cursor.is_done() {
        None
    } else if cursor.eat("-") || numbers.len() >= 3 {
        Some(parse_identifiers(cursor.rest())?)
    } else {
        return Err("a component is not a number");
    };
    Ok(Key::new(numbers, prerelease))
}

/// Takes the numbers between dots, of which there must be one.
pub(crate) fn take_numbers(cursor: &mut Cursor<'_>) -> Result<Vec<Natural>, &'static str> {
    let mut numbers = Vec::with_capacity(3);
    loop {
        let digits = cursor.take_digits();
        if digits.is_empty() {
            return Err("a component is not a number");
        }
        numbers.push(Natural::new(digits));
        if !cursor.eat(".") {
            return Ok(numbers);
        }
    }
}

/// Reads the identifiers of a pre-release.
pub(crate) fn parse_identifiers(text: &str) -> Result<Vec<Identifier>, &'static str> {
    let parse_one = |part: &str| {
        if !is_word(part) {
            return Err("an identifier of the pre-release is not letters, digits and hyphens");
        }
        Ok(Identifier::new(part))
    };
    text.split('.').map(parse_one).collect()
}

pub(crate) fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_as_semver_org_does() {
        let ascending = [
            "0.0.0-0",
            "0.0.0",
            "1.0.0-0",
            "1.0.0-9",
            "1.0.0-10",
            "1.0.0-99999999999999999999",
            "1.0.0--1",
            "1.0.0-0a",
            "1.0.0-alpha",
            "1.0.0-alpha.1",
            "1.0.0-alpha.beta",
            "1.0.0-beta",
            "1.0.0-beta.2",
            "1.0.0-beta.11",
            "1.0.0-rc.1",
            "1.0.0",
            "1.0.0.1",
            "1.0.1-x",
            "1.9.0",
            "1.10.0",
            "18446744073709551616.0.0",
        ];
        for (i, a) in ascending.iter().enumerate() {
            for (j, b) in ascending.iter().enumerate() {
                assert_eq!(parse(a).unwrap().cmp(&parse(b).unwrap()), i.cmp(&j), "{a} {b}");
            }
        }
    }

    #[test]
    fn reads_the_spellings_of_advisories() {
        for (a, b) in [
            ("v1.2.3", "1.2.3"),
            ("= v 1.2.3", "1.2.3"),
            ("1", "1.0.0"),
            ("1.2", "1.2.0"),
            ("1.2-rc1", "1.2.0-rc1"),
            ("1.2.3.0", "1.2.3"),
            ("01.02.03", "1.2.3"),
            ("1.2.3-01", "1.2.3-1"),
            ("1.2.3beta.1", "1.2.3-beta.1"),
            ("1.2.3+build.5", "1.2.3+other"),
        ] {
            assert_eq!(parse(a).unwrap(), parse(b).unwrap(), "{a} {b}");
        }
    }

    #[test]
    fn refuses_ranges_words_and_holes() {
        for text in [
            "1.x",
            "x",
            "*",
            "^1.2.3",
            ">=1.0.0",
            "1.",
            ".1",
            "1..2",
            "1.2.3-",
            "1.2.3-a..b",
            "1.2.3-a_b",
            "1.2.3+",
            "1.2.3 - 2",
            "1.2beta",
            "latest",
            "v",
            "1.2.3-a b",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
