//! The job that scans one content.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use model::Failure;
use scan::Check;
use serde::Deserialize;
use store::Scope;
use store::jobs::{self, Held};

use super::{Doing, Hold, Kind, Undone};
use crate::scanning::Subject;
use crate::{App, Error};

/// It.
pub(super) const KIND: Kind = Kind { name: jobs::SCAN, run };

/// What a job of this kind is asked with.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Parameters {
    /// The checks to make; all when none is named.
    checks: Vec<String>,
    /// Whether layers are read again whose facts are known.
    force: bool,
}

fn run(app: App, held: Held, hold: Arc<Hold>) -> Doing {
    Box::pin(async move {
        let subject = prepare(&app, &held, &hold).await?;
        let checks = subject.checks.clone();
        let (content, image_id) = (subject.content.id, subject.content.image_id.clone());
        let report = within_time(&app, subject, &hold).await?;
        crate::ingest::ingest(&app, Some(&hold), content, report, &checks).await?;
        crate::upload::done(&app, &image_id);
        Ok(())
    })
}

async fn prepare(app: &App, held: &Held, hold: &Hold) -> Result<Subject, Undone> {
    let parameters: Parameters = serde_json::from_str(&held.parameters)
        .map_err(|error| Undone::Failed(Failure::InvalidContent, format!("cannot read the job: {error}")))?;
    let checks = checks(&parameters)?;
    let gone = || Undone::Failed(Failure::NotFound, "the image is no longer known".to_owned());
    let content = store::contents::find(&app.database, held.subject_id).await?.ok_or_else(gone)?;
    if !store::authorisations::allows(&app.database, content.id).await? {
        let message = "the image was withdrawn while its scan waited".to_owned();
        return Err(Undone::Failed(Failure::NotAuthorised, message));
    }
    let having = store::engines::having(&app.database, &app.settings.machine, content.id).await?;
    let sources = crate::adapter::sources(app, content.id).await?;
    let opening = app.clone();
    let found = tokio::task::spawn_blocking(move || (opening.settings.places.find(), opening.advisories()));
    let (places, database) = found.await.map_err(Error::from)?;
    let having = having.into_iter().filter_map(|having| {
        let place = places.iter().find(|place| place.address().to_string_lossy() == having.address)?;
        Some((place.clone(), having))
    });
    let mut pulls = Vec::new();
    for pull in store::registry_images::having(&app.database, content.id).await? {
        let registry = store::registries::find(&app.database, &Scope::All, pull.registry_id).await?;
        pulls.extend(registry.map(|registry| (registry, pull)));
    }
    Ok(Subject {
        pulls,
        gate: held.gate,
        archive: crate::upload::of(app, &content.image_id),
        content,
        checks,
        force: parameters.force,
        having: having.collect(),
        sources,
        inspectors: crate::rules::inspectors(app).await?,
        database: database?,
        stop: hold.stop(),
    })
}

/// The checks to make. What is vulnerable is told by package, so that packages are listed with vulnerabilities.
fn checks(parameters: &Parameters) -> Result<Vec<Check>, Undone> {
    let named = parameters.checks.iter().map(|word| word.parse::<Check>());
    let named: Vec<Check> = named
        .collect::<Result<_, _>>()
        .map_err(|error| Undone::Failed(Failure::InvalidName, error.to_string()))?;
    let wanted = |check: &Check| {
        named.is_empty()
            || named.contains(check)
            || (*check == Check::Software && named.contains(&Check::Vulnerabilities))
    };
    Ok(Check::ALL.into_iter().filter(wanted).collect())
}

/// Scans, for as long as a scan may take.
async fn within_time(app: &App, subject: Subject, hold: &Arc<Hold>) -> Result<model::Report, Undone> {
    let limit = app.settings.scan_time;
    let stop = Arc::clone(&subject.stop);
    let (for_scan, told) = (app.clone(), Arc::clone(hold));
    let mut scan =
        tokio::task::spawn_blocking(move || subject.scan(&for_scan, &|percent| told.progress(percent)));
    if let Ok(ended) = tokio::time::timeout(limit, &mut scan).await {
        return ended.map_err(Error::from)?;
    }
    stop.store(true, Ordering::Relaxed);
    match scan.await.map_err(Error::from)? {
        // It was done just then.
        Ok(report) => Ok(report),
        Err(_) => {
            let minutes = limit.as_secs() / 60;
            let message = format!("the scan took longer than {minutes} minutes, the most that one may take");
            Err(Undone::Failed(Failure::TimedOut, message))
        }
    }
}
