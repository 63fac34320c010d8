//! Versions of FreeBSD ports and packages: `version[_revision][,epoch]`.
//!
//! The order is that of pkg-version(8): the epoch, then the version, then the revision. A version is read component by
//! component: a number, a letter (of a word only its first one) and a number behind that. The words `alpha`, `beta`,
//! `pre` and `rc` stand for components of their own without a number, which are below all others: so `1.0.rc1` and
//! `1.0rc1` come before `1.0`, and so does `pl` without a number before it. What is missing is zero:
//! `1.0` is `1.0.0`. A letter outweighs what follows: `1.0.1 < 1.0a`.
//!
//! The `*` of patterns is refused, and `+`, which no port uses.

use std::cmp::Ordering;

use crate::cursor::Cursor;
use crate::natural::Natural;
use crate::padded::compare_padded;

/// What counts for the order.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    epoch: Natural,
    components: Vec<Component>,
    revision: Natural,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Component {
    /// `None`, where it begins with a letter, sorts first.
    number: Option<Natural>,
    /// Lower-cased; zero when there is none.
    letter: u8,
    /// The number behind the letter; `None`, where the letter has none, sorts first.
    patch: Option<Natural>,
}

const ZERO: Component = Component { number: Some(Natural::ZERO), letter: 0, patch: Some(Natural::ZERO) };

/// The words with a meaning, and the letter they count as.
const STAGES: &[(&str, u8)] = &[("pl", 0), ("alpha", b'a'), ("beta", b'b'), ("pre", b'p'), ("rc", b'r')];

impl Key {
    pub(crate) fn compare(&self, other: &Key) -> Ordering {
        self.epoch
            .cmp(&other.epoch)
            .then_with(|| compare_padded(&self.components, &other.components, &ZERO))
            .then_with(|| self.revision.cmp(&other.revision))
    }
}

pub(crate) fn parse(text: &str) -> Result<Key, &'static str> {
    let lower = text.to_ascii_lowercase();
    let (rest, epoch) = take_number_behind(&lower, ',').ok_or("the epoch after `,` is not a number")?;
    let (version, revision) =
        take_number_behind(rest, '_').ok_or("the revision after `_` is not a number")?;
    if !version.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_')) {
        return Err("it is not letters and digits with dots between them");
    }
    if !version.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        return Err("it does not start with a letter or a digit");
    }
    let mut cursor = Cursor::new(version);
    let mut components = Vec::with_capacity(4);
    while !cursor.is_done() {
        components.push(take_component(&mut cursor));
        cursor.take_while(|c| !c.is_ascii_alphanumeric());
    }
    Ok(Key { epoch, components, revision })
}

/// Splits off the number behind the last mark; zero when there is no mark, nothing when it is no number.
fn take_number_behind(text: &str, mark: char) -> Option<(&str, Natural)> {
    let Some((rest, digits)) = text.rsplit_once(mark) else { return Some((text, Natural::ZERO)) };
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| (rest, Natural::new(digits)))
}

fn take_component(cursor: &mut Cursor<'_>) -> Component {
    let digits = cursor.take_digits();
    let number = (!digits.is_empty()).then(|| Natural::new(digits));
    let mut ahead = cursor.clone();
    let word = ahead.take_while(|c| c.is_ascii_alphabetic());
    let stage = STAGES.iter().find(|(stage, _)| *stage == word).map(|(_, letter)| *letter);
    // A word of a stage behind a number opens the next component.
    if word.is_empty() || (stage.is_some() && number.is_some()) {
        return Component { number, ..ZERO };
    }
    let letter = stage.or(word.bytes().next()).unwrap_or_default();
    let digits = ahead.take_digits();
    *cursor = ahead;
    Component { number, letter, patch: (!digits.is_empty()).then(|| Natural::new(digits)) }
}

#[cfg(test)]
mod tests {
    use crate::Scheme::Freebsd;
    use crate::table::{assert_ascending, assert_equal, assert_refused};

    #[test]
    fn orders_as_pkg_version_does() {
        assert_ascending(
            Freebsd,
            &[
                "0.9",
                "1.0.alpha1",
                "1.0.b1",
                "1.0.pre1",
                "1.0rc1",
                "1.0rc2",
                "1.0",
                "1.0_1",
                "1.0_10",
                "1.0.1",
                "1.0.1_2",
                "1.0a",
                "1.0a1",
                "1.0b",
                "1.9",
                "1.10",
                "2.4.58_1",
                "20240101",
                "0.1,1",
                "1.0,1",
                "1.0_1,1",
                "0.1,2",
            ],
        );
    }

    #[test]
    fn reads_what_is_missing_as_zero() {
        assert_equal(
            Freebsd,
            &[("1.0", "1.0.0"), ("1.0_0", "1.0"), ("1.0,0", "1.0"), ("1.0rc1", "1.0.rc1"), ("1.0A", "1.0a")],
        );
    }

    #[test]
    fn refuses_patterns_and_other_signs() {
        assert_refused(Freebsd, &["*", "1.*", "1.0+1", "1.0_", "1.0,", "1.0_a", ",1", "_1", ".1", "1 0"]);
    }
}
