use crate::jobs::{self, Wanted};
use crate::sql::{On, Sql};
use crate::{Error, Transaction, now, settings};

/// A job that brings what is shown up to date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Job {
    /// Counts what is marked: takes as long as there are changes.
    Counts,
    /// Goes through all there is, for risks across images, the figures of the day and news: rests where that takes long.
    Risks,
}

impl Job {
    /// As in `job.kind`.
    #[must_use]
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Counts => "settle",
            Self::Risks => "risks",
        }
    }

    /// The setting that says how often it was asked for.
    const fn asked(self) -> &'static str {
        match self {
            Self::Counts => "settle.asked",
            Self::Risks => "risks.asked",
        }
    }
}

/// The setting that says before when risks are not to be gone through again.
const REST: &str = "risks.rest";

/// Asks for what is marked to be counted, which brings risks and the day's figures up to date too; to be called late in a
/// transaction, as others who ask wait for its end.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn request(transaction: &mut Transaction) -> Result<i64, Error> {
    ask(transaction, Job::Counts).await
}

/// Asks for a way through all there is, after its rest or at once; to be called as late.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn request_risks(transaction: &mut Transaction, at_once: bool) -> Result<i64, Error> {
    let id = ask(&mut *transaction, Job::Risks).await?;
    let sql = Sql::read("read a setting", "SELECT value FROM setting WHERE name = ");
    let rest: Option<(String,)> = sql.with("", REST).optional(&mut *transaction).await?;
    let rest = rest.and_then(|(rest,)| rest.parse::<i64>().ok()).unwrap_or_default();
    let (at, way) = if at_once { (now(), ">") } else { (rest, "<") };
    Sql::write("say when a job is to run", "UPDATE job SET run_at = ")
        .with("", at)
        .with(" WHERE id = ", id)
        .with(&format!(" AND state = 'waiting' AND run_at {way} "), at)
        .run(transaction)
        .await?;
    Ok(id)
}

async fn ask(transaction: &mut Transaction, job: Job) -> Result<i64, Error> {
    let kind = job.kind();
    let wanted =
        Wanted { kind, subject: 0, dedupe: kind.to_owned(), parameters: "{}".to_owned(), priority: 0 };
    let id = jobs::ask(&mut *transaction, wanted).await?;
    Sql::write(
        "note that a job is asked for",
        "INSERT INTO setting (name, value) VALUES ($1, '1') ON CONFLICT (name) \
         DO UPDATE SET value = CAST(CAST(setting.value AS BIGINT) + 1 AS TEXT)",
    )
    .bind(job.asked())
    .run(transaction)
    .await?;
    Ok(id)
}

/// Lets the way through all rest for so many milliseconds: what takes long is not done after every change.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn rest(transaction: &mut Transaction, pause: i64) -> Result<(), Error> {
    settings::set(transaction, REST, &now().saturating_add(pause).to_string()).await
}

/// How often a job was asked for: one that was asked for once more while it ran has to run once more.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn asked(on: impl Into<On<'_>>, job: Job) -> Result<i64, Error> {
    let sql = Sql::read("read a setting", "SELECT CAST(value AS BIGINT) FROM setting WHERE name = ");
    let found: Option<(i64,)> = sql.with("", job.asked()).optional(on).await?;
    Ok(found.map_or(0, |(asked,)| asked))
}
