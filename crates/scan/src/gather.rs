//! Getting the facts of all layers: from a stream that passed, from the cache, or by reading, several at once.

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use image::{Data, Image, Layer};
use model::Digest;

use crate::Error;
use crate::facts::{Groups, LayerFacts};
use crate::layer::{Read1, Reader};
use crate::progress::Event;
use crate::scan::{Passed, Scanner};

/// What is known of a layer before it is read.
struct Known {
    facts: Arc<LayerFacts>,
    missing: Groups,
}

/// The facts of an image's layers, and what it took to get them.
#[derive(Default)]
pub(crate) struct Gathered {
    pub(crate) facts: Vec<Arc<LayerFacts>>,
    pub(crate) cached: u64,
    pub(crate) read: u64,
    pub(crate) bytes: u64,
}

impl Scanner<'_> {
    pub(crate) fn reader<'r>(&'r self, groups: &'r Groups) -> Reader<'r> {
        Reader { detectors: &self.detectors, options: self.options, flight: &self.flight, groups }
    }

    pub(crate) fn keep(&self, diff_id: &Digest, groups: &Groups, read: &Read1) {
        if let Some(cache) = self.cache.as_ref().filter(|_| read.whole) {
            // A cache that cannot be written makes the next scan slower and nothing else.
            drop(cache.store(diff_id, groups, &read.facts));
        }
    }

    /// The facts of every layer: from the stream, from the cache, or read now, several at once.
    pub(crate) fn gather(&self, image: &Image, passed: &Passed) -> Result<Gathered, Error> {
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
