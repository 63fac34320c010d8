//! Versions of Maven artifacts.
//!
//! The order is the "Version Order Specification" of the POM reference, as Maven's `ComparableVersion` computes it
//! since MNG-7644 (3.9): `1.0.RC2 < 1.0-RC3`, `1.0.0.X1 < 1.0.0-X2`, `0.x = 0-x`. In short:
//!
//! - Dots, hyphens and every change between digits and letters separate. A hyphen and such a change open a nested
//!   list; a word that is followed by a number or ends the text opens one too.
//! - A word is one item with the number that follows it: `rc1`, `rc-1`. Words ignore letter case; `a1`, `b1`, `m1` are
//!   alpha, beta and milestone, `cr` is rc; `ga`, `final` and `release` are as nothing.
//! - `alpha < beta < milestone < rc < snapshot < (nothing) < sp <` other words `<` nested lists `<` numbers.
//! - Zeros at the end, before a word and before a nested list are dropped: `2.17 = 2.17.0`, `1.0-rc1 = 1-rc1`,
//!   `1.0-1 = 1-1`.
//!
//! Maven's code differs between its releases in corners, and in some is no order at all. Here:
//!
//! - A word and its number are one item, so that `1.0-sp1-x` follows `1.0.final-x` (MNG-7714), though the older
//!   specification has `1-sp-1 < 1-ga-1`.
//! - A nested list that meets a word is compared by its head, and `ga1` is more than nothing, as the newest Maven has
//!   it; before, `1-alpha > 1.x.1 > 1.alpha.1 > 1-alpha`.
//! - Zeros before a nested number are dropped as the specification says; the newest Maven keeps them.
//!
//! Maven orders any text at all. Refused here is what was never a version: spaces, and properties nobody resolved
//! (`${revision}`).

use std::cmp::Ordering;

use crate::cursor::Cursor;
use crate::natural::Natural;

/// The items of a version, its zeros dropped.
///
/// A list can only be the last item of the list it is in, so all of them lie in one row and an item knows whether it
/// opens a new one.
#[derive(Clone, Debug)]
pub(crate) struct Key(Vec<Item>);

#[derive(Clone, Debug)]
struct Item {
    opens_list: bool,
    part: Part,
}

/// The order of the variants is theirs: every number is above every word.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Word(Word),
    Number(Natural),
}

/// A qualifier with the number that follows it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Word {
    /// The place among the known qualifiers.
    rank: usize,
    /// The qualifier itself where it is not a known one, else empty.
    unknown: Box<str>,
    /// `None` sorts first; a word as good as nothing always has a number, zero where none was written.
    number: Option<Natural>,
}

/// The known qualifiers in ascending order; each row holds the spellings of one.
const QUALIFIERS: &[&[&str]] = &[
    &["alpha"],
    &["beta"],
    &["milestone"],
    &["rc", "cr"],
    &["snapshot"],
    &["ga", "final", "release"],
    &["sp"],
];
/// The place of the words that are as nothing.
const RELEASE: usize = 5;

impl Key {
    pub(crate) fn compare(&self, other: &Key) -> Ordering {
        compare_items(&self.0, &other.0)
    }
}

pub(crate) fn parse(text: &str) -> Result<Key, &'static str> {
    if text.contains(' ') {
        return Err("there is a space in it");
    }
    if text.contains("${") {
        return Err("a property in it was not resolved");
    }
    let lower = text.to_ascii_lowercase();
    let mut cursor = Cursor::new(&lower);
    let mut row = Row::default();
    while !cursor.is_done() {
        take_item(&mut cursor, &mut row);
        if cursor.eat("-") || (!cursor.is_done() && !cursor.eat(".")) {
            row.open_list();
        }
    }
    Ok(Key(drop_zeros(row.items)))
}

/// The items read so far.
#[derive(Default)]
struct Row {
    items: Vec<Item>,
    opens_list: bool,
}

impl Row {
    fn push(&mut self, part: Part) {
        self.items.push(Item { opens_list: self.opens_list, part });
        self.opens_list = false;
    }

    /// Lets the next item open a list, unless the list it would be in is empty.
    fn open_list(&mut self) {
        self.opens_list = !self.items.is_empty();
    }
}

/// Takes what stands before the next separator; nothing is zero.
fn take_item(cursor: &mut Cursor<'_>, row: &mut Row) {
    let name = cursor.take_while(|c| !matches!(c, '.' | '-') && !c.is_ascii_digit());
    if name.is_empty() {
        return row.push(Part::Number(Natural::new(cursor.take_digits())));
    }
    let number = take_number_of_word(cursor);
    if number.is_some() || cursor.is_done() {
        row.open_list();
    }
    row.push(Part::Word(Word::new(name, number)));
}

/// Takes the number that belongs to the word before it: `rc1` and `rc-1`, but not `rc.1`.
fn take_number_of_word(cursor: &mut Cursor<'_>) -> Option<Natural> {
    let mut ahead = cursor.clone();
    ahead.eat("-");
    let digits = ahead.take_digits();
    if digits.is_empty() {
        return None;
    }
    *cursor = ahead;
    Some(Natural::new(digits))
}

impl Word {
    fn new(name: &str, number: Option<Natural>) -> Word {
        let name = match (name, &number) {
            ("a", Some(_)) => "alpha",
            ("b", Some(_)) => "beta",
            ("m", Some(_)) => "milestone",
            _ => name,
        };
        match QUALIFIERS.iter().position(|spellings| spellings.contains(&name)) {
            Some(RELEASE) => {
                Word { rank: RELEASE, unknown: Box::default(), number: number.or(Some(Natural::ZERO)) }
            }
            Some(rank) => Word { rank, unknown: Box::default(), number },
            None => Word { rank: QUALIFIERS.len(), unknown: name.into(), number },
        }
    }
}

/// Drops the zeros that add nothing: those that nothing or a word follows, and those at the end of a list.
///
/// A list that is emptied so makes way for the one in it.
fn drop_zeros(items: Vec<Item>) -> Vec<Item> {
    let mut kept: Vec<Item> = Vec::with_capacity(items.len());
    for (i, item) in items.into_iter().enumerate().rev() {
        let heads_list = i == 0 || item.opens_list;
        let next = kept.last_mut();
        let adds_nothing = match &next {
            None => true,
            Some(Item { part: Part::Word(_), .. }) => true,
            // The zero in front of `0-1` stays, to tell it from `1`.
            Some(next) => next.opens_list && !heads_list,
        };
        if item.part != Part::Number(Natural::ZERO) || !adds_nothing {
            kept.push(item);
        } else if let Some(next) = next {
            next.opens_list = if heads_list { item.opens_list } else { next.opens_list };
        }
    }
    kept.reverse();
    kept
}

fn compare_items(mut a: &[Item], mut b: &[Item]) -> Ordering {
    loop {
        let ((first_a, rest_a), (first_b, rest_b)) = match (a.split_first(), b.split_first()) {
            (Some(a), Some(b)) => (a, b),
            (None, _) => return compare_with_nothing(b).reverse(),
            (_, None) => return compare_with_nothing(a),
        };
        match (first_a.opens_list, first_b.opens_list) {
            (true, false) => return compare_list_with_items(a, first_b, rest_b),
            (false, true) => return compare_list_with_items(b, first_a, rest_a).reverse(),
            _ => {}
        }
        let order = first_a.part.cmp(&first_b.part);
        if order.is_ne() {
            return order;
        }
        (a, b) = (rest_a, rest_b);
    }
}

/// Compares a list, which is the last item on its side, with what stands in its place on the other.
///
/// It is below every number. Among words it stands for its head, then for what follows that.
fn compare_list_with_items(list: &[Item], first: &Item, rest: &[Item]) -> Ordering {
    let (Some((head, tail)), Part::Word(_)) = (list.split_first(), &first.part) else {
        return Ordering::Less;
    };
    let order = head.part.cmp(&first.part).then_with(|| compare_with_nothing(tail));
    order.then_with(|| compare_with_nothing(rest).reverse())
}

/// The first item that is more or less than nothing decides.
fn compare_with_nothing(items: &[Item]) -> Ordering {
    let compare_one = |item: &Item| match &item.part {
        Part::Number(number) => number.cmp(&Natural::ZERO),
        Part::Word(word) => word.rank.cmp(&RELEASE).then_with(|| word.number.cmp(&Some(Natural::ZERO))),
    };
    items.iter().map(compare_one).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
}

#[cfg(test)]
mod tests;
