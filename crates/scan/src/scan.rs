//! One scan, from the layers to the report.

use std::collections::{HashMap, HashSet};
use std::io::Read;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use advisories::Judgement;
use image::{Data, Image, Layer};
use model::{Digest, Gap, ImageSummary, LayerSummary, Part, Report, SCHEMA_VERSION, Stats, Tool};

use crate::cache::Cache;
use crate::collector::Detectors;
use crate::facts::{Groups, LayerFacts};
use crate::findings::{self, Judged, Subject};
use crate::inspection::Flight;
use crate::layer::{Read1, Reader};
use crate::merge::{Merged, Stacked, merge};
use crate::progress::Event;
use crate::{Check, Error, Options};

/// Reads layers, keeps what they tell, and judges images.
pub struct Scanner<'a> {
    options: &'a Options<'a>,
    detectors: Detectors,
    cache: Option<Cache>,
    /// What the checks need to know of every layer.
    needed: Groups,
    flight: Flight,
}

/// What is known of a layer before it is read.
struct Known {
    facts: Arc<LayerFacts>,
    missing: Groups,
}

/// Layers that passed by in a stream, by what identifies them.
#[derive(Default)]
pub struct Passed {
    by_diff_id: HashMap<Digest, Arc<LayerFacts>>,
    by_member: HashMap<String, (Option<Digest>, Arc<LayerFacts>)>,
    bytes: u64,
}

/// The facts of an image's layers, and what it took to get them.
#[derive(Default)]
struct Gathered {
    facts: Vec<Arc<LayerFacts>>,
    cached: u64,
    read: u64,
    bytes: u64,
}

impl<'a> Scanner<'a> {
    /// A scanner.
    #[must_use]
    pub fn new(options: &'a Options<'a>) -> Self {
        let cache = options.cache.as_deref().map(Cache::new);
        let needed = Groups::needed(options);
        Self { options, detectors: Detectors::new(), cache, needed, flight: Flight::default() }
    }

    /// Whether the facts of all layers of an image are known, so that none has to be read.
    #[must_use]
    pub fn knows(&self, image: &Image) -> bool {
        let known = |layer: &Layer| Some(self.cache.as_ref()?.knows(layer.diff_id.as_ref()?, &self.needed));
        image.layers.iter().all(|layer| known(layer) == Some(true))
    }

    /// Scans an image whose layers can be opened.
    ///
    /// # Errors
    /// When a layer cannot be fetched or is not what its digest names.
    pub fn scan(&self, image: &Image) -> Result<Report, Error> {
        self.scan_passed(image, &Passed::default())
    }

    /// Scans an image of which some layers passed by in a stream.
    ///
    /// # Errors
    /// As [`Scanner::scan`].
    pub fn scan_passed(&self, image: &Image, passed: &Passed) -> Result<Report, Error> {
        let start = Instant::now();
        let gathered = self.gather(image, passed)?;
        let layers = part("layers", start, gathered.bytes.saturating_add(passed.bytes));
        (self.options.progress)(Event::Judging);
        let subject = Subject::new(image, self.options);
        let start_merge = Instant::now();
        let stacked = stack(image, &subject, &gathered.facts);
        let mut merged = merge(&stacked, self.options);
        let merging = part("merge", start_merge, 0);
        let start_match = Instant::now();
        let vulnerabilities = self.vulnerabilities(&mut merged)?;
        let matching = part("match", start_match, 0);
        let start_judge = Instant::now();
        let judged = findings::judge(self.options, &subject, &stacked, &mut merged, vulnerabilities);
        let parts = vec![layers, merging, matching, part("judge", start_judge, 0)];
        let stats = Stats {
            wall_ms: milliseconds(start),
            layers_cached: gathered.cached,
            layers_read: gathered.read,
            parts,
        };
        Ok(self.report(image, subject, merged, judged, stats))
    }

    /// Reads a layer that passes by in a stream.
    ///
    /// # Errors
    /// When the stream itself fails.
    pub fn pass(
        &self,
        passed: &mut Passed,
        member: &str,
        source: &mut (dyn Read + Send),
    ) -> Result<(), Error> {
        let (read, diff_id) = self.reader(&self.needed).read_passing(source)?;
        passed.bytes = passed.bytes.saturating_add(read.bytes);
        (self.options.progress)(Event::LayerDone);
        if let Some(diff_id) = &diff_id {
            self.keep(diff_id, &self.needed, &read);
        }
        let facts = Arc::new(read.facts);
        if let Some(diff_id) = &diff_id {
            passed.by_diff_id.insert(diff_id.clone(), Arc::clone(&facts));
        }
        passed.by_member.insert(member.to_owned(), (diff_id, facts));
        Ok(())
    }

    fn reader<'r>(&'r self, groups: &'r Groups) -> Reader<'r> {
        Reader { detectors: &self.detectors, options: self.options, flight: &self.flight, groups }
    }

    fn keep(&self, diff_id: &Digest, groups: &Groups, read: &Read1) {
        if let Some(cache) = self.cache.as_ref().filter(|_| read.whole) {
            // A cache that cannot be written makes the next scan slower and nothing else.
            drop(cache.store(diff_id, groups, &read.facts));
        }
    }

    /// The facts of every layer: from the stream, from the cache, or read now, several at once.
    fn gather(&self, image: &Image, passed: &Passed) -> Result<Gathered, Error> {
        let mut gathered = Gathered::default();
        let mut known: Vec<Known> = Vec::new();
        for layer in &image.layers {
            let layer_known = self.known(layer, passed)?;
            let cached = layer_known.missing.is_empty() && !matches!(layer.data, Data::Streamed(_));
            gathered.cached += u64::from(cached);
            known.push(layer_known);
        }
        let mut twice = HashSet::new();
        let missing: Vec<(usize, Groups)> = known
            .iter()
            .enumerate()
            .filter(|(_, known)| !known.missing.is_empty())
            .filter(|(at, _)| {
                let layer = image.layers.get(*at);
                layer.is_none_or(|layer| layer.diff_id.is_none() || twice.insert(&layer.diff_id))
            })
            .map(|(at, known)| (at, known.missing))
            .collect();
        for (at, outcome) in self.read_all(image, &missing)? {
            gathered.read += 1;
            gathered.bytes = gathered.bytes.saturating_add(outcome.bytes);
            if let Some(known) = known.get_mut(at) {
                known.take(outcome.facts);
            }
        }
        for (own, layer) in known.iter().zip(&image.layers) {
            // A layer that comes twice was read once.
            let same = || known.get(image.layers.iter().position(|other| other.diff_id == layer.diff_id)?);
            let known = if own.missing.is_empty() { Some(own) } else { same() };
            gathered.facts.push(known.map(|known| Arc::clone(&known.facts)).unwrap_or_default());
        }
        Ok(gathered)
    }

    fn known(&self, layer: &Layer, passed: &Passed) -> Result<Known, Error> {
        let whole = |facts: &Arc<LayerFacts>| Known { facts: Arc::clone(facts), missing: Groups::default() };
        if let Data::Streamed(member) = &layer.data
            && let Some((actual, facts)) = passed.by_member.get(member)
        {
            return match (actual, &layer.diff_id) {
                (Some(actual), Some(expected)) if actual != expected => {
                    Err(Error::Image(image::Error::Digest {
                        what: format!("layer `{member}`"),
                        expected: expected.to_string(),
                        actual: actual.to_string(),
                    }))
                }
                _ => Ok(whole(facts)),
            };
        }
        let mut facts = LayerFacts::default();
        let mut missing = self.needed;
        if let Some(diff_id) = &layer.diff_id {
            if let Some(facts) = passed.by_diff_id.get(diff_id) {
                return Ok(whole(facts));
            }
            if let Some(cache) = &self.cache {
                missing = cache.load(diff_id, &self.needed, &mut facts);
            }
        }
        Ok(Known { facts: Arc::new(facts), missing })
    }

    /// Reads layers with as many workers as the options allow, the largest first.
    fn read_all(&self, image: &Image, missing: &[(usize, Groups)]) -> Result<Vec<(usize, Read1)>, Error> {
        let mut queue: Vec<(usize, &Layer, &Groups)> =
            missing.iter().filter_map(|(at, groups)| Some((*at, image.layers.get(*at)?, groups))).collect();
        queue.sort_by_key(|(at, layer, _)| (std::cmp::Reverse(layer.size), *at));
        let bytes = queue.iter().map(|(_, layer, _)| layer.size).sum();
        (self.options.progress)(Event::Layers { count: queue.len() as u64, bytes });
        let next = AtomicUsize::new(0);
        let results = Mutex::new(Ok(Vec::new()));
        let work = || {
            while let Some((at, layer, groups)) = queue.get(next.fetch_add(1, Ordering::Relaxed)) {
                let outcome = self.read_one(layer, groups);
                let failed = outcome.is_err();
                let mut results = results.lock().unwrap_or_else(PoisonError::into_inner);
                match (outcome, results.as_mut()) {
                    (Ok(read), Ok(results)) => results.push((*at, read)),
                    (Err(error), Ok(_)) => *results = Err(error),
                    (_, Err(_)) => {}
                }
                if failed {
                    next.store(queue.len(), Ordering::Relaxed);
                }
            }
        };
        let workers = self.options.jobs.clamp(1, queue.len().max(1));
        let died = std::thread::scope(|scope| {
            let workers: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
            workers.into_iter().filter_map(|worker| worker.join().err()).count()
        });
        if died > 0 {
            return Err(Error::Thread);
        }
        results.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    fn read_one(&self, layer: &Layer, groups: &Groups) -> Result<Read1, Error> {
        let read = self.reader(groups).read(layer)?;
        (self.options.progress)(Event::LayerDone);
        if let Some(diff_id) = &layer.diff_id {
            self.keep(diff_id, groups, &read);
        }
        Ok(read)
    }

    fn vulnerabilities(&self, merged: &mut Merged<'_>) -> Result<Judgement, Error> {
        if !self.options.makes(Check::Vulnerabilities) {
            return Ok(Judgement::default());
        }
        let Some(database) = self.options.database else {
            let why =
                "there is no advisory database, so no vulnerability was looked for; run `lazaret db update`";
            merged.gaps.push(Gap::new("advisories", "", why));
            return Ok(Judgement::default());
        };
        advisories::judge(database, merged.distribution.as_ref(), &merged.packages).map_err(Error::Advisories)
    }

    fn report(
        &self,
        image: &Image,
        subject: Subject<'_>,
        merged: Merged<'_>,
        judged: Judged,
        stats: Stats,
    ) -> Report {
        let mut gaps = merged.gaps;
        gaps.extend(judged.gaps);
        gaps.sort();
        gaps.dedup();
        let database = self.options.database.filter(|_| self.options.makes(Check::Vulnerabilities));
        let os = merged.distribution.as_ref().and_then(|distribution| distribution.name.clone());
        let layers = layers(image, &subject);
        let base_image = subject.base.clone();
        Report {
            schema_version: SCHEMA_VERSION.to_owned(),
            tool: Tool { name: "lazaret".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() },
            image: summary(image, subject, os),
            distribution: merged.distribution,
            checks: self.options.checks.iter().map(|check| check.word().to_owned()).collect(),
            database: database.map(advisories::Database::summary),
            layers,
            packages: if self.options.makes(Check::Software) { merged.packages } else { Vec::new() },
            findings: judged.findings,
            baseline: judged.baseline,
            files: judged.files,
            base_image,
            gaps,
            stats,
        }
    }
}

impl Known {
    /// Takes in the groups that were missing and are read now.
    fn take(&mut self, read: LayerFacts) {
        let missing = std::mem::take(&mut self.missing);
        let facts = Arc::make_mut(&mut self.facts);
        if missing.listing.is_some() {
            facts.listing = read.listing;
        }
        if missing.packages.is_some() {
            facts.packages = read.packages;
        }
        if missing.secrets.is_some() {
            facts.secrets = read.secrets;
        }
        if missing.malware.is_some() {
            facts.malware = read.malware;
        }
        if missing.settings.is_some() {
            facts.settings = read.settings;
        }
    }
}

fn stack<'f>(image: &Image, subject: &Subject<'_>, facts: &'f [Arc<LayerFacts>]) -> Vec<Stacked<'f>> {
    let mut instructions = subject.instructions();
    let layers = facts.iter().zip(&image.layers).enumerate();
    layers
        .map(|(at, (facts, layer))| Stacked {
            facts,
            diff_id: layer.diff_id.as_ref().map(ToString::to_string),
            created_by: instructions.next().map(str::to_owned),
            from_base: subject.is_base(at),
        })
        .collect()
}

fn summary(image: &Image, subject: Subject<'_>, os: Option<String>) -> ImageSummary {
    let config = &image.config;
    ImageSummary {
        name: image.name.clone(),
        source: image.source.to_owned(),
        digest: image.digest.as_ref().map(ToString::to_string),
        image_id: image.image_id.as_ref().map(ToString::to_string),
        os,
        platform: (!config.os.is_empty()).then(|| config.platform().to_string()),
        size: image.layers.iter().map(|layer| layer.size).sum(),
        created: config.created.clone(),
        config: subject.config,
        history: subject.history,
    }
}

fn layers(image: &Image, subject: &Subject<'_>) -> Vec<LayerSummary> {
    let mut instructions = subject.instructions();
    let summary = |(at, layer): (usize, &Layer)| LayerSummary {
        digest: layer.digest.as_ref().map(ToString::to_string),
        diff_id: layer.diff_id.as_ref().map(ToString::to_string),
        size: layer.size,
        created_by: instructions.next().map(str::to_owned),
        from_base: subject.is_base(at),
    };
    image.layers.iter().enumerate().map(summary).collect()
}

fn part(name: &str, start: Instant, bytes: u64) -> Part {
    Part { name: name.to_owned(), wall_ms: milliseconds(start), bytes }
}

fn milliseconds(start: Instant) -> f64 {
    start.elapsed().as_secs_f64() * 1000.0
}
