//! Users and groups, as the files of `/etc` list them.

use super::{guess::usable, kept::FILE_GAP, pattern::Pattern, tree};
use crate::Evidence;

/// More accounts or groups than this are not looked at.
pub(crate) const MAX_ROWS: usize = 20_000;

/// The files that are read.
pub(crate) const FILES: [&str; 4] = ["etc/passwd", "etc/shadow", "etc/group", "etc/gshadow"];

/// The files as patterns.
pub(crate) fn files() -> Vec<Pattern> {
    FILES.iter().filter_map(|path| Pattern::try_from((*path).to_owned()).ok()).collect()
}

/// A user.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct User<'a> {
    /// The name.
    pub(crate) name: &'a str,
    /// The password field.
    pub(crate) password: &'a str,
    /// The number, if it is one.
    pub(crate) uid: Option<u64>,
    /// The number of the group, if it is one.
    pub(crate) gid: Option<u64>,
}

/// The password of a user, and how long it lasts.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Secret<'a> {
    /// The user.
    pub(crate) name: &'a str,
    /// The password field.
    pub(crate) password: &'a str,
    /// When it was changed, in days since 1970.
    pub(crate) changed: Option<i64>,
    /// After how many days it must be changed.
    pub(crate) maximum: Option<i64>,
}

/// A group.
#[derive(Clone, Debug, Default)]
pub(crate) struct Group<'a> {
    /// The name.
    pub(crate) name: &'a str,
    /// The number, if it is one.
    pub(crate) gid: Option<u64>,
    /// The users that belong to it besides those whose own group it is.
    pub(crate) members: Vec<&'a str>,
}

/// The users of a text in the form of `/etc/passwd`.
pub(crate) fn users(text: &str) -> impl Iterator<Item = User<'_>> {
    rows(text).map(|row| User {
        name: column(row, 0),
        password: column(row, 1),
        uid: column(row, 2).parse().ok(),
        gid: column(row, 3).parse().ok(),
    })
}

/// The passwords of a text in the form of `/etc/shadow`.
pub(crate) fn secrets(text: &str) -> impl Iterator<Item = Secret<'_>> {
    rows(text).map(|row| Secret {
        name: column(row, 0),
        password: column(row, 1),
        changed: column(row, 2).parse().ok(),
        maximum: column(row, 4).parse().ok(),
    })
}

/// The groups of a text in the form of `/etc/group`.
pub(crate) fn groups(text: &str) -> impl Iterator<Item = Group<'_>> {
    rows(text).map(|row| Group {
        name: column(row, 0),
        gid: column(row, 2).parse().ok(),
        members: column(row, 3).split(',').map(str::trim).filter(|name| !name.is_empty()).collect(),
    })
}

/// Whether somebody can log in with a password.
pub(crate) fn has_password(evidence: &Evidence<'_>) -> bool {
    let [shadow, passwd] = ["etc/shadow", "etc/passwd"].map(|path| tree::file(evidence, path));
    let is_unread = |(_, kept): &tree::Found<'_>| kept.gaps.iter().any(|gap| gap.what == FILE_GAP);
    // What could not be read may have one.
    shadow.iter().chain(&passwd).any(is_unread)
        || shadow.is_some_and(|(_, kept)| secrets(&kept.text).any(|secret| usable(secret.password).is_some()))
        || passwd.is_some_and(|(_, kept)| users(&kept.text).any(|user| usable(user.password).is_some()))
}

/// Whether a line only asks for accounts of a directory service, in the way of NIS.
pub(crate) fn is_legacy(row: &str) -> bool {
    row.starts_with(['+', '-'])
}

/// The rows that list an account or group by itself.
fn rows(text: &str) -> impl Iterator<Item = &str> {
    text.lines()
        .filter(|row| !row.trim().is_empty() && !row.starts_with('#') && !is_legacy(row))
        .take(MAX_ROWS)
}

fn column(row: &str, place: usize) -> &str {
    row.split(':').nth(place).unwrap_or_default().trim()
}
