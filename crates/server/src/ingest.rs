//! From a report to the inventory: what was not looked for now is carried over from the report before, the whole is kept
//! among the objects, and lists tell of it at once or not at all.

mod carry;
mod object;

use futures::FutureExt;
use model::{Distribution, Failure, Report};
use scan::Check;
use store::ingest::{Scanned, Written};
use store::packages::Facts;
use store::{ingest, settle};

use crate::work::{Duty, Hold, Undone};
use crate::{App, Error, judge};

/// How often it is tried again when other writers stand in the way.
const TRIES: usize = 8;

/// Forgets reports of scans that never came to be.
pub(crate) const DUTY: Duty = Duty {
    name: "sweep-reports",
    every: |_| std::time::Duration::from_secs(24 * 3600),
    run: |app| async move { object::sweep(&app).await }.boxed(),
};

/// Makes a report the current one of a content, with what was not looked for now carried over, and ends the job that
/// made it; gives the scan's id.
///
/// # Errors
/// When the job is another worker's by now, when the report does not fit, or when database or object store refuse.
pub async fn ingest(
    app: &App,
    hold: Option<&Hold>,
    content: i64,
    report: Report,
    checks: &[Check],
) -> Result<i64, Undone> {
    let mut tries = TRIES;
    loop {
        match once(app, hold, content, &report, checks).await {
            Err(Undone::Error(Error::Store(error)))
                if tries > 0 && (error.is_conflict() || matches!(error, store::Error::Overtaken)) =>
            {
                tries = tries.saturating_sub(1);
            }
            Err(Undone::Error(Error::Store(error @ store::Error::Report { .. }))) => {
                return Err(Undone::Failed(Failure::InvalidContent, error.to_string()));
            }
            done => return done,
        }
    }
}

async fn once(
    app: &App,
    hold: Option<&Hold>,
    content: i64,
    report: &Report,
    checks: &[Check],
) -> Result<i64, Undone> {
    let last = ingest::last(&app.database, content).await?;
    let before = match &last {
        Some((_, key)) => Some(self::report(app, key).await?),
        None => None,
    };
    let whole = carry::whole(report.clone(), before, checks);
    let (whole, key) = object::write(app, content, whole).await?;
    let scanned = Scan { content, before: last.map(|(scan, _)| scan), report: &whole, checks, key: &key };
    match keep(app, hold, &scanned).await {
        Ok(written) => {
            app.wake.notify_waiters();
            object::forget(app, &written.forgotten).await;
            Ok(written.scan)
        }
        Err(undone) => {
            object::forget(app, &[key]).await;
            Err(undone)
        }
    }
}

/// What is to be kept.
struct Scan<'a> {
    content: i64,
    before: Option<i64>,
    report: &'a Report,
    checks: &'a [Check],
    key: &'a str,
}

async fn keep(app: &App, hold: Option<&Hold>, scan: &Scan<'_>) -> Result<Written, Undone> {
    let checks: Vec<&str> = scan.checks.iter().map(|check| check.word()).collect();
    let names = |distribution: Option<&Distribution>, facts: &Facts| {
        advisories::names(distribution, &facts.package, facts.owner.as_ref())
    };
    let scanned = Scanned {
        content: scan.content,
        job: hold.map(Hold::job),
        before: scan.before,
        report: scan.report,
        checks: &checks,
        key: scan.key,
        names: &names,
    };
    let mut transaction = app.database.begin().await?;
    let written = ingest::write(&mut transaction, &scanned).await?;
    settle::assets(&mut transaction, &[scan.content]).await?;
    settle::request(&mut transaction).await?;
    judge::after_ingest(&mut transaction, scan.content, scan.report).await?;
    if let Some(hold) = hold {
        hold.end(&mut transaction, None).await?;
    }
    transaction.commit().await?;
    Ok(written)
}

/// Reads a report that is kept among the objects; `scan.report` is its key.
///
/// # Errors
/// When it is not there, or damaged.
pub async fn report(app: &App, key: &str) -> Result<Report, Error> {
    object::read(app, key).await
}
