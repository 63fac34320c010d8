//! Wrong passwords: after some in a row none is taken for a time that grows.
//!
//! They are counted by name and by address, for names that there are and for names that there are not alike: whether
//! there is an account is nothing that a lock tells.

use crate::sql::Sql;
use crate::{Database, Error, now};

/// The first pause, in milliseconds; each further failure doubles it.
const FIRST: i64 = 30_000;
/// The longest pause.
const LONGEST: i64 = 15 * 60 * 1000;
/// Failures before this time are forgotten.
const MEMORY: i64 = 24 * 60 * 60 * 1000;

/// Whether an attempt may be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attempt {
    /// It may.
    Free,
    /// It may, and unless it is taken back there is none for some time.
    Last,
    /// It may not before this time.
    Locked(i64),
}

/// Counts an attempt before it is made, as many may be made at once.
///
/// `subject` is a digest of who tries, `free` how many failures in a row there may be.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn begin(database: &Database, subject: &str, free: i64) -> Result<Attempt, Error> {
    let now = now();
    let mut transaction = database.begin().await?;
    let (failures, locked): (i64, i64) = Sql::write(
        "count an attempt to sign in",
        "INSERT INTO attempt (subject, failures, at, locked_until) VALUES ($1, 1, $2, 0) \
         ON CONFLICT (subject) DO UPDATE SET at = excluded.at, failures = CASE \
         WHEN attempt.locked_until > excluded.at THEN attempt.failures \
         WHEN attempt.at < $3 THEN 1 ELSE attempt.failures + 1 END \
         RETURNING failures, locked_until",
    )
    .bind(subject)
    .bind(now)
    .bind(now.saturating_sub(MEMORY))
    .one(&mut transaction)
    .await?;
    let attempt = if locked > now {
        Attempt::Locked(locked)
    } else if failures >= free {
        let doubled = u32::try_from(failures.saturating_sub(free)).unwrap_or(u32::MAX).min(16);
        let pause = FIRST.saturating_mul(2_i64.saturating_pow(doubled)).min(LONGEST);
        Sql::write("lock after wrong passwords", "UPDATE attempt SET locked_until = $1 WHERE subject = $2")
            .bind(now.saturating_add(pause))
            .bind(subject)
            .run(&mut transaction)
            .await?;
        Attempt::Last
    } else {
        Attempt::Free
    };
    transaction.commit().await?;
    Ok(attempt)
}

/// Forgets the failures of a name: its password was right, or is another.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn forget(database: &Database, subject: &str) -> Result<(), Error> {
    let sql = Sql::write("forget wrong passwords", "DELETE FROM attempt WHERE subject = $1").bind(subject);
    sql.run(database).await.map(drop)
}

/// Takes one attempt back that [`begin`] counted: it was no failure, which says nothing of those before it.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn give_back(database: &Database, subject: &str) -> Result<(), Error> {
    Sql::write(
        "take an attempt back",
        "UPDATE attempt SET failures = CASE WHEN failures > 0 THEN failures - 1 ELSE 0 END, locked_until = 0 \
         WHERE subject = $1",
    )
    .bind(subject)
    .run(database)
    .await
    .map(drop)
}

/// Until when no password of these is taken, for those that are locked.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn locked(database: &Database, subjects: Vec<String>) -> Result<Vec<(String, i64)>, Error> {
    Sql::read("list locks", "SELECT subject, locked_until FROM attempt WHERE locked_until > $1")
        .bind(now())
        .list(" AND subject IN ", subjects)
        .all(database)
        .await
}

/// Forgets what is long ago.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn sweep(database: &Database) -> Result<(), Error> {
    Sql::write("forget old attempts", "DELETE FROM attempt WHERE at < $1")
        .bind(now().saturating_sub(MEMORY))
        .run(database)
        .await
        .map(drop)
}
