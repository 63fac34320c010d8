//! What workers do: claimed by lease, done once.

use crate::sql::{On, Sql};
use crate::{Database, Error, Transaction, now};

/// How long a worker may be silent before its job is another's, in milliseconds.
pub const LEASE: i64 = 20_000;
/// How often a job is begun before it is given up.
pub const ATTEMPTS: i64 = 4;

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
}

/// Asks for a job, or joins the one that waits or runs already; gives its id.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn ask(transaction: &mut Transaction, wanted: Wanted<'_>) -> Result<i64, Error> {
    let (id,): (i64,) = Sql::write(
        "ask for a job",
        "INSERT INTO job (kind, subject_id, dedupe, parameters, priority, state, run_at, created) \
         VALUES ($1, $2, $3, $4, $5, 'waiting', $6, $6) \
         ON CONFLICT (dedupe) WHERE state IN ('waiting', 'running') \
         DO UPDATE SET priority = CASE WHEN excluded.priority < job.priority THEN excluded.priority \
         ELSE job.priority END RETURNING id",
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

/// The next job of these kinds, which from now on this worker holds.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn claim(database: &Database, worker: &str, kinds: &[&str]) -> Result<Option<Held>, Error> {
    let lock = if database.is_postgres() { " FOR UPDATE SKIP LOCKED" } else { "" };
    let now = now();
    Sql::write("claim a job", "UPDATE job SET state = 'running', attempts = attempts + 1, stop = FALSE")
        .with(", worker = ", worker)
        .with(", started = ", now)
        .with(", lease_until = ", now.saturating_add(LEASE))
        .with(" WHERE id = (SELECT id FROM job WHERE state = 'waiting' AND run_at <= ", now)
        .list(" AND kind IN ", kinds.iter().copied())
        .push(&format!(" ORDER BY priority, run_at, id LIMIT 1{lock}) AND state = 'waiting'"))
        .push(" RETURNING id, kind, subject_id, parameters, attempts")
        .optional(database)
        .await
}

/// Says that a job is still being done; gives whether it is to be stopped, or nothing when it is no longer held.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn renew(database: &Database, worker: &str, id: i64, progress: i64) -> Result<Option<bool>, Error> {
    let stop: Option<(bool,)> = Sql::write(
        "renew a job",
        "UPDATE job SET lease_until = $1, progress = $2 WHERE id = $3 AND worker = $4 AND state = 'running' \
         RETURNING stop",
    )
    .bind(now().saturating_add(LEASE))
    .bind(progress)
    .bind(id)
    .bind(worker)
    .optional(database)
    .await?;
    Ok(stop.map(|(stop,)| stop))
}

/// How a job ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// Well; with JSON for those who asked.
    Done(Option<String>),
    /// Not well: the code of why, and what was said.
    Failed(String, String),
    /// Somebody stopped it.
    Cancelled,
}

/// Ends a job that this worker holds; gives whether it still did.
///
/// What the job made is written in the same transaction, so that it is there once or not at all.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn end(on: impl Into<On<'_>>, worker: &str, id: i64, end: End) -> Result<bool, Error> {
    let (state, result, failure, message) = match end {
        End::Done(result) => ("done", result, None, None),
        End::Failed(failure, message) => ("failed", None, Some(failure), Some(message)),
        End::Cancelled => ("cancelled", None, None, None),
    };
    let changed = Sql::write(
        "end a job",
        "UPDATE job SET state = $1, result = $2, failure = $3, message = $4, finished = $5, lease_until = NULL, \
         progress = CASE WHEN $1 = 'done' THEN 100 ELSE progress END \
         WHERE id = $6 AND worker = $7 AND state = 'running'",
    )
    .bind(state)
    .bind(result)
    .bind(failure)
    .bind(message)
    .bind(now())
    .bind(id)
    .bind(worker)
    .run(on)
    .await?;
    Ok(changed > 0)
}
