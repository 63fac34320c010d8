//! Forgetting what nobody has any more.

use crate::sql::Sql;
use crate::{Database, Error};

/// Forgets images that were gone before a time, at most so many, and as many contents that no image has; gives how many.
///
/// Contents that were first seen since then stay. Reports of those that go are swept among the objects.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn sweep(database: &Database, before: i64, most: i64) -> Result<u64, Error> {
    let images = Sql::write("forget images that are gone", "DELETE FROM asset WHERE id IN (SELECT id FROM asset")
        .with(" WHERE gone < ", before)
        .push(" AND NOT EXISTS (SELECT 1 FROM asset AS image WHERE image.parent_id = asset.id AND image.gone IS NULL)")
        .with(" LIMIT ", most)
        .push(")")
        .run(database)
        .await?;
    let contents =
        Sql::write("forget what no image has", "DELETE FROM content WHERE id IN (SELECT id FROM content")
            .with(" WHERE first_seen < ", before)
            .push(" AND NOT EXISTS (SELECT 1 FROM asset WHERE asset.content_id = content.id)")
            .with(" LIMIT ", most)
            .push(")")
            .run(database)
            .await?;
    // An index is read again when it is met: what is known of its images is no longer whole.
    Sql::write(
        "forget indexes",
        "DELETE FROM manifest WHERE digest IN (SELECT index_entry.index_digest FROM index_entry \
         LEFT JOIN manifest ON manifest.digest = index_entry.digest \
         WHERE manifest.digest IS NULL AND index_entry.failure IS NULL)",
    )
    .run(database)
    .await?;
    Ok(images.saturating_add(contents))
}
