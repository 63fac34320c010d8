//! Bringing the database up to date: archive by archive, in files beside those in use, and one swap at the end.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::{Duration, SystemTime};

use model::{Advisory, Affected};
use sha2::{Digest, Sha256};

use crate::database::{
    ArchiveStatus, FORMAT, KevEntry, MANIFEST, Manifest, SEGMENTS, SegmentEntry, segment_path,
};
use crate::mirror::{Fetched, Mirror, Records, hex};
use crate::names::canonical;
use crate::segment::Builder;
use crate::{Error, kev, osv};

/// How many malformed records of an archive are named.
const ERRORS: usize = 5;

/// What happens during an update, for those who watch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress<'a> {
    /// An archive is being fetched.
    Fetching(&'a str),
    /// Its records are being read.
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
    let old = if directory.join(MANIFEST).exists() {
        Manifest::read(directory).unwrap_or_default()
    } else {
        Manifest::default()
    };
    let ecosystems = mirror.ecosystems()?;
    let mut updated = Updated::default();
    updated.manifest = Manifest { format: FORMAT, updated: now(), ..Manifest::default() };
    for ecosystem in &ecosystems {
        progress(Progress::Fetching(ecosystem));
        let known = old.archives.get(ecosystem);
        let outcome = mirror.records(ecosystem, known.and_then(|known| known.fingerprint.as_deref()));
        let outcome = outcome.and_then(|fetched| match fetched {
            Fetched::Unchanged => Ok(None),
            Fetched::New(records, fingerprint) => {
                progress(Progress::Reading(ecosystem, records.len() as u64));
                let mut archive = Archive::new(ecosystem, &ecosystems);
                archive.status.fingerprint = fingerprint;
                archive.read(records);
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
                carry(&old, ecosystem, &mut updated.manifest);
            }
            Err(error) => {
                carry(&old, ecosystem, &mut updated.manifest);
                updated.failures.push((ecosystem.clone(), error));
            }
        }
    }
    match update_kev(directory, mirror, old.kev.as_ref()) {
        Ok(kev) => updated.manifest.kev = kev,
        Err(error) => {
            updated.manifest.kev = old.kev;
            updated.failures.push(("known exploited vulnerabilities".to_owned(), error));
        }
    }
    publish(directory, &updated.manifest)?;
    Ok(updated)
}

/// Keeps what is known of an archive.
fn carry(old: &Manifest, ecosystem: &str, new: &mut Manifest) {
    if let Some(status) = old.archives.get(ecosystem) {
        new.archives.insert(ecosystem.to_owned(), status.clone());
        new.segments.extend(old.segments.iter().filter(|segment| segment.archive == ecosystem).cloned());
    }
}

/// Held while the database is written.
pub(crate) fn lock(directory: &Path) -> Result<File, Error> {
    let segments = directory.join(SEGMENTS);
    std::fs::create_dir_all(&segments).map_err(Error::file("make", &segments))?;
    let path = directory.join("lock");
    let file = File::create(&path).map_err(Error::file("write", &path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => Err(Error::Locked { path: directory.to_owned() }),
        Err(std::fs::TryLockError::Error(source)) => Err(Error::file("lock", &path)(source)),
    }
}

/// Makes a manifest the database's, in one step, and deletes the segments it does not name.
pub(crate) fn publish(directory: &Path, manifest: &Manifest) -> Result<(), Error> {
    let path = directory.join(MANIFEST);
    let text = serde_json::to_vec_pretty(manifest)
        .map_err(|error| Error::Format { what: "the manifest".to_owned(), why: error.to_string() })?;
    write(directory, &path, &text)?;
    let named: HashSet<&str> = manifest
        .segments
        .iter()
        .map(|segment| segment.sha256.as_str())
        .chain(manifest.kev.iter().map(|kev| kev.sha256.as_str()))
        .collect();
    let segments = directory.join(SEGMENTS);
    for entry in std::fs::read_dir(&segments).map_err(Error::file("read", &segments))? {
        let path = entry.map_err(Error::file("read", &segments))?.path();
        let is_named =
            path.file_stem().and_then(|stem| stem.to_str()).is_some_and(|stem| named.contains(stem));
        if !is_named {
            std::fs::remove_file(&path).map_err(Error::file("delete", &path))?;
        }
    }
    Ok(())
}

/// Writes a file beside, makes it last, and renames it.
fn write(directory: &Path, path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let mut file = tempfile::NamedTempFile::new_in(directory).map_err(Error::file("write", path))?;
    file.write_all(bytes).map_err(Error::file("write", path))?;
    file.as_file().sync_all().map_err(Error::file("write", path))?;
    file.persist(path).map_err(|error| Error::file("replace", path)(error.error))?;
    Ok(())
}

/// Stores bytes under their digest.
pub(crate) fn store(directory: &Path, bytes: &[u8]) -> Result<String, Error> {
    let sha256 = hex(&Sha256::digest(bytes));
    let path = segment_path(directory, &sha256)?;
    write(directory, &path, bytes)?;
    Ok(sha256)
}

fn update_kev(directory: &Path, mirror: &Mirror, old: Option<&KevEntry>) -> Result<Option<KevEntry>, Error> {
    match mirror.kev(old.and_then(|old| old.fingerprint.as_deref()))? {
        None | Some(Fetched::Unchanged) => Ok(old.cloned()),
        Some(Fetched::New(bytes, fingerprint)) => {
            let what = || "the catalogue of known exploited vulnerabilities".to_owned();
            let entries = kev::parse(&bytes).map_err(|why| Error::Format { what: what(), why })?.len() as u64;
            let sha256 = store(directory, &bytes)?;
            Ok(Some(KevEntry { sha256, bytes: bytes.len() as u64, fingerprint, entries }))
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

    fn read(&mut self, records: Records) {
        records.for_each(|name, bytes| {
            self.status.records += 1;
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
        let malicious = advisory.id.starts_with("MAL-");
        for (ecosystem, entries) in by_ecosystem {
            self.builders.entry((ecosystem, malicious)).or_default().add(advisory.clone(), entries)?;
        }
        self.status.stored += 1;
        Ok(())
    }

    fn write(self, directory: &Path) -> Result<(ArchiveStatus, Vec<SegmentEntry>), Error> {
        let mut segments = Vec::new();
        for ((ecosystem, malicious), builder) in self.builders {
            let (advisories, packages) = (u64::from(builder.len()), builder.packages() as u64);
            let what = || format!("the advisories of {ecosystem}");
            let bytes =
                builder.finish().map_err(|why| Error::Format { what: what(), why: why.to_owned() })?;
            let sha256 = store(directory, &bytes)?;
            let archive = self.name.to_owned();
            let bytes = bytes.len() as u64;
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
