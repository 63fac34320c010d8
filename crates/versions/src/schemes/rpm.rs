//! Versions of rpm packages: `[epoch:]version[-release]`.
//!
//! The order is rpm-version(7), which is `rpmvercmp` on each part: runs of letters and of digits are compared in turn
//! and all else only separates; a number beats a word; `~` sorts before the end, `^` right after it.
//!
//! A missing epoch is zero. Source rpms are named without their epoch, so an epoch taken from a file name is
//! *unknown*, not missing; whoever reads one must not compare it against a version with an epoch.
//!
//! A missing release sorts before every release, as `rpm.labelCompare` has it. rpm's dependency matching leaves the
//! release out when one side has none; that is no order (`1-1 = 1 = 1-2`), so it is not done here.

use std::cmp::Ordering;

use crate::natural::{Digits, Natural};

/// The three parts, checked; version and release are compared as they stand.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    epoch: Natural,
    version: Box<str>,
    release: Option<Box<str>>,
}

impl Key {
    pub(crate) fn compare(&self, other: &Key) -> Ordering {
        self.epoch.cmp(&other.epoch).then_with(|| compare_part(&self.version, &other.version)).then_with(
            || match (&self.release, &other.release) {
                (Some(a), Some(b)) => compare_part(a, b),
                (a, b) => a.is_some().cmp(&b.is_some()),
            },
        )
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
        Some((version, release)) => (version, Some(release.into())),
        None => (rest, None),
    };
    if version.is_empty() {
        return Err("the version is empty");
    }
    Ok(Key { epoch, version: version.into(), release })
}

fn compare_part(a: &str, b: &str) -> Ordering {
    Tokens::new(a).cmp(Tokens::new(b))
}

/// What `rpmvercmp` compares in turn. The order of the variants is the order of parts that first differ in them.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Token<'t> {
    Tilde,
    End,
    Caret,
    Word(&'t [u8]),
    Number(Digits<'t>),
}

/// The tokens of a version or a release, ended by [`Token::End`].
struct Tokens<'t> {
    /// `None` once the end was told.
    rest: Option<&'t [u8]>,
}

impl<'t> Tokens<'t> {
    fn new(part: &'t str) -> Tokens<'t> {
        Tokens { rest: Some(part.as_bytes()) }
    }
}

impl<'t> Iterator for Tokens<'t> {
    type Item = Token<'t>;

    fn next(&mut self) -> Option<Token<'t>> {
        let (_, rest) =
            split(self.rest?, |byte| !(byte.is_ascii_alphanumeric() || matches!(byte, b'~' | b'^')));
        let (token, rest) = match rest {
            [] => (Token::End, None),
            [b'~', rest @ ..] => (Token::Tilde, Some(rest)),
            [b'^', rest @ ..] => (Token::Caret, Some(rest)),
            [first, ..] if first.is_ascii_digit() => {
                let (digits, rest) = split(rest, u8::is_ascii_digit);
                (Token::Number(Digits::new(digits)), Some(rest))
            }
            _ => {
                let (word, rest) = split(rest, u8::is_ascii_alphabetic);
                (Token::Word(word), Some(rest))
            }
        };
        self.rest = rest;
        Some(token)
    }
}

/// Splits off the longest run of wanted bytes.
fn split(bytes: &[u8], wanted: impl Fn(&u8) -> bool) -> (&[u8], &[u8]) {
    let end = bytes.iter().position(|byte| !wanted(byte)).unwrap_or(bytes.len());
    bytes.split_at(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(a: &str, b: &str) -> Ordering {
        parse(a).unwrap().compare(&parse(b).unwrap())
    }

    #[test]
    fn orders_as_rpm_does() {
        let ascending = [
            "1.0~rc1~git123",
            "1.0~rc1",
            "1.0~rc1^git1",
            "1.0~rc2",
            "1.0",
            "1.0-0.1.rc1",
            "1.0-1.el9",
            "1.0-1.el9_2",
            "1.0-1.el9_2.1",
            "1.0-2.el9",
            "1.0-10.el9",
            "1.0^",
            "1.0^20160101~pre",
            "1.0^20160101",
            "1.0^20160101^git1",
            "1.0^20160102",
            "1.0a",
            "1.0.1",
            "1.1.p1",
            "1.1.1",
            "5.5p1",
            "5.5p10",
            "10xyz",
            "10.1xyz",
            "20101121",
            "99999999999999999999999",
            "1:0.1",
            "4:5.26",
        ];
        for (i, a) in ascending.iter().enumerate() {
            for (j, b) in ascending.iter().enumerate() {
                assert_eq!(order(a, b), i.cmp(&j), "{a} {b}");
            }
        }
    }

    #[test]
    fn takes_separators_and_leading_zeros_for_nothing() {
        for (a, b) in
            [("2_0", "2.0"), ("1.", "1"), ("1.05", "1.5"), ("a+", "a_"), ("0:1-1", "1-1"), (":1", "1")]
        {
            assert_eq!(order(a, b), Ordering::Equal, "{a} {b}");
        }
    }

    #[test]
    fn puts_a_missing_release_first() {
        assert_eq!(order("1.0", "1.0-0"), Ordering::Less);
    }

    #[test]
    fn refuses_parts_that_are_empty_or_no_number() {
        for text in ["1:", "-1", "1-", "1:-1", "a:1", "1 2", "-"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
