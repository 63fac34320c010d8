//! Asking for scans: of one image or of all there are, each content once.

use std::collections::{BTreeSet, HashMap};

use super::{Cause, Counted, New, add, alone, count, create, release};
use crate::jobs::{self, Wanted};
use crate::sql::{Sql, Value, insert};
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
    alone(transaction).await?;
    let mut wishes = Vec::new();
    for images in images.chunks(BATCH) {
        let sql = Sql::read("look at images", "SELECT id, project_id, content_id, failure FROM asset");
        let some: Vec<Wish> = sql
            .list(" WHERE id IN ", images.iter().copied())
            .push(" ORDER BY content_id, id")
            .all(&mut *transaction)
            .await?;
        wishes.extend(some);
    }
    let projects: BTreeSet<i64> = wishes.iter().map(|wish| wish.project_id).collect();
    let projects: Vec<i64> = projects.into_iter().collect();
    let parameters = scans.json();
    let new = New { projects: &projects, kind: jobs::SCAN, parameters: &parameters, ..new };
    let task = create(transaction, new).await?;
    let cause = if images.len() > FEW && new.cause == Cause::Person { Cause::Schedule } else { new.cause };
    let asked = Asked { task, scans, priority: cause.priority(), limited: new.parallel > 0, now: now() };
    let (can, cannot): (Vec<Wish>, Vec<Wish>) = wishes.into_iter().partition(Wish::can_be_scanned);
    for wishes in can.chunks(BATCH) {
        asked.scan(transaction, wishes).await?;
    }
    for wishes in cannot.chunks(BATCH) {
        asked.fail(transaction, wishes).await?;
    }
    asked.total(transaction, can.len() + cannot.len()).await?;
    if asked.limited {
        release(transaction, task, new.parallel).await?;
    }
    let failed = i64::try_from(cannot.len()).unwrap_or(i64::MAX);
    count(transaction, task, Counted { failed, ..Counted::default() }).await?;
    Ok(task)
}

/// An image that is to be scanned.
#[derive(Debug, sqlx::FromRow)]
struct Wish {
    id: i64,
    project_id: i64,
    content_id: Option<i64>,
    failure: Option<String>,
}

impl Wish {
    fn can_be_scanned(&self) -> bool {
        self.content_id.is_some() && self.failure.is_none()
    }
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
    async fn scan(&self, transaction: &mut Transaction, wishes: &[Wish]) -> Result<(), Error> {
        // In one order, so that those who ask for the same wait for one another instead of deadlocking.
        let contents: BTreeSet<i64> = wishes.iter().filter_map(|wish| wish.content_id).collect();
        let contents: Vec<i64> = contents.into_iter().collect();
        let dedupe = self.scans.dedupe();
        let mut sql = Sql::write(
            "ask for scans",
            "INSERT INTO job (kind, subject_id, dedupe, parameters, priority, state, held, run_at, created, updated) \
             VALUES ",
        )
        .bind(self.scans.json())
        .bind(self.priority)
        .bind(self.limited)
        .bind(self.now);
        for (at, content) in contents.iter().enumerate() {
            sql = sql
                .with(if at == 0 { "('scan', " } else { ", ('scan', " }, *content)
                .with(", ", format!("scan:{content}{dedupe}"))
                .push(", $1, $2, 'waiting', $3, $4, $4, $4)");
        }
        let jobs: Vec<(i64, i64)> = sql
            .push(" ON CONFLICT (dedupe) WHERE state IN ('waiting', 'running') DO UPDATE SET ")
            .push("held = (job.held AND excluded.held), ")
            .push(
                "run_at = CASE WHEN excluded.run_at < job.run_at THEN excluded.run_at ELSE job.run_at END, ",
            )
            .push("priority = CASE WHEN excluded.priority < job.priority THEN excluded.priority ")
            .push("ELSE job.priority END RETURNING subject_id, id")
            .all(&mut *transaction)
            .await?;
        let jobs: HashMap<i64, i64> = jobs.into_iter().collect();
        let job = |wish: &Wish| jobs.get(&wish.content_id?).copied();
        self.link(transaction, wishes, job, !self.limited).await?;
        jobs::wait(transaction, &contents).await
    }

    /// Jobs that have failed before they began, for images that cannot be scanned.
    async fn fail(&self, transaction: &mut Transaction, wishes: &[Wish]) -> Result<(), Error> {
        const MESSAGE: &str = "it is known that the image cannot be scanned; it was not tried";
        let mut sql = Sql::write(
            "note what cannot be scanned",
            "INSERT INTO job (kind, subject_id, dedupe, failure, parameters, priority, state, message, run_at, \
             created, updated, finished) VALUES ",
        )
        .bind(self.priority)
        .bind(MESSAGE)
        .bind(self.now);
        for (at, wish) in wishes.iter().enumerate() {
            let failure = wish.failure.as_deref().unwrap_or("content_missing");
            sql = sql
                .with(if at == 0 { "('unscannable', " } else { ", ('unscannable', " }, wish.id)
                .with(", ", format!("unscannable:{}", wish.id))
                .with(", ", failure)
                .push(", '{}', $1, 'failed', $2, $3, $3, $3, $3)");
        }
        let jobs: Vec<(i64, i64)> = sql.push(" RETURNING subject_id, id").all(&mut *transaction).await?;
        let jobs: HashMap<i64, i64> = jobs.into_iter().collect();
        self.link(transaction, wishes, |wish| jobs.get(&wish.id).copied(), true).await
    }

    /// Notes which job each image waits for.
    async fn link(
        &self,
        transaction: &mut Transaction,
        wishes: &[Wish],
        job: impl Fn(&Wish) -> Option<i64>,
        released: bool,
    ) -> Result<(), Error> {
        let rows = wishes.iter().filter_map(|wish| {
            Some(vec![self.task.into(), job(wish)?.into(), wish.id.into(), Value::from(released)])
        });
        let before = "INSERT INTO task_job (task_id, job_id, asset_id, released) VALUES ";
        insert("note who waits for scans", transaction, before, rows.collect(), "").await
    }

    async fn total(&self, transaction: &mut Transaction, images: usize) -> Result<(), Error> {
        Sql::write("count what is scanned", "UPDATE task SET")
            .with(" total = ", i64::try_from(images).unwrap_or(i64::MAX))
            // Some may have joined what runs already.
            .push(", status = CASE WHEN EXISTS (SELECT 1 FROM job JOIN task_job ON task_job.job_id = job.id")
            .with(" WHERE job.state = 'running' AND job.lease_until >= 0 AND task_job.task_id = ", self.task)
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
