//! What registries told, each event once.

use crate::sql::Sql;
use crate::{Database, Error, Transaction, now};

/// Notes an event of a registry; gives whether it is new.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn note(transaction: &mut Transaction, registry: i64, event: &str) -> Result<bool, Error> {
    let noted = Sql::write(
        "note what a registry told",
        "INSERT INTO notice (registry_id, event, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
    )
    .bind(registry)
    .bind(event)
    .bind(now())
    .run(transaction)
    .await?;
    Ok(noted > 0)
}

/// Forgets what was told before a time, at most so many; gives how many.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn sweep(database: &Database, before: i64, most: i64) -> Result<u64, Error> {
    Sql::write("forget what registries told", "DELETE FROM notice WHERE (registry_id, event) IN")
        .with(" (SELECT registry_id, event FROM notice WHERE at < ", before)
        .with(" LIMIT ", most)
        .push(")")
        .run(database)
        .await
}
