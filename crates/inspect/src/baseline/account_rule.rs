//! Rules about users and groups.

use std::collections::{BTreeMap, BTreeSet};

use model::{Outcome, Text};
use serde::Deserialize;

use super::{
    accounts::{self, Group, Secret, User},
    answer::Answer,
    crypt::{Field, Scheme},
    day,
    guess::usable,
    pattern::{Interest, Pattern},
    test::Judge,
    tree::{self, Found},
};
use crate::Evidence;

/// At most so many accounts are named in a finding.
const MAX_NAMED: usize = 50;
/// And at most so many of those that share something.
const MAX_LISTED: usize = 20;

/// A rule that all users or groups must keep to.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AccountRule {
    rule: Rule,
    /// The groups that a rule is about.
    #[serde(default)]
    groups: Vec<String>,
    /// Users that a rule is not about.
    #[serde(default)]
    except: Vec<String>,
    /// The days that a rule allows.
    #[serde(default)]
    days: i64,
    #[serde(skip, default = "accounts::files")]
    files: Vec<Pattern>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Rule {
    UniqueUserNames,
    UniqueUids,
    UniqueGroupNames,
    UniqueGids,
    OneRoot,
    RootGroup,
    ShadowedPasswords,
    UniqueHashes,
    StrongHashes,
    NoEmptyPasswords,
    NoPrivilegedMembers,
    NoGroupMembers,
    NoLegacyEntries,
    KnownGroups,
    PasswordsExpire,
    ChangedInThePast,
}

/// The account files of an image.
struct Tables<'a> {
    passwd: Option<Found<'a>>,
    shadow: Option<Found<'a>>,
    group: Option<Found<'a>>,
    users: Vec<User<'a>>,
    secrets: Vec<Secret<'a>>,
    groups: Vec<Group<'a>>,
}

/// What is wrong in one file; nothing at all when the rule has nothing to look at there.
type Wrong<'a> = Option<(Found<'a>, Vec<String>)>;

impl Judge for AccountRule {
    fn interest(&self) -> Interest<'_> {
        Interest { keeps: self.files.iter().collect(), ..Interest::default() }
    }

    fn judge(&self, evidence: &Evidence<'_>) -> Answer {
        let tables = Tables::of(evidence);
        let judged: Vec<(Found<'_>, Vec<String>)> =
            self.wrong(&tables, evidence.today).into_iter().flatten().collect();
        if judged.is_empty() {
            return Answer::not_applicable();
        }
        let mut answer = Answer::pass();
        let mut named = Vec::new();
        for ((layer, kept), wrong) in judged {
            if !wrong.is_empty() {
                answer.outcome = Outcome::Fail;
                answer = answer.at(&kept.path, layer);
                named.extend(wrong);
            }
        }
        let more = named.len().saturating_sub(MAX_NAMED);
        named.truncate(MAX_NAMED);
        let list = named.join("; ");
        answer.actual = match more {
            0 => Text::same(list),
            _ => Text::new(format!("{list}; and {more} more"), format!("{list}；另有 {more} 项")),
        };
        answer
    }
}

impl AccountRule {
    fn wrong<'a>(&self, tables: &Tables<'a>, today: &str) -> Vec<Wrong<'a>> {
        match self.rule {
            Rule::UniqueUserNames => {
                vec![tables.by_user(|users| repeated(users.map(|user| (user.name, user.name))))]
            }
            Rule::UniqueUids => vec![tables.by_user(|users| {
                repeated(users.filter_map(|user| Some((user.name, format!("UID {}", user.uid?)))))
            })],
            Rule::UniqueGroupNames => {
                vec![tables.by_group(|groups| repeated(groups.map(|group| (group.name, group.name))))]
            }
            Rule::UniqueGids => vec![tables.by_group(|groups| {
                repeated(groups.filter_map(|group| Some((group.name, format!("GID {}", group.gid?)))))
            })],
            Rule::OneRoot => vec![tables.by_user(|users| {
                users
                    .filter(|user| user.uid == Some(0) && user.name != "root")
                    .map(|user| user.name.to_owned())
                    .collect()
            })],
            Rule::RootGroup => vec![tables.root_group()],
            Rule::UniqueHashes => vec![tables.by_secret(|secrets| {
                repeated(secrets.filter_map(|secret| Some((secret.name, usable(secret.password)?))))
                    .into_iter()
                    // The hash itself, though keyed, is of no use to the reader.
                    .filter_map(|row| row.split_once(": ").map(|(_, names)| names.to_owned()))
                    .collect()
            })],
            Rule::ShadowedPasswords | Rule::StrongHashes | Rule::NoEmptyPasswords => {
                self.wrong_fields(tables)
            }
            Rule::NoPrivilegedMembers | Rule::NoGroupMembers => vec![self.members(tables)],
            Rule::NoLegacyEntries => tables.legacy(),
            Rule::KnownGroups => vec![tables.unknown_groups()],
            Rule::PasswordsExpire | Rule::ChangedInThePast => vec![self.ageing(tables, today)],
        }
    }

    /// The accounts whose password field is not as it should be.
    fn wrong_fields<'a>(&self, tables: &Tables<'a>) -> Vec<Wrong<'a>> {
        let judge = |name: &str, field: &str| -> Option<String> {
            match (self.rule, Field::of(field)) {
                (Rule::ShadowedPasswords, Field::Hash(hash)) => {
                    Some(format!("{name}: {}", Scheme::of(hash).word()))
                }
                (Rule::StrongHashes, Field::Hash(hash)) => match Scheme::of(hash) {
                    scheme @ (Scheme::Des | Scheme::Md5 | Scheme::AprMd5 | Scheme::NtHash | Scheme::Sha1) => {
                        Some(format!("{name}: {}", scheme.word()))
                    }
                    _ => None,
                },
                (Rule::NoEmptyPasswords, Field::Empty) => Some(name.to_owned()),
                _ => None,
            }
        };
        let in_passwd =
            tables.by_user(|users| users.filter_map(|user| judge(user.name, user.password)).collect());
        let in_shadow = tables
            .by_secret(|secrets| secrets.filter_map(|secret| judge(secret.name, secret.password)).collect());
        match self.rule {
            Rule::ShadowedPasswords => vec![in_passwd],
            _ => vec![in_passwd, in_shadow],
        }
    }

    /// The accounts, other than root, that belong to one of the groups.
    fn members<'a>(&self, tables: &Tables<'a>) -> Wrong<'a> {
        let mut wrong = Vec::new();
        let meant: Vec<&Group<'a>> =
            tables.groups.iter().filter(|group| self.groups.iter().any(|name| name == group.name)).collect();
        if meant.is_empty() {
            return None;
        }
        let roots: BTreeSet<&str> =
            tables.users.iter().filter(|user| user.uid == Some(0)).map(|user| user.name).collect();
        for group in meant {
            let primary = tables.users.iter().filter(|user| user.gid.is_some() && user.gid == group.gid);
            let mut names: Vec<&str> =
                primary.map(|user| user.name).chain(group.members.iter().copied()).collect();
            names.sort_unstable();
            names.dedup();
            names.retain(|name| {
                let allowed =
                    self.rule == Rule::NoPrivilegedMembers && (roots.contains(name) || *name == group.name);
                !allowed && !self.except.iter().any(|except| except == name)
            });
            if !names.is_empty() {
                wrong.push(format!("{}: {}", group.name, listed(&names)));
            }
        }
        Some((tables.group?, wrong))
    }

    /// The passwords that last too long or were changed in a time to come.
    fn ageing<'a>(&self, tables: &Tables<'a>, today: &str) -> Wrong<'a> {
        let today = day::number(today)?;
        let with_password: Vec<&Secret<'a>> =
            tables.secrets.iter().filter(|secret| usable(secret.password).is_some()).collect();
        if with_password.is_empty() {
            return None;
        }
        let wrong = with_password
            .into_iter()
            .filter_map(|secret| match self.rule {
                Rule::PasswordsExpire => match secret.maximum {
                    Some(days) if (0..=self.days).contains(&days) => None,
                    Some(days) => Some(format!("{}: {days}", secret.name)),
                    None => Some(format!("{}: -", secret.name)),
                },
                // One day is left to time zones.
                _ => secret
                    .changed
                    .filter(|changed| *changed > today.saturating_add(1))
                    .map(|changed| format!("{}: {}", secret.name, day::text(changed))),
            })
            .collect();
        Some((tables.shadow?, wrong))
    }
}

impl<'a> Tables<'a> {
    fn of(evidence: &Evidence<'a>) -> Self {
        let [passwd, shadow, group] =
            ["etc/passwd", "etc/shadow", "etc/group"].map(|path| tree::file(evidence, path));
        Self {
            users: passwd.map(|(_, kept)| accounts::users(&kept.text).collect()).unwrap_or_default(),
            secrets: shadow.map(|(_, kept)| accounts::secrets(&kept.text).collect()).unwrap_or_default(),
            groups: group.map(|(_, kept)| accounts::groups(&kept.text).collect()).unwrap_or_default(),
            passwd,
            shadow,
            group,
        }
    }

    fn by_user(&self, judge: impl FnOnce(&mut dyn Iterator<Item = &User<'a>>) -> Vec<String>) -> Wrong<'a> {
        Some((self.passwd?, judge(&mut self.users.iter())))
    }

    fn by_secret(
        &self,
        judge: impl FnOnce(&mut dyn Iterator<Item = &Secret<'a>>) -> Vec<String>,
    ) -> Wrong<'a> {
        Some((self.shadow?, judge(&mut self.secrets.iter())))
    }

    fn by_group(&self, judge: impl FnOnce(&mut dyn Iterator<Item = &Group<'a>>) -> Vec<String>) -> Wrong<'a> {
        Some((self.group?, judge(&mut self.groups.iter())))
    }

    fn root_group(&self) -> Wrong<'a> {
        let root = self.users.iter().find(|user| user.name == "root")?;
        let wrong = match root.gid {
            Some(0) => Vec::new(),
            Some(gid) => vec![format!("GID {gid}")],
            None => vec!["-".to_owned()],
        };
        Some((self.passwd?, wrong))
    }

    fn legacy(&self) -> Vec<Wrong<'a>> {
        [self.passwd, self.shadow, self.group]
            .into_iter()
            .map(|found| {
                let (_, kept) = found?;
                let rows = kept.text.lines().filter(|row| row.starts_with('+')).take(accounts::MAX_ROWS);
                Some((
                    found?,
                    rows.map(|row| format!("/{}: {row}", image::path::display(&kept.path))).collect(),
                ))
            })
            .collect()
    }

    fn unknown_groups(&self) -> Wrong<'a> {
        self.group?;
        let known: BTreeSet<u64> = self.groups.iter().filter_map(|group| group.gid).collect();
        self.by_user(|users| {
            users
                .filter_map(|user| Some((user.name, user.gid.filter(|gid| !known.contains(gid))?)))
                .map(|(name, gid)| format!("{name}: GID {gid}"))
                .collect()
        })
    }
}

/// What is there more than once, and the names that have it.
fn repeated<'a, K: Ord + std::fmt::Display>(rows: impl Iterator<Item = (&'a str, K)>) -> Vec<String> {
    let mut names: BTreeMap<K, Vec<&str>> = BTreeMap::new();
    for (name, value) in rows {
        names.entry(value).or_default().push(name);
    }
    names
        .into_iter()
        .filter(|(_, names)| names.len() > 1)
        .map(|(value, names)| format!("{value}: {}", listed(&names)))
        .collect()
}

/// The first names of a list.
fn listed(names: &[&str]) -> String {
    let mut list = names.iter().take(MAX_LISTED).copied().collect::<Vec<&str>>().join(", ");
    if names.len() > MAX_LISTED {
        list.push_str(", …");
    }
    list
}
