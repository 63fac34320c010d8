//! Hearing what happens in the engines, and reading them again when something did.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use image::{Place, Watch};
use model::EventSubject;
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};

use super::{Extent, lost, places, read};
use crate::{App, Error};

/// How often it is looked for engines that were not there.
const LOOK: Duration = Duration::from_secs(10);
/// How often everything is read, whatever happened.
const EVERYTHING: Duration = Duration::from_secs(24 * 3600);
/// How long it is waited for more to happen before an engine is read again.
const MORE: Duration = Duration::from_millis(700);
/// An engine that is slow to tell is asked less often: so many times as long as the last reading took is waited.
const REST: u32 = 4;
/// The longest pause before an engine that went away is tried again.
const LONGEST: Duration = Duration::from_secs(60);
/// How long a watch waits for something to happen before it looks whether to end.
const TURN: Duration = Duration::from_millis(500);

/// Keeps what all engines of this machine have true, until it is told to end.
pub(crate) async fn watch(app: App, mut ending: watch::Receiver<bool>) {
    let over = Arc::new(AtomicBool::new(false));
    let mut watched = HashMap::new();
    let mut before = usize::MAX;
    loop {
        if let Err(error) = look(&app, &over, &mut watched, &mut before).await {
            tracing::warn!(error = crate::told(&error), "cannot look for engines");
        }
        // It is told to end, or nobody is left who could tell.
        if timeout(LOOK, ending.wait_for(|ending| *ending)).await.is_ok() {
            break;
        }
    }
    over.store(true, Ordering::Relaxed);
    for (_, task) in watched {
        drop(timeout(LOOK, task).await);
    }
}

/// Begins to watch engines that are new.
async fn look(
    app: &App,
    ending: &Arc<AtomicBool>,
    watched: &mut HashMap<PathBuf, JoinHandle<()>>,
    before: &mut usize,
) -> Result<(), Error> {
    let places = places(app).await?;
    if places.len() != *before {
        lost(app, &places).await?;
        *before = places.len();
    }
    watched.retain(|_, task| !task.is_finished());
    for place in places {
        watched
            .entry(place.address().to_owned())
            .or_insert_with(|| tokio::spawn(one(app.clone(), place, Arc::clone(ending))));
    }
    Ok(())
}

/// What happened since it was last looked.
#[derive(Default)]
struct News {
    images: AtomicBool,
    any: AtomicBool,
    /// The watch is over: the engine went away, or it is to end.
    over: AtomicBool,
    told: Notify,
}

/// Watches one engine until it is told to end, or until the engine is not where it was any more.
async fn one(app: App, place: Place, ending: Arc<AtomicBool>) {
    let mut pause = Duration::from_secs(1);
    while !ending.load(Ordering::Relaxed) {
        let begun = Instant::now();
        let listening = begin(place.clone()).await;
        // Read after the watch began: nothing is missed in between.
        refresh(&app, &place, Extent::Everything).await;
        match listening {
            Ok(watch) => follow(&app, &place, watch, &ending).await,
            Err(error) => tracing::debug!(engine = place.kind(), error, "cannot watch an engine"),
        }
        let is_there = places(&app).await.is_ok_and(|places| places.contains(&place));
        if ending.load(Ordering::Relaxed) || !is_there {
            break;
        }
        pause = if begun.elapsed() > LONGEST { Duration::from_secs(1) } else { (pause * 2).min(LONGEST) };
        let end = Instant::now() + pause;
        while Instant::now() < end && !ending.load(Ordering::Relaxed) {
            sleep(TURN).await;
        }
    }
}

async fn begin(place: Place) -> Result<Box<dyn Watch>, String> {
    let begun = tokio::task::spawn_blocking(move || place.connect()?.watch()).await;
    match begun {
        Ok(watch) => watch.map_err(|error: image::Error| crate::told(&error)),
        Err(error) => Err(error.to_string()),
    }
}

/// Reads an engine each time something happened in it, and once a day.
async fn follow(app: &App, place: &Place, watch: Box<dyn Watch>, ending: &Arc<AtomicBool>) {
    let news = Arc::new(News::default());
    let listener = {
        let (news, ending) = (Arc::clone(&news), Arc::clone(ending));
        tokio::task::spawn_blocking(move || listen(watch, &news, &ending))
    };
    let mut whole = Instant::now();
    while !news.over.load(Ordering::Relaxed) {
        let wait = EVERYTHING.saturating_sub(whole.elapsed());
        let told = timeout(wait, news.told.notified()).await.is_ok();
        if news.over.load(Ordering::Relaxed) {
            break;
        }
        let begun = if told {
            sleep(MORE).await;
            let begun = Instant::now();
            if news.any.swap(false, Ordering::Relaxed) {
                let images = news.images.swap(false, Ordering::Relaxed);
                refresh(app, place, if images { Extent::Images } else { Extent::Containers }).await;
            }
            begun
        } else {
            whole = Instant::now();
            refresh(app, place, Extent::Everything).await;
            whole
        };
        sleep((begun.elapsed() * REST).min(LONGEST)).await;
    }
    drop(listener.await);
}

/// Hears what happens, until the engine goes away or it is to end.
fn listen(mut watch: Box<dyn Watch>, news: &News, ending: &AtomicBool) {
    while !ending.load(Ordering::Relaxed) {
        match watch.next(TURN) {
            Ok(None) => {}
            Ok(Some(event)) => {
                // A container that is made may have brought its image with it.
                if event.subject == EventSubject::Image {
                    news.images.store(true, Ordering::Relaxed);
                }
                news.any.store(true, Ordering::Relaxed);
                news.told.notify_one();
            }
            Err(_) => break,
        }
    }
    news.over.store(true, Ordering::Relaxed);
    news.told.notify_one();
}

async fn refresh(app: &App, place: &Place, extent: Extent) {
    if let Err(error) = read(app, place, extent).await {
        let error = crate::told(&error);
        tracing::warn!(engine = place.kind(), error, "cannot keep what an engine has");
    }
}
