//! Versions of conda packages: conda's `VersionOrder`.
//!
//! The grammar is `[epoch!]version[+local]` in any letter case, version and local being components between dots,
//! underscores or hyphens, and a component runs of digits and of other characters. Components compare run by run:
//! `*` before `dev` before `_` before other words before numbers before `post`, and what is missing is zero, so that
//! `1.1` is `1.1.0`. A word that opens a component stands behind a zero. A `_` at the end of a version belongs to its
//! last component, which is how OpenSSL's letters are made to follow the release: `1.0.1_ < 1.0.1a`.

use std::cmp::Ordering;

use crate::cursor::Cursor;
use crate::natural::Natural;
use crate::padded::compare_padded;

/// What counts for the order, from the weightiest to the lightest.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    epoch: Natural,
    version: Vec<Component>,
    local: Vec<Component>,
}

/// The runs between two separators.
#[derive(Clone, Debug, Default)]
struct Component(Vec<Run>);

/// The order of the variants is theirs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Run {
    Stars(usize),
    Development,
    Word(Box<str>),
    Number(Natural),
    Post,
}

const ZERO: Run = Run::Number(Natural::ZERO);

impl Key {
    pub(crate) fn compare(&self, other: &Key) -> Ordering {
        let none = Component::default();
        self.epoch
            .cmp(&other.epoch)
            .then_with(|| compare_padded(&self.version, &other.version, &none))
            .then_with(|| compare_padded(&self.local, &other.local, &none))
    }
}

impl Ord for Component {
    fn cmp(&self, other: &Component) -> Ordering {
        compare_padded(&self.0, &other.0, &ZERO)
    }
}

impl PartialOrd for Component {
    fn partial_cmp(&self, other: &Component) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Component {
    fn eq(&self, other: &Component) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Component {}

pub(crate) fn parse(text: &str) -> Result<Key, &'static str> {
    let mut text = text.to_ascii_lowercase();
    if !text.contains('_') {
        // conda reads hyphens only where there are no underscores.
        text = text.replace('-', "_");
    }
    let is_allowed =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"*.+!_".contains(&byte);
    if !text.bytes().all(is_allowed) {
        return Err("it is not letters, digits and underscores between dots, `!` and `+`");
    }
    let (epoch, rest) = match text.split_once('!') {
        Some((epoch, rest)) if !epoch.is_empty() && epoch.bytes().all(|byte| byte.is_ascii_digit()) => {
            (Natural::new(epoch), rest)
        }
        Some(_) => return Err("the epoch is not a number"),
        None => (Natural::ZERO, text.as_str()),
    };
    let (version, local) = rest.split_once('+').map_or((rest, None), |(v, l)| (v, Some(l)));
    Ok(Key {
        epoch,
        version: parse_version(version)?,
        local: local.map(parse_components).transpose()?.unwrap_or_default(),
    })
}

/// Reads the version; a `_` at its end is a part of the last component.
fn parse_version(text: &str) -> Result<Vec<Component>, &'static str> {
    let Some(front) = text.strip_suffix('_') else { return parse_components(text) };
    let (others, last) = front.rsplit_once(['.', '_']).map_or((None, front), |(o, l)| (Some(o), l));
    if last.is_empty() {
        return Err("a component is empty");
    }
    let mut components = others.map(parse_components).transpose()?.unwrap_or_default();
    components.push(parse_component(&format!("{last}_"))?);
    Ok(components)
}

fn parse_components(text: &str) -> Result<Vec<Component>, &'static str> {
    text.split(['.', '_']).map(parse_component).collect()
}

/// Reads the runs of a component, which is made to begin with a number: so the numbers of two versions stay in step.
fn parse_component(text: &str) -> Result<Component, &'static str> {
    if text.is_empty() {
        return Err("a component is empty");
    }
    if text.contains(['!', '+']) {
        return Err("there is more than one `!` or `+` in it");
    }
    let mut runs = if text.starts_with(|c: char| c.is_ascii_digit()) { Vec::new() } else { vec![ZERO] };
    let mut cursor = Cursor::new(text);
    while !cursor.is_done() {
        let digits = cursor.take_digits();
        if !digits.is_empty() {
            runs.push(Run::Number(Natural::new(digits)));
            continue;
        }
        let stars = cursor.take_while(|c| c == '*').len();
        if stars > 0 {
            runs.push(Run::Stars(stars));
            continue;
        }
        runs.push(match cursor.take_while(|c| !c.is_ascii_digit() && c != '*') {
            "dev" => Run::Development,
            "post" => Run::Post,
            word => Run::Word(word.into()),
        });
    }
    Ok(Component(runs))
}

#[cfg(test)]
mod tests {
    use crate::Scheme::Conda;
    use crate::table::{assert_ascending, assert_equal, assert_refused};

    #[test]
    fn orders_as_conda_does() {
        assert_ascending(
            Conda,
            &[
                "0.4",
                "0.4.1.rc",
                "0.4.1",
                "0.5a1",
                "0.5b3",
                "0.5",
                "0.9.6",
                "0.960923",
                "1.0",
                "1.0.1dev",
                "1.0.1_",
                "1.0.1a",
                "1.0.1b",
                "1.0.1",
                "1.0.1post.a",
                "1.0.1post.z",
                "1.0.1post.za",
                "1.0.1post",
                "1.1dev1",
                "1.1_",
                "1.1a1",
                "1.1.0dev1",
                "1.1.a1",
                "1.1.0rc1",
                "1.1.0",
                "1.1.0+1",
                "1.1.0post1",
                "1996.07.12",
                "1!0.4.1",
                "1!3.1.1.6",
                "2!0.4.1",
            ],
        );
    }

    #[test]
    fn reads_missing_numbers_as_zero_and_separators_alike() {
        assert_equal(
            Conda,
            &[
                ("0.4", "0.4.0"),
                ("0.4.1.rc", "0.4.1.RC"),
                ("1.1.0", "1.1"),
                ("1.1.0post1", "1.1.post1"),
                ("1.2-3", "1.2_3"),
                ("0!1.0", "1"),
            ],
        );
    }

    #[test]
    fn refuses_what_conda_refuses() {
        assert_refused(
            Conda,
            &[
                "5.5++", "5.5..mw", "5.5.mw.", "!", "a!1.0", "1!2!3", "1+2+3", "3.5&1", "1-2_3", "1.", "_",
                "1__", "1 0",
            ],
        );
    }
}
