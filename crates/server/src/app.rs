use std::sync::Arc;

use object_store::ObjectStore;
use scan::Shelf;
use store::Database;
use tokio::sync::Notify;

use crate::adapter::Desk;
use crate::engines::Turns;
use crate::metrics::Metrics;
use crate::{Error, Settings, objects};

/// What all routes and workers share.
#[derive(Clone, Debug)]
pub struct App(Arc<Inner>);

/// What is behind it.
#[derive(Debug)]
pub struct Inner {
    /// The inventory.
    pub database: Database,
    /// Reports, SBOMs, exports.
    pub objects: Arc<dyn ObjectStore>,
    /// What is counted of requests.
    pub(crate) metrics: Metrics,
    /// As it was started.
    pub settings: Settings,
    /// Wakes workers that wait for work; they look by themselves too, only later.
    pub wake: Notify,
    /// Those who listen to what changes.
    pub(crate) listeners: crate::stream::Listeners,
    /// The advisory database that is open.
    pub(crate) open_advisories: crate::advisories::Open,
    /// Who reads which engine.
    pub(crate) turns: Turns,
    /// The engines of the rules that hold.
    pub(crate) rules: crate::rules::Engines,
    /// The registries that are spoken to.
    pub(crate) connections: crate::registries::Connections,
    /// Where registries ask for scans.
    pub(crate) desk: Desk,
}

impl std::ops::Deref for App {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl App {
    /// Opens the database and the object store.
    ///
    /// # Errors
    /// When one of them cannot be used.
    pub async fn open(settings: Settings) -> Result<Self, Error> {
        let database = Database::open(&settings.database).await?;
        std::fs::create_dir_all(&settings.uploads)
            .map_err(|source| Error::Directory { path: settings.uploads.clone(), source })?;
        let objects = objects::open(&settings.objects, &settings.object_options)?;
        store::projects::ensure(&database, store::projects::DEFAULT).await?;
        Ok(Self(Arc::new(Inner {
            database,
            objects,
            metrics: Metrics::default(),
            settings,
            wake: Notify::new(),
            listeners: crate::stream::Listeners::default(),
            open_advisories: crate::advisories::Open::default(),
            turns: Turns::default(),
            rules: crate::rules::Engines::default(),
            connections: crate::registries::Connections::default(),
            desk: Desk::default(),
        })))
    }

    /// Where the facts of layers are kept; only for threads that may block.
    #[must_use]
    pub fn facts(&self) -> Arc<dyn Shelf> {
        match objects::is_remote(&self.settings.objects) {
            true => Arc::new(objects::Facts::new(Arc::clone(&self.objects))),
            false => Arc::new(scan::Directory::new(&self.settings.cache)),
        }
    }
}
