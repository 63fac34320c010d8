//! Work: jobs are claimed by lease, done, and end in the same transaction as what they made.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::Duration;

use futures::future::BoxFuture;
use model::Failure;
use store::Transaction;
use store::jobs::{self, End, Held};

use crate::{App, Error};

/// How often a worker says that it is alive, and hears whether to stop.
const HEARTBEAT: Duration = Duration::from_secs(2);
/// How long a worker without work waits before it looks again.
const IDLE: Duration = Duration::from_millis(500);

/// A kind of job, and who does it.
pub(crate) struct Kind {
    /// As in `job.kind`.
    pub(crate) name: &'static str,
    /// Does one; ends it by [`Hold::end`] in the transaction that writes what it made, or leaves the end to the worker.
    pub(crate) run: fn(App, Held, Arc<Hold>) -> BoxFuture<'static, Result<(), Undone>>,
}

/// Every kind of job.
const KINDS: &[Kind] = &[];

/// A job under way.
#[derive(Debug)]
pub(crate) struct Hold {
    job: i64,
    worker: String,
    stop: Arc<AtomicBool>,
    progress: AtomicI64,
}

/// Why a job was not done.
#[derive(Debug)]
pub(crate) enum Undone {
    /// It is to be stopped, or is another worker's by now.
    Stopped,
    /// It cannot be done, now or later.
    Failed(Failure, String),
    /// It could not be done now.
    Error(Error),
}

impl From<Error> for Undone {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

impl From<store::Error> for Undone {
    fn from(error: store::Error) -> Self {
        Self::Error(error.into())
    }
}

impl Hold {
    /// Raised when the job is to be stopped.
    pub(crate) fn stop(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.stop)
    }

    /// Notes how far it is, in percent.
    pub(crate) fn progress(&self, percent: i64) {
        self.progress.store(percent.clamp(0, 100), Ordering::Relaxed);
    }

    /// Ends the job well, in the transaction that writes what it made: both are there, or neither.
    pub(crate) async fn end(
        &self,
        transaction: &mut Transaction,
        result: Option<String>,
    ) -> Result<(), Undone> {
        match jobs::end(transaction, &self.worker, self.job, End::Done(result)).await? {
            true => Ok(()),
            false => Err(Undone::Stopped),
        }
    }
}

/// Does jobs until it is told to end.
pub async fn run(app: App, worker: String, ending: Arc<AtomicBool>) {
    let kinds: Vec<&str> = KINDS.iter().map(|kind| kind.name).collect();
    while !ending.load(Ordering::Relaxed) {
        match jobs::claim(&app.database, &worker, &kinds).await {
            Ok(Some(held)) => one(&app, &worker, held).await,
            Ok(None) => tokio::time::sleep(IDLE).await,
            Err(error) => {
                tracing::warn!(%error, "cannot look for work");
                tokio::time::sleep(HEARTBEAT).await;
            }
        }
    }
}

async fn one(app: &App, worker: &str, held: Held) {
    let Some(kind) = KINDS.iter().find(|kind| kind.name == held.kind) else { return };
    let (stop, progress) = (Arc::new(AtomicBool::new(false)), AtomicI64::new(0));
    let hold = Arc::new(Hold { job: held.id, worker: worker.to_owned(), stop, progress });
    let beat = tokio::spawn(beat(app.clone(), Arc::clone(&hold)));
    let id = held.id;
    let done = (kind.run)(app.clone(), held, Arc::clone(&hold)).await;
    beat.abort();
    let end = match done {
        Ok(()) => End::Done(None),
        Err(Undone::Stopped) => End::Cancelled,
        Err(Undone::Failed(failure, message)) => End::Failed(failure.word().to_owned(), message),
        Err(Undone::Error(error)) => End::Failed(Failure::Unknown.word().to_owned(), error.to_string()),
    };
    if let Err(error) = jobs::end(&app.database, worker, id, end).await {
        tracing::warn!(%error, job = id, "cannot note how a job ended; its lease will");
    }
}

async fn beat(app: App, hold: Arc<Hold>) {
    loop {
        tokio::time::sleep(HEARTBEAT).await;
        let progress = hold.progress.load(Ordering::Relaxed);
        match jobs::renew(&app.database, &hold.worker, hold.job, progress).await {
            Ok(Some(false)) => {}
            Ok(Some(true) | None) => hold.stop.store(true, Ordering::Relaxed),
            Err(error) => tracing::warn!(%error, job = hold.job, "cannot renew a lease"),
        }
    }
}
