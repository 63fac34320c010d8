//! Images and containers of Podman and CRI-O, read where they keep them; neither has to run.
//!
//! Source: the layout that `containers/storage` writes below its root (`storage.conf`: `graphroot`) and its run root
//! (`runroot`), the OCI runtime specification for `config.json`, and the files that conmon and CRI-O leave beside it.
//! Documents are written in one rename, so that they are read without a lock.
//!
//! Gaps: only the driver `overlay` is read. What Podman keeps in its own database alone is not known: the labels of
//! containers, and the exit code of one whose end it has taken note of. Owners in a rootless store are those of the
//! host. Whether a container runs is seen by its process, so that a scanner in a process namespace of its own takes those
//! of Podman for ended. Images in a read-only layer store (`additionallayerstores`) have no content here.

mod containers;
mod documents;
mod images;
mod lookup;
mod process;
mod watch;

use std::path::{Path, PathBuf};

use model::{Container, EngineSummary, Failure, LocalImage};

use crate::platform::Choice;
use crate::{Error, Opened, Runtime, Watch};

/// The driver whose layers are read.
const OVERLAY: &str = "overlay";
/// The drivers a store may be written by.
const DRIVERS: [&str; 5] = [OVERLAY, "vfs", "btrfs", "zfs", "aufs"];

/// A store of `containers/storage` on this machine.
#[derive(Clone, Debug)]
pub struct Store {
    /// Where images and layers are; the first is the store's own, the others are only read by it.
    roots: Vec<Root>,
    run_root: PathBuf,
}

/// One root and how its layers are stored.
#[derive(Clone, Debug)]
struct Root {
    path: PathBuf,
    driver: &'static str,
}

impl Root {
    fn find(path: &Path) -> Result<Self, Error> {
        let has = |driver: &&str| path.join(format!("{driver}-images")).is_dir();
        if let Some(driver) = DRIVERS.into_iter().find(has) {
            return Ok(Self { path: path.to_owned(), driver });
        }
        let mut entries =
            std::fs::read_dir(path).map_err(|source| Error::File { path: path.to_owned(), source })?;
        // A store that nothing was put into yet.
        if entries.next().is_none() || path.join("storage.lock").exists() {
            return Ok(Self { path: path.to_owned(), driver: OVERLAY });
        }
        Err(Error::Unreadable {
            failure: Failure::FileUnreadable,
            what: format!("`{}`", path.display()),
            why: "it is no root of containers/storage\nhint: `podman info` tells `graphRoot`".to_owned(),
        })
    }

    /// Where it keeps a kind of thing, `images`.
    fn directory(&self, kind: &str) -> PathBuf {
        self.path.join(format!("{}-{kind}", self.driver))
    }
}

impl Store {
    /// Opens the store with this root, whose containers run with that run root.
    ///
    /// # Errors
    /// When the root cannot be read, or is none.
    pub fn open(root: &Path, run_root: &Path) -> Result<Self, Error> {
        Ok(Self { roots: vec![Root::find(root)?], run_root: run_root.to_owned() })
    }

    /// With one more root that it only reads images from: `additionalimagestores` of `storage.conf`.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub fn with_images_of(mut self, root: &Path) -> Result<Self, Error> {
        self.roots.push(Root::find(root)?);
        Ok(self)
    }

    /// Where it is.
    #[must_use]
    pub fn root(&self) -> &Path {
        self.roots.first().map_or(Path::new(""), |root| &root.path)
    }

    fn describe(&self) -> String {
        format!("the container storage at `{}`", self.root().display())
    }
}

impl Runtime for Store {
    fn summary(&self) -> Result<EngineSummary, Error> {
        Ok(EngineSummary {
            kind: containers::kind(self)?.to_owned(),
            version: None,
            storage_driver: self.roots.first().map(|root| root.driver.to_owned()),
            root: Some(self.root().display().to_string()),
            address: self.root().display().to_string(),
        })
    }

    fn images(&self) -> Result<Vec<LocalImage>, Error> {
        images::all(self)
    }

    fn containers(&self) -> Result<Vec<Container>, Error> {
        containers::all(self)
    }

    /// Opens an image by name, full or short, by name and digest, or by its id, long or short.
    fn open(&self, name: &str, choice: &Choice) -> Result<Opened, Error> {
        images::open(self, name, choice).map(Opened::Images)
    }

    fn watch(&self) -> Result<Box<dyn Watch>, Error> {
        Ok(Box::new(watch::Polling::begin(self)?))
    }
}
