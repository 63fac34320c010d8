//! Bringing advisories up to date: from where they are fetched, or from a bundle that was uploaded.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use advisories::{Manifest, Progress, Trust};
use futures::FutureExt;
use futures::future::BoxFuture;
use model::Failure;
use serde::{Deserialize, Serialize};
use store::jobs::Held;

use super::{Hold, Kind, Undone};
use crate::advisories::{Keeping, NAME, bundle};
use crate::judge::{self, blocking};
use crate::{App, Error};

/// Fetches or imports advisories, and asks for what they change to be judged again.
pub(super) const KIND: Kind = Kind { name: NAME, run };
/// About how many archives and documents there are, where it is not known from the last time.
const ARCHIVES: usize = 120;
/// How many failures are told.
const TOLD: usize = 50;

/// What is to be done.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Parameters {
    /// The bundle that is imported, by its name among the uploads; without one, all is fetched.
    pub(crate) bundle: Option<String>,
}

/// What came of it, as it is kept with the job.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Outcome {
    /// When the database was made, RFC 3339.
    pub(crate) updated: String,
    /// Advisories in it.
    pub(crate) advisories: u64,
    /// What could not be fetched or read, and why.
    pub(crate) failures: BTreeMap<String, String>,
}

fn run(app: App, held: Held, hold: Arc<Hold>) -> BoxFuture<'static, Result<(), Undone>> {
    async move {
        let parameters: Parameters =
            serde_json::from_str(&held.parameters).map_err(Error::kept("parameters"))?;
        let keeping = Keeping::read(&app).await?;
        let (of, watched) = (app.clone(), Arc::clone(&hold));
        let name = parameters.bundle.clone();
        let outcome = blocking(move || {
            Ok(match name {
                Some(name) => import(&of, &keeping, &name),
                None => fetch(&of, &keeping, &watched),
            })
        });
        let outcome = outcome.await?.map_err(undone)?;
        let mut transaction = app.database.begin().await?;
        judge::request(&mut transaction).await?;
        let told = serde_json::to_string(&outcome).map_err(Error::kept("result"))?;
        hold.end(&mut transaction, Some(told)).await?;
        transaction.commit().await?;
        if let Some(name) = parameters.bundle {
            forget(&app, &name).await;
        }
        Ok(())
    }
    .boxed()
}

fn fetch(app: &App, keeping: &Keeping, hold: &Hold) -> Result<Outcome, advisories::Error> {
    let directory = &app.settings.advisories;
    let authorities = keeping.authorities.as_deref().map(|pem| kept(directory, pem)).transpose()?;
    let mirror = keeping.place(authorities.as_ref().map(tempfile::NamedTempFile::path))?;
    let stop = hold.stop();
    let mut sources = keeping.sources(&mirror);
    sources.stop = Some(&stop);
    let all = advisories::Database::open(directory).map_or(ARCHIVES, |old| old.manifest().archives.len());
    let begun = AtomicUsize::new(0);
    let updated = advisories::update(directory, &sources, &|progress| {
        if let Progress::Fetching(_) = progress {
            let begun = begun.fetch_add(1, Ordering::Relaxed);
            hold.progress(i64::try_from((begun * 100 / all.max(1)).min(99)).unwrap_or_default());
        }
    })?;
    let told = |(name, error): (String, advisories::Error)| (name, crate::told(&error));
    let failures = updated.failures.into_iter().take(TOLD).map(told).collect();
    Ok(Outcome { failures, ..of(&updated.manifest) })
}

fn of(manifest: &Manifest) -> Outcome {
    let advisories = manifest.archives.values().map(|archive| archive.stored).sum();
    Outcome { updated: manifest.updated.clone(), advisories, ..Outcome::default() }
}

/// The certificate authorities in a file, as long as it is kept.
fn kept(directory: &Path, pem: &str) -> Result<tempfile::NamedTempFile, advisories::Error> {
    let fail = |source| advisories::Error::File { operation: "write", path: directory.to_owned(), source };
    std::fs::create_dir_all(directory).map_err(fail)?;
    let mut file = tempfile::NamedTempFile::new_in(directory).map_err(fail)?;
    file.write_all(pem.as_bytes()).map_err(fail)?;
    Ok(file)
}

fn import(app: &App, keeping: &Keeping, name: &str) -> Result<Outcome, advisories::Error> {
    let trust = Trust::Keys(keeping.trusted());
    advisories::import(&bundle(app, name), &app.settings.advisories, &trust).map(|manifest| of(&manifest))
}

async fn forget(app: &App, name: &str) {
    let path = bundle(app, name);
    if let Err(error) = tokio::fs::remove_file(&path).await {
        tracing::warn!(%error, path = %path.display(), "cannot remove a bundle that was imported");
    }
}

/// Why it was not done: what may pass is tried again.
fn undone(error: advisories::Error) -> Undone {
    use advisories::Error as Cause;
    let failure = match &error {
        Cause::Stopped => return Undone::Stopped,
        Cause::Locked { .. } => return Undone::Error(error.into()),
        Cause::Network { source, .. } => image::failure_of(source),
        Cause::Untrusted { .. } => Failure::AccessDenied,
        Cause::Empty { .. } => Failure::NotFound,
        Cause::Damaged { .. } => Failure::Corrupted,
        Cause::Mirror { .. } | Cause::Format { .. } => Failure::InvalidContent,
        Cause::File { .. } => Failure::FileUnreadable,
        _ => Failure::Unknown,
    };
    Undone::Failed(failure, crate::told(&error))
}
