use super::Asset;
use crate::{Key, Sorted};

/// By what a list of images is sorted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// How many findings there are, of each severity after the other.
    #[default]
    Risk,
    /// The name.
    Name,
    /// The size.
    Size,
    /// When it was built.
    Built,
    /// When it was last scanned.
    Scanned,
    /// When it was first seen.
    Added,
    /// When it was last seen.
    Seen,
    /// How many containers there are of it.
    Containers,
    /// How many hosts have it.
    Hosts,
    /// How many components are in it.
    Components,
}

impl Sort {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Risk,
        Self::Name,
        Self::Size,
        Self::Built,
        Self::Scanned,
        Self::Added,
        Self::Seen,
        Self::Containers,
        Self::Hosts,
        Self::Components,
    ];

    /// What the database sorts by, never NULL: as an index has it, or as none has it.
    ///
    /// Walking an index is fastest when most images fit. When few do, it looks all of them up in an order they do not
    /// lie in, where reading them as they lie and sorting those few is faster by far.
    pub(super) fn expression(self, indexed: bool) -> &'static str {
        match (self, indexed) {
            (Self::Risk, true) => {
                "(asset.critical * 1000000000000 + asset.high * 100000000 + asset.medium * 10000 + asset.low)"
            }
            (Self::Risk, false) => {
                "(asset.critical * 1000000000000 + asset.high * 100000000 + asset.medium * 10000 + asset.low + 0)"
            }
            (Self::Name, true) => "asset.name",
            (Self::Name, false) => "(asset.name || '')",
            (Self::Size, true) => "asset.size",
            (Self::Size, false) => "(asset.size + 0)",
            (Self::Built, true) => "COALESCE(asset.built, 0)",
            (Self::Built, false) => "(COALESCE(asset.built, 0) + 0)",
            (Self::Scanned, true) => "COALESCE(asset.scanned, 0)",
            (Self::Scanned, false) => "(COALESCE(asset.scanned, 0) + 0)",
            (Self::Added, true) => "asset.first_seen",
            (Self::Added, false) => "(asset.first_seen + 0)",
            (Self::Seen, true) => "asset.last_seen",
            (Self::Seen, false) => "(asset.last_seen + 0)",
            (Self::Containers, true) => "asset.containers",
            (Self::Containers, false) => "(asset.containers + 0)",
            (Self::Hosts, true) => "asset.hosts",
            (Self::Hosts, false) => "(asset.hosts + 0)",
            (Self::Components, true) => "asset.components",
            (Self::Components, false) => "(asset.components + 0)",
        }
    }

    /// What values that has.
    pub(super) fn values(self) -> Sorted {
        if self == Self::Name { Sorted::Texts } else { Sorted::Integers }
    }

    /// The same of a row.
    pub(super) fn key(self, asset: &Asset) -> Key {
        Key::Integer(match self {
            Self::Risk => {
                let parts =
                    [(asset.critical, 1_000_000_000_000), (asset.high, 100_000_000), (asset.medium, 10_000)];
                let weigh =
                    |sum: i64, (count, weight): (i64, i64)| sum.saturating_add(count.saturating_mul(weight));
                parts.into_iter().fold(asset.low, weigh)
            }
            Self::Name => return Key::Text(asset.name.clone()),
            Self::Size => asset.size,
            Self::Built => asset.built.unwrap_or(0),
            Self::Scanned => asset.scanned.unwrap_or(0),
            Self::Added => asset.first_seen,
            Self::Seen => asset.last_seen,
            Self::Containers => asset.containers,
            Self::Hosts => asset.hosts,
            Self::Components => asset.components,
        })
    }
}
