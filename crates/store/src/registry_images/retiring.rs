//! What becomes of images that a registry no longer has.

use super::{AT_ONCE, Place};
use crate::sql::Sql;
use crate::{Error, Transaction};

/// In how many whole listings an image is missing before it is gone: a registry that is busy may forget one.
const MISSED: i64 = 2;

/// What a listing ended with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Retired {
    /// How many rows are gone, without those of the images of indexes.
    pub gone: i64,
    /// Contents that fewer images have.
    pub contents: Vec<i64>,
}

/// Ends a whole listing: what was missing in it, and in the one before, is gone; the latest of each repository is known.
///
/// Repositories that could not be listed to their end say nothing of what they lack.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn finish(
    transaction: &mut Transaction,
    place: Place,
    whole: bool,
    failed: &[String],
) -> Result<Retired, Error> {
    let mut retired = Retired::default();
    if whole {
        let missing =
            Sql::write("note what a registry lacks", "UPDATE asset SET missed = missed + 1, gone = CASE")
                .with(" WHEN missed + 1 >= ", MISSED)
                .with(" THEN ", place.at)
                .with(" END, latest = (latest AND missed + 1 < ", MISSED)
                .with(") WHERE gone IS NULL AND registry_id = ", place.registry)
                .with(" AND last_seen < ", place.at);
        let missing = match failed {
            [] => missing,
            failed => missing.list(" AND repository NOT IN ", failed),
        };
        let rows: Vec<(Option<i64>, Option<i64>, Option<i64>)> =
            missing.push(" RETURNING gone, parent_id, content_id").all(&mut *transaction).await?;
        let gone = rows.into_iter().filter(|(gone, ..)| gone.is_some());
        for (_, parent, content) in gone {
            retired.gone += i64::from(parent.is_none());
            retired.contents.extend(content);
        }
    }
    latest(transaction, place.registry).await?;
    Ok(retired)
}

/// Marks an image as gone that its registry said it deleted: a tag, or every tag of a digest. Gives the contents of those.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn forget(
    transaction: &mut Transaction,
    place: Place,
    repository: &str,
    tag: Option<&str>,
    digest: Option<&str>,
) -> Result<Vec<i64>, Error> {
    let mut sql =
        Sql::read("find what was deleted", "SELECT id FROM asset WHERE gone IS NULL AND parent_id IS NULL")
            .with(" AND registry_id = ", place.registry)
            .with(" AND repository = ", repository);
    sql = match (tag, digest) {
        (Some(tag), _) => sql.with(" AND tag = ", tag),
        (None, Some(digest)) => sql.with(" AND digest = ", digest),
        (None, None) => return Ok(Vec::new()),
    };
    let rows: Vec<(i64,)> = sql.all(&mut *transaction).await?;
    let ids: Vec<i64> = rows.into_iter().map(|(id,)| id).collect();
    let gone: Vec<(Option<i64>,)> =
        Sql::write("note that images are gone", "UPDATE asset SET latest = FALSE")
            .with(", gone = ", place.at)
            .list(" WHERE gone IS NULL AND (id IN ", ids.iter().copied())
            .list(" OR parent_id IN ", ids.iter().copied())
            .push(") RETURNING content_id")
            .all(&mut *transaction)
            .await?;
    latest(transaction, place.registry).await?;
    Ok(gone.into_iter().filter_map(|(content,)| content).collect())
}

/// The images of indexes that were just written and no longer hold them are gone at once: their index tells.
pub(super) async fn replaced(transaction: &mut Transaction, rows: &[i64], at: i64) -> Result<(), Error> {
    for rows in rows.chunks(AT_ONCE) {
        Sql::write("note that images are gone", "UPDATE asset SET latest = FALSE")
            .with(", gone = ", at)
            .with(" WHERE gone IS NULL AND last_seen < ", at)
            .list(" AND parent_id IN ", rows.iter().copied())
            .run(&mut *transaction)
            .await?;
    }
    Ok(())
}

/// The latest of each repository is the one that was pushed last, or else built; the images of an index are as new as it.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn latest(transaction: &mut Transaction, registry: Option<i64>) -> Result<(), Error> {
    Sql::write(
        "find the latest images",
        "WITH placed AS (SELECT id, ROW_NUMBER() OVER (PARTITION BY repository \
         ORDER BY COALESCE(pushed, built, first_seen) DESC, id DESC) = 1 AS newest FROM asset \
         WHERE registry_id = $1 AND parent_id IS NULL AND gone IS NULL) \
         UPDATE asset SET latest = placed.newest FROM placed \
         WHERE asset.id = placed.id AND asset.latest <> placed.newest",
    )
    .bind(registry)
    .run(&mut *transaction)
    .await?;
    Sql::write(
        "find the latest images",
        "UPDATE asset SET latest = (index_row.latest AND asset.gone IS NULL) FROM asset AS index_row \
         WHERE index_row.id = asset.parent_id AND index_row.registry_id = $1 \
         AND asset.latest <> (index_row.latest AND asset.gone IS NULL)",
    )
    .bind(registry)
    .run(&mut *transaction)
    .await?;
    Ok(())
}
