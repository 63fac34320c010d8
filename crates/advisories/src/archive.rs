//! One archive of records or document of a feed being read: each record goes to the segments it belongs to.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use model::{Advisory, Affected, Epss};

use crate::database::{ArchiveStatus, FileEntry, SegmentEntry};
use crate::feed::Sink;
use crate::mirror::Records;
use crate::names::canonical;
use crate::segment::Pack;
use crate::store::store;
use crate::update::{Progress, now};
use crate::{Error, identity, names, osv};

/// How many malformed records of an archive are named.
const ERRORS: usize = 5;
/// After how many records progress is told.
const STEP: u64 = 5000;

/// One archive or document being read.
pub(crate) struct Archive<'a> {
    name: &'a str,
    /// The ecosystems that have an archive of their own; none for a feed, whose records are in it alone.
    ecosystems: Option<&'a BTreeSet<String>>,
    /// Whether each record is also kept by the vulnerability it is about.
    enriches: bool,
    progress: &'a dyn Fn(Progress<'_>),
    /// How many records there are, where that is known.
    all: u64,
    pack: Pack,
    pub(crate) status: ArchiveStatus,
    pub(crate) epss: BTreeMap<String, Epss>,
}

impl<'a> Archive<'a> {
    /// An archive of OSV records.
    pub(crate) fn of_records(
        name: &'a str,
        ecosystems: &'a BTreeSet<String>,
        progress: &'a dyn Fn(Progress<'_>),
    ) -> Self {
        Self { ecosystems: Some(ecosystems), ..Self::of_feed(name, false, progress) }
    }

    /// A document of a feed.
    pub(crate) fn of_feed(name: &'a str, enriches: bool, progress: &'a dyn Fn(Progress<'_>)) -> Self {
        let status = ArchiveStatus { read: now(), ..ArchiveStatus::default() };
        let (pack, epss) = (Pack::default(), BTreeMap::new());
        Self { name, ecosystems: None, enriches, progress, all: 0, pack, status, epss }
    }

    /// Reads all of an archive.
    pub(crate) fn read(&mut self, records: Records) {
        self.all = records.len() as u64;
        records.for_each(|name, bytes| {
            self.count();
            let parsed = bytes.map_err(|error| error.to_string()).and_then(|bytes| osv::parse(&bytes));
            if let Err(why) = parsed.and_then(|advisory| self.take(advisory)) {
                self.malformed(name, why);
            }
        });
    }

    fn count(&mut self) {
        self.status.records += 1;
        if self.status.records.is_multiple_of(STEP) {
            let left = self.all.checked_sub(self.status.records);
            (self.progress)(Progress::Reading(self.name, left));
        }
    }

    /// Whether this archive is the one to take an entry from: a record about several ecosystems is in each of theirs.
    fn is_home(&self, ecosystem: &str) -> bool {
        let Some(ecosystems) = self.ecosystems else { return true };
        let base = ecosystem.split(':').next().unwrap_or_default();
        base.eq_ignore_ascii_case(self.name)
            || !ecosystems.iter().any(|other| other.eq_ignore_ascii_case(base))
    }

    fn take(&mut self, mut advisory: Advisory) -> Result<(), String> {
        let mut entries = std::mem::take(&mut advisory.affected);
        if advisory.withdrawn.is_some() {
            self.status.withdrawn += 1;
            if !self.enriches {
                return Ok(());
            }
            // That it was rejected is worth knowing; what it said of packages is not.
            entries.clear();
        }
        if entries.is_empty() && !self.enriches {
            self.status.without_versions += 1;
            return Ok(());
        }
        let mut by_ecosystem: BTreeMap<String, Vec<(String, Affected)>> = BTreeMap::new();
        for entry in entries.into_iter().filter(|entry| self.is_home(&entry.ecosystem)) {
            let name = canonical(&entry.ecosystem, &entry.package);
            by_ecosystem.entry(entry.ecosystem.clone()).or_default().push((name, entry));
        }
        if self.enriches {
            let own = (advisory.id.clone(), Affected::default());
            by_ecosystem.entry(names::by_vulnerability(&advisory.id)).or_default().push(own);
        }
        if by_ecosystem.is_empty() {
            self.status.elsewhere += 1;
            return Ok(());
        }
        let malicious = advisory.id.starts_with(identity::MALICIOUS);
        self.pack.add(&advisory, malicious, by_ecosystem)?;
        self.status.stored += 1;
        Ok(())
    }

    /// Writes what was read.
    pub(crate) fn write(mut self, directory: &Path) -> Result<(ArchiveStatus, Vec<SegmentEntry>), Error> {
        if self.pack.is_empty() {
            return Ok((self.status, Vec::new()));
        }
        let mut written = Vec::new();
        let (sha256, bytes) = store(directory, |mut out| {
            written = self.pack.write(&mut out)?;
            Ok(())
        })?;
        self.status.file = Some(FileEntry { sha256, bytes });
        let archive = self.name;
        let entry = |segment: crate::segment::Written| SegmentEntry {
            archive: archive.to_owned(),
            ecosystem: segment.ecosystem,
            offset: segment.offset,
            malicious: segment.malicious,
            advisories: segment.advisories,
            packages: segment.packages,
        };
        Ok((self.status, written.into_iter().map(entry).collect()))
    }
}

impl Sink for Archive<'_> {
    fn advisory(&mut self, advisory: Advisory) {
        self.count();
        let id = advisory.id.clone();
        if let Err(why) = self.take(advisory) {
            self.malformed(&id, why);
        }
    }

    fn epss(&mut self, cve: String, epss: Epss) {
        self.count();
        self.status.stored += 1;
        self.epss.insert(cve, epss);
    }

    fn malformed(&mut self, what: &str, why: String) {
        self.status.malformed += 1;
        if self.status.errors.len() < ERRORS {
            self.status.errors.push(format!("{what}: {why}"));
        }
    }
}
