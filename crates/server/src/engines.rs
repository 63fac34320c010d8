//! The engines of this machine: what they have, kept true in the inventory.

mod listing;
mod watching;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use image::{Place, Runtime};
use model::{Failure, LocalImage};
use store::{Scope, Transaction, now, sync};

pub(crate) use listing::{content, parts};
pub(crate) use watching::watch;

use crate::sealed::seal;
use crate::{App, Error};
use listing::{Listing, Met};

/// How many new images are opened before what they are is written.
const AT_ONCE: usize = 20;

/// One listing of an engine at a time: a late one would bring back what is gone.
#[derive(Debug, Default)]
pub(crate) struct Turns(Mutex<HashMap<PathBuf, Arc<tokio::sync::Mutex<()>>>>);

impl Turns {
    fn of(&self, place: &Place) -> Arc<tokio::sync::Mutex<()>> {
        let mut turns = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(turns.entry(place.address().to_owned()).or_default())
    }
}

/// What of an engine is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extent {
    /// Everything, also images that could not be opened the last time.
    Everything,
    /// Images and containers.
    Images,
    /// The containers alone.
    Containers,
}

/// What became of asking an engine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    /// It answered, and was read.
    Read {
        /// How many images it has.
        images: usize,
        /// How many containers it has.
        containers: usize,
    },
    /// It did not answer.
    Failed(Failure),
}

/// Reads all engines of this machine whole.
pub(crate) async fn everything(app: &App) -> Result<Vec<Asked>, Error> {
    let places = places(app).await?;
    let mut asked = Vec::new();
    for place in &places {
        asked.push(read(app, place, Extent::Everything).await?);
    }
    lost(app, &places).await?;
    Ok(asked)
}

/// Where engines are now.
async fn places(app: &App) -> Result<Vec<Place>, Error> {
    let places = app.settings.places.clone();
    Ok(tokio::task::spawn_blocking(move || places.find()).await?)
}

/// Says of engines that were known and are nowhere now that they do not run.
async fn lost(app: &App, places: &[Place]) -> Result<(), Error> {
    let mut transaction = app.database.begin().await?;
    let host = host(app, &mut transaction).await?;
    for engine in store::engines::of_host(&mut transaction, host).await? {
        if places.iter().all(|place| place.address().to_string_lossy() != engine.address) {
            let message = format!("cannot find {} at `{}`", engine.kind, engine.address);
            let failure = Failure::EngineOffline;
            store::engines::fail(&mut transaction, host, &engine.kind, &engine.address, failure, &message)
                .await?;
        }
    }
    Ok(transaction.commit().await?)
}

/// Notes this machine.
async fn host(app: &App, transaction: &mut Transaction) -> Result<i64, Error> {
    let project = store::projects::ensure(&mut *transaction, store::projects::DEFAULT).await?;
    let host = tokio::task::spawn_blocking(image::host::read).await?;
    Ok(store::hosts::note(transaction, &app.settings.machine, &host, project).await?)
}

/// Reads one engine: what it has is written, and what it no longer has is gone.
pub(crate) async fn read(app: &App, place: &Place, extent: Extent) -> Result<Asked, Error> {
    let turn = app.turns.of(place);
    let _turn = turn.lock().await;
    let at = now();
    let (asking, others) = (place.clone(), places(app).await?);
    let listed =
        tokio::task::spawn_blocking(move || listing::ask(&asking, &others, extent != Extent::Containers));
    let address = place.address().display().to_string();
    let mut transaction = app.database.begin().await?;
    let host = host(app, &mut transaction).await?;
    let (runtime, listing) = match listed.await? {
        Ok(listed) => listed,
        Err(error) => {
            let (failure, message) = (error.failure(), crate::told(&error));
            store::engines::fail(&mut transaction, host, place.kind(), &address, failure, &message).await?;
            transaction.commit().await?;
            return Ok(Asked::Failed(failure));
        }
    };
    let engine = store::engines::note(&mut transaction, host, &address, &listing.summary).await?;
    transaction.commit().await?;
    let project = store::hosts::find(&app.database, &Scope::All, host).await?;
    let sight = Sight { app, engine, project: project.map_or(0, |host| host.project_id), at, extent };
    sight.write(runtime, listing).await
}

/// One look at an engine that answered.
struct Sight<'a> {
    app: &'a App,
    engine: i64,
    project: i64,
    at: i64,
    extent: Extent,
}

impl Sight<'_> {
    async fn write(&self, runtime: Arc<dyn Runtime>, listing: Listing) -> Result<Asked, Error> {
        let Listing { images, containers, .. } = listing;
        let count = images.as_ref().map_or(0, Vec::len);
        let whole = images.is_some();
        if let Some(images) = images {
            self.images(runtime, images).await?;
        }
        let mut transaction = self.app.database.begin().await?;
        let since = if whole { self.at } else { 0 };
        let told = sync::containers(&mut transaction, self.engine, self.at, since, &containers).await?;
        let touched = sync::finish(&mut transaction, self.engine, self.at, whole).await?;
        store::engines::heard(&mut transaction, self.engine, whole).await?;
        store::settle::mark(&mut transaction, &touched).await?;
        if !touched.is_empty() {
            store::settle::request(&mut transaction).await?;
        }
        transaction.commit().await?;
        Ok(Asked::Read { images: count, containers: told.there })
    }

    /// Writes the images that are known, then those that have to be opened first, some at a time.
    async fn images(&self, runtime: Arc<dyn Runtime>, images: Vec<LocalImage>) -> Result<(), Error> {
        let known = sync::known(&self.app.database, self.engine).await?;
        let known = listing::Known::new(known, self.extent == Extent::Everything);
        let (mut met, mut new) = (Vec::new(), Vec::new());
        for image in images {
            match known.of(&image) {
                Some(what) => met.extend(listing::rows(&image, &what)),
                None => new.push(image),
            }
        }
        let mut transaction = self.app.database.begin().await?;
        sync::images(&mut transaction, self.project, self.engine, self.at, &met).await?;
        transaction.commit().await?;
        let mut new = new.into_iter().peekable();
        while new.peek().is_some() {
            let some: Vec<LocalImage> = new.by_ref().take(AT_ONCE).collect();
            let runtime = Arc::clone(&runtime);
            let open = move || some.into_iter().map(|image| listing::open(&*runtime, image)).collect();
            let opened: Vec<(LocalImage, Result<Met, Failure>)> = tokio::task::spawn_blocking(open).await?;
            self.new_images(opened).await?;
        }
        Ok(())
    }

    async fn new_images(&self, opened: Vec<(LocalImage, Result<Met, Failure>)>) -> Result<(), Error> {
        let mut transaction = self.app.database.begin().await?;
        let (mut rows, mut contents) = (Vec::new(), Vec::new());
        for (image, met) in opened {
            let what = match met {
                Ok(met) => {
                    let image_id = met.content.image_id.clone();
                    let facts = met.facts.and_then(|facts| seal(&self.app.settings.key, &image_id, &facts));
                    let content = store::contents::Content { facts, ..met.content };
                    let id = store::contents::note(&mut transaction, &content).await?;
                    contents.push(id);
                    listing::What { content: Some((id, image_id)), failure: None }
                }
                Err(failure) => listing::What { content: None, failure: Some(failure) },
            };
            rows.extend(listing::rows(&image, &what));
        }
        sync::images(&mut transaction, self.project, self.engine, self.at, &rows).await?;
        store::jobs::follow(&mut transaction, &contents).await?;
        // One that was scanned elsewhere shows its result here too.
        store::settle::assets(&mut transaction, &contents).await?;
        Ok(transaction.commit().await?)
    }
}
