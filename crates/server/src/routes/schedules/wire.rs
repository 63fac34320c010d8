//! Schedules from what is kept to what is sent.

use api::{NewSchedule, ScheduleResult, ScheduleRun, ScheduleWindow};
use serde::de::DeserializeOwned;
use store::schedules::Schedule;

use crate::problem::Problem;
use crate::schedules::time;

/// A schedule as it is sent, without the images picked for it.
pub(super) fn schedule(schedule: Schedule, projects: Vec<i64>) -> Result<api::Schedule, Problem> {
    let last = last(&schedule);
    let said = again(&schedule, Vec::new(), Vec::new())?;
    Ok(api::Schedule {
        id: schedule.id,
        name: said.name,
        enabled: said.enabled,
        projects,
        targets: said.targets,
        rhythm: said.rhythm,
        zone: said.zone,
        window: said.window,
        checks: said.checks,
        filter: said.filter,
        picked: schedule.picked,
        images: None,
        exclude: None,
        only_latest: said.only_latest,
        only_running: said.only_running,
        updated_days: said.updated_days,
        per_hour: said.per_hour,
        parallel: said.parallel,
        next_at: schedule.next_at,
        last,
        skipped: schedule.skipped,
        created_by: schedule.created_by,
        created: schedule.created,
        updated: schedule.updated,
    })
}

/// What would have to be said to make it again.
pub(super) fn again(
    schedule: &Schedule,
    images: Vec<i64>,
    exclude: Vec<i64>,
) -> Result<NewSchedule, Problem> {
    Ok(NewSchedule {
        name: schedule.name.clone(),
        enabled: schedule.enabled,
        projects: Vec::new(),
        targets: read(schedule, &schedule.targets)?,
        rhythm: read(schedule, &schedule.rhythm)?,
        zone: schedule.zone.clone(),
        window: ScheduleWindow { from: time(schedule.window_from), to: time(schedule.window_to) },
        checks: read(schedule, &schedule.checks)?,
        filter: read(schedule, &schedule.filter)?,
        images,
        exclude,
        only_latest: schedule.only_latest,
        only_running: schedule.only_running,
        updated_days: schedule.updated_days,
        per_hour: schedule.per_hour,
        parallel: schedule.parallel,
    })
}

fn read<T: DeserializeOwned>(schedule: &Schedule, text: &str) -> Result<T, Problem> {
    let kept = |_unreadable| store::Error::Kept { what: "schedule", id: schedule.id };
    Ok(serde_json::from_str(text).map_err(kept)?)
}

/// The last run, where there was one.
fn last(schedule: &Schedule) -> Option<ScheduleRun> {
    let count = |number: Option<i64>| number.unwrap_or_default();
    let (images, failed) = (count(schedule.last_total), count(schedule.last_failed));
    let cancelled = count(schedule.last_cancelled);
    let result = match schedule.last_finished {
        None => ScheduleResult::Running,
        Some(_) if images == 0 => ScheduleResult::NothingToScan,
        Some(_) if cancelled > 0 => ScheduleResult::Cancelled,
        Some(_) if failed == images => ScheduleResult::Failed,
        Some(_) if failed > 0 => ScheduleResult::PartlyFailed,
        Some(_) => ScheduleResult::Success,
    };
    Some(ScheduleRun {
        task_id: schedule.last_task_id?,
        result,
        at: schedule.last_created?,
        finished: schedule.last_finished,
        images,
        succeeded: count(schedule.last_succeeded),
        failed,
        cancelled,
        risky: count(schedule.last_risky),
    })
}
