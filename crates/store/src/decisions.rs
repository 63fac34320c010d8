//! What people decided about findings: in one place, for counts, lists and exports.

mod cover;
mod list;
mod record;

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};

use model::{Glob, NotAGlob};
use serde::{Deserialize, Serialize};

use crate::sql::{On, Sql};
use crate::{Error, now};

pub use cover::{Covered, covered, touched};
pub use list::{Filter, State, find, history, list, picked, projects, projects_of};
pub use record::{Change, Decision, Event, New, change, create, expire, revoke};

/// What was decided; of several that cover one finding the first counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// The finding is none.
    FalsePositive,
    /// It is allowed, and not shown unless somebody asks.
    Whitelist,
    /// It is shown as ignored.
    Ignore,
    /// It is ignored until a time, or until it can be mended.
    Deferral,
}

impl Action {
    /// All of them, those that count first.
    pub const ALL: [Self; 4] = [Self::FalsePositive, Self::Whitelist, Self::Ignore, Self::Deferral];

    /// The word it is kept as.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::FalsePositive => "false-positive",
            Self::Whitelist => "whitelist",
            Self::Ignore => "ignore",
            Self::Deferral => "deferral",
        }
    }

    /// Whether what it covers is left out of lists unless somebody asks for it.
    #[must_use]
    pub fn hides(self) -> bool {
        self == Self::Whitelist
    }
}

/// A word that is no action; a newer version may have written it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a decision: ignore, whitelist, deferral or false-positive")]
pub struct UnknownAction(String);

impl TryFrom<String> for Action {
    type Error = UnknownAction;

    fn try_from(word: String) -> Result<Self, UnknownAction> {
        Self::ALL.into_iter().find(|action| action.word() == word).ok_or(UnknownAction(word))
    }
}

/// In which images of its project a decision holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase", deny_unknown_fields)]
pub enum Extent {
    /// In all.
    All,
    /// In those of some kinds.
    Kinds {
        /// `local`, `registry`, `ci`, `archive`.
        kinds: Vec<String>,
    },
    /// In those of some registries.
    Registries {
        /// Their hosts, with a port where the names have one; `docker.io` is meant by names without one.
        registries: Vec<String>,
    },
    /// In those of some names.
    Names {
        /// Patterns, one of which must fit; every repository when there is none.
        repositories: Vec<String>,
        /// Patterns, one of which must fit; every tag when there is none.
        tags: Vec<String>,
    },
    /// In those picked: by name and digest, so that another of the same digest is not meant.
    Images,
}

impl Extent {
    /// As it is kept.
    pub(crate) fn json(&self) -> String {
        // Lists of texts are always written.
        serde_json::to_string(self).unwrap_or_default()
    }
}

impl TryFrom<String> for Extent {
    type Error = serde_json::Error;

    fn try_from(text: String) -> Result<Self, serde_json::Error> {
        serde_json::from_str(&text)
    }
}

/// An image that findings are shown for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Image<'a> {
    /// Its row.
    pub asset_id: i64,
    /// Its project.
    pub project_id: i64,
    /// `local`, `registry`, `ci`, `archive`.
    pub kind: &'a str,
    /// Its name without tag and digest.
    pub repository: &'a str,
    /// Its tag.
    pub tag: Option<&'a str>,
    /// By which its place knows it.
    pub reference: &'a str,
}

/// A finding, as far as decisions look at it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Finding<'a> {
    /// The word of `model::FindingKind`.
    pub kind: &'a str,
    /// The id of what is wrong.
    pub rule: &'a str,
    /// Its other ids.
    pub aliases: &'a [String],
    /// The package it is about, or nothing.
    pub package: &'a str,
    /// Its first path, or nothing.
    pub path: &'a str,
    /// SHA-256 of its key.
    pub fingerprint: &'a str,
    /// Whether a version is known that mends it.
    pub fixable: bool,
}

/// The decisions that hold now.
#[derive(Debug, Default)]
pub struct Decisions {
    all: Vec<InForce>,
    kinds: HashMap<String, Index>,
}

/// Those of one kind of findings, by what they are found by; those with neither rule nor fingerprint are tried always.
#[derive(Debug, Default)]
struct Index {
    rules: HashMap<String, Vec<usize>>,
    fingerprints: HashMap<String, Vec<usize>>,
    others: Vec<usize>,
    /// Rules of which it matters where their findings lie; of all of them where one asks that names no rule.
    placed: HashSet<String>,
    is_placed: bool,
}

/// A decision that holds, ready to be asked.
#[derive(Debug)]
struct InForce {
    decision: Decision,
    package: Option<Glob>,
    path: Option<Glob>,
    place: Place,
}

#[derive(Debug)]
enum Place {
    All,
    Kinds(Vec<String>),
    Registries(Vec<String>),
    Names { repositories: Vec<Glob>, tags: Vec<Glob> },
    Images(Vec<i64>),
}

impl Decisions {
    /// Those that hold now.
    ///
    /// # Errors
    /// When the database refuses or is gone, or holds one that cannot be understood.
    pub async fn load(on: impl Into<On<'_>>) -> Result<Self, Error> {
        let mut on = on.into();
        let sql = Sql::read("read the decisions", record::SELECT)
            .push(" WHERE decision.revoked IS NULL AND decision.expired IS NULL")
            .with(" AND (decision.until IS NULL OR decision.until > ", now())
            .push(") ORDER BY decision.id");
        let decisions: Vec<Decision> = sql.all(on.again()).await?;
        let picks: Vec<(i64, i64)> = Sql::read(
            "read the images of decisions",
            format!(
                "SELECT decision_asset.decision_id, decision_asset.asset_id FROM {} \
                 JOIN decision ON decision.id = decision_asset.decision_id \
                 WHERE decision.revoked IS NULL AND decision.expired IS NULL",
                list::STANDING
            ),
        )
        .all(on)
        .await?;
        let mut picked: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
        for (decision, asset) in picks {
            picked.entry(decision).or_default().push(asset);
        }
        let mut made = Self::default();
        for decision in decisions {
            let images = picked.remove(&decision.id).unwrap_or_default();
            made.add(decision, images)?;
        }
        Ok(made)
    }

    fn add(&mut self, decision: Decision, images: Vec<i64>) -> Result<(), Error> {
        let at = self.all.len();
        let index = self.kinds.entry(decision.kind.clone()).or_default();
        if !decision.fingerprint.is_empty() {
            index.fingerprints.entry(decision.fingerprint.clone()).or_default().push(at);
        } else if !decision.rule.is_empty() {
            index.rules.entry(decision.rule.clone()).or_default().push(at);
        } else {
            index.others.push(at);
        }
        if !decision.fingerprint.is_empty() || !decision.path.is_empty() {
            index.is_placed |= decision.rule.is_empty();
            index.placed.insert(decision.rule.clone());
        }
        self.all.push(InForce::new(decision, images)?);
        Ok(())
    }

    /// Whether there is none, so that nothing has to be asked.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Whether some decision is about findings of a kind.
    #[must_use]
    pub fn concern(&self, kind: &str) -> bool {
        self.kinds.contains_key(kind)
    }

    /// Whether it matters to some decision where the findings of a rule lie.
    pub(crate) fn ask_where(&self, kind: &str, rule: &str, aliases: &[String]) -> bool {
        let Some(index) = self.kinds.get(kind) else { return false };
        let mut named = std::iter::once(rule).chain(aliases.iter().map(String::as_str));
        index.is_placed || (!index.placed.is_empty() && named.any(|rule| index.placed.contains(rule)))
    }

    /// The decision that takes a finding of an image out of the counts, if there is one.
    ///
    /// Of several the one whose [`Action`] comes first counts, and of those the oldest.
    #[must_use]
    pub fn covering(&self, image: &Image<'_>, finding: &Finding<'_>) -> Option<&Decision> {
        let index = self.kinds.get(finding.kind)?;
        let named = std::iter::once(finding.rule).chain(finding.aliases.iter().map(String::as_str));
        let by_rule = named.filter_map(|rule| index.rules.get(rule)).flatten();
        let by_fingerprint = index.fingerprints.get(finding.fingerprint).into_iter().flatten();
        by_fingerprint
            .chain(by_rule)
            .chain(&index.others)
            .filter_map(|at| self.all.get(*at))
            .filter(|one| one.covers(image, finding))
            .map(|one| &one.decision)
            .min_by_key(|decision| (decision.action, decision.id))
    }

    /// The decisions about findings of a kind that may cover some finding of a rule, the newest first.
    #[must_use]
    pub fn about(&self, kind: &str, rule: &str) -> Vec<&Decision> {
        let mut found: Vec<&Decision> = self
            .all
            .iter()
            .map(|one| &one.decision)
            .filter(|decision| decision.kind == kind && decision.rule == rule)
            .collect();
        found.sort_by_key(|decision| Reverse(decision.id));
        found
    }
}

impl InForce {
    fn new(decision: Decision, images: Vec<i64>) -> Result<Self, Error> {
        let unreadable = |_| Error::Kept { what: "decision", id: decision.id };
        let glob = |text: &str, read: fn(&str) -> Result<Glob, NotAGlob>| {
            Some(text).filter(|text| !text.is_empty()).map(read).transpose().map_err(unreadable)
        };
        let package = glob(&decision.package, Glob::name)?;
        let path = glob(&decision.path, Glob::path)?;
        let place = Place::of(&decision, images)?;
        Ok(Self { decision, package, path, place })
    }

    fn covers(&self, image: &Image<'_>, finding: &Finding<'_>) -> bool {
        self.decision.project_id == image.project_id && self.is_about(finding) && self.place.holds(image)
    }

    fn is_about(&self, finding: &Finding<'_>) -> bool {
        let decision = &self.decision;
        let is_rule = |rule: &str| rule == finding.rule || finding.aliases.iter().any(|alias| alias == rule);
        (decision.rule.is_empty() || is_rule(&decision.rule))
            && (decision.fingerprint.is_empty() || decision.fingerprint == finding.fingerprint)
            && !(decision.until_fix && finding.fixable)
            && self.package.as_ref().is_none_or(|glob| glob.matches_name(finding.package))
            && self.path.as_ref().is_none_or(|glob| glob.matches(finding.path))
    }
}

impl Place {
    fn of(decision: &Decision, mut images: Vec<i64>) -> Result<Self, Error> {
        let unreadable = || Error::Kept { what: "decision", id: decision.id };
        let globs = |texts: &[String]| -> Result<Vec<Glob>, Error> {
            texts.iter().map(|text| Glob::path(text).map_err(|_why| unreadable())).collect()
        };
        Ok(match &decision.scope {
            Extent::All => Self::All,
            Extent::Kinds { kinds } => Self::Kinds(kinds.clone()),
            Extent::Registries { registries } => Self::Registries(registries.clone()),
            Extent::Names { repositories, tags } => {
                Self::Names { repositories: globs(repositories)?, tags: globs(tags)? }
            }
            Extent::Images => {
                images.sort_unstable();
                Self::Images(images)
            }
        })
    }

    fn holds(&self, image: &Image<'_>) -> bool {
        let fits =
            |globs: &[Glob], text: &str| globs.is_empty() || globs.iter().any(|glob| glob.matches(text));
        match self {
            Self::All => true,
            Self::Kinds(kinds) => kinds.iter().any(|kind| kind == image.kind),
            Self::Registries(registries) => {
                !image.repository.is_empty()
                    && registries.iter().any(|registry| registry == registry_of(image.repository))
            }
            Self::Names { repositories, tags } => {
                fits(repositories, image.repository) && fits(tags, image.tag.unwrap_or_default())
            }
            Self::Images(images) => images.binary_search(&image.asset_id).is_ok(),
        }
    }
}

/// The host of a repository's name: its first part when that can be one, else that of Docker's own registry.
#[must_use]
pub fn registry_of(repository: &str) -> &str {
    match repository.split_once('/') {
        Some((host, _)) if host.contains(['.', ':']) || host == "localhost" => host,
        _ => "docker.io",
    }
}
