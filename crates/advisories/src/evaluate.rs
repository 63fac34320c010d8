//! Whether a version is affected, by what an advisory says of its package.
//!
//! Source: the evaluation algorithm of the OSV schema. A version is affected when it is named one by one, or when along
//! the events of a range the last one at or below it begins the vulnerability and no limit is passed.

use std::cmp::Ordering;

use versions::{Scheme, Version};

use crate::steps::{Kind, Step};

/// What an advisory means for a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It is affected.
    Affected(Hit),
    /// It is not.
    NotAffected,
    /// It cannot be told, and why.
    Unknown(String),
}

/// What holds an affected version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Hit {
    /// The first fix behind the version; the highest, where several ranges hold it.
    pub(crate) fixed: Option<String>,
    /// The events, for people: `from 1.0, fixed in 1.2`.
    pub(crate) why: String,
}

/// A version that is judged.
#[derive(Clone, Copy)]
pub(crate) struct Installed<'a> {
    pub(crate) scheme: Scheme,
    pub(crate) text: &'a str,
    /// The text, where the scheme can read it.
    pub(crate) version: Option<&'a Version>,
    /// Whether its epoch is not known, so that those of advisories are not looked at either.
    pub(crate) without_epoch: bool,
}

impl Installed<'_> {
    /// An advisory's version, read so that it can be compared.
    fn read(&self, text: &str) -> Option<Version> {
        let text = match text.split_once(':') {
            Some((_epoch, text)) if self.without_epoch => text,
            _ => text,
        };
        Version::parse(self.scheme, text).ok()
    }
}

/// Judges a version by the steps of one entry.
pub(crate) fn evaluate(installed: &Installed<'_>, steps: &[Step<'_>]) -> Verdict {
    let Installed { scheme, text, version, .. } = *installed;
    let named = steps.iter().position(|step| step.kind == Kind::Named).unwrap_or(steps.len());
    let (ranges, named) = steps.split_at_checked(named).unwrap_or_default();
    let mut unknown = None;
    let mut found: Option<Hit> = None;
    for range in ranges.chunk_by(|_, next| !next.is_first) {
        let Some(version) = version else {
            unknown = Some(format!("`{text}` is not a version of {}", scheme.name()));
            continue;
        };
        match within(installed, version, range) {
            Ok(Some(hit)) if found.as_ref().is_none_or(|found| is_higher(scheme, &hit, found)) => {
                found = Some(hit);
            }
            Ok(_) => {}
            Err(why) => unknown = Some(why),
        }
    }
    let is_named = || named.iter().any(|step| is_same(installed, step));
    match (found, unknown) {
        (Some(hit), _) => Verdict::Affected(hit),
        (None, _) if is_named() => {
            let why = "named as affected".to_owned();
            Verdict::Affected(Hit { fixed: next_fix(installed, ranges), why })
        }
        (None, Some(why)) => Verdict::Unknown(why),
        (None, None) => Verdict::NotAffected,
    }
}

/// Whether a range surely holds the version.
pub(crate) fn is_in_a_range(scheme: Scheme, version: &Version, ranges: &[Step<'_>]) -> bool {
    let mut ranges = ranges.chunk_by(|_, next| !next.is_first);
    let installed = Installed { scheme, text: "", version: Some(version), without_epoch: false };
    ranges.any(|range| matches!(within(&installed, version, range), Ok(Some(_))))
}

fn is_higher(scheme: Scheme, hit: &Hit, than: &Hit) -> bool {
    match (&hit.fixed, &than.fixed) {
        (Some(hit), Some(than)) => versions::compare(scheme, hit, than) == Ok(Ordering::Greater),
        (fixed, _) => fixed.is_some(),
    }
}

fn is_same(installed: &Installed<'_>, named: &Step<'_>) -> bool {
    let equal = |version: &Version| {
        let named = installed.read(named.text);
        named.and_then(|named| version.compare(&named)) == Some(Ordering::Equal)
    };
    named.text == installed.text || (named.is_readable && installed.version.is_some_and(equal))
}

/// For a version named one by one: the smallest fix of any range that is above it.
fn next_fix(installed: &Installed<'_>, ranges: &[Step<'_>]) -> Option<String> {
    let version = installed.version?;
    let fixes = ranges.iter().filter(|step| step.kind == Kind::Fixed && step.is_readable);
    let parsed = fixes.filter_map(|step| Some((installed.read(step.text)?, step.text)));
    let above = parsed.filter(|(fixed, _)| fixed.compare(version) == Some(Ordering::Greater));
    let smallest = above.min_by(|(left, _), (right, _)| left.compare(right).unwrap_or(Ordering::Equal));
    smallest.map(|(_, fix)| fix.to_owned())
}

/// Whether a range, whose steps are in the order of versions, holds a version.
fn within(installed: &Installed<'_>, version: &Version, range: &[Step<'_>]) -> Result<Option<Hit>, String> {
    let wrong =
        |step: &Step<'_>| format!("an advisory names the version `{}`, which cannot be read", step.text);
    if let Some(step) = range.iter().find(|step| !step.is_readable) {
        return Err(wrong(step));
    }
    let mut since: Option<&Step<'_>> = None;
    let mut next: Option<&Step<'_>> = None;
    let (mut limits, mut within_limits) = (0_usize, false);
    for step in range {
        // Whether the version is at or behind the step, and whether it is the step's.
        let (is_behind, is_at) = if step.is_endless() {
            (step.kind == Kind::Introduced, false)
        } else {
            let at = installed.read(step.text).ok_or_else(|| wrong(step))?;
            let here = at.compare(version).ok_or_else(|| wrong(step))?;
            (here != Ordering::Greater, here == Ordering::Equal)
        };
        match step.kind {
            Kind::Limit => {
                limits += 1;
                within_limits |= !is_behind;
            }
            Kind::Introduced if is_behind => since = Some(step),
            Kind::Fixed if is_behind => since = None,
            Kind::LastAffected if is_behind && !is_at => since = None,
            Kind::Introduced | Kind::Named => {}
            Kind::Fixed | Kind::LastAffected => next = next.or(Some(step)),
        }
    }
    let is_within = limits == 0 || within_limits;
    Ok(since.filter(|_| is_within).map(|since| hit(since, next)))
}

fn hit(since: &Step<'_>, next: Option<&Step<'_>>) -> Hit {
    let fixed = next.filter(|next| next.kind == Kind::Fixed).map(|next| next.text.to_owned());
    let until = match (&fixed, next) {
        (Some(fixed), _) => format!("fixed in {fixed}"),
        (None, Some(last)) => format!("last affected {}", last.text),
        (None, None) => "no fix published".to_owned(),
    };
    Hit { fixed, why: format!("from {}, {until}", since.text) }
}

#[cfg(test)]
mod tests {
    use model::{Affected, Event, Range};

    use super::*;
    use crate::steps::compile;

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
        let steps = compile(Some(Scheme::Semver), &affected);
        let installed = Installed {
            scheme: Scheme::Semver,
            text: version,
            version: parsed.as_ref(),
            without_epoch: false,
        };
        match evaluate(&installed, &steps) {
            Verdict::Affected(hit) => format!("+{}", hit.fixed.unwrap_or_default()),
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
            ("i1.0.0 f1.0.0", "1.0.0", "-"),
            ("i1.0.0 f1.0.0", "2.0.0", "-"),
            ("i0 f1.0.0 i1.0.0 f2.0.0", "1.0.0", "+2.0.0"),
            ("l1.0.0 i1.0.0", "1.0.0", "+"),
            ("l1.0.0 i1.0.0", "1.0.1", "-"),
            ("i0 f0", "1.0.0", "-"),
            ("i0 l1.0.0 f1.2.0", "1.1.0", "-"),
            ("i0 f3.0.0 m2.0.0", "1.0.0", "+3.0.0"),
            ("i0 f3.0.0 m2.0.0", "2.5.0", "-"),
            ("i0 m2.0.0 m3.0.0", "2.5.0", "+"),
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
        assert_eq!(judge(&["i0 f1.5.0", "i0 f1.2.0"], &[], "1.0.0"), "+1.5.0");
        assert_eq!(judge(&[], &["odd"], "odd"), "+");
        assert_eq!(judge(&["i0 fnonsense"], &["1.0.0"], "1.0.0"), "+");
    }

    #[test]
    fn named_versions_that_a_range_holds_are_left_out() {
        let versions = ["1.0.0", "1.1.0", "3.0.0", "odd"].map(str::to_owned).to_vec();
        let affected = Affected { ranges: vec![events("i0 f2.0.0")], versions, ..Affected::default() };
        let steps = compile(Some(Scheme::Semver), &affected);
        let named = steps.iter().filter(|step| step.kind == Kind::Named).map(|step| step.text);
        assert_eq!(named.collect::<Vec<_>>(), ["3.0.0", "odd"]);
    }
}
