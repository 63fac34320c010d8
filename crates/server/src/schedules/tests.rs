//! Schedules begin and tasks keep their pace, at times that are given, on both databases.

mod beginning;
mod meaning;
mod pace;

use jiff::Timestamp;
use store::jobs::{self, End, Held, LEASE};
use store::schedules::{self, Said, Schedule};
use store::tasks::{self, Task};
use store::{Scope, Sql, projects};
use testkit::Postgres;

use crate::{App, Key, Settings};

const SECOND: i64 = 1_000;
const HOUR: i64 = 3_600 * SECOND;

/// A server on each database that is installed.
struct Both {
    list: Vec<App>,
    _directory: tempfile::TempDir,
    _cluster: Option<Postgres>,
}

impl Both {
    async fn open() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let sqlite = format!("sqlite:{}", directory.path().join("store").display());
        let mut list = vec![app(&sqlite, directory.path()).await];
        let cluster = Postgres::start();
        if let Some(cluster) = &cluster {
            list.push(app(&cluster.url(), &directory.path().join("other")).await);
        }
        Self { list, _directory: directory, _cluster: cluster }
    }
}

async fn app(database: &str, directory: &std::path::Path) -> App {
    App::open(Settings::new(database.to_owned(), directory, Key::new([7; 32]))).await.unwrap()
}

/// A time, long after now: by the clock of the database all jobs that are let go may begin.
fn at(text: &str) -> i64 {
    format!("2050-01-{text}Z").parse::<Timestamp>().unwrap().as_millisecond()
}

/// An image of a project and its content.
async fn image(app: &App, project: i64, number: i64, kind: &str) -> i64 {
    let content = "INSERT INTO content (id, image_id, size, first_seen) VALUES ($1, $2, 1, 1)";
    let content = Sql::write("add a content", content).bind(number).bind(format!("sha256:{number}"));
    content.run(&app.database).await.unwrap();
    let asset = "INSERT INTO asset (project_id, kind, repository, reference, name, content_id, size, first_seen, \
         last_seen) VALUES ($1, $2, $3, 'x', $3, $4, 1, 1, 1) RETURNING id";
    let asset = Sql::write("add an image", asset).bind(project).bind(kind).bind(format!("image{number}"));
    let (id,): (i64,) = asset.bind(number).one(&app.database).await.unwrap();
    id
}

async fn default(app: &App) -> i64 {
    projects::ensure(&app.database, projects::DEFAULT).await.unwrap()
}

async fn images(app: &App, count: i64) -> Vec<i64> {
    let project = default(app).await;
    let mut ids = Vec::new();
    for number in 1..=count {
        ids.push(image(app, project, number, "local").await);
    }
    ids
}

/// Every night at two, from midnight to seven.
fn nightly(next_at: i64) -> Said<'static> {
    Said {
        name: "nightly",
        enabled: true,
        targets: r#"["local","registry"]"#,
        rhythm: r#"{"type":"days","every":1,"at":"02:00","first":"2050-01-01"}"#,
        zone: "UTC",
        window: (0, 420),
        checks: r#"["secrets"]"#,
        filter: "{}",
        picked: false,
        images: &[],
        exclude: &[],
        only_latest: false,
        only_running: false,
        updated_days: 0,
        per_hour: 0,
        parallel: 0,
        next_at: Some(next_at),
    }
}

async fn make(app: &App, said: &Said<'_>, scope: &Scope) -> i64 {
    let mut transaction = app.database.begin().await.unwrap();
    let id = schedules::create(&mut transaction, said, scope, "anna").await.unwrap();
    transaction.commit().await.unwrap();
    id
}

async fn schedule(app: &App, id: i64) -> Schedule {
    schedules::find(&app.database, &Scope::All, id).await.unwrap().unwrap()
}

/// All tasks, the oldest first.
async fn all(app: &App) -> Vec<Task> {
    let (filter, wanted) = (tasks::Filter::default(), store::Wanted::default());
    let mut tasks = tasks::list(&app.database, &Scope::All, &filter, &wanted).await.unwrap().items;
    tasks.sort_by_key(|task| task.id);
    tasks
}

async fn claim(app: &App) -> Option<Held> {
    jobs::claim(&app.database, "w", &[jobs::SCAN], LEASE).await.unwrap()
}

async fn end(app: &App, held: &Held) {
    let mut transaction = app.database.begin().await.unwrap();
    assert!(jobs::end(&mut transaction, "w", held.id, End::Done(None)).await.unwrap());
    transaction.commit().await.unwrap();
}

/// Begins and ends all that may begin now; gives how many.
async fn work(app: &App) -> usize {
    let mut done = 0;
    while let Some(held) = claim(app).await {
        end(app, &held).await;
        done += 1;
    }
    done
}
