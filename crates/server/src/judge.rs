//! Judging again: what an update of advisories changed is applied to what is stored, without any image.
//!
//! The database that was last judged by is kept beside the one in use, in files that both share. So what changed can be
//! told at any time: after an update of the server's own, after one by another program, and after an end in the middle,
//! when all is done again and what was done already makes no difference.

mod gaps;
mod packages;

use std::path::PathBuf;
use std::sync::Arc;

use advisories::{Changes, Database};
use store::jobs::{self, Wanted};
use store::{Transaction, events, judgement, settings};

use crate::work::{Hold, Undone};
use crate::{App, Error};
use packages::Pass;

/// The setting that tells by which database all was judged, and by which program.
const JUDGED: &str = "advisories.judged";
/// The setting that tells by which database packages are being judged.
const JUDGING: &str = "advisories.judging";
/// The kind of job.
pub(crate) const KIND: &str = "judge";

/// Asks for all to be judged again that changed since the last time.
pub(crate) async fn request(transaction: &mut Transaction) -> Result<i64, store::Error> {
    let (dedupe, parameters) = (format!("{KIND}:all"), "{}".to_owned());
    jobs::ask(transaction, Wanted { kind: KIND, subject: 0, dedupe, parameters, priority: 1 }).await
}

/// Asks for an image to be judged again whose report was made with older advisories than all else is judged by; to be
/// called where a report becomes part of the inventory.
pub(crate) async fn after_ingest(
    transaction: &mut Transaction,
    content: i64,
    report: &model::Report,
) -> Result<(), store::Error> {
    let Some(judging) = settings::hold(transaction, JUDGING).await? else { return Ok(()) };
    let made = report.database.as_ref().map_or("", |database| database.updated.as_str());
    if report.checks.iter().any(|check| check == "vulnerabilities") && made < judging.as_str() {
        let (dedupe, parameters) = (format!("{KIND}:{content}"), "{}".to_owned());
        let wanted = Wanted { kind: KIND, subject: content, dedupe, parameters, priority: 1 };
        jobs::ask(transaction, wanted).await?;
    }
    Ok(())
}

/// By what it is known that all was judged by a database: another program may judge otherwise.
fn revision(database: &Database) -> String {
    format!("{} {}", database.manifest().updated, env!("CARGO_PKG_VERSION"))
}

/// Where the database lies that was last judged by, and the one that is being judged by.
fn place(app: &App, name: &str) -> PathBuf {
    app.settings.advisories.join(name)
}

/// Two databases, and what is different in them.
struct Step {
    new: Arc<Database>,
    changes: Changes,
}

/// Takes hold of the database as it is now, and finds what is different from the one that was judged by.
fn compare(app: &App, judged: Option<&str>) -> Result<Option<Step>, Error> {
    if app.advisories()?.is_none() {
        return Ok(None);
    }
    let judging = place(app, "judging");
    advisories::duplicate(&app.settings.advisories, &judging)?;
    let new = Arc::new(Database::open(&judging)?);
    // One that cannot be read is as good as none: everything is then judged.
    let old = Database::open(&place(app, "judged")).ok();
    let old = old.filter(|old| Some(revision(old).as_str()) == judged);
    let changes = advisories::changes(old.as_ref(), &new)?;
    Ok(Some(Step { new, changes }))
}

/// Whether there are advisories by which not all was judged.
pub(crate) async fn is_due(app: &App) -> Result<bool, Error> {
    let judged = settings::get(&app.database, JUDGED).await?;
    let app = app.clone();
    let open = blocking(move || app.advisories()).await?;
    Ok(open.is_some_and(|open| judged != Some(revision(&open))))
}

/// When the advisories were updated by which all was judged last.
pub(crate) async fn judged(app: &App) -> Result<Option<String>, Error> {
    let judged = settings::get(&app.database, JUDGED).await?;
    Ok(judged.and_then(|judged| judged.split(' ').next().map(str::to_owned)))
}

/// Judges all again that changed since the last time, and ends the job.
pub(crate) async fn all(app: &App, hold: &Hold) -> Result<(), Undone> {
    let judged = settings::get(&app.database, JUDGED).await?;
    let of = app.clone();
    let step = blocking(move || compare(&of, judged.as_deref())).await?;
    let Some(Step { new, changes }) = step else {
        return finish(app, hold, None, &Pass::default()).await;
    };
    settings::set(&app.database, JUDGING, &new.manifest().updated).await?;
    let mut pass = Pass::new(Arc::clone(&new), !changes.everything);
    if changes.everything {
        pass.names_too();
        let contexts = judgement::by_context(&app.database, None).await?;
        pass.run(app, hold, contexts).await?;
    } else {
        let mut concerned = judgement::named(&app.database, &changes.names).await?;
        concerned.extend(judgement::having(&app.database, &changes.vulnerabilities).await?);
        let contexts = judgement::by_context(&app.database, Some(&concerned)).await?;
        pass.run(app, hold, contexts).await?;
    }
    gaps::versions(app, &mut pass).await?;
    if changes.everything || changes.coverage {
        gaps::coverage(app, hold, &mut pass, None).await?;
    }
    finish(app, hold, Some(&new), &pass).await?;
    let (from, to) = (place(app, "judging"), place(app, "judged"));
    // Where this fails, everything is judged the next time.
    let kept = blocking(move || Ok(advisories::duplicate(&from, &to)?)).await;
    if let Err(error) = kept {
        tracing::warn!(%error, "cannot keep the advisories that were judged by");
    }
    Ok(())
}

/// Judges the packages of one image again, and ends the job.
pub(crate) async fn one(app: &App, hold: &Hold, content: i64) -> Result<(), Undone> {
    let of = app.clone();
    let mut pass = Pass::default();
    if let Some(open) = blocking(move || of.advisories()).await? {
        pass = Pass::new(open, false);
        let packages = judgement::of_content(&app.database, content).await?;
        let contexts = judgement::by_context(&app.database, Some(&packages)).await?;
        pass.run(app, hold, contexts).await?;
        gaps::versions(app, &mut pass).await?;
        gaps::coverage(app, hold, &mut pass, Some(content)).await?;
    }
    finish(app, hold, None, &pass).await
}

async fn finish(app: &App, hold: &Hold, all: Option<&Database>, pass: &Pass) -> Result<(), Undone> {
    let mut transaction = app.database.begin().await?;
    if let Some(database) = all {
        settings::set(&mut transaction, JUDGED, &revision(database)).await?;
        events::complete(&mut transaction).await?;
    }
    // What was written by one that was killed waits for it too.
    if pass.changed > 0 || judgement::is_waiting(&mut transaction).await? {
        store::settle::request(&mut transaction).await?;
    }
    let result = serde_json::json!({ "packages": pass.packages, "changed": pass.changed });
    hold.end(&mut transaction, Some(result.to_string())).await?;
    Ok(transaction.commit().await?)
}

/// Does what blocks where it holds nobody up.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    tokio::task::spawn_blocking(work).await?
}
