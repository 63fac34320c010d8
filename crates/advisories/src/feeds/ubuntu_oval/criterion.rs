//! What the comment of a criterion says: a package, where it lies, and how it stands.
//!
//! The comments are the only place where the status of Ubuntu's tracker is told:
//! `openssh source package in noble, is affected and has been fixed (note: '1:9.6p1-3ubuntu13.3').`

use model::FixStatus;

/// A package and how it stands.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Statement<'a> {
    pub(super) package: &'a str,
    /// The channel the statement is about; none for the release itself.
    pub(super) channel: Option<&'a str>,
    pub(super) state: State<'a>,
}

/// How a package stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State<'a> {
    /// Mended in this version.
    Fixed(&'a str),
    /// Not mended, and why.
    Unfixed(FixStatus),
    /// A kernel of this kind is concerned, unless more is said of it.
    Running,
}

/// Phrases in the order they are looked for, and what they mean; where nothing stands, a version is told.
static PHRASES: [(&str, Option<FixStatus>); 11] = [
    ("decision has been made to ignore", Some(FixStatus::WillNotFix)),
    ("decision has been made to defer", Some(FixStatus::FixDeferred)),
    ("is related to the CVE in some way and has been fixed", Some(FixStatus::NotAffected)),
    ("is not affected", Some(FixStatus::NotAffected)),
    ("pending publication", Some(FixStatus::Affected)),
    ("has been fixed", None),
    ("may need fixing", Some(FixStatus::UnderInvestigation)),
    ("pending evaluation", Some(FixStatus::UnderInvestigation)),
    ("needs fixing", Some(FixStatus::Affected)),
    ("is affected", Some(FixStatus::Affected)),
    ("is vulnerable", Some(FixStatus::Affected)),
];

/// Notes with which an issue is ignored because nobody mends the release any more.
static ENDS: [&str; 4] = ["end of life", "end-of-life", "end of standard support", "out of standard support"];

/// Reads a comment; nothing when it is not understood.
pub(super) fn read(comment: &str) -> Option<Statement<'_>> {
    let comment = comment.trim();
    if let Some(kernel) = comment.strip_prefix("Is kernel '") {
        let package = kernel.strip_suffix("' running?")?;
        return Some(Statement { package, channel: None, state: State::Running });
    }
    let (name, rest) = comment.split_once(" package in ").or_else(|| comment.split_once(" kernel in "))?;
    let name = name.strip_prefix("The ").unwrap_or(name);
    let package = name.strip_suffix(" source").unwrap_or(name).trim_matches('\'');
    let end = rest.find([' ', ','])?;
    let (place, rest) = rest.split_at_checked(end)?;
    let is_name = !package.is_empty() && !package.contains(char::is_whitespace);
    is_name.then_some(Statement { package, channel: channel(place), state: state(rest)? })
}

/// Of `noble` none, of `esm-apps/noble` and `noble/esm-apps` the channel.
fn channel(place: &str) -> Option<&str> {
    let (left, right) = place.split_once('/')?;
    Some(if right.starts_with("esm") || right.starts_with("fips") { right } else { left })
}

fn state(rest: &str) -> Option<State<'_>> {
    let (_, meaning) = PHRASES.iter().find(|(phrase, _)| rest.contains(phrase))?;
    let note =
        rest.split_once("(note: '").and_then(|(_, note)| note.split_once('\'')).map(|(note, _)| note.trim());
    match meaning {
        None => note.filter(|note| is_version(note)).map(State::Fixed),
        Some(FixStatus::WillNotFix) if note.is_some_and(|note| ENDS.iter().any(|end| note.contains(end))) => {
            Some(State::Unfixed(FixStatus::EndOfLife))
        }
        Some(status) => Some(State::Unfixed(*status)),
    }
}

fn is_version(note: &str) -> bool {
    note.starts_with(|c: char| c.is_ascii_digit()) && !note.contains(char::is_whitespace)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(comment: &str) -> String {
        read(comment).map_or_else(String::new, |told| {
            let state = match told.state {
                State::Fixed(version) => format!("fixed in {version}"),
                State::Unfixed(status) => status.word().to_owned(),
                State::Running => "running".to_owned(),
            };
            format!("{} {} {state}", told.package, told.channel.unwrap_or("-"))
        })
    }

    #[test]
    fn understands_each_status_of_today_and_of_old() {
        for (comment, expected) in [
            (
                "a source package in noble, is affected and has been fixed (note: '1:9.6p1-3ubuntu13.3').",
                "a - fixed in 1:9.6p1-3ubuntu13.3",
            ),
            (
                "a source package in esm-apps/noble, is affected and has been fixed (note: '1~esm1').",
                "a esm-apps fixed in 1~esm1",
            ),
            ("a source package in noble, is affected and needs fixing.", "a - affected"),
            ("a source package in noble, might be affected and may need fixing.", "a - under_investigation"),
            (
                "a source package in noble, is affected, but a decision has been made to defer addressing it (note: '2019-01-01').",
                "a - fix_deferred",
            ),
            (
                "a source package in noble, while related to the CVE in some way, a decision has been made to ignore this issue.",
                "a - will_not_fix",
            ),
            (
                "a source package in esm-infra/xenial, while related to the CVE in some way, a decision has been made to ignore this issue (note: 'end of life, was needed').",
                "a esm-infra end_of_life",
            ),
            (
                "a package in jammy, is related to the CVE in some way and has been fixed (note: '20140405-0ubuntu1').",
                "a - not_affected",
            ),
            (
                "The 'a' package in xenial was vulnerable but has been fixed (note: '0.12.2-2.1ubuntu1').",
                "a - fixed in 0.12.2-2.1ubuntu1",
            ),
            (
                "a package in xenial is affected. An update containing the fix has been completed and is pending publication (note: '2.04-1ubuntu42').",
                "a - affected",
            ),
            (
                "'linux' kernel in noble was vulnerable but has been fixed (note: '6.8.0-35.35').",
                "linux - fixed in 6.8.0-35.35",
            ),
            ("Is kernel 'linux-gcp' running?", "linux-gcp - running"),
            (
                "a package in noble was vulnerable and has been fixed, but no release version available for it.",
                "",
            ),
            (
                "a package in noble, is related to the CVE in some way and has been fixed (note: '8.0 only').",
                "a - not_affected",
            ),
            ("a source package in noble, dances.", ""),
            ("The host is part of the unix family.", ""),
        ] {
            assert_eq!(told(comment), expected, "{comment}");
        }
    }
}
