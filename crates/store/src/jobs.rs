//! What workers do: claimed by lease, done once.

mod ending;
mod images;
mod lease;
mod watching;

pub use ending::{End, end};
pub use images::follow;
pub(crate) use images::{Images, leave, wait};
pub use lease::{claim, gate, give_back, later, reap, renew};
pub use watching::{Shown, shown};

use crate::sql::Sql;
use crate::{Database, Error, Transaction, now};

/// How long a worker may be silent before its job is another's, in milliseconds.
pub const LEASE: i64 = 20_000;
/// How often a job is begun before it is given up.
pub const ATTEMPTS: i64 = 4;
/// The kind of jobs that scan a content: what becomes of them is seen at its images.
pub const SCAN: &str = "scan";
/// The kind of jobs that find out what an image of a registry is, and then scan that.
pub const RESOLVE: &str = "resolve";

/// A job that is wanted.
#[derive(Clone, Debug)]
pub struct Wanted<'a> {
    /// Who does it.
    pub kind: &'a str,
    /// What it is about.
    pub subject: i64,
    /// While one of a key waits or runs, whoever asks for the same joins it.
    pub dedupe: String,
    /// JSON.
    pub parameters: String,
    /// 0 a person, 1 push, 2 schedule, 3 backfill.
    pub priority: i64,
}

/// A job that a worker holds.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Held {
    /// Its id.
    pub id: i64,
    /// Who does it.
    pub kind: String,
    /// What it is about.
    pub subject_id: i64,
    /// JSON.
    pub parameters: String,
    /// How often it was begun, with this time.
    pub attempts: i64,
    /// The registry whose limit it waited for; 0 for none.
    pub gate: i64,
}

/// Asks for a job, or joins the one that waits or runs already; gives its id.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn ask(transaction: &mut Transaction, wanted: Wanted<'_>) -> Result<i64, Error> {
    let (id,): (i64,) = Sql::write(
        "ask for a job",
        "INSERT INTO job (kind, subject_id, dedupe, parameters, priority, state, run_at, created, updated) \
         VALUES ($1, $2, $3, $4, $5, 'waiting', $6, $6, $6) \
         ON CONFLICT (dedupe) WHERE state IN ('waiting', 'running') \
         DO UPDATE SET held = FALSE, begin_before = NULL, \
         run_at = CASE WHEN excluded.run_at < job.run_at THEN excluded.run_at ELSE job.run_at END, \
         priority = CASE WHEN excluded.priority < job.priority THEN excluded.priority ELSE job.priority END \
         RETURNING id",
    )
    .bind(wanted.kind)
    .bind(wanted.subject)
    .bind(wanted.dedupe)
    .bind(wanted.parameters)
    .bind(wanted.priority)
    .bind(now())
    .one(transaction)
    .await?;
    Ok(id)
}

/// Forgets jobs that ended before `before`, at most so many; the counters of their tasks stay. Gives how many.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn sweep(database: &Database, before: i64, most: i64) -> Result<u64, Error> {
    Sql::write("forget old jobs", "DELETE FROM job WHERE id IN (SELECT id FROM job")
        .with(" WHERE finished IS NOT NULL AND finished < ", before)
        .with(" ORDER BY finished LIMIT ", most)
        .push(")")
        .run(database)
        .await
}
