//! Which images may be scanned, where people keep to a number of them; each distinct image takes one place.
//!
//! Whether an image is authorised is asked of what was granted, not kept with it. So whoever writes here waits for nobody
//! but others who do: they hold the one row of `authorisation` first, and touch no image.

mod account;
mod granting;
mod welcoming;

pub use account::{Cause, Entry, ledger};
pub use granting::{Authorised, Withdrawn, authorise, withdraw};
pub use welcoming::welcome;

use serde::{Deserialize, Serialize};

use crate::sql::{On, Sql};
use crate::{Error, Transaction, now};

const DAY: i64 = 24 * 3_600_000;

/// What was granted to a row of images, in effect or withdrawn.
macro_rules! granted {
    ($row:literal, $which:literal) => {
        concat!(
            "(EXISTS (SELECT 1 FROM authorised_image AS known WHERE known.content_id = ",
            $row,
            ".content_id AND known.project_id = ",
            $row,
            ".project_id",
            $which,
            ") OR EXISTS (SELECT 1 FROM authorised_image AS known WHERE known.asset_id = ",
            $row,
            ".id",
            $which,
            "))"
        )
    };
}

/// Whether an image was granted; it is none with several platforms.
const GRANTED: &str = granted!("asset", " AND known.withdrawn IS NULL");
/// Whether an image was granted once, in effect or withdrawn.
const MET: &str = granted!("asset", "");
/// Whether it may be scanned: of an index, whether all that can be scanned of it may be.
pub(crate) const AUTHORISED: &str = concat!(
    "(NOT (SELECT enabled FROM authorisation) OR CASE WHEN asset.multiple THEN NOT EXISTS (SELECT 1 FROM asset AS image \
     WHERE image.parent_id = asset.id AND image.gone IS NULL AND image.failure IS NULL AND NOT ",
    granted!("image", " AND known.withdrawn IS NULL"),
    ") ELSE ",
    granted!("asset", " AND known.withdrawn IS NULL"),
    " END)"
);

/// How it stands.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct State {
    /// Without it every image may be scanned.
    pub enabled: bool,
    /// How many distinct images may be authorised.
    pub quota: Option<i64>,
    /// [`Rule`] as JSON.
    rule: Option<String>,
    /// What was first seen then or later is new.
    since: i64,
    /// The day on which `automatic` was counted.
    day: i64,
    /// How many the rule authorised on that day.
    automatic: i64,
}

/// By which new images are authorised by themselves.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// local, registry, ci, archive; any when none is named.
    pub kinds: Vec<String>,
    /// Globs of names of which one must fit; any when there is none.
    pub names: Vec<String>,
    /// At most so many distinct images a day of UTC; 0 for no limit.
    pub daily: i64,
}

/// What people set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Whether only authorised images are scanned.
    pub enabled: bool,
    /// How many distinct images may be authorised.
    pub quota: Option<i64>,
    /// By which new images are authorised by themselves.
    pub rule: Option<Rule>,
}

/// Whether settings were taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// They hold.
    Done,
    /// More images than their quota allows are authorised: so many.
    TooFew(i64),
}

/// The day of UTC, counted since 1970.
fn today() -> i64 {
    now().div_euclid(DAY)
}

impl State {
    /// By which new images are authorised by themselves.
    ///
    /// # Errors
    /// When what is kept cannot be understood.
    pub fn rule(&self) -> Result<Option<Rule>, Error> {
        let rule = self.rule.as_deref().map(serde_json::from_str).transpose();
        rule.map_err(|_unreadable| Error::Kept { what: "rule of authorisation", id: 1 })
    }

    /// How many the rule authorised today.
    #[must_use]
    pub fn automatic(&self) -> i64 {
        if self.day == today() { self.automatic } else { 0 }
    }
}

const STATE: &str = "SELECT enabled, quota, rule, since, day, automatic FROM authorisation";

/// How it stands.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn state(on: impl Into<On<'_>>) -> Result<State, Error> {
    Sql::read("read how images are authorised", STATE).one(on).await
}

/// How it stands, which stays so until the transaction ends. It comes before whatever else the transaction writes.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn hold(transaction: &mut Transaction) -> Result<State, Error> {
    // SQLite has one writer anyway.
    let lock = if matches!(transaction, Transaction::Postgres(_)) { " FOR UPDATE" } else { "" };
    Sql::write("read how images are authorised", STATE).push(lock).one(transaction).await
}

/// How many distinct images are authorised.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn used(on: impl Into<On<'_>>) -> Result<i64, Error> {
    let (used,): (i64,) = Sql::read(
        "count what is authorised",
        "SELECT CAST(COUNT(DISTINCT content_id) + COUNT(CASE WHEN content_id IS NULL THEN 1 END) AS BIGINT) \
         FROM authorised_image WHERE withdrawn IS NULL",
    )
    .one(on)
    .await?;
    Ok(used)
}

/// Whether a content may be scanned, for the sake of any project.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn allows(on: impl Into<On<'_>>, content: i64) -> Result<bool, Error> {
    let sql = Sql::read(
        "look whether an image is authorised",
        "SELECT (NOT (SELECT enabled FROM authorisation)",
    )
    .with(" OR EXISTS (SELECT 1 FROM authorised_image WHERE withdrawn IS NULL AND content_id = ", content)
    .push(") OR EXISTS (SELECT 1 FROM asset JOIN authorised_image ON authorised_image.asset_id = asset.id")
    .with(" WHERE authorised_image.withdrawn IS NULL AND asset.content_id = ", content)
    .push("))");
    let (allowed,): (bool,) = sql.one(on).await?;
    Ok(allowed)
}

/// Whether an image may be scanned, where it was seen.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn is_authorised(on: impl Into<On<'_>>, image: i64) -> Result<bool, Error> {
    let sql = Sql::read("look whether an image is authorised", "SELECT ").push(AUTHORISED);
    let found: Option<(bool,)> = sql.with(" FROM asset WHERE asset.id = ", image).optional(on).await?;
    Ok(found.is_some_and(|(authorised,)| authorised))
}

/// Takes settings, unless more images are authorised already than their quota allows.
///
/// Those are new to a rule that are first seen after it began to hold.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn change(transaction: &mut Transaction, settings: &Settings) -> Result<Change, Error> {
    let before = hold(transaction).await?;
    let used = used(&mut *transaction).await?;
    if settings.quota.is_some_and(|quota| quota < used) {
        return Ok(Change::TooFew(used));
    }
    let held = before.enabled && before.rule.is_some();
    let since = if held { before.since } else { now() };
    let rule = settings.rule.as_ref().map(|rule| serde_json::to_string(rule).unwrap_or_default());
    Sql::write("change how images are authorised", "UPDATE authorisation SET enabled = ")
        .with("", settings.enabled)
        .with(", quota = ", settings.quota)
        .with(", rule = ", rule)
        .with(", since = ", since)
        .run(transaction)
        .await?;
    Ok(Change::Done)
}
