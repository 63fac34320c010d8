//! How much there is, for who watches over the server.

use crate::sql::Sql;
use crate::{Database, Error, Scope};

/// How much of a scope there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Inventory {
    /// Images that are listed.
    pub images: i64,
    /// Containers that are there.
    pub containers: i64,
    /// Hosts.
    pub hosts: i64,
}

/// Counts what there is of a scope.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn inventory(database: &Database, scope: &Scope) -> Result<Inventory, Error> {
    const IMAGES: &str = "SELECT (SELECT COUNT(*) FROM asset WHERE gone IS NULL AND parent_id IS NULL";
    const CONTAINERS: &str = ") AS images, (SELECT COUNT(*) FROM container \
        JOIN engine ON engine.id = container.engine_id JOIN host ON host.id = engine.host_id \
        WHERE container.gone IS NULL";
    const HOSTS: &str = ") AS containers, (SELECT COUNT(*) FROM host WHERE TRUE";
    let sql = scope.limit(Sql::read("count what there is", IMAGES), "asset.project_id").push(CONTAINERS);
    let sql = scope.limit(sql, "host.project_id").push(HOSTS);
    scope.limit(sql, "host.project_id").push(") AS hosts").one(database).await
}

/// How many images there are of each status.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn images(database: &Database) -> Result<Vec<(String, i64)>, Error> {
    const COUNT: &str = "SELECT status, COUNT(*) FROM asset WHERE gone IS NULL AND NOT multiple GROUP BY status ORDER BY status";
    Sql::read("count images", COUNT).all(database).await
}

/// How many jobs wait and run, of each kind.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn jobs(database: &Database) -> Result<Vec<(String, String, i64)>, Error> {
    const COUNT: &str = "SELECT kind, state, COUNT(*) FROM job WHERE state IN ('waiting', 'running') \
        GROUP BY kind, state ORDER BY kind, state";
    Sql::read("count jobs", COUNT).all(database).await
}

/// How many tasks there are of each status.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn tasks(database: &Database) -> Result<Vec<(String, i64)>, Error> {
    const COUNT: &str = "SELECT status, COUNT(*) FROM task GROUP BY status ORDER BY status";
    Sql::read("count tasks", COUNT).all(database).await
}

/// Whether the database answers.
///
/// # Errors
/// When it does not.
pub async fn ping(database: &Database) -> Result<(), Error> {
    let _one: (i64,) = Sql::read("ask the database", "SELECT CAST(1 AS BIGINT)").one(database).await?;
    Ok(())
}
