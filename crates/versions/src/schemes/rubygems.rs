//! Versions of Ruby gems: `Gem::Version`.
//!
//! The text is cut into runs of digits and runs of letters; a hyphen reads as `.pre.`, so that `1.0-a` is a
//! pre-release. Numbers compare by value, words as bytes, a word is below every number, and what is missing is zero.
//! Zeros at the end do not count, nor do those before the first word: `1.0.0.a` is `1.a`.
//!
//! The platform that follows a version in a lock file (`1.2.3-x86_64-linux`) is no part of it; with its underscore it
//! is refused, without one (`1.2.3-java`) it reads as a pre-release, as it does in Ruby. Whoever reads a lock file must
//! cut it off.

use std::cmp::Ordering;

use crate::cursor::Cursor;
use crate::natural::Natural;
use crate::padded::compare_padded;

/// The segments, without the zeros before the first word.
#[derive(Clone, Debug)]
pub(crate) struct Key(Vec<Segment>);

/// The order of the variants is theirs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Segment {
    Word(Box<str>),
    Number(Natural),
}

const ZERO: Segment = Segment::Number(Natural::ZERO);

impl Key {
    pub(crate) fn compare(&self, other: &Key) -> Ordering {
        compare_padded(&self.0, &other.0, &ZERO)
    }
}

pub(crate) fn parse(text: &str) -> Result<Key, &'static str> {
    let (numbers, prerelease) = text.split_once('-').map_or((text, None), |(n, p)| (n, Some(p)));
    let is_word = |part: &str, hyphen: u8| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == hyphen)
    };
    if !numbers.split('.').all(|part| is_word(part, b'0'))
        || !prerelease.is_none_or(|prerelease| prerelease.split('.').all(|part| is_word(part, b'-')))
    {
        return Err("it is not letters and digits between dots and hyphens");
    }
    let first = numbers.split('.').next().unwrap_or_default();
    if !first.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err("it does not start with a number");
    }
    Ok(Key(segments(text)))
}

/// The runs of digits and letters of a checked text.
fn segments(text: &str) -> Vec<Segment> {
    let mut segments = Vec::with_capacity(4);
    let mut cursor = Cursor::new(text);
    while !cursor.is_done() {
        let digits = cursor.take_digits();
        if !digits.is_empty() {
            push(&mut segments, Segment::Number(Natural::new(digits)));
        } else if cursor.eat("-") {
            push(&mut segments, Segment::Word("pre".into()));
        } else if !cursor.eat(".") {
            push(&mut segments, Segment::Word(cursor.take_while(|c| c.is_ascii_alphabetic()).into()));
        }
    }
    segments
}

/// Adds a segment; the first word drops the zeros before it.
fn push(segments: &mut Vec<Segment>, segment: Segment) {
    let is_word = |segment: &Segment| matches!(segment, Segment::Word(_));
    if is_word(&segment) && !segments.iter().any(is_word) {
        while segments.last() == Some(&ZERO) {
            segments.pop();
        }
    }
    segments.push(segment);
}

#[cfg(test)]
mod tests {
    use crate::Scheme::Rubygems;
    use crate::table::{assert_ascending, assert_equal, assert_refused};

    #[test]
    fn orders_as_ruby_does() {
        assert_ascending(
            Rubygems,
            &[
                "0.beta.1",
                "0.0.1",
                "0.8.5",
                "1.0.0.a",
                "1.0.0.a.2",
                "1.0.0.b1",
                "1.0.0-alpha",
                "1.0.0.rc1",
                "1.0.0",
                "1.0.0.1",
                "1.0.1.a",
                "1.0.1",
                "1.8.2.Z",
                "1.8.2.a",
                "1.8.2.a9",
                "1.8.2.a10",
                "1.8.2.b",
                "1.8.2",
                "1.9.9",
                "1.10.0",
                "5.2.4",
                "5.2.4.1",
                "99999999999999999999",
            ],
        );
    }

    #[test]
    fn drops_the_zeros_that_do_not_count() {
        assert_equal(
            Rubygems,
            &[
                ("1.0", "1.0.0"),
                ("1", "1.0"),
                ("1.0.a", "1.a"),
                ("0.beta.1", "0.0.beta.1"),
                ("0.0.beta", "0.beta"),
                ("1.2.b1", "1.2.b.1"),
                ("1.0-a", "1.0.pre.a"),
                ("1.0.a.0", "1.0.a"),
                ("01.002", "1.2"),
            ],
        );
    }

    #[test]
    fn refuses_what_ruby_refuses() {
        assert_refused(
            Rubygems,
            &[
                "junk",
                "1.0\n2.0",
                "1..2",
                "1.2 3.4",
                "2.3422222.222.222222222.22222.ads0as.dasd0.ddd2222.2.qd3e.",
                "v1.0",
                ".1",
                "1.",
                "1.2.3-x86_64-linux",
                "1-",
                "-1",
                ">= 1",
            ],
        );
    }
}
