//! Jobs and tasks, on both databases.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use store::jobs::{self, ATTEMPTS, End, Held, LEASE, Wanted};
use store::tasks::{self, Cause, New, Scans};
use store::{Database, Scope, Sql, now, projects};
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

#[tokio::test]
async fn equal_contents_are_scanned_once_and_shown_at_every_image() {
    for database in &Both::open().await.list {
        let project = default(database).await;
        let rows = [("a", Some(1)), ("b", Some(1)), ("c", Some(2)), ("d", None)];
        let ids = images(database, project, &rows).await;
        let first = scan(database, 0, &ids).await;
        let second = scan(database, 0, &ids[..1]).await;
        let begun = task(database, first).await;
        assert_eq!((begun.total, begun.failed, begun.status.as_str()), (4, 1, "waiting"), "d has no content");
        assert_eq!(status(database, ids[1]).await, "waiting");
        assert_eq!(status(database, ids[3]).await, "unscanned");

        let held = claim(database, "w").await.unwrap();
        assert_eq!((held.subject_id, held.attempts), (1, 1));
        assert_eq!(held.parameters, r#"{"checks":["secrets"],"force":false}"#);
        assert_eq!(status(database, ids[1]).await, "scanning");
        assert_eq!(jobs::renew(database, "w", held.id, LEASE, 40).await.unwrap(), Some(false));
        assert_eq!(task(database, second).await.percent(), 40);
        assert!(end(database, "w", held.id, End::Done(None)).await);
        assert_eq!(status(database, ids[1]).await, "scanned");
        assert_eq!(task(database, second).await.status, "done");
        let other = claim(database, "w").await.unwrap();
        assert_eq!(other.subject_id, 2);
        assert!(claim(database, "w").await.is_none(), "content 1 is not scanned twice");
        assert!(end(database, "w", other.id, End::Failed("too_large".to_owned(), "5 TB".to_owned())).await);
        let done = task(database, first).await;
        assert_eq!((done.succeeded, done.failed, done.status.as_str(), done.percent()), (2, 2, "done", 100));
        assert_eq!(status(database, ids[2]).await, "failed");

        let states = ["failed".to_owned()];
        let page =
            tasks::jobs(database, &Scope::All, first, &states, &store::Wanted::default()).await.unwrap();
        let mut failed: Vec<_> = page.items.into_iter().map(|job| (job.image, job.failure)).collect();
        failed.sort();
        let expected = [("c", "too_large"), ("d", "content_missing")];
        assert_eq!(failed, expected.map(|(name, code)| (Some(name.to_owned()), Some(code.to_owned()))));

        let mut transaction = database.begin().await.unwrap();
        let again = tasks::retry(&mut transaction, first, "bert").await.unwrap().unwrap();
        transaction.commit().await.unwrap();
        let again = task(database, again).await;
        assert_eq!((again.total, again.failed, again.created_by.as_str()), (2, 1, "bert"));
        assert_eq!(claim(database, "w").await.unwrap().subject_id, 2);
    }
}

#[tokio::test]
async fn silent_workers_lose_their_jobs_and_those_begun_too_often_fail() {
    for database in &Both::open().await.list {
        let ids = many(database, 1).await;
        let asked = scan(database, 0, &ids).await;
        let held = claim(database, "dead").await.unwrap();
        assert_eq!(jobs::reap(database).await.unwrap(), 0, "its lease holds");
        pass(database).await;
        assert_eq!(jobs::reap(database).await.unwrap(), 1);
        assert_eq!(status(database, ids[0]).await, "waiting");
        assert_eq!(jobs::renew(database, "dead", held.id, LEASE, 1).await.unwrap(), None);
        assert!(!end(database, "dead", held.id, End::Done(None)).await, "it is no longer the dead one's");

        for attempt in 2..=ATTEMPTS {
            let held = claim(database, "w").await.unwrap();
            assert_eq!(held.attempts, attempt);
            pass(database).await;
            assert_eq!(jobs::reap(database).await.unwrap(), 1);
        }
        assert!(claim(database, "w").await.is_none());
        assert_eq!(task(database, asked).await.status, "failed");
        let jobs = tasks::jobs(database, &Scope::All, asked, &[], &store::Wanted::default()).await.unwrap();
        assert_eq!(jobs.items[0].failure.as_deref(), Some("timed_out"));
    }
}

#[tokio::test]
async fn what_may_pass_is_tried_again_later_and_what_is_given_back_at_once() {
    for database in &Both::open().await.list {
        let ids = many(database, 1).await;
        let asked = scan(database, 0, &ids).await;
        for attempt in 1..ATTEMPTS {
            let held = claim(database, "w").await.unwrap();
            assert_eq!(held.attempts, attempt);
            assert!(jobs::later(database, "w", &held, "unknown", "the disk is full").await.unwrap());
            assert!(claim(database, "w").await.is_none(), "not yet");
            assert_eq!(status(database, ids[0]).await, "waiting");
            pass(database).await;
        }
        let held = claim(database, "w").await.unwrap();
        assert!(jobs::give_back(database, "w", held.id).await.unwrap());
        let held = claim(database, "v").await.unwrap();
        assert_eq!(held.attempts, ATTEMPTS, "what was given back does not count");
        assert!(jobs::later(database, "v", &held, "unknown", "the disk is full").await.unwrap());
        assert_eq!(task(database, asked).await.status, "failed");
        assert_eq!(status(database, ids[0]).await, "failed");
    }
}

#[tokio::test]
async fn cancelling_stops_what_nobody_else_wants() {
    for database in &Both::open().await.list {
        let project = default(database).await;
        let ids = many(database, 3).await;
        let all = scan(database, 0, &ids).await;
        let one = scan(database, 0, &ids[1..2]).await;
        let running = claim(database, "w").await.unwrap();
        let given = cancel(database, all).await.unwrap();
        assert_eq!(
            (given.up, given.cancelled),
            (3, 1),
            "one runs, one is wanted by another, one never begins"
        );
        assert_eq!(task(database, all).await.status, "cancelled");
        assert_eq!(status(database, ids[2]).await, "cancelled");
        assert_eq!(status(database, ids[1]).await, "waiting");
        let told = jobs::renew(database, "w", running.id, LEASE, 1).await.unwrap();
        assert_eq!(told, Some(true), "it is to be stopped");
        assert!(end(database, "w", running.id, End::Cancelled).await);
        assert_eq!(status(database, ids[0]).await, "cancelled");
        assert_eq!(task(database, all).await.cancelled, 3, "counted once");
        assert!(cancel(database, all).await.is_none(), "it has ended");

        let mut transaction = database.begin().await.unwrap();
        let foreign = Scope::Projects(vec![project + 1]);
        let none = tasks::cancel_images(&mut transaction, &foreign, &ids).await.unwrap();
        assert_eq!(none, tasks::Given::default());
        let own = Scope::Projects(vec![project]);
        let given = tasks::cancel_images(&mut transaction, &own, &ids).await.unwrap();
        transaction.commit().await.unwrap();
        assert_eq!((given.up, given.cancelled), (1, 1));
        assert_eq!(task(database, one).await.status, "cancelled");
        assert!(claim(database, "w").await.is_none());
    }
}

#[tokio::test]
async fn a_task_runs_no_more_at_once_than_it_may() {
    for database in &Both::open().await.list {
        let ids = many(database, 8).await;
        let limited = scan(database, 2, &ids).await;
        let first = claim(database, "w").await.unwrap();
        let second = claim(database, "w").await.unwrap();
        assert!(claim(database, "w").await.is_none(), "two at once");
        assert!(end(database, "w", first.id, End::Done(None)).await);
        let third = claim(database, "w").await.unwrap();
        assert!(claim(database, "w").await.is_none(), "still two");

        // Another task without a limit pulls two of them along, and ends them.
        scan(database, 0, &ids[6..]).await;
        let extra = [claim(database, "v").await.unwrap(), claim(database, "v").await.unwrap()];
        assert!(claim(database, "v").await.is_none());
        for held in extra {
            assert!(end(database, "v", held.id, End::Done(None)).await);
        }
        assert!(claim(database, "v").await.is_none(), "those had no place of the first task to give");
        for held in [second, third] {
            assert!(end(database, "w", held.id, End::Failed("unknown".to_owned(), "no".to_owned())).await);
        }
        let mut ended = 0;
        while let Some(held) = claim(database, "w").await {
            assert!(end(database, "w", held.id, End::Done(None)).await);
            ended += 1;
        }
        assert_eq!(ended, 3);
        let done = task(database, limited).await;
        assert_eq!((done.status.as_str(), done.succeeded, done.failed), ("done", 6, 2));
    }
}

#[tokio::test]
async fn tasks_are_seen_by_those_who_see_all_their_projects() {
    for database in &Both::open().await.list {
        let ours = default(database).await;
        let theirs = projects::ensure(database, "theirs").await.unwrap();
        let a = images(database, ours, &[("a", Some(1))]).await;
        let b = images(database, theirs, &[("b", Some(1))]).await;
        let own = scan(database, 0, &a).await;
        let both = scan(database, 0, &[a.clone(), b].concat()).await;
        let sees = async |scope: Scope| {
            let (filter, wanted) = (tasks::Filter::default(), store::Wanted::default());
            let page = tasks::list(database, &scope, &filter, &wanted).await.unwrap();
            let mut ids: Vec<i64> = page.items.into_iter().map(|task| task.id).collect();
            ids.sort_unstable();
            ids
        };
        assert_eq!(sees(Scope::All).await, [own, both]);
        assert_eq!(sees(Scope::Projects(vec![ours])).await, [own]);
        assert_eq!(sees(Scope::Projects(vec![ours, theirs])).await, [own, both]);
        assert!(sees(Scope::Projects(vec![theirs])).await.is_empty());
        assert!(sees(Scope::Projects(vec![])).await.is_empty());
        // The scan of the content that both have is wanted by the other project: it goes on.
        let mut transaction = database.begin().await.unwrap();
        let given = tasks::cancel_images(&mut transaction, &Scope::Projects(vec![ours]), &a).await.unwrap();
        transaction.commit().await.unwrap();
        assert_eq!((given.up, given.cancelled), (2, 0));
        assert_eq!(claim(database, "w").await.unwrap().subject_id, 1);
    }
}

#[tokio::test]
async fn a_job_is_asked_for_once_and_old_ones_are_swept() {
    for database in &Both::open().await.list {
        let mut transaction = database.begin().await.unwrap();
        let wanted = |priority| Wanted {
            kind: "judge",
            subject: 0,
            dedupe: "judge".to_owned(),
            parameters: "{}".to_owned(),
            priority,
        };
        let new = New { kind: "judge", ..wish(0) };
        let (first, job) = tasks::with_job(&mut transaction, new, wanted(3)).await.unwrap();
        let (second, same) = tasks::with_job(&mut transaction, new, wanted(1)).await.unwrap();
        transaction.commit().await.unwrap();
        assert_eq!(job, same);
        let held = jobs::claim(database, "w", &["judge"], LEASE).await.unwrap().unwrap();
        assert!(end(database, "w", held.id, End::Done(Some("{\"changed\":1}".to_owned()))).await);
        for id in [first, second] {
            assert_eq!(task(database, id).await.status, "done");
        }
        assert_eq!(jobs::sweep(database, 1, 100).await.unwrap(), 0);
        assert_eq!(jobs::sweep(database, now() + 1, 100).await.unwrap(), 1);
        assert_eq!(task(database, first).await.succeeded, 1, "counters stay");
    }
}

/// Workers of several servers claim at once: nobody gets what another has, and all is counted.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn workers_side_by_side_do_every_job_once() {
    for database in &Both::open().await.list {
        let ids = many(database, 60).await;
        let first = scan(database, 5, &ids).await;
        let second = scan(database, 0, &ids[20..]).await;
        let workers = (0..6).map(|n| {
            let database = database.clone();
            tokio::spawn(async move {
                let (worker, mut done) = (format!("worker {n}"), Vec::new());
                while let Some(held) = claim(&database, &worker).await {
                    assert!(end(&database, &worker, held.id, End::Done(None)).await);
                    done.push(held.id);
                }
                done
            })
        });
        let mut done = Vec::new();
        for worker in workers.collect::<Vec<_>>() {
            done.extend(worker.await.unwrap());
        }
        // One may have looked while the next was not yet let go.
        while let Some(held) = claim(database, "last").await {
            assert!(end(database, "last", held.id, End::Done(None)).await);
            done.push(held.id);
        }
        done.sort_unstable();
        let count = done.len();
        done.dedup();
        assert_eq!((count, done.len()), (60, 60));
        assert_eq!(task(database, first).await.succeeded, 60);
        assert_eq!(task(database, second).await.succeeded, 40);
    }
}

/// People ask and cancel while workers work: in the end every wish is counted once, and nothing waits for ever.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn asking_cancelling_and_working_at_once_leaves_nothing_behind() {
    for database in &Both::open().await.list {
        let ids = many(database, 30).await;
        let people = (0..4_usize).map(|person| {
            let (database, ids) = (database.clone(), ids.clone());
            tokio::spawn(async move {
                let mut asked = Vec::new();
                for round in 0..6_usize {
                    let some = &ids[(person * 5 + round) % 20..];
                    let parallel = i64::try_from((person + round) % 3).unwrap();
                    asked.push(act(&database, &Act::Scan(parallel, some)).await);
                    let end =
                        if round % 2 == 0 { Act::Cancel(asked[round / 2]) } else { Act::Images(&some[..5]) };
                    act(&database, &end).await;
                    tasks::stop_unwanted(&database).await.unwrap();
                }
                asked
            })
        });
        let people: Vec<_> = people.collect();
        let done = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
        let workers = (0..3).map(|number| {
            let (database, done) = (database.clone(), std::sync::Arc::clone(&done));
            tokio::spawn(async move {
                let worker = format!("worker {number}");
                loop {
                    let last = done.load(std::sync::atomic::Ordering::Relaxed);
                    match claim(&database, &worker).await {
                        Some(held) => {
                            let stop =
                                jobs::renew(&database, &worker, held.id, LEASE, 1).await.unwrap().unwrap();
                            let how = if stop { End::Cancelled } else { End::Done(None) };
                            assert!(end(&database, &worker, held.id, how).await);
                        }
                        None if last => break,
                        None => tokio::task::yield_now().await,
                    }
                }
            })
        });
        let workers: Vec<_> = workers.collect();
        let mut asked = Vec::new();
        for person in people {
            asked.extend(person.await.unwrap());
        }
        done.store(true, std::sync::atomic::Ordering::Relaxed);
        for worker in workers {
            worker.await.unwrap();
        }
        while let Some(held) = claim(database, "last").await {
            assert!(end(database, "last", held.id, End::Done(None)).await);
        }
        let (open,): (i64,) =
            Sql::read("look", "SELECT COUNT(*) FROM job WHERE state IN ('waiting', 'running')")
                .one(database)
                .await
                .unwrap();
        assert_eq!(open, 0, "jobs are held back for ever");
        for id in asked {
            let task = task(database, id).await;
            assert!(task.finished.is_some(), "{task:?}");
            assert_eq!(task.succeeded + task.failed + task.cancelled, task.total, "{task:?}");
        }
        let (waiting,): (i64,) =
            Sql::read("look", "SELECT COUNT(*) FROM asset WHERE status IN ('waiting', 'scanning')")
                .one(database)
                .await
                .unwrap();
        assert_eq!(waiting, 0);
    }
}

/// What somebody does.
enum Act<'a> {
    Scan(i64, &'a [i64]),
    Cancel(i64),
    Images(&'a [i64]),
}

/// As routes do: two that waited for one another are no failure. Gives the task that was made.
async fn act(database: &Database, act: &Act<'_>) -> i64 {
    for _ in 0..5 {
        match try_to(database, act).await {
            Err(error) if error.is_conflict() => {}
            done => return done.unwrap(),
        }
    }
    try_to(database, act).await.unwrap()
}

async fn try_to(database: &Database, act: &Act<'_>) -> Result<i64, store::Error> {
    let mut transaction = database.begin().await?;
    let mut made = 0;
    match act {
        Act::Scan(parallel, images) => {
            let scans = Scans { checks: vec!["secrets".to_owned()], force: false };
            made = tasks::scan(&mut transaction, wish(*parallel), &scans, images).await?;
        }
        Act::Cancel(task) => drop(tasks::cancel(&mut transaction, *task).await?),
        Act::Images(images) => drop(tasks::cancel_images(&mut transaction, &Scope::All, images).await?),
    }
    transaction.commit().await.map(|()| made)
}

/// Many images of fewer contents are asked for in one wish: each is counted, done or given up once.
#[tokio::test]
async fn asking_for_everything_counts_every_image_once() {
    const MANY: i64 = 5000;
    const CONTENTS: i64 = 2000;
    for database in &Both::open().await.list {
        let project = default(database).await;
        let numbers = |most: i64| {
            format!("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {most}) ")
        };
        let contents = numbers(CONTENTS)
            + "INSERT INTO content (id, image_id, size, first_seen) SELECT i, 'sha256:' || i, 1, 1 FROM n";
        Sql::write("add contents", contents).run(database).await.unwrap();
        let images = numbers(MANY)
            + "INSERT INTO asset (id, project_id, kind, repository, reference, name, content_id, size, first_seen, \
               last_seen) SELECT i, CAST($1 AS BIGINT), 'local', 'r' || i, 'd' || i, 'r' || i, \
               1 + i % CAST($2 AS BIGINT), 1, 1, 1 FROM n";
        let images = Sql::write("add images", images).bind(project).bind(CONTENTS);
        images.run(database).await.unwrap();
        let ids: Vec<i64> = (1..=MANY).collect();
        let id = scan(database, 2, &ids).await;
        for _ in 0..20 {
            let held = claim(database, "w").await.unwrap();
            assert!(end(database, "w", held.id, End::Done(None)).await);
        }
        task(database, id).await;
        cancel(database, id).await.unwrap();
        let task = task(database, id).await;
        assert_eq!((task.total, task.cancelled + task.succeeded), (MANY, MANY));
    }
}
