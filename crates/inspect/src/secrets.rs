//! Keys, tokens and passwords that lie open.

use model::{Finding, HistoryStep, ImageConfig};
use serde::{Deserialize, Serialize};

use crate::Error;

/// Which rules are used, and where they look.
#[derive(Clone, Debug)]
pub struct Options {
    /// The key of the hash that identifies a value without telling it.
    pub key: [u8; 32],
    /// Further rules: the name of each gitleaks TOML file and its text.
    pub gitleaks: Vec<(String, String)>,
    /// The default exclusions that are switched off, by their ids (see `rules/secrets.toml`); `all` for all of them.
    pub without_exclusions: Vec<String>,
    /// Further exclusions: globs over paths, `/srv/data/*`; `*` also matches slashes.
    pub exclude: Vec<String>,
}

/// A secret in one file of a layer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SecretFact {
    /// The clean path of the file; for a value in the image's configuration, empty.
    pub path: Vec<u8>,
    /// `file`, or `env NAME`, `label NAME`, `history STEP` (from 1).
    pub place: String,
    /// The line, from 1; absent outside files.
    pub line: Option<u32>,
    /// The rule's id.
    pub rule: String,
    /// What surrounds the value, and the value with its middle left out.
    pub masked: String,
    /// The keyed hash of the value.
    pub fingerprint: String,
}

/// Looks for secrets.
#[derive(Debug)]
pub struct Secrets {}

impl Secrets {
    /// The rules, ready; regular expressions are compiled when a file first needs them.
    ///
    /// # Errors
    /// When a rule file or an exclusion cannot be understood.
    pub fn new(_options: &Options) -> Result<Self, Error> {
        Ok(Self {})
    }

    /// Changes whenever the same file could give other facts: by rules, options, or the engine itself.
    #[must_use]
    pub fn version(&self) -> u64 {
        0
    }

    /// Whether a file is looked into, going by its path, size and permission bits.
    #[must_use]
    pub fn wants(&self, _path: &[u8], _size: u64, _mode: u32) -> bool {
        false
    }

    /// The secrets in a file; binary content gives none.
    #[must_use]
    pub fn file(&self, _path: &[u8], _content: &[u8]) -> Vec<SecretFact> {
        Vec::new()
    }

    /// The secrets in the environment, labels and history, which are masked on the way.
    pub fn configuration(&self, _config: &mut ImageConfig, _history: &mut [HistoryStep]) -> Vec<SecretFact> {
        Vec::new()
    }

    /// The finding of a fact; `visible` tells whether its file is there when all layers are applied.
    #[must_use]
    pub fn finding(&self, _fact: &SecretFact, _visible: bool) -> Option<Finding> {
        None
    }
}
