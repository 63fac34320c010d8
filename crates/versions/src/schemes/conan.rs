//! Versions of Conan packages: `item{.item}[-prerelease][+build]`.
//!
//! The order is that of Conan 2's `Version`: the items before the first hyphen, their zeros at the end dropped; then
//! a pre-release before its release; then the build after the last `+`, where none comes first.
//!
//! Conan compares an item that is a number with one that is not as texts, which is no order (`9 < 10 < 5a < 9`). Here
//! an item is the number it starts with and what follows that, compared in turn, and one without a number is above all
//! that have one: `8d < 9 < 9e < cci`. So are two items of the kind of `9a` and `10a`, which Conan puts as texts.

use std::cmp::Ordering;

use crate::cursor::Cursor;
use crate::natural::Natural;

/// What counts for the order, from the weightiest to the lightest.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key {
    items: Vec<Item>,
    stage: Stage,
    /// `None` sorts first.
    build: Option<Vec<Item>>,
}

/// Whether it was released; the order of the variants is theirs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Prerelease(Vec<Item>),
    Release,
}

/// What stands between two dots.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Item {
    /// The number it starts with.
    number: Option<Natural>,
    rest: Box<str>,
}

impl Ord for Item {
    fn cmp(&self, other: &Item) -> Ordering {
        let by_number = match (&self.number, &other.number) {
            (Some(a), Some(b)) => a.cmp(b),
            (a, b) => a.is_none().cmp(&b.is_none()),
        };
        by_number.then_with(|| self.rest.cmp(&other.rest))
    }
}

impl PartialOrd for Item {
    fn partial_cmp(&self, other: &Item) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

pub(crate) fn parse(text: &str) -> Result<Key, &'static str> {
    let (rest, build) = text.rsplit_once('+').map_or((text, None), |(rest, build)| (rest, Some(build)));
    let (items, prerelease) = rest.split_once('-').map_or((rest, None), |(items, pre)| (items, Some(pre)));
    Ok(Key {
        items: parse_items(items)?,
        stage: prerelease.map(parse_items).transpose()?.map_or(Stage::Release, Stage::Prerelease),
        build: build.map(parse_items).transpose()?,
    })
}

/// Reads the items between dots, without the zeros at the end.
fn parse_items(text: &str) -> Result<Vec<Item>, &'static str> {
    let mut items = Vec::with_capacity(3);
    for part in text.split('.') {
        if part.is_empty()
            || !part.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'+'))
        {
            return Err("it is not letters, digits and underscores between dots, `-` and `+`");
        }
        let mut cursor = Cursor::new(part);
        let number = Some(cursor.take_digits()).filter(|digits| !digits.is_empty()).map(Natural::new);
        items.push(Item { number, rest: cursor.rest().into() });
    }
    let is_zero = |item: &Item| item.rest.is_empty() && item.number.as_ref().is_some_and(Natural::is_zero);
    while items.last().is_some_and(is_zero) {
        items.pop();
    }
    Ok(items)
}

#[cfg(test)]
mod tests {
    use crate::Scheme::Conan;
    use crate::table::{assert_ascending, assert_equal, assert_refused};

    #[test]
    fn orders_as_conan_does() {
        assert_ascending(
            Conan,
            &[
                "0",
                "0.9",
                "1.0-alpha",
                "1.0-alpha.1",
                "1.0-beta",
                "1.0-rc.2",
                "1.0-rc.10",
                "1.0",
                "1.0+1",
                "1.0+2",
                "1.0.1",
                "1.1.1",
                "1.1.1a",
                "1.1.1k",
                "1.1.1l",
                "1.1.2",
                "1.9",
                "1.10",
                "8d",
                "9",
                "9e",
                "10",
                "cci.20220101",
                "cci.20230101",
            ],
        );
    }

    #[test]
    fn drops_zeros_at_the_end() {
        assert_equal(Conan, &[("1", "1.0.0"), ("1.0-rc.0", "1-rc"), ("1.02", "1.2")]);
    }

    #[test]
    fn refuses_ranges_and_holes() {
        assert_refused(Conan, &["[>=1.0 <2]", "1..2", "1.", "1.0-", "1.0+", "1.0/stable", "~1.0", "1 0"]);
    }
}
