//! Where wishes are taken: those that come at the same time are written together.

use std::sync::{Mutex, PoisonError};

use store::adapter::Wish;
use store::projects;
use store::tasks::Scans;
use tokio::sync::{OnceCell, Semaphore, oneshot};

use crate::App;
use crate::registries::host;
use crate::scanning::every_check;

/// The most wishes of one transaction: others must not wait for it.
const MOST: usize = 250;
/// How often it is tried again when other writers stand in the way.
const TRIES: usize = 8;
/// How many reports are written at once: each is held in memory as a whole.
const REPORTS: usize = 4;

/// A wish, and who waits for it to be kept.
type Waiting = (Wish, oneshot::Sender<Result<(), Unkept>>);

/// A wish could not be kept; the log says why.
#[derive(Clone, Debug)]
pub(crate) struct Unkept;

/// Where wishes are taken and reports are given out.
#[derive(Debug)]
pub(crate) struct Desk {
    waiting: Mutex<Vec<Waiting>>,
    writing: tokio::sync::Mutex<()>,
    /// The project of those who see all.
    project: OnceCell<i64>,
    /// Whoever writes a report holds one of these.
    pub(crate) reports: Semaphore,
}

impl Default for Desk {
    fn default() -> Self {
        Self {
            waiting: Mutex::default(),
            writing: tokio::sync::Mutex::default(),
            project: OnceCell::new(),
            reports: Semaphore::new(REPORTS),
        }
    }
}

impl Desk {
    /// The project of those who see all; it is never deleted.
    pub(crate) async fn project(&self, app: &App) -> Result<i64, store::Error> {
        let ensure = || projects::ensure(&app.database, projects::DEFAULT);
        self.project.get_or_try_init(ensure).await.copied()
    }

    /// Keeps a wish; it is kept when this ends well.
    ///
    /// A transaction for each would let the last of a thousand wait for a thousand of them.
    pub(crate) async fn take(&self, app: &App, wish: Wish) -> Result<(), Unkept> {
        let (tell, told) = oneshot::channel();
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).push((wish, tell));
        let writing = app.clone();
        // By itself: whoever asked may hang up while the wishes of others are being written.
        tokio::spawn(async move {
            let _turn = writing.desk.writing.lock().await;
            let some = writing.desk.some();
            if !some.is_empty() {
                write(&writing, some).await;
            }
        });
        told.await.unwrap_or(Err(Unkept))
    }

    /// Those that wait longest.
    fn some(&self) -> Vec<Waiting> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let count = waiting.len().min(MOST);
        waiting.drain(..count).collect()
    }
}

/// Writes wishes together; when that cannot be, each by itself, so that one does not spoil the others.
async fn write(app: &App, waiting: Vec<Waiting>) {
    let (mut wishes, tell): (Vec<Wish>, Vec<_>) = waiting.into_iter().unzip();
    let together = match connect(app, &mut wishes).await {
        Ok(()) => keep(app, &wishes).await,
        Err(error) => Err(unkept(&error)),
    };
    for (wish, tell) in wishes.into_iter().zip(tell) {
        let kept = match together {
            Ok(()) => Ok(()),
            Err(Unkept) => keep(app, &[wish]).await,
        };
        // Who hung up asks again, or does not; what was written for them goes in time.
        drop(tell.send(kept));
    }
    app.wake.notify_waiters();
}

async fn keep(app: &App, wishes: &[Wish]) -> Result<(), Unkept> {
    let mut tries = TRIES;
    loop {
        match once(app, wishes).await {
            Ok(()) => return Ok(()),
            Err(error) if tries > 0 && error.is_conflict() => tries = tries.saturating_sub(1),
            Err(error) => return Err(unkept(&error)),
        }
    }
}

fn unkept(error: &store::Error) -> Unkept {
    tracing::error!(error = crate::told(error), "cannot keep what a registry asks for");
    Unkept
}

async fn once(app: &App, wishes: &[Wish]) -> Result<(), store::Error> {
    let scans = Scans::of(every_check());
    let mut transaction = app.database.begin().await?;
    store::adapter::accept(&mut transaction, wishes, &scans).await?;
    transaction.commit().await
}

/// Notes which registries are connected besides: what they have belongs to their projects.
async fn connect(app: &App, wishes: &mut [Wish]) -> Result<(), store::Error> {
    let registries = store::registries::addresses(&app.database).await?;
    for wish in wishes {
        let own = |(_, project, address): &&(i64, i64, String)| {
            wish.scope.holds(*project) && host(address) == wish.host
        };
        if let Some((id, project, _)) = registries.iter().find(own) {
            wish.registry_id = Some(*id);
            wish.project = *project;
        }
    }
    Ok(())
}
