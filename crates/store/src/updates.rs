//! Updates of advisories: the last one, and when one was asked for.

use crate::sql::Sql;
use crate::{Database, Error, Transaction, settings};

/// When an update was last asked for, in milliseconds since 1970.
const ASKED: &str = "advisories.asked";

/// A job that fetches or imports advisories.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Update {
    /// Its id.
    pub id: i64,
    /// waiting, running, done, failed, cancelled
    pub state: String,
    /// Percent.
    pub progress: i64,
    /// JSON.
    pub parameters: String,
    /// When it was asked for.
    pub created: i64,
    /// When it ended.
    pub finished: Option<i64>,
    /// The code of why it failed.
    pub failure: Option<String>,
    /// What was said of it.
    pub message: Option<String>,
    /// What came of it, JSON.
    pub result: Option<String>,
}

/// The last job of a kind.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn last(database: &Database, kind: &str) -> Result<Option<Update>, Error> {
    let sql = Sql::read(
        "find the last update",
        "SELECT id, state, progress, parameters, created, finished, failure, message, result FROM job",
    );
    sql.with(" WHERE kind = ", kind).push(" ORDER BY id DESC LIMIT 1").optional(database).await
}

/// When an update was last asked for.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn asked(database: &Database) -> Result<Option<i64>, Error> {
    Ok(settings::get(database, ASKED).await?.and_then(|at| at.parse().ok()))
}

/// Notes that an update is asked for at a time.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn ask(transaction: &mut Transaction, at: i64) -> Result<(), Error> {
    settings::set(transaction, ASKED, &at.to_string()).await
}

/// Whether no update was asked for since a time, and says that one is now: among many servers only one hears so.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn take(transaction: &mut Transaction, since: i64, now: i64) -> Result<bool, Error> {
    let changed = Sql::write("see whether an update is due", "INSERT INTO setting (name, value) VALUES (")
        .with("", ASKED)
        .with(", ", now.to_string())
        .push(") ON CONFLICT (name) DO UPDATE SET value = excluded.value")
        .with(" WHERE CAST(setting.value AS BIGINT) <= ", since)
        .run(transaction)
        .await?;
    Ok(changed > 0)
}
