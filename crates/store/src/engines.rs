//! Programs of a host that keep images and run containers.

use crate::sql::{On, Sql};
use crate::{Database, Error, Transaction, now};

/// An engine, as somebody who wants to ask it must know it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Engine {
    /// Its id here.
    pub id: i64,
    /// `docker`, `containerd`, `podman`, `cri-o`.
    pub kind: String,
    /// How it is reached on its host.
    pub address: String,
}

/// The engines of a host.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn of_host(on: impl Into<On<'_>>, host: i64) -> Result<Vec<Engine>, Error> {
    Sql::read("list the engines of a host", "SELECT id, kind, address FROM engine WHERE host_id = ")
        .with("", host)
        .push(" ORDER BY id")
        .all(on)
        .await
}

/// Notes an engine that answered, and gives its id.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn note(
    transaction: &mut Transaction,
    host: i64,
    address: &str,
    engine: &model::EngineSummary,
) -> Result<i64, Error> {
    let (id,): (i64,) = Sql::write(
        "note an engine",
        "INSERT INTO engine (host_id, kind, address, version, storage_driver, root) \
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (host_id, address) DO UPDATE SET kind = excluded.kind, \
         version = excluded.version, storage_driver = excluded.storage_driver, root = excluded.root, \
         failure = NULL, message = NULL RETURNING id",
    )
    .bind(host)
    .bind(&engine.kind)
    .bind(address)
    .bind(engine.version.as_deref())
    .bind(engine.storage_driver.as_deref())
    .bind(engine.root.as_deref())
    .one(transaction)
    .await?;
    Ok(id)
}

/// Notes that an engine was read just now, its images as well where `whole`.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn heard(transaction: &mut Transaction, id: i64, whole: bool) -> Result<(), Error> {
    Sql::write(
        "note that an engine was read",
        "UPDATE engine SET heard = $1, synced = CASE WHEN $2 THEN $1 ELSE synced END WHERE id = $3",
    )
    .bind(now())
    .bind(whole)
    .bind(id)
    .run(transaction)
    .await?;
    Ok(())
}

/// An engine of which something new was heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Heard {
    /// The engine.
    pub id: i64,
    /// The project of its host.
    pub project_id: i64,
    /// When it was.
    pub heard: i64,
}

/// The engines of which something was heard since a time.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn heard_since(database: &Database, since: i64) -> Result<Vec<Heard>, Error> {
    const ENGINES: &str = "SELECT engine.id, host.project_id, engine.heard FROM engine \
        JOIN host ON host.id = engine.host_id WHERE engine.heard >= ";
    Sql::read("look which engines were heard", ENGINES).with("", since).all(database).await
}

/// Notes that an engine could not be asked; what it told before is kept.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn fail(
    transaction: &mut Transaction,
    host: i64,
    kind: &str,
    address: &str,
    failure: model::Failure,
    message: &str,
) -> Result<(), Error> {
    Sql::write(
        "note that an engine failed",
        "INSERT INTO engine (host_id, kind, address, failure, message, heard) VALUES ($1, $2, $3, $4, $5, $6) \
         ON CONFLICT (host_id, address) DO UPDATE SET failure = excluded.failure, message = excluded.message, \
         heard = excluded.heard",
    )
    .bind(host)
    .bind(kind)
    .bind(address)
    .bind(failure.word())
    .bind(message)
    .bind(now())
    .run(transaction)
    .await?;
    Ok(())
}

/// Where a content can be had: an engine, and what names it there.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Having {
    /// How the engine is reached on its host.
    pub address: String,
    /// containerd's namespace.
    pub namespace: String,
    /// By which the engine knows the image.
    pub reference: String,
    /// The name it has there.
    pub name: String,
}

/// The engines of a machine that have a content, those that answered last time first.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn having(on: impl Into<On<'_>>, machine: &str, content: i64) -> Result<Vec<Having>, Error> {
    Sql::read(
        "find who has an image",
        "SELECT engine.address, asset_engine.namespace, asset_engine.reference, asset.name FROM asset_engine \
         JOIN asset ON asset.id = asset_engine.asset_id JOIN engine ON engine.id = asset_engine.engine_id \
         JOIN host ON host.id = engine.host_id WHERE host.machine = $1 AND asset.content_id = $2 \
         ORDER BY engine.failure IS NOT NULL, engine.id, asset.id LIMIT 20",
    )
    .bind(machine)
    .bind(content)
    .all(on)
    .await
}
