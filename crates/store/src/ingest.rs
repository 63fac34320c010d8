//! From a report to the inventory: what was there and still is stays as it is, so that it is known since when.

mod others;
mod places;
mod vulnerable;

use std::collections::{BTreeMap, HashSet};

use model::{FindingKind, Report, Severity};
use serde_json::{Map, json};

use crate::contents::{whole, write_layers};
use crate::packages::{self, Names};
use crate::sql::{On, Sql};
use crate::{Database, Error, Transaction, now};

/// How many results of one content are remembered.
const REMEMBERED: i64 = 10;

/// A report that is to become the current one of a content.
#[derive(Clone, Copy)]
pub struct Scanned<'a> {
    /// The content.
    pub content: i64,
    /// The job that made it.
    pub job: Option<i64>,
    /// The scan whose results were carried over; the content's last one, or nothing where it has none.
    pub before: Option<i64>,
    /// The whole report: what was not looked for now is carried over.
    pub report: &'a Report,
    /// The checks that were made now.
    pub checks: &'a [&'a str],
    /// Where the report is among the objects.
    pub key: &'a str,
    /// By which names advisories may be about a package.
    pub names: Names<'a>,
}

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The scan's id.
    pub scan: i64,
    /// Keys of reports that are no longer remembered.
    pub forgotten: Vec<String>,
}

/// Makes a report the current one of its content. The counts of its assets are left to [`crate::settle`].
///
/// # Errors
/// When another report of the content was kept meanwhile ([`Error::Overtaken`]), when the report tells of
/// vulnerabilities in packages that it does not list, or the database refuses or is gone.
pub async fn write(transaction: &mut Transaction, scanned: &Scanned<'_>) -> Result<Written, Error> {
    let Scanned { content, report, .. } = *scanned;
    hold(transaction, content, scanned.before).await?;
    let layers = Layers::of(report);
    write_layers(transaction, content, &report.layers).await?;
    let ids =
        packages::note(transaction, report.distribution.as_ref(), &report.packages, scanned.names).await?;
    places::write(transaction, content, &layers, &report.packages, &ids).await?;
    let judged = scanned.checks.contains(&FindingKind::Vulnerabilities.word()) && report.database.is_some();
    if judged {
        vulnerable::write(transaction, report, &ids).await?;
    }
    others::write(transaction, content, &layers, &report.findings).await?;
    let scan = note(transaction, scanned).await?;
    describe(transaction, scanned, scan).await?;
    let forgotten = forget(transaction, content).await?;
    Ok(Written { scan, forgotten })
}

/// Lets no other report of the same content be written meanwhile.
async fn hold(transaction: &mut Transaction, content: i64, before: Option<i64>) -> Result<(), Error> {
    let held: Option<(Option<i64>,)> = Sql::write("hold an image", "UPDATE content SET image_id = image_id")
        .with(" WHERE id = ", content)
        .push(" RETURNING scan_id")
        .optional(transaction)
        .await?;
    match held {
        Some((last,)) if last == before => Ok(()),
        Some(_) => Err(Error::Overtaken),
        None => Err(Error::Report { why: "the image is not in the inventory".to_owned() }),
    }
}

/// The last scan of a content, and where its report is among the objects.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn last(on: impl Into<On<'_>>, content: i64) -> Result<Option<(i64, String)>, Error> {
    Sql::read(
        "find the last scan of an image",
        "SELECT scan.id, scan.report FROM content JOIN scan ON scan.id = content.scan_id WHERE content.id = ",
    )
    .with("", content)
    .optional(on)
    .await
}

/// Those of these keys that no scan knows: what was written for one that never came to be.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn unknown(database: &Database, keys: &[String]) -> Result<Vec<String>, Error> {
    let mut known = HashSet::new();
    for some in keys.chunks(1_000) {
        let rows: Vec<(String,)> = Sql::read("find reports", "SELECT report FROM scan WHERE report IN ")
            .list("", some)
            .all(database)
            .await?;
        known.extend(rows.into_iter().map(|(key,)| key));
    }
    Ok(keys.iter().filter(|key| !known.contains(*key)).cloned().collect())
}

/// The positions of layers.
pub(crate) struct Layers<'a>(Vec<(Option<&'a str>, Option<&'a str>)>);

impl<'a> Layers<'a> {
    fn of(report: &'a Report) -> Self {
        let layers = report.layers.iter();
        Self(layers.map(|layer| (layer.diff_id.as_deref(), layer.created_by.as_deref())).collect())
    }

    /// Where the layer lies that has a diff id; of several of one diff id, the one that was made so.
    pub(crate) fn position(&self, diff_id: Option<&str>, created_by: Option<&str>) -> Option<i64> {
        let diff_id = diff_id?;
        let exact = self.0.iter().position(|layer| *layer == (Some(diff_id), created_by));
        let at = exact.or_else(|| self.0.iter().position(|(known, _)| *known == Some(diff_id)))?;
        i64::try_from(at).ok()
    }
}

/// How many findings there are of each kind and of each severity, but for those that judging takes out.
fn counts(report: &Report) -> String {
    let mut kinds: BTreeMap<&str, u64> = FindingKind::ALL.iter().map(|kind| (kind.word(), 0)).collect();
    let mut severities: BTreeMap<&str, u64> =
        Severity::WORST_FIRST.iter().map(|severity| (severity.word(), 0)).collect();
    for finding in report.findings.iter().filter(|finding| finding.suppressed.is_none()) {
        for count in kinds
            .get_mut(finding.kind().word())
            .into_iter()
            .chain(severities.get_mut(finding.severity.word()))
        {
            *count = count.saturating_add(1);
        }
    }
    json!({ "kinds": kinds, "severities": severities }).to_string()
}

async fn note(transaction: &mut Transaction, scanned: &Scanned<'_>) -> Result<i64, Error> {
    let Scanned { content, job, report, checks, key, .. } = *scanned;
    let (id,): (i64,) = Sql::write(
        "note a scan",
        "INSERT INTO scan (content_id, job_id, checks, tool_version, advisories, report, counts, finished) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id",
    )
    .bind(content)
    .bind(job)
    .bind(json!(checks).to_string())
    .bind(&report.tool.version)
    .bind(report.database.as_ref().map(|database| database.updated.as_str()))
    .bind(key)
    .bind(counts(report))
    .bind(now())
    .one(transaction)
    .await?;
    Ok(id)
}

/// Writes what the report says of the content as a whole.
async fn describe(transaction: &mut Transaction, scanned: &Scanned<'_>, scan: i64) -> Result<(), Error> {
    let Scanned { content, report, checks, .. } = *scanned;
    let sql = Sql::read("read which checks were made", "SELECT checks FROM content WHERE id = ");
    let (before,): (String,) = sql.with("", content).one(&mut *transaction).await?;
    let mut made: Map<String, serde_json::Value> = serde_json::from_str(&before).unwrap_or_default();
    let now = now();
    for check in checks {
        let mut how = json!({ "at": now, "tool": report.tool.version });
        if let (Some(how), Some(database)) = (how.as_object_mut(), &report.database)
            && *check == FindingKind::Vulnerabilities.word()
        {
            how.insert("advisories".to_owned(), json!(database.updated));
        }
        made.insert((*check).to_owned(), how);
    }
    let distribution = report.distribution.as_ref();
    let files = report.files.as_ref().map_or(0, |files| whole(files.size));
    Sql::write("describe an image", "UPDATE content SET")
        .with(" os_name = ", report.image.os.as_deref())
        .with(", distribution = ", distribution.map(|distribution| distribution.id.as_str()))
        .with(", distribution_version = ", distribution.and_then(|known| known.version.as_deref()))
        .with(", size = CASE WHEN size = 0 THEN ", files)
        .with(" ELSE size END, platform = COALESCE(platform, ", report.image.platform.as_deref())
        .with("), manifest_digest = COALESCE(manifest_digest, ", report.image.digest.as_deref())
        .with("), layers = ", i64::try_from(report.layers.len()).unwrap_or(i64::MAX))
        .with(", scan_id = ", scan)
        .with(", scanned = ", now)
        .with(", checks = ", serde_json::Value::Object(made).to_string())
        .with(", gaps = ", json!(report.gaps).to_string())
        .with(", gap_count = ", i64::try_from(report.gaps.len()).unwrap_or(i64::MAX))
        .with(" WHERE id = ", content)
        .run(transaction)
        .await?;
    Ok(())
}

/// Forgets the oldest results of a content, and gives the keys of their reports.
async fn forget(transaction: &mut Transaction, content: i64) -> Result<Vec<String>, Error> {
    let sql = Sql::write("forget old scans", "DELETE FROM scan WHERE")
        .with(" content_id = ", content)
        .with(" AND id NOT IN (SELECT id FROM scan WHERE content_id = ", content)
        .with(" ORDER BY id DESC LIMIT ", REMEMBERED)
        .push(") RETURNING report");
    let rows: Vec<(String,)> = sql.all(transaction).await?;
    Ok(rows.into_iter().map(|(key,)| key).collect())
}
