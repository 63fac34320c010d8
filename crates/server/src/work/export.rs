//! Makes the file of an export.

use futures::FutureExt;

use super::Kind;

/// Its name, as in `job.kind`.
pub(crate) const NAME: &str = "export";

/// The job; its subject is the export.
pub(super) const KIND: Kind = Kind {
    name: NAME,
    run: |app, held, hold| async move { crate::export::make(&app, &hold, held.subject_id).await }.boxed(),
};
