//! Asking for scans: of one image or of all there are, each content once.

use std::collections::{BTreeSet, HashMap};

use model::Failure;

use super::pace::hand_on;
use super::{Cause, Counted, New, Pace, add, alone, count, create, release};
use crate::authorisations::AUTHORISED;
use crate::jobs::{self, Images, Wanted};
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
    /// What the checks of these words look for, in one order whoever asks.
    #[must_use]
    pub fn of(mut checks: Vec<String>) -> Self {
        checks.sort_unstable();
        checks.dedup();
        Self { checks, force: false }
    }

    /// What follows the content in the key by which equal jobs are known.
    fn dedupe(&self) -> String {
        format!(":{}{}", self.checks.join(","), if self.force { ":force" } else { "" })
    }

    /// As jobs are asked with them.
    pub(crate) fn json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// A task of scans that have a pace.
#[derive(Clone, Copy, Debug)]
pub struct PacedNew<'a> {
    /// The task; `kind` and `parameters` are filled in, and projects of its images added.
    pub new: New<'a>,
    /// How fast its jobs go, and when.
    pub pace: Pace<'a>,
    /// The time at which it is made.
    pub at: i64,
}

/// Makes a task that scans these images at once; `new.kind` and `parameters` are filled in here, and the projects of the
/// images added.
///
/// Equal contents are scanned once, and once only when another task asked for the same. Images that cannot be scanned,
/// or are not authorised, have failed at once.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn scan(
    transaction: &mut Transaction,
    new: New<'_>,
    scans: &Scans,
    images: &[i64],
) -> Result<i64, Error> {
    scan_paced(transaction, PacedNew { new, pace: Pace::default(), at: now() }, scans, images).await
}

/// As [`scan`], with a pace.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn scan_paced(
    transaction: &mut Transaction,
    paced: PacedNew<'_>,
    scans: &Scans,
    images: &[i64],
) -> Result<i64, Error> {
    let PacedNew { new, pace, at } = paced;
    alone(transaction).await?;
    let mut wishes = Vec::new();
    for images in images.chunks(BATCH) {
        // Of an index its images are meant.
        let some: Vec<Wish> = look()
            .list(" WHERE NOT multiple AND (id IN ", images.iter().copied())
            .list(" OR (gone IS NULL AND parent_id IN ", images.iter().copied())
            .push(")) ORDER BY content_id, id")
            .all(&mut *transaction)
            .await?;
        wishes.extend(some);
    }
    wishes.sort_unstable_by_key(|wish| (wish.content_id, wish.id));
    wishes.dedup_by_key(|wish| wish.id);
    let mut projects: BTreeSet<i64> = wishes.iter().map(|wish| wish.project_id).collect();
    projects.extend(new.projects);
    let projects: Vec<i64> = projects.into_iter().collect();
    let parameters = scans.json();
    let new = New { projects: &projects, kind: jobs::SCAN, parameters: &parameters, ..new };
    let task = create(transaction, new).await?;
    super::pace::set(transaction, task, pace, at).await?;
    let cause = if images.len() > FEW && new.cause == Cause::Person { Cause::Schedule } else { new.cause };
    let limited = new.parallel > 0 || pace.limits();
    let asked = Asked { task, scans, priority: cause.priority(), limited, now: now() };
    let total = wishes.len();
    let (known, others): (Vec<Wish>, Vec<Wish>) = wishes.into_iter().partition(Wish::is_known);
    let (unread, cannot): (Vec<Wish>, Vec<Wish>) = others.into_iter().partition(Wish::is_unread);
    for wishes in known.chunks(BATCH) {
        asked.ask(transaction, wishes, &CONTENTS).await?;
    }
    for wishes in unread.chunks(BATCH) {
        asked.ask(transaction, wishes, &UNREAD).await?;
    }
    for wishes in cannot.chunks(BATCH) {
        asked.fail(transaction, wishes).await?;
    }
    asked.total(transaction, total).await?;
    if asked.limited {
        let places = if new.parallel > 0 { new.parallel } else { i64::MAX };
        release(transaction, task, places, at).await?;
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
    registry_id: Option<i64>,
    authorised: bool,
}

/// What of wishes is asked for, before a condition.
fn look() -> Sql {
    const SELECT: &str = "SELECT id, project_id, content_id, failure, registry_id";
    Sql::read("look at images", format!("{SELECT}, {AUTHORISED} AS authorised FROM asset"))
}

impl Wish {
    /// Whether it can be scanned, and may be.
    fn is_allowed(&self) -> bool {
        self.failure.is_none() && self.authorised
    }

    /// Whether it can be scanned, and what it is is known.
    fn is_known(&self) -> bool {
        self.content_id.is_some() && self.is_allowed()
    }

    /// Whether a registry has it, and what it is must be read there.
    fn is_unread(&self) -> bool {
        self.content_id.is_none() && self.is_allowed() && self.registry_id.is_some()
    }

    /// Why it is not scanned: a code, and what is said.
    fn refusal(&self) -> (&str, &'static str) {
        const KNOWN: &str = "it is known that the image cannot be scanned; it was not tried";
        const UNAUTHORISED: &str = "the image is not authorised; it was not scanned";
        match &self.failure {
            Some(failure) => (failure, KNOWN),
            None if self.authorised => (Failure::ContentMissing.word(), KNOWN),
            None => (Failure::NotAuthorised.word(), UNAUTHORISED),
        }
    }
}

/// What jobs are about.
struct Subjects {
    kind: &'static str,
    of: fn(&Wish) -> Option<i64>,
    images: Images,
}

/// Contents, which are scanned.
const CONTENTS: Subjects =
    Subjects { kind: jobs::SCAN, of: |wish| wish.content_id, images: Images::OF_CONTENT };
/// Images of registries, whose content is found out first.
const UNREAD: Subjects = Subjects { kind: jobs::RESOLVE, of: |wish| Some(wish.id), images: Images::ITSELF };

/// One request, while it is being written.
struct Asked<'a> {
    task: i64,
    scans: &'a Scans,
    priority: i64,
    limited: bool,
    now: i64,
}

impl Asked<'_> {
    /// A job for each subject, or the one that is there; and who waits for it.
    async fn ask(
        &self,
        transaction: &mut Transaction,
        wishes: &[Wish],
        about: &Subjects,
    ) -> Result<(), Error> {
        // In one order, so that those who ask for the same wait for one another instead of deadlocking.
        let subjects: BTreeSet<i64> = wishes.iter().filter_map(about.of).collect();
        let subjects: Vec<i64> = subjects.into_iter().collect();
        let (kind, dedupe) = (about.kind, self.scans.dedupe());
        let mut sql = Sql::write(
            "ask for scans",
            "INSERT INTO job (kind, subject_id, dedupe, parameters, priority, state, held, run_at, created, updated) \
             VALUES ",
        )
        .bind(self.scans.json())
        .bind(self.priority)
        .bind(self.limited)
        .bind(self.now)
        .bind(kind);
        for (at, subject) in subjects.iter().enumerate() {
            sql = sql
                .with(if at == 0 { "($5, " } else { ", ($5, " }, *subject)
                .with(", ", format!("{kind}:{subject}{dedupe}"))
                .push(", $1, $2, 'waiting', $3, $4, $4, $4)");
        }
        let jobs: Vec<(i64, i64)> = sql
            .push(" ON CONFLICT (dedupe) WHERE state IN ('waiting', 'running') DO UPDATE SET ")
            .push("held = (job.held AND excluded.held), ")
            .push("begin_before = CASE WHEN excluded.held THEN job.begin_before END, ")
            .push(
                "run_at = CASE WHEN excluded.run_at < job.run_at THEN excluded.run_at ELSE job.run_at END, ",
            )
            .push("priority = CASE WHEN excluded.priority < job.priority THEN excluded.priority ")
            .push("ELSE job.priority END RETURNING subject_id, id")
            .all(&mut *transaction)
            .await?;
        let jobs: HashMap<i64, i64> = jobs.into_iter().collect();
        let job = |wish: &Wish| jobs.get(&(about.of)(wish)?).copied();
        self.link(transaction, wishes, job, !self.limited).await?;
        jobs::wait(transaction, about.images, &subjects).await
    }

    /// Jobs that have failed before they began, for images that cannot be scanned or may not be.
    async fn fail(&self, transaction: &mut Transaction, wishes: &[Wish]) -> Result<(), Error> {
        let mut sql = Sql::write(
            "note what cannot be scanned",
            "INSERT INTO job (kind, subject_id, dedupe, failure, parameters, priority, state, message, run_at, \
             created, updated, finished) VALUES ",
        )
        .bind(self.priority)
        .bind(self.now);
        for (at, wish) in wishes.iter().enumerate() {
            let (failure, message) = wish.refusal();
            sql = sql
                .with(if at == 0 { "('unscannable', " } else { ", ('unscannable', " }, wish.id)
                .with(", ", format!("unscannable:{}", wish.id))
                .with(", ", failure)
                .with(", '{}', $1, 'failed', ", message)
                .push(", $2, $2, $2, $2)");
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

/// Makes whoever waits for a job that found out what an image is wait for the scans of these instead.
///
/// They are the image, or those of an index. It ends the job's part in its tasks; the job is ended by its worker afterwards.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn become_scans(transaction: &mut Transaction, job: i64, images: &[i64]) -> Result<(), Error> {
    alone(transaction).await?;
    let job_now: Option<(String, i64)> =
        Sql::read("find a job", "SELECT parameters, priority FROM job WHERE id = $1")
            .bind(job)
            .optional(&mut *transaction)
            .await?;
    let Some((parameters, priority)) = job_now else { return Ok(()) };
    let scans: Scans = serde_json::from_str(&parameters)
        .map_err(|_unreadable| Error::Kept { what: "parameters of job", id: job })?;
    let wishes: Vec<Wish> = look()
        .list(" WHERE id IN ", images.iter().copied())
        .push(" ORDER BY content_id, id")
        .all(&mut *transaction)
        .await?;
    let (known, cannot): (Vec<Wish>, Vec<Wish>) = wishes.into_iter().partition(Wish::is_known);
    let tasks: Vec<(i64, bool, Option<i64>)> = Sql::write(
        "give a job up",
        "DELETE FROM task_job WHERE NOT cancelled AND job_id = $1 RETURNING task_id, released, released_at",
    )
    .bind(job)
    .all(&mut *transaction)
    .await?;
    let tasks: BTreeSet<(i64, bool, Option<i64>)> = tasks.into_iter().collect();
    for (task, released, let_go) in tasks {
        let limited = super::pace::has(transaction, task).await?;
        let asked = Asked { task, scans: &scans, priority, limited, now: now() };
        for wishes in known.chunks(BATCH) {
            asked.ask(transaction, wishes, &CONTENTS).await?;
        }
        for wishes in cannot.chunks(BATCH) {
            asked.fail(transaction, wishes).await?;
        }
        let more = i64::try_from(known.len() + cannot.len()).unwrap_or(i64::MAX).saturating_sub(1);
        Sql::write("count what is scanned", "UPDATE task SET total = total + $1 WHERE id = $2")
            .bind(more)
            .bind(task)
            .run(&mut *transaction)
            .await?;
        if limited && released {
            hand_on(transaction, task, images, let_go).await?;
        }
        let failed = i64::try_from(cannot.len()).unwrap_or(i64::MAX);
        count(transaction, task, Counted { failed, ..Counted::default() }).await?;
    }
    Ok(())
}

/// What a task was, as far as another of the same is concerned.
#[derive(Debug, sqlx::FromRow)]
struct Before {
    kind: String,
    name: String,
    parameters: String,
    parallel: i64,
    per_hour: i64,
}

/// Makes a new task of what failed in another; nothing when nothing did, or is known any more.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn retry(transaction: &mut Transaction, task: i64, by: &str) -> Result<Option<i64>, Error> {
    const FAILED: &str = " FROM task_job JOIN job ON job.id = task_job.job_id \
        WHERE job.state = 'failed' AND NOT task_job.cancelled AND task_job.task_id = ";
    let before: Option<Before> =
        Sql::read("find a task", "SELECT kind, name, parameters, parallel, per_hour FROM task WHERE id = $1")
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
        // Somebody waits for it, so at any hour.
        let pace = Pace { per_hour: before.per_hour, ..Pace::default() };
        return match images.is_empty() {
            true => Ok(None),
            false => {
                scan_paced(transaction, PacedNew { new, pace, at: now() }, &scans, &images).await.map(Some)
            }
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
