//! What was asked for: tasks, made of jobs, and how far they are.

mod cancelling;
mod listing;
mod pace;
mod scans;

pub use cancelling::{Given, cancel, cancel_all, cancel_images, stop_unwanted};
pub use listing::{Filter, Job, Task, changed, find, jobs, list, names, projects};
pub use pace::{Opening, Pace, Paced, pace, paced};
pub use scans::{PacedNew, Scans, become_scans, retry, scan, scan_paced};

pub(crate) use pace::release;

use crate::jobs::{self, Wanted};
use crate::sql::{Sql, Value, insert};
use crate::{Error, Transaction, now};

/// Why a task was asked for: who waits longest is served last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// A person waits.
    Person,
    /// An image was pushed or built.
    Push,
    /// It was time.
    Schedule,
    /// Something changed that all else has to follow.
    Backfill,
}

impl Cause {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Person, Self::Push, Self::Schedule, Self::Backfill];

    /// The word it is kept as.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Push => "push",
            Self::Schedule => "schedule",
            Self::Backfill => "backfill",
        }
    }

    /// The priority of its jobs.
    #[must_use]
    pub fn priority(self) -> i64 {
        match self {
            Self::Person => 0,
            Self::Push => 1,
            Self::Schedule => 2,
            Self::Backfill => 3,
        }
    }
}

/// A task to be made.
#[derive(Clone, Copy, Debug)]
pub struct New<'a> {
    /// What it is about; nothing for all there is, which only those see who see all projects.
    pub projects: &'a [i64],
    /// scan, judge, export, engines, advisories
    pub kind: &'a str,
    /// Why.
    pub cause: Cause,
    /// For people.
    pub name: &'a str,
    /// JSON.
    pub parameters: &'a str,
    /// Who asked.
    pub created_by: &'a str,
    /// At most so many of its jobs at once; 0 for no limit.
    pub parallel: i64,
}

/// Makes a task without jobs; [`add`] gives it some, in the same transaction.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn create(transaction: &mut Transaction, new: New<'_>) -> Result<i64, Error> {
    let (id,): (i64,) = Sql::write(
        "make a task",
        "INSERT INTO task (kind, cause, name, parameters, created_by, created, updated, status, parallel) \
         VALUES ($1, $2, $3, $4, $5, $6, $6, 'waiting', $7) RETURNING id",
    )
    .bind(new.kind)
    .bind(new.cause.word())
    .bind(new.name)
    .bind(new.parameters)
    .bind(new.created_by)
    .bind(now())
    .bind(new.parallel)
    .one(&mut *transaction)
    .await?;
    let rows = new.projects.iter().map(|project| vec![Value::from(id), Value::from(*project)]).collect();
    let before = "INSERT INTO task_project (task_id, project_id) VALUES ";
    insert("note what a task is about", transaction, before, rows, " ON CONFLICT DO NOTHING").await?;
    Ok(id)
}

/// Makes a task wait for a job.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn add(transaction: &mut Transaction, task: i64, job: i64) -> Result<(), Error> {
    Sql::write("add a job to a task", "INSERT INTO task_job (task_id, job_id) VALUES ($1, $2)")
        .bind(task)
        .bind(job)
        .run(&mut *transaction)
        .await?;
    Sql::write("add a job to a task", "UPDATE task SET total = total + 1, status = ")
        // It may have joined one that runs already.
        .with("CASE WHEN EXISTS (SELECT 1 FROM job WHERE state = 'running' AND id = ", job)
        .push(") THEN 'running' ELSE status END")
        .with(", started = CASE WHEN started IS NULL AND status = 'running' THEN ", now())
        .with(" ELSE started END WHERE id = ", task)
        .run(transaction)
        .await?;
    Ok(())
}

/// Makes a task that has no jobs yet wait for many.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn add_all(transaction: &mut Transaction, task: i64, jobs: &[i64]) -> Result<(), Error> {
    let rows = jobs.iter().map(|job| vec![Value::from(task), Value::from(*job)]).collect();
    let before = "INSERT INTO task_job (task_id, job_id) VALUES ";
    insert("add jobs to a task", &mut *transaction, before, rows, "").await?;
    Sql::write("count the jobs of a task", "UPDATE task SET")
        .with(" total = ", i64::try_from(jobs.len()).unwrap_or(i64::MAX))
        // It may have joined some that run already.
        .push(", status = CASE WHEN EXISTS (SELECT 1 FROM job JOIN task_job ON task_job.job_id = job.id")
        .with(" WHERE job.state = 'running' AND task_job.task_id = ", task)
        .with(") THEN 'running' ELSE status END WHERE id = ", task)
        .run(transaction)
        .await?;
    Ok(())
}

/// Makes a task of one job; gives the ids of both.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn with_job(
    transaction: &mut Transaction,
    new: New<'_>,
    wanted: Wanted<'_>,
) -> Result<(i64, i64), Error> {
    let task = create(transaction, new).await?;
    let job = jobs::ask(transaction, wanted).await?;
    add(transaction, task, job).await?;
    Ok((task, job))
}

/// What is added to the counters of a task.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Counted {
    pub(crate) succeeded: i64,
    pub(crate) failed: i64,
    pub(crate) cancelled: i64,
    pub(crate) risky: i64,
}

/// Waits until nobody else asks for scans, gives up, or counts what ended, and keeps them waiting until the commit.
///
/// They take locks of many jobs and tasks, in orders that depend on what is there; one after the other they cannot wait
/// for one another in a circle. SQLite has one writer anyway.
pub(crate) async fn alone(transaction: &mut Transaction) -> Result<(), Error> {
    // Any number that nobody else uses.
    const LOCK: &str = "SELECT pg_advisory_xact_lock(1279350357)";
    if let Transaction::Postgres(_) = transaction {
        Sql::write("wait for others who count", LOCK).run(transaction).await?;
    }
    Ok(())
}

/// Keeps all else from the counters of tasks until the end of the transaction; `which` selects their ids by one value.
pub(crate) async fn lock(transaction: &mut Transaction, which: &str, value: i64) -> Result<(), Error> {
    // SQLite has one writer, which this is.
    if let Transaction::Sqlite(_) = transaction {
        return Ok(());
    }
    let sql = Sql::write("count in tasks", "SELECT id FROM task WHERE id IN (").with(which, value);
    let _: Vec<(i64,)> = sql.push(") ORDER BY id FOR UPDATE").all(transaction).await?;
    Ok(())
}

/// Adds to the counters of a task, which has ended when all is counted.
pub(crate) async fn count(transaction: &mut Transaction, task: i64, counted: Counted) -> Result<(), Error> {
    let now = now();
    Sql::write("count in a task", "UPDATE task SET")
        .with(" succeeded = succeeded + ", counted.succeeded)
        .with(", failed = failed + ", counted.failed)
        .with(", cancelled = cancelled + ", counted.cancelled)
        .with(", risky = risky + ", counted.risky)
        .with(", updated = ", now)
        .with(" WHERE id = ", task)
        .run(&mut *transaction)
        .await?;
    Sql::write("end a task", "UPDATE task SET status = CASE WHEN cancelled > 0 THEN 'cancelled'")
        .push(" WHEN failed > 0 AND failed = total THEN 'failed' ELSE 'done' END")
        .with(", finished = ", now)
        .with(" WHERE finished IS NULL AND succeeded + failed + cancelled >= total AND id = ", task)
        .run(transaction)
        .await?;
    Ok(())
}
