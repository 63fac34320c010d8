//! Brings lists, risks and the day's figures up to date after something changed.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use futures::FutureExt;
use store::settle::{self, KIND as NAME};
use store::{daily, events, risks};

use super::duties::Duty;
use super::{Hold, Kind, Undone};
use crate::advisories::Keeping;
use crate::{App, Error};

/// How often a transaction that stood in another's way is begun again.
const TRIES: usize = 5;
/// How many times as long as it took it rests, where it takes long at all.
const REST: u32 = 4;
/// What takes no longer may be done after every change.
const SHORT: Duration = Duration::from_millis(300);

/// The job.
pub(super) const KIND: Kind =
    Kind { name: NAME, run: |app, _held, hold| async move { run(&app, &hold).await }.boxed() };

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
    let (start, stop) = (Instant::now(), hold.stop());
    let asked = settle::asked(&app.database).await?;
    // What is news by now is counted below; what comes later waits for the next time.
    let news = events::news(&app.database).await?;
    let mut tries = TRIES;
    loop {
        if stop.load(Ordering::Relaxed) {
            return Err(Undone::Stopped);
        }
        match settle::some(&app.database).await {
            Ok(0) => break,
            Ok(_) => tries = TRIES,
            Err(error) if error.is_conflict() && tries > 0 => tries = tries.saturating_sub(1),
            Err(error) => return Err(error.into()),
        }
    }
    hold.progress(50);
    let changed = risks::rebuild(&app.database).await?;
    daily::note(&app.database).await?;
    let took = start.elapsed();
    tracing::debug!(risks = changed, ?took, "settled");
    let mut transaction = app.database.begin().await?;
    if took > SHORT {
        let pause = took.saturating_mul(REST).as_millis();
        settle::rest(&mut transaction, i64::try_from(pause).unwrap_or(i64::MAX)).await?;
    }
    if !news.is_empty() {
        let severity = Keeping::read(app).await?.event_severity;
        events::tell(&mut transaction, &news, severity).await?;
    }
    hold.end(&mut transaction, None).await?;
    // Whoever asked meanwhile joined this job, which may have been past what they changed.
    if settle::asked(&mut transaction).await? != asked {
        settle::request(&mut transaction).await?;
    }
    Ok(transaction.commit().await.map_err(Error::from)?)
}

#[cfg(test)]
mod tests;
