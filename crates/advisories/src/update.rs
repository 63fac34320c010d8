//! Bringing the database up to date: archive by archive, in files beside those in use, and one swap at the end.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::{Duration, SystemTime};

use model::{Advisory, Affected};

use crate::database::{ArchiveStatus, FORMAT, KevEntry, MANIFEST, Manifest, SegmentEntry};
use crate::mirror::{Fetched, Mirror, Records};
use crate::names::canonical;
use crate::segment::Builder;
use crate::store::{is_whole, lock, publish, store};
use crate::{Error, identity, kev, osv};

/// How many malformed records of an archive are named.
const ERRORS: usize = 5;
/// After how many records progress is told.
const STEP: u64 = 5000;

/// What happens during an update, for those who watch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress<'a> {
    /// An archive is being fetched.
    Fetching(&'a str),
    /// Its records are being read; so many are left.
    Reading(&'a str, u64),
    /// It is as it was.
    Unchanged(&'a str),
}

/// What came of an update.
#[derive(Debug, Default)]
pub struct Updated {
    /// What the database holds now.
    pub manifest: Manifest,
    /// Archives that could not be fetched or read, and why; what was known of them before is kept.
    pub failures: Vec<(String, Error)>,
}

/// Brings the database in `directory` up to date from a mirror.
///
/// # Errors
/// When the mirror holds nothing, or the database cannot be written. An archive that fails is reported, and keeps what
/// is known of it.
pub fn update(directory: &Path, mirror: &Mirror, progress: &dyn Fn(Progress<'_>)) -> Result<Updated, Error> {
    let _lock = lock(directory)?;
    let mut updated = Updated::default();
    let old = before(directory, &mut updated.failures);
    let ecosystems = mirror.ecosystems()?;
    updated.manifest =
        Manifest { format: FORMAT, updated: now(), ecosystems: ecosystems.clone(), ..Manifest::default() };
    for ecosystem in &ecosystems {
        progress(Progress::Fetching(ecosystem));
        let known = known(directory, &old, ecosystem, &ecosystems);
        let outcome = mirror.records(ecosystem, known);
        let outcome = outcome.and_then(|fetched| match fetched {
            Fetched::Unchanged => Ok(None),
            Fetched::New(records, fingerprint) => {
                progress(Progress::Reading(ecosystem, records.len() as u64));
                let mut archive = Archive::new(ecosystem, &ecosystems);
                archive.status.fingerprint = fingerprint;
                archive.read(records, progress);
                archive.write(directory).map(Some)
            }
        });
        match outcome {
            Ok(Some((status, segments))) => {
                updated.manifest.archives.insert(ecosystem.clone(), status);
                updated.manifest.segments.extend(segments);
            }
            Ok(None) => {
                progress(Progress::Unchanged(ecosystem));
                carry(directory, &old, ecosystem, &mut updated.manifest);
            }
            Err(error) => {
                carry(directory, &old, ecosystem, &mut updated.manifest);
                updated.failures.push((ecosystem.clone(), error));
            }
        }
    }
    let kev = old.kev.filter(|kev| is_whole(directory, [(kev.sha256.as_str(), kev.bytes)]));
    match update_kev(directory, mirror, kev.as_ref()) {
        Ok(kev) => updated.manifest.kev = kev,
        Err(error) => {
            updated.manifest.kev = kev;
            updated.failures.push(("known exploited vulnerabilities".to_owned(), error));
        }
    }
    publish(directory, &updated.manifest)?;
    Ok(updated)
}

/// What the database was. One that cannot be read is built anew, and that is said.
fn before(directory: &Path, failures: &mut Vec<(String, Error)>) -> Manifest {
    if !directory.join(MANIFEST).exists() {
        return Manifest::default();
    }
    match Manifest::read(directory) {
        Ok(manifest) => manifest,
        Err(Error::Damaged { why, .. }) if why.starts_with(crate::database::OTHER_VERSION) => {
            Manifest::default()
        }
        Err(error) => {
            failures.push(("the database as it was".to_owned(), error));
            Manifest::default()
        }
    }
}

/// By what an archive is known, if what was read of it is there and would be read in the same way.
fn known<'a>(
    directory: &Path,
    old: &'a Manifest,
    ecosystem: &str,
    ecosystems: &BTreeSet<String>,
) -> Option<&'a str> {
    let segments = old.segments.iter().filter(|segment| segment.archive == ecosystem);
    let is_same = old.ecosystems == *ecosystems
        && is_whole(directory, segments.map(|segment| (segment.sha256.as_str(), segment.bytes)));
    old.archives.get(ecosystem).filter(|_| is_same)?.fingerprint.as_deref()
}

/// Keeps what is known of an archive, where its files are there.
fn carry(directory: &Path, old: &Manifest, ecosystem: &str, new: &mut Manifest) {
    let segments = || old.segments.iter().filter(|segment| segment.archive == ecosystem);
    let files = segments().map(|segment| (segment.sha256.as_str(), segment.bytes));
    if let Some(status) = old.archives.get(ecosystem).filter(|_| is_whole(directory, files)) {
        new.archives.insert(ecosystem.to_owned(), status.clone());
        new.segments.extend(segments().cloned());
    }
}

fn update_kev(directory: &Path, mirror: &Mirror, old: Option<&KevEntry>) -> Result<Option<KevEntry>, Error> {
    match mirror.kev(old.and_then(|old| old.fingerprint.as_deref()))? {
        None | Some(Fetched::Unchanged) => Ok(old.cloned()),
        Some(Fetched::New(bytes, fingerprint)) => {
            let what = || "the catalogue of known exploited vulnerabilities".to_owned();
            let fail = |why| Error::Format { what: what(), why };
            let catalogue = kev::parse(&bytes).map_err(fail)?;
            let packed = kev::pack(&catalogue).map_err(fail)?;
            let (sha256, bytes) = store(directory, |out| out.write_all(&packed))?;
            Ok(Some(KevEntry { sha256, bytes, fingerprint, entries: catalogue.len() as u64 }))
        }
    }
}

/// One archive being read.
struct Archive<'a> {
    name: &'a str,
    ecosystems: &'a BTreeSet<String>,
    status: ArchiveStatus,
    builders: BTreeMap<(String, bool), Builder>,
}

impl<'a> Archive<'a> {
    fn new(name: &'a str, ecosystems: &'a BTreeSet<String>) -> Self {
        let status = ArchiveStatus { read: now(), ..ArchiveStatus::default() };
        Self { name, ecosystems, status, builders: BTreeMap::new() }
    }

    fn read(&mut self, records: Records, progress: &dyn Fn(Progress<'_>)) {
        let all = records.len() as u64;
        records.for_each(|name, bytes| {
            self.status.records += 1;
            if self.status.records.is_multiple_of(STEP) {
                progress(Progress::Reading(self.name, all.saturating_sub(self.status.records)));
            }
            let parsed = bytes.map_err(|error| error.to_string()).and_then(|bytes| osv::parse(&bytes));
            if let Err(why) = parsed.and_then(|advisory| self.take(advisory)) {
                self.status.malformed += 1;
                if self.status.errors.len() < ERRORS {
                    self.status.errors.push(format!("{name}: {why}"));
                }
            }
        });
    }

    /// Whether this archive is the one to take an entry from: a record about several ecosystems is in each of theirs.
    fn is_home(&self, ecosystem: &str) -> bool {
        let base = ecosystem.split(':').next().unwrap_or_default();
        base.eq_ignore_ascii_case(self.name)
            || !self.ecosystems.iter().any(|other| other.eq_ignore_ascii_case(base))
    }

    fn take(&mut self, mut advisory: Advisory) -> Result<(), String> {
        if advisory.withdrawn.is_some() {
            self.status.withdrawn += 1;
            return Ok(());
        }
        let entries = std::mem::take(&mut advisory.affected);
        if entries.is_empty() {
            self.status.without_versions += 1;
            return Ok(());
        }
        let mut by_ecosystem: BTreeMap<String, Vec<(String, Affected)>> = BTreeMap::new();
        for entry in entries.into_iter().filter(|entry| self.is_home(&entry.ecosystem)) {
            let name = canonical(&entry.ecosystem, &entry.package);
            by_ecosystem.entry(entry.ecosystem.clone()).or_default().push((name, entry));
        }
        if by_ecosystem.is_empty() {
            self.status.elsewhere += 1;
            return Ok(());
        }
        let malicious = advisory.id.starts_with(identity::MALICIOUS);
        for (ecosystem, entries) in by_ecosystem {
            let builder = Builder::new(&ecosystem);
            self.builders.entry((ecosystem, malicious)).or_insert(builder).add(&advisory, &entries)?;
        }
        self.status.stored += 1;
        Ok(())
    }

    fn write(self, directory: &Path) -> Result<(ArchiveStatus, Vec<SegmentEntry>), Error> {
        let mut segments = Vec::new();
        for ((ecosystem, malicious), builder) in self.builders {
            let (advisories, packages) = (builder.len() as u64, builder.packages() as u64);
            let (sha256, bytes) = store(directory, |mut out| builder.write(&mut out))?;
            let archive = self.name.to_owned();
            segments.push(SegmentEntry {
                sha256,
                bytes,
                ecosystem,
                archive,
                malicious,
                advisories,
                packages,
            });
        }
        Ok((self.status, segments))
    }
}

/// The present time in UTC, RFC 3339.
fn now() -> String {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or(Duration::ZERO);
    let of_day = since.as_secs() % 86_400;
    let day = model::day_of(since.as_secs());
    format!("{day}T{:02}:{:02}:{:02}Z", of_day / 3600, of_day / 60 % 60, of_day % 60)
}
