//! The advisory database as the server uses it: opened once, and again when another took its place.

use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use advisories::Database;

use crate::{App, Error};

/// The file by which another database is told from the one that is open.
const MANIFEST: &str = "manifest.json";

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
