//! Following what a registry told: what it says is looked up before it is believed.

use model::Failure;
use registries::{Artifact, Repository};
use store::registries::Registry;
use store::registry_images::{self, Listed, Place, What};
use store::tasks::Cause;
use store::{authorisations, now, settle};

use super::listing::scan_new;
use super::reading::{Read, ask};
use super::resolving::undone;
use super::writing::listed;
use crate::App;
use crate::work::{Hold, Told, Undone};

/// Brings one tag or digest up to date that a registry told of, and ends the job.
pub(crate) async fn hear(app: &App, hold: &Hold, registry: &Registry, told: Told) -> Result<(), Undone> {
    let place = Place { registry: Some(registry.id), project: registry.project_id, at: now() };
    let connected = super::connect(app, registry).await.map_err(|refused| undone(&refused))?;
    let artifact = Artifact {
        tags: told.tag.iter().cloned().collect(),
        // A tag may stand for another digest by now than when it was told.
        digest: told.digest.as_ref().filter(|_| told.tag.is_none()).and_then(|digest| digest.parse().ok()),
        ..Artifact::default()
    };
    let repository = Repository { name: told.repository.clone(), ..Repository::default() };
    let pulled = connected.catalogue.pull_name(&repository.name);
    match ask(&connected, pulled.clone(), artifact.clone()).await? {
        // It is there all the same: there is nothing to write, and the worker ends the job.
        Ok(_) if told.deleted => Ok(()),
        Ok(read) => {
            let row = Listed {
                tag: told.tag,
                pushed: Some(place.at),
                ..listed(&connected, &repository, &pulled, &artifact)
            };
            pushed(app, hold, registry, place, row, read).await
        }
        Err(refused) if refused.failure() == Failure::NotFound => {
            let name = connected.named(&told.repository);
            let (tag, digest) = (told.tag.as_deref(), told.digest.as_deref());
            let mut transaction = app.database.begin().await?;
            let contents = registry_images::forget(&mut transaction, place, &name, tag, digest).await?;
            settle::mark(&mut transaction, &contents).await?;
            settle::request(&mut transaction).await?;
            hold.end(&mut transaction, None).await?;
            Ok(transaction.commit().await?)
        }
        Err(refused) => Err(undone(&refused)),
    }
}

/// Writes what was pushed, and has it scanned where that is wanted.
async fn pushed(
    app: &App,
    hold: &Hold,
    registry: &Registry,
    place: Place,
    row: Listed,
    read: Read,
) -> Result<(), Undone> {
    let mut transaction = app.database.begin().await?;
    let digest = Some(read.digest.clone());
    let manifest = read.keep(app, &mut transaction).await?;
    let row = Listed { digest, what: What::from(&manifest), ..row };
    let written = registry_images::write(&mut transaction, place, &[row]).await?;
    registry_images::latest(&mut transaction, Some(registry.id)).await?;
    transaction.commit().await?;
    authorisations::welcome(&app.database, Some(&written.rows)).await?;
    let mut transaction = app.database.begin().await?;
    if registry.options()?.scan_new {
        scan_new(&mut transaction, registry, Cause::Push, &written.images).await?;
    }
    settle::request(&mut transaction).await?;
    hold.end(&mut transaction, None).await?;
    transaction.commit().await?;
    app.wake.notify_waiters();
    Ok(())
}
