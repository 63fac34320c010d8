//! Versions of Debian packages: `[epoch:]upstream[-revision]`.
//!
//! The order is that of deb-version(7): epochs by value, then upstream and revision each in turns of a run of
//! non-digits and a run of digits. In the first `~` sorts before the end, the end before letters, letters before all
//! else; the second compares by value.
//!
//! What is refused is what dpkg refuses: an empty part, a space, an epoch that is no number or above 2147483647. What
//! dpkg only warns of and still orders is ordered here too: a version that starts with a letter, a `_` within. Texts
//! that are not ASCII, which dpkg orders by the sign of `char`, are refused.

use std::cmp::Ordering;
use std::iter;

use crate::natural::Digits;

/// dpkg keeps the epoch in a C `int`.
const HIGHEST_EPOCH: u32 = i32::MAX.unsigned_abs();

/// The three parts, checked; upstream and revision are compared as they stand.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    epoch: u32,
    upstream: Box<str>,
    /// Empty when there is none, which equals `0`.
    revision: Box<str>,
}

impl Key {
    pub(crate) fn compare(&self, other: &Key) -> Ordering {
        self.epoch
            .cmp(&other.epoch)
            .then_with(|| compare_part(self.upstream.as_bytes(), other.upstream.as_bytes()))
            .then_with(|| compare_part(self.revision.as_bytes(), other.revision.as_bytes()))
    }
}

pub(crate) fn parse(text: &str) -> Result<Key, &'static str> {
    if text.contains(' ') {
        return Err("there is a space in it");
    }
    let (epoch, rest) = match text.split_once(':') {
        Some((epoch, rest)) => (parse_epoch(epoch)?, rest),
        None => (0, text),
    };
    let (upstream, revision) = match rest.rsplit_once('-') {
        Some((_, "")) => return Err("the revision after `-` is empty"),
        Some(parts) => parts,
        None => (rest, ""),
    };
    if upstream.is_empty() {
        return Err("the upstream version is empty");
    }
    Ok(Key { epoch, upstream: upstream.into(), revision: revision.into() })
}

/// Reads an epoch as dpkg's `strtol` does, sign included; `-0` is the one negative that passes.
fn parse_epoch(text: &str) -> Result<u32, &'static str> {
    let (digits, negative) = match text.strip_prefix('-') {
        Some(digits) => (digits, true),
        None => (text.strip_prefix('+').unwrap_or(text), false),
    };
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err("the epoch is not a number");
    }
    let epoch = digits.parse().ok().filter(|&epoch| epoch <= HIGHEST_EPOCH).ok_or("the epoch is too big")?;
    if negative && epoch > 0 { Err("the epoch is negative") } else { Ok(epoch) }
}

/// Compares two upstream versions or two revisions.
fn compare_part(mut a: &[u8], mut b: &[u8]) -> Ordering {
    while !(a.is_empty() && b.is_empty()) {
        let (word_a, rest_a) = split(a, |byte| !byte.is_ascii_digit());
        let (word_b, rest_b) = split(b, |byte| !byte.is_ascii_digit());
        let (digits_a, rest_a) = split(rest_a, u8::is_ascii_digit);
        let (digits_b, rest_b) = split(rest_b, u8::is_ascii_digit);
        let order =
            compare_words(word_a, word_b).then_with(|| Digits::new(digits_a).cmp(&Digits::new(digits_b)));
        if order.is_ne() {
            return order;
        }
        (a, b) = (rest_a, rest_b);
    }
    Ordering::Equal
}

/// Splits off the longest run of wanted bytes.
fn split(bytes: &[u8], wanted: impl Fn(&u8) -> bool) -> (&[u8], &[u8]) {
    let end = bytes.iter().position(|byte| !wanted(byte)).unwrap_or(bytes.len());
    bytes.split_at(end)
}

fn compare_words(a: &[u8], b: &[u8]) -> Ordering {
    let weights = |word| <&[u8]>::into_iter(word).map(weigh).chain(iter::once(END));
    weights(a).cmp(weights(b))
}

/// The weight of the end of a word.
const END: u16 = 1;

/// The place of a byte that is not a digit: `~`, the end, letters, all else.
fn weigh(byte: &u8) -> u16 {
    match byte {
        b'~' => 0,
        letter if letter.is_ascii_alphabetic() => u16::from(*letter),
        other => 0x100 + u16::from(*other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(a: &str, b: &str) -> Ordering {
        parse(a).unwrap().compare(&parse(b).unwrap())
    }

    #[test]
    fn orders_as_deb_version_says() {
        let ascending = [
            "0~~",
            "0~~a",
            "0~",
            "0",
            "0a",
            "1.0~beta1~svn1245",
            "1.0~beta1",
            "1.0",
            "1.0-0.1",
            "1.0-1~bpo12+1",
            "1.0-1",
            "1.0-1ubuntu2",
            "1.0-1+deb12u1",
            "1.0-1.1",
            "1.0a",
            "1.0+git1",
            "1.0.1",
            "1.9",
            "1.10",
            "1.99999999999999999999",
            "1.100000000000000000000",
            "a",
            "1:0.1",
            "2147483647:0",
        ];
        for (i, a) in ascending.iter().enumerate() {
            for (j, b) in ascending.iter().enumerate() {
                assert_eq!(order(a, b), i.cmp(&j), "{a} {b}");
            }
        }
    }

    #[test]
    fn takes_an_absent_part_for_zero() {
        for (a, b) in [("1.0", "1.0-0"), ("1.0", "0:1.0"), ("1.0", "1.0-00"), ("1.0", "1.00"), ("a", "a0")] {
            assert_eq!(order(a, b), Ordering::Equal, "{a} {b}");
        }
    }

    #[test]
    fn takes_the_first_colon_and_the_last_hyphen() {
        assert_eq!(order("1:2:3-4-5", "1:2:3-4-6"), Ordering::Less);
        assert_eq!(order("1-2-1", "1-10-1"), Ordering::Less);
    }

    #[test]
    fn refuses_what_dpkg_refuses() {
        for text in
            ["1 2", ":1", "a:1", "0x1:1", "1:", "1-", "1:-1", "-1", "-1:1", "2147483648:1", "99999999999:1"]
        {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
