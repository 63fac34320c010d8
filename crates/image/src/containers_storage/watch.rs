use std::collections::{HashMap, VecDeque};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use model::{ContainerState, EngineEvent, EventSubject};

use super::{Store, containers};
use crate::{Error, Watch};

/// How often the store is looked at.
const STEP: Duration = Duration::from_secs(1);

/// What happens in a store, by comparing what it holds with what it held before.
pub(super) struct Polling {
    store: Store,
    stamps: Vec<Option<SystemTime>>,
    images: HashMap<String, u64>,
    containers: HashMap<String, ContainerState>,
    waiting: VecDeque<EngineEvent>,
}

impl Polling {
    pub(super) fn begin(store: &Store) -> Result<Self, Error> {
        let mut polling = Self {
            store: store.clone(),
            stamps: Vec::new(),
            images: HashMap::new(),
            containers: HashMap::new(),
            waiting: VecDeque::new(),
        };
        polling.look()?;
        polling.waiting.clear();
        Ok(polling)
    }

    /// Notes what changed since the last look.
    fn look(&mut self) -> Result<(), Error> {
        // Taken before the lists are read: what changes meanwhile is read again.
        let stamps = self.stamps();
        if stamps != self.stamps {
            let images = self.store.image_records()?.into_iter().map(|image| {
                let mut names = DefaultHasher::new();
                (&image.names, &image.digest, &image.layer).hash(&mut names);
                (image.id, names.finish())
            });
            let images = images.collect();
            self.waiting.extend(differences(EventSubject::Image, &self.images, &images, |_| "update"));
            (self.images, self.stamps) = (images, stamps);
        }
        // Their processes begin and end without a change of the lists.
        let containers = containers::all(&self.store)?.into_iter();
        let containers = containers.map(|container| (container.id, container.state)).collect();
        let word = |state: &ContainerState| state.word();
        self.waiting.extend(differences(EventSubject::Container, &self.containers, &containers, word));
        self.containers = containers;
        Ok(())
    }

    fn stamps(&self) -> Vec<Option<SystemTime>> {
        let file = |directory: std::path::PathBuf| directory.join("images.json");
        let modified =
            |path: std::path::PathBuf| path.metadata().ok().and_then(|metadata| metadata.modified().ok());
        self.store.roots.iter().map(|root| modified(file(root.directory("images")))).collect()
    }
}

impl Watch for Polling {
    fn next(&mut self, patience: Duration) -> Result<Option<EngineEvent>, Error> {
        let end = Instant::now() + patience;
        loop {
            if let Some(event) = self.waiting.pop_front() {
                return Ok(Some(event));
            }
            self.look()?;
            if !self.waiting.is_empty() {
                continue;
            }
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(None);
            }
            std::thread::sleep(left.min(STEP));
        }
    }
}

/// What came, went or changed, in the order of ids; `word` says how something changed.
fn differences<T: PartialEq>(
    subject: EventSubject,
    before: &HashMap<String, T>,
    now: &HashMap<String, T>,
    word: impl Fn(&T) -> &'static str,
) -> Vec<EngineEvent> {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let changed = now.iter().filter_map(|(id, value)| match before.get(id) {
        None => Some((id, "create")),
        Some(old) if old != value => Some((id, word(value))),
        Some(_) => None,
    });
    let gone = before.keys().filter(|id| !now.contains_key(*id)).map(|id| (id, "delete"));
    let mut found: Vec<_> = changed.chain(gone).collect();
    found.sort_unstable();
    let event = |(id, action): (&String, &str)| EngineEvent {
        subject,
        action: action.to_owned(),
        id: if subject == EventSubject::Image { format!("sha256:{id}") } else { id.clone() },
        namespace: None,
        time: Some(model::time_of(seconds)),
    };
    found.into_iter().map(event).collect()
}
