//! What images show of the scans of their content.

use super::{RESOLVE, SCAN};
use crate::sql::Sql;
use crate::{Error, Transaction};

/// The most contents of one statement.
const BATCH: usize = 5_000;

/// Whether a scan of the image's content is under way, or waits, or what it is to be found out before.
const LIVE: &str = "EXISTS (SELECT 1 FROM job WHERE ((kind = 'scan' AND subject_id = asset.content_id) \
    OR (kind = 'resolve' AND subject_id = asset.id)) AND state = ";

/// The images that show what becomes of jobs of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Images {
    /// The column of `asset` that the jobs' subjects are in.
    column: &'static str,
}

impl Images {
    /// All of a content.
    pub(crate) const OF_CONTENT: Self = Self { column: "content_id" };
    /// The one itself.
    pub(crate) const ITSELF: Self = Self { column: "id" };

    /// Of a kind; nothing where images show nothing of it.
    pub(crate) fn of(kind: &str) -> Option<Self> {
        match kind {
            SCAN => Some(Self::OF_CONTENT),
            RESOLVE => Some(Self::ITSELF),
            _ => None,
        }
    }

    /// The column that a job's subject is looked for in.
    pub(crate) fn column(self) -> &'static str {
        self.column
    }
}

/// Images whose scan is asked for wait, but for those that are being scanned already.
pub(crate) async fn wait(
    transaction: &mut Transaction,
    images: Images,
    subjects: &[i64],
) -> Result<(), Error> {
    for subjects in subjects.chunks(BATCH) {
        Sql::write("note that images wait", "UPDATE asset SET status = 'waiting', progress = 0")
            .push(", scan_failure = NULL, scan_message = NULL")
            .push(" WHERE status NOT IN ('waiting', 'scanning')")
            .list(&format!(" AND {} IN ", images.column), subjects.iter().copied())
            .run(&mut *transaction)
            .await?;
    }
    Ok(())
}

/// What becomes of images when a scan of their content ends in `state`: what they show of another that runs or waits,
/// else that state. Their results stay as they are.
pub(crate) async fn leave(
    transaction: &mut Transaction,
    images: Images,
    subjects: &[i64],
    state: &str,
    failure: Option<(&str, &str)>,
) -> Result<(), Error> {
    let (code, message) = failure.unzip();
    let progress = if state == "scanned" { 100 } else { 0 };
    for subjects in subjects.chunks(BATCH) {
        Sql::write("note how a scan ended", "UPDATE asset SET scan_failure = ")
            .with("", code)
            .with(", scan_message = ", message)
            .with(", progress = ", progress)
            .push(&format!(", status = CASE WHEN {LIVE}'running') THEN 'scanning'"))
            .push(&format!(" WHEN {LIVE}'waiting') THEN 'waiting'"))
            .with(" ELSE ", state)
            .push(" END")
            .list(&format!(" WHERE {} IN ", images.column), subjects.iter().copied())
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
