//! What is scanned by itself: which images, how often, and what became of it.

mod firing;

pub use firing::{Run, due, put_off, ran, take};

use crate::sql::{On, Sql, Value, insert};
use crate::{Database, Error, Key, Order, Page, Scope, Sorted, Transaction, Wanted, now};

/// A schedule.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Schedule {
    /// Its id.
    pub id: i64,
    /// What it is called.
    pub name: String,
    /// Whether it is on.
    pub enabled: bool,
    /// Whether it scans images of all projects.
    pub all_projects: bool,
    /// local, registry; a JSON list.
    pub targets: String,
    /// When it is due, in words of the server's own.
    pub rhythm: String,
    /// The name of its time zone.
    pub zone: String,
    /// Minutes after midnight, from which on its jobs begin.
    pub window_from: i64,
    /// Minutes after midnight, before which they do.
    pub window_to: i64,
    /// What is looked for; a JSON list.
    pub checks: String,
    /// Which images, in words of the server's own.
    pub filter: String,
    /// Whether only picked images are scanned.
    pub picked: bool,
    /// Only the newest of each repository.
    pub only_latest: bool,
    /// Only those of which a container runs.
    pub only_running: bool,
    /// Only those built or pushed in the last so many days; 0 for all.
    pub updated_days: i64,
    /// At most so many jobs in any hour; 0 for no limit.
    pub per_hour: i64,
    /// At most so many jobs at once; 0 for no limit.
    pub parallel: i64,
    /// When it begins next.
    pub next_at: Option<i64>,
    /// When a run was last left out.
    pub skipped: Option<i64>,
    /// Who made it.
    pub created_by: String,
    /// When.
    pub created: i64,
    /// When people last changed it.
    pub updated: i64,
    /// The task of its last run.
    pub last_task_id: Option<i64>,
    /// When that was asked for; nothing when there was none.
    pub last_created: Option<i64>,
    /// When it ended.
    pub last_finished: Option<i64>,
    /// Its images.
    pub last_total: Option<i64>,
    /// How many of them went well.
    pub last_succeeded: Option<i64>,
    /// How many did not.
    pub last_failed: Option<i64>,
    /// How many were given up.
    pub last_cancelled: Option<i64>,
    /// In how many something was found.
    pub last_risky: Option<i64>,
}

impl Schedule {
    /// Whether its last run is under way.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.last_created.is_some() && self.last_finished.is_none()
    }
}

/// What people say of a schedule.
#[derive(Clone, Copy, Debug)]
pub struct Said<'a> {
    /// What it is called.
    pub name: &'a str,
    /// Whether it is on.
    pub enabled: bool,
    /// local, registry; a JSON list.
    pub targets: &'a str,
    /// When it is due.
    pub rhythm: &'a str,
    /// The name of its time zone.
    pub zone: &'a str,
    /// From when to when its jobs begin, in minutes after midnight.
    pub window: (i64, i64),
    /// What is looked for; a JSON list.
    pub checks: &'a str,
    /// Which images.
    pub filter: &'a str,
    /// Whether only picked images are scanned.
    pub picked: bool,
    /// Those picked.
    pub images: &'a [i64],
    /// But for these.
    pub exclude: &'a [i64],
    /// Only the newest of each repository.
    pub only_latest: bool,
    /// Only those of which a container runs.
    pub only_running: bool,
    /// Only those built or pushed in the last so many days; 0 for all.
    pub updated_days: i64,
    /// At most so many jobs in any hour; 0 for no limit.
    pub per_hour: i64,
    /// At most so many jobs at once; 0 for no limit.
    pub parallel: i64,
    /// When it begins next.
    pub next_at: Option<i64>,
}

impl Said<'_> {
    /// The columns, in the order of [`COLUMNS`].
    fn values(&self) -> [Value; 16] {
        [
            self.name.into(),
            self.enabled.into(),
            self.targets.into(),
            self.rhythm.into(),
            self.zone.into(),
            self.window.0.into(),
            self.window.1.into(),
            self.checks.into(),
            self.filter.into(),
            self.picked.into(),
            self.only_latest.into(),
            self.only_running.into(),
            self.updated_days.into(),
            self.per_hour.into(),
            self.parallel.into(),
            self.next_at.into(),
        ]
    }

    fn exists(&self) -> Error {
        Error::Exists { what: "schedule", name: self.name.to_owned() }
    }
}

/// What people say of a schedule, by column.
const COLUMNS: [&str; 16] = [
    "name",
    "enabled",
    "targets",
    "rhythm",
    "zone",
    "window_from",
    "window_to",
    "checks",
    "filter",
    "picked",
    "only_latest",
    "only_running",
    "updated_days",
    "per_hour",
    "parallel",
    "next_at",
];

const SELECT: &str = "SELECT schedule.id, schedule.name, schedule.enabled, \
    schedule.all_projects, schedule.targets, schedule.rhythm, \
    schedule.zone, schedule.window_from, schedule.window_to, schedule.checks, schedule.filter, schedule.picked, \
    schedule.only_latest, schedule.only_running, schedule.updated_days, schedule.per_hour, schedule.parallel, \
    schedule.next_at, schedule.skipped, schedule.created_by, schedule.created, schedule.updated, \
    task.id AS last_task_id, task.created AS last_created, task.finished AS last_finished, \
    task.total AS last_total, task.succeeded AS last_succeeded, \
    task.failed AS last_failed, task.cancelled AS last_cancelled, task.risky AS last_risky \
    FROM schedule LEFT JOIN task ON task.id = schedule.last_task_id WHERE TRUE";

/// Adds that all projects of the schedule are of the scope.
fn visible(scope: &Scope, sql: Sql) -> Sql {
    let Scope::Projects(projects) = scope else { return sql };
    sql.push(" AND EXISTS (SELECT 1 FROM schedule_project WHERE schedule_id = schedule.id)")
        .push(" AND NOT EXISTS (SELECT 1 FROM schedule_project WHERE schedule_id = schedule.id")
        .list(" AND NOT (project_id IN ", projects.iter().copied())
        .push("))")
}

/// Those of a scope, by name, with `search` in it where that is said.
///
/// # Errors
/// When the database refuses or is gone, or the page is none.
pub async fn list(
    database: &Database,
    scope: &Scope,
    search: Option<&str>,
    wanted: &Wanted,
) -> Result<Page<Schedule>, Error> {
    let mut sql = visible(scope, Sql::read("list schedules", SELECT));
    if let Some(search) = search {
        sql = sql
            .with(" AND LOWER(schedule.name) LIKE ", crate::pattern::holding(search))
            .push(crate::pattern::ESCAPE);
    }
    let order = Order { by: "schedule.name", id: "schedule.id", of: Sorted::Texts, descending: false };
    let schedules = wanted.ask(sql, order)?.all(database).await?;
    Ok(wanted.page(schedules, |schedule: &Schedule| (Key::Text(schedule.name.clone()), schedule.id)))
}

/// One of a scope.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn find(on: impl Into<On<'_>>, scope: &Scope, id: i64) -> Result<Option<Schedule>, Error> {
    visible(scope, Sql::read("find a schedule", SELECT)).with(" AND schedule.id = ", id).optional(on).await
}

/// The projects of some that are not about all: pairs of a schedule and a project.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn projects(on: impl Into<On<'_>>, schedules: &[i64]) -> Result<Vec<(i64, i64)>, Error> {
    Sql::read("look what schedules are about", "SELECT schedule_id, project_id FROM schedule_project")
        .list(" WHERE schedule_id IN ", schedules.iter().copied())
        .push(" ORDER BY schedule_id, project_id")
        .all(on)
        .await
}

/// The projects whose images one scans.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn scope(on: impl Into<On<'_>>, schedule: &Schedule) -> Result<Scope, Error> {
    if schedule.all_projects {
        return Ok(Scope::All);
    }
    let rows = projects(on, &[schedule.id]).await?;
    Ok(Scope::Projects(rows.into_iter().map(|(_, project)| project).collect()))
}

/// The images picked for one, and those left out.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn images(on: impl Into<On<'_>>, id: i64) -> Result<(Vec<i64>, Vec<i64>), Error> {
    let rows: Vec<(i64, bool)> =
        Sql::read("read the images of a schedule", "SELECT asset_id, excluded FROM schedule_asset")
            .with(" WHERE schedule_id = ", id)
            .push(" ORDER BY asset_id")
            .all(on)
            .await?;
    let (excluded, picked): (Vec<_>, Vec<_>) = rows.into_iter().partition(|(_, excluded)| *excluded);
    let ids = |rows: Vec<(i64, bool)>| rows.into_iter().map(|(id, _)| id).collect();
    Ok((ids(picked), ids(excluded)))
}

/// Makes one about the projects of a scope; gives its id.
///
/// # Errors
/// When there is one of that name ([`Error::Exists`]), or the database refuses or is gone.
pub async fn create(
    transaction: &mut Transaction,
    said: &Said<'_>,
    scope: &Scope,
    by: &str,
) -> Result<i64, Error> {
    let columns = COLUMNS.join(", ");
    let words = format!("INSERT INTO schedule ({columns}, all_projects, created_by, created, updated)");
    let (all, projects): (bool, &[i64]) = match scope {
        Scope::All => (true, &[]),
        Scope::Projects(projects) => (false, projects),
    };
    let own: [Value; 4] = [all.into(), by.into(), now().into(), now().into()];
    let values = said.values().into_iter().chain(own);
    let made: Option<(i64,)> = Sql::write("make a schedule", words)
        .list(" VALUES ", values)
        .push(" ON CONFLICT (name) DO NOTHING RETURNING id")
        .optional(&mut *transaction)
        .await?;
    let (id,) = made.ok_or_else(|| said.exists())?;
    let rows = projects.iter().map(|project| vec![id.into(), (*project).into()]).collect();
    let before = "INSERT INTO schedule_project (schedule_id, project_id) VALUES ";
    insert("note what a schedule is about", transaction, before, rows, " ON CONFLICT DO NOTHING").await?;
    note_images(transaction, id, said).await?;
    Ok(id)
}

/// Makes of one what is said now; what runs goes on as it began. With `keeps_next` it begins next when it would have.
///
/// # Errors
/// When there is another of that name ([`Error::Exists`]), somebody changed or deleted it since it was read
/// ([`Error::Overtaken`]), or the database refuses or is gone.
pub async fn change(
    transaction: &mut Transaction,
    before: &Schedule,
    said: &Said<'_>,
    keeps_next: bool,
) -> Result<(), Error> {
    let mut sql = Sql::write("change a schedule", "UPDATE schedule SET ");
    for (column, value) in COLUMNS.iter().zip(said.values()) {
        // It may have begun since it was read: what was due then would begin again.
        if !(keeps_next && *column == "next_at") {
            sql = sql.with(&format!("{column} = "), value).push(", ");
        }
    }
    // Never the same twice: by it is known that nobody changed anything meanwhile.
    let updated = now().max(before.updated.saturating_add(1));
    let sql = sql.with("updated = ", updated).with(" WHERE id = ", before.id);
    match sql.with(" AND updated = ", before.updated).run(&mut *transaction).await {
        Err(error) if error.is_twice() => return Err(said.exists()),
        Ok(0) => return Err(Error::Overtaken),
        changed => changed?,
    };
    let sql =
        Sql::write("forget the images of a schedule", "DELETE FROM schedule_asset WHERE schedule_id = ");
    sql.with("", before.id).run(&mut *transaction).await?;
    note_images(transaction, before.id, said).await
}

async fn note_images(transaction: &mut Transaction, id: i64, said: &Said<'_>) -> Result<(), Error> {
    let row = |excluded: bool| move |image: &i64| vec![id.into(), (*image).into(), excluded.into()];
    let rows = said.images.iter().map(row(false)).chain(said.exclude.iter().map(row(true))).collect();
    let before = "INSERT INTO schedule_asset (schedule_id, asset_id, excluded) VALUES ";
    insert("note the images of a schedule", transaction, before, rows, " ON CONFLICT DO NOTHING").await
}

/// Deletes one; its tasks stay, and go on.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn delete(on: impl Into<On<'_>>, id: i64) -> Result<(), Error> {
    Sql::write("delete a schedule", "DELETE FROM schedule WHERE id = $1").bind(id).run(on).await.map(drop)
}
