//! What could not be judged, of images.

use std::collections::BTreeSet;

use model::Gap;

use super::TOGETHER;
use crate::sql::Sql;
use crate::{Database, Error, settle};

/// Shows each image that has gaps of a kind, with all its gaps.
///
/// # Errors
/// What `visit` answers with, or when the database refuses or is gone.
pub async fn gapped<E: From<Error>>(
    database: &Database,
    what: &str,
    mut visit: impl FnMut(i64, Vec<Gap>) -> Result<(), E>,
) -> Result<(), E> {
    let pattern = format!("%\"what\":\"{what}\"%");
    let sql = Sql::read("list gaps", "SELECT id, gaps FROM content").with(" WHERE gaps LIKE ", pattern);
    sql.each(database, |(id, gaps): (i64, String)| {
        // What cannot be read is shown as having none: it is written anew where it should have some.
        visit(id, serde_json::from_str(&gaps).unwrap_or_default())
    })
    .await
}

/// The images that have packages, each with each place of each of them.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn holders(database: &Database, packages: &[i64]) -> Result<Vec<(i64, i64)>, Error> {
    let mut found = Vec::new();
    for some in packages.chunks(TOGETHER) {
        let sql = Sql::read(
            "find the images of packages",
            "SELECT content_id, package_id FROM content_package WHERE package_id IN ",
        );
        let rows: Vec<(i64, i64)> = sql.list("", some.iter().copied()).all(database).await?;
        found.extend(rows);
    }
    Ok(found)
}

/// The images in which vulnerabilities were looked for, or the one that is given, if it is one of them.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn judged_contents(database: &Database, only: Option<i64>) -> Result<BTreeSet<i64>, Error> {
    let mut sql = Sql::read(
        "list images that were judged",
        "SELECT id FROM content WHERE checks LIKE '%\"vulnerabilities\"%'",
    );
    if let Some(only) = only {
        sql = sql.with(" AND id = ", only);
    }
    let rows: Vec<(i64,)> = sql.all(database).await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Writes the gaps of images anew, where `new` gives others for those that are kept; they are then counted again. Gives
/// how many it were.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn rewrite(
    database: &Database,
    contents: &BTreeSet<i64>,
    new: impl Fn(i64, &[Gap]) -> Vec<Gap>,
) -> Result<u64, Error> {
    let contents: Vec<i64> = contents.iter().copied().collect();
    let mut changed = 0;
    for some in contents.chunks(TOGETHER) {
        let mut transaction = database.begin().await?;
        let lock = if database.is_postgres() { " FOR UPDATE" } else { "" };
        let sql = Sql::write("read gaps", "SELECT id, gaps FROM content")
            .list(" WHERE id IN ", some.iter().copied());
        let rows: Vec<(i64, String)> = sql.push(" ORDER BY id").push(lock).all(&mut transaction).await?;
        let mut dirty = Vec::new();
        for (id, text) in rows {
            let old: Vec<Gap> = serde_json::from_str(&text).unwrap_or_default();
            let mut gaps = new(id, &old);
            gaps.sort();
            gaps.dedup();
            if gaps != old {
                let text = serde_json::to_string(&gaps).unwrap_or_default().replace("\\u0000", "");
                let count = i64::try_from(gaps.len()).unwrap_or(i64::MAX);
                let sql = Sql::write("write gaps", "UPDATE content").with(" SET gaps = ", text);
                let sql = sql.with(", gap_count = ", count).with(" WHERE id = ", id);
                sql.run(&mut transaction).await?;
                dirty.push(id);
            }
        }
        changed += dirty.len() as u64;
        settle::mark(&mut transaction, &dirty).await?;
        transaction.commit().await?;
    }
    Ok(changed)
}
