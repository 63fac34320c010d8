//! Schedules: when they are due their images are scanned, once in the whole fleet, at their pace and in their hours.

mod timing;
mod window;

use std::time::Duration;

use futures::FutureExt;
use store::assets::Filter;
use store::schedules::{self, Run, Schedule};
use store::tasks::{self, Cause, New, Opening, Pace, Paced, PacedNew, Scans};
use store::{Transaction, jobs, now};

pub(crate) use timing::{Timing, Unfit, completed};
pub(crate) use window::{Hours, Window, minutes, time};

use crate::work::Duty;
use crate::{App, Error, selection};

/// Begins what is due, and lets the jobs of tasks go that have a pace.
pub(crate) const DUTY: Duty = Duty {
    name: "schedules",
    every: |_| Duration::from_secs(5),
    run: |app| async move { look(&app, now()).await }.boxed(),
};

/// The most schedules that begin at once; the others do the next time.
const MOST_DUE: i64 = 100;
/// When one that could not begin is tried again, in milliseconds.
const AGAIN: i64 = 60_000;
const DAY: i64 = 24 * 3_600_000;

/// Does what is to be done at a time.
pub(crate) async fn look(app: &App, now: i64) -> Result<(), Error> {
    for task in tasks::paced(&app.database).await? {
        if let Err(error) = pace(app, &task, now).await {
            tracing::warn!(error = crate::told(&error), task = task.id, "cannot keep the pace of a task");
        }
    }
    for schedule in schedules::due(&app.database, now, MOST_DUE).await? {
        if let Err(error) = begin(app, &schedule, now).await {
            tracing::warn!(error = crate::told(&error), schedule = schedule.id, "cannot begin a schedule");
            schedules::put_off(&app.database, &schedule, now.saturating_add(AGAIN)).await?;
        }
    }
    Ok(())
}

/// Lets jobs of a task go, or holds them back.
async fn pace(app: &App, task: &Paced, now: i64) -> Result<(), Error> {
    let opening = match &task.hours {
        Some(hours) => {
            let unreadable = || store::Error::Kept { what: "hours of task", id: task.id };
            let hours: Hours = serde_json::from_str(hours).map_err(|_unreadable| unreadable())?;
            Window::try_from(&hours).map_err(|_unfit| unreadable())?.opening(now)
        }
        None => Opening::Open(None),
    };
    let is_closed = matches!(opening, Opening::Closed(_));
    if is_closed && task.resume_at.is_some_and(|resumes| resumes > now) {
        return Ok(());
    }
    let mut transaction = app.database.begin().await?;
    let gone = tasks::pace(&mut transaction, task.id, opening, now).await?;
    transaction.commit().await?;
    if gone {
        app.wake.notify_waiters();
    }
    Ok(())
}

/// Begins what is due, unless another server does. What was missed while none ran begins once, and in its hours.
async fn begin(app: &App, schedule: &Schedule, now: i64) -> Result<(), Error> {
    let timing = Timing::of(schedule)?;
    let open_until = match timing.window.opening(now) {
        Opening::Open(until) => until,
        Opening::Closed(opens) => return Ok(schedules::put_off(&app.database, schedule, opens).await?),
    };
    if schedule.is_running() {
        let mut transaction = app.database.begin().await?;
        schedules::take(&mut transaction, schedule, Run::LeftOut(now), timing.next(now)).await?;
        return Ok(transaction.commit().await?);
    }
    let images = images(app, schedule, now).await?;
    let hours = hours(schedule)?;
    let pace = Pace { per_hour: schedule.per_hour, hours: hours.as_deref(), open_until };
    let mut transaction = app.database.begin().await?;
    if !schedules::take(&mut transaction, schedule, Run::Begun, timing.after(now)).await? {
        return Ok(());
    }
    let asked = Asked { cause: Cause::Schedule, by: &schedule.created_by, pace, at: now };
    ask(&mut transaction, schedule, &asked, &images).await?;
    transaction.commit().await?;
    app.wake.notify_waiters();
    Ok(())
}

/// Why a schedule runs, and how.
pub(crate) struct Asked<'a> {
    pub(crate) cause: Cause,
    pub(crate) by: &'a str,
    pub(crate) pace: Pace<'a>,
    pub(crate) at: i64,
}

/// Makes the task of a run; gives its id.
pub(crate) async fn ask(
    transaction: &mut Transaction,
    schedule: &Schedule,
    asked: &Asked<'_>,
    images: &[i64],
) -> Result<i64, Error> {
    let checks = serde_json::from_str(&schedule.checks).map_err(|_unreadable| kept(schedule))?;
    let scope = schedules::scope(&mut *transaction, schedule).await?;
    let projects = match &scope {
        store::Scope::All => &[],
        store::Scope::Projects(projects) => projects.as_slice(),
    };
    let new = New {
        projects,
        kind: jobs::SCAN,
        cause: asked.cause,
        name: &schedule.name,
        parameters: "{}",
        created_by: asked.by,
        parallel: schedule.parallel,
    };
    let paced = PacedNew { new, pace: asked.pace, at: asked.at };
    let task = tasks::scan_paced(transaction, paced, &Scans { checks, force: false }, images).await?;
    schedules::ran(transaction, schedule.id, task).await?;
    Ok(task)
}

/// The images that a schedule means at a time: of an index those of it, but for those left out.
pub(crate) async fn images(app: &App, schedule: &Schedule, now: i64) -> Result<Vec<i64>, Error> {
    let filter = filter(schedule, now)?;
    let scope = schedules::scope(&app.database, schedule).await?;
    let (picked, excluded) = schedules::images(&app.database, schedule.id).await?;
    let mut images = selection::images(&app.database, &scope, &filter, &excluded).await?;
    if schedule.picked {
        let picked = selection::images_of(&app.database, &picked).await?;
        images.retain(|image| picked.contains(image));
    }
    Ok(images)
}

fn filter(schedule: &Schedule, now: i64) -> Result<Filter, store::Error> {
    let wire: api::ImageFilter =
        serde_json::from_str(&schedule.filter).map_err(|_unreadable| kept(schedule))?;
    let targets: Vec<String> =
        serde_json::from_str(&schedule.targets).map_err(|_unreadable| kept(schedule))?;
    let mut filter = selection::filter(&wire).map_err(|_refused| kept(schedule))?;
    let is_wanted = |target: &String| filter.kinds.is_empty() || filter.kinds.contains(target);
    filter.kinds = targets.into_iter().filter(is_wanted).collect();
    // A list without a kind would mean every kind.
    if filter.kinds.is_empty() {
        return Err(kept(schedule));
    }
    filter.latest = filter.latest.or(schedule.only_latest.then_some(true));
    filter.running = filter.running.or(schedule.only_running.then_some(true));
    if schedule.updated_days > 0 {
        filter.updated = Some(now.saturating_sub(schedule.updated_days.saturating_mul(DAY)));
    }
    Ok(filter)
}

fn kept(schedule: &Schedule) -> store::Error {
    store::Error::Kept { what: "schedule", id: schedule.id }
}

/// The hours of a schedule as they are kept with its task; nothing for the whole day.
fn hours(schedule: &Schedule) -> Result<Option<String>, Error> {
    let hours = Hours { from: schedule.window_from, to: schedule.window_to, zone: schedule.zone.clone() };
    if hours.from == hours.to {
        return Ok(None);
    }
    let text = serde_json::to_string(&hours);
    Ok(Some(text.map_err(|source| Error::Kept { name: "hours".to_owned(), source })?))
}

#[cfg(test)]
mod tests;
