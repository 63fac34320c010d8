//! The job that looks what an image is that a registry asked about, and has it scanned.

use std::time::Duration;

use futures::FutureExt;
use image::Image;
use model::Failure;
use store::adapter::{self, Pull};
use store::authorisations;

use super::{Hold, Kind, Undone};
use crate::adapter::Source;
use crate::registries::{self, host};
use crate::{App, Error};

/// It.
pub(super) const KIND: Kind =
    Kind { name: adapter::KIND, run: |app, _held, hold| async move { resolve(&app, &hold).await }.boxed() };

/// The most that wait for one image whose credentials are tried.
const MOST: i64 = 5;
/// How long a registry may take to tell what an image is.
const PATIENCE: Duration = Duration::from_secs(180);

async fn resolve(app: &App, hold: &Hold) -> Result<(), Undone> {
    let pulls = adapter::of_job(&app.database, hold.job(), MOST).await?;
    let Some(pull) = pulls.first().cloned() else {
        // Whoever asked is forgotten by now: there is nothing to write, and the worker ends the job.
        return Ok(());
    };
    let image = look(app, pulls).await?;
    keep(app, hold, &pull, &image).await
}

/// What the image is: whoever waits for it asks the registry, until one is let in.
async fn look(app: &App, pulls: Vec<Pull>) -> Result<Image, Undone> {
    let mut sources = Vec::new();
    for pull in &pulls {
        sources.push(Source::of(app, pull).await?);
    }
    let asked = tokio::task::spawn_blocking(move || {
        let mut refused = None;
        for source in &sources {
            match source.open() {
                Ok(images) => return one(images),
                Err(error) => refused = Some(error),
            }
        }
        let failed = |error: image::Error| Undone::Failed(error.failure(), crate::told(&error));
        Err(refused.map_or(Undone::Stopped, failed))
    });
    match tokio::time::timeout(PATIENCE, asked).await {
        Ok(looked) => looked.map_err(Error::from)?,
        Err(_elapsed) => {
            let seconds = PATIENCE.as_secs();
            let message = format!("the registry did not tell what the image is within {seconds} s");
            Err(Undone::Failed(Failure::TimedOut, message))
        }
    }
}

/// The image of a manifest; an index has several.
fn one(images: Vec<Image>) -> Result<Image, Undone> {
    match <[Image; 1]>::try_from(images) {
        Ok([image]) if image.image_id.is_some() => Ok(image),
        _ => {
            let message = "it is an index of images: ask for each of them".to_owned();
            Err(Undone::Failed(Failure::NotAnImage, message))
        }
    }
}

/// Notes the image, and has its content scanned unless that is known.
async fn keep(app: &App, hold: &Hold, pull: &Pull, image: &Image) -> Result<(), Undone> {
    let mut transaction = app.database.begin().await?;
    let image = registries::keep(app, &mut transaction, image).await?;
    let seen = pull.seen(&host(&pull.registry));
    if authorisations::state(&mut transaction).await?.enabled {
        let row = adapter::note(&mut transaction, seen.clone(), image).await?;
        transaction.commit().await?;
        authorised(app, row, image.content).await?;
        transaction = app.database.begin().await?;
    }
    adapter::resolved(&mut transaction, hold.job(), seen, image).await?;
    hold.end(&mut transaction, None).await?;
    transaction.commit().await?;
    app.wake.notify_waiters();
    Ok(())
}

/// Refuses an image that is not authorised, unless a report of it is there already.
async fn authorised(app: &App, row: Option<i64>, content: i64) -> Result<(), Undone> {
    let Some(row) = row else { return Ok(()) };
    authorisations::welcome(&app.database, Some(&[row])).await?;
    let is_known = !adapter::scanned(&app.database, &[content]).await?.is_empty();
    if is_known || authorisations::is_authorised(&app.database, row).await? {
        return Ok(());
    }
    let message = "only authorised images are scanned, and this is none".to_owned();
    Err(Undone::Failed(Failure::NotAuthorised, message))
}
