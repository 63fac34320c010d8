//! Leases: whose a job is, until when, and what becomes of those whose worker is silent.

use super::{ATTEMPTS, End, Held, Images, end};
use crate::sql::Sql;
use crate::{Database, Error, Transaction, now};

/// How long a job waits after its first failure; each later one makes it four times as long.
const FIRST_DELAY: i64 = 5_000;
/// How many leases that are over are looked at in one go.
const MOST_REAPED: i64 = 100;

/// The next job of these kinds, which from now on this worker holds for `lease` milliseconds.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn claim(
    database: &Database,
    worker: &str,
    kinds: &[&str],
    lease: i64,
) -> Result<Option<Held>, Error> {
    let now = now();
    // Who only looks keeps nobody from writing.
    let waiting: Option<(i64,)> = next(Sql::read("look for work", ""), kinds, now).optional(database).await?;
    if waiting.is_none() {
        return Ok(None);
    }
    let lock = if database.is_postgres() { " FOR UPDATE SKIP LOCKED" } else { "" };
    let mut transaction = database.begin().await?;
    let held = Sql::write("claim a job", "UPDATE job SET state = 'running', stop = FALSE")
        .push(", attempts = attempts + 1, progress = 0")
        .with(", worker = ", worker)
        .with(", updated = ", now)
        .with(", started = ", now)
        .with(", lease_until = ", now.saturating_add(lease))
        .push(" WHERE id = (");
    let held: Option<Held> = next(held, kinds, now)
        .push(&format!("{lock}) AND state = 'waiting'"))
        .push(" RETURNING id, kind, subject_id, parameters, attempts, gate")
        .optional(&mut transaction)
        .await?;
    if let Some(held) = &held {
        if held.gate > 0 && !pass(&mut transaction, held.gate, now).await? {
            // Another went through just now; this one waits on.
            return Ok(None);
        }
        show(&mut transaction, held).await?;
    }
    transaction.commit().await?;
    if let Some(held) = &held {
        begin(database, held, now).await?;
    }
    Ok(held)
}

/// The job that comes next; not those that wait for a registry's limit while no image may be pulled from it, nor those
/// whose hours are over.
fn next(sql: Sql, kinds: &[&str], now: i64) -> Sql {
    sql.with("SELECT id FROM job WHERE state = 'waiting' AND NOT held AND run_at <= ", now)
        .with(" AND (begin_before IS NULL OR begin_before > ", now)
        .list(") AND kind IN ", kinds.iter().copied())
        .with(" AND gate NOT IN (SELECT id FROM registry WHERE free_at > ", now)
        .push(") ORDER BY priority, run_at, id LIMIT 1")
}

/// Takes the place of one image at a registry that allows so many an hour; gives whether it was free.
///
/// The hour is divided evenly, so that the registry never sees all of them at once.
async fn pass(transaction: &mut Transaction, registry: i64, now: i64) -> Result<bool, Error> {
    const HOUR: i64 = 3_600_000;
    let passed = Sql::write("wait for a registry", "UPDATE registry SET free_at = CASE")
        .with(" WHEN images_per_hour > 0 THEN ", now)
        .with(" + ", HOUR)
        .push(" / images_per_hour ELSE 0 END")
        .with(" WHERE free_at <= ", now)
        .with(" AND id = ", registry)
        .run(&mut *transaction)
        .await?;
    if passed > 0 {
        return Ok(true);
    }
    let there: Option<(i64,)> = Sql::read("find a registry", "SELECT id FROM registry WHERE id = $1")
        .bind(registry)
        .optional(transaction)
        .await?;
    Ok(there.is_none())
}

/// Notes at images that they are being scanned.
async fn show(transaction: &mut Transaction, held: &Held) -> Result<(), Error> {
    let Some(images) = Images::of(&held.kind) else { return Ok(()) };
    Sql::write("note that an image is scanned", "UPDATE asset SET status = 'scanning', progress = 0")
        .push(", scan_failure = NULL, scan_message = NULL")
        .with(&format!(" WHERE {} = ", images.column()), held.subject_id)
        .run(transaction)
        .await?;
    Ok(())
}

/// Notes at tasks that their first job has begun.
///
/// Each by itself, after the claim: who counts in tasks may wait for the job.
async fn begin(database: &Database, held: &Held, now: i64) -> Result<(), Error> {
    let waiting: Vec<(i64,)> =
        Sql::read("look which tasks wait", "SELECT id FROM task WHERE status = 'waiting'")
            .with(" AND id IN (SELECT task_id FROM task_job WHERE NOT cancelled AND job_id = ", held.id)
            .push(")")
            .all(database)
            .await?;
    for (task,) in waiting {
        Sql::write("note that a task has begun", "UPDATE task SET status = 'running'")
            .with(", started = ", now)
            .with(", updated = ", now)
            .with(" WHERE status = 'waiting' AND id = ", task)
            .run(database)
            .await?;
    }
    Ok(())
}

/// Says that a job is still being done; gives whether it is to be stopped, or nothing when it is no longer held.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn renew(
    database: &Database,
    worker: &str,
    id: i64,
    lease: i64,
    progress: i64,
) -> Result<Option<bool>, Error> {
    let held: Option<(bool, String, i64)> = Sql::write(
        "renew a job",
        "UPDATE job SET lease_until = $1, progress = $2 WHERE id = $3 AND worker = $4 AND state = 'running' \
         RETURNING stop, kind, subject_id",
    )
    .bind(now().saturating_add(lease))
    .bind(progress)
    .bind(id)
    .bind(worker)
    .optional(database)
    .await?;
    let Some((stop, kind, subject)) = held else { return Ok(None) };
    if let Some(images) = Images::of(&kind) {
        Sql::write("note how far a scan is", "UPDATE asset SET progress = ")
            .with("", progress)
            .with(&format!(" WHERE status = 'scanning' AND {} = ", images.column()), subject)
            .with(" AND progress <> ", progress)
            .run(database)
            .await?;
    }
    Ok(Some(stop))
}

/// Gives a job back that this worker holds, as if it had never been begun; gives whether it still held it.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn give_back(database: &Database, worker: &str, id: i64) -> Result<bool, Error> {
    let mut transaction = database.begin().await?;
    let held = requeue(&mut transaction, worker, id, 1, now()).await?;
    transaction.commit().await?;
    Ok(held)
}

/// Gives a job back that has to pull an image from a registry which allows so many an hour: it waits for its turn. Gives
/// whether this worker still held it.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn gate(database: &Database, worker: &str, id: i64, registry: i64) -> Result<bool, Error> {
    let mut transaction = database.begin().await?;
    Sql::write(
        "wait for a registry",
        "UPDATE job SET gate = $1 WHERE id = $2 AND worker = $3 AND state = 'running'",
    )
    .bind(registry)
    .bind(id)
    .bind(worker)
    .run(&mut transaction)
    .await?;
    let held = requeue(&mut transaction, worker, id, 1, now()).await?;
    transaction.commit().await?;
    Ok(held)
}

/// Puts a job off that this worker could not do now; after too many attempts it has failed. Gives whether it still
/// held it.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn later(
    database: &Database,
    worker: &str,
    held: &Held,
    failure: &str,
    message: &str,
) -> Result<bool, Error> {
    let mut transaction = database.begin().await?;
    let done = if held.attempts >= ATTEMPTS {
        end(&mut transaction, worker, held.id, End::Failed(failure.to_owned(), message.to_owned())).await?
    } else {
        let begun = u32::try_from(held.attempts.saturating_sub(1)).unwrap_or(0);
        let delay = FIRST_DELAY.saturating_mul(4_i64.saturating_pow(begun));
        requeue(&mut transaction, worker, held.id, 0, now().saturating_add(delay)).await?
    };
    transaction.commit().await?;
    Ok(done)
}

/// Makes a job wait again; one that was to be stopped or that nobody wants any more is cancelled instead.
async fn requeue(
    transaction: &mut Transaction,
    worker: &str,
    id: i64,
    uncounted: i64,
    run_at: i64,
) -> Result<bool, Error> {
    let job: Option<(String, i64)> = Sql::write(
        "put a job off",
        "UPDATE job SET state = 'waiting', worker = NULL, lease_until = NULL, progress = 0, \
         attempts = attempts - $1, run_at = $2, updated = $3 \
         WHERE id = $4 AND worker = $5 AND state = 'running' AND NOT stop RETURNING kind, subject_id",
    )
    .bind(uncounted)
    .bind(run_at)
    .bind(now())
    .bind(id)
    .bind(worker)
    .optional(&mut *transaction)
    .await?;
    let Some((kind, subject)) = job else { return end(transaction, worker, id, End::Cancelled).await };
    if let Some(images) = Images::of(&kind) {
        super::leave(transaction, images, &[subject], "waiting", None).await?;
    }
    Ok(true)
}

/// Takes jobs from workers that were silent for too long, for others to do; gives how many.
///
/// One that was begun too often has failed: it may be what ends the workers.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn reap(database: &Database) -> Result<usize, Error> {
    let over: Vec<(i64, String, i64)> = Sql::read("look for silent workers", "SELECT id, worker, attempts")
        .with(" FROM job WHERE state = 'running' AND worker IS NOT NULL AND lease_until < ", now())
        .with(" ORDER BY lease_until LIMIT ", MOST_REAPED)
        .all(database)
        .await?;
    let mut reaped = 0;
    for (id, worker, attempts) in over {
        let mut transaction = database.begin().await?;
        // It may have spoken meanwhile; the row stays locked until the end of this.
        let silent = Sql::write("look for silent workers", "UPDATE job SET lease_until = 0")
            .with(" WHERE state = 'running' AND id = ", id)
            .with(" AND worker = ", worker.as_str())
            .with(" AND lease_until < ", now())
            .run(&mut transaction)
            .await?;
        if silent == 0 {
            continue;
        }
        let taken = if attempts >= ATTEMPTS {
            let message = format!("it was begun {attempts} times, and each time its worker fell silent");
            end(&mut transaction, &worker, id, End::Failed("timed_out".to_owned(), message)).await?
        } else {
            requeue(&mut transaction, &worker, id, 0, now()).await?
        };
        transaction.commit().await?;
        reaped += usize::from(taken);
    }
    Ok(reaped)
}
