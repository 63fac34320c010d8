//! Duties: what is done every so often, by one of all servers on a database.

use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use store::{jobs, now, settings};
use tokio::sync::watch;

use super::crew::{milliseconds, rest};
use crate::{App, Error};

const HOUR: Duration = Duration::from_secs(3600);
/// How often it is looked whether one is due.
const LOOK: Duration = Duration::from_secs(5);
/// When one that failed is tried again.
const AGAIN: Duration = Duration::from_secs(60);
/// No duty takes longer: what does is asked for as a job.
const LONGEST: Duration = Duration::from_secs(600);
/// How long jobs that have ended are kept.
const KEPT: Duration = Duration::from_secs(7 * 24 * 3600);
/// How long images are kept that are gone.
const GONE: Duration = Duration::from_secs(90 * 24 * 3600);
/// How many images are forgotten in one statement, with all that was found in them.
const FORGOTTEN: i64 = 100;
/// How many jobs are forgotten in one statement.
const SWEPT: i64 = 5_000;

/// What is done every so often.
pub(crate) struct Duty {
    /// By which its last time is remembered.
    pub(crate) name: &'static str,
    /// How often.
    pub(crate) every: fn(&App) -> Duration,
    /// Does it; what takes long is asked for as a job.
    pub(crate) run: fn(App) -> BoxFuture<'static, Result<(), Error>>,
}

/// Every duty.
const DUTIES: &[Duty] = &[
    Duty { name: "sweep-jobs", every: |_| HOUR, run: |app| async move { sweep_jobs(&app).await }.boxed() },
    Duty {
        name: "sweep-sign-in",
        every: |_| HOUR,
        run: |app| async move { sweep_sign_in(&app).await }.boxed(),
    },
    Duty {
        name: "sweep-notices",
        every: |_| HOUR,
        run: |app| async move { sweep_notices(&app).await }.boxed(),
    },
    Duty {
        name: "sweep-images",
        every: |_| HOUR,
        run: |app| async move { sweep_images(&app).await }.boxed(),
    },
    super::settle::DUTY,
    Duty {
        name: "expire-exports",
        every: |_| Duration::from_secs(600),
        run: |app| async move { crate::export::expire(&app).await }.boxed(),
    },
    Duty {
        name: "expire-decisions",
        every: |_| Duration::from_secs(60),
        run: |app| async move { crate::decisions::expire(&app).await }.boxed(),
    },
    crate::adapter::DUTY,
    Duty {
        name: "authorise",
        every: |_| Duration::from_secs(60),
        run: |app| async move { Ok(store::authorisations::welcome(&app.database, None).await?) }.boxed(),
    },
    crate::advisories::DUTY,
    crate::registries::nightly::DUTY,
    crate::ingest::DUTY,
    crate::schedules::DUTY,
];

async fn sweep_jobs(app: &App) -> Result<(), Error> {
    let before = now().saturating_sub(milliseconds(KEPT));
    while jobs::sweep(&app.database, before, SWEPT).await? > 0 {
        tokio::task::yield_now().await;
    }
    Ok(())
}

/// Forgets what registries told long ago: no registry tells it again.
async fn sweep_notices(app: &App) -> Result<(), Error> {
    let before = now().saturating_sub(milliseconds(KEPT));
    while store::notices::sweep(&app.database, before, SWEPT).await? > 0 {
        tokio::task::yield_now().await;
    }
    Ok(())
}

/// Forgets images that have been gone for long, and what no image has.
async fn sweep_images(app: &App) -> Result<(), Error> {
    let before = now().saturating_sub(milliseconds(GONE));
    while store::retention::sweep(&app.database, before, FORGOTTEN).await? > 0 {
        tokio::task::yield_now().await;
    }
    Ok(())
}

/// Forgets sessions that are over, and wrong passwords of long ago.
async fn sweep_sign_in(app: &App) -> Result<(), Error> {
    store::sessions::sweep(&app.database).await?;
    Ok(store::attempts::sweep(&app.database).await?)
}

/// Does what is due, until it is told to end.
pub(super) async fn run(app: App, mut ending: watch::Receiver<bool>) {
    while !*ending.borrow() {
        for duty in DUTIES {
            if let Err(error) = once(&app, duty).await {
                tracing::warn!(%error, duty = duty.name, "cannot look when a duty was done");
            }
        }
        rest(LOOK, &mut ending).await;
    }
}

/// Does a duty if it is due and no other server took it.
async fn once(app: &App, duty: &Duty) -> Result<(), Error> {
    let name = format!("duty:{}", duty.name);
    let last = settings::get(&app.database, &name).await?;
    let every = milliseconds((duty.every)(app));
    let due =
        last.as_deref().and_then(|last| last.parse::<i64>().ok()).map(|last| last.saturating_add(every));
    let now = now();
    if due.is_some_and(|due| due > now) {
        return Ok(());
    }
    let this = now.to_string();
    if !settings::swap(&app.database, &name, last.as_deref(), &this).await? {
        return Ok(());
    }
    let done = tokio::time::timeout(LONGEST, (duty.run)(app.clone())).await;
    match done {
        Ok(Ok(())) => return Ok(()),
        Ok(Err(error)) => tracing::warn!(%error, duty = duty.name, "a duty could not be done"),
        Err(_) => tracing::warn!(duty = duty.name, "a duty took too long"),
    }
    let soon = now.saturating_sub(every).saturating_add(milliseconds(AGAIN)).max(0);
    settings::swap(&app.database, &name, Some(&this), &soon.min(now).to_string()).await?;
    Ok(())
}
