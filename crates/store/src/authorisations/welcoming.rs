//! What follows by itself: images that are gone give their places back, what became known takes its own, and the rule
//! authorises what is new.

use super::account::Account;
use super::granting::{GRANTS, Grant, SCANNABLE, give_back, grant, rows, select};
use super::{Cause, DAY, MET, Rule, State, hold, state};
use crate::pattern::{self, ESCAPE};
use crate::sql::{On, Sql};
use crate::{Database, Error, Transaction, now};

/// How many are looked after in one transaction.
const BATCH: i64 = 2_000;
/// How many ids one statement takes.
const AT_ONCE: usize = 5_000;

/// Brings what is authorised up to what there is: everywhere, or for these images alone, which are to be scanned next.
///
/// Where every image may be scanned, only what is gone is forgotten. The transactions are its own, so what they
/// are to see must be committed.
///
/// # Errors
/// When the database refuses or is gone, or what it holds cannot be understood.
pub async fn welcome(database: &Database, images: Option<&[i64]>) -> Result<(), Error> {
    // Whether images have to be authorised or not: what is gone is not kept for ever.
    if images.is_none() {
        while forget(database).await? {}
    }
    if !state(database).await?.enabled {
        return Ok(());
    }
    let Some(images) = images else {
        while know(database, None).await? {}
        while follow(database, None).await? {}
        return Ok(());
    };
    for images in images.chunks(AT_ONCE) {
        while know(database, Some(images)).await? {}
        while follow(database, Some(images)).await? {}
    }
    Ok(())
}

/// A transaction in which images have to be authorised; nothing when they need not be.
async fn begin(database: &Database) -> Result<Option<(Transaction, State)>, Error> {
    let mut transaction = database.begin().await?;
    let state = hold(&mut transaction).await?;
    Ok(state.enabled.then_some((transaction, state)))
}

/// Takes places back of what has been gone for a day from all of its project; says whether there may be more.
async fn forget(database: &Database) -> Result<bool, Error> {
    let mut transaction = database.begin().await?;
    let state = hold(&mut transaction).await?;
    let before = now().saturating_sub(DAY);
    let gone: Vec<Grant> = Sql::read("look what is gone", GRANTS)
        .push("NOT EXISTS (SELECT 1 FROM asset WHERE asset.content_id = known.content_id")
        .with(" AND asset.project_id = known.project_id AND (asset.gone IS NULL OR asset.gone > ", before)
        .push(")) AND NOT EXISTS (SELECT 1 FROM asset WHERE asset.id = known.asset_id")
        .with(" AND (asset.gone IS NULL OR asset.gone > ", before)
        .with(")) ORDER BY known.id LIMIT ", BATCH)
        .all(&mut transaction)
        .await?;
    let mut account = Account::open(&mut transaction, state, Cause::Gone, "").await?;
    give_back(&mut transaction, &mut account, &gone).await?;
    delete(&mut transaction, &gone).await?;
    account.close(&mut transaction).await?;
    transaction.commit().await?;
    Ok(is_full(gone.len()))
}

fn is_full(batch: usize) -> bool {
    i64::try_from(batch).is_ok_and(|batch| batch >= BATCH)
}

async fn delete(transaction: &mut Transaction, grants: &[Grant]) -> Result<(), Error> {
    Sql::write("forget what was authorised", "DELETE FROM authorised_image")
        .list(" WHERE id IN ", grants.iter().map(|grant| grant.id))
        .run(transaction)
        .await?;
    Ok(())
}

/// What was granted to images of registries is their contents' from when these are known; says whether there may be more.
async fn know(database: &Database, images: Option<&[i64]>) -> Result<bool, Error> {
    // As in `follow`.
    if known(database, images).await?.is_empty() {
        return Ok(false);
    }
    let Some((mut transaction, state)) = begin(database).await? else { return Ok(false) };
    let grants = known(&mut transaction, images).await?;
    let mut account = Account::open(&mut transaction, state, Cause::Known, "").await?;
    for Known { grant, content } in &grants {
        match content {
            Some(content) => become_content(&mut transaction, &mut account, grant, *content).await?,
            None => become_images(&mut transaction, &mut account, grant).await?,
        }
    }
    account.close(&mut transaction).await?;
    transaction.commit().await?;
    Ok(is_full(grants.len()))
}

/// A grant of an image of a registry, and what that turned out to be; nothing for an index.
#[derive(sqlx::FromRow)]
struct Known {
    #[sqlx(flatten)]
    grant: Grant,
    content: Option<i64>,
}

async fn known(on: impl Into<On<'_>>, images: Option<&[i64]>) -> Result<Vec<Known>, Error> {
    let sql = Sql::read(
        "look what became known",
        "SELECT known.id, known.project_id, known.content_id, known.asset_id, known.name, content.image_id, \
         known.withdrawn, asset.content_id AS content FROM authorised_image AS known \
         JOIN asset ON asset.id = known.asset_id LEFT JOIN content ON content.id = asset.content_id \
         WHERE (asset.content_id IS NOT NULL OR asset.multiple)",
    );
    let sql = match images {
        Some(images) => sql.list(" AND asset.id IN ", images.iter().copied()),
        None => sql,
    };
    sql.with(" ORDER BY known.id LIMIT ", BATCH).all(on).await
}

/// The place is the content's now; when that has one already, it is given back.
async fn become_content(
    transaction: &mut Transaction,
    account: &mut Account<'_>,
    grant: &Grant,
    content: i64,
) -> Result<(), Error> {
    let same: Vec<Grant> = Sql::read("look what is authorised", GRANTS)
        .with("known.content_id = ", content)
        .all(&mut *transaction)
        .await?;
    let is_paid = same.iter().any(|other| other.withdrawn.is_none());
    if grant.withdrawn.is_none() && is_paid {
        account.book(&grant.about(), -1);
    }
    let own = same.iter().find(|other| other.project_id == grant.project_id);
    match own {
        // What was withdrawn before it was known to be the same is authorised by this.
        Some(own) if own.withdrawn.is_some() && grant.withdrawn.is_none() => {
            delete(transaction, std::slice::from_ref(own)).await?;
        }
        Some(_) => return delete(transaction, std::slice::from_ref(grant)).await,
        None => {}
    }
    Sql::write("note what was authorised", "UPDATE authorised_image SET asset_id = NULL")
        .with(", content_id = ", content)
        .with(" WHERE id = ", grant.id)
        .run(transaction)
        .await?;
    Ok(())
}

/// Its place is given back, and each of its images takes one of its own, as far as there are any.
async fn become_images(
    transaction: &mut Transaction,
    account: &mut Account<'_>,
    known: &Grant,
) -> Result<(), Error> {
    let one = std::slice::from_ref(known);
    give_back(transaction, account, one).await?;
    delete(transaction, one).await?;
    if known.withdrawn.is_none()
        && let Some(index) = known.asset_id
    {
        let images = rows(transaction, &[index]).await?;
        grant(transaction, account, &images, None).await?;
    }
    Ok(())
}

/// Authorises what is new by the rule, the oldest first; says whether there may be more.
async fn follow(database: &Database, images: Option<&[i64]>) -> Result<bool, Error> {
    // Most often there is nothing to do, and nobody has to wait for anybody.
    let before = state(database).await?;
    let Some(rule) = before.rule()? else { return Ok(false) };
    if rule.daily > 0 && before.automatic() >= rule.daily {
        return Ok(false);
    }
    let Some((mut transaction, state)) = begin(database).await? else { return Ok(false) };
    let Some(rule) = state.rule()? else { return Ok(false) };
    let most = (rule.daily > 0).then(|| rule.daily.saturating_sub(state.automatic()));
    let mut account = Account::open(&mut transaction, state, Cause::Rule, "").await?;
    if !account.has_room() {
        return Ok(false);
    }
    let new = new(&rule, account.state.since, images).all(&mut transaction).await?;
    let done = grant(&mut transaction, &mut account, &new, most).await?;
    if done.distinct > 0 {
        account.count(&mut transaction, done.distinct).await?;
    }
    account.close(&mut transaction).await?;
    transaction.commit().await?;
    Ok(is_full(new.len()) && done.refused.is_empty() && done.left_out == 0)
}

/// What asks for images that are new, fit the rule, and nobody has authorised or withdrawn.
fn new(rule: &Rule, since: i64, images: Option<&[i64]>) -> Sql {
    let mut sql = select()
        .push(&format!("{SCANNABLE} AND NOT {MET}"))
        .with(" AND (asset.first_seen >= ", since)
        .with(" OR content.first_seen >= ", since)
        .push(")");
    if let Some(images) = images {
        sql = sql
            .list(" AND (asset.id IN ", images.iter().copied())
            .list(" OR asset.parent_id IN ", images.iter().copied())
            .push(")");
    }
    if !rule.kinds.is_empty() {
        sql = sql.list(" AND asset.kind IN ", &rule.kinds);
    }
    for (at, name) in rule.names.iter().enumerate() {
        let before = if at == 0 { " AND (asset.name LIKE " } else { " OR asset.name LIKE " };
        sql = sql.with(before, pattern::glob(name)).push(ESCAPE);
    }
    let sql = if rule.names.is_empty() { sql } else { sql.push(")") };
    sql.with(" ORDER BY asset.id LIMIT ", BATCH)
}
