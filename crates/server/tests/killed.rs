//! Whatever is killed, whenever: every job is done once, nothing is lost, and no half result is seen.
#![expect(clippy::unwrap_used, clippy::disallowed_methods, clippy::print_stdout, reason = "helpers of tests")]

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::FutureExt;
use server::work::{Crew, Doing, Hold, Kind};
use server::{App, Key, Settings};
use store::jobs::{self, Held};
use store::tasks::{self, Cause, New, Scans};
use store::{Database, Row, Sql};
use testkit::Postgres;

/// How often the server is killed, on each database.
const ROUNDS: u64 = 50;
/// How many images each round asks for.
const IMAGES: i64 = 10;
/// Where the child finds the address of its database, in its working directory.
const ADDRESS: &str = "address";

/// What is done here: two rows for each job, in the transaction that ends it.
const KINDS: &[Kind] = &[Kind { name: jobs::SCAN, run: effect }];

#[expect(clippy::needless_pass_by_value, reason = "it is a `Kind::run`")]
fn effect(app: App, held: Held, hold: Arc<Hold>) -> Doing {
    async move {
        tokio::time::sleep(Duration::from_millis(5)).await;
        let mut transaction = app.database.begin().await?;
        for part in [1, 2] {
            Sql::write("have an effect", "INSERT INTO effect (job, part) VALUES ($1, $2)")
                .bind(held.id)
                .bind(part)
                .run(&mut transaction)
                .await?;
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        hold.end(&mut transaction, None).await?;
        transaction.commit().await?;
        Ok(())
    }
    .boxed()
}

/// The server that is killed: workers, for as long as they live.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "started by the other tests, again and again"]
async fn works_until_it_is_killed() {
    let Ok(address) = std::fs::read_to_string(ADDRESS) else { return };
    let settings = Settings::new(address, &std::env::current_dir().unwrap(), Key::new([7; 32]));
    let app = App::open(settings).await.unwrap();
    let (_never, ending) = tokio::sync::watch::channel(false);
    println!("works");
    let lease = Duration::from_secs(1);
    Crew { workers: 4, lease, ..Crew::new(KINDS) }.run(app, ending).await;
}

/// The child, killed when it goes out of sight.
struct Server(Child);

impl Server {
    /// Starts it, and waits until it works.
    fn start(directory: &Path) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "works_until_it_is_killed", "--ignored", "--nocapture"]);
        command.current_dir(directory).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let said = BufReader::new(child.stdout.take().unwrap());
        let server = Self(child);
        let works = said.lines().map_while(Result::ok).any(|line| line.ends_with("works"));
        assert!(works, "the server ended before it worked");
        server
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

/// The parent's view: asks for work, and looks what became of it.
struct Watcher {
    database: Database,
    images: Vec<i64>,
    tasks: Vec<i64>,
}

impl Watcher {
    async fn open(address: &str) -> Self {
        let database = Database::open(address).await.unwrap();
        let project = store::projects::ensure(&database, store::projects::DEFAULT).await.unwrap();
        let table = "CREATE TABLE effect (job BIGINT NOT NULL, part BIGINT NOT NULL)";
        Sql::write("make a table", table).run(&database).await.unwrap();
        let mut images = Vec::new();
        for number in 1..=IMAGES {
            Sql::write(
                "add a content",
                "INSERT INTO content (id, image_id, size, first_seen) VALUES ($1, $2, 1, 1)",
            )
            .bind(number)
            .bind(format!("sha256:{number}"))
            .run(&database)
            .await
            .unwrap();
            let (id,): (i64,) = Sql::write(
                "add an image",
                "INSERT INTO asset (project_id, kind, repository, reference, name, content_id, size, first_seen, \
                 last_seen) VALUES ($1, 'local', $2, 'x', $2, $3, 1, 1, 1) RETURNING id",
            )
            .bind(project)
            .bind(format!("image{number}"))
            .bind(number)
            .one(&database)
            .await
            .unwrap();
            images.push(id);
        }
        Self { database, images, tasks: Vec::new() }
    }

    /// Asks for scans of all images, with another set of checks each round, so that none joins those of before.
    async fn ask(&mut self, round: u64) {
        let scans = Scans { checks: vec![format!("round{round}")], force: false };
        let new = New {
            projects: &[],
            kind: jobs::SCAN,
            cause: Cause::Person,
            name: "round",
            parameters: "{}",
            created_by: "test",
            parallel: i64::try_from(round % 3).unwrap(),
        };
        let until = Instant::now() + Duration::from_secs(30);
        loop {
            // The database may just have been started again. A task whose commit was not heard of is asked for twice.
            let asked = async {
                let mut transaction = self.database.begin().await?;
                let task = tasks::scan(&mut transaction, new, &scans, &self.images).await?;
                transaction.commit().await.map(|()| task)
            };
            match asked.await {
                Ok(task) => return self.tasks.push(task),
                Err(error) => assert!(Instant::now() < until, "{error:?}"),
            }
        }
    }

    /// A job that was begun four times, and whose worker fell silent each time, has failed: it may be what kills them.
    /// Here it is not.
    async fn forgive(&self) {
        let sql = "UPDATE job SET attempts = 0 WHERE attempts > 1 AND state IN ('waiting', 'running')";
        let until = Instant::now() + Duration::from_secs(30);
        while let Err(error) = Sql::write("forgive", sql).run(&self.database).await {
            assert!(Instant::now() < until, "{error:?}");
        }
    }

    async fn one<T: Row>(&self, sql: &str) -> T {
        let until = Instant::now() + Duration::from_secs(30);
        loop {
            match Sql::read("look", sql).one(&self.database).await {
                Ok(found) => return found,
                Err(error) => assert!(Instant::now() < until, "{error:?}"),
            }
        }
    }

    /// At any moment: what is done has its whole effect once, and what is not done has none.
    async fn check(&self) {
        let (twice, half, early, lost): (i64, i64, i64, i64) = self
            .one(
                "SELECT (SELECT COUNT(*) FROM (SELECT job FROM effect GROUP BY job, part HAVING COUNT(*) > 1) AS a), \
                 (SELECT COUNT(*) FROM (SELECT job FROM effect GROUP BY job HAVING COUNT(*) <> 2) AS b), \
                 (SELECT COUNT(*) FROM effect JOIN job ON job.id = effect.job WHERE job.state <> 'done'), \
                 (SELECT COUNT(*) FROM job WHERE state = 'done' \
                  AND NOT EXISTS (SELECT 1 FROM effect WHERE effect.job = job.id))",
            )
            .await;
        assert_eq!(
            (twice, half, early, lost),
            (0, 0, 0, 0),
            "done twice, half, before its end, without effect"
        );
    }

    /// In the end all is done, and everything that counts it agrees.
    async fn finish(&self) {
        let until = Instant::now() + Duration::from_secs(60);
        loop {
            // What could not be done while the database was away waits for longer than the test does.
            let hurried = Sql::write("hurry", "UPDATE job SET run_at = 0 WHERE state = 'waiting'");
            let (open,): (i64,) =
                self.one("SELECT COUNT(*) FROM job WHERE state IN ('waiting', 'running')").await;
            if open == 0 {
                break;
            }
            assert!(Instant::now() < until, "{open} jobs are not done");
            if hurried.run(&self.database).await.is_ok() {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
        self.check().await;
        let (other,): (i64,) = self.one("SELECT COUNT(*) FROM job WHERE state <> 'done'").await;
        assert_eq!(other, 0, "jobs failed");
        for task in &self.tasks {
            let task = tasks::find(&self.database, &store::Scope::All, *task).await.unwrap().unwrap();
            let counted = (task.status.as_str(), task.succeeded, task.failed, task.cancelled);
            assert_eq!(counted, ("done", IMAGES, 0, 0));
        }
        let (shown,): (i64,) = self.one("SELECT COUNT(*) FROM asset WHERE status = 'scanned'").await;
        assert_eq!(shown, IMAGES);
        let (orphans,): (i64,) = self
            .one(
                "SELECT COUNT(*) FROM task_job WHERE NOT EXISTS (SELECT 1 FROM job WHERE job.id = job_id) \
                 OR NOT EXISTS (SELECT 1 FROM task WHERE task.id = task_id)",
            )
            .await;
        assert_eq!(orphans, 0);
        if !self.database.is_postgres() {
            let (broken,): (i64,) = self.one("SELECT COUNT(*) FROM pragma_foreign_key_check").await;
            let (whole,): (String,) = self.one("SELECT integrity_check FROM pragma_integrity_check").await;
            assert_eq!((broken, whole.as_str()), (0, "ok"));
        }
    }
}

/// Moments that nobody chose.
struct Chance(u64);

impl Chance {
    fn new() -> Self {
        let seed = u64::try_from(store::now()).unwrap() | 1;
        println!("seed {seed}");
        Self(seed)
    }

    fn below(&mut self, most: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % most
    }
}

async fn survives(address: &str, mut outage: impl FnMut()) {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join(ADDRESS), address).unwrap();
    let mut watcher = Watcher::open(address).await;
    let mut chance = Chance::new();
    for round in 0..ROUNDS {
        watcher.ask(round).await;
        watcher.forgive().await;
        let server = Server::start(directory.path());
        tokio::time::sleep(Duration::from_millis(chance.below(250))).await;
        if chance.below(5) == 0 {
            outage();
        }
        drop(server);
        watcher.check().await;
    }
    let server = Server::start(directory.path());
    watcher.finish().await;
    drop(server);
    watcher.database.close().await;
}

#[tokio::test]
async fn no_job_is_lost_or_done_twice_when_the_server_is_killed_on_sqlite() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("lazaret.sqlite");
    survives(&format!("sqlite:{}", path.display()), || {}).await;
}

#[tokio::test]
async fn no_job_is_lost_or_done_twice_when_server_and_postgresql_are_killed() {
    let Some(mut cluster) = Postgres::start() else { return };
    let address = cluster.url();
    survives(&address, || {
        cluster.kill();
        cluster.restart();
    })
    .await;
}
