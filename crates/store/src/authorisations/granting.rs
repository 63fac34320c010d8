//! Authorising images, as long as there are places, and withdrawing that.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::account::{About, Account};
use super::{Cause, GRANTED, hold};
use crate::sql::{Sql, Value, insert};
use crate::{Error, Transaction};

/// How many ids one statement takes.
const AT_ONCE: usize = 5_000;

/// Whether an image can be scanned, so that it is worth a place.
pub(super) const SCANNABLE: &str = "(asset.gone IS NULL AND asset.failure IS NULL \
    AND (asset.content_id IS NOT NULL OR asset.registry_id IS NOT NULL))";

/// An image that is to be authorised or withdrawn.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(super) struct Row {
    id: i64,
    project_id: i64,
    content_id: Option<i64>,
    image_id: Option<String>,
    name: String,
    scannable: bool,
    granted: bool,
}

/// What of rows is asked for, before a condition.
pub(super) fn select() -> Sql {
    Sql::read(
        "look at images",
        "SELECT asset.id, asset.project_id, asset.content_id, content.image_id, asset.name",
    )
    .push(&format!(", {SCANNABLE} AS scannable, {GRANTED} AS granted"))
    .push(" FROM asset LEFT JOIN content ON content.id = asset.content_id WHERE NOT asset.multiple AND ")
}

/// The images that ids stand for, by id: those of an index instead of the index.
pub(super) async fn rows(transaction: &mut Transaction, images: &[i64]) -> Result<Vec<Row>, Error> {
    let mut rows: Vec<Row> = Vec::new();
    for images in images.chunks(AT_ONCE) {
        let some: Vec<Row> = select()
            .list("(asset.id IN ", images.iter().copied())
            .list(" OR (asset.gone IS NULL AND asset.parent_id IN ", images.iter().copied())
            .push("))")
            .all(&mut *transaction)
            .await?;
        rows.extend(some);
    }
    rows.sort_unstable_by_key(|row| row.id);
    rows.dedup_by_key(|row| row.id);
    Ok(rows)
}

/// What takes a place in a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Subject {
    /// A content.
    Content(i64, i64),
    /// An image of a registry whose content nobody knows.
    Unread(i64),
}

impl Row {
    fn subject(&self) -> Subject {
        self.content_id.map_or(Subject::Unread(self.id), |content| Subject::Content(self.project_id, content))
    }

    fn about(&self) -> About<'_> {
        About { project: Some(self.project_id), name: &self.name, image_id: self.image_id.as_deref() }
    }
}

/// What became of images that were to be authorised; of an index each of its images counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Authorised {
    /// Those that may be scanned: authorised now or before.
    pub allowed: Vec<i64>,
    /// How many of these were authorised now.
    pub authorised: i64,
    /// For which there was no place.
    pub refused: Vec<i64>,
    /// That cannot be scanned, and are not worth a place.
    pub unscannable: i64,
    /// Beyond the number asked for.
    pub left_out: i64,
    /// Distinct images that were authorised, each once.
    pub distinct: i64,
    /// Places that were taken.
    pub places: i64,
    /// Places that are taken.
    pub used: i64,
    /// How many there are.
    pub quota: Option<i64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Authorised,
    Already,
    Unscannable,
    Refused,
    LeftOut,
}

/// Images that are being authorised.
struct Granting<'a, 'b> {
    account: &'a mut Account<'b>,
    /// At most so many distinct images.
    most: Option<i64>,
    /// Contents that have a place already, whichever project they have it for.
    paid: HashSet<i64>,
    /// What became of those met before.
    decided: HashMap<Subject, Outcome>,
    contents: Vec<Vec<Value>>,
    unread: Vec<Vec<Value>>,
    done: Authorised,
}

/// Authorises images by the hand of `actor`, at most so many distinct ones.
///
/// Each distinct image takes one place, in however many projects and under however many names. When there are no more
/// places, what has none yet is refused.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn authorise(
    transaction: &mut Transaction,
    actor: &str,
    images: &[i64],
    most: Option<i64>,
) -> Result<Authorised, Error> {
    let state = hold(transaction).await?;
    let rows = rows(transaction, images).await?;
    let mut account = Account::open(transaction, state, Cause::Person, actor).await?;
    let done = grant(transaction, &mut account, &rows, most).await?;
    account.close(transaction).await?;
    Ok(done)
}

/// Authorises what rows stand for.
pub(super) async fn grant(
    transaction: &mut Transaction,
    account: &mut Account<'_>,
    rows: &[Row],
    most: Option<i64>,
) -> Result<Authorised, Error> {
    let wanted = rows.iter().filter(|row| !row.granted).filter_map(|row| row.content_id);
    let holders = holders(transaction, wanted.collect()).await?;
    let mut granting = Granting {
        account,
        most,
        paid: holders.into_keys().collect(),
        decided: HashMap::new(),
        contents: Vec::new(),
        unread: Vec::new(),
        done: Authorised::default(),
    };
    for row in rows {
        granting.row(row);
    }
    granting.end(transaction).await
}

impl Granting<'_, '_> {
    fn row(&mut self, row: &Row) {
        let outcome = match (row.granted, row.scannable) {
            (true, _) => Outcome::Already,
            (false, false) => Outcome::Unscannable,
            (false, true) => self.subject(row),
        };
        match outcome {
            Outcome::Authorised => self.done.authorised += 1,
            Outcome::Already => {}
            Outcome::Unscannable => self.done.unscannable += 1,
            Outcome::Refused => self.done.refused.push(row.id),
            Outcome::LeftOut => self.done.left_out += 1,
        }
        if matches!(outcome, Outcome::Authorised | Outcome::Already) {
            self.done.allowed.push(row.id);
        }
    }

    /// What becomes of all that is the same.
    fn subject(&mut self, row: &Row) -> Outcome {
        let subject = row.subject();
        if let Some(outcome) = self.decided.get(&subject) {
            return *outcome;
        }
        let outcome = self.decide(row);
        self.decided.insert(subject, outcome);
        outcome
    }

    fn decide(&mut self, row: &Row) -> Outcome {
        if self.most.is_some_and(|most| self.done.distinct >= most) {
            return Outcome::LeftOut;
        }
        let is_paid = row.content_id.is_some_and(|content| self.paid.contains(&content));
        if !is_paid && !self.account.has_room() {
            return Outcome::Refused;
        }
        let places = i64::from(!is_paid);
        self.account.book(&row.about(), places);
        self.done.distinct += 1;
        self.done.places += places;
        self.paid.extend(row.content_id);
        let (name, at) = (Value::from(&row.name), self.account.at);
        match row.content_id {
            Some(content) => self.contents.push(vec![content.into(), row.project_id.into(), name, at.into()]),
            None => self.unread.push(vec![row.id.into(), row.project_id.into(), name, at.into()]),
        }
        Outcome::Authorised
    }

    async fn end(self, transaction: &mut Transaction) -> Result<Authorised, Error> {
        const AGAIN: &str = " DO UPDATE SET withdrawn = NULL, at = excluded.at, name = excluded.name";
        let kinds =
            [("content_id", "content_id, project_id", self.contents), ("asset_id", "asset_id", self.unread)];
        for (column, unique, rows) in kinds {
            let before = format!("INSERT INTO authorised_image ({column}, project_id, name, at) VALUES ");
            let after = format!(" ON CONFLICT ({unique}){AGAIN}");
            insert("authorise images", transaction, &before, rows, &after).await?;
        }
        let (used, quota) = (self.account.used, self.account.state.quota);
        Ok(Authorised { used, quota, ..self.done })
    }
}

/// For how many projects contents are authorised, as far as they are at all.
async fn holders(transaction: &mut Transaction, contents: BTreeSet<i64>) -> Result<HashMap<i64, i64>, Error> {
    let contents: Vec<i64> = contents.into_iter().collect();
    let mut holders = HashMap::new();
    for contents in contents.chunks(AT_ONCE) {
        let some: Vec<(i64, i64)> = Sql::read("look what is authorised", "SELECT content_id, COUNT(*)")
            .list(
                " FROM authorised_image WHERE withdrawn IS NULL AND content_id IN ",
                contents.iter().copied(),
            )
            .push(" GROUP BY content_id")
            .all(&mut *transaction)
            .await?;
        holders.extend(some);
    }
    Ok(holders)
}

/// What was granted.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(super) struct Grant {
    pub(super) id: i64,
    pub(super) project_id: Option<i64>,
    pub(super) content_id: Option<i64>,
    pub(super) asset_id: Option<i64>,
    pub(super) name: String,
    pub(super) image_id: Option<String>,
    pub(super) withdrawn: Option<i64>,
}

/// What of grants is asked for, before a condition.
pub(super) const GRANTS: &str = "SELECT known.id, known.project_id, known.content_id, known.asset_id, known.name, \
    content.image_id, known.withdrawn FROM authorised_image AS known \
    LEFT JOIN content ON content.id = known.content_id WHERE ";

impl Grant {
    pub(super) fn about(&self) -> About<'_> {
        About { project: self.project_id, name: &self.name, image_id: self.image_id.as_deref() }
    }

    fn subject(&self) -> Option<Subject> {
        match (self.content_id, self.asset_id) {
            (Some(content), _) => Some(Subject::Content(self.project_id?, content)),
            (None, asset) => asset.map(Subject::Unread),
        }
    }
}

/// Books that grants give their places back, those that are in effect: a content's with the last project that has it.
/// What becomes of their rows is the caller's.
pub(super) async fn give_back(
    transaction: &mut Transaction,
    account: &mut Account<'_>,
    grants: &[Grant],
) -> Result<(), Error> {
    let in_effect = || grants.iter().filter(|grant| grant.withdrawn.is_none());
    let contents = in_effect().filter_map(|grant| grant.content_id).collect();
    let mut holders = holders(transaction, contents).await?;
    for grant in in_effect() {
        let left = grant.content_id.and_then(|content| holders.get_mut(&content)).map_or(0, |left| {
            *left -= 1;
            *left
        });
        account.book(&grant.about(), if left == 0 { -1 } else { 0 });
    }
    Ok(())
}

/// What became of images that were to be withdrawn; of an index each of its images counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Withdrawn {
    /// That were authorised, and no longer are.
    pub withdrawn: i64,
    /// That were not authorised.
    pub unauthorised: i64,
    /// Places that were given back.
    pub places: i64,
    /// Places that are taken.
    pub used: i64,
    /// How many there are.
    pub quota: Option<i64>,
}

/// Withdraws images by the hand of `actor`, for their own projects; the rule does not authorise them again.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn withdraw(
    transaction: &mut Transaction,
    actor: &str,
    images: &[i64],
) -> Result<Withdrawn, Error> {
    let state = hold(transaction).await?;
    let rows = rows(transaction, images).await?;
    let mut account = Account::open(transaction, state, Cause::Person, actor).await?;
    let before = account.used;
    let granted: Vec<&Row> = rows.iter().filter(|row| row.granted).collect();
    let meant: HashSet<Subject> =
        granted.iter().flat_map(|row| [row.subject(), Subject::Unread(row.id)]).collect();
    for some in granted.chunks(AT_ONCE) {
        let mut grants: Vec<Grant> = Sql::read("look what is authorised", GRANTS)
            .push("known.withdrawn IS NULL")
            .list(" AND (known.content_id IN ", some.iter().filter_map(|row| row.content_id))
            .list(" OR known.asset_id IN ", some.iter().map(|row| row.id))
            .push(") ORDER BY known.id")
            .all(&mut *transaction)
            .await?;
        grants.retain(|grant| grant.subject().is_some_and(|subject| meant.contains(&subject)));
        give_back(transaction, &mut account, &grants).await?;
        Sql::write("withdraw images", "UPDATE authorised_image SET withdrawn = ")
            .with("", account.at)
            .list(" WHERE id IN ", grants.iter().map(|grant| grant.id))
            .run(&mut *transaction)
            .await?;
    }
    let (used, quota) = (account.used, account.state.quota);
    account.close(transaction).await?;
    let count = |rows: usize| i64::try_from(rows).unwrap_or(i64::MAX);
    Ok(Withdrawn {
        withdrawn: count(granted.len()),
        unauthorised: count(rows.len() - granted.len()),
        places: before - used,
        used,
        quota,
    })
}
