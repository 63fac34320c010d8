//! Asking for work, seeing it, giving it up.

use store::jobs::{self, End, LEASE, Wanted};
use store::tasks::{self, New, Scans};
use store::{Database, Scope, Sql, now, projects};

use super::{Both, cancel, claim, default, end, images, many, scan, status, task, wish};

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
