//! Versions of Python packages: PEP 440.
//!
//! The grammar is `[v][N!]N(.N)*[{a|b|rc}N][.postN][.devN][+local]` with every spelling the PEP normalises, in any
//! letter case. Both grammar and order are those of Python's `packaging`.
//!
//! A version from before the PEP (`2004d`, `1.0-SNAPSHOT`) has no place in the order and is refused, as `packaging`
//! has done since 22.0.

use crate::cursor::Cursor;
use crate::natural::{Natural, without_trailing_zeros};

/// What counts for the order, from the weightiest to the lightest.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key {
    epoch: Natural,
    /// Without the zeros at the end.
    release: Vec<Natural>,
    stage: Stage,
    /// `None` sorts first.
    post: Option<Natural>,
    dev: Dev,
    /// `None` sorts first.
    local: Option<Vec<Local>>,
}

/// How far along the release was; the order of the variants is theirs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    /// A development build of the release itself sorts before its pre-releases.
    Development,
    Alpha(Natural),
    Beta(Natural),
    Candidate(Natural),
    Release,
}

/// A development build sorts before what it leads to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Dev {
    Build(Natural),
    Done,
}

/// A part of a local version; words sort before numbers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Local {
    Word(Box<str>),
    Number(Natural),
}

/// Makes a stage of the number that follows its name.
type MakeStage = fn(Natural) -> Stage;

/// The names of pre-releases; a longer name stands before its own beginning.
const STAGES: &[(&str, MakeStage)] = &[
    ("alpha", Stage::Alpha),
    ("a", Stage::Alpha),
    ("beta", Stage::Beta),
    ("b", Stage::Beta),
    ("preview", Stage::Candidate),
    ("pre", Stage::Candidate),
    ("rc", Stage::Candidate),
    ("c", Stage::Candidate),
];
/// The names of post-releases; a longer name stands before its own beginning.
const POSTS: &[&str] = &["post", "rev", "r"];

pub(crate) fn parse(text: &str) -> Result<Key, &'static str> {
    let lower = text.to_ascii_lowercase();
    let mut cursor = Cursor::new(&lower);
    cursor.eat("v");
    let (epoch, release) = take_release(&mut cursor)?;
    let stage = take_stage(&mut cursor);
    let post = take_post(&mut cursor);
    let dev = take_named(&mut cursor, &["dev"]).map_or(Dev::Done, Dev::Build);
    let local = if cursor.eat("+") { Some(parse_local(cursor.rest())?) } else { None };
    if local.is_none() && !cursor.is_done() {
        return Err("what follows the release is not a pre-release, post-release, development or local part");
    }
    let stage = match (stage, &post, &dev) {
        (None, None, Dev::Build(_)) => Stage::Development,
        (stage, ..) => stage.unwrap_or(Stage::Release),
    };
    Ok(Key { epoch, release: without_trailing_zeros(release), stage, post, dev, local })
}

/// Takes `[N!]N(.N)*`.
fn take_release(cursor: &mut Cursor<'_>) -> Result<(Natural, Vec<Natural>), &'static str> {
    let mut epoch = Natural::ZERO;
    let mut first = take_number(cursor).ok_or("it does not start with a number")?;
    if cursor.eat("!") {
        epoch = first;
        first = take_number(cursor).ok_or("no number follows the epoch")?;
    }
    let mut release = vec![first];
    release.extend(std::iter::from_fn(|| take_after(cursor, ".", take_number)));
    Ok((epoch, release))
}

fn take_stage(cursor: &mut Cursor<'_>) -> Option<Stage> {
    STAGES.iter().find_map(|(name, make)| take_named(cursor, &[name]).map(make))
}

/// Takes a post-release, also in its short spelling `-N`.
fn take_post(cursor: &mut Cursor<'_>) -> Option<Natural> {
    take_after(cursor, "-", take_number).or_else(|| take_named(cursor, POSTS))
}

/// Takes one of the names with its number, each after a separator or none; no number is zero.
fn take_named(cursor: &mut Cursor<'_>, names: &[&str]) -> Option<Natural> {
    let mut ahead = cursor.clone();
    ahead.take_if(is_separator);
    if !names.iter().any(|name| ahead.eat(name)) {
        return None;
    }
    ahead.take_if(is_separator);
    *cursor = ahead;
    Some(take_number(cursor).unwrap_or(Natural::ZERO))
}

/// Takes what follows the mark, or neither.
fn take_after<'t, T>(
    cursor: &mut Cursor<'t>,
    mark: &str,
    take: impl Fn(&mut Cursor<'t>) -> Option<T>,
) -> Option<T> {
    let mut ahead = cursor.clone();
    let taken = if ahead.eat(mark) { take(&mut ahead) } else { None }?;
    *cursor = ahead;
    Some(taken)
}

fn take_number(cursor: &mut Cursor<'_>) -> Option<Natural> {
    Some(cursor.take_digits()).filter(|digits| !digits.is_empty()).map(Natural::new)
}

fn is_separator(c: char) -> bool {
    matches!(c, '.' | '-' | '_')
}

fn parse_local(text: &str) -> Result<Vec<Local>, &'static str> {
    let parse_one = |part: &str| {
        if part.is_empty() || !part.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            Err("the local part after `+` is not letters and digits between separators")
        } else if part.bytes().all(|byte| byte.is_ascii_digit()) {
            Ok(Local::Number(Natural::new(part)))
        } else {
            Ok(Local::Word(part.into()))
        }
    };
    text.split(is_separator).map(parse_one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_as_the_pep_does() {
        let ascending = [
            "1.dev0",
            "1.0.dev456",
            "1.0a1.dev1",
            "1.0a1",
            "1.0a2.dev456",
            "1.0a12.dev456",
            "1.0a12",
            "1.0b1.dev456",
            "1.0b2",
            "1.0b2.post345.dev456",
            "1.0b2.post345",
            "1.0rc1.dev456",
            "1.0rc1",
            "1.0",
            "1.0+abc.5",
            "1.0+abc.7",
            "1.0+5",
            "1.0+5.1",
            "1.0.post456.dev34",
            "1.0.post456",
            "1.0.15",
            "1.1.dev1",
            "1.99999999999999999999",
            "1!0.1",
        ];
        for (i, a) in ascending.iter().enumerate() {
            for (j, b) in ascending.iter().enumerate() {
                assert_eq!(parse(a).unwrap().cmp(&parse(b).unwrap()), i.cmp(&j), "{a} {b}");
            }
        }
    }

    #[test]
    fn normalises_every_spelling() {
        for (spelled, normal) in [
            ("v1.0", "1"),
            ("V1.0.0", "1.0"),
            ("1.1RC1", "1.1rc1"),
            ("1.1-alpha_1", "1.1a1"),
            ("1.1.beta", "1.1b0"),
            ("1.1c1", "1.1rc1"),
            ("1.1pre1", "1.1rc1"),
            ("1.1_preview-1", "1.1rc1"),
            ("1.2-1", "1.2.post1"),
            ("1.2rev1", "1.2.post1"),
            ("1.2-r", "1.2.post0"),
            ("1.2a.-1", "1.2a0.post1"),
            ("1.2a.", "1.2a0"),
            ("1.2dev", "1.2.dev0"),
            ("1.0+Ubuntu-1_02", "1.0+ubuntu.1.2"),
            ("0!01.02", "1.2"),
        ] {
            assert_eq!(parse(spelled).unwrap(), parse(normal).unwrap(), "{spelled}");
        }
    }

    #[test]
    fn refuses_what_packaging_refuses() {
        for text in [
            "2004d",
            "1.0-SNAPSHOT",
            "french toast",
            "1.0+",
            "1.0+a+",
            "1.0+_a",
            "1.0++",
            "1.0+a..b",
            "1.",
            "1..0",
            ".1",
            "!1",
            "1!",
            "v",
            "1.0 a1",
            "1.0.post1a1",
            "1.0--1",
            "1.0.dev1.post1",
            "1.0x",
            "1.x",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
