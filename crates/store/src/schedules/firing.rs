use super::{SELECT, Schedule};
use crate::sql::Sql;
use crate::{Database, Error, Transaction};

/// Those that are due at a time, the longest due first, at most so many.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn due(database: &Database, now: i64, most: i64) -> Result<Vec<Schedule>, Error> {
    Sql::read("look which schedules are due", SELECT)
        .with(" AND schedule.enabled AND schedule.next_at IS NOT NULL AND schedule.next_at <= ", now)
        .with(" ORDER BY schedule.next_at, schedule.id LIMIT ", most)
        .all(database)
        .await
}

/// Adds that a schedule is as it was read: no other server took it, and nobody changed it.
fn unchanged(sql: Sql, schedule: &Schedule) -> Sql {
    sql.with(" WHERE enabled AND id = ", schedule.id)
        .with(" AND next_at = ", schedule.next_at)
        .with(" AND updated = ", schedule.updated)
}

/// What becomes of a schedule that is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Run {
    /// It begins.
    Begun,
    /// It is left out, at this time.
    LeftOut(i64),
}

/// Takes what is due, to be due again at `next`; gives whether nobody else did since it was read.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn take(
    transaction: &mut Transaction,
    schedule: &Schedule,
    run: Run,
    next: Option<i64>,
) -> Result<bool, Error> {
    let sql = Sql::write("take a schedule", "UPDATE schedule SET next_at = ").with("", next);
    let sql = match run {
        Run::Begun => sql,
        Run::LeftOut(at) => sql.with(", skipped = ", at),
    };
    Ok(unchanged(sql, schedule).run(transaction).await? > 0)
}

/// Puts off what is due, to a time; nothing when somebody took or changed it since it was read.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn put_off(database: &Database, schedule: &Schedule, until: i64) -> Result<(), Error> {
    let sql = Sql::write("put a schedule off", "UPDATE schedule SET next_at = ").with("", until);
    unchanged(sql, schedule).run(database).await.map(drop)
}

/// Notes the task of a run.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn ran(transaction: &mut Transaction, id: i64, task: i64) -> Result<(), Error> {
    let sql = Sql::write("note the run of a schedule", "UPDATE schedule SET last_task_id = ").with("", task);
    sql.with(" WHERE id = ", id).run(transaction).await.map(drop)
}
