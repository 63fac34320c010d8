//! A version of which the end may be missing: `1`, `1.x`, `1.2.*`.

use crate::cursor::Cursor;
use crate::natural::Natural;
use crate::schemes::semver::{Identifier, Key, is_word, parse_identifiers};

/// A version with its numbers so far as they are known.
#[derive(Clone, Debug)]
pub(crate) struct Partial {
    pub(crate) major: Option<u64>,
    pub(crate) minor: Option<u64>,
    pub(crate) patch: Option<u64>,
    /// Only where all three numbers are known.
    pub(crate) prerelease: Option<Vec<Identifier>>,
}

impl Partial {
    pub(crate) fn parse(text: &str) -> Result<Partial, &'static str> {
        let text = text.trim_start_matches(['v', 'V', '=']);
        let (version, build) = text.split_once('+').map_or((text, None), |(v, b)| (v, Some(b)));
        if build.is_some_and(|build| !is_word(build)) {
            return Err("the build metadata after `+` is not letters, digits, hyphens and dots");
        }
        let mut cursor = Cursor::new(version);
        let major = take_number(&mut cursor)?;
        let minor = if cursor.eat(".") { take_number(&mut cursor)? } else { None };
        let patch = if cursor.eat(".") { take_number(&mut cursor)? } else { None };
        let has_all = patch.is_some();
        let prerelease = if cursor.is_done() {
            None
        } else if cursor.eat("-") || has_all {
            Some(parse_identifiers(cursor.rest())?)
        } else {
            return Err("a component is neither a number nor `x` or `*`");
        };
        // A number behind an unknown one counts for nothing, as in `1.x.3`; nor does a pre-release.
        let minor = minor.filter(|_| major.is_some());
        let patch = patch.filter(|_| minor.is_some());
        Ok(Partial { major, minor, patch, prerelease: prerelease.filter(|_| patch.is_some()) })
    }
}

/// Takes a number, or a letter that stands for any.
fn take_number(cursor: &mut Cursor<'_>) -> Result<Option<u64>, &'static str> {
    if cursor.take_if(|c| matches!(c, 'x' | 'X' | '*')).is_some() {
        return Ok(None);
    }
    let digits = cursor.take_digits();
    if digits.is_empty() {
        return Err("a component is neither a number nor `x` or `*`");
    }
    // The next number must exist too, for `^` and `~`.
    let number = digits.parse::<u64>().ok().filter(|&number| number < u64::MAX);
    number.map(Some).ok_or("a number is too big")
}

/// A key of three numbers.
pub(crate) fn key(numbers: [u64; 3], prerelease: Option<Vec<Identifier>>) -> Key {
    Key::new(numbers.map(Natural::Small).to_vec(), prerelease)
}

/// The key before all pre-releases of three numbers.
pub(crate) fn start(numbers: [u64; 3]) -> Key {
    key(numbers, Some(vec![Identifier::Number(Natural::ZERO)]))
}
