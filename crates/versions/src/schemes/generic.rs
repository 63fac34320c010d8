//! Versions of upstream projects, as they write them and as NVD's CPEs repeat them. There is no specification: this is
//! how people read them.
//!
//! - Runs of digits and runs of letters compare in turn, separators (`.`, `-`, `_`, `~`, `:`, `,`) only part them. A missing
//!   number is zero, and zeros before a word do not count: `1.0-rc1` is `1.0.0rc1`.
//! - Words of development come before the release: `dev = snapshot = nightly = canary = ea < alpha < beta < milestone
//!   < pre < rc`. So do `a1` and `b1`, a letter and a number behind a number with a dot, as Python's releases have it.
//!   `final`, `ga`, `release` and `stable` say nothing.
//! - Every other word comes after the release and before the next number, letters by the alphabet and longer after
//!   shorter: `1.0.2 < 1.0.2a < 1.0.2z < 1.0.2za < 1.0.2.1`; `9.6 < 9.6p1 < 9.7`.
//! - A `v` in front, letter case and whatever follows a `+` count for nothing.
//!
//! A text that does not start with a digit is refused, among it the `*` and `-` of CPEs.

use std::cmp::Ordering;

use crate::cursor::Cursor;
use crate::natural::Natural;
use crate::padded::compare_padded;

/// The parts, without the zeros before words.
#[derive(Clone, Debug)]
pub(crate) struct Key(Vec<Part>);

/// The order of the variants is theirs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    /// A word of development, by its place in [`BEFORE_RELEASE`].
    Before(usize),
    Zero,
    Word(Box<str>),
    Number(Natural),
}

/// Words of development in ascending order; each row holds the spellings of one.
const BEFORE_RELEASE: &[&[&str]] = &[
    &["dev", "snapshot", "nightly", "canary", "ea"],
    &["alpha"],
    &["beta"],
    &["milestone"],
    &["pre", "preview"],
    &["rc", "cr"],
];
const ALPHA: usize = 1;
const BETA: usize = 2;
/// Words that only say that it is a release.
const RELEASE: &[&str] = &["final", "ga", "release", "stable"];

impl Key {
    pub(crate) fn compare(&self, other: &Key) -> Ordering {
        compare_padded(&self.0, &other.0, &Part::Zero)
    }
}

pub(crate) fn parse(text: &str) -> Result<Key, &'static str> {
    let lower = text.to_ascii_lowercase();
    let version = lower.split_once('+').map_or(lower.as_str(), |(version, _build)| version);
    let version = version.strip_prefix('v').unwrap_or(version);
    if !version.starts_with(|c: char| c.is_ascii_digit()) {
        return Err("it does not start with a number");
    }
    let mut cursor = Cursor::new(version);
    let mut parts = Vec::with_capacity(6);
    while !cursor.is_done() {
        let digits = cursor.take_digits();
        let word = cursor.take_while(|c| c.is_ascii_alphabetic());
        if !digits.is_empty() {
            parts.push(number(digits));
        }
        if !word.is_empty() {
            let is_numbered = cursor.peek().is_some_and(|c| c.is_ascii_digit());
            push_word(&mut parts, word, !digits.is_empty() && is_numbered);
        }
        let separators = cursor.take_while(is_separator);
        if digits.is_empty() && word.is_empty() && separators.is_empty() {
            return Err("it is not letters and digits with `.`, `-`, `_`, `~`, `:` or `,` between them");
        }
    }
    Ok(Key(parts))
}

fn is_separator(c: char) -> bool {
    matches!(c, '.' | '-' | '_' | '~' | ':' | ',')
}

fn number(digits: &str) -> Part {
    let number = Natural::new(digits);
    if number.is_zero() { Part::Zero } else { Part::Number(number) }
}

/// Adds a word, before which zeros do not count. An enclosed one stands between two numbers without separators.
fn push_word(parts: &mut Vec<Part>, word: &str, is_enclosed: bool) {
    if RELEASE.contains(&word) {
        return;
    }
    let has_dot = parts.len() > 1;
    let before = match word {
        "a" if is_enclosed && has_dot => Some(ALPHA),
        "b" if is_enclosed && has_dot => Some(BETA),
        word => BEFORE_RELEASE.iter().position(|spellings| spellings.contains(&word)),
    };
    while parts.last() == Some(&Part::Zero) {
        parts.pop();
    }
    parts.push(before.map_or_else(|| Part::Word(word.into()), Part::Before));
}

#[cfg(test)]
mod tests {
    use crate::Scheme::Generic;
    use crate::table::{assert_ascending, assert_equal, assert_refused};

    #[test]
    fn orders_as_upstream_projects_count() {
        assert_ascending(
            Generic,
            &[
                "0.9.8za",
                "1.0.2",
                "1.0.2a",
                "1.0.2z",
                "1.0.2za",
                "1.0.2zd",
                "1.1.1",
                "1.1.1k",
                "1.1.1l",
                "3.0.0-alpha17",
                "3.0.0-beta2",
                "3.0.0",
            ],
        );
        assert_ascending(Generic, &["8.9p1", "9.6", "9.6p1", "9.6p2", "9.7", "9.9p1", "10.0p1"]);
        assert_ascending(Generic, &["2.4.9", "2.4.58", "2.4.58.1", "2.4.59"]);
        assert_ascending(
            Generic,
            &["3.13.0-dev", "3.13.0a1", "3.13.0a6", "3.13.0b1", "3.13.0rc1", "3.13.0rc2", "3.13.0", "3.13.1"],
        );
        assert_ascending(
            Generic,
            &["1.8.0_202", "1.8.0_392", "8u202", "8u392", "11.0.9", "17.0.8-ea", "17.0.8", "17.0.10"],
        );
        assert_ascending(Generic, &["1.9.5", "1.9.5p1", "1.9.5p2", "1.9.6"]);
        assert_ascending(Generic, &["6.6-rc1", "6.6-rc7", "6.6", "6.6.1", "6.10"]);
        assert_ascending(Generic, &["7.1.1-9", "7.1.1-21", "7.1.2-0"]);
        assert_ascending(Generic, &["3.3", "3.3a", "3.4"]);
    }

    #[test]
    fn leaves_out_what_says_nothing() {
        assert_equal(
            Generic,
            &[
                ("1.2", "1.2.0"),
                ("v1.2", "1.2"),
                ("1.0-rc1", "1.0.0rc1"),
                ("1.0.RC-1", "1.0-rc.1"),
                ("5.3.0.Final", "5.3"),
                ("17.0.8+7", "17.0.8"),
                ("1.1.1K", "1.1.1k"),
                ("1.1.0a", "1.1a"),
            ],
        );
    }

    #[test]
    fn refuses_what_counts_nothing() {
        assert_refused(
            Generic,
            &["*", "-", "latest", "r2p0", "v", "1.0/2", "1.0 (beta)", ">=1.0", "1.0\\+1"],
        );
    }
}
