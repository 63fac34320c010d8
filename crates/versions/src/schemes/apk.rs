//! Versions of apk-tools: Alpine, Wolfi, Chainguard.
//!
//! The grammar is `number{.number}[letter]{_suffix[number]}[~commit][-rnumber]`; the order is that of apk-tools 3,
//! `src/version.c`. It walks both versions token by token and stops at the first difference:
//!
//! - The first number and the numbers of suffixes and revisions compare by value. A further number with a leading
//!   zero compares as text, as a decimal fraction would: `1.05 < 1.1 < 1.10`.
//! - The suffixes are `alpha < beta < pre < rc < (none) < cvs < svn < git < hg < p`.
//! - Where one version goes on and the other ends, the one that goes on is the greater, unless it goes on with a
//!   suffix of a pre-release.
//!
//! apk-tools 2 differs in three corners: it knows no `~commit`, it puts `1.00` before `1.0`, and it compares versions
//! it cannot read. The first two follow version 3 here; a version that cannot be read is refused. Numbers wider than
//! 64 bits, which overflow in apk-tools, compare by value.

use crate::cursor::Cursor;
use crate::natural::Natural;

/// The tokens of a version, ended by [`Token::End`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key(Vec<Token>);

/// One token. The order of the variants is the order of versions that first differ in their kind of token.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Token {
    /// A suffix of a pre-release, by its place in [`BEFORE_RELEASE`].
    Before(usize),
    End,
    Revision(Natural),
    Commit(Box<str>),
    SuffixNumber(Natural),
    /// A suffix that follows a release, by its place in [`AFTER_RELEASE`].
    After(usize),
    Letter(char),
    /// A number after the first that begins with a zero, compared as text.
    Fraction(Box<str>),
    Number(Natural),
}

/// Suffixes of pre-releases, in ascending order.
const BEFORE_RELEASE: &[&str] = &["alpha", "beta", "pre", "rc"];
/// Suffixes that follow a release, in ascending order.
const AFTER_RELEASE: &[&str] = &["cvs", "svn", "git", "hg", "p"];

pub(crate) fn parse(text: &str) -> Result<Key, &'static str> {
    let mut cursor = Cursor::new(text);
    let mut tokens = vec![Token::Number(take_number(&mut cursor)?)];
    while cursor.eat(".") {
        tokens.push(take_further_number(&mut cursor)?);
    }
    tokens.extend(cursor.take_if(|c| c.is_ascii_lowercase()).map(Token::Letter));
    while cursor.eat("_") {
        tokens.push(take_suffix(&mut cursor)?);
        let number = cursor.take_digits();
        if !number.is_empty() {
            tokens.push(Token::SuffixNumber(Natural::new(number)));
        }
    }
    if cursor.eat("~") {
        tokens.push(take_commit(&mut cursor)?);
    }
    if cursor.eat("-r") {
        tokens.push(Token::Revision(take_number(&mut cursor)?));
    }
    if !cursor.is_done() {
        return Err("it does not follow number{.number}[letter]{_suffix[number]}[~commit][-rnumber]");
    }
    tokens.push(Token::End);
    Ok(Key(tokens))
}

fn take_number(cursor: &mut Cursor<'_>) -> Result<Natural, &'static str> {
    take_digits(cursor).map(Natural::new)
}

fn take_further_number(cursor: &mut Cursor<'_>) -> Result<Token, &'static str> {
    let digits = take_digits(cursor)?;
    Ok(if digits.starts_with('0') {
        Token::Fraction(digits.into())
    } else {
        Token::Number(Natural::new(digits))
    })
}

fn take_digits<'t>(cursor: &mut Cursor<'t>) -> Result<&'t str, &'static str> {
    let digits = cursor.take_digits();
    if digits.is_empty() { Err("a number is missing") } else { Ok(digits) }
}

fn take_suffix(cursor: &mut Cursor<'_>) -> Result<Token, &'static str> {
    let name = cursor.take_while(|c| c.is_ascii_lowercase());
    let place = |names: &[&str]| names.iter().position(|&known| known == name);
    let before = place(BEFORE_RELEASE).map(Token::Before);
    before.or_else(|| place(AFTER_RELEASE).map(Token::After)).ok_or("a suffix after `_` is not known")
}

fn take_commit(cursor: &mut Cursor<'_>) -> Result<Token, &'static str> {
    let commit = cursor.take_while(|c| c.is_ascii_hexdigit());
    if commit.is_empty() { Err("the commit after `~` is missing") } else { Ok(Token::Commit(commit.into())) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_as_apk_tools_does() {
        let ascending = [
            "0",
            "0.1.0_alpha_pre2",
            "0.1.0_alpha",
            "0.1.0_alpha2",
            "0.1.3_alpha",
            "1.0_beta1",
            "1.0_pre1-r1",
            "1.0_rc3",
            "1.0",
            "1.0-r1",
            "1.0-r10",
            "1.0~1abc",
            "1.0~1abc-r1",
            "1.0~2",
            "1.0_cvs1",
            "1.0_svn1",
            "1.0_git20240101",
            "1.0_hg1",
            "1.0_p9-r0",
            "1.0_p10-r0",
            "1.0a",
            "1.0b-r1",
            "1.0.0",
            "1.00",
            "1.01",
            "1.1",
            "1.1.1-r0",
            "1.2",
            "1.10",
            "2.34",
            "006",
            "20050718-r1",
            "20060720",
            "99999999999999999999999999",
        ];
        for (i, a) in ascending.iter().enumerate() {
            for (j, b) in ascending.iter().enumerate() {
                assert_eq!(parse(a).unwrap().cmp(&parse(b).unwrap()), i.cmp(&j), "{a} {b}");
            }
        }
    }

    #[test]
    fn reads_numbers_by_value_where_they_are_no_fractions() {
        for (a, b) in [("006", "6"), ("1.0-r01", "1.0-r1"), ("1_p02", "1_p2")] {
            assert_eq!(parse(a), parse(b));
        }
    }

    #[test]
    fn refuses_what_apk_refuses() {
        for text in [
            "a",
            "1.",
            "1..2",
            ".1",
            "1.0bc",
            "1.0B",
            "1a2",
            "23_foo",
            "1_",
            "1_alpha.1",
            "1.0-1",
            "1.0-r",
            "1.0-r1-r2",
            "1.0-r1_p1",
            "1.0~",
            "1.0~xyz",
            "1.0~ab~cd",
            "1.0-r1~ab",
            "1.0+git",
            "v1.0",
            "1 0",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
