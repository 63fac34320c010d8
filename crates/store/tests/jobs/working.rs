//! Taking jobs, doing them, failing at them.

use store::Scope;
use store::jobs::{self, ATTEMPTS, End, LEASE};
use store::tasks;

use super::{Both, claim, default, end, images, many, pass, scan, status, task};

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
