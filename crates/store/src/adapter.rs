//! Scans that a registry asks for as the scanner of which it was registered, until their reports were fetched.

mod accept;
mod resolved;
mod rows;

pub use accept::{Wish, accept};
pub use resolved::{resolved, scanned};
pub use rows::{Seen, note};

use crate::sql::{On, Sql};
use crate::{Database, Error, Scope, Transaction, now};

/// The kind of jobs that look what an image is that a registry asks about.
pub const KIND: &str = "adapter";
/// How long a report can be fetched after its scan has ended, in milliseconds; an hour is the least.
pub const KEPT: i64 = 24 * 3600 * 1000;
/// How many are forgotten in one statement.
const SWEPT: i64 = 1_000;

/// A scan that was asked for.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Scan {
    /// Its id.
    pub id: i64,
    /// Of the image.
    pub repository: String,
    /// The tag it was asked about by.
    pub tag: Option<String>,
    /// Of the manifest.
    pub digest: String,
    /// Of the manifest.
    pub media_type: String,
    /// What it became in the inventory, once that is known.
    pub asset_id: Option<i64>,
    /// The job that is waited for; nothing when all is known.
    pub job_id: Option<i64>,
    /// How that stands; nothing when it is forgotten already.
    pub state: Option<String>,
    /// The code of why it failed.
    pub failure: Option<String>,
    /// What was said then.
    pub message: Option<String>,
}

/// From where an image can be had, as whom.
#[derive(Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Pull {
    /// By which it was sealed.
    pub name: String,
    /// The address of the registry.
    pub registry: String,
    /// Whether its certificate is believed whatever it is.
    pub insecure: bool,
    /// What lets the one in who pulls, sealed.
    pub sealed: Option<String>,
    /// The repository there.
    pub repository: String,
    /// The tag it was asked about by.
    pub tag: Option<String>,
    /// Of the manifest.
    pub digest: String,
    /// The project that it was asked for.
    pub project_id: i64,
    /// The registry of that address, when it is connected besides.
    pub registry_id: Option<i64>,
}

impl Pull {
    /// Where the registry has the image, which people call `host`.
    #[must_use]
    pub fn seen(&self, host: &str) -> Seen {
        Seen {
            project: self.project_id,
            registry: self.registry_id,
            repository: format!("{host}/{}", self.repository),
            namespace: rows::namespace(&self.repository),
            tag: self.tag.clone(),
            digest: self.digest.clone(),
        }
    }
}

impl std::fmt::Debug for Pull {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pull")
            .field("registry", &self.registry)
            .field("repository", &self.repository)
            .field("digest", &self.digest)
            .finish_non_exhaustive()
    }
}

const PULL: &str = "SELECT name, registry, insecure, sealed, repository, tag, digest, project_id, registry_id \
     FROM adapter_scan WHERE ";

/// Whether a job is still waited for.
const LIVE: &str =
    "EXISTS (SELECT 1 FROM job WHERE job.id = adapter_scan.job_id AND job.state IN ('waiting', 'running'))";

/// The scan of a scope that has this name.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn find(database: &Database, scope: &Scope, name: &str) -> Result<Option<Scan>, Error> {
    let sql = Sql::read(
        "find a scan",
        "SELECT own.id, own.repository, own.tag, own.digest, own.media_type, own.asset_id, own.job_id, job.state, \
         job.failure, job.message FROM adapter_scan AS own LEFT JOIN job ON job.id = own.job_id WHERE own.name = ",
    );
    scope.limit(sql.with("", name), "own.project_id").optional(database).await
}

/// How many jobs wait that stand before what a registry waits for, at most `most`.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn waiting(database: &Database, most: i64) -> Result<i64, Error> {
    let (count,): (i64,) = Sql::read(
        "count what waits",
        "SELECT COUNT(*) FROM (SELECT 1 AS one FROM job WHERE state = 'waiting' AND NOT held \
         AND kind IN ('adapter', 'scan')",
    )
    .with(" LIMIT ", most)
    .push(") AS counted")
    .one(database)
    .await?;
    Ok(count)
}

/// From where the image of a job can be had: for each who waits for the job, the last first, at most `most`.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn of_job(on: impl Into<On<'_>>, job: i64, most: i64) -> Result<Vec<Pull>, Error> {
    let sql = Sql::read("look where an image is", PULL).with("job_id = ", job);
    sql.with(" ORDER BY id DESC LIMIT ", most).all(on).await
}

/// From where a content can be had, the last first, at most `most`; only by who still waits for it, since what let the others
/// in is forgotten.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn of_content(on: impl Into<On<'_>>, content: i64, most: i64) -> Result<Vec<Pull>, Error> {
    let sql = Sql::read("look where an image is", PULL).push(LIVE).with(" AND content_id = ", content);
    sql.with(" ORDER BY id DESC LIMIT ", most).all(on).await
}

/// Forgets what lets in whoever waited for a job that has ended; their reports are kept from now on.
pub(crate) async fn over(transaction: &mut Transaction, job: i64) -> Result<(), Error> {
    Sql::write("end what a registry asked for", "UPDATE adapter_scan SET sealed = NULL")
        .with(", expires = ", now().saturating_add(KEPT))
        .with(" WHERE job_id = ", job)
        .run(transaction)
        .await?;
    Ok(())
}

/// Forgets what lets in whoever waited for a job that was given up, and all whose time is over; gives how many of these.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn sweep(database: &Database) -> Result<u64, Error> {
    Sql::write("forget credentials", "UPDATE adapter_scan SET sealed = NULL WHERE sealed IS NOT NULL")
        .push(&format!(" AND NOT {LIVE}"))
        .run(database)
        .await?;
    let mut swept = 0_u64;
    loop {
        let some = Sql::write("forget old scans", "DELETE FROM adapter_scan WHERE id IN (SELECT id")
            .with(" FROM adapter_scan WHERE expires < ", now())
            .push(&format!(" AND NOT {LIVE}"))
            .with(" ORDER BY expires LIMIT ", SWEPT)
            .push(")")
            .run(database)
            .await?;
        swept = swept.saturating_add(some);
        if some == 0 {
            return Ok(swept);
        }
    }
}
