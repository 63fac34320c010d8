//! What is wrong across images: for every rule that is broken somewhere, by how many images, containers and hosts.

mod table;
mod through;

use crate::decisions::Decisions;
use crate::settle::{Known, PAGE, load};
use crate::sql::Sql;
use crate::{Database, Error};
use through::Through;

/// Computes all of it anew, and writes what is other than before; gives how many rows that were.
///
/// One way through all contents, some at a time: what is held meanwhile grows with the distinct packages and rules, not
/// with the images.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn rebuild(database: &Database) -> Result<u64, Error> {
    let decisions = Decisions::load(database).await?;
    let (mut known, mut through, mut after) = (Known::default(), Through::default(), 0);
    loop {
        let ids: Vec<(i64,)> =
            Sql::read("list images", "SELECT id FROM content WHERE scanned IS NOT NULL AND id > ")
                .with("", after)
                .with(" ORDER BY id LIMIT ", i64::try_from(PAGE).unwrap_or(i64::MAX))
                .all(database)
                .await?;
        let Some((last,)) = ids.last() else { break };
        after = *last;
        let ids: Vec<i64> = ids.into_iter().map(|(id,)| id).collect();
        for content in load(database, &ids, &mut known, &decisions).await? {
            through.content(&content, &known, &decisions);
        }
    }
    table::write(database, through.summed(), &known).await
}
