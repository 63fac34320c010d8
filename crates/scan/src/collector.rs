//! Collecting the facts of a layer while it is walked.

#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};

use bounded::{Buffer, Error};
use image::interest::{Pattern, Table, Wanted};
use image::path;
use image::walk::{Content, Entry, EntryKind, Visitor};
use inventory::{DISTRIBUTION, EXTRACTORS, Extractor, Found, Input};
use model::Gap;

use crate::facts::{Find, Groups, LayerFacts, complain};
use crate::inspection::{Inspection, Interest, Subject};
use crate::{Options, explain};

/// Who wants which files.
pub(crate) struct Detectors {
    table: Table,
}

impl Detectors {
    pub(crate) fn new() -> Self {
        Self { table: Table::new(EXTRACTORS.iter().map(|extractor| extractor.files)) }
    }

    /// The paths that some extractor wants exactly, and the directories it wants files of.
    pub(crate) fn places() -> impl Iterator<Item = &'static str> {
        EXTRACTORS.iter().flat_map(|extractor| extractor.files).filter_map(|pattern| match pattern {
            Pattern::Path(path) | Pattern::Directory { path, .. } => Some(*path),
            _ => None,
        })
    }
}

/// A hard link to a file whose content had passed when the link asked for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Late {
    pub(crate) target: Vec<u8>,
    pub(crate) link: Vec<u8>,
    sequence: u64,
    mode: u32,
    interest: Interest,
}

/// What a layer is read with.
#[derive(Clone, Copy)]
pub(crate) struct Tools<'a> {
    pub(crate) detectors: &'a Detectors,
    pub(crate) options: &'a Options<'a>,
    /// The groups whose facts are collected.
    pub(crate) groups: &'a Groups,
}

impl Tools<'_> {
    /// The extractors that want the file at `path`, going by its path.
    fn by_path(&self, path: &[u8], shown: &str) -> Vec<&'static Extractor> {
        self.wanting(self.detectors.table.by_path(path), shown)
    }

    fn wanting(&self, wanted: Wanted, shown: &str) -> Vec<&'static Extractor> {
        if wanted.is_empty() {
            return Vec::new();
        }
        let named = wanted.iter().filter_map(|place| EXTRACTORS.get(place).copied());
        let asked = |extractor: &&Extractor| match extractor.name {
            DISTRIBUTION => self.groups.listing.is_some(),
            _ => self.groups.packages.is_some(),
        };
        named.filter(asked).filter(|extractor| (extractor.wants)(shown)).collect()
    }

    /// Who looks into a file because of this path of it, and would not because of another.
    pub(crate) fn paths_differ(&self, path: &[u8], other: &[u8]) -> Interest {
        self.interest(path, 0o755, 1, &[]).without(self.interest(other, 0o755, 1, &[]))
    }

    /// Who wants to look into a file.
    fn interest(&self, path: &[u8], mode: u32, size: u64, head: &[u8]) -> Interest {
        let (options, groups) = (self.options, self.groups);
        let secrets = options.secrets().filter(|_| groups.secrets.is_some());
        let malware = options.malware().filter(|_| groups.malware.is_some());
        let baseline = options.baseline().filter(|_| groups.settings.is_some());
        Interest {
            secrets: secrets.is_some_and(|secrets| secrets.wants(path, size, mode)),
            malware: malware.is_some_and(|malware| malware.wants(path, mode, size, head)),
            settings: baseline.is_some_and(|baseline| baseline.wants(path, size)),
        }
    }
}

/// How many times one path of a layer is looked into for settings. Trying weak passwords costs seconds, and a layer that
/// holds a file over and over again must not take them each time.
const SETTINGS_TIMES: u32 = 3;

/// Collects the facts of a layer while it is walked.
pub(crate) struct Collector<'a, 'b, 'c> {
    tools: Tools<'a>,
    inspection: &'b mut Inspection<'c>,
    facts: LayerFacts,
    /// Symbolic links of this layer: what is written below one lands where it leads.
    links: HashMap<Vec<u8>, Vec<u8>>,
    late: Vec<Late>,
    /// The paths of `facts.packages`.
    telling: HashSet<Vec<u8>>,
    /// How many times each path was looked into for settings.
    settings: HashMap<Vec<u8>, u32>,
}

impl<'a, 'b, 'c> Collector<'a, 'b, 'c> {
    pub(crate) fn new(tools: Tools<'a>, inspection: &'b mut Inspection<'c>) -> Self {
        Self::resume(tools, inspection, LayerFacts::default())
    }

    /// Goes on with facts that were collected before.
    pub(crate) fn resume(tools: Tools<'a>, inspection: &'b mut Inspection<'c>, facts: LayerFacts) -> Self {
        let (links, late, telling) = (HashMap::new(), Vec::new(), HashSet::new());
        Self { tools, inspection, facts, links, late, telling, settings: HashMap::new() }
    }

    /// The facts, and the hard links whose content has to be read once more.
    pub(crate) fn finish(self) -> (LayerFacts, Vec<Late>) {
        (self.facts, self.late)
    }

    /// The hard links whose content can be read while the layer is still at hand.
    pub(crate) fn take_late(&mut self) -> Vec<Late> {
        std::mem::take(&mut self.late)
    }

    /// Says that what came late cannot be read.
    pub(crate) fn miss_late(&mut self, late: &Late, why: &str) {
        let shown = path::display(&late.link);
        let packages = !self.tools.by_path(&late.link, &shown).is_empty();
        self.unread(&shown, packages, late.interest, why);
    }

    /// Where an entry really lands: a parent that is a link of this same layer is followed, as unpacking does.
    fn landing(&self, entry: &Entry<'_>) -> Option<Vec<u8>> {
        if self.links.is_empty() {
            return None;
        }
        let mut path = entry.path.to_vec();
        for _ in 0..16 {
            let Some((link, rest)) = path::ancestors(&path)
                .find_map(|parent| Some((self.links.get_key_value(parent)?, path.get(parent.len() + 1..)?)))
            else {
                return (path != entry.path).then_some(path);
            };
            path = [path::follow(link.0, link.1), rest.to_vec()].join(&b'/');
        }
        None
    }

    fn file(&mut self, entry: &Entry<'_>, content: &mut dyn Content) -> Result<(), Error> {
        let table = &self.tools.detectors.table;
        let mut wanted = table.by_path(entry.path);
        let looks = self.tools.groups.packages.is_some() && table.looks_into(entry.mode, entry.size);
        let mut head = Vec::new();
        if entry.size > 0 && (looks || self.tools.groups.malware.is_some()) {
            head = content.head()?;
        }
        if looks {
            wanted.add(table.by_head(&head));
        }
        let mut interest = self.tools.interest(entry.path, entry.mode, entry.size, &head);
        if interest.settings {
            self.limit_settings(entry.path, &mut interest);
        }
        if wanted.is_empty() && interest.is_empty() {
            return Ok(());
        }
        let shown = path::display(entry.path);
        let extractors = self.tools.wanting(wanted, &shown);
        if extractors.is_empty() && interest.is_empty() {
            return Ok(());
        }
        match content.buffer() {
            Ok(buffer) => {
                let sequence = self.sequence();
                let subject = Subject {
                    sequence,
                    path: entry.path.to_vec(),
                    mode: entry.mode,
                    interest,
                    content: buffer,
                };
                self.read(&shown, &extractors, subject);
                Ok(())
            }
            Err(
                error @ (Error::TooLarge { .. }
                | Error::Unsupported { .. }
                | Error::Spool(_)
                | Error::File { .. }),
            ) => {
                self.unread(&shown, !extractors.is_empty(), interest, &explain(&error));
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    fn limit_settings(&mut self, path: &[u8], interest: &mut Interest) {
        let times = self.settings.entry(path.to_vec()).or_insert(0);
        *times = times.saturating_add(1);
        if *times > SETTINGS_TIMES {
            interest.settings = false;
            let why = "it comes more than three times in one layer; its settings were not looked at again";
            complain(&mut self.facts.settings.gaps, Gap::new("file", path::display(path), why));
        }
    }

    /// The place of the entry that is being met.
    fn sequence(&self) -> u64 {
        self.facts.listing.entries.len().saturating_sub(1)
    }

    /// Says for everybody who wanted a file that it could not be read.
    fn unread(&mut self, shown: &str, packages: bool, interest: Interest, why: &str) {
        let wanted = [
            (packages, &mut self.facts.packages.gaps),
            (interest.secrets, &mut self.facts.secrets.gaps),
            (interest.malware, &mut self.facts.malware.gaps),
            (interest.settings, &mut self.facts.settings.gaps),
        ];
        for (_, gaps) in wanted.into_iter().filter(|(wanted, _)| *wanted) {
            complain(gaps, Gap::new("file", shown, why));
        }
    }

    /// Lets everybody who wants a file read it: extractors now, the others beside the walk.
    fn read(&mut self, shown: &str, extractors: &[&Extractor], mut subject: Subject) {
        if subject.interest.is_empty() {
            self.extract(&subject.path, shown, extractors, &mut subject.content);
            return;
        }
        if !extractors.is_empty() {
            match &mut subject.content {
                // An extractor may take the bytes it is given.
                Buffer::Memory(bytes) => {
                    let mut copy = Buffer::from_bytes(bytes.get_ref().clone());
                    self.extract(&subject.path, shown, extractors, &mut copy);
                }
                content => self.extract(&subject.path, shown, extractors, content),
            }
        }
        self.inspection.look_into(subject);
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
            let limits = &self.tools.options.limits;
            if let Err(error) = (extractor.extract)(&mut Input::new(shown, content, limits, &mut found)) {
                let why = format!("{} cannot read it: {}", extractor.name, explain(&error));
                found.gaps.push(Gap::new("file", shown, why));
            }
            for package in &mut found.packages {
                extractor.name.clone_into(&mut package.found_by);
            }
            if found != Found::default() {
                let extractor = extractor.name.to_owned();
                let finds = match extractor.as_str() {
                    DISTRIBUTION => &mut self.facts.listing.releases,
                    _ => &mut self.facts.packages.facts,
                };
                finds.push(Find { path: path.to_vec(), extractor, found });
                self.telling.insert(path.to_vec());
            }
        }
    }

    /// A hard link tells what its target told, and what the target's path kept it from telling.
    fn hard_link(&mut self, entry: &Entry<'_>) {
        let shown = path::display(entry.path);
        let target = path::display(entry.link);
        let wanting = self.tools.by_path(entry.path, &shown);
        let mut known = Vec::new();
        let told = if self.telling.contains(entry.link) { self.facts.packages.facts.as_slice() } else { &[] };
        let looked = self.tools.by_path(entry.link, &target);
        let named = |extractors: &[&Extractor], find: &Find| {
            extractors.iter().any(|extractor| extractor.name == find.extractor)
        };
        // What was told because of the target's name is told of this one only if it is such a name too.
        let is_told =
            |find: &&Find| find.path == entry.link && (named(&wanting, find) || !named(&looked, find));
        for find in told.iter().filter(is_told) {
            let mut copy = find.clone();
            copy.path = entry.path.to_vec();
            for package in copy.found.packages.iter_mut().flat_map(|package| &mut package.paths) {
                if let Some(rest) = package.strip_prefix(&target) {
                    *package = format!("{shown}{rest}");
                }
            }
            known.push(copy);
        }
        // Who looked into the target, and was told nothing, would be told nothing once more.
        let missing = wanting.iter().any(|extractor| {
            let is_it = |other: &&Extractor| other.name == extractor.name;
            !looked.iter().any(is_it) && known.iter().all(|find| find.extractor != extractor.name)
        });
        if !known.is_empty() {
            self.telling.insert(entry.path.to_vec());
            self.facts.packages.facts.extend(known);
        }
        // The size and the first bytes are the target's, and passed: only the paths are compared.
        let own = self.tools.interest(entry.path, entry.mode, 1, &[]);
        let interest = self.tools.paths_differ(entry.path, entry.link);
        // A setting is looked for by its own path.
        let interest = Interest { settings: own.settings, ..interest };
        if missing || !interest.is_empty() {
            self.late.push(Late {
                target: entry.link.to_vec(),
                link: entry.path.to_vec(),
                sequence: self.sequence(),
                mode: entry.mode,
                interest,
            });
        }
    }

    /// Reads what came late: the content of `late.target` under the path of `late.link`.
    pub(crate) fn read_late(&mut self, late: &Late, buffer: Buffer) {
        let shown = path::display(&late.link);
        let extractors = self.tools.by_path(&late.link, &shown);
        let Late { sequence, mode, interest, .. } = *late;
        let subject = Subject { sequence, path: late.link.clone(), mode, interest, content: buffer };
        self.read(&shown, &extractors, subject);
    }
}

impl Visitor for Collector<'_, '_, '_> {
    fn entry(&mut self, entry: &Entry<'_>, content: &mut dyn Content) -> Result<(), Error> {
        self.tools.options.go_on().map_err(|stopped| Error::Source(std::io::Error::other(stopped)))?;
        let landing = self.landing(entry);
        let entry = &Entry { path: landing.as_deref().unwrap_or(entry.path), ..*entry };
        self.facts.listing.entries.push(entry);
        if entry.kind == EntryKind::File {
            self.facts.listing.size = self.facts.listing.size.saturating_add(entry.size);
        }
        if !matches!(entry.kind, EntryKind::Whiteout | EntryKind::Opaque) {
            // A path that comes twice in one layer is what it is the last time.
            if !self.links.is_empty() {
                self.links.remove(entry.path);
            }
            if self.telling.remove(entry.path) {
                self.facts.packages.facts.retain(|find| find.path != entry.path);
                self.facts.listing.releases.retain(|find| find.path != entry.path);
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
        complain(&mut self.facts.listing.gaps, gap);
    }
}
