//! Follows what a registry told of itself.

use std::sync::Arc;

use futures::FutureExt;
use serde::{Deserialize, Serialize};
use store::jobs::Held;

use super::{Hold, Kind, Undone};
use crate::{App, Error, registries};

/// Its name, as in `job.kind`.
pub(crate) const NAME: &str = "notice";
/// The job; its subject is the registry.
pub(super) const KIND: Kind =
    Kind { name: NAME, run: |app, held, hold| async move { run(&app, &held, &hold).await }.boxed() };

/// What a registry told of one tag or digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Told {
    /// Whether it is gone; else it is there now, or stands for something else.
    pub(crate) deleted: bool,
    /// The registry's own name of the repository.
    pub(crate) repository: String,
    /// The tag.
    pub(crate) tag: Option<String>,
    /// Of the manifest or index.
    pub(crate) digest: Option<String>,
}

async fn run(app: &App, held: &Held, hold: &Arc<Hold>) -> Result<(), Undone> {
    let told: Told = serde_json::from_str(&held.parameters).map_err(Error::kept("parameters"))?;
    let registry = registries::known(app, held.subject_id).await?;
    registries::hear(app, hold, &registry, told).await
}
