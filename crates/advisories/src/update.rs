//! Bringing the database up to date: archive by archive, in files beside those in use, and one swap at the end.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

use bounded::Limits;

use crate::archive::Archive;
use crate::database::{EpssEntry, FORMAT, FileEntry, KevEntry, MANIFEST, Manifest};
use crate::document::{Body, Own, document, unversioned, versioned};
use crate::feed::{Document, Feed, Input};
use crate::mirror::{Fetched, Mirror};
use crate::store::{is_whole, lock, publish, store};
use crate::{Error, kev, scores};

/// What happens during an update, for those who watch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress<'a> {
    /// An archive is being fetched.
    Fetching(&'a str),
    /// Its records are being read; so many are left, where that is known.
    Reading(&'a str, Option<u64>),
    /// It is as it was.
    Unchanged(&'a str),
}

/// Where everything is taken from.
#[derive(Debug)]
pub struct Sources<'a> {
    /// OSV's records, the catalogue of known exploited vulnerabilities, and the documents of feeds.
    pub mirror: &'a Mirror,
    /// The feeds that are read; what the database has of others is kept.
    pub feeds: Vec<&'static Feed>,
    /// Feeds that are taken from elsewhere.
    pub own: Vec<Own>,
    /// Whether OSV's records are read.
    pub osv: bool,
    /// Raised by who wants the update no longer; looked at before each archive.
    pub stop: Option<&'a AtomicBool>,
}

impl<'a> Sources<'a> {
    /// Everything that is fetched without being asked for by name.
    #[must_use]
    pub fn of(mirror: &'a Mirror) -> Self {
        let feeds = crate::FEEDS.iter().copied().filter(|feed| feed.is_default).collect();
        Self { mirror, feeds, own: Vec::new(), osv: true, stop: None }
    }
}

/// What came of an update.
#[derive(Debug, Default)]
pub struct Updated {
    /// What the database holds now.
    pub manifest: Manifest,
    /// Archives that could not be fetched or read, and why; what was known of them before is kept.
    pub failures: Vec<(String, Error)>,
    /// Why all was built anew: the database could not be read as it was.
    pub rebuilt: Option<Error>,
}

/// Brings the database in `directory` up to date.
///
/// # Errors
/// When the mirror holds nothing, the database cannot be written, or `sources.stop` was raised. An archive that fails is reported, and keeps what
/// is known of it.
pub fn update(
    directory: &Path,
    sources: &Sources<'_>,
    progress: &dyn Fn(Progress<'_>),
) -> Result<Updated, Error> {
    let _lock = lock(directory)?;
    let failures = Vec::new();
    let (old, rebuilt) = before(directory);
    let ecosystems = if sources.osv { sources.mirror.ecosystems()? } else { old.ecosystems.clone() };
    let manifest =
        Manifest { format: FORMAT, updated: now(), ecosystems: ecosystems.clone(), ..Manifest::default() };
    let mut update = Update { directory, sources, progress, old, manifest, failures };
    for ecosystem in &ecosystems {
        update.go_on()?;
        update.ecosystem(ecosystem, &ecosystems);
    }
    for feed in crate::FEEDS {
        for document in (feed.documents)() {
            update.go_on()?;
            update.document(feed, &document);
        }
    }
    update.known_exploited();
    publish(directory, &update.manifest)?;
    Ok(Updated { manifest: update.manifest, failures: update.failures, rebuilt })
}

/// An update under way.
struct Update<'a> {
    directory: &'a Path,
    sources: &'a Sources<'a>,
    progress: &'a dyn Fn(Progress<'_>),
    old: Manifest,
    manifest: Manifest,
    failures: Vec<(String, Error)>,
}

impl Update<'_> {
    /// Ends the update where nobody wants it any longer.
    fn go_on(&self) -> Result<(), Error> {
        match self.sources.stop {
            Some(stop) if stop.load(Ordering::Relaxed) => Err(Error::Stopped),
            _ => Ok(()),
        }
    }

    fn ecosystem(&mut self, name: &str, ecosystems: &BTreeSet<String>) {
        if !self.sources.osv {
            return self.carry(name);
        }
        (self.progress)(Progress::Fetching(name));
        let fingerprint = self.known(name).filter(|_| self.old.ecosystems == *ecosystems);
        let fetched = self.sources.mirror.records(name, fingerprint);
        let outcome = fetched.map(|fetched| match fetched {
            Fetched::Unchanged => None,
            Fetched::New(records, fingerprint) => {
                (self.progress)(Progress::Reading(name, Some(records.len() as u64)));
                let mut archive = Archive::of_records(name, ecosystems, self.progress);
                archive.status.fingerprint = fingerprint;
                archive.read(records);
                Some(archive)
            }
        });
        self.keep(name, outcome);
    }

    fn document(&mut self, feed: &'static Feed, wanted: &Document) {
        let name = format!("{}/{}", feed.name, wanted.name);
        if !self.sources.feeds.iter().any(|asked| asked.name == feed.name) {
            return self.carry(&name);
        }
        (self.progress)(Progress::Fetching(&name));
        let own = self.sources.own.iter().find(|own| own.feed == feed.name);
        let known = self.known(&name).and_then(|fingerprint| unversioned(feed, fingerprint));
        let outcome = match document(self.sources.mirror, own, feed, wanted, known) {
            // Where it is not, nothing new is known.
            Ok(None) => return self.carry(&name),
            Ok(Some(Fetched::Unchanged)) => Ok(None),
            Ok(Some(Fetched::New(body, fingerprint))) => {
                (self.progress)(Progress::Reading(&name, None));
                let mut archive = Archive::of_feed(&name, feed.enriches, self.progress);
                archive.status.fingerprint = versioned(feed, fingerprint);
                read(feed, wanted, body, &mut archive).map(|()| Some(archive))
            }
            Err(error) => Err(error),
        };
        self.keep(&name, outcome);
    }

    /// Writes what was read, or keeps what is known where nothing was.
    fn keep(&mut self, name: &str, outcome: Result<Option<Archive<'_>>, Error>) {
        match outcome.and_then(|archive| archive.map(|archive| self.write(name, archive)).transpose()) {
            Ok(Some(())) => {}
            Ok(None) => {
                (self.progress)(Progress::Unchanged(name));
                self.carry(name);
            }
            Err(error) => {
                self.carry(name);
                self.failures.push((name.to_owned(), error));
            }
        }
    }

    fn write(&mut self, name: &str, mut archive: Archive<'_>) -> Result<(), Error> {
        let epss = std::mem::take(&mut archive.epss);
        if !epss.is_empty() {
            let fail = |why| Error::Format { what: format!("`{name}`"), why };
            let packed = scores::pack(&epss).map_err(fail)?;
            let (sha256, bytes) = store(self.directory, |out| out.write_all(&packed))?;
            let (file, entries) = (FileEntry { sha256, bytes }, epss.len() as u64);
            self.manifest.epss = Some(EpssEntry { file, archive: name.to_owned(), entries });
        }
        let (status, segments) = archive.write(self.directory)?;
        self.manifest.archives.insert(name.to_owned(), status);
        self.manifest.segments.extend(segments);
        Ok(())
    }

    /// The files that hold what is known of an archive.
    fn files(&self, name: &str) -> Vec<&FileEntry> {
        let own = self.old.archives.get(name).and_then(|archive| archive.file.as_ref());
        let epss = self.old.epss.as_ref().filter(|epss| epss.archive == name).map(|epss| &epss.file);
        own.into_iter().chain(epss).collect()
    }

    /// By what an archive is known, if what was read of it is there.
    fn known(&self, name: &str) -> Option<&str> {
        let whole = is_whole(self.directory, self.files(name));
        self.old.archives.get(name).filter(|_| whole)?.fingerprint.as_deref()
    }

    /// Keeps what is known of an archive, where its files are there.
    fn carry(&mut self, name: &str) {
        let Some(status) = self.old.archives.get(name) else { return };
        if is_whole(self.directory, self.files(name)) {
            self.manifest.archives.insert(name.to_owned(), status.clone());
            let segments = self.old.segments.iter().filter(|segment| segment.archive == name);
            self.manifest.segments.extend(segments.cloned());
            if let Some(epss) = self.old.epss.as_ref().filter(|epss| epss.archive == name) {
                self.manifest.epss = Some(epss.clone());
            }
        }
    }

    fn known_exploited(&mut self) {
        let old = self.old.kev.clone().filter(|kev| is_whole(self.directory, [&kev.file]));
        let updated = if self.sources.osv { self.fetch_kev(old.as_ref()) } else { Ok(old.clone()) };
        self.manifest.kev = updated.unwrap_or_else(|error| {
            self.failures.push(("known exploited vulnerabilities".to_owned(), error));
            old
        });
    }

    fn fetch_kev(&self, old: Option<&KevEntry>) -> Result<Option<KevEntry>, Error> {
        match self.sources.mirror.kev(old.and_then(|old| old.fingerprint.as_deref()))? {
            None | Some(Fetched::Unchanged) => Ok(old.cloned()),
            Some(Fetched::New(bytes, fingerprint)) => {
                let what = || "the catalogue of known exploited vulnerabilities".to_owned();
                let fail = |why| Error::Format { what: what(), why };
                let catalogue = kev::parse(&bytes).map_err(fail)?;
                let packed = kev::pack(&catalogue).map_err(fail)?;
                let (sha256, bytes) = store(self.directory, |out| out.write_all(&packed))?;
                let file = FileEntry { sha256, bytes };
                Ok(Some(KevEntry { file, fingerprint, entries: catalogue.len() as u64 }))
            }
        }
    }
}

/// Reads a document, decompressed as it comes.
fn read(feed: &Feed, document: &Document, mut body: Body, archive: &mut Archive<'_>) -> Result<(), Error> {
    // Repetitive JSON and XML become several hundred times smaller; all VEX files of a publisher are tens of gigabytes.
    let limits = Limits { ratio: 2000, ..Limits::default() };
    let fail = |source| Error::Mirror { place: document.name.clone(), source };
    let unpacked = bounded::unpack(&mut body, &limits, |reader| {
        (feed.parse)(&mut Input::new(&document.name, reader, archive))
    });
    let unpacked = unpacked.map_err(fail)?;
    unpacked.value?;
    unpacked.failure.map_or(Ok(()), |source| Err(fail(source)))
}

/// What the database was; one that cannot be read is nothing, and why is told.
fn before(directory: &Path) -> (Manifest, Option<Error>) {
    if !directory.join(MANIFEST).exists() {
        return (Manifest::default(), None);
    }
    match Manifest::read(directory) {
        Ok(manifest) => (manifest, None),
        Err(Error::Damaged { why, .. }) if why.starts_with(crate::database::OTHER_VERSION) => {
            (Manifest::default(), None)
        }
        Err(error) => (Manifest::default(), Some(error)),
    }
}

/// The present time in UTC, RFC 3339.
pub(crate) fn now() -> String {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or(Duration::ZERO);
    let of_day = since.as_secs() % 86_400;
    let day = model::day_of(since.as_secs());
    format!("{day}T{:02}:{:02}:{:02}Z", of_day / 3600, of_day / 60 % 60, of_day % 60)
}
