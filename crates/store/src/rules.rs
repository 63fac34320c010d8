//! Rules that people keep: every version of each kind, of which the highest holds.

use crate::authorisations::AUTHORISED;
use crate::sql::{On, Sql};
use crate::{Database, Error, Key, Order, Page, Sorted, Transaction, Wanted, now};

/// The versions of one kind that are kept.
const VERSIONS: i64 = 100;

/// A version of the rules of one kind, without the rules.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Version {
    /// Which rules.
    pub kind: String,
    /// From 1.
    pub version: i64,
    /// How many rules or lines it has.
    pub entries: i64,
    /// How many bytes.
    pub bytes: i64,
    /// Who wrote it.
    pub created_by: String,
    /// When.
    pub created: i64,
    /// Why.
    pub remark: String,
}

/// The rules of one kind in one version.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Rules {
    /// Which rules.
    pub kind: String,
    /// From 1.
    pub version: i64,
    /// The rules.
    pub content: String,
}

/// Rules that are to be kept.
#[derive(Clone, Copy, Debug)]
pub struct New<'a> {
    /// Which rules.
    pub kind: &'a str,
    /// The version they replace; 0 for none.
    pub replaces: i64,
    /// The rules.
    pub content: &'a str,
    /// How many rules or lines they are.
    pub entries: i64,
    /// Why.
    pub remark: &'a str,
}

const SELECT: &str = "SELECT kind, version, entries, bytes, created_by, created, remark FROM rule_set";
const NEWEST: &str =
    " WHERE version = (SELECT MAX(version) FROM rule_set newest WHERE newest.kind = rule_set.kind)";

/// The newest version of each kind that has one.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn newest(on: impl Into<On<'_>>) -> Result<Vec<Version>, Error> {
    Sql::read("list rules", SELECT).push(NEWEST).push(" ORDER BY kind").all(on).await
}

/// The rules that hold.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn holding(database: &Database) -> Result<Vec<Rules>, Error> {
    let sql = Sql::read("read the rules", "SELECT kind, version, content FROM rule_set");
    sql.push(NEWEST).push(" ORDER BY kind").all(database).await
}

/// The rules of one kind: in a version, or those that hold.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn find(database: &Database, kind: &str, version: Option<i64>) -> Result<Option<Rules>, Error> {
    let sql =
        Sql::read("read rules", "SELECT kind, version, content FROM rule_set").with(" WHERE kind = ", kind);
    let sql = match version {
        Some(version) => sql.with(" AND version = ", version),
        None => sql.push(" ORDER BY version DESC LIMIT 1"),
    };
    sql.optional(database).await
}

/// The versions of one kind, the newest first.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn versions(database: &Database, kind: &str, wanted: &Wanted) -> Result<Page<Version>, Error> {
    let sql = Sql::read("list the versions of rules", SELECT).with(" WHERE kind = ", kind);
    let order = Order { by: "version", id: "version", of: Sorted::Integers, descending: true };
    let rows = wanted.ask(sql, order)?.all(database).await?;
    Ok(wanted.page(rows, |row: &Version| (Key::Integer(row.version), row.version)))
}

/// Keeps rules as the next version, and gives it; nothing when what they replace is no longer what holds.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn keep(transaction: &mut Transaction, new: New<'_>, actor: &str) -> Result<Option<i64>, Error> {
    let (holds,): (i64,) =
        Sql::read("find the version of rules", "SELECT COALESCE(MAX(version), 0) FROM rule_set")
            .with(" WHERE kind = ", new.kind)
            .one(&mut *transaction)
            .await?;
    if holds != new.replaces {
        return Ok(None);
    }
    let version = holds.saturating_add(1);
    let kept = Sql::write(
        "keep rules",
        "INSERT INTO rule_set (kind, version, content, entries, bytes, created_by, created, remark) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING",
    )
    .bind(new.kind)
    .bind(version)
    .bind(new.content)
    .bind(new.entries)
    .bind(i64::try_from(new.content.len()).unwrap_or(i64::MAX))
    .bind(actor)
    .bind(now())
    .bind(new.remark)
    .run(&mut *transaction)
    .await?;
    // Somebody else was faster by a moment.
    if kept == 0 {
        return Ok(None);
    }
    Sql::write("forget old versions of rules", "DELETE FROM rule_set")
        .with(" WHERE kind = ", new.kind)
        .with(" AND version <= ", version.saturating_sub(VERSIONS))
        .run(transaction)
        .await?;
    Ok(Some(version))
}

/// The images whose contents were looked through with one of these checks, by what `content.checks` holds. Those of archives
/// are left out: an archive is kept for its first scan only.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn looked_through(on: impl Into<On<'_>>, check: &str) -> Result<Vec<i64>, Error> {
    let images: Vec<(i64,)> = Sql::read(
        "find what was looked through",
        "SELECT MIN(asset.id) FROM asset JOIN content ON content.id = asset.content_id \
         WHERE asset.gone IS NULL AND asset.failure IS NULL AND asset.kind <> 'archive' AND ",
    )
    .push(AUTHORISED)
    .with(" AND content.checks LIKE ", format!("%{}:%", serde_json::json!(check)))
    .push(" GROUP BY asset.content_id ORDER BY 1")
    .all(on)
    .await?;
    Ok(images.into_iter().map(|(id,)| id).collect())
}
