//! What those who watch are told of images.

use crate::sql::Sql;
use crate::{Database, Error};

/// What an image shows of its scans.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Shown {
    /// The image.
    pub id: i64,
    /// Its project.
    pub project_id: i64,
    /// unscanned, waiting, scanning, scanned, failed, cancelled
    pub status: String,
    /// Percent.
    pub progress: i64,
    /// Why the last scan failed.
    pub scan_failure: Option<String>,
}

/// The images whose content's scans changed since a time or run now, at most so many.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn shown(database: &Database, since: i64, most: i64) -> Result<Vec<Shown>, Error> {
    Sql::read("look which images changed", "SELECT id, project_id, status, progress, scan_failure FROM asset")
        .with(" WHERE content_id IN (SELECT subject_id FROM job WHERE kind = 'scan' AND updated >= ", since)
        .push(" UNION SELECT subject_id FROM job WHERE kind = 'scan' AND state = 'running' AND lease_until >= 0)")
        .with(" LIMIT ", most)
        .all(database)
        .await
}
