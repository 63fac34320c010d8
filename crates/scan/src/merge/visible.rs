//! Which finds are still there when all layers are applied.
//!
//! Only paths that matter to a find are kept while the layers are gone through from the top: a layer of a million
//! files costs one look-up each.

use std::collections::{HashMap, HashSet};

use image::interest::split;
use image::path;
use image::walk::{Entry, EntryKind};
use model::Gap;

use crate::facts::{Find, LayerFacts, ancestors};

/// The finds that survive.
pub(super) struct Visible<'a> {
    finds: Vec<(usize, &'a Find)>,
    /// By layer and path: what a layer takes away from those below, itself or as a whole directory.
    removed: HashSet<(usize, Vec<u8>)>,
    /// By path: where the finds at it stand in their layers.
    told: HashMap<&'a [u8], Vec<(usize, usize)>>,
    /// Symbolic links at or above the places that detectors name.
    links: HashMap<Vec<u8>, Vec<u8>>,
}

/// What is known from the layers above.
#[derive(Default)]
struct Above {
    /// Paths that are gone or are something else now, with all below them.
    gone: HashSet<Vec<u8>>,
    /// Directories whose content of the layers below is gone.
    opaque: HashSet<Vec<u8>>,
    /// Directories: a file of the same path in a layer below is gone, what lies in a directory there is not.
    directories: HashSet<Vec<u8>>,
}

impl Above {
    /// Whether something that is no directory is hidden at `path`.
    fn hides(&self, path: &[u8]) -> bool {
        let above = |parent: &[u8]| self.gone.contains(parent) || self.opaque.contains(parent);
        self.gone.contains(path)
            || self.directories.contains(path)
            || ancestors(path).any(above)
            || self.opaque.contains(&[][..])
    }
}

impl<'a> Visible<'a> {
    pub(super) fn of(layers: &[&'a LayerFacts]) -> Self {
        let relevant = relevant(layers);
        let mut visible =
            Self { finds: Vec::new(), removed: HashSet::new(), told: HashMap::new(), links: HashMap::new() };
        let mut above = Above::default();
        for (layer, facts) in layers.iter().enumerate().rev() {
            for (place, find) in facts.finds.iter().enumerate() {
                visible.told.entry(&find.path).or_default().push((layer, place));
                if !above.hides(&find.path) {
                    visible.finds.push((layer, find));
                }
            }
            // A layer hides what lies below it, not what it brings itself.
            let mut own = Vec::new();
            facts.entries.for_each(|entry| {
                if relevant.contains(entry.path) {
                    own.push((entry.kind, entry.path.to_vec()));
                    visible.meet(entry, &above);
                }
            });
            own.into_iter().for_each(|(kind, path)| visible.apply(layer, kind, path, &mut above));
        }
        visible.finds.sort_by(|(left, a), (right, b)| {
            (left, &a.path, &a.extractor).cmp(&(right, &b.path, &b.extractor))
        });
        visible
    }

    fn meet(&mut self, entry: &Entry<'_>, above: &Above) {
        if entry.kind == EntryKind::SymbolicLink && !above.hides(entry.path) {
            self.links.insert(entry.path.to_vec(), entry.link.to_vec());
        }
    }

    fn apply(&mut self, layer: usize, kind: EntryKind, path: Vec<u8>, above: &mut Above) {
        match kind {
            EntryKind::Opaque => {
                self.removed.insert((layer, path.clone()));
                above.opaque.insert(path);
            }
            EntryKind::Directory => drop(above.directories.insert(path)),
            EntryKind::Whiteout => {
                self.removed.insert((layer, path.clone()));
                above.gone.insert(path);
            }
            _ => drop(above.gone.insert(path)),
        }
    }

    /// The surviving finds with their layers, in a fixed order.
    pub(super) fn finds(&self) -> impl Iterator<Item = (usize, &'a Find)> {
        self.finds.iter().copied()
    }

    /// Whether a layer takes away what those below have at `path`.
    pub(super) fn removed_in(&self, layer: usize, path: &[u8]) -> bool {
        let removed = |path: &[u8]| self.removed.contains(&(layer, path.to_vec()));
        !self.removed.is_empty() && (removed(path) || ancestors(path).any(removed) || removed(&[]))
    }

    /// What a layer's file at `path` told.
    pub(super) fn told_by<'b>(
        &'b self,
        facts: &'a LayerFacts,
        layer: usize,
        path: &[u8],
    ) -> impl Iterator<Item = &'a Find> + use<'a, 'b> {
        let told = self.told.get(path).into_iter().flatten().filter(move |(at, _)| *at == layer);
        told.filter_map(|(_, place)| facts.finds.get(*place))
    }

    /// Places that are reached through a symbolic link only, where something lies that was not read.
    pub(super) fn linked_places(
        &self,
        layers: &[&LayerFacts],
        places: impl Iterator<Item = &'static str>,
    ) -> Vec<Gap> {
        let mut unread: HashMap<Vec<u8>, &str> =
            places.filter_map(|place| Some((self.real(place)?, place))).collect();
        for (_, find) in &self.finds {
            unread.remove(&find.path);
            unread.remove(split(&find.path).0);
        }
        let mut gaps = Vec::new();
        if unread.is_empty() {
            return gaps;
        }
        for facts in layers {
            facts.entries.for_each(|entry| {
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

/// The paths of all finds, of the places detectors name, and of everything above them.
fn relevant(layers: &[&LayerFacts]) -> HashSet<Vec<u8>> {
    let mut relevant = HashSet::from([Vec::new()]);
    for find in layers.iter().flat_map(|facts| &facts.finds) {
        insert(&mut relevant, &find.path);
    }
    for place in crate::facts::Detectors::places() {
        insert(&mut relevant, place.as_bytes());
    }
    relevant
}

fn insert(relevant: &mut HashSet<Vec<u8>>, path: &[u8]) {
    if relevant.contains(path) {
        return;
    }
    relevant.insert(path.to_vec());
    for parent in ancestors(path) {
        // Where one parent is known, all above it are.
        if !relevant.insert(parent.to_vec()) {
            break;
        }
    }
}
