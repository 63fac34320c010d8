//! Small things the server remembers, by name.

use crate::sql::{On, Sql};
use crate::{Database, Error, Transaction};

/// What is kept under a name.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn get(database: &Database, name: &str) -> Result<Option<String>, Error> {
    let found: Option<(String,)> = Sql::read("read a setting", "SELECT value FROM setting WHERE name = $1")
        .bind(name)
        .optional(database)
        .await?;
    Ok(found.map(|(value,)| value))
}

/// What is kept under a name, which stays so until the transaction ends.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn hold(transaction: &mut Transaction, name: &str) -> Result<Option<String>, Error> {
    // SQLite has one writer anyway.
    let lock = if matches!(transaction, Transaction::Postgres(_)) { " FOR SHARE" } else { "" };
    let sql = Sql::write("read a setting", "SELECT value FROM setting").with(" WHERE name = ", name);
    let found: Option<(String,)> = sql.push(lock).optional(transaction).await?;
    Ok(found.map(|(value,)| value))
}

/// Keeps something under a name.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn set(on: impl Into<On<'_>>, name: &str, value: &str) -> Result<(), Error> {
    Sql::write(
        "keep a setting",
        "INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
    )
    .bind(name)
    .bind(value)
    .run(on)
    .await?;
    Ok(())
}

/// Keeps something under a name if what is there is still `old`, or nothing; gives whether it was.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn swap(database: &Database, name: &str, old: Option<&str>, new: &str) -> Result<bool, Error> {
    let sql = match old {
        Some(old) => Sql::write("keep a setting", "UPDATE setting SET value = ")
            .with("", new)
            .with(" WHERE name = ", name)
            .with(" AND value = ", old),
        None => Sql::write("keep a setting", "INSERT INTO setting (name, value) VALUES (")
            .with("", name)
            .with(", ", new)
            .push(") ON CONFLICT (name) DO NOTHING"),
    };
    Ok(sql.run(database).await? > 0)
}
