//! Versions of PHP packages: Composer's normal form, ordered by PHP's `version_compare`.
//!
//! The grammar is `[v]N[.N[.N[.N]]]` or a date of more digits, then `[._-]stability[numbers]` and `[.-]dev`, in any
//! letter case; build metadata, an `@dev` flag and an ` as ` alias are left out. Missing numbers are zero. The
//! stabilities are `dev < alpha = a < beta = b < RC < (none) = stable < patch = pl = p`. A numeric branch
//! (`2.x-dev`) is above all releases of its line.
//!
//! A named branch (`dev-main`) is refused: Composer itself says that it has no order, and below everything, as
//! `version_compare` would put it, every fix would seem to be missing.

use crate::cursor::Cursor;
use crate::natural::Natural;

/// The tokens of the normal form, ended by [`Token::End`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key(Vec<Token>);

/// The order of the variants is theirs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Token {
    Dev,
    Alpha,
    Beta,
    Candidate,
    End,
    Number(Natural),
    Patch,
}

/// The stabilities, lower-cased; a longer name stands before its own beginning. A stable version needs no token.
const STABILITIES: &[(&str, Option<Token>)] = &[
    ("stable", None),
    ("alpha", Some(Token::Alpha)),
    ("beta", Some(Token::Beta)),
    ("patch", Some(Token::Patch)),
    ("rc", Some(Token::Candidate)),
    ("pl", Some(Token::Patch)),
    ("a", Some(Token::Alpha)),
    ("b", Some(Token::Beta)),
    ("p", Some(Token::Patch)),
];
/// What follows `@` and says how far along a version is; it is no part of the version.
const FLAGS: &[&str] = &["@stable", "@rc", "@beta", "@alpha", "@dev"];
/// What Composer puts for the `x` of a branch.
const ANY: Natural = Natural::Small(9_999_999);
/// The longest first number that is not part of a date.
const LONGEST_MAJOR: usize = 5;

pub(crate) fn parse(text: &str) -> Result<Key, &'static str> {
    let lower = text.to_ascii_lowercase();
    let text = lower.split_once(" as ").map_or(lower.as_str(), |(version, _alias)| version.trim_end());
    let text = FLAGS.iter().find_map(|flag| text.strip_suffix(flag)).unwrap_or(text);
    if text.starts_with("dev-") || matches!(text, "master" | "trunk" | "default") {
        return Err("it is a branch, which has no place in the order");
    }
    let text = text.split_once('+').map_or(text, |(version, _build)| version);
    let text = text.strip_prefix('v').unwrap_or(text);
    let mut tokens = parse_release(text).or_else(|| parse_branch(text)).ok_or(
        "it is neither one to four numbers nor a date, with a stability and `dev` behind it at most",
    )?;
    tokens.push(Token::End);
    Ok(Key(tokens))
}

fn parse_release(text: &str) -> Option<Vec<Token>> {
    let mut cursor = Cursor::new(text);
    let mut tokens = take_numbers(&mut cursor).and_then(|numbers| take_stability(cursor, numbers));
    if tokens.is_none() {
        let mut cursor = Cursor::new(text);
        tokens = take_date(&mut cursor).and_then(|numbers| take_stability(cursor, numbers));
    }
    tokens
}

/// Takes one to four numbers and fills them up to four.
fn take_numbers(cursor: &mut Cursor<'_>) -> Option<Vec<Token>> {
    let major = Some(cursor.take_digits()).filter(|d| (1..=LONGEST_MAJOR).contains(&d.len()))?;
    let mut numbers = vec![Token::Number(Natural::new(major))];
    while numbers.len() < 4 {
        let mut ahead = cursor.clone();
        let digits = if ahead.eat(".") { ahead.take_digits() } else { "" };
        if digits.is_empty() {
            break;
        }
        numbers.push(Token::Number(Natural::new(digits)));
        *cursor = ahead;
    }
    numbers.resize(4, Token::Number(Natural::ZERO));
    Some(numbers)
}

/// Takes a date: four digits and more, two or three at a time, with or without separators.
fn take_date(cursor: &mut Cursor<'_>) -> Option<Vec<Token>> {
    let mut numbers: Vec<String> = Vec::new();
    loop {
        let digits = cursor.take_digits();
        let is_first = numbers.is_empty();
        let is_fitting = if is_first { digits.len() >= 4 } else { (1..=6).contains(&digits.len()) };
        if !is_fitting {
            return None;
        }
        numbers.push(digits.into());
        let mut ahead = cursor.clone();
        if ahead.take_if(|c| matches!(c, '.' | ':' | '-')).is_none()
            || !ahead.peek().is_some_and(|c| c.is_ascii_digit())
        {
            break;
        }
        *cursor = ahead;
    }
    let digits: usize = numbers.iter().map(String::len).sum();
    let is_date = (6..=19).contains(&digits);
    is_date.then(|| numbers.iter().map(|digits| Token::Number(Natural::new(digits))).collect())
}

/// Takes what may follow the numbers, to the end of the text.
fn take_stability(mut cursor: Cursor<'_>, mut tokens: Vec<Token>) -> Option<Vec<Token>> {
    let mut ahead = cursor.clone();
    ahead.take_if(|c| matches!(c, '.' | '_' | '-'));
    if let Some((_, stability)) = STABILITIES.iter().find(|(name, _)| ahead.eat(name)) {
        let numbers = take_stability_numbers(&mut ahead);
        if let Some(stability) = stability {
            tokens.push(stability.clone());
            tokens.extend(numbers);
        }
        cursor = ahead;
        // Composer drops a `dev` behind `stable` too.
        let is_dev = take_dev(&mut cursor) && stability.is_some();
        tokens.extend(is_dev.then_some(Token::Dev));
    } else {
        tokens.extend(take_dev(&mut cursor).then_some(Token::Dev));
    }
    cursor.is_done().then_some(tokens)
}

/// Takes the numbers behind a stability, between dots and hyphens.
fn take_stability_numbers(cursor: &mut Cursor<'_>) -> Vec<Token> {
    let mut numbers = Vec::new();
    loop {
        let mut ahead = cursor.clone();
        ahead.take_if(|c| matches!(c, '.' | '-'));
        let digits = ahead.take_digits();
        if digits.is_empty() {
            return numbers;
        }
        numbers.push(Token::Number(Natural::new(digits)));
        *cursor = ahead;
    }
}

fn take_dev(cursor: &mut Cursor<'_>) -> bool {
    ["dev", "-dev", ".dev", "_dev"].iter().any(|dev| cursor.eat(dev))
}

/// Reads a numeric branch: `2.x-dev`, `2.1.*-dev`.
fn parse_branch(text: &str) -> Option<Vec<Token>> {
    let name = text.strip_suffix("dev")?;
    let name = name.strip_suffix(['.', '-']).unwrap_or(name);
    let mut tokens = Vec::with_capacity(5);
    for part in name.split('.') {
        let is_any = matches!(part, "x" | "*") && !tokens.is_empty();
        let is_number = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if !is_any && !is_number {
            return None;
        }
        tokens.push(Token::Number(if is_any { ANY } else { Natural::new(part) }));
    }
    if tokens.len() > 4 {
        return None;
    }
    tokens.resize(4, Token::Number(ANY));
    tokens.push(Token::Dev);
    Some(tokens)
}

#[cfg(test)]
mod tests {
    use crate::Scheme::Packagist;
    use crate::table::{assert_ascending, assert_equal, assert_refused};

    #[test]
    fn orders_as_composer_does() {
        assert_ascending(
            Packagist,
            &[
                "0.9.9.9",
                "1.0.0-dev",
                "1.0.0-alpha",
                "1.0.0-alpha1-dev",
                "1.0.0-alpha1",
                "1.0.0-alpha2",
                "1.0.0-alpha2.1",
                "1.0.0-beta1",
                "1.0.0-beta10",
                "1.0.0-RC1",
                "1.0.0",
                "1.0.0-patch",
                "1.0.0-patch1",
                "1.0.0-pl2",
                "1.0.0.1",
                "1.0.1",
                "1.9",
                "1.10",
                "1.x-dev",
                "2.0.0-beta",
                "2.1.x-dev",
                "2.x-dev",
                "2010.01",
                "20100102",
                "20100103-p1",
            ],
        );
    }

    #[test]
    fn normalises_every_spelling() {
        assert_equal(
            Packagist,
            &[
                ("1.0.0", "1.0.0.0"),
                ("1", "1.0"),
                ("v1.2.3", "1.2.3"),
                ("1.0.0RC1dev", "1.0.0-RC1-dev"),
                ("1.0.0-rC15-dev", "1.0.0-RC15-dev"),
                ("1.0.0.pl3-dev", "1.0.0.0-patch3-dev"),
                ("1.0-b.2", "1.0.0-beta2"),
                ("1.0.0-a.1.2", "1.0-alpha1.2"),
                ("1.0.0-stable", "1.0.0"),
                ("1.0.0+build.1", "1.0.0"),
                ("1.0.0@dev", "1.0.0"),
                ("1.0.x-dev as 1.2.3", "1.0.x-dev"),
                ("1.0.*-dev", "1.0.x-dev"),
                ("2010-01-02", "2010:01:02"),
                ("2012.01.02.03.04", "2012-01-02-03-04"),
            ],
        );
    }

    #[test]
    fn refuses_branches_and_ranges() {
        assert_refused(
            Packagist,
            &[
                "dev-master",
                "dev-feature/x",
                "master",
                "trunk",
                "foo-dev",
                "1.0.0.0.0",
                "1.0.0-foo",
                "a",
                "^1.0",
                ">=1.0",
                "1.0.0-",
                "1.0.0<1.0",
                "1.x",
                "1.0.0-beta1-RC1",
                "feature-foo",
            ],
        );
    }
}
