//! What an advisory says of versions, brought into the form it is judged by.
//!
//! Done when the database is built: events are put in the order of versions, those whose version cannot be read are
//! marked, and versions named one by one that a range holds anyway are left out.

use std::cmp::Ordering;

use model::{Affected, Event, Range};
use versions::{Scheme, Version};

/// What happens at a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Affected from here on; `0` is before every version.
    Introduced,
    /// No longer affected from here on.
    Fixed,
    /// The last that is affected.
    LastAffected,
    /// Nothing is said from here on; `*` is behind every version.
    Limit,
    /// This version is affected.
    Named,
}

/// One event of a range, or a version named one by one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Step<'a> {
    pub(crate) kind: Kind,
    pub(crate) text: &'a str,
    /// Whether a range begins with it.
    pub(crate) is_first: bool,
    /// Whether its version has a place in the order of the ecosystem.
    pub(crate) is_readable: bool,
}

impl std::fmt::Display for Step<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let word = match self.kind {
            Kind::Introduced => "from",
            Kind::Fixed => "fixed in",
            Kind::LastAffected => "last affected",
            Kind::Limit => "up to",
            Kind::Named => "exactly",
        };
        write!(f, "{word} {}", self.text)
    }
}

impl Step<'_> {
    /// Whether it stands before or behind every version, and needs no reading.
    pub(crate) fn is_endless(&self) -> bool {
        matches!((self.kind, self.text), (Kind::Introduced, "0") | (Kind::Limit, "*"))
    }
}

/// The steps of an entry, range by range, then the versions named one by one.
///
/// Without a scheme nothing can be read or ordered, and every step is marked so.
pub(crate) fn compile(scheme: Option<Scheme>, affected: &Affected) -> Vec<Step<'_>> {
    let mut steps = Vec::new();
    for range in &affected.ranges {
        compile_range(scheme, range, &mut steps);
    }
    let ranges = steps.len();
    for text in &affected.versions {
        let version = scheme.and_then(|scheme| Version::parse(scheme, text).ok());
        let in_a_range = version.as_ref().zip(scheme).is_some_and(|(version, scheme)| {
            let ranges = steps.get(..ranges).unwrap_or_default();
            crate::evaluate::is_in_a_range(scheme, version, ranges)
        });
        if !in_a_range {
            let is_readable = version.is_some();
            steps.push(Step { kind: Kind::Named, text, is_first: false, is_readable });
        }
    }
    steps
}

fn compile_range<'a>(scheme: Option<Scheme>, range: &'a Range, steps: &mut Vec<Step<'a>>) {
    let mut parsed: Vec<(Step<'a>, Option<Version>)> = Vec::with_capacity(range.events.len());
    for event in &range.events {
        let (kind, text) = match event {
            Event::Introduced(text) => (Kind::Introduced, text),
            Event::Fixed(text) => (Kind::Fixed, text),
            Event::LastAffected(text) => (Kind::LastAffected, text),
            Event::Limit(text) => (Kind::Limit, text),
        };
        let version = scheme.and_then(|scheme| Version::parse(scheme, text).ok());
        let mut step = Step { kind, text, is_first: false, is_readable: version.is_some() };
        step.is_readable |= step.is_endless() && scheme.is_some();
        parsed.push((step, version));
    }
    if parsed.iter().all(|(step, _)| step.is_readable) {
        parsed.sort_by(|left, right| order(left, right));
    }
    let first = steps.len();
    steps.extend(parsed.into_iter().map(|(step, _)| step));
    if let Some(step) = steps.get_mut(first) {
        step.is_first = true;
    }
}

/// By version; what is last affected ends behind its version, and so comes after all else there. Other events at one
/// version stay as published: a fix and a new beginning there are a gap of nothing, a beginning and its fix are nothing.
fn order(left: &(Step<'_>, Option<Version>), right: &(Step<'_>, Option<Version>)) -> Ordering {
    let end = |step: &Step<'_>| match (step.kind, step.is_endless()) {
        (Kind::Introduced, true) => 0,
        (_, true) => 2,
        (_, false) => 1,
    };
    let by_version = match (&left.1, &right.1) {
        (Some(left), Some(right)) => left.compare(right).unwrap_or(Ordering::Equal),
        _ => Ordering::Equal,
    };
    let is_last = |step: &Step<'_>| step.kind == Kind::LastAffected;
    end(&left.0).cmp(&end(&right.0)).then(by_version).then(is_last(&left.0).cmp(&is_last(&right.0)))
}
