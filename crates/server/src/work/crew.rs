//! Workers: each claims a job, does it, says that it is alive, and claims the next.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::Duration;

use model::Failure;
use store::jobs::{self, End, Held};
use store::tasks;
use tokio::sync::watch;
use tokio::task::{JoinError, JoinHandle, JoinSet};
use tokio::time::{Instant, sleep};

use super::{Hold, Kind, Undone};
use crate::App;

/// How long a worker without work waits before it looks again, when nobody wakes it.
const IDLE: Duration = Duration::from_millis(500);
/// How long a worker waits whose database does not answer.
const UNWELL: Duration = Duration::from_secs(2);
/// No job takes longer; each kind has limits of its own that are far below.
const LONGEST: Duration = Duration::from_secs(6 * 3600);
/// How often the end of a job is written before that is left to the end of its lease.
const WRITES: u32 = 5;

/// Workers of one process.
#[derive(Clone, Copy, Debug)]
pub struct Crew {
    /// What they can do.
    pub kinds: &'static [Kind],
    /// How many they are.
    pub workers: usize,
    /// How long one may be silent before its job is another's.
    pub lease: Duration,
    /// How long a job may take to stop before it is no longer waited for.
    pub grace: Duration,
}

/// Why a job was told to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Why {
    /// Nobody wants it any more.
    Cancelled,
    /// It is another worker's.
    Lost,
    /// The process ends.
    Ending,
    /// It took too long.
    Late,
}

/// What became of a job as far as its code is concerned.
type Outcome = Option<Result<Result<(), Undone>, JoinError>>;

impl Crew {
    /// One worker for these kinds, with a usual lease.
    #[must_use]
    pub fn new(kinds: &'static [Kind]) -> Self {
        let lease = Duration::from_millis(u64::try_from(jobs::LEASE).unwrap_or_default());
        Self { kinds, workers: 1, lease, grace: Duration::from_secs(5) }
    }

    /// Works until it is told to end, then stops what is under way and gives it back.
    pub async fn run(self, app: App, ending: watch::Receiver<bool>) {
        // Names nobody else has, also after a start anew: whoever has the name has the job.
        let process = RandomState::new().build_hasher().finish();
        let mut crew = JoinSet::new();
        crew.spawn(self.reap(app.clone(), ending.clone()));
        for number in 0..self.workers {
            let name = format!("{process:016x}-{number}");
            crew.spawn(self.work(app.clone(), name, ending.clone()));
        }
        while let Some(ended) = crew.join_next().await {
            if let Err(error) = ended {
                tracing::error!(%error, "a worker ended before its time");
            }
        }
    }

    /// Takes jobs from workers that are silent, and stops those nobody wants.
    async fn reap(self, app: App, mut ending: watch::Receiver<bool>) {
        while !*ending.borrow() {
            if let Err(error) = tidy(&app).await {
                tracing::warn!(%error, "cannot look for silent workers");
            }
            rest(self.lease / 4, &mut ending).await;
        }
    }

    async fn work(self, app: App, name: String, mut ending: watch::Receiver<bool>) {
        let kinds: Vec<&str> = self.kinds.iter().map(|kind| kind.name).collect();
        let lease = milliseconds(self.lease);
        while !*ending.borrow() {
            let woken = app.wake.notified();
            match jobs::claim(&app.database, &name, &kinds, lease).await {
                Ok(Some(held)) => self.one(&app, &name, held, &mut ending).await,
                Ok(None) => {
                    tokio::select! {
                        () = woken => {}
                        () = rest(IDLE, &mut ending) => {}
                    }
                }
                Err(error) => {
                    tracing::warn!(%error, "cannot look for work");
                    rest(UNWELL, &mut ending).await;
                }
            }
        }
    }

    async fn one(&self, app: &App, name: &str, held: Held, ending: &mut watch::Receiver<bool>) {
        let Some(kind) = self.kinds.iter().find(|kind| kind.name == held.kind) else { return };
        let (stop, progress) = (Arc::new(AtomicBool::new(false)), AtomicI64::new(0));
        let hold = Arc::new(Hold { job: held.id, worker: name.to_owned(), stop, progress });
        // A panic in it ends this job and nothing else.
        let run = tokio::spawn((kind.run)(app.clone(), held.clone(), Arc::clone(&hold)));
        let (outcome, why) = self.watch(app, &hold, run, ending).await;
        let Some(end) = ended(outcome, why) else { return };
        for attempt in 1..=WRITES {
            match write(app, name, &held, &end).await {
                Ok(()) => return,
                Err(error) if attempt == WRITES => {
                    tracing::warn!(%error, job = held.id, "cannot note how a job ended; its lease will");
                }
                Err(_) => sleep(UNWELL.min(self.lease / 4)).await,
            }
        }
    }

    /// Waits for a job, says all the while that it is being done, and hears whether to stop.
    async fn watch(
        &self,
        app: &App,
        hold: &Hold,
        mut run: JoinHandle<Result<(), Undone>>,
        ending: &mut watch::Receiver<bool>,
    ) -> (Outcome, Option<Why>) {
        let begun = Instant::now();
        let mut told: Option<(Why, Instant)> = None;
        let mut beats = Beats::new(self.lease);
        loop {
            let heard = tokio::select! {
                done = &mut run => return (Some(done), told.map(|(why, _)| why)),
                heard = beats.next(app, hold) => heard,
                () = until_ending(ending), if told.is_none() => Some(Why::Ending),
            };
            let late = (begun.elapsed() > LONGEST).then_some(Why::Late);
            match (heard.or(late), told) {
                (Some(why), None) => {
                    hold.stop.store(true, Ordering::Relaxed);
                    told = Some((why, Instant::now()));
                }
                (_, Some((why, at))) if at.elapsed() > self.grace => {
                    run.abort();
                    return (None, Some(why));
                }
                _ => {}
            }
        }
    }
}

async fn tidy(app: &App) -> Result<(), store::Error> {
    let jobs = jobs::reap(&app.database).await?;
    if jobs > 0 {
        tracing::warn!(jobs, "took jobs from workers that were silent for too long");
    }
    tasks::stop_unwanted(&app.database).await.map(drop)
}

/// The signs of life of one job.
struct Beats {
    lease: Duration,
    next: Instant,
}

impl Beats {
    fn new(lease: Duration) -> Self {
        Self { lease, next: Instant::now() + Self::pause(lease) }
    }

    fn pause(lease: Duration) -> Duration {
        Duration::from_secs(1).min(lease / 5)
    }

    /// Waits for the time of the next one and gives it; hears whether to stop.
    async fn next(&mut self, app: &App, hold: &Hold) -> Option<Why> {
        tokio::time::sleep_until(self.next).await;
        self.next = Instant::now() + Self::pause(self.lease);
        let progress = hold.progress.load(Ordering::Relaxed);
        match jobs::renew(&app.database, &hold.worker, hold.job, milliseconds(self.lease), progress).await {
            Ok(Some(false)) => None,
            Ok(Some(true)) => Some(Why::Cancelled),
            Ok(None) => Some(Why::Lost),
            Err(error) => {
                tracing::warn!(%error, job = hold.job, "cannot renew a lease");
                None
            }
        }
    }
}

/// What is to be noted of a job.
#[derive(Debug)]
enum Note {
    End(End),
    Later(String),
    Gate(i64),
    GiveBack,
}

/// What is to be noted of a job; nothing when it is another's.
fn ended(outcome: Outcome, why: Option<Why>) -> Option<Note> {
    let undone = match outcome {
        Some(Ok(Ok(()))) => return Some(Note::End(End::Done(None))),
        Some(Ok(Err(undone))) => undone,
        Some(Err(error)) => {
            tracing::error!(%error, "a job panicked");
            let message = "the program has a fault, which its log tells: the job panicked".to_owned();
            return Some(Note::End(End::Failed(Failure::Unknown.word().to_owned(), message)));
        }
        None => Undone::Stopped,
    };
    match (undone, why) {
        (Undone::Failed(failure, message), _) => {
            Some(Note::End(End::Failed(failure.word().to_owned(), message)))
        }
        (_, Some(Why::Lost)) => None,
        (_, Some(Why::Cancelled)) => Some(Note::End(End::Cancelled)),
        (_, Some(Why::Ending)) => Some(Note::GiveBack),
        (_, Some(Why::Late)) => {
            let message = format!("it took longer than {} hours", LONGEST.as_secs() / 3600);
            Some(Note::End(End::Failed(Failure::TimedOut.word().to_owned(), message)))
        }
        (Undone::Gate(registry), None) => Some(Note::Gate(registry)),
        (Undone::Stopped, None) => Some(Note::Later("it stopped by itself".to_owned())),
        (Undone::Error(error), None) => {
            tracing::warn!(error = crate::told(&error), "a job could not be done now");
            Some(Note::Later(error.to_string()))
        }
    }
}

async fn write(app: &App, name: &str, held: &Held, note: &Note) -> Result<(), store::Error> {
    match note {
        Note::End(end) => {
            let mut transaction = app.database.begin().await?;
            jobs::end(&mut transaction, name, held.id, end.clone()).await?;
            transaction.commit().await
        }
        Note::Later(message) => {
            jobs::later(&app.database, name, held, Failure::Unknown.word(), message).await.map(drop)
        }
        Note::Gate(registry) => jobs::gate(&app.database, name, held.id, *registry).await.map(drop),
        Note::GiveBack => jobs::give_back(&app.database, name, held.id).await.map(drop),
    }
}

/// A length of time as the store counts it.
pub(super) fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

/// Waits until the process is to end. Who was to tell and is gone has told.
async fn until_ending(ending: &mut watch::Receiver<bool>) {
    if ending.wait_for(|ending| *ending).await.is_err() {
        tracing::debug!("nobody is left to say when to end");
    }
}

/// Waits, but not longer than the process lasts.
pub(super) async fn rest(pause: Duration, ending: &mut watch::Receiver<bool>) {
    let over = pin!(until_ending(ending));
    let rested: Result<(), _> = tokio::time::timeout(pause, over).await;
    drop(rested);
}
