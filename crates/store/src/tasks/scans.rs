//! Asking for scans: of one image or of all there are, each content once.

use super::{Cause, Counted, New, add, count, create, release};
use crate::jobs::{self, Wanted};
use crate::sql::Sql;
use crate::{Error, Transaction, now};

/// The most images of one statement.
const BATCH: usize = 5_000;
/// Who asks for more images than this waits for no single one of them: others go first.
const FEW: usize = 100;

/// Which scans are wanted, for all images of a task.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Scans {
    /// What to look for: words of `scan::Check`, sorted.
    pub checks: Vec<String>,
    /// Also what is known already.
    pub force: bool,
}

impl Scans {
    /// What follows the content in the key by which equal jobs are known.
    fn dedupe(&self) -> String {
        format!(":{}{}", self.checks.join(","), if self.force { ":force" } else { "" })
    }

    fn json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// Makes a task that scans these images; `new.projects`, `kind` and `parameters` are filled in here.
///
/// Equal contents are scanned once, and once only when another task asked for the same. Images that cannot be scanned
/// have failed at once.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn scan(
    transaction: &mut Transaction,
    new: New<'_>,
    scans: &Scans,
    images: &[i64],
) -> Result<i64, Error> {
    let mut projects = Vec::new();
    for images in images.chunks(BATCH) {
        let some: Vec<(i64,)> =
            Sql::read("look whose images are scanned", "SELECT DISTINCT project_id FROM asset")
                .list(" WHERE id IN ", images.iter().copied())
                .all(&mut *transaction)
                .await?;
        projects.extend(some.into_iter().map(|(project,)| project));
    }
    let parameters = scans.json();
    let new = New { projects: &projects, kind: jobs::SCAN, parameters: &parameters, ..new };
    let task = create(transaction, new).await?;
    let cause = if images.len() > FEW && new.cause == Cause::Person { Cause::Schedule } else { new.cause };
    let asked = Asked { task, scans, priority: cause.priority(), limited: new.parallel > 0, now: now() };
    let mut failed = 0;
    for images in images.chunks(BATCH) {
        asked.jobs(transaction, images).await?;
        failed += asked.unscannable(transaction, images).await?;
        asked.wait(transaction, images).await?;
    }
    asked.total(transaction).await?;
    if asked.limited {
        release(transaction, task, new.parallel).await?;
    }
    count(transaction, task, Counted { failed, ..Counted::default() }).await?;
    Ok(task)
}

/// One request, while it is being written.
struct Asked<'a> {
    task: i64,
    scans: &'a Scans,
    priority: i64,
    limited: bool,
    now: i64,
}

impl Asked<'_> {
    /// A job for each content, or the one that is there; and who waits for it.
    async fn jobs(&self, transaction: &mut Transaction, images: &[i64]) -> Result<(), Error> {
        Sql::write(
            "ask for scans",
            "INSERT INTO job (kind, subject_id, dedupe, parameters, priority, state, held, run_at, created, updated)",
        )
        .with(" SELECT DISTINCT 'scan', content_id, 'scan:' || content_id || CAST(", self.scans.dedupe())
        .with(" AS TEXT), CAST(", self.scans.json())
        .with(" AS TEXT), CAST(", self.priority)
        .with(" AS BIGINT), 'waiting', CAST(", self.limited)
        .with(" AS BOOLEAN), CAST(", self.now)
        .with(" AS BIGINT), CAST(", self.now)
        .with(" AS BIGINT), CAST(", self.now)
        .push(" AS BIGINT) FROM asset WHERE failure IS NULL AND content_id IS NOT NULL")
        .list(" AND id IN ", images.iter().copied())
        .push(" ORDER BY content_id ON CONFLICT (dedupe) WHERE state IN ('waiting', 'running') DO UPDATE SET ")
        .push("held = (job.held AND excluded.held), ")
        .push("run_at = CASE WHEN excluded.run_at < job.run_at THEN excluded.run_at ELSE job.run_at END, ")
        .push("priority = CASE WHEN excluded.priority < job.priority THEN excluded.priority ELSE job.priority END")
        .run(&mut *transaction)
        .await?;
        Sql::write("note who waits for scans", "INSERT INTO task_job (task_id, job_id, asset_id, released)")
            .with(" SELECT CAST(", self.task)
            .with(" AS BIGINT), job.id, asset.id, CAST(", !self.limited)
            .push(" AS BOOLEAN) FROM asset JOIN job ON job.state IN ('waiting', 'running')")
            .with(" AND job.dedupe = 'scan:' || asset.content_id || CAST(", self.scans.dedupe())
            .push(" AS TEXT) WHERE asset.failure IS NULL")
            .list(" AND asset.id IN ", images.iter().copied())
            .push(" ON CONFLICT DO NOTHING")
            .run(transaction)
            .await?;
        Ok(())
    }

    /// Jobs that have failed before they began, for images that cannot be scanned; gives how many.
    async fn unscannable(&self, transaction: &mut Transaction, images: &[i64]) -> Result<i64, Error> {
        const MESSAGE: &str =
            "it is known that the image cannot be scanned; what it takes to do so was not looked at";
        let mark = format!("{{\"task\":{}}}", self.task);
        Sql::write(
            "note what cannot be scanned",
            "INSERT INTO job (kind, subject_id, dedupe, parameters, priority, state, failure, message, run_at, \
             created, updated, finished)",
        )
        .with(" SELECT 'unscannable', id, 'unscannable:' || id, CAST(", mark.as_str())
        .with(" AS TEXT), CAST(", self.priority)
        .with(" AS BIGINT), 'failed', COALESCE(failure, 'content_missing'), CAST(", MESSAGE)
        .with(" AS TEXT), CAST(", self.now)
        .with(" AS BIGINT), CAST(", self.now)
        .with(" AS BIGINT), CAST(", self.now)
        .with(" AS BIGINT), CAST(", self.now)
        .push(" AS BIGINT) FROM asset WHERE (failure IS NOT NULL OR content_id IS NULL)")
        .list(" AND id IN ", images.iter().copied())
        .run(&mut *transaction)
        .await?;
        let failed =
            Sql::write("note what cannot be scanned", "INSERT INTO task_job (task_id, job_id, asset_id)")
                .with(" SELECT CAST(", self.task)
                .push(" AS BIGINT), job.id, asset.id FROM asset JOIN job")
                .with(
                    " ON job.kind = 'unscannable' AND job.subject_id = asset.id AND job.parameters = ",
                    mark,
                )
                .list(" WHERE asset.id IN ", images.iter().copied())
                .push(" ON CONFLICT DO NOTHING")
                .run(transaction)
                .await?;
        Ok(i64::try_from(failed).unwrap_or(i64::MAX))
    }

    async fn wait(&self, transaction: &mut Transaction, images: &[i64]) -> Result<(), Error> {
        let contents: Vec<(i64,)> =
            Sql::read("look for the contents of images", "SELECT DISTINCT content_id FROM asset")
                .push(" WHERE content_id IS NOT NULL AND failure IS NULL")
                .list(" AND id IN ", images.iter().copied())
                .all(&mut *transaction)
                .await?;
        let contents: Vec<i64> = contents.into_iter().map(|(id,)| id).collect();
        jobs::wait(transaction, &contents).await
    }

    async fn total(&self, transaction: &mut Transaction) -> Result<(), Error> {
        Sql::write("count what is scanned", "UPDATE task SET")
            .with(" total = (SELECT COUNT(*) FROM task_job WHERE task_id = ", self.task)
            // Some may have joined what runs already.
            .push("), status = CASE WHEN EXISTS (SELECT 1 FROM job JOIN task_job ON task_job.job_id = job.id")
            .with(" WHERE job.state = 'running' AND task_job.task_id = ", self.task)
            .with(") THEN 'running' ELSE status END WHERE id = ", self.task)
            .run(transaction)
            .await?;
        Ok(())
    }
}

/// What a task was, as far as another of the same is concerned.
#[derive(Debug, sqlx::FromRow)]
struct Before {
    kind: String,
    name: String,
    parameters: String,
    parallel: i64,
}

/// Makes a new task of what failed in another; nothing when nothing did, or is known any more.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn retry(transaction: &mut Transaction, task: i64, by: &str) -> Result<Option<i64>, Error> {
    const FAILED: &str = " FROM task_job JOIN job ON job.id = task_job.job_id \
        WHERE job.state = 'failed' AND NOT task_job.cancelled AND task_job.task_id = ";
    let before: Option<Before> =
        Sql::read("find a task", "SELECT kind, name, parameters, parallel FROM task WHERE id = $1")
            .bind(task)
            .optional(&mut *transaction)
            .await?;
    let Some(before) = before else { return Ok(None) };
    let new = New {
        projects: &[],
        kind: &before.kind,
        cause: Cause::Person,
        name: &before.name,
        parameters: &before.parameters,
        created_by: by,
        parallel: before.parallel,
    };
    if let (jobs::SCAN, Ok(scans)) = (before.kind.as_str(), serde_json::from_str(&before.parameters)) {
        let images: Vec<(i64,)> = Sql::read("look what failed", "SELECT DISTINCT task_job.asset_id")
            .with(FAILED, task)
            .push(" AND task_job.asset_id > 0 ORDER BY task_job.asset_id")
            .all(&mut *transaction)
            .await?;
        let images: Vec<i64> = images.into_iter().map(|(id,)| id).collect();
        return match images.is_empty() {
            true => Ok(None),
            false => scan(transaction, new, &scans, &images).await.map(Some),
        };
    }
    let failed: Vec<(String, i64, String, String)> =
        Sql::read("look what failed", "SELECT job.kind, job.subject_id, job.dedupe, job.parameters")
            .with(FAILED, task)
            .push(" ORDER BY job.id")
            .all(&mut *transaction)
            .await?;
    if failed.is_empty() {
        return Ok(None);
    }
    let projects: Vec<(i64,)> =
        Sql::read("look what a task is about", "SELECT project_id FROM task_project WHERE task_id = $1")
            .bind(task)
            .all(&mut *transaction)
            .await?;
    let projects: Vec<i64> = projects.into_iter().map(|(id,)| id).collect();
    // Its jobs are few, and none of them is held back.
    let again = create(transaction, New { projects: &projects, parallel: 0, ..new }).await?;
    for (kind, subject, dedupe, parameters) in failed {
        let priority = Cause::Person.priority();
        let wanted = Wanted { kind: &kind, subject, dedupe, parameters, priority };
        let job = jobs::ask(transaction, wanted).await?;
        add(transaction, again, job).await?;
    }
    Ok(Some(again))
}
