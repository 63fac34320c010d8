use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use image::Place;

/// The largest archive of an image that is taken, in bytes.
const UPLOAD_BYTES: u64 = 32 << 30;
/// How long one image may be scanned.
const SCAN_TIME: Duration = Duration::from_secs(3600);

/// How the server is set up; what the environment says was resolved by who starts it.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `sqlite:PATH` or `postgres://…`.
    pub database: String,
    /// Where reports, SBOMs and exports are kept: a directory, or `s3://BUCKET[/PREFIX]`.
    pub objects: String,
    /// Options of S3 by their usual names: `AWS_ENDPOINT`, `AWS_ACCESS_KEY_ID`, `AWS_REGION`, …
    pub object_options: BTreeMap<String, String>,
    /// The advisory database.
    pub advisories: PathBuf,
    /// Where advisories are taken from, a web address or a directory, whatever was set over the interface.
    pub mirror: Option<String>,
    /// Whether advisories are updated without anybody asking for it.
    pub updates: bool,
    /// The facts of layers, unless objects are kept in S3: then these are, too.
    pub cache: PathBuf,
    /// Where what people upload lies until it was read.
    pub uploads: PathBuf,
    /// How many jobs are done at once; none when it only answers.
    pub workers: usize,
    /// How many layers one scan reads at once.
    pub layers: usize,
    /// How long one image may be scanned.
    pub scan_time: Duration,
    /// The largest archive of an image that is taken, in bytes.
    pub upload_bytes: u64,
    /// What this machine calls itself for ever.
    pub machine: String,
    /// The engines of this machine.
    pub places: Places,
    /// What the environment says of cloud credentials, by the names of each cloud.
    pub cloud: BTreeMap<String, String>,
    /// The key of hashes that stand for secrets, and of what is kept sealed.
    pub key: Key,
}

impl Settings {
    /// With everything below one directory, without engines, workers, and updates of advisories.
    #[must_use]
    pub fn new(database: String, directory: &Path, key: Key) -> Self {
        Self {
            database,
            objects: directory.join("objects").display().to_string(),
            object_options: BTreeMap::new(),
            advisories: directory.join("db"),
            mirror: None,
            updates: false,
            cache: directory.join("cache"),
            uploads: directory.join("uploads"),
            workers: 0,
            layers: 2,
            scan_time: SCAN_TIME,
            upload_bytes: UPLOAD_BYTES,
            machine: "unnamed".to_owned(),
            places: Places::none(),
            cloud: BTreeMap::new(),
            key,
        }
    }
}

/// A key of this server; it is never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Key([u8; 32]);

impl Key {
    /// A key of these bytes.
    #[must_use]
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes.
    #[must_use]
    pub fn bytes(&self) -> [u8; 32] {
        self.0
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(…)")
    }
}

/// Where the engines of this machine are, looked up each time: one may be started later.
#[derive(Clone)]
pub struct Places(Arc<dyn Fn() -> Vec<Place> + Send + Sync>);

impl Places {
    /// What `find` finds.
    pub fn new(find: impl Fn() -> Vec<Place> + Send + Sync + 'static) -> Self {
        Self(Arc::new(find))
    }

    /// No engines, whatever the machine has.
    #[must_use]
    pub fn none() -> Self {
        Self::new(Vec::new)
    }

    /// Those that are there now.
    #[must_use]
    pub fn find(&self) -> Vec<Place> {
        (self.0)()
    }
}

impl fmt::Debug for Places {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Places(…)")
    }
}
