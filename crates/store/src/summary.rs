//! The cards above lists: how many images there are, and what is wrong with them all together.

use crate::assets::STATUS;
use crate::sql::Sql;
use crate::{Database, Error, Scope};

/// What the images of a scope come to; findings that a decision takes out are not counted.
#[derive(Clone, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Summary {
    /// Images that are there.
    pub images: i64,
    /// Those that were never scanned and wait for nothing.
    pub unscanned: i64,
    /// Those that wait for a scan.
    pub waiting: i64,
    /// Those that are being scanned.
    pub scanning: i64,
    /// Those whose last scan went well.
    pub scanned: i64,
    /// Those whose last scan failed.
    pub failed: i64,
    /// Those whose last scan was cancelled.
    pub cancelled: i64,
    /// Those in which something was found.
    pub risky: i64,
    /// Those with a result in which nothing was found.
    pub clean: i64,
    /// Those that deserve a look first.
    pub focus: i64,
    /// Those that containers run from.
    pub running: i64,
    /// Those whose worst finding is critical.
    pub worst_critical: i64,
    /// … high.
    pub worst_high: i64,
    /// … medium.
    pub worst_medium: i64,
    /// … low, or less, or unknown.
    pub worst_low: i64,
    /// Containers.
    pub containers: i64,
    /// Vulnerabilities of all images together.
    pub vulnerabilities: i64,
    /// Of these, critical ones.
    pub critical: i64,
    /// High ones.
    pub high: i64,
    /// Medium ones.
    pub medium: i64,
    /// Low ones.
    pub low: i64,
    /// Negligible ones.
    pub negligible: i64,
    /// Those that nobody has rated.
    pub unknown: i64,
    /// Those that a published version mends.
    pub fixable: i64,
    /// Those that are known to be exploited.
    pub exploited: i64,
    /// Malicious files.
    pub malware: i64,
    /// Secrets.
    pub secrets: i64,
    /// Settings that are not safe.
    pub baseline: i64,
    /// Software and licences that are not allowed.
    pub compliance: i64,
    /// Images that are not built from an approved base image.
    pub base_image: i64,
    /// Findings that a decision takes out of the counts.
    pub ignored: i64,
    /// What could not be read or decided.
    pub gaps: i64,
    /// When the last result was made, in milliseconds since 1970.
    pub last_scan: Option<i64>,
}

/// What images are counted by.
const IMAGES: [(&str, &str); 14] = [
    ("unscanned", "shown = 'unscanned'"),
    ("waiting", "shown = 'waiting'"),
    ("scanning", "shown = 'scanning'"),
    ("scanned", "shown = 'scanned'"),
    ("failed", "shown = 'failed'"),
    ("cancelled", "shown = 'cancelled'"),
    ("risky", "risk >= 0"),
    ("clean", "risk = -1"),
    ("focus", "focus"),
    ("running", "running > 0"),
    ("worst_critical", "risk = 5"),
    ("worst_high", "risk = 4"),
    ("worst_medium", "risk = 3"),
    ("worst_low", "risk >= 0 AND risk < 3"),
];
/// What is added up over images.
const SUMS: [&str; 17] = [
    "containers",
    "vulnerabilities",
    "critical",
    "high",
    "medium",
    "low",
    "negligible",
    "unknown",
    "fixable",
    "exploited",
    "malware",
    "secrets",
    "baseline",
    "compliance",
    "base_image",
    "ignored",
    "gaps",
];

/// What the images of a scope come to, of one kind or all; those that are gone do not count.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn of(database: &Database, scope: &Scope, source: Option<&str>) -> Result<Summary, Error> {
    let images = IMAGES.map(|(name, holds)| {
        format!("CAST(COALESCE(SUM(CASE WHEN {holds} THEN 1 ELSE 0 END), 0) AS BIGINT) AS {name}")
    });
    let sums = SUMS.map(|column| format!("CAST(COALESCE(SUM({column}), 0) AS BIGINT) AS {column}"));
    let (images, sums) = (images.join(", "), sums.join(", "));
    let select = format!(
        "SELECT COUNT(*) AS images, {images}, {sums}, MAX(scanned) AS last_scan FROM (SELECT asset.*, {STATUS} AS shown FROM asset \
         WHERE gone IS NULL AND parent_id IS NULL) AS asset WHERE TRUE"
    );
    let mut sql = scope.limit(Sql::read("count images", select), "project_id");
    if let Some(source) = source {
        sql = sql.with(" AND kind = ", source);
    }
    sql.one(database).await
}
