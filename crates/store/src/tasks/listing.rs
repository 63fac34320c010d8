//! Reading tasks and their jobs.

use crate::sql::Sql;
use crate::{Database, Error, Key, Order, Page, Scope, Sorted, Wanted};

/// The most tasks of one look at what changed.
const MOST_CHANGED: i64 = 200;

/// A task.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Task {
    /// Its id.
    pub id: i64,
    /// scan, judge, export, engines, advisories
    pub kind: String,
    /// person, push, schedule, backfill
    pub cause: String,
    /// For people.
    pub name: String,
    /// JSON.
    pub parameters: String,
    /// Who asked.
    pub created_by: String,
    /// When, in milliseconds since 1970.
    pub created: i64,
    /// When its first job began.
    pub started: Option<i64>,
    /// When its last job ended.
    pub finished: Option<i64>,
    /// When it last changed.
    pub updated: i64,
    /// waiting, running, done, failed, cancelled
    pub status: String,
    /// At most so many of its jobs at once; 0 for no limit.
    pub parallel: i64,
    /// At most so many of its jobs are let go in any hour; 0 for no limit.
    pub per_hour: i64,
    /// When its hours begin again; nothing while its jobs are let go.
    pub resume_at: Option<i64>,
    /// How many images, or what else its jobs are for.
    pub total: i64,
    /// How many of them went well.
    pub succeeded: i64,
    /// How many did not.
    pub failed: i64,
    /// How many were given up.
    pub cancelled: i64,
    /// In how many something was found.
    pub risky: i64,
    /// How far those are that run: the sum of their percents.
    pub under_way: i64,
}

impl Task {
    /// How far it is, in percent.
    #[must_use]
    pub fn percent(&self) -> i64 {
        if self.finished.is_some() || self.total == 0 {
            return 100;
        }
        let ended = self.succeeded + self.failed + self.cancelled;
        // Not whole before it has ended.
        (ended.saturating_mul(100).saturating_add(self.under_way) / self.total).clamp(0, 99)
    }

    /// How long it takes from `now` on at the pace so far, in milliseconds; nothing when that cannot be told.
    #[must_use]
    pub fn time_left(&self, now: i64) -> Option<i64> {
        let started = self.started.filter(|_| self.finished.is_none())?;
        let ended = self.succeeded + self.failed + self.cancelled;
        // In hundredths of an image.
        let done = ended.saturating_mul(100).saturating_add(self.under_way);
        let left = self.total.saturating_mul(100).saturating_sub(done).max(0);
        let passed = now.saturating_sub(started).max(0);
        (done > 0).then(|| passed.saturating_mul(left) / done)
    }
}

const SELECT: &str = "SELECT task.id, task.kind, task.cause, task.name, task.parameters, task.created_by, \
    task.created, task.started, task.finished, task.updated, task.status, task.parallel, task.per_hour, \
    task.resume_at, task.total, task.succeeded, task.failed, task.cancelled, task.risky, \
    CASE WHEN task.finished IS NULL THEN (SELECT CAST(COALESCE(SUM(job.progress), 0) AS BIGINT) \
      FROM job CROSS JOIN task_job WHERE job.state = 'running' AND job.lease_until >= 0 \
      AND task_job.job_id = job.id AND task_job.task_id = task.id AND NOT task_job.cancelled) \
    ELSE 0 END AS under_way FROM task WHERE TRUE";

/// Which tasks are wanted.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Of these kinds; of all when there is none.
    pub kinds: Vec<String>,
    /// Of these statuses; of all when there is none.
    pub statuses: Vec<String>,
    /// Of these causes; of all when there is none.
    pub causes: Vec<String>,
    /// Part of the name or of who asked.
    pub search: Option<String>,
    /// Asked for from this time on.
    pub since: Option<i64>,
    /// Asked for before this time.
    pub until: Option<i64>,
}

impl Filter {
    fn apply(&self, mut sql: Sql) -> Sql {
        let lists =
            [("task.kind", &self.kinds), ("task.status", &self.statuses), ("task.cause", &self.causes)];
        for (column, words) in lists.into_iter().filter(|(_, words)| !words.is_empty()) {
            sql = sql.list(&format!(" AND {column} IN "), words);
        }
        if let Some(search) = &self.search {
            let part = search.to_lowercase().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
            let pattern = format!("%{part}%");
            sql = sql
                .with(" AND (LOWER(task.name) LIKE ", pattern.clone())
                .with(" ESCAPE '\\' OR LOWER(task.created_by) LIKE ", pattern)
                .push(" ESCAPE '\\')");
        }
        if let Some(since) = self.since {
            sql = sql.with(" AND task.created >= ", since);
        }
        if let Some(until) = self.until {
            sql = sql.with(" AND task.created < ", until);
        }
        sql
    }
}

/// Adds to a statement over `task` that all the projects of the task are of the scope.
pub(super) fn visible(scope: &Scope, sql: Sql) -> Sql {
    match scope {
        Scope::All => sql,
        Scope::Projects(projects) if projects.is_empty() => sql.push(" AND FALSE"),
        Scope::Projects(projects) => sql
            .push(" AND EXISTS (SELECT 1 FROM task_project WHERE task_project.task_id = task.id)")
            .push(" AND NOT EXISTS (SELECT 1 FROM task_project WHERE task_project.task_id = task.id")
            .list(" AND NOT (task_project.project_id IN ", projects.iter().copied())
            .push("))"),
    }
}

/// The tasks of a scope, the newest first.
///
/// # Errors
/// When the database refuses or is gone, or the page is none.
pub async fn list(
    database: &Database,
    scope: &Scope,
    filter: &Filter,
    wanted: &Wanted,
) -> Result<Page<Task>, Error> {
    let sql = filter.apply(visible(scope, Sql::read("list tasks", SELECT)));
    let order = Order { by: "task.created", id: "task.id", of: Sorted::Integers, descending: true };
    let tasks = wanted.ask(sql, order)?.all(database).await?;
    Ok(wanted.page(tasks, |task: &Task| (Key::Integer(task.created), task.id)))
}

/// One of a scope.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn find(database: &Database, scope: &Scope, id: i64) -> Result<Option<Task>, Error> {
    visible(scope, Sql::read("find a task", SELECT)).with(" AND task.id = ", id).optional(database).await
}

/// Tasks that changed since a time, and those that are under way, at most 200 of each.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn changed(database: &Database, since: i64) -> Result<Vec<Task>, Error> {
    let mut tasks: Vec<Task> = Sql::read("look which tasks changed", SELECT)
        .with(" AND task.updated >= ", since)
        .with(" ORDER BY task.updated DESC LIMIT ", MOST_CHANGED)
        .all(database)
        .await?;
    let open: Vec<Task> = Sql::read("look which tasks are open", SELECT)
        .push(" AND task.finished IS NULL AND task.status = 'running'")
        .with(" ORDER BY task.id DESC LIMIT ", MOST_CHANGED)
        .all(database)
        .await?;
    tasks.extend(open);
    tasks.sort_by_key(|task| task.id);
    tasks.dedup_by_key(|task| task.id);
    Ok(tasks)
}

/// What tasks are about: pairs of a task and a project.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn projects(database: &Database, tasks: &[i64]) -> Result<Vec<(i64, i64)>, Error> {
    Sql::read("look what tasks are about", "SELECT task_id, project_id FROM task_project")
        .list(" WHERE task_id IN ", tasks.iter().copied())
        .push(" ORDER BY task_id, project_id")
        .all(database)
        .await
}

/// One job of a task, for the sake of one image.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Job {
    /// Its id.
    pub id: i64,
    /// Who does it.
    pub kind: String,
    /// waiting, running, done, failed, cancelled
    pub state: String,
    /// The image; 0 when it is for none.
    pub asset_id: i64,
    /// Its name.
    pub image: Option<String>,
    /// The registry that it lists.
    pub registry_id: Option<i64>,
    /// What that is called.
    pub registry: Option<String>,
    /// What came of it, JSON.
    pub result: Option<String>,
    /// Percent.
    pub progress: i64,
    /// How often it was begun.
    pub attempts: i64,
    /// When it was asked for, in milliseconds since 1970.
    pub created: i64,
    /// When it last began.
    pub started: Option<i64>,
    /// When it ended.
    pub finished: Option<i64>,
    /// The code of why it failed.
    pub failure: Option<String>,
    /// What was said.
    pub message: Option<String>,
}

/// The jobs of a task, in the order in which they were asked for, with images of the scope only.
///
/// # Errors
/// When the database refuses or is gone, or the page is none.
pub async fn jobs(
    database: &Database,
    scope: &Scope,
    task: i64,
    states: &[String],
    wanted: &Wanted,
) -> Result<Page<Job>, Error> {
    const STATE: &str = "CASE WHEN task_job.cancelled THEN 'cancelled' ELSE job.state END";
    let mut sql = Sql::read("list the jobs of a task", "SELECT job.id, job.kind, ")
        .push(STATE)
        .push(" AS state, task_job.asset_id, asset.name AS image, registry.id AS registry_id, ")
        .push("registry.name AS registry, job.result, job.progress, job.attempts, job.created, ")
        .push("job.started, job.finished, job.failure, job.message FROM task_job ")
        .push("JOIN job ON job.id = task_job.job_id LEFT JOIN asset ON asset.id = task_job.asset_id ")
        .push("LEFT JOIN registry ON job.kind = 'sync' AND registry.id = job.subject_id")
        .with(" WHERE task_job.task_id = ", task);
    if let Scope::Projects(_) = scope {
        sql = scope.limit(sql.push(" AND (task_job.asset_id = 0 OR (TRUE"), "asset.project_id").push("))");
    }
    if !states.is_empty() {
        sql = sql.list(&format!(" AND {STATE} IN "), states);
    }
    let order =
        Order { by: "task_job.job_id", id: "task_job.asset_id", of: Sorted::Integers, descending: false };
    let jobs = wanted.ask(sql, order)?.all(database).await?;
    Ok(wanted.page(jobs, |job: &Job| (Key::Integer(job.id), job.asset_id)))
}

/// Which of these images are there and of the scope, by id, with their names.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn names(database: &Database, scope: &Scope, images: &[i64]) -> Result<Vec<(i64, String)>, Error> {
    let sql = Sql::read("look images up", "SELECT id, name FROM asset WHERE TRUE");
    scope
        .limit(sql, "project_id")
        .list(" AND id IN ", images.iter().copied())
        .push(" ORDER BY id")
        .all(database)
        .await
}
