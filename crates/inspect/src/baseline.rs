//! Settings that are not safe.

use std::path::PathBuf;

use image::walk::Entry;
use model::{CheckResult, Gap};
use serde::{Deserialize, Serialize};

use crate::{Error, Evidence, Placed};

/// Which checks are made.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The key of the hash that stands for a password hash.
    pub key: [u8; 32],
    /// Further checks: TOML files or directories of them; an id that is known already replaces that check.
    pub checks: Vec<PathBuf>,
    /// Ids of checks that are not made.
    pub without: Vec<String>,
    /// Further passwords that are weak, one a line.
    pub dictionary: Vec<PathBuf>,
}

/// A configuration file as it is kept: nothing in it tells a password or its hash.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// The clean path.
    pub path: Vec<u8>,
    /// The text, with password hashes replaced by their scheme and a keyed hash.
    pub text: String,
    /// The weak passwords in it.
    pub weak: Vec<WeakPassword>,
    /// What could not be read or decided in it.
    pub gaps: Vec<Gap>,
}

/// A password that is in the dictionary.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct WeakPassword {
    /// The service: `system`, `redis`, `mysql`, …
    pub service: String,
    /// The user.
    pub user: String,
    /// The password with its middle left out.
    pub masked: String,
}

/// What came of all checks.
#[derive(Clone, Debug, Default)]
pub struct Verdict {
    /// Every check and what came of it, sorted by id.
    pub results: Vec<CheckResult>,
    /// Those that failed.
    pub findings: Vec<Placed>,
    /// What could not be decided.
    pub gaps: Vec<Gap>,
}

/// Judges settings.
#[derive(Debug)]
pub struct Baseline {}

impl Baseline {
    /// The checks, ready.
    ///
    /// # Errors
    /// When a file of checks or a dictionary cannot be read or understood.
    pub fn new(_options: &Options) -> Result<Self, Error> {
        Ok(Self {})
    }

    /// Changes whenever the same file could be kept otherwise: by the files that are kept, the dictionary, the engine.
    #[must_use]
    pub fn version(&self) -> u64 {
        0
    }

    /// Whether the content of a file is kept.
    #[must_use]
    pub fn wants(&self, _path: &[u8], _size: u64) -> bool {
        false
    }

    /// The file as it is kept.
    #[must_use]
    pub fn keep(&self, _path: &[u8], _content: &[u8]) -> Option<Kept> {
        None
    }

    /// Whether some check asks for this entry: by its path, or by its mode.
    #[must_use]
    pub fn notes(&self, _entry: &Entry<'_>) -> bool {
        false
    }

    /// Makes all checks.
    #[must_use]
    pub fn judge(&self, _evidence: &Evidence<'_>) -> Verdict {
        Verdict::default()
    }
}
