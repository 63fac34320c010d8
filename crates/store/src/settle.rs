//! What lists show of each asset, computed from all else: by one piece of code, whatever changed.

mod batch;
mod known;
mod tally;

use std::collections::BTreeSet;

pub(crate) use batch::{Asset, Content, load};
pub(crate) use known::Known;

use crate::decisions::Decisions;
use crate::jobs::{self, Wanted};
use crate::sql::{On, Sql, insert};
use crate::{Database, Error, Transaction, now, settings};

/// The kind of job that settles what is marked.
pub const KIND: &str = "settle";
/// How many contents are settled in one transaction.
pub const TOGETHER: i64 = 1_000;
/// The setting that says before when that job is not to run again.
const REST: &str = "settle.rest";
/// The setting that says how often it was asked for.
const ASKED: &str = "settle.asked";
/// How many contents are loaded at once.
pub(crate) const PAGE: usize = 1_000;
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
    // A mark that is there is written anew, so that whoever takes it waits for what is written now.
    let after = " ON CONFLICT (content_id) DO UPDATE SET marked = excluded.marked";
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

/// Asks for the job that settles what is marked, and brings risks and the day's figures up to date; to be called late in
/// a transaction, as others who ask wait for its end.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn request(transaction: &mut Transaction) -> Result<i64, Error> {
    let wanted =
        Wanted { kind: KIND, subject: 0, dedupe: KIND.to_owned(), parameters: "{}".to_owned(), priority: 0 };
    let id = jobs::ask(&mut *transaction, wanted).await?;
    Sql::write(
        "note that a job is asked for",
        "INSERT INTO setting (name, value) VALUES ($1, '1') ON CONFLICT (name) \
         DO UPDATE SET value = CAST(CAST(setting.value AS BIGINT) + 1 AS TEXT)",
    )
    .bind(ASKED)
    .run(&mut *transaction)
    .await?;
    let sql = Sql::read("read a setting", "SELECT value FROM setting WHERE name = ");
    let rest: Option<(String,)> = sql.with("", REST).optional(&mut *transaction).await?;
    if let Some(rest) = rest.and_then(|(rest,)| rest.parse::<i64>().ok()) {
        Sql::write("put off a job", "UPDATE job SET run_at = ")
            .with("", rest)
            .with(" WHERE id = ", id)
            .with(" AND state = 'waiting' AND run_at < ", rest)
            .run(transaction)
            .await?;
    }
    Ok(id)
}

/// Lets the job rest for so many milliseconds: what takes long is not done after every change.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn rest(transaction: &mut Transaction, pause: i64) -> Result<(), Error> {
    settings::set(transaction, REST, &now().saturating_add(pause).to_string()).await
}

/// How often the job was asked for: one that was asked for once more while it ran has to run once more.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn asked(on: impl Into<On<'_>>) -> Result<i64, Error> {
    let sql = Sql::read("read a setting", "SELECT CAST(value AS BIGINT) FROM setting WHERE name = ");
    let found: Option<(i64,)> = sql.with("", ASKED).optional(on).await?;
    Ok(found.map_or(0, |(asked,)| asked))
}

/// Settles some of what is marked, and gives how many contents that were.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn some(database: &Database) -> Result<usize, Error> {
    // One that is being marked is left to the job that is then asked for.
    let lock = if database.is_postgres() { " FOR UPDATE SKIP LOCKED" } else { "" };
    let mut transaction = database.begin().await?;
    let taken: Vec<(i64,)> = Sql::write(
        "take marked images",
        "DELETE FROM dirty_content WHERE content_id IN (SELECT content_id FROM dirty_content ORDER BY content_id",
    )
    .with(" LIMIT ", TOGETHER)
    .push(lock)
    .push(") RETURNING content_id")
    .all(&mut transaction)
    .await?;
    let contents: Vec<i64> = taken.into_iter().map(|(content,)| content).collect();
    assets(&mut transaction, &contents).await?;
    transaction.commit().await?;
    Ok(contents.len())
}

/// Computes anew what lists show of all assets of some contents.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn assets(transaction: &mut Transaction, contents: &[i64]) -> Result<(), Error> {
    if contents.is_empty() {
        return Ok(());
    }
    let mut contents = contents.to_vec();
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
    let mut known = Known::default();
    for some in contents.chunks(PAGE) {
        let batch = load(&mut *transaction, some, &mut known).await?;
        let mut changed = tally::changed(&batch, &known, &decisions);
        changed.sort_by_key(|(id, _)| *id);
        let rows = changed.into_iter().map(|(_, row)| row).collect();
        insert("count findings", transaction, tally::BEFORE, rows, tally::AFTER).await?;
    }
    Ok(())
}
