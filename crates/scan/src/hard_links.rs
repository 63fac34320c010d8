//! One and the same account of hard links, whatever name of a file a layer's writer came upon first.
//!
//! An archive holds a file under the first of its names that was written, and a directory does not tell which that was.
//! Here the file goes by the first of its names in the order of bytes, and the others are links to that one.

use image::walk::{Entry, EntryKind};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::collector::Tools;
use crate::entries::Entries;
use crate::facts::LayerFacts;

/// Gives every file with several names the first of them.
pub(crate) fn settle(facts: &mut LayerFacts, tools: &Tools<'_>) {
    let first = first_names(&facts.listing.entries);
    if first.is_empty() {
        return;
    }
    facts.listing.entries = renamed(&facts.listing.entries, &first);
    let secrets = facts.secrets.facts.iter_mut().map(|fact| &mut fact.path);
    secrets.for_each(|path| rename(path, &first, |own, other| tools.paths_differ(own, other).secrets));
    let malware = facts.malware.facts.iter_mut().map(|fact| &mut fact.path);
    malware.for_each(|path| rename(path, &first, |own, other| tools.paths_differ(own, other).malware));
}

/// The first names of the files that are stored under another one; not of paths that a layer names twice.
fn first_names(entries: &Entries) -> FxHashMap<Vec<u8>, Vec<u8>> {
    let mut first: FxHashMap<Vec<u8>, Vec<u8>> = FxHashMap::default();
    entries.for_each(|entry| {
        if entry.kind == EntryKind::HardLink && entry.path < entry.link {
            let name = first.entry(entry.link.to_vec()).or_insert_with(|| entry.path.to_vec());
            if entry.path < name.as_slice() {
                *name = entry.path.to_vec();
            }
        }
    });
    if first.is_empty() {
        return first;
    }
    let named: FxHashSet<&[u8]> =
        first.iter().flat_map(|(stored, name)| [stored, name]).map(Vec::as_slice).collect();
    let mut times: FxHashMap<Vec<u8>, (u32, bool)> = FxHashMap::default();
    entries.for_each(|entry| {
        if named.contains(entry.path) {
            let (count, is_file) = times.entry(entry.path.to_vec()).or_default();
            *count += 1;
            *is_file |= entry.kind == EntryKind::File;
        }
    });
    let once = |path: &Vec<u8>, file: bool| times.get(path).is_some_and(|told| *told == (1, file));
    first.retain(|stored, name| once(stored, true) && once(name, false));
    first
}

fn renamed(entries: &Entries, first: &FxHashMap<Vec<u8>, Vec<u8>>) -> Entries {
    let mut out = Entries::default();
    entries.for_each(|entry| match entry.kind {
        EntryKind::File => {
            let path = first.get(entry.path).map_or(entry.path, Vec::as_slice);
            out.push(&Entry { path, ..*entry });
        }
        EntryKind::HardLink => {
            let name = first.get(entry.link).map_or(entry.link, Vec::as_slice);
            // The two names change their places.
            let path = if name == entry.path { entry.link } else { entry.path };
            out.push(&Entry { path, link: name, ..*entry });
        }
        _ => out.push(entry),
    });
    out
}

/// Gives a fact the first name of its file, unless that was found by a path that nobody looks at.
fn rename(path: &mut Vec<u8>, first: &FxHashMap<Vec<u8>, Vec<u8>>, by_path: impl Fn(&[u8], &[u8]) -> bool) {
    if let Some(name) = first.get(path).filter(|name| !by_path(path, name)) {
        path.clone_from(name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(all: &[(&str, EntryKind, &str)]) -> Entries {
        let mut entries = Entries::default();
        for (path, kind, link) in all {
            let (path, link) = (path.as_bytes(), link.as_bytes());
            let size = if *kind == EntryKind::File { 7 } else { 0 };
            entries.push(&Entry { path, kind: *kind, mode: 0o644, uid: 0, gid: 0, size, link });
        }
        entries
    }

    fn settled(all: &[(&str, EntryKind, &str)]) -> Vec<String> {
        let entries = entries(all);
        let entries = renamed(&entries, &first_names(&entries));
        let mut told = Vec::new();
        entries.for_each(|entry| {
            let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            told.push(format!("{} {:?} {} {}", text(entry.path), entry.kind, text(entry.link), entry.size));
        });
        told.sort();
        told
    }

    #[test]
    fn the_order_of_names_in_a_layer_does_not_matter() {
        use EntryKind::{File, HardLink};
        let expected = ["a File  7", "b HardLink a 0", "c HardLink a 0"];
        assert_eq!(settled(&[("a", File, ""), ("b", HardLink, "a"), ("c", HardLink, "a")]), expected);
        assert_eq!(settled(&[("b", File, ""), ("a", HardLink, "b"), ("c", HardLink, "b")]), expected);
        assert_eq!(settled(&[("c", File, ""), ("b", HardLink, "c"), ("a", HardLink, "c")]), expected);
    }

    #[test]
    fn paths_that_come_twice_are_left_as_they_are() {
        use EntryKind::{File, HardLink};
        let twice = [("b", File, ""), ("a", HardLink, "b"), ("b", File, "")];
        assert_eq!(settled(&twice), ["a HardLink b 0", "b File  7", "b File  7"]);
        assert_eq!(settled(&[("a", HardLink, "gone")]), ["a HardLink gone 0"]);
    }
}
