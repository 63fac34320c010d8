//! Who depends on whom in a lock file of version 9, which no longer marks what is for development.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::key::without_peers;
use super::{Lock, Wanted};
use crate::dependencies::Dependencies;

/// The keys of the packages that only development asks for; none where the file has no graph.
pub(super) fn development(lock: &Lock) -> HashSet<&str> {
    let places: HashMap<&str, usize> =
        lock.snapshots.keys().enumerate().map(|(place, key)| (key.as_str(), place)).collect();
    let mut graph = Dependencies::new(places.len());
    for (from, snapshot) in lock.snapshots.values().enumerate() {
        for (name, version) in snapshot.dependencies.iter().chain(&snapshot.optional_dependencies) {
            if let Some(to) = find(&places, name, version) {
                graph.add(from, to);
            }
        }
    }
    let (mut production, mut asked) = (Vec::new(), Vec::new());
    for importer in lock.importers.values() {
        production.extend(chosen(&places, &importer.dependencies));
        production.extend(chosen(&places, &importer.optional_dependencies));
        asked.extend(chosen(&places, &importer.dev_dependencies));
    }
    let left_out = graph.only_for_development(&production, &asked);
    // One package may be there several times with other peers: one that is kept keeps it.
    let kept = |wanted: bool| {
        let of = lock.snapshots.keys().zip(&left_out).filter(move |(_, left_out)| **left_out == wanted);
        of.map(|(key, _)| without_peers(key)).collect::<HashSet<&str>>()
    };
    let (left_out, kept) = (kept(true), kept(false));
    left_out.difference(&kept).copied().collect()
}

fn chosen<'a>(
    places: &'a HashMap<&str, usize>,
    wanted: &'a BTreeMap<String, Wanted>,
) -> impl Iterator<Item = usize> + 'a {
    wanted.iter().filter_map(|(name, wanted)| match wanted {
        Wanted::Chosen { version } => find(places, name, version),
        Wanted::Other(_) => None,
    })
}

/// The place of `name@version`; an alias states the whole key.
fn find(places: &HashMap<&str, usize>, name: &str, version: &str) -> Option<usize> {
    places.get(format!("{name}@{version}").as_str()).or_else(|| places.get(version)).copied()
}
