//! The advisory database as the server uses it: opened once, and again when another took its place.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use advisories::{Database, FEEDS, Feed, Mirror, OSV_URL, PublicKey, Sources};
use futures::FutureExt;
use store::tasks::{self, Cause};
use store::{Transaction, jobs, settings, updates};

use crate::work::{Duty, Parameters};
use crate::{App, Error, judge};

/// The file by which another database is told from the one that is open.
const MANIFEST: &str = "manifest.json";
/// The kind of jobs that fetch and import.
pub(crate) const NAME: &str = "advisories";
/// Where settings are kept.
const SETTINGS: &str = "advisories";
/// The directory of bundles that were uploaded.
const UPLOADS: &str = "uploads";
/// How long an upload is kept that nobody imports.
const KEPT: Duration = Duration::from_secs(24 * 60 * 60);
/// An hour in milliseconds.
pub(crate) const HOUR: i64 = 3_600_000;
/// How long events are kept.
const EVENT_DAYS: i64 = 400;
/// What stands for the public mirror.
const PUBLIC: &str = "";

/// The database that is open.
#[derive(Default)]
pub(crate) struct Open(Mutex<Option<(Stamp, Arc<Database>)>>);

impl std::fmt::Debug for Open {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Open").finish_non_exhaustive()
    }
}

/// By what a file is known to be the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp {
    modified: Option<SystemTime>,
    bytes: u64,
    inode: u64,
}

impl Stamp {
    /// That of the database in a directory; nothing where there is none.
    fn of(directory: &Path) -> Result<Option<Self>, Error> {
        let path = directory.join(MANIFEST);
        match std::fs::metadata(&path) {
            Ok(found) => {
                let inode = std::os::unix::fs::MetadataExt::ino(&found);
                Ok(Some(Self { modified: found.modified().ok(), bytes: found.len(), inode }))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(Error::Directory { path, source }),
        }
    }
}

impl App {
    /// The advisory database as it is now; nothing when there is none yet. It blocks.
    ///
    /// # Errors
    /// When it is damaged or cannot be read.
    pub fn advisories(&self) -> Result<Option<Arc<Database>>, Error> {
        let directory = &self.settings.advisories;
        let mut open = self.open_advisories.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Asked for before it is opened: one that comes in between is noticed the next time.
        let Some(stamp) = Stamp::of(directory)? else {
            *open = None;
            return Ok(None);
        };
        if let Some((known, database)) = &*open
            && *known == stamp
        {
            return Ok(Some(Arc::clone(database)));
        }
        let database = Arc::new(open_again(directory)?);
        *open = Some((stamp, Arc::clone(&database)));
        Ok(Some(database))
    }
}

/// Opens a database; an update may delete files of the one whose manifest was just read.
fn open_again(directory: &Path) -> Result<Database, Error> {
    match Database::open(directory) {
        Ok(database) => Ok(database),
        Err(_) => Ok(Database::open(directory)?),
    }
}

/// Where bundles lie that were uploaded.
pub(crate) fn uploads(app: &App) -> PathBuf {
    app.settings.advisories.join(UPLOADS)
}

/// Where one of them lies; its name is one that was given to it here.
pub(crate) fn bundle(app: &App, name: &str) -> PathBuf {
    uploads(app).join(name)
}

/// How advisories are kept up to date.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub(crate) struct Keeping {
    /// The mirror, a web address or a directory; empty for the public one.
    pub(crate) mirror: String,
    /// Whether the records of OSV are fetched.
    pub(crate) osv: bool,
    /// The feeds that are fetched, by name; `default` stands for those that are without being asked for.
    pub(crate) feeds: Vec<String>,
    /// How many hours lie between two updates; 0 when nobody wants them.
    pub(crate) interval_hours: i64,
    /// Certificate authorities that are trusted besides the system's, PEM.
    pub(crate) authorities: Option<String>,
    /// The keys of bundles that are taken, in hexadecimal digits.
    pub(crate) keys: Vec<String>,
    /// From which severity on new vulnerabilities are told as events, 0 to 5.
    pub(crate) event_severity: i64,
}

impl Default for Keeping {
    fn default() -> Self {
        Self {
            mirror: PUBLIC.to_owned(),
            osv: true,
            feeds: vec!["default".to_owned()],
            interval_hours: 24,
            authorities: None,
            keys: Vec::new(),
            event_severity: model::Severity::High as i64,
        }
    }
}

impl Keeping {
    /// As they were set; what the server was started with holds before that.
    pub(crate) async fn read(app: &App) -> Result<Self, Error> {
        let mut keeping: Self = match settings::get(&app.database, SETTINGS).await? {
            Some(text) => serde_json::from_str(&text).map_err(Error::kept(SETTINGS))?,
            None => Self::default(),
        };
        keeping.mirror = app.settings.mirror.clone().unwrap_or(keeping.mirror);
        if !app.settings.updates {
            keeping.interval_hours = 0;
        }
        Ok(keeping)
    }

    /// Keeps them.
    pub(crate) async fn write(&self, on: impl Into<store::On<'_>>) -> Result<(), Error> {
        let text = serde_json::to_string(self).map_err(Error::kept(SETTINGS))?;
        Ok(settings::set(on, SETTINGS, &text).await?)
    }

    /// The keys that bundles are verified with.
    pub(crate) fn trusted(&self) -> Vec<PublicKey> {
        self.keys.iter().filter_map(|key| PublicKey::from_hex(key)).collect()
    }

    /// The feeds that are fetched.
    pub(crate) fn chosen(&self) -> Vec<&'static Feed> {
        let is_chosen = |feed: &&&'static Feed| {
            self.feeds.iter().any(|name| match name.as_str() {
                "all" => true,
                "default" => feed.is_default,
                name => name == feed.name,
            })
        };
        FEEDS.iter().filter(is_chosen).copied().collect()
    }

    /// What is wrong with them, if anything.
    pub(crate) fn wrong(&self) -> Option<String> {
        let unknown = |name: &&String| {
            !matches!(name.as_str(), "all" | "default") && !FEEDS.iter().any(|feed| feed.name == **name)
        };
        if let Some(name) = self.feeds.iter().find(unknown) {
            return Some(format!("cannot use feed `{name}`: there is none of this name"));
        }
        if let Some(key) = self.keys.iter().find(|key| PublicKey::from_hex(key).is_none()) {
            return Some(format!("cannot use key `{key}`: a key has 64 hexadecimal digits"));
        }
        let is_web = self.mirror.starts_with("http://") || self.mirror.starts_with("https://");
        let host = self.mirror.split("//").nth(1).and_then(|rest| rest.split('/').next()).unwrap_or_default();
        if is_web && host.contains('@') {
            return Some("cannot use a mirror whose address holds a password: give one without".to_owned());
        }
        if !is_web && !self.mirror.is_empty() && !self.mirror.starts_with('/') {
            return Some(format!(
                "cannot use mirror `{}`: it is neither a web address nor the whole path of a directory",
                self.mirror
            ));
        }
        None
    }

    /// The place that is fetched from; `authorities` is the file that holds them.
    pub(crate) fn place(&self, authorities: Option<&Path>) -> Result<Mirror, advisories::Error> {
        let ca_files = authorities.into_iter().map(Path::to_owned).collect();
        let options = net::Options { ca_files, ..net::Options::default() };
        let mirror = if self.mirror == PUBLIC { OSV_URL } else { &self.mirror };
        Mirror::named(mirror, &options)
    }

    /// All that is fetched from a place.
    pub(crate) fn sources<'a>(&self, mirror: &'a Mirror) -> Sources<'a> {
        Sources { feeds: self.chosen(), osv: self.osv, ..Sources::of(mirror) }
    }
}

/// Looks after advisories.
pub(crate) const DUTY: Duty = Duty {
    name: "advisories",
    every: |_| Duration::from_secs(60),
    run: |app| async move { look_after(&app).await }.boxed(),
};

/// What is looked at every minute: whether an update is due, whether the inventory is to be judged by other advisories
/// than it was, and what was left behind.
///
/// # Errors
/// When the inventory or the advisories cannot be used.
async fn look_after(app: &App) -> Result<(), Error> {
    let keeping = Keeping::read(app).await?;
    let now = store::now();
    if keeping.interval_hours > 0 {
        let mut transaction = app.database.begin().await?;
        let interval = keeping.interval_hours.saturating_mul(HOUR);
        if updates::take(&mut transaction, now.saturating_sub(interval), now).await? {
            begin(&mut transaction, Cause::Schedule, "", &Parameters::default()).await?;
        }
        transaction.commit().await?;
    }
    if judge::is_due(app).await? {
        let mut transaction = app.database.begin().await?;
        judge::request(&mut transaction).await?;
        transaction.commit().await?;
    }
    store::events::forget(&app.database, now.saturating_sub(EVENT_DAYS * 24 * HOUR)).await?;
    let uploads = uploads(app);
    judge::blocking(move || sweep(&uploads)).await
}

/// Asks for advisories to be fetched or imported; gives the task.
pub(crate) async fn begin(
    transaction: &mut Transaction,
    cause: Cause,
    created_by: &str,
    parameters: &Parameters,
) -> Result<i64, Error> {
    let parameters = serde_json::to_string(parameters).map_err(Error::kept("parameters"))?;
    let new = tasks::New {
        projects: &[],
        kind: NAME,
        cause,
        name: "",
        parameters: &parameters,
        created_by,
        parallel: 0,
    };
    let dedupe = format!("{NAME}:{parameters}");
    let wanted = jobs::Wanted {
        kind: NAME,
        subject: 0,
        dedupe,
        parameters: parameters.clone(),
        priority: cause.priority(),
    };
    let (task, _) = tasks::with_job(transaction, new, wanted).await?;
    Ok(task)
}

/// Removes uploads that nobody imported.
fn sweep(uploads: &Path) -> Result<(), Error> {
    let fail = |source| Error::Directory { path: uploads.to_owned(), source };
    let entries = match std::fs::read_dir(uploads) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(fail(error)),
    };
    for entry in entries {
        let entry = entry.map_err(fail)?;
        let modified = entry.metadata().and_then(|found| found.modified()).map_err(fail)?;
        if modified.elapsed().is_ok_and(|passed| passed > KEPT) {
            std::fs::remove_file(entry.path()).map_err(fail)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use advisories::{Mirror, Sources, update};

    use super::*;
    use crate::{Key, Settings};

    fn record(mirror: &Path, id: &str) {
        let text = format!(
            r#"{{"id":"{id}","modified":"2024-01-01T00:00:00Z","affected":[{{"package":{{"ecosystem":"npm","name":"a"}},"ranges":[{{"type":"SEMVER","events":[{{"introduced":"0"}}]}}]}}]}}"#
        );
        std::fs::create_dir_all(mirror.join("npm")).unwrap();
        std::fs::write(mirror.join("npm").join(format!("{id}.json")), text).unwrap();
    }

    #[tokio::test]
    async fn another_database_is_noticed_and_the_same_is_opened_once() {
        let scratch = tempfile::tempdir().unwrap();
        let mirror = scratch.path().join("mirror");
        let url = format!("sqlite:{}", scratch.path().join("inventory").display());
        let app = App::open(Settings::new(url, scratch.path(), Key::new([7; 32]))).await.unwrap();
        assert!(app.advisories().unwrap().is_none());
        let renew = || {
            let mirror = Mirror::Directory(mirror.clone());
            update(&app.settings.advisories, &Sources::of(&mirror), &|_| {}).unwrap();
        };
        record(&mirror, "CVE-2024-1");
        renew();
        let first = app.advisories().unwrap().unwrap();
        assert!(Arc::ptr_eq(&first, &app.advisories().unwrap().unwrap()));
        record(&mirror, "CVE-2024-2");
        renew();
        let second = app.advisories().unwrap().unwrap();
        assert_eq!((first.summary().advisories, second.summary().advisories), (1, 2));
        std::fs::write(app.settings.advisories.join("manifest.json"), "{").unwrap();
        assert!(app.advisories().is_err());
    }
}
