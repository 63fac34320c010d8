//! Brings what lists count up to date after something changed.

use std::sync::atomic::Ordering;
use std::time::Duration;

use futures::FutureExt;
use store::events;
use store::settle::{self, Job};

use super::duties::Duty;
use super::{Hold, Kind, Undone};
use crate::{App, Error};

/// The job.
pub(super) const KIND: Kind =
    Kind { name: Job::Counts.kind(), run: |app, _held, hold| async move { run(&app, &hold).await }.boxed() };

/// Asks for it now and then, so that every day has its figures.
pub(super) const DUTY: Duty = Duty {
    name: "settle",
    every: |_| Duration::from_secs(6 * 3600),
    run: |app| async move { request(&app).await }.boxed(),
};

async fn request(app: &App) -> Result<(), Error> {
    let mut transaction = app.database.begin().await?;
    settle::request(&mut transaction).await?;
    Ok(transaction.commit().await?)
}

async fn run(app: &App, hold: &Hold) -> Result<(), Undone> {
    let stop = hold.stop();
    let asked = settle::asked(&app.database, Job::Counts).await?;
    settle::all(&app.database, &stop).await?;
    if stop.load(Ordering::Relaxed) {
        return Err(Undone::Stopped);
    }
    // News are not kept waiting.
    let has_news = !events::news(&app.database).await?.is_empty();
    let mut transaction = app.database.begin().await?;
    hold.end(&mut transaction, None).await?;
    // Whoever asked meanwhile joined this job, which may have been past what they changed.
    if settle::asked(&mut transaction, Job::Counts).await? != asked {
        settle::request(&mut transaction).await?;
    }
    settle::request_risks(&mut transaction, has_news).await?;
    Ok(transaction.commit().await.map_err(Error::from)?)
}

#[cfg(test)]
mod tests;
