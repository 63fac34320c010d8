use std::collections::BTreeMap;

use model::{Distribution, PackageType};
use serde::Deserialize;

use crate::{names, table};

/// What there is to know of one distribution.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Known {
    /// `ID` of its `os-release`, lower-cased.
    pub id: String,
    /// Its name, for people.
    pub name: String,
    /// A word of its full name, for one of several distributions of the same id.
    #[serde(default)]
    pub(crate) named: Option<String>,
    /// Its system packages.
    pub packages: PackageType,
    /// What advisories about it name.
    pub publishes: Publishes,
    /// The names advisories about its releases go by.
    ecosystems: Vec<Ecosystem>,
    /// How the vendors of its own packages begin; empty where packages do not tell.
    #[serde(default)]
    pub vendors: Vec<String>,
    /// The last day on which each release is mended for everybody, by `VERSION_ID` or its first number.
    #[serde(default)]
    releases: BTreeMap<String, String>,
}

/// What the advisories of a distribution name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Publishes {
    /// Source packages, with their versions.
    Source,
    /// Binary packages.
    Binary,
    /// Either.
    Both,
}

/// A name advisories go by.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Ecosystem {
    name: String,
    /// Counts only for images that take updates from this channel.
    #[serde(default)]
    channel: Option<String>,
    /// Left out where this can be said.
    #[serde(default)]
    unless: Option<String>,
}

impl Known {
    /// The names advisories about a release may go by, `*` standing for any text; advisories under any of them count.
    /// Empty when the image does not say its release.
    #[must_use]
    pub fn ecosystems(&self, distribution: &Distribution) -> Vec<String> {
        let counts = |ecosystem: &&Ecosystem| {
            let attached = |channel: &String| distribution.channels.contains(channel);
            ecosystem.channel.as_ref().is_none_or(attached)
                && ecosystem.unless.as_ref().is_none_or(|text| names::fill(text, distribution).is_none())
        };
        let counting = self.ecosystems.iter().filter(counts);
        counting.filter_map(|ecosystem| names::fill(&ecosystem.name, distribution)).collect()
    }

    /// The name of the release, and the last day on which it is mended for everybody.
    #[must_use]
    pub fn release(&self, distribution: &Distribution) -> Option<(&str, &str)> {
        let version = distribution.version.as_deref()?;
        let by_parts = |count: usize| version.split('.').take(count).collect::<Vec<_>>().join(".");
        let keys = [version.to_owned(), by_parts(2), by_parts(1)];
        let (release, day) = keys.iter().find_map(|key| self.releases.get_key_value(key))?;
        Some((release, day))
    }

    /// The last day on which the release is mended for everybody.
    #[must_use]
    pub fn end_of_life(&self, distribution: &Distribution) -> Option<&str> {
        Some(self.release(distribution)?.1)
    }

    /// Every release whose end is known, and that day.
    pub fn releases(&self) -> impl Iterator<Item = (&str, &str)> {
        self.releases.iter().map(|(release, day)| (release.as_str(), day.as_str()))
    }

    /// Whether a package of this vendor is the distribution's own; nothing where that cannot be told.
    #[must_use]
    pub fn is_own(&self, vendor: Option<&str>) -> Option<bool> {
        let vendor = vendor?;
        if self.vendors.is_empty() {
            return table::is_foreign(self.packages, vendor).then_some(false);
        }
        Some(self.vendors.iter().any(|own| vendor.starts_with(own.as_str())))
    }
}
