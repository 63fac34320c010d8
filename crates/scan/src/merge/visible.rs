//! What is still there when all layers are applied.
//!
//! The layers are gone through from the top, and what is above is kept as hashes of paths: an image of millions of
//! files costs eight bytes for each. The hashes are seeded anew in every process, so that no image can be made whose
//! paths collide.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::hash::{BuildHasher, RandomState};

use image::interest::split;
use image::path::{self, ancestors};
use image::walk::{Entry, EntryKind};
use model::Gap;
use rustc_hash::{FxHashMap, FxHashSet};
use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::collector::Detectors;
use crate::facts::{Find, LayerFacts};

/// Hears of every entry of every layer, the topmost layer first: its layer, and whether it is there in the end.
pub(super) type Watcher<'a> = dyn FnMut(usize, &Entry<'_>, bool) + 'a;

/// What survives.
pub(super) struct Visible<'a> {
    hash: Hash,
    finds: Vec<(usize, &'a Find)>,
    /// The paths of facts that are there in the end, themselves or as a hard link, by layer.
    there: HashSet<(usize, &'a [u8])>,
    /// By layer and path: what a layer takes away from those below, itself or as a whole directory.
    removed: FxHashSet<(usize, u64)>,
    /// By layer and path: the layers that have something at the path of a fact.
    present: FxHashSet<(usize, u64)>,
    /// By path: where the finds at it stand in their layers.
    told: HashMap<&'a [u8], Vec<(usize, usize)>>,
    /// Symbolic links at or above the places that detectors name.
    links: HashMap<Vec<u8>, Vec<u8>>,
}

/// Room for no more paths is made beforehand.
const RESERVED: usize = 1 << 20;

/// Hashes of paths.
#[derive(Clone, Copy)]
struct Hash(u64);

impl Hash {
    fn of(self, path: &[u8]) -> u64 {
        xxh3_64_with_seed(path, self.0)
    }

    fn insert(self, paths: &mut FxHashSet<u64>, path: &[u8]) {
        if paths.insert(self.of(path)) {
            self.insert_above(paths, path);
        }
    }

    fn insert_above(self, paths: &mut FxHashSet<u64>, path: &[u8]) {
        for parent in ancestors(path) {
            // Where one parent is known, all above it are.
            if !paths.insert(self.of(parent)) {
                break;
            }
        }
    }
}

/// What is known from the layers above.
struct Above {
    hash: Hash,
    /// Paths that are gone or are something else now, with all below them.
    gone: FxHashSet<u64>,
    /// Directories whose content of the layers below is gone.
    opaque: FxHashSet<u64>,
    /// Directories: a file of the same path in a layer below is gone, what lies in a directory there is not.
    directories: FxHashSet<u64>,
    /// Directories that no layer names, but that something lies in: a file of the same path in a layer below is gone.
    implied: FxHashSet<u64>,
    /// The directory that was asked about last, and whether what lies in it is hidden.
    last: (Vec<u8>, bool),
}

impl Above {
    fn new(hash: Hash) -> Self {
        let none = FxHashSet::default;
        let last = (Vec::new(), false);
        Self { hash, gone: none(), opaque: none(), directories: none(), implied: none(), last }
    }

    fn is_empty(&self) -> bool {
        self.gone.is_empty()
            && self.opaque.is_empty()
            && self.directories.is_empty()
            && self.implied.is_empty()
    }

    /// Whether something that is no directory is hidden at `path` of a layer below.
    fn hides(&mut self, path: &[u8]) -> bool {
        self.hides_entry(EntryKind::File, path)
    }

    /// Whether an entry of a layer below is hidden, or stands in an upper layer as well.
    fn hides_entry(&mut self, kind: EntryKind, path: &[u8]) -> bool {
        if self.is_empty() {
            return false;
        }
        let own = self.hash.of(path);
        if self.gone.contains(&own) || self.directories.contains(&own) {
            return true;
        }
        // Through a link of a layer below one writes where it leads.
        if !matches!(kind, EntryKind::Directory | EntryKind::SymbolicLink) && self.implied.contains(&own) {
            return true;
        }
        let directory = split(path).0;
        if self.last.0 != directory {
            let hidden = self.hides_in(directory);
            self.last.0.clear();
            self.last.0.extend_from_slice(directory);
            self.last.1 = hidden;
        }
        self.last.1
    }

    /// Whether what lies in a directory is hidden.
    fn hides_in(&self, directory: &[u8]) -> bool {
        let hidden = |path: &[u8]| {
            let hash = self.hash.of(path);
            self.gone.contains(&hash) || self.opaque.contains(&hash)
        };
        hidden(directory) || ancestors(directory).any(hidden) || hidden(&[])
    }

    fn apply(&mut self, own: Own) {
        take_in(&mut self.gone, own.gone);
        take_in(&mut self.opaque, own.opaque);
        take_in(&mut self.directories, own.directories);
        take_in(&mut self.implied, own.implied);
        self.last = (Vec::new(), self.hides_in(&[]));
    }
}

/// Adds hashes to others, the fewer to the more.
fn take_in(all: &mut FxHashSet<u64>, mut added: FxHashSet<u64>) {
    if added.len() > all.len() {
        std::mem::swap(all, &mut added);
    }
    all.extend(added);
}

/// What one layer changes for those below it.
#[derive(Default)]
struct Own {
    gone: FxHashSet<u64>,
    opaque: FxHashSet<u64>,
    directories: FxHashSet<u64>,
    implied: FxHashSet<u64>,
    /// Paths that come several times in this layer, and how many times they are still to come.
    repeated: FxHashMap<u64, u32>,
}

impl<'a> Visible<'a> {
    /// Goes through the layers, given the lowest first; `watcher`, when there is one, hears of every entry.
    pub(super) fn of(layers: &[&'a LayerFacts], mut watcher: Option<&mut Watcher<'_>>) -> Self {
        let hash = Hash(RandomState::new().hash_one("paths"));
        let mut visible = Self {
            hash,
            finds: Vec::new(),
            there: HashSet::new(),
            removed: FxHashSet::default(),
            present: FxHashSet::default(),
            told: HashMap::new(),
            links: HashMap::new(),
        };
        let places = places(hash);
        let told = layers.iter().flat_map(|facts| paths(facts)).map(|path| hash.of(path)).collect();
        let relevant = watcher.is_none().then(|| relevant(layers, hash, &places));
        let mut above = Above::new(hash);
        for (layer, facts) in layers.iter().enumerate().rev() {
            visible.facts(layer, facts, &mut above);
            let mut own = Own::default();
            let seen = Seen { layer, facts, places: &places, told: &told };
            visible.own(&seen, relevant.as_ref(), &mut own);
            visible.meet(&seen, &mut above, &mut own, watcher.as_deref_mut());
            if layer > 0 {
                above.apply(own);
            }
        }
        visible.finds.sort_by(|(left, a), (right, b)| {
            (left, &a.path, &a.extractor).cmp(&(right, &b.path, &b.extractor))
        });
        visible
    }

    /// Holds the facts of a layer against what is above it.
    fn facts(&mut self, layer: usize, facts: &'a LayerFacts, above: &mut Above) {
        for (place, find) in facts.packages.facts.iter().enumerate() {
            self.told.entry(&find.path).or_default().push((layer, place));
            if !above.hides(&find.path) {
                self.finds.push((layer, find));
            }
        }
        let releases = facts.listing.releases.iter();
        self.finds.extend(releases.filter(|find| !above.hides(&find.path)).map(|find| (layer, find)));
        for path in paths(facts) {
            if !above.hides(path) {
                self.there.insert((layer, path));
            }
        }
    }

    /// What a layer changes for those below it.
    fn own(&mut self, seen: &Seen<'a, '_>, relevant: Option<&FxHashSet<u64>>, own: &mut Own) {
        let layer = seen.layer;
        if relevant.is_none() {
            // Nearly every entry is a path of its own; growing bit by bit would move them again and again.
            let entries = usize::try_from(seen.facts.listing.entries.len()).unwrap_or_default();
            own.gone.reserve(entries.min(RESERVED));
        }
        seen.facts.listing.entries.for_each(|entry| {
            let hash = self.hash.of(entry.path);
            if relevant.is_some_and(|relevant| !relevant.contains(&hash)) {
                return;
            }
            if seen.told.contains(&hash) && !matches!(entry.kind, EntryKind::Whiteout | EntryKind::Opaque) {
                self.present.insert((layer, hash));
            }
            let fresh = match entry.kind {
                EntryKind::Opaque => {
                    self.removed.insert((layer, hash));
                    own.opaque.insert(hash);
                    true
                }
                EntryKind::Whiteout => {
                    self.removed.insert((layer, hash));
                    own.gone.insert(hash);
                    true
                }
                EntryKind::Directory => own.directories.insert(hash) && !own.gone.contains(&hash),
                _ => own.gone.insert(hash) && !own.directories.contains(&hash),
            };
            if !matches!(entry.kind, EntryKind::Whiteout | EntryKind::Opaque) {
                self.hash.insert_above(&mut own.implied, entry.path);
            }
            if !fresh {
                *own.repeated.entry(hash).or_insert(0) += 1;
            }
        });
    }

    /// Shows the entries of a layer to whoever wants to see them.
    fn meet(
        &mut self,
        seen: &Seen<'a, '_>,
        above: &mut Above,
        own: &mut Own,
        mut watcher: Option<&mut Watcher<'_>>,
    ) {
        let told: HashSet<&[u8]> = paths(seen.facts).collect();
        seen.facts.listing.entries.for_each(|entry| {
            match entry.kind {
                EntryKind::Whiteout | EntryKind::Opaque => return,
                EntryKind::SymbolicLink
                    if seen.places.contains(&self.hash.of(entry.path)) && !above.hides(entry.path) =>
                {
                    self.links.insert(entry.path.to_vec(), entry.link.to_vec());
                }
                EntryKind::HardLink => {
                    if let Some(path) = told.get(entry.link).filter(|_| !above.hides(entry.path)) {
                        self.there.insert((seen.layer, path));
                    }
                }
                _ => {}
            }
            if let Some(watcher) = watcher.as_deref_mut() {
                let last = is_last(own, || self.hash.of(entry.path));
                watcher(seen.layer, entry, last && !above.hides_entry(entry.kind, entry.path));
            }
        });
    }

    /// The surviving finds with their layers, in a fixed order.
    pub(super) fn finds(&self) -> impl Iterator<Item = (usize, &'a Find)> {
        self.finds.iter().copied()
    }

    /// Whether a layer's file at the path of one of its facts is there in the end.
    pub(super) fn is_there(&self, layer: usize, path: &'a [u8]) -> bool {
        self.there.contains(&(layer, path))
    }

    /// Whether a layer takes away what those below have at `path`.
    pub(super) fn removed_in(&self, layer: usize, path: &[u8]) -> bool {
        let removed = |path: &[u8]| self.removed.contains(&(layer, self.hash.of(path)));
        !self.removed.is_empty() && (removed(path) || ancestors(path).any(removed) || removed(&[]))
    }

    /// Whether what lies at `path` was taken away or replaced between two layers.
    pub(super) fn changed_between(&self, lower: usize, upper: usize, path: &[u8]) -> bool {
        let hash = self.hash.of(path);
        (lower + 1..=upper).any(|layer| self.removed_in(layer, path))
            || (lower + 1..upper).any(|layer| self.present.contains(&(layer, hash)))
    }

    /// What a layer's file at `path` told.
    pub(super) fn told_by<'b>(
        &'b self,
        facts: &'a LayerFacts,
        layer: usize,
        path: &[u8],
    ) -> impl Iterator<Item = &'a Find> + use<'a, 'b> {
        let told = self.told.get(path).into_iter().flatten().filter(move |(at, _)| *at == layer);
        told.filter_map(|(_, place)| facts.packages.facts.get(*place))
    }

    /// Places that are reached through a symbolic link only, where something lies that was not read.
    pub(super) fn linked_places(
        &self,
        layers: &[&LayerFacts],
        places: impl Iterator<Item = &'static str>,
    ) -> Vec<Gap> {
        let places: BTreeSet<&str> = places.collect();
        let mut unread: HashMap<Vec<u8>, &str> =
            places.iter().filter_map(|place| Some((self.real(place)?, *place))).collect();
        // What is a place itself was read there, though it may have told nothing.
        unread.retain(|real, _| !str::from_utf8(real).is_ok_and(|real| places.contains(real)));
        for (_, find) in &self.finds {
            unread.remove(&find.path);
            unread.remove(split(&find.path).0);
        }
        let mut gaps = Vec::new();
        if unread.is_empty() {
            return gaps;
        }
        for facts in layers {
            facts.listing.entries.for_each(|entry| {
                if let Some(place) = unread.remove(entry.path) {
                    let real = path::display(entry.path);
                    gaps.push(Gap::new(
                        "file",
                        place,
                        format!("it is reached through a link to `{real}` and was not read"),
                    ));
                }
            });
        }
        gaps
    }

    /// Where a place that is reached through a link really is.
    fn real(&self, place: &str) -> Option<Vec<u8>> {
        let place = place.as_bytes();
        let own = self.links.get_key_value(place);
        let (link, target) = own.or_else(|| ancestors(place).find_map(|at| self.links.get_key_value(at)))?;
        let rest = place.get(link.len() + 1..).unwrap_or_default();
        path::clean(&[&path::follow(link, target), rest].join(&b'/'))
    }
}

/// A layer that is being gone through.
struct Seen<'a, 'b> {
    layer: usize,
    facts: &'a LayerFacts,
    places: &'b FxHashSet<u64>,
    /// The paths of all layers' facts.
    told: &'b FxHashSet<u64>,
}

/// Whether this is the last time that a path comes in its layer.
fn is_last(own: &mut Own, hash: impl Fn() -> u64) -> bool {
    if own.repeated.is_empty() {
        return true;
    }
    match own.repeated.get_mut(&hash()) {
        Some(0) | None => true,
        Some(times) => {
            *times -= 1;
            false
        }
    }
}

/// The paths of all facts of a layer, but for those of packages.
fn paths(facts: &LayerFacts) -> impl Iterator<Item = &[u8]> {
    let secrets = facts.secrets.facts.iter().map(|fact| fact.path.as_slice());
    let malware = facts.malware.facts.iter().map(|fact| fact.path.as_slice());
    let settings = facts.settings.facts.iter().map(|fact| fact.path.as_slice());
    secrets.chain(malware).chain(settings)
}

/// The places that detectors name, and everything above them.
fn places(hash: Hash) -> FxHashSet<u64> {
    let mut places = FxHashSet::default();
    Detectors::places().for_each(|place| hash.insert(&mut places, place.as_bytes()));
    places
}

/// The paths of all facts and of their hard links, of the places detectors name, and of everything above them.
fn relevant(layers: &[&LayerFacts], hash: Hash, places: &FxHashSet<u64>) -> FxHashSet<u64> {
    let mut relevant = places.clone();
    relevant.insert(hash.of(&[]));
    for facts in layers {
        let finds = facts.packages.facts.iter().chain(&facts.listing.releases);
        finds.for_each(|find| hash.insert(&mut relevant, &find.path));
        let told: HashSet<&[u8]> = paths(facts).collect();
        told.iter().for_each(|path| hash.insert(&mut relevant, path));
        if told.is_empty() {
            continue;
        }
        facts.listing.entries.for_each(|entry| {
            if entry.kind == EntryKind::HardLink && told.contains(entry.link) {
                hash.insert(&mut relevant, entry.path);
            }
        });
    }
    relevant
}
