//! Whether a version is affected, by what an advisory says of its package.
//!
//! Source: the evaluation algorithm of the OSV schema. A version is affected when it is named one by one, or when along
//! the events of a range the last one at or below it begins the vulnerability.

use std::cmp::Ordering;

use model::{Affected, Event, Range};
use versions::{Scheme, Version};

/// What an advisory means for a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It is affected; `fixed` mends it, where a fix is published.
    Affected {
        /// The first fix behind the version.
        fixed: Option<String>,
        /// The events that hold it, for people.
        why: String,
    },
    /// It is not.
    NotAffected,
    /// It cannot be told.
    Unknown(String),
}

/// Judges a version.
pub(crate) fn evaluate(
    scheme: Scheme,
    text: &str,
    version: Option<&Version>,
    affected: &Affected,
) -> Verdict {
    let mut unknown = None;
    let mut found = None;
    for range in &affected.ranges {
        match version.map(|version| within(scheme, version, range)) {
            Some(Ok(Some(hit))) => {
                found = Some(hit);
                break;
            }
            Some(Ok(None)) => {}
            Some(Err(why)) => unknown = Some(why),
            None => unknown = Some(format!("`{text}` is not a version of {}", scheme.name())),
        }
    }
    let named = || affected.versions.iter().any(|named| is_same(scheme, text, version, named));
    match (found, unknown) {
        (Some((fixed, why)), _) => Verdict::Affected { fixed, why },
        (None, _) if named() => {
            Verdict::Affected { fixed: next_fix(scheme, version, affected), why: "named".to_owned() }
        }
        (None, Some(why)) => Verdict::Unknown(why),
        (None, None) => Verdict::NotAffected,
    }
}

fn is_same(scheme: Scheme, text: &str, version: Option<&Version>, named: &str) -> bool {
    let equal = |version: &Version| {
        let named = Version::parse(scheme, named).ok();
        named.and_then(|named| version.compare(&named)) == Some(Ordering::Equal)
    };
    named == text || version.is_some_and(equal)
}

/// For a version named one by one: the smallest fix of any range that is above it.
fn next_fix(scheme: Scheme, version: Option<&Version>, affected: &Affected) -> Option<String> {
    let version = version?;
    let fixes = affected.ranges.iter().flat_map(|range| &range.events).filter_map(|event| match event {
        Event::Fixed(fixed) => Some((Version::parse(scheme, fixed).ok()?, fixed)),
        _ => None,
    });
    let above = fixes.filter(|(fixed, _)| fixed.compare(version) == Some(Ordering::Greater));
    above
        .min_by(|(left, _), (right, _)| left.compare(right).unwrap_or(Ordering::Equal))
        .map(|(_, fix)| fix.clone())
}

/// One event in the order of versions.
struct Step<'a> {
    event: &'a Event,
    /// Nothing is before every version.
    version: Option<Version>,
}

type Hit = (Option<String>, String);

fn within(scheme: Scheme, version: &Version, range: &Range) -> Result<Option<Hit>, String> {
    let mut steps = Vec::with_capacity(range.events.len());
    for event in &range.events {
        let text = text(event);
        let is_start = matches!(event, Event::Introduced(_)) && text == "0";
        let is_end = matches!(event, Event::Limit(_)) && text == "*";
        if is_end {
            continue;
        }
        let version = if is_start {
            None
        } else {
            Some(
                Version::parse(scheme, text)
                    .map_err(|error| format!("an advisory names a version wrongly: {error}"))?,
            )
        };
        steps.push(Step { event, version });
    }
    steps.sort_by(|left, right| order(left, right));
    let mut since: Option<&Step<'_>> = None;
    for step in &steps {
        let here = step.version.as_ref().map_or(Some(Ordering::Less), |at| at.compare(version));
        let passed = match step.event {
            Event::LastAffected(_) => here == Some(Ordering::Less),
            _ => here != Some(Ordering::Greater),
        };
        if !passed {
            return Ok(since.map(|since| hit(since, &steps, version)));
        }
        since = matches!(step.event, Event::Introduced(_)).then_some(step);
    }
    Ok(since.map(|since| hit(since, &steps, version)))
}

/// By version; where versions are equal an end comes before a beginning, but what is last affected ends behind it.
fn order(left: &Step<'_>, right: &Step<'_>) -> Ordering {
    let rank = |step: &Step<'_>| match step.event {
        Event::Fixed(_) | Event::Limit(_) => 0,
        Event::Introduced(_) => 1,
        Event::LastAffected(_) => 2,
    };
    let by_version = match (&left.version, &right.version) {
        (None, None) => Ordering::Equal,
        (None, Some(_)) => Ordering::Less,
        (Some(_), None) => Ordering::Greater,
        (Some(left), Some(right)) => left.compare(right).unwrap_or(Ordering::Equal),
    };
    by_version.then(rank(left).cmp(&rank(right)))
}

fn hit(since: &Step<'_>, steps: &[Step<'_>], version: &Version) -> Hit {
    let behind = |step: &&Step<'_>| {
        step.version.as_ref().is_some_and(|at| at.compare(version) == Some(Ordering::Greater))
    };
    let fixed = steps.iter().filter(behind).find_map(|step| match step.event {
        Event::Fixed(fixed) => Some(fixed.clone()),
        _ => None,
    });
    let last = steps.iter().rev().find_map(|step| match step.event {
        Event::LastAffected(last) => Some(last),
        _ => None,
    });
    let until = match (&fixed, last) {
        (Some(fixed), _) => format!("fixed in {fixed}"),
        (None, Some(last)) => format!("last affected {last}"),
        (None, None) => "no fix published".to_owned(),
    };
    (fixed, format!("affected from {}, {until}", text(since.event)))
}

fn text(event: &Event) -> &str {
    match event {
        Event::Introduced(text) | Event::Fixed(text) | Event::LastAffected(text) | Event::Limit(text) => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn events(text: &str) -> Range {
        let event = |word: &str| {
            let (kind, version) = word.split_at(1);
            let version = version.to_owned();
            match kind {
                "i" => Event::Introduced(version),
                "f" => Event::Fixed(version),
                "l" => Event::LastAffected(version),
                _ => Event::Limit(version),
            }
        };
        Range { events: text.split_whitespace().map(event).collect() }
    }

    /// `+fix` affected, `-` not, `?` unknown.
    fn judge(ranges: &[&str], named: &[&str], version: &str) -> String {
        let affected = Affected {
            ranges: ranges.iter().map(|range| events(range)).collect(),
            versions: named.iter().map(|version| (*version).to_owned()).collect(),
            ..Affected::default()
        };
        let parsed = Version::parse(Scheme::Semver, version).ok();
        match evaluate(Scheme::Semver, version, parsed.as_ref(), &affected) {
            Verdict::Affected { fixed, .. } => format!("+{}", fixed.unwrap_or_default()),
            Verdict::NotAffected => "-".to_owned(),
            Verdict::Unknown(_) => "?".to_owned(),
        }
    }

    #[test]
    fn follows_the_events() {
        for (range, version, expected) in [
            ("i0 f1.2.0", "1.1.9", "+1.2.0"),
            ("i0 f1.2.0", "1.2.0", "-"),
            ("i0", "99.0.0", "+"),
            ("i1.0.0 f1.2.0 i2.0.0 f2.3.0", "1.5.0", "-"),
            ("i1.0.0 f1.2.0 i2.0.0 f2.3.0", "2.1.0", "+2.3.0"),
            ("f2.3.0 i2.0.0 f1.2.0 i1.0.0", "1.1.0", "+1.2.0"),
            ("i1.0.0 l1.4.0", "1.4.0", "+"),
            ("i1.0.0 l1.4.0", "1.4.1", "-"),
            ("i1.0.0 l1.0.0", "1.0.0", "+"),
            ("i1.0.0 f1.0.0", "1.0.0", "+"),
            ("i0 m2.0.0", "1.0.0", "+"),
            ("i0 m2.0.0", "2.0.0", "-"),
            ("i0 m*", "7.0.0", "+"),
            ("i0 f1.2.0", "1.2.0-rc.1", "+1.2.0"),
            ("i0 fnonsense", "1.0.0", "?"),
            ("i0 f1.2.0", "nonsense", "?"),
            ("", "1.0.0", "-"),
        ] {
            assert_eq!(judge(&[range], &[], version), expected, "{range} {version}");
        }
    }

    #[test]
    fn named_versions_and_several_ranges_add_up() {
        assert_eq!(judge(&[], &["1.0.0", "1.1.0"], "1.1.0"), "+");
        assert_eq!(judge(&[], &["1.0.0"], "1.2.0"), "-");
        assert_eq!(judge(&["i1.0.0 f1.1.0", "i2.0.0 f2.1.0"], &[], "2.0.5"), "+2.1.0");
        assert_eq!(judge(&["i2.0.0 f2.1.0"], &["1.0.0"], "1.0.0"), "+2.1.0");
        assert_eq!(judge(&["i0 fnonsense", "i1.0.0 f2.0.0"], &[], "1.5.0"), "+2.0.0");
        assert_eq!(judge(&[], &["odd"], "odd"), "+");
    }
}
