//! Jobs and tasks, on both databases.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod asking;
mod working;

use store::jobs::{self, End, Held, LEASE};
use store::tasks::{self, Cause, New, Scans};
use store::{Database, Scope, Sql, projects};
use testkit::Postgres;

/// Both databases, new and empty; PostgreSQL only where it is installed.
struct Both {
    list: Vec<Database>,
    _directory: tempfile::TempDir,
    _cluster: Option<Postgres>,
}

impl Both {
    async fn open() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("lazaret.sqlite");
        let mut list = vec![Database::open(&format!("sqlite:{}", path.display())).await.unwrap()];
        let cluster = Postgres::start();
        if let Some(cluster) = &cluster {
            list.push(Database::open(&cluster.url()).await.unwrap());
        }
        Self { list, _directory: directory, _cluster: cluster }
    }
}

/// Adds images: for each the name and the number of its content; gives their ids.
async fn images(database: &Database, project: i64, images: &[(&str, Option<i64>)]) -> Vec<i64> {
    let mut ids = Vec::new();
    for (name, content) in images {
        if let Some(content) = content {
            Sql::write(
                "add a content",
                "INSERT INTO content (id, image_id, size, first_seen) VALUES ($1, $2, 1, 1) ON CONFLICT DO NOTHING",
            )
            .bind(*content)
            .bind(format!("sha256:{content}"))
            .run(database)
            .await
            .unwrap();
        }
        let (id,): (i64,) = Sql::write(
            "add an image",
            "INSERT INTO asset (project_id, kind, repository, reference, name, content_id, size, first_seen, \
             last_seen) VALUES ($1, 'local', $2, 'sha256:0', $2, $3, 1, 1, 1) RETURNING id",
        )
        .bind(project)
        .bind(*name)
        .bind(*content)
        .one(database)
        .await
        .unwrap();
        ids.push(id);
    }
    ids
}

async fn default(database: &Database) -> i64 {
    projects::ensure(database, projects::DEFAULT).await.unwrap()
}

fn wish(parallel: i64) -> New<'static> {
    New {
        projects: &[],
        kind: jobs::SCAN,
        cause: Cause::Person,
        name: "scan",
        parameters: "{}",
        created_by: "anna",
        parallel,
    }
}

async fn scan(database: &Database, parallel: i64, images: &[i64]) -> i64 {
    let scans = Scans { checks: vec!["secrets".to_owned()], force: false };
    let mut transaction = database.begin().await.unwrap();
    let task = tasks::scan(&mut transaction, wish(parallel), &scans, images).await.unwrap();
    transaction.commit().await.unwrap();
    task
}

async fn claim(database: &Database, worker: &str) -> Option<Held> {
    jobs::claim(database, worker, &[jobs::SCAN], LEASE).await.unwrap()
}

async fn end(database: &Database, worker: &str, job: i64, how: End) -> bool {
    let mut transaction = database.begin().await.unwrap();
    let ended = jobs::end(&mut transaction, worker, job, how).await.unwrap();
    transaction.commit().await.unwrap();
    ended
}

async fn cancel(database: &Database, task: i64) -> Option<tasks::Given> {
    let mut transaction = database.begin().await.unwrap();
    let given = tasks::cancel(&mut transaction, task).await.unwrap();
    transaction.commit().await.unwrap();
    tasks::stop_unwanted(database).await.unwrap();
    given
}

async fn task(database: &Database, id: i64) -> tasks::Task {
    tasks::find(database, &Scope::All, id).await.unwrap().unwrap()
}

async fn status(database: &Database, image: i64) -> String {
    let sql = Sql::read("read a status", "SELECT status FROM asset WHERE id = $1").bind(image);
    let (status,): (String,) = sql.one(database).await.unwrap();
    status
}

/// Lets all waiting jobs run now, and leases be over.
async fn pass(database: &Database) {
    for sql in ["UPDATE job SET run_at = 0", "UPDATE job SET lease_until = 1 WHERE lease_until IS NOT NULL"] {
        Sql::write("let time pass", sql).run(database).await.unwrap();
    }
}

/// Many images, each of a content of its own.
async fn many(database: &Database, count: i64) -> Vec<i64> {
    let project = default(database).await;
    let names: Vec<String> = (0..count).map(|n| format!("image{n}")).collect();
    let rows: Vec<(&str, Option<i64>)> =
        names.iter().zip(1..).map(|(name, content)| (name.as_str(), Some(content))).collect();
    images(database, project, &rows).await
}
