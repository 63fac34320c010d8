//! What lists show of each asset, computed from all else: by one piece of code, whatever changed.

mod asking;
mod batch;
mod indexes;
mod known;
mod load;
mod tally;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};

pub use asking::{Job, asked, request, request_risks, rest};
pub(crate) use batch::{Asset, Content};
pub use indexes::unread;
pub(crate) use known::Known;
pub(crate) use load::load;

use crate::decisions::Decisions;
use crate::sql::{Sql, insert};
use crate::{Database, Error, Transaction, now};

/// How many contents are loaded at once, and settled in one transaction.
pub(crate) const PAGE: usize = 1_000;
/// How often a transaction that stood in another's way is begun again.
const TRIES: usize = 5;
/// How many ids are written at once.
const IDS: usize = 10_000;

/// Notes that contents count otherwise than their assets tell.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn mark(transaction: &mut Transaction, contents: &[i64]) -> Result<(), Error> {
    // In one order, so that writers wait for one another instead of deadlocking.
    let contents: BTreeSet<i64> = contents.iter().copied().collect();
    let at = now();
    let rows = contents.into_iter().map(|content| vec![content.into(), at.into()]).collect();
    // A mark that is there is written anew, and becomes another: so whoever takes it waits for what is written now.
    let after = " ON CONFLICT (content_id) DO UPDATE SET marked = CASE WHEN excluded.marked > dirty_content.marked \
        THEN excluded.marked ELSE dirty_content.marked + 1 END";
    insert("mark images", transaction, "INSERT INTO dirty_content (content_id, marked) VALUES ", rows, after)
        .await
}

/// Notes that all contents count otherwise that have one of these packages.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn mark_having(transaction: &mut Transaction, packages: &BTreeSet<i64>) -> Result<(), Error> {
    let packages: Vec<i64> = packages.iter().copied().collect();
    let mut contents = Vec::new();
    for some in packages.chunks(IDS) {
        let sql = Sql::read("find who has packages", "SELECT DISTINCT content_id FROM content_package");
        let rows: Vec<(i64,)> =
            sql.list(" WHERE package_id IN ", some.iter().copied()).all(&mut *transaction).await?;
        contents.extend(rows.into_iter().map(|(content,)| content));
    }
    mark(transaction, &contents).await
}

/// Settles all that is marked until `stop` says to end, and gives how many contents that were.
///
/// What is marked while it runs is settled too, but for what others are just marking: they then ask for the job.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn all(database: &Database, stop: &AtomicBool) -> Result<usize, Error> {
    let mut settled = 0_usize;
    loop {
        let marked: Vec<(i64, i64)> = Sql::read(
            "list marked images",
            "SELECT content_id, marked FROM dirty_content ORDER BY content_id",
        )
        .all(database)
        .await?;
        // What was changed before a mark that is seen here is seen by whoever reads from now on. So packages are read
        // once; a mark that is another by then is left to the next time around.
        let (mut known, before) = (Known::default(), settled);
        for some in marked.chunks(PAGE) {
            let mut tries = TRIES;
            settled = settled.saturating_add(loop {
                if stop.load(Ordering::Relaxed) {
                    return Ok(settled);
                }
                match some_of(database, some, &mut known).await {
                    Err(error) if error.is_conflict() && tries > 0 => tries -= 1,
                    done => break done?,
                }
            });
        }
        if settled == before {
            return Ok(settled);
        }
    }
}

async fn some_of(database: &Database, marked: &[(i64, i64)], known: &mut Known) -> Result<usize, Error> {
    // One that is being marked is left to the job that is then asked for.
    let lock = if database.is_postgres() { " FOR UPDATE SKIP LOCKED" } else { "" };
    let mut transaction = database.begin().await?;
    let mut sql = Sql::write(
        "take marked images",
        "DELETE FROM dirty_content WHERE content_id IN (SELECT content_id FROM dirty_content \
         WHERE (content_id, marked) IN (VALUES ",
    );
    for (at, (content, since)) in marked.iter().enumerate() {
        sql = sql.list::<i64>(if at == 0 { "" } else { ", " }, [*content, *since]);
    }
    let taken: Vec<(i64,)> =
        sql.push(")").push(lock).push(") RETURNING content_id").all(&mut transaction).await?;
    let contents: Vec<i64> = taken.into_iter().map(|(content,)| content).collect();
    let settled = contents.len();
    count(&mut transaction, contents, known).await?;
    transaction.commit().await?;
    Ok(settled)
}

/// Computes anew what lists show of all assets of some contents.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn assets(transaction: &mut Transaction, contents: &[i64]) -> Result<(), Error> {
    count(transaction, contents.to_vec(), &mut Known::default()).await
}

async fn count(
    transaction: &mut Transaction,
    mut contents: Vec<i64>,
    known: &mut Known,
) -> Result<(), Error> {
    if contents.is_empty() {
        return Ok(());
    }
    contents.sort_unstable();
    contents.dedup();
    // Whoever else settles one of them waits, and then sees what is written here.
    if matches!(transaction, Transaction::Postgres(_)) {
        let sql = Sql::write("hold images", "SELECT id FROM content WHERE id IN ");
        let _: Vec<(i64,)> = sql
            .list("", contents.iter().copied())
            .push(" ORDER BY id FOR UPDATE")
            .all(&mut *transaction)
            .await?;
    }
    let decisions = Decisions::load(&mut *transaction).await?;
    for some in contents.chunks(PAGE) {
        let batch = load(&mut *transaction, some, known, &decisions).await?;
        let counted = tally::counted(&batch, known, &decisions);
        for part in tally::PARTS {
            insert("count findings", transaction, part.before, part.changed(&counted), tally::AFTER).await?;
        }
    }
    indexes::holding(transaction, &contents).await
}
