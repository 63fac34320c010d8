use bounded::{Buffer, Limits};
use image::interest::Pattern;
use model::{Distribution, Gap, Package};
use serde::{Deserialize, Serialize};

/// Reads one package format.
#[derive(Debug)]
pub struct Extractor {
    /// Its public, stable name: `os/dpkg`, `java/archive`.
    pub name: &'static str,
    /// Raised when it answers differently for the same file; what caches hold of an older one is read again.
    pub version: u32,
    /// The files it may want.
    pub files: &'static [Pattern],
    /// Whether it wants the file at this path after all; asked before a byte of it is read.
    pub wants: fn(path: &str) -> bool,
    /// What it means that a package is named in such a file.
    pub evidence: Evidence,
    /// Reads one file.
    pub extract: fn(&mut Input<'_>) -> Result<(), Error>,
}

/// What it means that a file names a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// The package is there: what its package manager wrote, or the package itself.
    Installed,
    /// It is asked for, by a lock file or a manifest; whether it is there the file cannot tell.
    Declared,
}

/// Why a file could not be read by an extractor; it becomes a gap.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The bytes could not be had, or passed a limit.
    #[error(transparent)]
    Content(#[from] bounded::Error),
    /// The file is not written in its format.
    #[error("it is no valid {format}: {why}")]
    Format {
        /// The format.
        format: &'static str,
        /// What is wrong.
        why: String,
    },
}

/// What files told.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Found {
    /// Packages, without what only the whole image can tell.
    pub packages: Vec<Package>,
    /// Files that belong to system packages.
    pub owned: Vec<Owned>,
    /// The distribution.
    pub distribution: Option<Distribution>,
    /// Channels of updates beyond the release's own that the image takes part in.
    pub channels: Vec<String>,
    /// Licences of system packages that are named elsewhere in this layer.
    pub licensed: Vec<Licensed>,
    /// What could not be read.
    pub gaps: Vec<Gap>,
}

/// The files of one system package; only those that another extractor could look into.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owned {
    /// The package's name.
    pub package: String,
    /// Paths without a leading slash.
    pub paths: Vec<String>,
}

/// The licences of a system package, told by another file than its record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Licensed {
    /// The package's name.
    pub package: String,
    /// Its licences, SPDX identifiers where that is sure.
    pub licenses: Vec<String>,
}

/// One file, and the place for what it tells.
#[derive(Debug)]
pub struct Input<'a> {
    path: &'a str,
    content: &'a mut Buffer,
    limits: &'a Limits,
    found: &'a mut Found,
}

/// The largest file that is read into memory as a whole.
const WHOLE_BYTES: u64 = 128 << 20;

impl<'a> Input<'a> {
    /// The file at `path`, whose findings go to `found`.
    pub fn new(path: &'a str, content: &'a mut Buffer, limits: &'a Limits, found: &'a mut Found) -> Self {
        Self { path, content, limits, found }
    }

    /// Where the file lies, without a leading slash.
    #[must_use]
    pub fn path(&self) -> &'a str {
        self.path
    }

    /// What may be read at most.
    #[must_use]
    pub fn limits(&self) -> &'a Limits {
        self.limits
    }

    /// The content, to be read from any place.
    pub fn content(&mut self) -> &mut Buffer {
        self.content
    }

    /// All of the content.
    ///
    /// # Errors
    /// When it is larger than 128 MiB or cannot be read.
    pub fn bytes(&mut self) -> Result<&[u8], Error> {
        Ok(self.content.whole(WHOLE_BYTES)?)
    }

    /// All of the content, taken out; for extractors that report while they read.
    ///
    /// # Errors
    /// As [`Input::bytes`].
    pub fn take_bytes(&mut self) -> Result<Vec<u8>, Error> {
        Ok(self.content.take_whole(WHOLE_BYTES)?)
    }

    /// Reports a package; its path is this file's unless it has one already.
    pub fn package(&mut self, mut package: Package) {
        if package.paths.is_empty() {
            package.paths.push(self.path.to_owned());
        }
        self.found.packages.push(package);
    }

    /// Reports the files of a system package.
    pub fn owned(&mut self, owned: Owned) {
        if !owned.paths.is_empty() {
            self.found.owned.push(owned);
        }
    }

    /// Reports the distribution.
    pub fn distribution(&mut self, distribution: Distribution) {
        self.found.distribution = Some(distribution);
    }

    /// Reports a channel of updates that the image takes part in.
    pub fn channel(&mut self, channel: impl Into<String>) {
        self.found.channels.push(channel.into());
    }

    /// Reports the licences of a system package.
    pub fn licensed(&mut self, licensed: Licensed) {
        if !licensed.licenses.is_empty() {
            self.found.licensed.push(licensed);
        }
    }

    /// Reports something in this file that could not be read; the rest of it counts.
    pub fn gap(&mut self, why: impl Into<String>) {
        self.found.gaps.push(Gap::new("file", self.path, why));
    }

    /// Reports something at `place`, such as a member of this archive, that could not be read.
    pub fn gap_at(&mut self, place: impl Into<String>, why: impl Into<String>) {
        self.found.gaps.push(Gap::new("file", place, why));
    }
}
