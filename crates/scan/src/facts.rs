//! What one layer tells, all by itself, in groups that are kept apart.

use inspect::baseline::Kept;
use inspect::malware::MalwareFact;
use inspect::secrets::SecretFact;
use inventory::{DISTRIBUTION, EXTRACTORS, Found};
use model::Gap;
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use crate::Options;
use crate::entries::Entries;

/// What one layer tells.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LayerFacts {
    /// What lies in it.
    pub listing: Listing,
    /// What its files told of packages, by file and extractor.
    pub packages: Told<Find>,
    /// The secrets in it.
    pub secrets: Told<SecretFact>,
    /// The bad files in it.
    pub malware: Told<MalwareFact>,
    /// The configuration files in it.
    pub settings: Told<Kept>,
}

/// The entries of a layer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Listing {
    /// What lies in it.
    pub entries: Entries,
    /// The bytes of its files; a file with several names counts once.
    pub size: u64,
    /// What its files told of the distribution.
    pub releases: Vec<Find>,
    /// What of the layer could not be read, whoever wanted it.
    pub gaps: Vec<Gap>,
}

/// What the files of a layer told one group of detectors.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Told<T> {
    /// What they told.
    pub facts: Vec<T>,
    /// Files of the group that could not be read or decided.
    pub gaps: Vec<Gap>,
}

impl<T> Told<T> {
    /// Whether nothing is told.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.facts.is_empty() && self.gaps.is_empty()
    }
}

impl<T> Default for Told<T> {
    fn default() -> Self {
        Self { facts: Vec::new(), gaps: Vec::new() }
    }
}

/// What one file told one extractor.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Find {
    /// The clean path of the file.
    pub path: Vec<u8>,
    /// The extractor's name.
    pub extractor: String,
    /// What it found.
    pub found: Found,
}

/// Facts that are kept together and read again together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Group {
    Listing,
    Packages,
    Secrets,
    Malware,
    Settings,
}

/// The groups that a scan needs, each with what its facts depend on besides the layer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Groups {
    pub(crate) listing: Option<u64>,
    pub(crate) packages: Option<u64>,
    pub(crate) secrets: Option<u64>,
    pub(crate) malware: Option<u64>,
    pub(crate) settings: Option<u64>,
}

impl Groups {
    /// What the checks of a scan need.
    pub(crate) fn needed(options: &Options<'_>) -> Self {
        Self {
            listing: Some(versions(|name| name == DISTRIBUTION)),
            packages: options.packages().then(|| versions(|name| name != DISTRIBUTION)),
            secrets: options.secrets().map(inspect::secrets::Secrets::version),
            malware: options.malware().map(inspect::malware::Malware::version),
            settings: options.baseline().map(inspect::baseline::Baseline::version),
        }
    }

    /// Whether nothing is needed.
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl LayerFacts {
    /// Everything in it that could not be read.
    pub(crate) fn gaps(&self) -> impl Iterator<Item = &Gap> {
        let told = [&self.packages.gaps, &self.secrets.gaps, &self.malware.gaps, &self.settings.gaps];
        self.listing.gaps.iter().chain(told.into_iter().flatten())
    }
}

/// Changes with every one of these extractors.
fn versions(wanted: impl Fn(&str) -> bool) -> u64 {
    let extractors = EXTRACTORS.iter().filter(|extractor| wanted(extractor.name));
    let versions = extractors.map(|extractor| format!("{} {}\n", extractor.name, extractor.version));
    xxh3_64(versions.collect::<String>().as_bytes())
}

/// Adds a gap, up to what one layer may complain of: a hostile one must not fill the memory with it.
pub(crate) fn complain(gaps: &mut Vec<Gap>, gap: Gap) {
    const GAPS: usize = 1000;
    if gaps.len() < GAPS {
        gaps.push(gap);
    } else if gaps.len() == GAPS {
        gaps.push(Gap::new("layer", "", "more than 1000 files of one layer could not be read"));
    }
}
