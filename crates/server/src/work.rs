//! Work: jobs are claimed by lease, done, and end in the same transaction as what they made.

mod adapter;
mod advisories;
mod crew;
mod duties;
mod engine;
mod export;
mod judge;
mod notice;
mod resolve;
mod risks;
mod scan;
mod settle;
mod sync;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use futures::future::BoxFuture;
use model::Failure;
use store::Transaction;
use store::jobs::{self, End, Held};
use tokio::sync::watch;

pub(crate) use advisories::{Outcome, Parameters};
pub use crew::Crew;
pub(crate) use duties::Duty;
pub(crate) use engine::NAME as ENGINES;
pub(crate) use export::NAME as EXPORTS;
pub(crate) use notice::{NAME as NOTICES, Told};
pub(crate) use sync::NAME as SYNCS;

use crate::{App, Error};

/// A kind of job, and who does it.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    /// As in `job.kind`.
    pub name: &'static str,
    /// Does one; ends it by [`Hold::end`] in the transaction that writes what it made, or leaves the end to the worker.
    pub run: fn(App, Held, Arc<Hold>) -> Doing,
}

/// A job while it is being done.
pub type Doing = BoxFuture<'static, Result<(), Undone>>;

/// Every kind of job.
const KINDS: &[Kind] = &[
    adapter::KIND,
    advisories::KIND,
    engine::KIND,
    export::KIND,
    judge::KIND,
    notice::KIND,
    resolve::KIND,
    risks::KIND,
    scan::KIND,
    settle::KIND,
    sync::KIND,
];

/// A job under way.
#[derive(Debug)]
pub struct Hold {
    job: i64,
    worker: String,
    stop: Arc<AtomicBool>,
    progress: AtomicI64,
}

/// Why a job was not done.
#[derive(Debug)]
pub enum Undone {
    /// It is to be stopped, or is another worker's by now.
    Stopped,
    /// It cannot be done, now or later.
    Failed(Failure, String),
    /// It has to pull an image from this registry, which allows so many an hour: it waits for its turn.
    Gate(i64),
    /// It could not be done now: it is tried again later.
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
    /// The job's id.
    pub(crate) fn job(&self) -> i64 {
        self.job
    }

    /// Raised when the job is to be stopped.
    #[must_use]
    pub fn stop(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.stop)
    }

    /// Notes how far it is, in percent.
    pub fn progress(&self, percent: i64) {
        self.progress.store(percent.clamp(0, 100), Ordering::Relaxed);
    }

    /// Ends the job well, in the transaction that writes what it made: both are there, or neither. It comes last.
    ///
    /// # Errors
    /// When the job is another's by now, or the database refuses.
    pub async fn end(&self, transaction: &mut Transaction, result: Option<String>) -> Result<(), Undone> {
        match jobs::end(transaction, &self.worker, self.job, End::Done(result)).await? {
            true => Ok(()),
            false => Err(Undone::Stopped),
        }
    }
}

/// Does jobs of every kind, and what is to be done every so often, until it is told to end; then gives jobs back.
pub async fn run(app: App, ending: watch::Receiver<bool>) {
    let workers = app.settings.workers;
    let crew = Crew { workers, ..Crew::new(KINDS) };
    tokio::join!(crew.run(app.clone(), ending.clone()), duties::run(app, ending));
}
