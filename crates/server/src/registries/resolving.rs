//! Finding out what one image of a registry is, for who wants it scanned.

use std::sync::Arc;

use model::Failure;
use registries::Artifact;
use store::registry_images::{self, Listed, Place, What};
use store::{authorisations, now, tasks};

use super::connection::{Connected, Refused};
use super::reading::{LASTING, Read, ask};
use crate::App;
use crate::work::{Hold, Undone};

/// Reads what an image is, and asks for its scan in place of this job; of an index for those of all its images.
pub(crate) async fn resolve(app: &App, hold: &Hold, asset: i64) -> Result<(), Undone> {
    let gone = || Undone::Failed(Failure::NotFound, "the image is no longer known".to_owned());
    let (registry, listed) = registry_images::one(&app.database, asset).await?.ok_or_else(gone)?;
    let registry = super::known(app, registry).await?;
    let place = Place { registry: Some(registry.id), project: registry.project_id, at: now() };
    let connected = super::connect(app, &registry).await.map_err(|refused| undone(&refused))?;
    match reading(&connected, &listed).await? {
        Ok(read) => found(app, hold, place, listed, read).await,
        Err(refused) => {
            let failure = refused.failure();
            if LASTING.contains(&failure) {
                let mut transaction = app.database.begin().await?;
                let listed = Listed { what: What::Unfit(failure), ..listed };
                registry_images::write(&mut transaction, place, &[listed]).await?;
                transaction.commit().await?;
            }
            Err(undone(&refused))
        }
    }
}

/// Why it cannot be done: it is known, and people are told.
pub(super) fn undone(refused: &Refused) -> Undone {
    Undone::Failed(refused.failure(), crate::told(refused))
}

async fn reading(connected: &Arc<Connected>, listed: &Listed) -> Result<Result<Read, Refused>, Undone> {
    let missing =
        || Undone::Failed(Failure::NotFound, "the registry is at another address by now".to_owned());
    let repository = connected.pulled(&listed.repository).ok_or_else(missing)?.to_owned();
    let artifact = Artifact {
        tags: listed.tag.iter().cloned().collect(),
        digest: listed.digest.as_ref().and_then(|digest| digest.parse().ok()),
        ..Artifact::default()
    };
    Ok(ask(connected, repository, artifact).await?)
}

async fn found(app: &App, hold: &Hold, place: Place, listed: Listed, read: Read) -> Result<(), Undone> {
    let mut transaction = app.database.begin().await?;
    let digest = Some(read.digest.clone());
    let manifest = read.keep(app, &mut transaction).await?;
    let listed = Listed { digest, what: What::from(&manifest), ..listed };
    let written = registry_images::write(&mut transaction, place, &[listed]).await?;
    transaction.commit().await?;
    authorisations::welcome(&app.database, Some(&written.rows)).await?;
    let mut transaction = app.database.begin().await?;
    tasks::become_scans(&mut transaction, hold.job(), &written.images).await?;
    hold.end(&mut transaction, None).await?;
    transaction.commit().await?;
    app.wake.notify_waiters();
    Ok(())
}
