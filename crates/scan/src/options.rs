use std::path::PathBuf;

use advisories::Database;
use bounded::Limits;

use crate::progress::Progress;

/// How to scan.
pub struct Options<'a> {
    /// Whether packages are held against advisories.
    pub vulnerabilities: bool,
    /// Whether packages are listed in the report.
    pub software: bool,
    /// The advisories; without them `vulnerabilities` is a gap.
    pub database: Option<&'a Database>,
    /// Where the facts of layers are kept; nowhere when absent.
    pub cache: Option<PathBuf>,
    /// How many layers are read at once.
    pub jobs: usize,
    /// How much of everything is read.
    pub limits: Limits,
    /// Hears of what happens.
    pub progress: &'a Progress<'a>,
}

impl Options<'_> {
    /// The ids of the checks that are made.
    #[must_use]
    pub fn checks(&self) -> Vec<String> {
        let checks = [("vulnerabilities", self.vulnerabilities), ("software", self.software)];
        checks.iter().filter(|(_, made)| *made).map(|(check, _)| (*check).to_owned()).collect()
    }
}
