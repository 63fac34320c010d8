use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use bounded::read_file;
use model::{DatabaseSummary, Epss, KnownExploited};
use serde::{Deserialize, Serialize};

use crate::scores::Scores;
use crate::segment::{File, Segment};
use crate::{Error, names};

/// Raised when older programs cannot read what is written, and when versions or records are read in another way than
/// before: segments hold what was read.
pub(crate) const FORMAT: u32 = 3;
/// How the reason begins, when a database is not damaged but of another version.
pub(crate) const OTHER_VERSION: &str = "it is of version";
/// The name of the list of segments.
pub(crate) const MANIFEST: &str = "manifest.json";
/// The directory of segments.
pub(crate) const SEGMENTS: &str = "segments";
const MANIFEST_BYTES: u64 = 64 << 20;
/// The largest catalogue of known exploited vulnerabilities.
pub(crate) const KEV_BYTES: u64 = 64 << 20;

/// What the database holds; `manifest.json`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The version of the form it is written in.
    pub format: u32,
    /// When it was last updated, RFC 3339.
    pub updated: String,
    /// The ecosystems of the mirror: which archive a record is taken from depends on them.
    #[serde(default)]
    pub ecosystems: BTreeSet<String>,
    /// What came of each archive, by ecosystem.
    pub archives: BTreeMap<String, ArchiveStatus>,
    /// The segments.
    pub segments: Vec<SegmentEntry>,
    /// The catalogue of known exploited vulnerabilities.
    pub kev: Option<KevEntry>,
    /// The scores of EPSS.
    #[serde(default)]
    pub epss: Option<EpssEntry>,
}

/// What came of reading one archive.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArchiveStatus {
    /// The file of its segments; absent when nothing of it is in the database.
    #[serde(default)]
    pub file: Option<FileEntry>,
    /// What it is compared with at the next update.
    pub fingerprint: Option<String>,
    /// When it was read, RFC 3339.
    pub read: String,
    /// Records in it.
    pub records: u64,
    /// Records that are in the database.
    pub stored: u64,
    /// Records their publisher has withdrawn; they are not in the database.
    pub withdrawn: u64,
    /// Records about git commits only, which say nothing of versions.
    pub without_versions: u64,
    /// Records about ecosystems that have an archive of their own.
    pub elsewhere: u64,
    /// Records that could not be read.
    pub malformed: u64,
    /// The first of them, and why.
    pub errors: Vec<String>,
}

/// One file of the database.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FileEntry {
    /// Its digest, which is also its name.
    pub sha256: String,
    /// Its size.
    pub bytes: u64,
}

/// One segment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SegmentEntry {
    /// The archive it was made from, in whose file it lies.
    pub archive: String,
    /// The ecosystem with its release, `Debian:12`.
    pub ecosystem: String,
    /// Where in the file it begins.
    pub offset: u64,
    /// Whether it holds malicious packages rather than vulnerabilities.
    pub malicious: bool,
    /// Advisories in it.
    pub advisories: u64,
    /// Packages in it.
    pub packages: u64,
}

/// The stored catalogue of known exploited vulnerabilities.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KevEntry {
    /// Its file.
    pub file: FileEntry,
    /// What it is compared with at the next update.
    pub fingerprint: Option<String>,
    /// Vulnerabilities in it.
    pub entries: u64,
}

/// The stored scores of EPSS.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EpssEntry {
    /// Their file.
    pub file: FileEntry,
    /// The document they were read from.
    pub archive: String,
    /// Vulnerabilities with a score.
    pub entries: u64,
}

/// An open advisory database. It keeps answering from what it opened while an update replaces it on disk.
pub struct Database {
    manifest: Manifest,
    segments: HashMap<String, Vec<Segment>>,
    kev_path: Option<PathBuf>,
    kev: OnceLock<BTreeMap<String, KnownExploited>>,
    epss: Option<Scores>,
}

impl Database {
    /// Opens the database in a directory; nothing is loaded before it is asked for.
    ///
    /// # Errors
    /// When there is none, or a file of it is missing, damaged or of a later version.
    pub fn open(directory: &Path) -> Result<Self, Error> {
        let manifest = Manifest::read(directory)?;
        let mut segments: HashMap<String, Vec<Segment>> = HashMap::new();
        let mut files: HashMap<&str, File> = HashMap::new();
        for (name, archive) in &manifest.archives {
            if let Some(file) = &archive.file {
                files.insert(name, File::open(&segment_path(directory, &file.sha256)?, file.bytes)?);
            }
        }
        for entry in &manifest.segments {
            let file = files.get(entry.archive.as_str()).ok_or_else(|| Error::Damaged {
                path: directory.join(MANIFEST),
                why: format!("it names no file for the archive `{}`", entry.archive),
            })?;
            segments.entry(entry.ecosystem.clone()).or_default().push(Segment::new(
                file,
                entry.offset,
                &entry.ecosystem,
            ));
        }
        let path = |file: &FileEntry| segment_path(directory, &file.sha256);
        let kev_path = manifest.kev.as_ref().map(|kev| path(&kev.file)).transpose()?;
        let scores = |epss: &EpssEntry| Scores::open(&path(&epss.file)?, epss.file.bytes);
        let epss = manifest.epss.as_ref().map(scores).transpose()?;
        Ok(Self { manifest, segments, kev_path, kev: OnceLock::new(), epss })
    }

    /// What it holds.
    #[must_use]
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// What a report says of it.
    #[must_use]
    pub fn summary(&self) -> DatabaseSummary {
        let advisories = self.manifest.archives.values().map(|archive| archive.stored).sum();
        DatabaseSummary { updated: self.manifest.updated.clone(), advisories }
    }

    /// The segments of an ecosystem; empty when the database has none.
    pub(crate) fn segments(&self, ecosystem: &str) -> &[Segment] {
        self.segments.get(ecosystem).map(Vec::as_slice).unwrap_or_default()
    }

    /// Every segment, with what the manifest says of it.
    pub(crate) fn each_segment(&self) -> impl Iterator<Item = (&SegmentEntry, &Segment)> {
        let mut seen: HashMap<&str, usize> = HashMap::new();
        self.manifest.segments.iter().filter_map(move |entry| {
            let place = seen.entry(&entry.ecosystem).or_default();
            let segment = self.segments(&entry.ecosystem).get(*place)?;
            *place += 1;
            Some((entry, segment))
        })
    }

    /// The ecosystems it has segments of that fit a name in which `*` stands for any text, in order.
    pub(crate) fn ecosystems(&self, name: &str) -> Vec<String> {
        if !name.contains('*') {
            return vec![name.to_owned()];
        }
        let fitting = self.segments.keys().filter(|known| names::fits(name, known));
        let mut fitting: Vec<String> = fitting.cloned().collect();
        fitting.sort();
        fitting
    }

    /// How likely a vulnerability is to be exploited, where that is known.
    pub(crate) fn epss(&self, cve: &str) -> Result<Option<Epss>, Error> {
        self.epss.as_ref().map_or(Ok(None), |scores| scores.get(cve))
    }

    /// Shows every vulnerability with a score, and the score in hundredths.
    pub(crate) fn each_likelihood(&self, visit: impl FnMut(&str, u64)) -> Result<(), Error> {
        self.epss.as_ref().map_or(Ok(()), |scores| scores.each(visit))
    }

    /// The catalogue of known exploited vulnerabilities.
    pub(crate) fn kev(&self) -> Result<&BTreeMap<String, KnownExploited>, Error> {
        if let Some(kev) = self.kev.get() {
            return Ok(kev);
        }
        let kev = match &self.kev_path {
            None => BTreeMap::new(),
            Some(path) => {
                let bytes = read_file(path, KEV_BYTES)
                    .map_err(|error| Error::Damaged { path: path.clone(), why: error.to_string() })?;
                crate::kev::unpack(&bytes).map_err(|why| Error::Damaged { path: path.clone(), why })?
            }
        };
        Ok(self.kev.get_or_init(|| kev))
    }
}

impl Manifest {
    /// Every file it names, each once.
    pub(crate) fn files(&self) -> BTreeSet<&FileEntry> {
        let archives = self.archives.values().filter_map(|archive| archive.file.as_ref());
        let kev = self.kev.iter().map(|kev| &kev.file);
        let epss = self.epss.iter().map(|epss| &epss.file);
        archives.chain(kev).chain(epss).collect()
    }

    /// The bytes of all its files.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.files().iter().map(|file| file.bytes).sum()
    }

    pub(crate) fn read(directory: &Path) -> Result<Self, Error> {
        let path = directory.join(MANIFEST);
        let bytes = match read_file(&path, MANIFEST_BYTES) {
            Ok(bytes) => bytes,
            Err(bounded::Error::File { source, .. }) => return Err(Error::file("read", &path)(source)),
            Err(error) => return Err(Error::Damaged { path, why: error.to_string() }),
        };
        Self::parse(&bytes).map_err(|why| Error::Damaged { path, why })
    }

    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, String> {
        let manifest: Self = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
        if manifest.format != FORMAT {
            return Err(format!("{OTHER_VERSION} {}, and this program reads {FORMAT}", manifest.format));
        }
        Ok(manifest)
    }
}

/// Where a segment lies; its name must be a digest, whatever a manifest says.
pub(crate) fn segment_path(directory: &Path, sha256: &str) -> Result<PathBuf, Error> {
    if model::Digest::from_hex(sha256).is_err() {
        let why = "it names a segment by something that is no digest".to_owned();
        return Err(Error::Damaged { path: directory.join(MANIFEST), why });
    }
    Ok(directory.join(SEGMENTS).join(format!("{sha256}.seg")))
}
