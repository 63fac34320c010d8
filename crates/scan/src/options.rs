use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use advisories::Database;
use bounded::Limits;
use inspect::base::Bases;
use inspect::baseline::Baseline;
use inspect::compliance::Compliance;
use inspect::malware::Malware;
use inspect::secrets::Secrets;
use model::{Distribution, Package};

use crate::progress::Progress;
use crate::{Check, Error, Shelf};

/// How to scan.
pub struct Options<'a> {
    /// The checks that are made.
    pub checks: &'a [Check],
    /// The engines of the checks.
    pub inspectors: &'a Inspectors,
    /// The advisories; without them `vulnerabilities` is a gap.
    pub database: Option<&'a Database>,
    /// Whether packages count that files only ask for.
    pub declared: Declared,
    /// Where the facts of layers are kept; nowhere when absent.
    pub cache: Option<Arc<dyn Shelf>>,
    /// How many layers are read at once.
    pub jobs: usize,
    /// How much of everything is read.
    pub limits: Limits,
    /// Today, `YYYY-MM-DD`.
    pub today: String,
    /// Hears of what happens.
    pub progress: &'a Progress<'a>,
    /// Raised by somebody who wants the scan to end early, with [`Error::Stopped`].
    pub stop: Option<Arc<AtomicBool>>,
}

/// Whether packages count that lock files and manifests ask for, but that nothing shows to be there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Declared {
    /// In a source tree: a directory without a distribution and system packages, or an image without those in which
    /// no package of any kind is installed.
    #[default]
    Auto,
    /// Everywhere.
    Always,
    /// Nowhere.
    Never,
}

impl Declared {
    /// Whether they count in an image, or a directory, of this distribution and these packages.
    pub(crate) fn counts(
        self,
        is_directory: bool,
        distribution: Option<&Distribution>,
        packages: &[Package],
    ) -> bool {
        // What a build left in a source tree shows some of what is asked for; an image shows all of it.
        let is_allowed = |package: &Package| package.declared || (is_directory && !package.kind.is_system());
        match self {
            Self::Auto => distribution.is_none() && packages.iter().all(is_allowed),
            Self::Always => true,
            Self::Never => false,
        }
    }
}

/// The engines that look into files and judge what is in them, each with its rules.
///
/// One that is absent is not asked, whatever the checks.
#[derive(Debug, Default)]
pub struct Inspectors {
    /// Secrets; also masks what the report shows of the image's configuration.
    pub secrets: Option<Secrets>,
    /// Malware.
    pub malware: Option<Malware>,
    /// Unsafe settings.
    pub baseline: Option<Baseline>,
    /// Forbidden software and licences.
    pub compliance: Option<Compliance>,
    /// Approved base images.
    pub bases: Bases,
}

impl Options<'_> {
    /// An error when the scan is to be stopped: asked for each entry and each block that is read.
    pub(crate) fn go_on(&self) -> Result<(), Error> {
        match &self.stop {
            Some(stop) if stop.load(Ordering::Relaxed) => Err(Error::Stopped),
            _ => Ok(()),
        }
    }

    /// Whether a check is made.
    #[must_use]
    pub fn makes(&self, check: Check) -> bool {
        self.checks.contains(&check)
    }

    /// The secrets engine, when files are looked through with it.
    pub(crate) fn secrets(&self) -> Option<&Secrets> {
        self.inspectors.secrets.as_ref().filter(|_| self.makes(Check::Secrets))
    }

    pub(crate) fn malware(&self) -> Option<&Malware> {
        self.inspectors.malware.as_ref().filter(|_| self.makes(Check::Malware))
    }

    pub(crate) fn baseline(&self) -> Option<&Baseline> {
        self.inspectors.baseline.as_ref().filter(|_| self.makes(Check::Baseline))
    }

    pub(crate) fn compliance(&self) -> Option<&Compliance> {
        self.inspectors.compliance.as_ref().filter(|_| self.makes(Check::Compliance))
    }

    /// Whether packages have to be known.
    pub(crate) fn packages(&self) -> bool {
        [Check::Vulnerabilities, Check::Software, Check::Compliance].iter().any(|check| self.makes(*check))
    }
}
