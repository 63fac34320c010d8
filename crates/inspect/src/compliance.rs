//! Software and licences that are not allowed.

use std::path::PathBuf;

use image::walk::Entry;

use crate::{Error, Evidence, Placed};

/// Which rules are used.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Further rules: TOML files; an id that is known already replaces that rule.
    pub rules: Vec<PathBuf>,
    /// Ids of rules that are not used.
    pub without: Vec<String>,
}

/// Judges software and licences.
#[derive(Debug)]
pub struct Compliance {}

impl Compliance {
    /// The rules, ready.
    ///
    /// # Errors
    /// When a rule file cannot be read or understood.
    pub fn new(_options: &Options) -> Result<Self, Error> {
        Ok(Self {})
    }

    /// Whether some rule asks for this entry.
    #[must_use]
    pub fn notes(&self, _entry: &Entry<'_>) -> bool {
        false
    }

    /// Applies all rules.
    #[must_use]
    pub fn judge(&self, _evidence: &Evidence<'_>) -> Vec<Placed> {
        Vec::new()
    }
}
