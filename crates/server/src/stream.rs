//! What changes, told to those who listen: read from the database by one of this process while somebody does, so that it
//! is the same whichever server does the work.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use api::StreamMessage;
use store::{Scope, Wanted, engines, events, jobs, now, tasks};
use tokio::sync::broadcast::{self, Receiver, Sender};

use crate::App;

/// How often it is looked what changed.
const LOOK: Duration = Duration::from_secs(1);
/// How long before now is looked at again: what was written then may be seen only now. In milliseconds.
const WINDOW: i64 = 10_000;
/// The most images that are told one by one.
const MOST_IMAGES: i64 = 500;
/// The most events that are told at once.
const MOST_EVENTS: i64 = 200;
/// How many messages wait for a slow listener before it is told to ask for lists anew.
const WAITING: usize = 1_024;
/// The most streams of one account in one process.
const MOST_STREAMS: usize = 8;

/// Something to be told.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    /// When it was read; who asks from there on misses nothing.
    pub(crate) at: i64,
    /// The projects it is about; only who sees all sees what is about none.
    projects: Option<Vec<i64>>,
    /// What.
    pub(crate) message: StreamMessage,
}

impl Told {
    /// Whether somebody may hear it; `None` is for everybody.
    pub(crate) fn is_for(&self, scope: &Scope) -> bool {
        match &self.projects {
            None => true,
            Some(projects) => {
                *scope == Scope::All
                    || (!projects.is_empty() && projects.iter().all(|project| scope.holds(*project)))
            }
        }
    }

    /// That lists are to be asked for anew.
    pub(crate) fn reload() -> Self {
        let at = now();
        Self { at, projects: None, message: StreamMessage::Reload(api::Reload { at }) }
    }
}

/// Those who listen in this process.
#[derive(Debug, Default)]
pub(crate) struct Listeners(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    sender: Option<Sender<Arc<Told>>>,
    accounts: HashMap<i64, usize>,
}

/// One who listens; no longer when it is dropped.
#[derive(Debug)]
pub(crate) struct Listener {
    app: App,
    account: i64,
    /// What is told.
    pub(crate) told: Receiver<Arc<Told>>,
}

impl Drop for Listener {
    fn drop(&mut self) {
        let mut state = self.app.listeners.state();
        if let Some(streams) = state.accounts.get_mut(&self.account) {
            *streams = streams.saturating_sub(1);
        }
        state.accounts.retain(|_, streams| *streams > 0);
    }
}

impl Listeners {
    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing in there is ever half done.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Begins to listen; nothing when the account listens too often already.
pub(crate) fn listen(app: &App, account: i64) -> Option<Listener> {
    let mut state = app.listeners.state();
    let streams = state.accounts.entry(account).or_default();
    if *streams >= MOST_STREAMS {
        return None;
    }
    *streams += 1;
    let told = match &state.sender {
        Some(sender) => sender.subscribe(),
        None => {
            let (sender, told) = broadcast::channel(WAITING);
            state.sender = Some(sender.clone());
            tokio::spawn(look(app.clone(), sender));
            told
        }
    };
    Some(Listener { app: app.clone(), account, told })
}

/// Looks what changed while somebody listens.
async fn look(app: App, sender: Sender<Arc<Told>>) {
    let mut known = Known::new(now());
    loop {
        tokio::time::sleep(LOOK).await;
        {
            let mut state = app.listeners.state();
            if sender.receiver_count() == 0 {
                state.sender = None;
                return;
            }
        }
        match known.changes(&app).await {
            Ok(changes) => {
                for change in changes {
                    // The last listener may just have gone.
                    drop(sender.send(Arc::new(change)));
                }
            }
            Err(error) => tracing::warn!(%error, "cannot look what changed"),
        }
    }
}

/// What was told before.
#[derive(Debug)]
pub(crate) struct Known {
    since: i64,
    tasks: HashMap<i64, (i64, i64)>,
    images: HashMap<i64, jobs::Shown>,
    engines: HashMap<i64, i64>,
    events: HashSet<i64>,
    reloaded: i64,
}

impl Known {
    /// Nothing: all is told that changed since a time, and some of shortly before.
    pub(crate) fn new(since: i64) -> Self {
        Self {
            since,
            tasks: HashMap::new(),
            images: HashMap::new(),
            engines: HashMap::new(),
            events: HashSet::new(),
            reloaded: 0,
        }
    }

    /// What changed since it was last asked for.
    pub(crate) async fn changes(&mut self, app: &App) -> Result<Vec<Told>, store::Error> {
        let (at, since) = (now(), self.since.saturating_sub(WINDOW));
        let mut changes = self.tasks(app, at, since).await?;
        changes.extend(self.images(app, at, since).await?);
        changes.extend(self.engines(app, at, since).await?);
        changes.extend(self.events(app, at, since).await?);
        self.since = at;
        Ok(changes)
    }

    async fn tasks(&mut self, app: &App, at: i64, since: i64) -> Result<Vec<Told>, store::Error> {
        let changed = tasks::changed(&app.database, since).await?;
        let ids: Vec<i64> = changed.iter().map(|task| task.id).collect();
        let mut projects: HashMap<i64, Vec<i64>> = HashMap::new();
        for (task, project) in tasks::projects(&app.database, &ids).await? {
            projects.entry(task).or_default().push(project);
        }
        let before = std::mem::take(&mut self.tasks);
        self.tasks = changed.iter().map(|task| (task.id, (task.updated, task.under_way))).collect();
        let new = changed.into_iter().filter(|task| before.get(&task.id) != self.tasks.get(&task.id));
        Ok(new
            .map(|task| Told {
                at,
                projects: Some(projects.remove(&task.id).unwrap_or_default()),
                message: StreamMessage::Task(Box::new(crate::routes::task(task))),
            })
            .collect())
    }

    async fn events(&mut self, app: &App, at: i64, since: i64) -> Result<Vec<Told>, store::Error> {
        let filter = events::Filter { since: Some(since), ..events::Filter::default() };
        let wanted = Wanted { limit: Some(MOST_EVENTS), after: None };
        let page = events::list(&app.database, &Scope::All, &filter, &wanted).await?;
        let before = std::mem::take(&mut self.events);
        self.events = page.items.iter().map(|event| event.id).collect();
        // The oldest first; of more than are told at once the newest are.
        let new = page.items.into_iter().rev().filter(|event| !before.contains(&event.id));
        Ok(new
            .map(|event| Told {
                at,
                projects: event.project_id.map(|project| vec![project]),
                message: StreamMessage::Event(Box::new(crate::routes::event(event))),
            })
            .collect())
    }

    async fn engines(&mut self, app: &App, at: i64, since: i64) -> Result<Vec<Told>, store::Error> {
        let heard = engines::heard_since(&app.database, since).await?;
        let before = std::mem::take(&mut self.engines);
        self.engines = heard.iter().map(|engine| (engine.id, engine.heard)).collect();
        let mut projects: HashMap<i64, Vec<i64>> = HashMap::new();
        for engine in heard.iter().filter(|engine| before.get(&engine.id) != Some(&engine.heard)) {
            projects.entry(engine.project_id).or_default().push(engine.id);
        }
        let told = projects.into_iter().map(|(project, engines)| Told {
            at,
            projects: Some(vec![project]),
            message: StreamMessage::Engines(engines),
        });
        Ok(told.collect())
    }

    async fn images(&mut self, app: &App, at: i64, since: i64) -> Result<Vec<Told>, store::Error> {
        let shown = jobs::shown(&app.database, since, MOST_IMAGES.saturating_add(1)).await?;
        if i64::try_from(shown.len()).unwrap_or(i64::MAX) > MOST_IMAGES {
            // While so much changes, lists are asked for anew every few seconds.
            if at.saturating_sub(self.reloaded) < WINDOW {
                return Ok(Vec::new());
            }
            self.reloaded = at;
            return Ok(vec![Told::reload()]);
        }
        let before = std::mem::take(&mut self.images);
        let mut projects: HashMap<i64, Vec<api::ImageProgress>> = HashMap::new();
        for image in &shown {
            if before.get(&image.id) != Some(image) {
                projects.entry(image.project_id).or_default().push(progress(image));
            }
        }
        self.images = shown.into_iter().map(|image| (image.id, image)).collect();
        let told = projects.into_iter().map(|(project, images)| Told {
            at,
            projects: Some(vec![project]),
            message: StreamMessage::Images(images),
        });
        Ok(told.collect())
    }
}

fn progress(image: &jobs::Shown) -> api::ImageProgress {
    let status = api::ImageStatus::ALL.iter().find(|status| status.word() == image.status);
    api::ImageProgress {
        id: image.id,
        status: status.copied().unwrap_or(api::ImageStatus::Unscanned),
        percent: image.progress,
        failure: image.scan_failure.as_deref().map(|word| word.parse().unwrap_or(model::Failure::Unknown)),
    }
}
