//! Workers: what becomes of jobs that fail, panic, take too long to stop, or are under way when the process ends.
#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use futures::FutureExt;
use model::Failure;
use server::work::{Crew, Doing, Hold, Kind, Undone};
use server::{App, Key, Settings};
use store::jobs::{Held, Wanted};
use store::tasks::{self, Cause, New, Task};
use store::{Scope, Sql};
use tokio::sync::watch;

const KINDS: &[Kind] = &[
    Kind { name: "good", run: good },
    Kind { name: "bad", run: bad },
    Kind { name: "unlucky", run: unlucky },
    Kind { name: "faulty", run: faulty },
    Kind { name: "patient", run: patient },
    Kind { name: "deaf", run: deaf },
];

fn good(_: App, _: Held, hold: Arc<Hold>) -> Doing {
    async move {
        hold.progress(50);
        Ok(())
    }
    .boxed()
}

fn bad(_: App, _: Held, _: Arc<Hold>) -> Doing {
    async { Err(Undone::Failed(Failure::TooLarge, "it has 5 TB".to_owned())) }.boxed()
}

fn unlucky(_: App, _: Held, _: Arc<Hold>) -> Doing {
    async { Err(Undone::Error(store::Error::Cursor.into())) }.boxed()
}

fn faulty(_: App, _: Held, _: Arc<Hold>) -> Doing {
    async { panic!("as a test of panics") }.boxed()
}

/// Goes on until it is told to stop.
fn patient(_: App, _: Held, hold: Arc<Hold>) -> Doing {
    async move {
        let stop = hold.stop();
        while !stop.load(Ordering::Relaxed) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Err(Undone::Stopped)
    }
    .boxed()
}

/// Hears nothing.
fn deaf(_: App, _: Held, _: Arc<Hold>) -> Doing {
    async move {
        tokio::time::sleep(Duration::from_secs(3600)).await;
        Ok(())
    }
    .boxed()
}

struct Process {
    app: App,
    crew: tokio::task::JoinHandle<()>,
    ending: watch::Sender<bool>,
    _directory: tempfile::TempDir,
}

impl Process {
    async fn start() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let address = format!("sqlite:{}", directory.path().join("lazaret.sqlite").display());
        let app = App::open(Settings::new(address, directory.path(), Key::new([7; 32]))).await.unwrap();
        let (ending, ends) = watch::channel(false);
        let (lease, grace) = (Duration::from_secs(1), Duration::from_millis(300));
        let crew = Crew { workers: 3, lease, grace, ..Crew::new(KINDS) };
        let crew = tokio::spawn(crew.run(app.clone(), ends));
        Self { app, crew, ending, _directory: directory }
    }

    async fn ask(&self, kind: &str) -> i64 {
        let new = New {
            projects: &[],
            kind,
            cause: Cause::Person,
            name: kind,
            parameters: "{}",
            created_by: "test",
            parallel: 0,
        };
        let wanted =
            Wanted { kind, subject: 0, dedupe: kind.to_owned(), parameters: "{}".to_owned(), priority: 0 };
        let mut transaction = self.app.database.begin().await.unwrap();
        let (task, _) = tasks::with_job(&mut transaction, new, wanted).await.unwrap();
        transaction.commit().await.unwrap();
        self.app.wake.notify_waiters();
        task
    }

    async fn until(&self, task: i64, what: impl Fn(&Task) -> bool) -> Task {
        let until = Instant::now() + Duration::from_secs(20);
        loop {
            let found = tasks::find(&self.app.database, &Scope::All, task).await.unwrap().unwrap();
            if what(&found) {
                return found;
            }
            assert!(Instant::now() < until, "{found:?}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    async fn cancel(&self, task: i64) {
        let mut transaction = self.app.database.begin().await.unwrap();
        tasks::cancel(&mut transaction, task).await.unwrap().unwrap();
        transaction.commit().await.unwrap();
        tasks::stop_unwanted(&self.app.database).await.unwrap();
    }

    /// State, code, message and attempts of the only job of a kind.
    async fn job(&self, kind: &str) -> (String, Option<String>, Option<String>, i64) {
        let sql = Sql::read("look", "SELECT state, failure, message, attempts FROM job WHERE kind = $1");
        sql.bind(kind).one(&self.app.database).await.unwrap()
    }
}

#[tokio::test]
async fn a_panic_or_a_failure_ends_one_job_and_no_worker() {
    let process = Process::start().await;
    let mut asked = Vec::new();
    for kind in ["faulty", "bad", "unlucky", "good"] {
        asked.push(process.ask(kind).await);
    }
    for (task, status) in asked.iter().zip(["failed", "failed", "waiting", "done"]) {
        if status != "waiting" {
            let ended = process.until(*task, |task| task.finished.is_some()).await;
            assert_eq!(ended.status, status);
        }
    }
    let (state, code, message, _) = process.job("faulty").await;
    assert_eq!((state.as_str(), code.as_deref()), ("failed", Some("unknown")));
    assert!(message.unwrap().contains("panicked"));
    let (state, code, message, attempts) = process.job("bad").await;
    assert_eq!((state.as_str(), code.as_deref(), attempts), ("failed", Some("too_large"), 1), "never again");
    assert_eq!(message.as_deref(), Some("it has 5 TB"));
    let (state, code, _, attempts) = process.job("unlucky").await;
    assert_eq!((state.as_str(), code, attempts), ("waiting", None, 1), "again, later");
    // All three workers are still there.
    for kind in ["patient", "deaf", "good"] {
        asked.push(process.ask(kind).await);
    }
    for task in &asked[4..6] {
        process.until(*task, |task| task.status == "running").await;
    }
    process.until(asked[6], |task| task.status == "done").await;
}

#[tokio::test]
async fn what_is_cancelled_stops_soon_even_if_it_does_not_listen() {
    let process = Process::start().await;
    for kind in ["patient", "deaf"] {
        let task = process.ask(kind).await;
        process.until(task, |task| task.status == "running").await;
        process.cancel(task).await;
        let until = Instant::now() + Duration::from_secs(5);
        while process.job(kind).await.0 != "cancelled" {
            assert!(Instant::now() < until, "{kind} goes on");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert_eq!(process.until(task, |task| task.finished.is_some()).await.status, "cancelled");
    }
}

#[tokio::test]
async fn a_process_that_ends_gives_its_jobs_back() {
    let process = Process::start().await;
    for kind in ["patient", "deaf"] {
        let task = process.ask(kind).await;
        process.until(task, |task| task.status == "running").await;
    }
    let begun = Instant::now();
    process.ending.send(true).unwrap();
    let Process { app, crew, _directory: directory, ending } = process;
    crew.await.unwrap();
    assert!(begun.elapsed() < Duration::from_secs(5), "it waited {:?}", begun.elapsed());
    let sql = Sql::read("look", "SELECT state, attempts, worker FROM job");
    let jobs: Vec<(String, i64, Option<String>)> = sql.all(&app.database).await.unwrap();
    assert_eq!(jobs, [("waiting".to_owned(), 0, None), ("waiting".to_owned(), 0, None)]);
    drop((directory, ending));
}

#[tokio::test]
async fn a_worker_whose_lease_is_taken_loses_the_job() {
    let process = Process::start().await;
    let task = process.ask("deaf").await;
    process.until(task, |task| task.status == "running").await;
    // As if another server had thought it dead, and done the job.
    Sql::write("take it", "UPDATE job SET worker = 'another', lease_until = 9999999999999")
        .run(&process.app.database)
        .await
        .unwrap();
    let again = process.ask("good").await;
    process.until(again, |task| task.status == "done").await;
    tokio::time::sleep(Duration::from_millis(800)).await;
    let (state, _, _, attempts) = process.job("deaf").await;
    assert_eq!((state.as_str(), attempts), ("running", 1), "the other one has it");
}
