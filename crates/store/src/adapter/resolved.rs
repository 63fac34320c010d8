//! From a name in a registry to an image of the inventory, and to its scan.

use std::collections::HashMap;

use super::{KEPT, Seen, rows};
use crate::manifests::{self, Image, Manifest};
use crate::sql::{On, Sql};
use crate::{Error, Transaction, jobs, now, tasks};

/// What must have been looked for in an image whose report is known without a scan.
const NEEDED: &str = "vulnerabilities";

/// Those of some contents that were scanned for all that a report tells.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn scanned(on: impl Into<On<'_>>, contents: &[i64]) -> Result<Vec<i64>, Error> {
    let rows: Vec<(i64, String)> =
        Sql::read("look what is scanned", "SELECT id, checks FROM content WHERE scan_id IS NOT NULL")
            .list(" AND id IN ", contents.iter().copied())
            .all(on)
            .await?;
    let looked = |(content, checks): (i64, String)| {
        let checks: Option<HashMap<String, serde_json::Value>> = serde_json::from_str(&checks).ok();
        checks.is_some_and(|checks| checks.contains_key(NEEDED)).then_some(content)
    };
    Ok(rows.into_iter().filter_map(looked).collect())
}

/// Notes what the image of a job is, and makes all who wait for the job wait for its scan; for nothing, where that was
/// made. The job itself is ended by its worker afterwards.
///
/// Who joins the job meanwhile waits for the end of this, and then finds the job ended or is told with the others.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn resolved(
    transaction: &mut Transaction,
    job: i64,
    seen: Seen,
    image: Image,
) -> Result<(), Error> {
    tasks::alone(transaction).await?;
    Sql::write("hold a job", "UPDATE job SET updated = updated WHERE id = ")
        .with("", job)
        .run(&mut *transaction)
        .await?;
    manifests::note(transaction, &seen.digest, &Manifest::Image(image)).await?;
    let known = !scanned(&mut *transaction, &[image.content]).await?.is_empty();
    let rows = rows::of(transaction, &[(seen, image)]).await?;
    let mut sql = Sql::write("note what a registry asks for", "UPDATE adapter_scan SET")
        .with(" asset_id = ", rows.first().copied())
        .with(", content_id = ", image.content);
    if known {
        sql = sql.with(", sealed = NULL, job_id = NULL, expires = ", now().saturating_add(KEPT));
        sql.with(" WHERE job_id = ", job).run(transaction).await?;
        return Ok(());
    }
    tasks::become_scans(transaction, job, &rows).await?;
    sql.push(", job_id = (SELECT MAX(scan.id) FROM job AS scan WHERE scan.state IN ('waiting', 'running')")
        .with(" AND scan.kind = ", jobs::SCAN)
        .with(" AND scan.subject_id = ", image.content)
        .with(") WHERE job_id = ", job)
        .run(transaction)
        .await?;
    Ok(())
}
