//! Scanning one content: from what is known of its layers, or from wherever it can be had on this machine.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use advisories::Database;
use bounded::Limits;
use image::platform::Choice;
use image::{Image, Known, Location, Opened, Place, Reference, Runtime};
use model::{Failure, Report};
use scan::{Check, Declared, Event, Found, Inspectors, Options, Scanner};
use store::contents::Kept;
use store::engines::Having;
use store::registries::Registry;
use store::registry_images::Having as Pull;

use crate::App;
use crate::adapter::Source;
use crate::sealed::open;
use crate::work::Undone;

/// One content to be scanned, with all that it takes; made before, so that scanning waits for nobody but the image.
pub(crate) struct Subject {
    pub(crate) content: Kept,
    pub(crate) checks: Vec<Check>,
    /// Whether layers are read again whose facts are known.
    pub(crate) force: bool,
    /// An archive that holds it.
    pub(crate) archive: Option<PathBuf>,
    /// The engines that have it.
    pub(crate) having: Vec<(Place, Having)>,
    /// The registries that have it.
    pub(crate) pulls: Vec<(Registry, Pull)>,
    /// The registry whose limit was waited for; 0 for none.
    pub(crate) gate: i64,
    /// Registries that asked for its scan.
    pub(crate) sources: Vec<Source>,
    pub(crate) inspectors: Arc<Inspectors>,
    pub(crate) database: Option<Arc<Database>>,
    pub(crate) stop: Arc<AtomicBool>,
}

/// Why one place could not give the image; another may.
struct Refused {
    failure: Failure,
    message: String,
}

impl Refused {
    fn new(failure: Failure, message: impl Into<String>) -> Self {
        Self { failure, message: message.into() }
    }
}

impl From<image::Error> for Refused {
    fn from(error: image::Error) -> Self {
        Self::new(error.failure(), crate::told(&error))
    }
}

impl From<crate::registries::Refused> for Refused {
    fn from(error: crate::registries::Refused) -> Self {
        Self::new(error.failure(), crate::told(&error))
    }
}

impl From<scan::Error> for Refused {
    fn from(error: scan::Error) -> Self {
        Self::new(error.failure(), crate::told(&error))
    }
}

impl Subject {
    /// Scans it; this waits for the image and takes as long as it takes.
    pub(crate) fn scan(&self, app: &App, progress: &(dyn Fn(i64) + Sync)) -> Result<Report, Undone> {
        let measure = Measure::new(self.content.size, progress);
        let hear = |event| measure.hear(&event);
        let options = Options {
            checks: &self.checks,
            inspectors: &self.inspectors,
            database: self.database.as_deref(),
            declared: Declared::Auto,
            cache: (!self.force).then(|| app.facts()),
            jobs: app.settings.layers,
            limits: Limits::default(),
            today: model::day_of(u64::try_from(store::now() / 1000).unwrap_or_default()),
            progress: &hear,
            stop: Some(Arc::clone(&self.stop)),
        };
        let scanner = Scanner::new(&options);
        let known = self.facts(app).map(Image::from);
        if let Some(image) = known.filter(|image| !self.force && scanner.knows(image)) {
            return scanner.scan(&image).map_err(undone);
        }
        let nowhere = "no engine of this machine and no registry has the image";
        let mut refused = Refused::new(Failure::ContentMissing, nowhere);
        if let Some(archive) = &self.archive {
            match self.of_archive(&scanner, archive) {
                Ok(report) => return report,
                Err(why) => refused = why,
            }
        }
        for (place, having) in &self.having {
            match self.of_engine(&scanner, place, having) {
                Ok(report) => return report,
                Err(why) => refused = why,
            }
        }
        for source in &self.sources {
            match self.of_source(&scanner, source) {
                Ok(report) => return report,
                Err(why) => refused = why,
            }
        }
        for (registry, pull) in &self.pulls {
            if registry.images_per_hour.is_some() && self.gate != registry.id {
                return Err(Undone::Gate(registry.id));
            }
            match self.of_registry(app, &scanner, registry, pull) {
                Ok(report) => return report,
                Err(why) => refused = why,
            }
        }
        Err(Undone::Failed(refused.failure, refused.message))
    }

    /// The image as it was kept, when this server kept it.
    fn facts(&self, app: &App) -> Option<Known> {
        let facts = open(&app.settings.key, &self.content.image_id, self.content.facts.as_deref()?)?;
        serde_json::from_str(&facts).ok()
    }

    fn of_archive(
        &self,
        scanner: &Scanner<'_>,
        archive: &std::path::Path,
    ) -> Result<Result<Report, Undone>, Refused> {
        let found = archive_images(scanner, archive)?;
        self.report(scanner, &found, false)
    }

    fn of_source(&self, scanner: &Scanner<'_>, source: &Source) -> Result<Result<Report, Undone>, Refused> {
        self.report(scanner, &Found::from(source.open()?), false)
    }

    fn of_engine(
        &self,
        scanner: &Scanner<'_>,
        place: &Place,
        having: &Having,
    ) -> Result<Result<Report, Undone>, Refused> {
        let runtime: Box<dyn Runtime> = place.connect()?;
        let name = match having.namespace.as_str() {
            "" => having.reference.clone(),
            namespace => format!("{namespace}/{}", having.reference),
        };
        // It may be of another platform than this machine: whichever it was is chosen by its id below.
        let platform = self.content.platform.as_deref().and_then(|platform| platform.parse().ok());
        let choice: Choice = platform.unwrap_or_default();
        let opened = runtime.open(&name, &choice)?;
        match scanner.opened(opened, &choice) {
            Err(scan::Error::Stopped) => Ok(Err(Undone::Stopped)),
            // Known by the engine's own id, where the engine does not tell the configuration's.
            found => self.report(scanner, &found?, having.reference == self.content.image_id),
        }
    }

    fn of_registry(
        &self,
        app: &App,
        scanner: &Scanner<'_>,
        registry: &Registry,
        pull: &Pull,
    ) -> Result<Result<Report, Undone>, Refused> {
        let connected = app.connections.of(app, registry)?;
        let elsewhere = || Refused::new(Failure::NotFound, "the registry is at another address by now");
        let repository = connected.pulled(&pull.repository).ok_or_else(elsewhere)?;
        let images = match self.facts(app).filter(|known| known.is_of(&pull.digest)) {
            // Its manifest was read before, and says what is to be pulled.
            Some(known) => vec![image::registry::known_in(&connected.registry, repository, known)],
            None => {
                let reference = Reference::within(&connected.host, repository, &pull.digest)?;
                image::registry::open_in(&connected.registry, &reference, &Choice::All)?
            }
        };
        let found = scanner.opened(Opened::Images(images), &Choice::All)?;
        self.report(scanner, &found, false)
    }

    /// Scans the image that is meant; the engine's name for it may mean another one by now.
    fn report(
        &self,
        scanner: &Scanner<'_>,
        found: &Found,
        any: bool,
    ) -> Result<Result<Report, Undone>, Refused> {
        let same = |image: &&Image| {
            any || image.image_id.as_ref().is_some_and(|id| id.to_string() == self.content.image_id)
        };
        let Some(image) = found.images.iter().find(same) else {
            return Err(Refused::new(
                Failure::NotFound,
                "what is there by that name is another image by now",
            ));
        };
        match scanner.scan_passed(image, &found.passed) {
            Err(scan::Error::Stopped) => Ok(Err(Undone::Stopped)),
            Err(error) => Err(error.into()),
            Ok(report) => Ok(Ok(report)),
        }
    }
}

/// The words of every check.
pub(crate) fn every_check() -> Vec<String> {
    Check::ALL.iter().map(|check| check.word().to_owned()).collect()
}

/// The images of an archive, whatever kind it is.
pub(crate) fn archive_images(scanner: &Scanner<'_>, archive: &std::path::Path) -> Result<Found, scan::Error> {
    match Location::parse(&archive.display().to_string())? {
        Location::OciArchive(path) => scanner.oci_archive(&path, &Choice::All),
        Location::DockerArchive(path) => scanner.docker_archive(&path, &Choice::All),
        _ => Err(scan::Error::Image(image::Error::Format {
            what: "the archive".to_owned(),
            why: "it is neither a saved image nor an OCI layout in one file".to_owned(),
        })),
    }
}

fn undone(error: scan::Error) -> Undone {
    match error {
        scan::Error::Stopped => Undone::Stopped,
        error => Undone::Failed(error.failure(), crate::told(&error)),
    }
}

/// How far a scan is, in percent.
struct Measure<'a> {
    state: std::sync::Mutex<State>,
    tell: &'a (dyn Fn(i64) + Sync),
}

#[derive(Default)]
struct State {
    bytes: u64,
    of_bytes: u64,
    layers: u64,
    of_layers: u64,
    told: i64,
}

impl<'a> Measure<'a> {
    fn new(size: i64, tell: &'a (dyn Fn(i64) + Sync)) -> Self {
        let of_bytes = u64::try_from(size).unwrap_or_default();
        Self { state: std::sync::Mutex::new(State { of_bytes, ..State::default() }), tell }
    }

    fn hear(&self, event: &Event) {
        /// What is left for merging, judging and writing.
        const READ: u64 = 95;
        let mut state = self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let mut judging = false;
        match event {
            Event::Layers { count, bytes } => {
                state.of_layers = *count;
                if *bytes > 0 {
                    state.of_bytes = *bytes;
                }
            }
            Event::Bytes(bytes) => state.bytes = state.bytes.saturating_add(*bytes),
            Event::LayerDone => state.layers = state.layers.saturating_add(1),
            Event::Judging => judging = true,
        }
        let part = |done: u64, of: u64| done.min(of).saturating_mul(READ).checked_div(of).unwrap_or(0);
        let read = part(state.bytes, state.of_bytes).max(part(state.layers, state.of_layers));
        let percent = if judging { READ } else { read };
        // It never goes back, whatever an engine said of sizes.
        state.told = state.told.max(i64::try_from(percent).unwrap_or(0));
        (self.tell)(state.told);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[test]
    fn progress_only_goes_on_and_leaves_room_for_what_comes_after_reading() {
        let told = Mutex::new(Vec::new());
        let tell = |percent| told.lock().unwrap().push(percent);
        let measure = Measure::new(0, &tell);
        measure.hear(&Event::Bytes(10));
        measure.hear(&Event::Layers { count: 2, bytes: 1000 });
        measure.hear(&Event::Bytes(490));
        measure.hear(&Event::LayerDone);
        measure.hear(&Event::Layers { count: 4, bytes: 100_000 });
        measure.hear(&Event::Bytes(u64::MAX));
        measure.hear(&Event::Judging);
        assert_eq!(*told.lock().unwrap(), [0, 0, 47, 47, 47, 95, 95]);
    }
}
