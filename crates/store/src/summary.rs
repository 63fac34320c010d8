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
    ("unscanned", "NOT multiple AND status = 'unscanned'"),
    ("waiting", "NOT multiple AND status = 'waiting'"),
    ("scanning", "NOT multiple AND status = 'scanning'"),
    ("scanned", "NOT multiple AND status = 'scanned'"),
    ("failed", "NOT multiple AND status = 'failed'"),
    ("cancelled", "NOT multiple AND status = 'cancelled'"),
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
    let images = IMAGES.map(|(name, holds)| format!("COUNT(*) FILTER (WHERE {holds}) AS {name}"));
    let sums = SUMS.map(|column| format!("CAST(COALESCE(SUM({column}), 0) AS BIGINT) AS {column}"));
    let (images, sums) = (images.join(", "), sums.join(", "));
    let select = format!("SELECT COUNT(*) AS images, {images}, {sums}, MAX(scanned) AS last_scan FROM asset");
    let mut summary: Summary = there(scope, source, "count images", &select).one(database).await?;
    // How an index stands is asked of its images: apart from the others, which one way through the table counts.
    let select = format!("SELECT {STATUS} AS shown, COUNT(*) AS images FROM asset");
    let several = there(scope, source, "count indexes", &select).push(" AND multiple GROUP BY 1");
    for (status, images) in several.all::<(String, i64)>(database).await? {
        summary.add(&status, images);
    }
    Ok(summary)
}

/// A statement about the images that are there.
fn there(scope: &Scope, source: Option<&str>, what: &'static str, select: &str) -> Sql {
    let of_all = format!("{select} WHERE gone IS NULL AND parent_id IS NULL");
    let sql = scope.limit(Sql::read(what, of_all), "project_id");
    match source {
        Some(source) => sql.with(" AND kind = ", source),
        None => sql,
    }
}

impl Summary {
    /// Adds images that stand so.
    fn add(&mut self, status: &str, images: i64) {
        let sum = match status {
            "waiting" => &mut self.waiting,
            "scanning" => &mut self.scanning,
            "scanned" => &mut self.scanned,
            "failed" => &mut self.failed,
            "cancelled" => &mut self.cancelled,
            _ => &mut self.unscanned,
        };
        *sum = sum.saturating_add(images);
    }
}
