//! Giving up: a task, the scans of some images, or everything; what another task wants goes on.

use std::collections::BTreeMap;

use super::pace::refill;
use super::{Counted, alone, count};
use crate::jobs;
use crate::sql::Sql;
use crate::{Database, Error, Scope, Transaction, now};

/// The most jobs of one statement.
const BATCH: usize = 5_000;

/// What was given up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Given {
    /// Images, or what else the jobs were for, that tasks no longer wait for.
    pub up: i64,
    /// Jobs that waited, and never begin.
    pub cancelled: i64,
}

/// Whose wish it was that is given up.
enum Whose<'a> {
    Task(i64),
    Scope(&'a Scope),
}

impl Whose<'_> {
    fn limit(&self, sql: Sql) -> Sql {
        match self {
            Self::Task(task) => sql.with(" AND task_id = ", *task),
            Self::Scope(Scope::All) => sql,
            Self::Scope(scope) => {
                let sql = sql.push(" AND asset_id IN (SELECT id FROM asset WHERE TRUE");
                scope.limit(sql, "asset.project_id").push(")")
            }
        }
    }
}

/// Gives up a task; nothing when it has ended. [`stop_unwanted`] is for after the commit.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn cancel(transaction: &mut Transaction, task: i64) -> Result<Option<Given>, Error> {
    alone(transaction).await?;
    let open = Sql::write("give a task up", "UPDATE task SET updated = ")
        .with("", now())
        .with(" WHERE finished IS NULL AND id = ", task)
        .run(&mut *transaction)
        .await?;
    if open == 0 {
        return Ok(None);
    }
    let live = Sql::read(
        "look what a task waits for",
        "SELECT DISTINCT job.id FROM task_job JOIN job ON job.id = task_job.job_id \
         WHERE job.state IN ('waiting', 'running') AND NOT task_job.cancelled",
    )
    .with(" AND task_job.task_id = ", task)
    .push(" ORDER BY job.id");
    let live = ids(live.all(&mut *transaction).await?);
    give_up(transaction, &live, &Whose::Task(task)).await.map(Some)
}

/// Gives up all tasks of a kind that are open and of this scope alone.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn cancel_all(transaction: &mut Transaction, scope: &Scope, kind: &str) -> Result<Given, Error> {
    let open = Sql::read("look for open tasks", "SELECT id FROM task WHERE finished IS NULL");
    let open = super::listing::visible(scope, open.with(" AND kind = ", kind)).push(" ORDER BY id");
    let mut given = Given::default();
    for task in ids(open.all(&mut *transaction).await?) {
        let one = cancel(transaction, task).await?.unwrap_or_default();
        given = Given { up: given.up + one.up, cancelled: given.cancelled + one.cancelled };
    }
    Ok(given)
}

/// Gives up the scans of these images' contents, whichever task wanted them for an image of the scope.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn cancel_images(
    transaction: &mut Transaction,
    scope: &Scope,
    images: &[i64],
) -> Result<Given, Error> {
    alone(transaction).await?;
    let mut live = Vec::new();
    for images in images.chunks(BATCH) {
        for (kind, column) in [(jobs::SCAN, "content_id"), (jobs::RESOLVE, "id")] {
            let sql = Sql::read("look for scans", "SELECT id FROM job WHERE kind = ").with("", kind);
            let sql = sql.push(&format!(
                " AND state IN ('waiting', 'running') AND subject_id IN (SELECT {column} FROM asset WHERE TRUE"
            ));
            let sql = scope
                .limit(sql, "asset.project_id")
                .list(" AND (asset.id IN ", images.iter().copied())
                .list(" OR asset.parent_id IN ", images.iter().copied());
            live.extend(ids(sql.push("))").all(&mut *transaction).await?));
        }
    }
    live.sort_unstable();
    live.dedup();
    for jobs in live.chunks(BATCH) {
        lock_tasks(transaction, jobs).await?;
    }
    give_up(transaction, &live, &Whose::Scope(scope)).await
}

fn ids(rows: Vec<(i64,)>) -> Vec<i64> {
    rows.into_iter().map(|(id,)| id).collect()
}

/// Keeps all else from the counters of the tasks that wait for these jobs.
async fn lock_tasks(transaction: &mut Transaction, jobs: &[i64]) -> Result<(), Error> {
    if let Transaction::Sqlite(_) = transaction {
        return Ok(());
    }
    let _: Vec<(i64,)> =
        Sql::write("count in tasks", "SELECT id FROM task WHERE id IN (SELECT task_id FROM task_job")
            .list(" WHERE job_id IN ", jobs.iter().copied())
            .push(") ORDER BY id FOR UPDATE")
            .all(transaction)
            .await?;
    Ok(())
}

/// Notes that jobs are no longer wanted; those that nobody wants and have not begun never will.
async fn give_up(transaction: &mut Transaction, jobs: &[i64], whose: &Whose<'_>) -> Result<Given, Error> {
    let mut tasks: BTreeMap<i64, i64> = BTreeMap::new();
    let mut given = Given::default();
    for jobs in jobs.chunks(BATCH) {
        let sql = Sql::write("give jobs up", "UPDATE task_job SET cancelled = TRUE, released = TRUE")
            .push(" WHERE NOT cancelled")
            .list(" AND job_id IN ", jobs.iter().copied());
        let wishes: Vec<(i64,)> = whose.limit(sql).push(" RETURNING task_id").all(&mut *transaction).await?;
        for (task,) in wishes {
            *tasks.entry(task).or_default() += 1;
            given.up += 1;
        }
        let unwanted = drop_unwanted(transaction, jobs).await?;
        given.cancelled += i64::try_from(unwanted.len()).unwrap_or(i64::MAX);
        for kind in [jobs::SCAN, jobs::RESOLVE] {
            let Some(images) = jobs::Images::of(kind) else { continue };
            let of_kind = unwanted.iter().filter(|(own, _)| own == kind);
            let subjects: Vec<i64> = of_kind.map(|(_, subject)| *subject).collect();
            jobs::leave(transaction, images, &subjects, "cancelled", None).await?;
        }
    }
    for (task, images) in tasks {
        count(transaction, task, Counted { cancelled: images, ..Counted::default() }).await?;
        refill(transaction, task, now()).await?;
    }
    Ok(given)
}

/// Ends those that wait and nobody wants, and holds those back again whose place is gone.
async fn drop_unwanted(transaction: &mut Transaction, jobs: &[i64]) -> Result<Vec<(String, i64)>, Error> {
    const WANTED: &str =
        "EXISTS (SELECT 1 FROM task_job WHERE task_job.job_id = job.id AND NOT task_job.cancelled";
    if let Transaction::Postgres(_) = transaction {
        // Who joins one of them right now is waited for, and seen by the statements below.
        let _: Vec<(i64,)> = Sql::write("give jobs up", "SELECT id FROM job WHERE state = 'waiting'")
            .list(" AND id IN ", jobs.iter().copied())
            .push(" ORDER BY id FOR UPDATE")
            .all(&mut *transaction)
            .await?;
    }
    let now = now();
    let unwanted: Vec<(String, i64)> =
        Sql::write("give jobs up", "UPDATE job SET state = 'cancelled', held = FALSE")
            .with(", finished = ", now)
            .with(", updated = ", now)
            .list(" WHERE state = 'waiting' AND id IN ", jobs.iter().copied())
            .push(&format!(" AND NOT {WANTED}) RETURNING kind, subject_id"))
            .all(&mut *transaction)
            .await?;
    if unwanted.len() == jobs.len() {
        return Ok(unwanted);
    }
    Sql::write("hold jobs back", "UPDATE job SET held = TRUE WHERE state = 'waiting' AND NOT held")
        .list(" AND id IN ", jobs.iter().copied())
        .push(&format!(" AND NOT {WANTED} AND task_job.released)"))
        .run(transaction)
        .await?;
    Ok(unwanted)
}

/// Tells the workers of jobs that nobody wants any more to stop; gives how many.
///
/// It is for after the commit of what gave them up: a worker that is about to end its job must not be waited for while
/// it waits for the counters.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn stop_unwanted(database: &Database) -> Result<u64, Error> {
    Sql::write(
        "stop jobs",
        "UPDATE job SET stop = TRUE WHERE state = 'running' AND lease_until >= 0 AND NOT stop \
         AND EXISTS (SELECT 1 FROM task_job WHERE task_job.job_id = job.id) \
         AND NOT EXISTS (SELECT 1 FROM task_job WHERE task_job.job_id = job.id AND NOT task_job.cancelled)",
    )
    .run(database)
    .await
}
