//! Finds out what an image of a registry is.

use futures::FutureExt;
use store::jobs;

use super::Kind;

/// The job; its subject is the image.
pub(super) const KIND: Kind = Kind {
    name: jobs::RESOLVE,
    run: |app, held, hold| {
        async move { crate::registries::resolve(&app, &hold, held.subject_id).await }.boxed()
    },
};
