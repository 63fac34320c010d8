//! How fast the jobs of a task go, and when: so many at once, so many in an hour, in some hours only.
//!
//! All of it is in the database, so that it holds when servers are started anew.

use super::alone;
use crate::sql::Sql;
use crate::{Database, Error, Transaction, now};

/// The most jobs that are let go at once.
const BATCH: i64 = 5_000;
/// An hour, in milliseconds.
const HOUR: i64 = 3_600_000;
/// For how long the pace is made up for when nobody looked meanwhile, in milliseconds; more would be a burst.
const SLACK: i64 = 10_000;

/// How fast the jobs of a task go besides how many at once, and when.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pace<'a> {
    /// At most so many are let go in any hour; 0 for no limit.
    pub per_hour: i64,
    /// The hours in which they are let go, in words of the server's own; nothing for all hours.
    pub hours: Option<&'a str>,
    /// When the present hours end; nothing for all hours.
    pub open_until: Option<i64>,
}

impl Pace<'_> {
    /// Whether jobs may have to wait for it.
    pub(super) fn limits(&self) -> bool {
        self.per_hour > 0 || self.hours.is_some()
    }
}

/// An open task whose jobs may have to wait for its pace or its hours.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Paced {
    /// Its id.
    pub id: i64,
    /// As in [`Pace`].
    pub hours: Option<String>,
    /// When its hours begin again, as was computed last.
    pub resume_at: Option<i64>,
}

/// Whether the jobs of a task may be let go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opening {
    /// They may, before a time if there is one.
    Open(Option<i64>),
    /// They may not before this time.
    Closed(i64),
}

/// Notes the pace of a task that was just made.
pub(super) async fn set(
    transaction: &mut Transaction,
    task: i64,
    pace: Pace<'_>,
    at: i64,
) -> Result<(), Error> {
    if !pace.limits() {
        return Ok(());
    }
    Sql::write("note the pace of a task", "UPDATE task SET per_hour = ")
        .with("", pace.per_hour)
        .with(", release_at = ", at)
        .with(", hours = ", pace.hours)
        .with(", open_until = ", pace.open_until)
        .with(" WHERE id = ", task)
        .run(transaction)
        .await?;
    Ok(())
}

/// The open tasks that have a pace or hours.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn paced(database: &Database) -> Result<Vec<Paced>, Error> {
    Sql::read("look for tasks that have a pace", "SELECT id, hours, resume_at FROM task")
        .push(" WHERE finished IS NULL AND (per_hour > 0 OR hours IS NOT NULL) ORDER BY id")
        .all(database)
        .await
}

/// Lets the jobs of a task go that its pace allows at a time, or holds those back that have not begun when its hours are
/// over; gives whether any was let go.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn pace(
    transaction: &mut Transaction,
    task: i64,
    opening: Opening,
    now: i64,
) -> Result<bool, Error> {
    alone(transaction).await?;
    let (until, resumes) = match opening {
        Opening::Open(until) => (until, None),
        Opening::Closed(resumes) => (Some(now), Some(resumes)),
    };
    Sql::write("note the hours of a task", "UPDATE task SET open_until = ")
        .with("", until)
        .with(", resume_at = ", resumes)
        // Who watches is told when it begins to wait, and when it goes on.
        .with(", updated = CASE WHEN (resume_at IS NULL) = ", resumes.is_none())
        .with(" THEN updated ELSE ", now)
        .with(" END WHERE id = ", task)
        .run(&mut *transaction)
        .await?;
    match opening {
        Opening::Open(until) => {
            prolong(transaction, task, until).await?;
            refill(transaction, task, now).await
        }
        Opening::Closed(_) => hold(transaction, task).await.map(|()| false),
    }
}

/// Jobs that were let go in hours before, and wait again since their worker fell silent, may begin in these.
async fn prolong(transaction: &mut Transaction, task: i64, until: Option<i64>) -> Result<(), Error> {
    let Some(until) = until else { return Ok(()) };
    Sql::write("let jobs go", "UPDATE job SET begin_before = ")
        .with("", until)
        .with(" WHERE state = 'waiting' AND begin_before IS NOT NULL AND begin_before < ", until)
        .with(" AND id IN (SELECT job_id FROM task_job WHERE released AND NOT cancelled AND task_id = ", task)
        .push(")")
        .run(transaction)
        .await?;
    Ok(())
}

/// Holds back the jobs of a task that have not begun, but for those that another let go.
async fn hold(transaction: &mut Transaction, task: i64) -> Result<(), Error> {
    Sql::write("hold jobs back", "UPDATE job SET held = TRUE, begin_before = NULL")
        .push(" WHERE state = 'waiting' AND NOT held AND id IN (SELECT job_id FROM task_job")
        .with(" WHERE NOT cancelled AND task_id = ", task)
        .push(") AND NOT EXISTS (SELECT 1 FROM task_job WHERE task_job.job_id = job.id")
        .with(" AND NOT task_job.cancelled AND task_job.released AND task_job.task_id <> ", task)
        .push(")")
        .run(&mut *transaction)
        .await?;
    // What has not begun does not count among those of an hour.
    Sql::write("hold jobs back", "UPDATE task_job SET released = FALSE, released_at = NULL")
        .with(" WHERE released AND NOT cancelled AND task_id = ", task)
        .push(" AND job_id IN (SELECT id FROM job WHERE state = 'waiting' AND held)")
        .run(transaction)
        .await?;
    Ok(())
}

/// Lets so many jobs of a task go as there are places free; gives whether any was.
pub(super) async fn refill(transaction: &mut Transaction, task: i64, now: i64) -> Result<bool, Error> {
    let free: Option<(i64,)> = Sql::read(
        "look for free places",
        format!(
            "SELECT CASE WHEN parallel > 0 THEN parallel - \
             (SELECT COUNT(DISTINCT job.id) FROM task_job JOIN job ON job.id = task_job.job_id \
             WHERE task_job.task_id = task.id AND task_job.released AND NOT task_job.cancelled \
             AND job.state IN ('waiting', 'running')) ELSE {BATCH} END FROM task \
             WHERE (parallel > 0 OR per_hour > 0 OR hours IS NOT NULL) AND finished IS NULL AND id = $1"
        ),
    )
    .bind(task)
    .optional(&mut *transaction)
    .await?;
    match free {
        Some((free,)) if free > 0 => release(transaction, task, free, now).await,
        _ => Ok(false),
    }
}

/// What a task allows.
#[derive(Debug, sqlx::FromRow)]
struct Allowed {
    per_hour: i64,
    release_at: i64,
    open_until: Option<i64>,
    resume_at: Option<i64>,
}

impl Allowed {
    async fn of(transaction: &mut Transaction, task: i64) -> Result<Option<Self>, Error> {
        let sql = Sql::read(
            "look what a task allows",
            "SELECT per_hour, release_at, open_until, resume_at FROM task",
        );
        sql.with(" WHERE id = ", task).optional(transaction).await
    }

    fn is_open(&self, now: i64) -> bool {
        self.resume_at.is_none() && self.open_until.is_none_or(|until| until > now)
    }

    /// Between two jobs, in milliseconds.
    fn distance(&self) -> i64 {
        (HOUR / self.per_hour.max(1)).max(1)
    }

    /// The time from which on the pace counts: for a little while it is made up for.
    fn from(&self, now: i64) -> i64 {
        let made_up = if self.distance() < SLACK { SLACK } else { 0 };
        let is_late = now.saturating_sub(self.release_at) > SLACK;
        if is_late { now.saturating_sub(made_up) } else { self.release_at }
    }
}

/// Lets the next jobs of a task go: as many as there are places, and as its pace and hours allow; gives whether any was.
pub(crate) async fn release(
    transaction: &mut Transaction,
    task: i64,
    places: i64,
    now: i64,
) -> Result<bool, Error> {
    let Some(allowed) = Allowed::of(transaction, task).await?.filter(|allowed| allowed.is_open(now)) else {
        return Ok(false);
    };
    let places = places.min(BATCH).min(by_pace(transaction, task, &allowed, now).await?);
    if places <= 0 {
        return Ok(false);
    }
    let next: Vec<(i64,)> =
        Sql::read("look for the next jobs of a task", "SELECT DISTINCT job_id FROM task_job")
            .with(" WHERE NOT released AND NOT cancelled AND task_id = ", task)
            .with(" ORDER BY job_id LIMIT ", places)
            .all(&mut *transaction)
            .await?;
    let next: Vec<i64> = next.into_iter().map(|(id,)| id).collect();
    if next.is_empty() {
        return Ok(false);
    }
    if allowed.per_hour > 0 {
        let gone = i64::try_from(next.len()).unwrap_or(BATCH);
        let then = allowed.from(now).saturating_add(allowed.distance().saturating_mul(gone));
        let sql = Sql::write("note the pace of a task", "UPDATE task SET release_at = ").with("", then);
        sql.with(" WHERE id = ", task).run(&mut *transaction).await?;
    }
    let_go(transaction, task, &next, Some(now)).await?;
    unhold(transaction, &next, allowed.open_until).await?;
    Ok(true)
}

/// Whether a task has a pace or hours.
pub(super) async fn has(transaction: &mut Transaction, task: i64) -> Result<bool, Error> {
    let sql = Sql::read("look what a task allows", "SELECT id FROM task WHERE id = $1 AND ").bind(task);
    let found: Option<(i64,)> = sql.push("(per_hour > 0 OR hours IS NOT NULL)").optional(transaction).await?;
    Ok(found.is_some())
}

/// Lets the first job go that a task waits for because of these images, in place of one that was let go at a time and is
/// over now; the others wait for their turn.
pub(super) async fn hand_on(
    transaction: &mut Transaction,
    task: i64,
    images: &[i64],
    at: Option<i64>,
) -> Result<(), Error> {
    let Some(allowed) = Allowed::of(transaction, task).await?.filter(|allowed| allowed.is_open(now())) else {
        return Ok(());
    };
    let first: Option<(i64,)> = Sql::read("look for the next jobs of a task", "SELECT job_id FROM task_job")
        .with(" WHERE NOT released AND NOT cancelled AND task_id = ", task)
        .list(" AND asset_id IN ", images.iter().copied())
        .push(" ORDER BY job_id LIMIT 1")
        .optional(&mut *transaction)
        .await?;
    let Some((first,)) = first else { return Ok(()) };
    let_go(transaction, task, &[first], at).await?;
    unhold(transaction, &[first], allowed.open_until).await
}

/// Notes that jobs were let go for the sake of a task.
async fn let_go(
    transaction: &mut Transaction,
    task: i64,
    jobs: &[i64],
    at: Option<i64>,
) -> Result<(), Error> {
    Sql::write("let jobs go", "UPDATE task_job SET released = TRUE, released_at = ")
        .with("", at)
        .with(" WHERE task_id = ", task)
        .list(" AND job_id IN ", jobs.iter().copied())
        .run(transaction)
        .await?;
    Ok(())
}

/// How many jobs may go now, whatever places there are.
async fn by_pace(
    transaction: &mut Transaction,
    task: i64,
    allowed: &Allowed,
    now: i64,
) -> Result<i64, Error> {
    if allowed.per_hour == 0 {
        return Ok(BATCH);
    }
    let from = allowed.from(now);
    if from > now {
        return Ok(0);
    }
    // An even pace, and whatever became of it, never more in any hour.
    let even = 1 + now.saturating_sub(from) / allowed.distance();
    let (gone,): (i64,) =
        Sql::read("count what was let go in an hour", "SELECT COUNT(DISTINCT job_id) FROM task_job")
            .with(" WHERE task_id = ", task)
            .with(" AND released_at IS NOT NULL AND released_at > ", now.saturating_sub(HOUR))
            .one(transaction)
            .await?;
    Ok(even.min(allowed.per_hour.saturating_sub(gone)))
}

/// Lets jobs begin; those that may already have the longer time of both.
async fn unhold(transaction: &mut Transaction, jobs: &[i64], until: Option<i64>) -> Result<(), Error> {
    let sql = Sql::write("let jobs go", "UPDATE job SET held = FALSE, begin_before = ");
    let sql = match until {
        None => sql.push("NULL"),
        Some(until) => sql
            .with("CASE WHEN held OR begin_before < ", until)
            .with(" THEN ", until)
            .push(" ELSE begin_before END"),
    };
    sql.list(" WHERE state = 'waiting' AND id IN ", jobs.iter().copied()).run(transaction).await?;
    Ok(())
}
