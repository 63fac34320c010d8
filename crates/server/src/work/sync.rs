//! Lists a registry.

use futures::FutureExt;
use store::jobs::Held;

use super::{Hold, Kind, Undone};
use crate::{App, registries};

/// Its name, as in `job.kind`.
pub(crate) const NAME: &str = "sync";
/// The job; its subject is the registry.
pub(super) const KIND: Kind =
    Kind { name: NAME, run: |app, held, hold| async move { run(&app, &held, &hold).await }.boxed() };

async fn run(app: &App, held: &Held, hold: &Hold) -> Result<(), Undone> {
    let registry = registries::known(app, held.subject_id).await?;
    registries::sync(app, hold, &registry).await
}
