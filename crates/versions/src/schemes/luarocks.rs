//! Versions of rocks: `version-revision`, as LuaRocks orders them.
//!
//! A version is numbers and words with or without `.`, `-`, `_` between them; missing numbers are zero. The words
//! `alpha < beta < pre < rc` come before the release, `cvs < scm < dev` after every number; any other word counts by
//! its first letter, between zero and one (`1.0 < 1.0a < 1.0.1`). A number behind a word refines it. A version without
//! a revision comes before those with one; LuaRocks leaves the revision out of the comparison there, which is no
//! order.

use std::cmp::Ordering;

use crate::cursor::Cursor;
use crate::natural::Natural;
use crate::padded::compare_padded;

/// What counts for the order, from the weightiest to the lightest.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    items: Vec<Item>,
    /// `None` sorts first.
    revision: Option<Natural>,
}

/// A number, or a word with the number that follows it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Item {
    stage: Stage,
    number: Natural,
}

/// The order of the variants is theirs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Alpha,
    Beta,
    Pre,
    Candidate,
    Zero,
    /// The first letter of a word that means nothing.
    Letter(u8),
    Number,
    Cvs,
    Scm,
    Development,
}

const ZERO: Item = Item { stage: Stage::Zero, number: Natural::ZERO };

/// The words with a meaning; LuaRocks knows them in lower case only.
const WORDS: &[(&str, Stage)] = &[
    ("alpha", Stage::Alpha),
    ("beta", Stage::Beta),
    ("pre", Stage::Pre),
    ("rc", Stage::Candidate),
    ("cvs", Stage::Cvs),
    ("scm", Stage::Scm),
    ("dev", Stage::Development),
];

impl Key {
    pub(crate) fn compare(&self, other: &Key) -> Ordering {
        compare_padded(&self.items, &other.items, &ZERO).then_with(|| self.revision.cmp(&other.revision))
    }
}

pub(crate) fn parse(text: &str) -> Result<Key, &'static str> {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (version, revision) = match text.rsplit_once('-') {
        Some((version, revision)) if is_number(revision) => (version, Some(Natural::new(revision))),
        _ => (text, None),
    };
    let mut cursor = Cursor::new(version);
    let mut items = Vec::with_capacity(4);
    while !cursor.is_done() {
        items.push(take_item(&mut cursor)?);
    }
    if items.is_empty() { Err("the version is empty") } else { Ok(Key { items, revision }) }
}

fn take_item(cursor: &mut Cursor<'_>) -> Result<Item, &'static str> {
    let mut stage = None;
    loop {
        let digits = cursor.take_digits();
        if !digits.is_empty() {
            skip_separators(cursor);
            return Ok(Item::new(stage, Natural::new(digits)));
        }
        let word = cursor.take_while(|c| c.is_ascii_alphabetic());
        let Some(letter) = word.bytes().next() else {
            return match stage {
                Some(_) if cursor.is_done() => Ok(Item::new(stage, Natural::ZERO)),
                _ => Err("it is not letters and digits with `.`, `-` or `_` between them"),
            };
        };
        skip_separators(cursor);
        // Of words in a row the last one counts.
        let known = WORDS.iter().find(|(known, _)| *known == word);
        stage = Some(known.map_or(Stage::Letter(letter), |(_, stage)| *stage));
    }
}

fn skip_separators(cursor: &mut Cursor<'_>) {
    cursor.take_while(|c| matches!(c, '.' | '-' | '_'));
}

impl Item {
    fn new(stage: Option<Stage>, number: Natural) -> Item {
        let stage = stage.unwrap_or(if number.is_zero() { Stage::Zero } else { Stage::Number });
        Item { stage, number }
    }
}

#[cfg(test)]
mod tests {
    use crate::Scheme::Luarocks;
    use crate::table::{assert_ascending, assert_equal, assert_refused};

    #[test]
    fn orders_as_luarocks_does() {
        assert_ascending(
            Luarocks,
            &[
                "0.9-1",
                "1.0alpha-1",
                "1.0beta1-1",
                "1.0beta2-1",
                "1.0pre-1",
                "1.0rc1-1",
                "1.0rc2-1",
                "1.0",
                "1.0-1",
                "1.0-2",
                "1.0-10",
                "1.0a-1",
                "1.0b-1",
                "1.0.1-1",
                "1.9-1",
                "1.10-1",
                "20240101-1",
                "cvs-1",
                "scm-1",
                "dev-1",
            ],
        );
    }

    #[test]
    fn reads_separators_alike_and_missing_numbers_as_zero() {
        assert_equal(
            Luarocks,
            &[("1.0-1", "1-1"), ("1.0.rc.1-1", "1.0rc1-1"), ("1_0_0-1", "1.0.0-1"), ("1.0rc-1", "1.0rc0-1")],
        );
    }

    #[test]
    fn refuses_other_signs() {
        assert_refused(Luarocks, &["-1", "1.0+1-1", "~> 1.0", "1.0/2", ".5-1", "1 0"]);
    }
}
