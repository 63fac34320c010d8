//! Machines that run containers.

use crate::sql::Sql;
use crate::{Database, Error, Key, Order, Page, Scope, Sorted, Transaction, Wanted, now};

/// A machine.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct Host {
    /// Its id here.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Its distribution.
    pub os: String,
    /// Its kernel.
    pub kernel: String,
    /// Its processor.
    pub architecture: String,
    /// How many it has.
    pub processors: i64,
    /// Its memory, in bytes.
    pub memory: i64,
    /// Its addresses, a JSON list.
    pub addresses: String,
    /// The project that its images belong to.
    pub project_id: i64,
    /// When it was first seen, in milliseconds since 1970.
    pub first_seen: i64,
    /// When it was last seen.
    pub last_seen: i64,
    /// How many images it has.
    pub images: i64,
    /// How many containers it has.
    pub containers: i64,
}

const SELECT: &str = "SELECT id, name, os, kernel, architecture, processors, memory, addresses, project_id, \
    first_seen, last_seen, \
    (SELECT COUNT(DISTINCT asset_id) FROM asset_engine JOIN engine ON engine.id = asset_engine.engine_id \
     WHERE engine.host_id = host.id) AS images, \
    (SELECT COUNT(*) FROM container JOIN engine ON engine.id = container.engine_id \
     WHERE engine.host_id = host.id AND container.gone IS NULL) AS containers \
    FROM host WHERE TRUE";

/// Those of a scope whose name or address holds `search`, by name.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn list(
    database: &Database,
    scope: &Scope,
    search: Option<&str>,
    wanted: &Wanted,
) -> Result<Page<Host>, Error> {
    let mut sql = scope.limit(Sql::read("list hosts", SELECT), "host.project_id");
    if let Some(search) = search {
        let pattern = format!("%{}%", search.to_lowercase());
        sql = sql
            .with(" AND (LOWER(name) LIKE ", pattern.clone())
            .with(" OR addresses LIKE ", pattern)
            .push(")");
    }
    let order = Order { by: "name", id: "id", of: Sorted::Texts, descending: false };
    let hosts = wanted.ask(sql, order)?.all(database).await?;
    Ok(wanted.page(hosts, |host: &Host| (Key::Text(host.name.clone()), host.id)))
}

/// Those of a scope that have an image, by name.
///
/// # Errors
/// When the database refuses or is gone, or the page asked for is none.
pub async fn of_image(
    database: &Database,
    scope: &Scope,
    asset: i64,
    wanted: &Wanted,
) -> Result<Page<Host>, Error> {
    let sql = scope.limit(Sql::read("list the hosts of an image", SELECT), "host.project_id");
    let sql = sql
        .push(" AND host.id IN (SELECT engine.host_id FROM engine JOIN asset_engine ON engine_id = engine.id")
        .with(" WHERE asset_engine.asset_id = ", asset)
        .push(")");
    let order = Order { by: "name", id: "id", of: Sorted::Texts, descending: false };
    let hosts = wanted.ask(sql, order)?.all(database).await?;
    Ok(wanted.page(hosts, |host: &Host| (Key::Text(host.name.clone()), host.id)))
}

/// One of a scope.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn find(database: &Database, scope: &Scope, id: i64) -> Result<Option<Host>, Error> {
    let sql = scope.limit(Sql::read("find a host", SELECT), "host.project_id");
    sql.with(" AND id = ", id).optional(database).await
}

/// Notes a machine that was seen, and gives its id; `machine` is what it calls itself for ever.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn note(
    transaction: &mut Transaction,
    machine: &str,
    host: &model::Host,
    project: i64,
) -> Result<i64, Error> {
    let addresses = serde_json::to_string(&host.addresses).unwrap_or_default();
    let (id,): (i64,) = Sql::write(
        "note a host",
        "INSERT INTO host (machine, name, os, kernel, architecture, processors, memory, addresses, project_id, \
         first_seen, last_seen) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10) \
         ON CONFLICT (machine) DO UPDATE SET name = excluded.name, os = excluded.os, kernel = excluded.kernel, \
         architecture = excluded.architecture, processors = excluded.processors, memory = excluded.memory, \
         addresses = excluded.addresses, last_seen = excluded.last_seen RETURNING id",
    )
    .bind(machine)
    .bind(&host.name)
    .bind(&host.os)
    .bind(&host.kernel)
    .bind(&host.architecture)
    .bind(i64::from(host.processors))
    .bind(i64::try_from(host.memory).unwrap_or(i64::MAX))
    .bind(addresses)
    .bind(project)
    .bind(now())
    .one(transaction)
    .await?;
    Ok(id)
}
