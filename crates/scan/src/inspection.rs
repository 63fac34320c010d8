//! Looking into files beside the walk, in threads of their own.
//!
//! The walk hands over what it read and goes on; how much may wait is bounded in bytes over all layers.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use bounded::Buffer;
use crossbeam_channel::{Receiver, Sender, bounded as channel};
use image::path;
use image::walk::EntryKind;
use inspect::baseline::Kept;
use inspect::malware::MalwareFact;
use inspect::secrets::{MANY, SecretFact};
use model::Gap;
use rustc_hash::FxHashMap;

use crate::Options;
use crate::entries::Entries;
use crate::facts::{LayerFacts, Told, complain};

/// Bytes of files that may wait or be looked into at once.
const FLIGHT_BYTES: u64 = 24 << 20;
/// Small files are handed over together.
const BATCH_BYTES: u64 = 256 << 10;
const BATCH_FILES: usize = 64;
/// The largest file that is looked through for secrets or kept for its settings.
const WHOLE_BYTES: u64 = 128 << 20;
/// What looking into a large file holds in memory.
const WINDOW_BYTES: u64 = 20 << 20;

/// Who wants to look into a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Interest {
    pub(crate) secrets: bool,
    pub(crate) malware: bool,
    pub(crate) settings: bool,
}

impl Interest {
    pub(crate) fn is_empty(self) -> bool {
        self == Self::default()
    }

    /// What of this is not in `other`.
    pub(crate) fn without(self, other: Self) -> Self {
        Self {
            secrets: self.secrets && !other.secrets,
            malware: self.malware && !other.malware,
            settings: self.settings && !other.settings,
        }
    }
}

/// One file to look into.
pub(crate) struct Subject {
    /// Its place in the layer.
    pub(crate) sequence: u64,
    pub(crate) path: Vec<u8>,
    pub(crate) mode: u32,
    pub(crate) interest: Interest,
    pub(crate) content: Buffer,
}

/// What a file told.
#[derive(Default)]
pub(crate) struct Outcome {
    sequence: u64,
    path: Vec<u8>,
    secrets: Told<SecretFact>,
    malware: Told<MalwareFact>,
    settings: Told<Kept>,
}

/// How many bytes are in flight, over all layers.
#[derive(Default)]
pub(crate) struct Flight {
    bytes: Mutex<u64>,
    landed: Condvar,
}

impl Flight {
    fn lock(&self) -> MutexGuard<'_, u64> {
        self.bytes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until there is room; something larger than all the room waits until nothing else is there.
    fn take_off(&self, bytes: u64) {
        let mut flying = self.lock();
        while *flying > 0 && flying.saturating_add(bytes) > FLIGHT_BYTES {
            flying = self.landed.wait(flying).unwrap_or_else(PoisonError::into_inner);
        }
        *flying = flying.saturating_add(bytes);
    }

    fn land(&self, bytes: u64) {
        let mut flying = self.lock();
        *flying = flying.saturating_sub(bytes);
        self.landed.notify_all();
    }
}

/// Takes files from the walk of one layer.
pub(crate) struct Inspection<'a> {
    sender: Sender<Batch>,
    flight: &'a Flight,
    batch: Batch,
}

#[derive(Default)]
struct Batch {
    subjects: Vec<Subject>,
    bytes: u64,
}

impl Inspection<'_> {
    /// Hands a file over.
    pub(crate) fn look_into(&mut self, subject: Subject) {
        let weight = weight(&subject);
        if self.batch.bytes.saturating_add(weight) > BATCH_BYTES {
            self.send();
        }
        self.batch.bytes = self.batch.bytes.saturating_add(weight);
        self.batch.subjects.push(subject);
        if self.batch.bytes >= BATCH_BYTES || self.batch.subjects.len() >= BATCH_FILES {
            self.send();
        }
    }

    fn send(&mut self) {
        let batch = std::mem::take(&mut self.batch);
        if !batch.subjects.is_empty() {
            self.flight.take_off(batch.bytes);
            // The workers outlive the walk, so that somebody always receives.
            drop(self.sender.send(batch));
        }
    }
}

/// What looking into a file holds in memory.
fn weight(subject: &Subject) -> u64 {
    let whole = subject.interest.secrets || subject.interest.settings;
    match &subject.content {
        Buffer::File(_, length) if !whole => (*length).min(WINDOW_BYTES),
        content => content.len(),
    }
}

/// Runs a walk with threads beside it that look into files, and adds what they tell to the facts of the walk.
pub(crate) fn beside(
    options: &Options<'_>,
    flight: &Flight,
    walk: impl FnOnce(&mut Inspection<'_>) -> LayerFacts,
) -> LayerFacts {
    let (sender, receiver) = channel(4);
    let outcomes = Mutex::new(Vec::new());
    let worker = Worker { options, flight, outcomes: &outcomes };
    let mut facts = std::thread::scope(|scope| {
        for _ in 0..workers(options) {
            let receiver = receiver.clone();
            scope.spawn(|| worker.work(receiver));
        }
        drop(receiver);
        let mut inspection = Inspection { sender, flight, batch: Batch::default() };
        let facts = walk(&mut inspection);
        inspection.send();
        facts
    });
    let mut outcomes = outcomes.into_inner().unwrap_or_else(PoisonError::into_inner);
    outcomes.sort_by_key(|outcome: &Outcome| outcome.sequence);
    if !outcomes.is_empty() {
        last_of_each_path(&facts.listing.entries, &mut outcomes);
    }
    for outcome in outcomes {
        append(&mut facts.secrets, outcome.secrets);
        append(&mut facts.malware, outcome.malware);
        append(&mut facts.settings, outcome.settings);
    }
    facts
}

/// How many threads look into the files of one layer: none when no check hands any over.
fn workers(options: &Options<'_>) -> usize {
    let idle = options.secrets().is_none() && options.malware().is_none() && options.baseline().is_none();
    if idle { 0 } else { options.jobs.clamp(1, 4) }
}

/// A path that comes twice in one layer is what it is the last time.
fn last_of_each_path(entries: &Entries, outcomes: &mut Vec<Outcome>) {
    let mut last: FxHashMap<&[u8], u64> =
        outcomes.iter().map(|outcome| (outcome.path.as_slice(), outcome.sequence)).collect();
    let mut sequence = 0;
    entries.for_each(|entry| {
        if let Some(last) = last.get_mut(entry.path)
            && !matches!(entry.kind, EntryKind::Whiteout | EntryKind::Opaque)
        {
            *last = sequence;
        }
        sequence += 1;
    });
    let kept: Vec<bool> =
        outcomes.iter().map(|outcome| last.get(outcome.path.as_slice()) == Some(&outcome.sequence)).collect();
    let mut kept = kept.into_iter();
    outcomes.retain(|_| kept.next() == Some(true));
}

fn append<T>(all: &mut Told<T>, told: Told<T>) {
    all.facts.extend(told.facts);
    told.gaps.into_iter().for_each(|gap| complain(&mut all.gaps, gap));
}

struct Worker<'a> {
    options: &'a Options<'a>,
    flight: &'a Flight,
    outcomes: &'a Mutex<Vec<Outcome>>,
}

impl Worker<'_> {
    fn work(&self, receiver: Receiver<Batch>) {
        for batch in receiver {
            let outcomes = batch
                .subjects
                .into_iter()
                .filter(|_| self.options.go_on().is_ok())
                .map(|subject| self.inspect(subject))
                .filter(|outcome| {
                    !(outcome.secrets.is_empty() && outcome.malware.is_empty() && outcome.settings.is_empty())
                });
            let outcomes: Vec<Outcome> = outcomes.collect();
            self.outcomes.lock().unwrap_or_else(PoisonError::into_inner).extend(outcomes);
            self.flight.land(batch.bytes);
        }
    }

    /// Looks into one file. Whatever an engine stumbles over stops that file only.
    fn inspect(&self, mut subject: Subject) -> Outcome {
        let mut outcome = Outcome { sequence: subject.sequence, ..Outcome::default() };
        let looked = catch_unwind(AssertUnwindSafe(|| self.look(&mut subject, &mut outcome)));
        if looked.is_err() {
            fail(&subject, &mut outcome, "looking into it failed; please report this as a fault of Lazaret");
        }
        outcome.path = subject.path;
        outcome
    }

    fn look(&self, subject: &mut Subject, outcome: &mut Outcome) {
        let Subject { path, mode, interest, content, .. } = subject;
        if let Some(malware) = self.options.malware().filter(|_| interest.malware) {
            let inspected = malware.file(path, *mode, content, &self.options.limits);
            outcome.malware = Told { facts: inspected.facts, gaps: inspected.gaps };
        }
        if !interest.secrets && !interest.settings {
            return;
        }
        let bytes = match content.whole(WHOLE_BYTES) {
            Ok(bytes) => bytes,
            Err(error) => {
                subject.interest.malware = false;
                fail(subject, outcome, &crate::explain(&error));
                return;
            }
        };
        if let Some(secrets) = self.options.secrets().filter(|_| interest.secrets) {
            outcome.secrets.facts = secrets.file(path, bytes);
            if outcome.secrets.facts.len() >= MANY {
                let why = format!("it holds {MANY} secrets or more; not all of them may be told");
                outcome.secrets.gaps.push(Gap::new("file", path::display(path), why));
            }
        }
        if let Some(baseline) = self.options.baseline().filter(|_| interest.settings) {
            outcome.settings.facts.extend(baseline.keep(path, bytes));
        }
    }
}

/// Says for everybody who wanted the file that it could not be looked into.
fn fail(subject: &Subject, outcome: &mut Outcome, why: &str) {
    let gap = || Gap::new("file", path::display(&subject.path), why);
    if subject.interest.malware {
        outcome.malware = Told { facts: Vec::new(), gaps: vec![gap()] };
    }
    if subject.interest.secrets {
        outcome.secrets = Told { facts: Vec::new(), gaps: vec![gap()] };
    }
    if subject.interest.settings {
        outcome.settings = Told { facts: Vec::new(), gaps: vec![gap()] };
    }
}
