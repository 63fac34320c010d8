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
use crate::facts::{Detectors, LayerFacts};
use crate::layer::{Read1, Reader};
use crate::merge::{Merged, Stacked, merge};
use crate::progress::Event;
use crate::{Error, Options};

/// Reads layers, keeps what they tell, and judges images.
pub struct Scanner<'a> {
    options: &'a Options<'a>,
    detectors: Detectors,
    cache: Option<Cache>,
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
        Self { options, detectors: Detectors::new(), cache }
    }

    /// Whether the facts of all layers of an image are known, so that none has to be read.
    #[must_use]
    pub fn knows(&self, image: &Image) -> bool {
        let known = |layer: &Layer| Some(self.cache.as_ref()?.load(layer.diff_id.as_ref()?).is_some());
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
        let start_merge = Instant::now();
        let mut merged = merge(&stack(image, &gathered.facts));
        let merging = part("merge", start_merge, 0);
        let start_match = Instant::now();
        let judgement = self.judge(&mut merged)?;
        let parts = vec![layers, merging, part("match", start_match, 0)];
        let stats = Stats {
            wall_ms: milliseconds(start),
            layers_cached: gathered.cached,
            layers_read: gathered.read,
            parts,
        };
        Ok(self.report(image, merged, judgement, stats))
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
        let reader = Reader { detectors: &self.detectors, options: self.options };
        let (read, diff_id) = reader.read_passing(source)?;
        passed.bytes = passed.bytes.saturating_add(read.bytes);
        (self.options.progress)(Event::LayerDone);
        if let Some(diff_id) = &diff_id {
            self.keep(diff_id, &read);
        }
        let facts = Arc::new(read.facts);
        if let Some(diff_id) = &diff_id {
            passed.by_diff_id.insert(diff_id.clone(), Arc::clone(&facts));
        }
        passed.by_member.insert(member.to_owned(), (diff_id, facts));
        Ok(())
    }

    fn keep(&self, diff_id: &Digest, read: &Read1) {
        if let Some(cache) = self.cache.as_ref().filter(|_| read.whole) {
            // A cache that cannot be written makes the next scan slower and nothing else.
            drop(cache.store(diff_id, &read.facts));
        }
    }

    /// The facts of every layer: from the stream, from the cache, or read now, several at once.
    fn gather(&self, image: &Image, passed: &Passed) -> Result<Gathered, Error> {
        let mut gathered = Gathered::default();
        let mut known: Vec<Option<Arc<LayerFacts>>> = Vec::new();
        for layer in &image.layers {
            let facts = self.known(layer, passed)?;
            gathered.cached += u64::from(facts.is_some() && !matches!(layer.data, Data::Streamed(_)));
            known.push(facts);
        }
        let mut twice = HashSet::new();
        let missing: Vec<usize> = (0..known.len())
            .filter(|at| known.get(*at).is_some_and(Option::is_none))
            .filter(|at| {
                image
                    .layers
                    .get(*at)
                    .is_none_or(|layer| layer.diff_id.is_none() || twice.insert(&layer.diff_id))
            })
            .collect();
        for (at, outcome) in self.read_all(image, &missing)? {
            gathered.read += 1;
            gathered.bytes = gathered.bytes.saturating_add(outcome.bytes);
            if let Some(slot) = known.get_mut(at) {
                *slot = Some(Arc::new(outcome.facts));
            }
        }
        for (own, layer) in known.iter().zip(&image.layers) {
            // A layer that comes twice was read once.
            let same = || image.layers.iter().position(|other| other.diff_id == layer.diff_id);
            let facts = own.clone().or_else(|| known.get(same()?)?.clone());
            gathered.facts.push(facts.unwrap_or_default());
        }
        Ok(gathered)
    }

    fn known(&self, layer: &Layer, passed: &Passed) -> Result<Option<Arc<LayerFacts>>, Error> {
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
                _ => Ok(Some(Arc::clone(facts))),
            };
        }
        let Some(diff_id) = &layer.diff_id else { return Ok(None) };
        if let Some(facts) = passed.by_diff_id.get(diff_id) {
            return Ok(Some(Arc::clone(facts)));
        }
        Ok(self.cache.as_ref().and_then(|cache| cache.load(diff_id).map(Arc::new)))
    }

    /// Reads layers with as many workers as the options allow, the largest first.
    fn read_all(&self, image: &Image, missing: &[usize]) -> Result<Vec<(usize, Read1)>, Error> {
        let mut queue: Vec<(usize, &Layer)> =
            missing.iter().filter_map(|at| Some((*at, image.layers.get(*at)?))).collect();
        queue.sort_by_key(|(at, layer)| (std::cmp::Reverse(layer.size), *at));
        let bytes = queue.iter().map(|(_, layer)| layer.size).sum();
        (self.options.progress)(Event::Layers { count: queue.len() as u64, bytes });
        let next = AtomicUsize::new(0);
        let results = Mutex::new(Ok(Vec::new()));
        let work = || {
            while let Some((at, layer)) = queue.get(next.fetch_add(1, Ordering::Relaxed)) {
                let outcome = self.read_one(layer);
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

    fn read_one(&self, layer: &Layer) -> Result<Read1, Error> {
        let read = Reader { detectors: &self.detectors, options: self.options }.read(layer)?;
        (self.options.progress)(Event::LayerDone);
        if let Some(diff_id) = &layer.diff_id {
            self.keep(diff_id, &read);
        }
        Ok(read)
    }

    fn judge(&self, merged: &mut Merged) -> Result<Judgement, Error> {
        let Some(database) = self.options.database.filter(|_| self.options.vulnerabilities) else {
            if self.options.vulnerabilities {
                let why = "there is no advisory database, so no vulnerability was looked for; run `lazaret db update`";
                merged.gaps.push(Gap::new("advisories", "", why));
            }
            return Ok(Judgement::default());
        };
        advisories::judge(database, merged.distribution.as_ref(), &merged.packages).map_err(Error::Advisories)
    }

    fn report(&self, image: &Image, merged: Merged, judgement: Judgement, stats: Stats) -> Report {
        let mut gaps = merged.gaps;
        gaps.extend(judgement.gaps);
        gaps.sort();
        gaps.dedup();
        let database = self.options.database.filter(|_| self.options.vulnerabilities);
        Report {
            schema_version: SCHEMA_VERSION.to_owned(),
            tool: Tool { name: "lazaret".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() },
            image: summary(
                image,
                merged.distribution.as_ref().and_then(|distribution| distribution.name.clone()),
            ),
            distribution: merged.distribution,
            checks: self.options.checks(),
            database: database.map(advisories::Database::summary),
            layers: layers(image),
            packages: if self.options.software { merged.packages } else { Vec::new() },
            findings: judgement.findings,
            baseline: Vec::new(),
            files: None,
            base_image: None,
            gaps,
            stats,
        }
    }
}

fn stack<'f>(image: &Image, facts: &'f [Arc<LayerFacts>]) -> Vec<Stacked<'f>> {
    let mut instructions = image.config.instructions().into_iter();
    facts
        .iter()
        .zip(&image.layers)
        .map(|(facts, layer)| Stacked {
            facts,
            diff_id: layer.diff_id.as_ref().map(ToString::to_string),
            created_by: instructions.next().flatten(),
        })
        .collect()
}

fn summary(image: &Image, os: Option<String>) -> ImageSummary {
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
        config: config.runtime(),
        history: config.history.clone().unwrap_or_default(),
    }
}

fn layers(image: &Image) -> Vec<LayerSummary> {
    let mut instructions = image.config.instructions().into_iter();
    let summary = |layer: &Layer| LayerSummary {
        digest: layer.digest.as_ref().map(ToString::to_string),
        diff_id: layer.diff_id.as_ref().map(ToString::to_string),
        size: layer.size,
        created_by: instructions.next().flatten(),
        from_base: None,
    };
    image.layers.iter().map(summary).collect()
}

fn part(name: &str, start: Instant, bytes: u64) -> Part {
    Part { name: name.to_owned(), wall_ms: milliseconds(start), bytes }
}

fn milliseconds(start: Instant) -> f64 {
    start.elapsed().as_secs_f64() * 1000.0
}
