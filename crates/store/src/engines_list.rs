//! Engines as lists show them.

use crate::sql::Sql;
use crate::{Database, Error, Key, Order, Page, Scope, Sorted, Wanted};

/// A program that keeps images and runs containers.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Engine {
    /// Its id here.
    pub id: i64,
    /// Its host.
    pub host_id: i64,
    /// The host's name.
    pub host: String,
    /// docker, containerd, podman.
    pub kind: String,
    /// How it is reached.
    pub address: String,
    /// Its version.
    pub version: Option<String>,
    /// How it stores layers.
    pub storage_driver: Option<String>,
    /// Where it keeps its data.
    pub root: Option<String>,
    /// Why it could not be asked last time.
    pub failure: Option<String>,
    /// What it said.
    pub message: Option<String>,
    /// When it was last read whole.
    pub synced: Option<i64>,
    /// Images that it has.
    pub images: i64,
    /// Containers that it has.
    pub containers: i64,
    /// Those that run.
    pub running: i64,
}

const SELECT: &str = "SELECT engine.id, engine.host_id, host.name AS host, engine.kind, engine.address, \
    engine.version, engine.storage_driver, engine.root, engine.failure, engine.message, engine.synced, \
    (SELECT COUNT(DISTINCT asset_id) FROM asset_engine WHERE engine_id = engine.id) AS images, \
    (SELECT COUNT(*) FROM container WHERE engine_id = engine.id AND gone IS NULL) AS containers, \
    (SELECT COUNT(*) FROM container WHERE engine_id = engine.id AND gone IS NULL AND state = 'running') AS running \
    FROM engine JOIN host ON host.id = engine.host_id WHERE TRUE";

/// Those of a scope, of one host or of all, by kind.
///
/// # Errors
/// When the database refuses or is gone, or the page asked for is none.
pub async fn list(
    database: &Database,
    scope: &Scope,
    host: Option<i64>,
    wanted: &Wanted,
) -> Result<Page<Engine>, Error> {
    let mut sql = scope.limit(Sql::read("list engines", SELECT), "host.project_id");
    if let Some(host) = host {
        sql = sql.with(" AND engine.host_id = ", host);
    }
    let order = Order { by: "engine.kind", id: "engine.id", of: Sorted::Texts, descending: false };
    let engines: Vec<Engine> = wanted.ask(sql, order)?.all(database).await?;
    Ok(wanted.page(engines, |engine| (Key::Text(engine.kind.clone()), engine.id)))
}

/// One of a scope.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn find(database: &Database, scope: &Scope, id: i64) -> Result<Option<Engine>, Error> {
    let sql = scope.limit(Sql::read("find an engine", SELECT), "host.project_id");
    sql.with(" AND engine.id = ", id).optional(database).await
}
