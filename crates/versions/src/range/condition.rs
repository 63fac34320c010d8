//! What a version must be to be in a range: comparisons, and what npm's shorthands stand for.

use crate::range::partial::{Partial, key, start};
use crate::schemes::semver::{Identifier, Key};

/// One comparison with a version.
#[derive(Clone, Debug)]
pub(crate) enum Condition {
    Below(Key),
    AtMost(Key),
    Equal(Key),
    AtLeast(Key),
    Above(Key),
    Never,
}

/// The sign in front of a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Relation {
    Below,
    AtMost,
    Equal,
    AtLeast,
    Above,
    Tilde,
    Caret,
}

/// The signs; a longer one stands before its own beginning.
const SIGNS: &[(&str, Relation)] = &[
    ("<=", Relation::AtMost),
    ("<", Relation::Below),
    (">=", Relation::AtLeast),
    (">", Relation::Above),
    ("==", Relation::Equal),
    ("=", Relation::Equal),
    ("~>", Relation::Tilde),
    ("~", Relation::Tilde),
    ("^", Relation::Caret),
];

impl Relation {
    /// Splits off the sign at the front.
    pub(crate) fn split(word: &str) -> (Option<Relation>, &str) {
        let read = |(sign, relation): &(&str, Relation)| Some((Some(*relation), word.strip_prefix(sign)?));
        SIGNS.iter().find_map(read).unwrap_or((None, word))
    }
}

impl Condition {
    pub(crate) fn holds(&self, version: &Key) -> bool {
        match self {
            Condition::Below(bound) => version < bound,
            Condition::AtMost(bound) => version <= bound,
            Condition::Equal(bound) => version == bound,
            Condition::AtLeast(bound) => version >= bound,
            Condition::Above(bound) => version > bound,
            Condition::Never => false,
        }
    }
}

/// The conditions a sign and a version stand for; none where every version will do.
pub(crate) fn expand(relation: Option<Relation>, version: &Partial) -> Vec<Condition> {
    let Some(major) = version.major else {
        let is_never = matches!(relation, Some(Relation::Below | Relation::Above));
        return if is_never { vec![Condition::Never] } else { Vec::new() };
    };
    let relation = relation.unwrap_or(Relation::Equal);
    match (relation, version.minor, version.patch) {
        (Relation::Tilde, minor, patch) => tilde(major, minor, patch, version.prerelease.clone()),
        (Relation::Caret, minor, patch) => caret(major, minor, patch, version.prerelease.clone()),
        (_, Some(minor), Some(patch)) => {
            vec![exact(relation, key([major, minor, patch], version.prerelease.clone()))]
        }
        (_, minor, _) => line(relation, major, minor),
    }
}

/// A comparison with a whole version.
fn exact(relation: Relation, bound: Key) -> Condition {
    match relation {
        Relation::Below => Condition::Below(bound),
        Relation::AtMost => Condition::AtMost(bound),
        Relation::AtLeast => Condition::AtLeast(bound),
        Relation::Above => Condition::Above(bound),
        Relation::Equal | Relation::Tilde | Relation::Caret => Condition::Equal(bound),
    }
}

/// A comparison with all versions that begin alike: `<1.x`, `>1.2`.
fn line(relation: Relation, major: u64, minor: Option<u64>) -> Vec<Condition> {
    let first = start([major, minor.unwrap_or(0), 0]);
    let next = start(minor.map_or([major + 1, 0, 0], |minor| [major, minor + 1, 0]));
    match relation {
        Relation::Below => vec![Condition::Below(first)],
        Relation::AtMost => vec![Condition::Below(next)],
        Relation::AtLeast => vec![Condition::AtLeast(first)],
        Relation::Above => vec![Condition::AtLeast(next)],
        Relation::Equal | Relation::Tilde | Relation::Caret => {
            vec![Condition::AtLeast(first), Condition::Below(next)]
        }
    }
}

/// `~1.2.3`: that version and later ones with the same minor number, or the same major one if there is no other.
fn tilde(
    major: u64,
    minor: Option<u64>,
    patch: Option<u64>,
    prerelease: Option<Vec<Identifier>>,
) -> Vec<Condition> {
    let next = minor.map_or([major + 1, 0, 0], |minor| [major, minor + 1, 0]);
    let low = lowest([major, minor.unwrap_or(0), patch.unwrap_or(0)], prerelease, patch.is_none());
    vec![Condition::AtLeast(low), Condition::Below(start(next))]
}

/// `^1.2.3`: that version and later ones whose first number that is not zero is the same.
fn caret(
    major: u64,
    minor: Option<u64>,
    patch: Option<u64>,
    prerelease: Option<Vec<Identifier>>,
) -> Vec<Condition> {
    let next = match (major, minor, patch) {
        (0, Some(0), Some(patch)) => [0, 0, patch + 1],
        (0, Some(minor), _) => [0, minor + 1, 0],
        (major, ..) => [major + 1, 0, 0],
    };
    let numbers = [major, minor.unwrap_or(0), patch.unwrap_or(0)];
    let low = lowest(numbers, prerelease, major == 0 || patch.is_none());
    vec![Condition::AtLeast(low), Condition::Below(start(next))]
}

/// The lowest version of a range; npm lets its pre-releases in where a whole line was asked for.
fn lowest(numbers: [u64; 3], prerelease: Option<Vec<Identifier>>, is_line: bool) -> Key {
    if prerelease.is_none() && is_line { start(numbers) } else { key(numbers, prerelease) }
}

/// `1.2 - 2.3`: from the first that begins like the one to the last that begins like the other.
pub(crate) fn between(low: &Partial, high: &Partial) -> Vec<Condition> {
    let mut conditions = Vec::with_capacity(2);
    if let Some(major) = low.major {
        let numbers = [major, low.minor.unwrap_or(0), low.patch.unwrap_or(0)];
        let bound = low.prerelease.clone().map_or_else(|| start(numbers), |pre| key(numbers, Some(pre)));
        conditions.push(Condition::AtLeast(bound));
    }
    conditions.extend(match (high.major, high.minor, high.patch, &high.prerelease) {
        (None, ..) => None,
        (Some(major), None, ..) => Some(Condition::Below(start([major + 1, 0, 0]))),
        (Some(major), Some(minor), None, _) => Some(Condition::Below(start([major, minor + 1, 0]))),
        (Some(major), Some(minor), Some(patch), None) => {
            Some(Condition::Below(start([major, minor, patch + 1])))
        }
        (Some(major), Some(minor), Some(patch), Some(prerelease)) => {
            Some(Condition::AtMost(key([major, minor, patch], Some(prerelease.clone()))))
        }
    });
    conditions
}
