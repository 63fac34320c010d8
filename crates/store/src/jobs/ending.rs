//! How jobs end, and what that means for those who asked.

use super::Images;
use crate::sql::Sql;
use crate::tasks::{self, Counted};
use crate::{Error, Transaction, adapter, now};

/// How a job ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// Well; with JSON for those who asked.
    Done(Option<String>),
    /// Not well: the code of why, and what was said.
    Failed(String, String),
    /// Somebody stopped it.
    Cancelled,
}

/// Ends a job that this worker holds; gives whether it still did.
///
/// What the job made is written in the same transaction, so that it is there once or not at all. This comes last in
/// it: other workers wait for the counters of the tasks from here until the commit.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn end(transaction: &mut Transaction, worker: &str, id: i64, end: End) -> Result<bool, Error> {
    let (state, result, failure) = match end {
        End::Done(result) => ("done", result, None),
        End::Failed(failure, message) => ("failed", None, Some((failure, message))),
        End::Cancelled => ("cancelled", None, None),
    };
    let asked: Option<(i64,)> =
        Sql::read("look who asked for a job", "SELECT task_id FROM task_job WHERE job_id = $1 LIMIT 1")
            .bind(id)
            .optional(&mut *transaction)
            .await?;
    if asked.is_some() {
        tasks::alone(transaction).await?;
    }
    let failure = failure.as_ref().map(|(code, message)| (code.as_str(), message.as_str()));
    let job: Option<(String, i64)> =
        Sql::write("end a job", "UPDATE job SET lease_until = NULL, held = FALSE")
            .with(", state = ", state)
            .with(", result = ", result)
            .with(", failure = ", failure.map(|(code, _)| code))
            .with(", message = ", failure.map(|(_, message)| message))
            .with(", finished = ", now())
            .with(", updated = ", now())
            .push(if state == "done" { ", progress = 100" } else { "" })
            .with(" WHERE state = 'running' AND id = ", id)
            .with(" AND worker = ", worker)
            .push(" RETURNING kind, subject_id")
            .optional(&mut *transaction)
            .await?;
    let Some((kind, subject)) = job else { return Ok(false) };
    if let Some(images) = Images::of(&kind) {
        let found_out = images == Images::ITSELF;
        let shown = match state {
            "done" if found_out => "unscanned",
            "done" => "scanned",
            state => state,
        };
        super::leave(transaction, images, &[subject], shown, failure).await?;
        if found_out {
            follow_itself(transaction, subject).await?;
        }
    }
    if [super::SCAN, adapter::KIND].contains(&kind.as_str()) {
        adapter::over(transaction, id).await?;
    }
    tell(transaction, id, state).await?;
    Ok(true)
}

/// Shows at an image, of which it was found out what it is, what is known of its content.
async fn follow_itself(transaction: &mut Transaction, image: i64) -> Result<(), Error> {
    let contents: Vec<(i64,)> = Sql::read(
        "find an image",
        "SELECT content_id FROM asset WHERE status = 'unscanned' AND content_id IS NOT NULL AND id = $1",
    )
    .bind(image)
    .all(&mut *transaction)
    .await?;
    let contents: Vec<i64> = contents.into_iter().map(|(content,)| content).collect();
    super::follow(transaction, &contents).await
}

/// One task that waits for a job.
#[derive(Debug, sqlx::FromRow)]
struct Asker {
    task_id: i64,
    images: i64,
    risky: i64,
    parallel: i64,
    released: i64,
}

/// Counts the end of a job in the tasks that asked for it, and lets their next ones go.
async fn tell(transaction: &mut Transaction, job: i64, state: &str) -> Result<(), Error> {
    // First the tasks, always in one order; who gives the job up meanwhile is seen below.
    tasks::lock(transaction, "SELECT task_id FROM task_job WHERE job_id = ", job).await?;
    let askers: Vec<Asker> = Sql::write(
        "look who asked for a job",
        "SELECT task_job.task_id, task.parallel, COUNT(*) AS images, \
         CAST(SUM(CASE WHEN asset.risk >= 0 THEN 1 ELSE 0 END) AS BIGINT) AS risky, \
         CAST(MAX(CASE WHEN task_job.released THEN 1 ELSE 0 END) AS BIGINT) AS released \
         FROM task_job JOIN task ON task.id = task_job.task_id LEFT JOIN asset ON asset.id = task_job.asset_id",
    )
    .with(" WHERE NOT task_job.cancelled AND task_job.job_id = ", job)
    .push(" GROUP BY task_job.task_id, task.parallel ORDER BY task_job.task_id")
    .all(&mut *transaction)
    .await?;
    for asker in &askers {
        let counted = match state {
            "done" => Counted { succeeded: asker.images, risky: asker.risky, ..Counted::default() },
            "failed" => Counted { failed: asker.images, ..Counted::default() },
            _ => Counted { cancelled: asker.images, ..Counted::default() },
        };
        tasks::count(transaction, asker.task_id, counted).await?;
    }
    Sql::write("end a job", "UPDATE task_job SET released = TRUE WHERE NOT released")
        .with(" AND job_id = ", job)
        .run(&mut *transaction)
        .await?;
    for asker in askers.iter().filter(|asker| asker.parallel > 0 && asker.released > 0) {
        tasks::release(transaction, asker.task_id, 1, now()).await?;
    }
    Ok(())
}
