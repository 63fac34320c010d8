//! Brings risks across images and the day's figures up to date, and tells news by them.

use std::time::{Duration, Instant};

use futures::FutureExt;
use store::settle::{self, Job};
use store::{daily, events, risks};

use super::{Hold, Kind, Undone};
use crate::advisories::Keeping;
use crate::{App, Error};

/// How many times as long as it took it rests, where it takes long at all.
const REST: u32 = 4;
/// What takes no longer may be done after every change.
const SHORT: Duration = Duration::from_millis(300);

/// The job.
pub(super) const KIND: Kind =
    Kind { name: Job::Risks.kind(), run: |app, _held, hold| async move { run(&app, &hold).await }.boxed() };

async fn run(app: &App, hold: &Hold) -> Result<(), Undone> {
    let start = Instant::now();
    let asked = settle::asked(&app.database, Job::Risks).await?;
    // What is news by now is counted below; what comes later waits for the next time.
    let news = events::news(&app.database).await?;
    let changed = risks::rebuild(&app.database).await?;
    daily::note(&app.database).await?;
    let took = start.elapsed();
    tracing::debug!(risks = changed, ?took, "went through all images");
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
    // Whoever asked meanwhile joined this job, which may have been past what they changed. News do not wait for its rest.
    if settle::asked(&mut transaction, Job::Risks).await? != asked {
        let has_news = !events::news(&mut transaction).await?.is_empty();
        settle::request_risks(&mut transaction, has_news).await?;
    }
    Ok(transaction.commit().await.map_err(Error::from)?)
}
