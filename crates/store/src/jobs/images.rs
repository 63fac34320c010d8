//! What images show of the scans of their content.

use crate::sql::Sql;
use crate::{Error, Transaction};

/// The most contents of one statement.
const BATCH: usize = 5_000;

/// Whether a scan of the image's content is under way, or waits.
const LIVE: &str =
    "EXISTS (SELECT 1 FROM job WHERE kind = 'scan' AND subject_id = asset.content_id AND state = ";

/// Images whose scan is asked for wait, but for those that are being scanned already.
pub(crate) async fn wait(transaction: &mut Transaction, contents: &[i64]) -> Result<(), Error> {
    for contents in contents.chunks(BATCH) {
        Sql::write("note that images wait", "UPDATE asset SET status = 'waiting', progress = 0")
            .push(", scan_failure = NULL, scan_message = NULL")
            .push(" WHERE status NOT IN ('waiting', 'scanning')")
            .list(" AND content_id IN ", contents.iter().copied())
            .run(&mut *transaction)
            .await?;
    }
    Ok(())
}

/// What becomes of images when a scan of their content ends in `state`: what they show of another that runs or waits,
/// else that state. Their results stay as they are.
pub(crate) async fn leave(
    transaction: &mut Transaction,
    contents: &[i64],
    state: &str,
    failure: Option<(&str, &str)>,
) -> Result<(), Error> {
    let (code, message) = failure.unzip();
    let progress = if state == "scanned" { 100 } else { 0 };
    for contents in contents.chunks(BATCH) {
        Sql::write("note how a scan ended", "UPDATE asset SET scan_failure = ")
            .with("", code)
            .with(", scan_message = ", message)
            .with(", progress = ", progress)
            .push(&format!(", status = CASE WHEN {LIVE}'running') THEN 'scanning'"))
            .push(&format!(" WHEN {LIVE}'waiting') THEN 'waiting'"))
            .with(" ELSE ", state)
            .push(" END")
            .list(" WHERE content_id IN ", contents.iter().copied())
            .run(&mut *transaction)
            .await?;
    }
    Ok(())
}

/// Gives images that were just found, and show no scan yet, the state of their content's scans.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn follow(transaction: &mut Transaction, contents: &[i64]) -> Result<(), Error> {
    const SCANNED: &str =
        "EXISTS (SELECT 1 FROM content WHERE id = asset.content_id AND scan_id IS NOT NULL)";
    for contents in contents.chunks(BATCH) {
        Sql::write("note which images are scanned", "UPDATE asset SET status = CASE")
            .push(&format!(" WHEN {LIVE}'running') THEN 'scanning' WHEN {LIVE}'waiting') THEN 'waiting'"))
            .push(&format!(" WHEN {SCANNED} THEN 'scanned' ELSE status END"))
            .push(" WHERE status = 'unscanned'")
            .list(" AND content_id IN ", contents.iter().copied())
            .run(&mut *transaction)
            .await?;
    }
    Ok(())
}
