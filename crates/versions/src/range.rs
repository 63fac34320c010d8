//! Ranges of versions, as npm writes them.
//!
//! A range is alternatives between `||`, each a list of conditions that must all hold: `>=1.2.3`, `<2`, `=1.0.0`,
//! `1.x`, `~1.2`, `^1.2.3`, or two versions as `1.2 - 2.3`. Conditions stand between spaces or, as advisories write
//! them, commas. Nothing at all, and `*`, hold for every version.
//!
//! Pre-releases are in a range where the order puts them, as with npm's `includePrerelease`; without it npm leaves them
//! out of nearly all ranges, which would make a vulnerable pre-release look safe. Words (`latest`), URLs and more than
//! three numbers are refused.

mod condition;
mod partial;

use condition::{Condition, Relation};
use partial::Partial;

use crate::schemes::Key;
use crate::{Scheme, Unparsable, Version};

/// The longest text that is read.
const LONGEST: usize = 4096;

/// A range of Semantic Versions.
#[derive(Clone, Debug)]
pub struct Range {
    /// One of these must hold, with all that is in it.
    alternatives: Vec<Vec<Condition>>,
}

impl Range {
    /// Reads a range as npm writes it.
    ///
    /// An error means that nothing is known of what is in the range.
    pub fn parse(text: &str) -> Result<Range, Unparsable> {
        let fail = |why| Unparsable::new(Scheme::Semver, text, why);
        if text.len() > LONGEST {
            return Err(fail("the range is longer than 4096 bytes"));
        }
        if !text.is_ascii() {
            return Err(fail("the range is not ASCII"));
        }
        let alternatives = text.split("||").map(parse_alternative).collect::<Result<_, _>>().map_err(fail)?;
        Ok(Range { alternatives })
    }

    /// Whether the version is in the range; `None` when it was not read as [`Scheme::Semver`].
    pub fn contains(&self, version: &Version) -> Option<bool> {
        let Key::Semver(key) = &version.key else { return None };
        Some(self.alternatives.iter().any(|all| all.iter().all(|condition| condition.holds(key))))
    }
}

/// Reads conditions that must all hold.
fn parse_alternative(text: &str) -> Result<Vec<Condition>, &'static str> {
    let words: Vec<&str> = text.split([' ', '\t', '\n', ',']).filter(|word| !word.is_empty()).collect();
    if let [low, "-", high] = words.as_slice() {
        return Ok(condition::between(&Partial::parse(low)?, &Partial::parse(high)?));
    }
    let mut conditions = Vec::new();
    let mut relation = None;
    for word in words {
        let (read, version) = Relation::split(word);
        if relation.is_some() && read.is_some() {
            return Err("two operators follow each other");
        }
        relation = relation.or(read);
        if version.is_empty() {
            continue;
        }
        conditions.extend(condition::expand(relation.take(), &Partial::parse(version)?));
    }
    if relation.is_some() { Err("no version follows the operator") } else { Ok(conditions) }
}

#[cfg(test)]
mod tests;
