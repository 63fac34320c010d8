//! Bringing the inventory in line with what a registry has: its lists are walked, new manifests are read, layers never.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use api::SyncOutcome;
use registries::{Item, Listing, Repository, Selection};
use scan::Check;
use store::registries::{Options, Registry};
use store::registry_images::{self, Place};
use store::tasks::{self, Cause, New, Scans};
use store::{Transaction, authorisations, jobs, now, settle};
use tokio::sync::mpsc;

use super::connection::Connected;
use super::resolving::undone;
use super::writing::{Batch, Writer};
use crate::work::{Hold, Undone};
use crate::{App, Error};

/// How many images are written together.
const AT_ONCE: usize = 200;
/// How many batches may wait to be written.
const WAITING: usize = 2;
/// How often a registry that tells what is new is listed whole all the same: what was deleted shows only there.
const WHOLE: i64 = 7 * 24 * 3_600_000;
/// How many repositories that could not be listed are told.
const TOLD: usize = 20;

/// What a walk comes upon.
enum Found {
    Batch(Batch),
    Failed(String, registries::Error),
}

/// Lists a registry, writes what it has, and ends the job.
pub(crate) async fn sync(app: &App, hold: &Hold, registry: &Registry) -> Result<(), Undone> {
    let at = now();
    store::registries::tried(&app.database, registry.id, at).await?;
    match walked(app, hold, registry, at).await {
        Ok(walked) => walked.end(app, hold).await,
        Err(Undone::Failed(failure, message)) => {
            let mut transaction = app.database.begin().await?;
            store::registries::checked(&mut transaction, registry.id, Some((failure, &message))).await?;
            transaction.commit().await?;
            Err(Undone::Failed(failure, message))
        }
        Err(undone) => Err(undone),
    }
}

/// A listing that came to its end.
struct Walked<'a> {
    registry: &'a Registry,
    options: Options,
    place: Place,
    outcome: SyncOutcome,
    /// Rows that are new, or other than before.
    changed: Vec<i64>,
    /// Repositories that were not listed to their end, as images are named.
    failed: Vec<String>,
}

async fn walked<'a>(app: &App, hold: &Hold, registry: &'a Registry, at: i64) -> Result<Walked<'a>, Undone> {
    let options = registry.options()?;
    let connected = super::connect(app, registry).await.map_err(|refused| undone(&refused))?;
    let since = since(registry, &options, at);
    let (sender, mut receiver) = mpsc::channel(WAITING);
    let walk = Walk {
        connected: Arc::clone(&connected),
        selection: selection(&options)?,
        since: since.clone(),
        stop: hold.stop(),
        sender,
    };
    let walking = tokio::task::spawn_blocking(move || walk.run());
    let place = Place { registry: Some(registry.id), project: registry.project_id, at };
    let mut writer = Writer::new(app, Arc::clone(&connected), place);
    let (mut outcome, mut unlisted, mut first) = (SyncOutcome::default(), Vec::new(), None);
    while let Some(found) = receiver.recv().await {
        match found {
            Found::Batch(batch) => writer.write(batch).await?,
            Found::Failed(name, error) => {
                outcome.failed += 1;
                first.get_or_insert_with(|| Undone::Failed(error.failure(), crate::told(&error)));
                if outcome.failures.len() < TOLD {
                    outcome.failures.insert(name.clone(), crate::told(&error));
                }
                unlisted.push(connected.named(&name));
            }
        }
        let expected = u64::try_from(registry.images).unwrap_or_default().max(writer.met * 2);
        hold.progress(i64::try_from(writer.met * 100 / expected.max(1)).unwrap_or_default());
    }
    let listing = walking.await.map_err(Error::from)?.map_err(|error| undone(&error.into()))?;
    if hold.stop().load(Ordering::Relaxed) {
        return Err(Undone::Stopped);
    }
    // Where nothing at all could be listed, it is not this or that repository that is wrong.
    if let Some(undone) = first.filter(|_| outcome.failed >= listing.repositories) {
        return Err(undone);
    }
    outcome = SyncOutcome {
        repositories: listing.repositories,
        images: writer.met,
        changed: u64::try_from(writer.changed.len()).unwrap_or(u64::MAX),
        unread: writer.unread,
        whole: since.is_none(),
        ..outcome
    };
    Ok(Walked { registry, options, place, outcome, changed: writer.changed, failed: unlisted })
}

/// Since when images are asked for; nothing for all of them.
fn since(registry: &Registry, options: &Options, at: i64) -> Option<String> {
    let listed = registry.listed.filter(|listed| options.incremental && at.saturating_sub(*listed) < WHOLE);
    // What was being pushed while the last listing ran may have been missed.
    let from = listed.and(registry.synced)?.saturating_sub(3_600_000);
    Some(model::time_of(u64::try_from(from / 1000).unwrap_or_default()))
}

/// What of a registry is wanted.
pub(crate) fn selection(options: &Options) -> Result<Selection, Undone> {
    Selection::new(&options.include, &options.exclude, options.proxy_caches)
        .map_err(|error| Undone::Failed(model::Failure::InvalidName, error.to_string()))
}

/// The walk through the lists, which waits for the registry and for those who write.
struct Walk {
    connected: Arc<Connected>,
    selection: Selection,
    since: Option<String>,
    stop: Arc<AtomicBool>,
    sender: mpsc::Sender<Found>,
}

impl Walk {
    fn run(self) -> Result<Listing, registries::Error> {
        let mut batch = Batch::default();
        let mut repository = Repository::default();
        let catalogue = &*self.connected.catalogue;
        let mut visit = |item| {
            let sent = match item {
                Item::Repository(next) => {
                    repository = next;
                    true
                }
                Item::Artifact(artifact) => {
                    batch.push(&repository, artifact);
                    batch.len() < AT_ONCE || self.send(Found::Batch(std::mem::take(&mut batch)))
                }
                Item::Failed(error) => self.send(Found::Failed(repository.name.clone(), error)),
            };
            sent && !self.stop.load(Ordering::Relaxed)
        };
        // To somebody it does not know a registry may show what is public alone, as if all else were gone.
        catalogue.sign_in()?;
        let listing = registries::list(catalogue, &self.selection, self.since.as_deref(), &mut visit)?;
        if batch.len() > 0 {
            self.send(Found::Batch(batch));
        }
        Ok(listing)
    }

    /// Hands on what was found; says no when nobody writes it any more.
    fn send(&self, found: Found) -> bool {
        self.sender.blocking_send(found).is_ok()
    }
}

impl Walked<'_> {
    async fn end(self, app: &App, hold: &Hold) -> Result<(), Undone> {
        let Self { registry, options, place, mut outcome, changed, failed } = self;
        if options.scan_new {
            authorisations::welcome(&app.database, Some(&changed)).await?;
        }
        let mut transaction = app.database.begin().await?;
        let retired = registry_images::finish(&mut transaction, place, outcome.whole, &failed).await?;
        outcome.gone = retired.gone;
        store::registries::synced(
            &mut transaction,
            registry.id,
            place.at,
            outcome.whole && failed.is_empty(),
        )
        .await?;
        store::registries::checked(&mut transaction, registry.id, None).await?;
        settle::mark(&mut transaction, &retired.contents).await?;
        if outcome.changed > 0 || outcome.gone > 0 {
            settle::request(&mut transaction).await?;
        }
        if options.scan_new {
            let all = options.incremental && registry.listed.is_some();
            let images = registry_images::new_ones(&mut transaction, &changed, all).await?;
            scan_new(&mut transaction, registry, Cause::Schedule, &images).await?;
        }
        let told = serde_json::to_string(&outcome).map_err(Error::kept("result"))?;
        hold.end(&mut transaction, Some(told)).await?;
        transaction.commit().await?;
        app.wake.notify_waiters();
        Ok(())
    }
}

/// Asks for scans of what is new in a registry.
pub(super) async fn scan_new(
    transaction: &mut Transaction,
    registry: &Registry,
    cause: Cause,
    images: &[i64],
) -> Result<(), store::Error> {
    if images.is_empty() {
        return Ok(());
    }
    let name = format!("new in {}", registry.name);
    let new = New {
        projects: &[],
        kind: jobs::SCAN,
        cause,
        name: &name,
        parameters: "{}",
        created_by: &registry.name,
        parallel: 0,
    };
    let checks = Check::ALL.iter().map(|check| check.word().to_owned()).collect();
    tasks::scan(transaction, new, &Scans::of(checks), images).await?;
    Ok(())
}
