//! What one layer tells, all by itself.

use std::collections::{HashMap, HashSet};

use bounded::{Buffer, Error, Limits};
use image::interest::{Pattern, Table, Wanted};
use image::path;
use image::walk::{Content, Entry, EntryKind, Visitor};
use inventory::{EXTRACTORS, Extractor, Found, Input};
use model::Gap;
use serde::{Deserialize, Serialize};

use crate::entries::Entries;

/// What one layer tells.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LayerFacts {
    /// What lies in it.
    pub entries: Entries,
    /// What its files told.
    pub finds: Vec<Find>,
    /// What could not be read.
    pub gaps: Vec<Gap>,
}

/// What one file told one extractor.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Find {
    /// The clean path of the file.
    pub path: Vec<u8>,
    /// The extractor's name.
    pub extractor: String,
    /// What it found.
    pub found: Found,
}

/// A hard link to a file whose content had passed when the link asked for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Late {
    pub(crate) target: Vec<u8>,
    pub(crate) link: Vec<u8>,
}

/// Who wants which files.
pub(crate) struct Detectors {
    table: Table,
}

impl Detectors {
    pub(crate) fn new() -> Self {
        Self { table: Table::new(EXTRACTORS.iter().map(|extractor| extractor.files)) }
    }

    /// The extractors that want the file at `path`, going by its path.
    fn by_path(&self, path: &[u8], shown: &str) -> Vec<&'static Extractor> {
        wanting(self.table.by_path(path), shown)
    }

    /// The paths that some extractor wants exactly, and the directories it wants files of.
    pub(crate) fn places() -> impl Iterator<Item = &'static str> {
        EXTRACTORS.iter().flat_map(|extractor| extractor.files).filter_map(|pattern| match pattern {
            Pattern::Path(path) | Pattern::Directory { path, .. } => Some(*path),
            _ => None,
        })
    }
}

fn wanting(wanted: Wanted, shown: &str) -> Vec<&'static Extractor> {
    if wanted.is_empty() {
        return Vec::new();
    }
    let named = wanted.iter().filter_map(|place| EXTRACTORS.get(place).copied());
    named.filter(|extractor| (extractor.wants)(shown)).collect()
}

/// Collects the facts of a layer while it is walked.
pub(crate) struct Collector<'a> {
    detectors: &'a Detectors,
    limits: &'a Limits,
    facts: LayerFacts,
    /// Symbolic links of this layer: what is written below one lands where it leads.
    links: HashMap<Vec<u8>, Vec<u8>>,
    late: Vec<Late>,
    /// The paths of `facts.finds`.
    telling: HashSet<Vec<u8>>,
}

impl<'a> Collector<'a> {
    pub(crate) fn new(detectors: &'a Detectors, limits: &'a Limits) -> Self {
        Self {
            detectors,
            limits,
            facts: LayerFacts::default(),
            links: HashMap::new(),
            late: Vec::new(),
            telling: HashSet::new(),
        }
    }

    /// The facts, and the hard links whose content has to be read once more.
    pub(crate) fn finish(self) -> (LayerFacts, Vec<Late>) {
        (self.facts, self.late)
    }

    /// Where an entry really lands: a parent that is a link of this same layer is followed, as unpacking does.
    fn landing(&self, entry: &Entry<'_>) -> Option<Vec<u8>> {
        if self.links.is_empty() {
            return None;
        }
        let mut path = entry.path.to_vec();
        for _ in 0..16 {
            let Some((link, rest)) = ancestors(&path)
                .find_map(|parent| Some((self.links.get_key_value(parent)?, path.get(parent.len() + 1..)?)))
            else {
                return (path != entry.path).then_some(path);
            };
            path = [path::follow(link.0, link.1), rest.to_vec()].join(&b'/');
        }
        None
    }

    fn file(&mut self, entry: &Entry<'_>, content: &mut dyn Content) -> Result<(), Error> {
        let mut wanted = self.detectors.table.by_path(entry.path);
        if self.detectors.table.looks_into(entry.mode, entry.size) {
            wanted.add(self.detectors.table.by_head(&content.head()?));
        }
        if wanted.is_empty() {
            return Ok(());
        }
        let shown = path::display(entry.path);
        let extractors = wanting(wanted, &shown);
        if extractors.is_empty() {
            return Ok(());
        }
        match content.buffer() {
            Ok(mut buffer) => {
                self.extract(entry.path, &shown, &extractors, &mut buffer);
                Ok(())
            }
            Err(
                error @ (Error::TooLarge { .. }
                | Error::Unsupported { .. }
                | Error::Spool(_)
                | Error::File { .. }),
            ) => {
                self.gap(Gap::new("file", shown, explain(&error)));
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    /// Lets each extractor read a file.
    fn extract(&mut self, path: &[u8], shown: &str, extractors: &[&Extractor], buffer: &mut Buffer) {
        for (place, extractor) in extractors.iter().enumerate() {
            let mut found = Found::default();
            let mut copy;
            // The last one may take the bytes; the others read a copy, which is rare and small.
            let content = match &*buffer {
                Buffer::Memory(bytes) if place + 1 < extractors.len() => {
                    copy = Buffer::from_bytes(bytes.get_ref().clone());
                    &mut copy
                }
                _ => &mut *buffer,
            };
            if let Err(error) = (extractor.extract)(&mut Input::new(shown, content, self.limits, &mut found))
            {
                let why = format!("{} cannot read it: {}", extractor.name, explain(&error));
                found.gaps.push(Gap::new("file", shown, why));
            }
            for package in &mut found.packages {
                extractor.name.clone_into(&mut package.found_by);
            }
            if found != Found::default() {
                let extractor = extractor.name.to_owned();
                self.telling.insert(path.to_vec());
                self.facts.finds.push(Find { path: path.to_vec(), extractor, found });
            }
        }
    }

    /// A hard link tells what its target told, and what the target's path kept it from telling.
    fn hard_link(&mut self, entry: &Entry<'_>) {
        let shown = path::display(entry.path);
        let target = path::display(entry.link);
        let wanting = self.detectors.by_path(entry.path, &shown);
        let mut known = Vec::new();
        let told = if self.telling.contains(entry.link) { self.facts.finds.as_slice() } else { &[] };
        for find in told.iter().filter(|find| find.path == entry.link) {
            let mut copy = find.clone();
            copy.path = entry.path.to_vec();
            for package in copy.found.packages.iter_mut().flat_map(|package| &mut package.paths) {
                if let Some(rest) = package.strip_prefix(&target) {
                    *package = format!("{shown}{rest}");
                }
            }
            known.push(copy);
        }
        let missing =
            wanting.iter().any(|extractor| known.iter().all(|find| find.extractor != extractor.name));
        if !known.is_empty() {
            self.telling.insert(entry.path.to_vec());
            self.facts.finds.extend(known);
        }
        if missing {
            self.late.push(Late { target: entry.link.to_vec(), link: entry.path.to_vec() });
        }
    }

    /// Reads what came late: the content of `late.target` under the path of `late.link`.
    pub(crate) fn extract_late(&mut self, late: &Late, buffer: &mut Buffer) {
        let shown = path::display(&late.link);
        let extractors = self.detectors.by_path(&late.link, &shown);
        self.extract(&late.link, &shown, &extractors, buffer);
    }

    pub(crate) fn resume(detectors: &'a Detectors, limits: &'a Limits, facts: LayerFacts) -> Self {
        Self { facts, ..Self::new(detectors, limits) }
    }
}

impl Visitor for Collector<'_> {
    fn entry(&mut self, entry: &Entry<'_>, content: &mut dyn Content) -> Result<(), Error> {
        let landing = self.landing(entry);
        let entry = &Entry { path: landing.as_deref().unwrap_or(entry.path), ..*entry };
        self.facts.entries.push(entry);
        if !matches!(entry.kind, EntryKind::Whiteout | EntryKind::Opaque) {
            // A path that comes twice in one layer is what it is the last time.
            if !self.links.is_empty() {
                self.links.remove(entry.path);
            }
            if self.telling.remove(entry.path) {
                self.facts.finds.retain(|find| find.path != entry.path);
            }
        }
        match entry.kind {
            EntryKind::File => self.file(entry, content),
            EntryKind::HardLink => {
                self.hard_link(entry);
                Ok(())
            }
            EntryKind::SymbolicLink => {
                self.links.insert(entry.path.to_vec(), entry.link.to_vec());
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn gap(&mut self, gap: Gap) {
        /// What one layer may complain of; a hostile one must not fill the memory with it.
        const GAPS: usize = 1000;
        if self.facts.gaps.len() < GAPS {
            self.facts.gaps.push(gap);
        } else if self.facts.gaps.len() == GAPS {
            self.facts.gaps.push(Gap::new("layer", "", "more than 1000 entries could not be read"));
        }
    }
}

/// The directories above a path, the nearest first, without the root.
pub(crate) fn ancestors(path: &[u8]) -> impl Iterator<Item = &[u8]> {
    let slashes = path.iter().enumerate().rev().filter(|(_, byte)| **byte == b'/');
    slashes.filter_map(|(at, _)| path.get(..at))
}

/// An error with its causes, on one line.
pub(crate) fn explain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}
