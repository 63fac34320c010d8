//! Registries: where images are pulled from, and how far they are known.

use serde::{Deserialize, Serialize};

use crate::authorisations;
use crate::sql::{On, Sql};
use crate::{Database, Error, Key, Order, Page, Scope, Sorted, Transaction, Wanted, now};

/// How a registry is reached, as whom, and what of it is wanted; nothing in it is secret.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Options {
    /// The user, or the id of an access key.
    pub username: Option<String>,
    /// The cloud's region.
    pub region: Option<String>,
    /// The cloud's instance of the registry, or its account.
    pub instance: Option<String>,
    /// The organisation, project, group or namespace that is listed.
    pub namespace: Option<String>,
    /// The role that is taken on.
    pub role: Option<String>,
    /// Given along when the role is taken on.
    pub external_id: Option<String>,
    /// The generation of the registry's interface: auto, v1, v2.
    pub api_version: String,
    /// Where the interface is that lists, when it is not at its usual address.
    pub api_address: Option<String>,
    /// Plain `http` is spoken.
    pub plain_http: bool,
    /// Any certificate is accepted.
    pub insecure: bool,
    /// Certificates that are trusted besides the usual ones, PEM.
    pub authorities: Option<String>,
    /// No proxy is asked, whatever the environment names.
    pub direct: bool,
    /// Globs of what is wanted, and of what is not.
    pub include: Vec<String>,
    /// Globs of what is not wanted.
    pub exclude: Vec<String>,
    /// Also projects that are caches of other registries.
    pub proxy_caches: bool,
    /// Every night only what is new is asked for, where the registry can tell.
    pub incremental: bool,
    /// What is new is scanned at once.
    pub scan_new: bool,
}

/// A registry.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Registry {
    /// Its id here.
    pub id: i64,
    /// The project its images belong to.
    pub project_id: i64,
    /// What it is called.
    pub name: String,
    /// The word of its kind.
    pub kind: String,
    /// Host and port, or a whole address; empty where the kind knows it by the region.
    pub address: String,
    /// [`Options`] as JSON.
    pub options: String,
    /// Passwords and tokens, sealed.
    pub sealed: Option<String>,
    /// Whether it may tell what changed.
    pub has_hook: bool,
    /// Images that may be pulled in an hour.
    pub images_per_hour: Option<i64>,
    /// Whether it is listed every night.
    pub nightly: bool,
    /// Raised when anything above changes.
    pub version: i64,
    /// unknown, well, failing
    pub health: String,
    /// The code of why it could not be asked last time.
    pub failure: Option<String>,
    /// What was said then.
    pub message: Option<String>,
    /// When it was last asked.
    pub checked: Option<i64>,
    /// When it was last listed to the end.
    pub synced: Option<i64>,
    /// When a listing of all it has was last begun that came to its end.
    pub listed: Option<i64>,
    /// When it was added.
    pub created: i64,
    /// When it was last changed.
    pub updated: i64,
    /// Images it has, each index once.
    pub images: i64,
}

impl Registry {
    /// How it is reached, as whom, and what of it is wanted.
    ///
    /// # Errors
    /// When what is kept cannot be understood.
    pub fn options(&self) -> Result<Options, Error> {
        serde_json::from_str(&self.options)
            .map_err(|_unreadable| Error::Kept { what: "settings of registry", id: self.id })
    }
}

/// What is said of a registry.
#[derive(Clone, Debug)]
pub struct Said<'a> {
    /// What it is called.
    pub name: &'a str,
    /// The word of its kind.
    pub kind: &'a str,
    /// Host and port, or a whole address.
    pub address: &'a str,
    /// How it is reached, as whom, and what of it is wanted.
    pub options: &'a Options,
    /// Images that may be pulled in an hour.
    pub images_per_hour: Option<i64>,
    /// Whether it is listed every night.
    pub nightly: bool,
}

impl Said<'_> {
    fn options(&self) -> String {
        serde_json::to_string(self.options).unwrap_or_default()
    }
}

const SELECT: &str = "SELECT id, project_id, name, kind, address, options, sealed, hook IS NOT NULL AS has_hook, \
    images_per_hour, nightly, version, health, failure, message, checked, synced, listed, created, updated, \
    (SELECT COUNT(*) FROM asset WHERE asset.registry_id = registry.id AND asset.parent_id IS NULL \
     AND asset.gone IS NULL) AS images FROM registry WHERE TRUE";

/// Those of a scope, by name: of one kind, with `search` in name or address, as far as that is said.
///
/// # Errors
/// When the database refuses or is gone, or the page asked for is none.
pub async fn list(
    database: &Database,
    scope: &Scope,
    kind: Option<&str>,
    search: Option<&str>,
    wanted: &Wanted,
) -> Result<Page<Registry>, Error> {
    let mut sql = scope.limit(Sql::read("list registries", SELECT), "registry.project_id");
    if let Some(kind) = kind {
        sql = sql.with(" AND kind = ", kind);
    }
    if let Some(search) = search {
        let pattern = format!("%{}%", search.to_lowercase());
        sql = sql
            .with(" AND (LOWER(name) LIKE ", pattern.clone())
            .with(" OR LOWER(address) LIKE ", pattern)
            .push(")");
    }
    let order = Order { by: "name", id: "id", of: Sorted::Texts, descending: false };
    let registries = wanted.ask(sql, order)?.all(database).await?;
    Ok(wanted.page(registries, |registry: &Registry| (Key::Text(registry.name.clone()), registry.id)))
}

/// One of a scope.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn find(on: impl Into<On<'_>>, scope: &Scope, id: i64) -> Result<Option<Registry>, Error> {
    let sql = scope.limit(Sql::read("find a registry", SELECT), "registry.project_id");
    sql.with(" AND id = ", id).optional(on).await
}

/// The one that tells what changed by a token of this hash.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn hooked(database: &Database, hash: &str) -> Result<Option<Registry>, Error> {
    Sql::read("find a registry", SELECT).with(" AND hook = ", hash).optional(database).await
}

/// The ids of all of a scope, of some kinds, or those of these ids.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn ids(
    on: impl Into<On<'_>>,
    scope: &Scope,
    kinds: &[String],
    ids: Option<&[i64]>,
) -> Result<Vec<i64>, Error> {
    let mut sql =
        scope.limit(Sql::read("list registries", "SELECT id FROM registry WHERE TRUE"), "project_id");
    if !kinds.is_empty() {
        sql = sql.list(" AND kind IN ", kinds);
    }
    if let Some(ids) = ids {
        sql = sql.list(" AND id IN ", ids.iter().copied());
    }
    let rows: Vec<(i64,)> = sql.push(" ORDER BY id").all(on).await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// All of them: the id, the project, and the address of each.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn addresses(on: impl Into<On<'_>>) -> Result<Vec<(i64, i64, String)>, Error> {
    let sql = "SELECT id, project_id, address FROM registry ORDER BY id";
    Sql::read("list registries", sql).all(on).await
}

/// Those that are listed every night and of which no listing was begun since a time.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn due(database: &Database, since: i64) -> Result<Vec<i64>, Error> {
    let rows: Vec<(i64,)> =
        Sql::read("look which registries are due", "SELECT id FROM registry WHERE nightly")
            .with(" AND COALESCE(tried, 0) < ", since)
            .push(" ORDER BY id")
            .all(database)
            .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Adds a registry to a project; gives its id.
///
/// # Errors
/// When there is one of that name, or the database refuses or is gone.
pub async fn create(transaction: &mut Transaction, project: i64, said: &Said<'_>) -> Result<i64, Error> {
    let made: Option<(i64,)> = Sql::write(
        "add a registry",
        "INSERT INTO registry (project_id, name, kind, address, options, images_per_hour, nightly, created, updated) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8) ON CONFLICT (name) DO NOTHING RETURNING id",
    )
    .bind(project)
    .bind(said.name)
    .bind(said.kind)
    .bind(said.address)
    .bind(said.options())
    .bind(said.images_per_hour)
    .bind(said.nightly)
    .bind(now())
    .optional(transaction)
    .await?;
    made.map(|(id,)| id).ok_or_else(|| Error::Exists { what: "registry", name: said.name.to_owned() })
}

/// Changes what is said of a registry. Who waits for its limit waits by the new one.
///
/// # Errors
/// When another is called so, or the database refuses or is gone.
pub async fn change(transaction: &mut Transaction, id: i64, said: &Said<'_>) -> Result<(), Error> {
    let changed = Sql::write(
        "change a registry",
        "UPDATE registry SET name = $1, kind = $2, address = $3, options = $4, nightly = $5, updated = $6, \
         free_at = CASE WHEN images_per_hour IS NOT DISTINCT FROM $7 THEN free_at ELSE 0 END, \
         images_per_hour = $7, version = version + 1 WHERE id = $8",
    )
    .bind(said.name)
    .bind(said.kind)
    .bind(said.address)
    .bind(said.options())
    .bind(said.nightly)
    .bind(now())
    .bind(said.images_per_hour)
    .bind(id)
    .run(transaction)
    .await;
    match changed {
        Err(error) if error.is_twice() => Err(Error::Exists { what: "registry", name: said.name.to_owned() }),
        changed => changed.map(drop),
    }
}

/// Keeps the secrets of a registry, sealed.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn seal(transaction: &mut Transaction, id: i64, sealed: Option<&str>) -> Result<(), Error> {
    let sql = "UPDATE registry SET sealed = $1, version = version + 1 WHERE id = $2";
    Sql::write("keep the credentials of a registry", sql).bind(sealed).bind(id).run(transaction).await?;
    Ok(())
}

/// Sets by which token a registry tells what changed: its hash, or that it tells nothing.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn hook(transaction: &mut Transaction, id: i64, hash: Option<&str>) -> Result<(), Error> {
    let sql = "UPDATE registry SET hook = $1 WHERE id = $2";
    Sql::write("keep the token of a registry", sql).bind(hash).bind(id).run(transaction).await?;
    Ok(())
}

/// Forgets a registry with all its images; gives whether it was there.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn delete(transaction: &mut Transaction, id: i64) -> Result<bool, Error> {
    // What was authorised loses its images by this: first, so that nobody waits in a circle.
    authorisations::hold(transaction).await?;
    let gone = Sql::write("delete a registry", "DELETE FROM registry WHERE id = $1");
    Ok(gone.bind(id).run(transaction).await? > 0)
}

/// Notes that a registry answered as it should, or why it did not.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn checked(
    transaction: &mut Transaction,
    id: i64,
    failure: Option<(model::Failure, &str)>,
) -> Result<(), Error> {
    Sql::write("note how a registry is", "UPDATE registry SET health = ")
        .with("", if failure.is_some() { "failing" } else { "well" })
        .with(", failure = ", failure.map(|(code, _)| code.word()))
        .with(", message = ", failure.map(|(_, message)| message))
        .with(", checked = ", now())
        .with(" WHERE id = ", id)
        .run(transaction)
        .await?;
    Ok(())
}

/// Notes that a listing of a registry begins.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn tried(on: impl Into<On<'_>>, id: i64, at: i64) -> Result<(), Error> {
    let sql = "UPDATE registry SET tried = $1 WHERE id = $2";
    Sql::write("note that a registry is listed", sql).bind(at).bind(id).run(on).await?;
    Ok(())
}

/// Notes that a registry was listed to the end, by a listing begun at `at`; `whole` when that left nothing out.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn synced(transaction: &mut Transaction, id: i64, at: i64, whole: bool) -> Result<(), Error> {
    Sql::write("note that a registry was listed", "UPDATE registry SET synced = ")
        .with("", now())
        .with(", listed = CASE WHEN ", whole)
        .with(" THEN ", at)
        .with(" ELSE listed END WHERE id = ", id)
        .run(transaction)
        .await?;
    Ok(())
}
