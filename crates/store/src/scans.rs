//! Scans that were done, and what is known of a content by them.

use crate::sql::Sql;
use crate::{Database, Error, Key, Order, Page, Scope, Sorted, Wanted};

/// A scan of a content.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Scan {
    /// Its id.
    pub id: i64,
    /// What was scanned.
    pub content_id: i64,
    /// What was looked for, a JSON list.
    pub checks: String,
    /// The version of the program.
    pub tool_version: String,
    /// When the advisories were updated that it used.
    pub advisories: Option<String>,
    /// The key of the report among the objects.
    pub report: String,
    /// How many findings of each severity it had, before decisions. JSON.
    pub counts: String,
    /// When it was done.
    pub finished: i64,
}

const SELECT: &str = "SELECT scan.id, scan.content_id, scan.checks, scan.tool_version, scan.advisories, scan.report, \
    scan.counts, scan.finished FROM scan WHERE TRUE";

/// The scans of a content, the newest first.
///
/// # Errors
/// When the database refuses or is gone, or the page asked for is none.
pub async fn list(database: &Database, content: i64, wanted: &Wanted) -> Result<Page<Scan>, Error> {
    let sql = Sql::read("list scans", SELECT).with(" AND scan.content_id = ", content);
    let order = Order { by: "scan.finished", id: "scan.id", of: Sorted::Integers, descending: true };
    let scans: Vec<Scan> = wanted.ask(sql, order)?.all(database).await?;
    Ok(wanted.page(scans, |scan| (Key::Integer(scan.finished), scan.id)))
}

/// One of an image of a scope.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn find(database: &Database, scope: &Scope, id: i64) -> Result<Option<Scan>, Error> {
    let sql = Sql::read("find a scan", SELECT)
        .with(" AND scan.id = ", id)
        .push(" AND EXISTS (SELECT 1 FROM asset WHERE asset.content_id = scan.content_id");
    scope.limit(sql, "asset.project_id").push(")").optional(database).await
}

/// What is known of a content beside its findings.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Known {
    /// For each check that was made: when, and by what. JSON.
    pub checks: String,
    /// What could not be read or decided, [`model::Gap`]s as JSON.
    pub gaps: String,
}

/// What is known of a content beside its findings.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn known(database: &Database, content: i64) -> Result<Option<Known>, Error> {
    Sql::read("read what is known of an image", "SELECT checks, gaps FROM content")
        .with(" WHERE id = ", content)
        .optional(database)
        .await
}

/// A layer of a content.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Layer {
    /// From 0, the lowest first.
    pub position: i64,
    /// The digest of the uncompressed layer.
    pub diff_id: String,
    /// The digest of the layer as stored.
    pub digest: Option<String>,
    /// The bytes of its files.
    pub size: i64,
    /// The instruction that made it.
    pub created_by: Option<String>,
    /// Whether it is the base image's.
    pub from_base: Option<bool>,
    /// How many contents of the inventory have it.
    pub shared_by: i64,
}

/// The layers of a content, the lowest first.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn layers(database: &Database, content: i64) -> Result<Vec<Layer>, Error> {
    Sql::read(
        "list the layers of an image",
        "SELECT cl.position, layer.diff_id, cl.digest, layer.size, cl.created_by, cl.from_base, \
         (SELECT COUNT(DISTINCT other.content_id) FROM content_layer other WHERE other.layer_id = layer.id) \
         AS shared_by FROM content_layer cl JOIN layer ON layer.id = cl.layer_id",
    )
    .with(" WHERE cl.content_id = ", content)
    .push(" ORDER BY cl.position")
    .all(database)
    .await
}

/// The finding of another kind than vulnerabilities that has this fingerprint, as JSON.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn detail(database: &Database, content: i64, fingerprint: &str) -> Result<Option<String>, Error> {
    let found: Option<(String,)> = Sql::read("read a finding", "SELECT detail FROM finding")
        .with(" WHERE content_id = ", content)
        .with(" AND fingerprint = ", fingerprint)
        .optional(database)
        .await?;
    Ok(found.map(|(detail,)| detail))
}
