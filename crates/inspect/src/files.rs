//! What the files of an image come to.
//!
//! A hard link is another name of a file of the same layer: its bytes count once. A file of which only a hard link is there in the
//! end is there, and is not wasted.

use std::collections::BTreeMap;
use std::collections::HashMap;

use image::path;
use image::walk::{Entry, EntryKind};
use model::{FileEntry, Files};
use xxhash_rust::xxh3::xxh3_64;

/// How many of the largest files are named.
pub const LARGEST: usize = 50;

/// How many set-uid and set-gid files, and how many world-writable ones, are named: the first by path.
pub const LISTED: usize = 1000;

/// What everybody may write.
const WORLD_WRITABLE: u32 = 0o002;
/// Set-uid and set-gid.
const SET_ID: u32 = 0o6000;
/// In a directory with this bit only the owner of a file may remove it.
const STICKY: u32 = 0o1000;

/// Counts files while the layers are gone through.
///
/// The entries of one layer come one after the other; the order of the layers is free.
#[derive(Debug, Default)]
pub struct Counter {
    files: Files,
    largest: First<u64>,
    set_id: First<()>,
    world_writable: First<()>,
    /// The layer whose entries come.
    layer: usize,
    /// Its files that are not there in the end, by the hash of their path: a hard link may still show them.
    hidden: HashMap<u64, u64>,
}

impl Counter {
    /// Takes in an entry of the layer at `layer`; `visible` tells whether it is there when all layers are applied.
    pub fn meet(&mut self, layer: usize, entry: &Entry<'_>, visible: bool) {
        if layer != self.layer {
            self.layer = layer;
            self.hidden.clear();
        }
        match (entry.kind, visible) {
            (EntryKind::File, true) => self.file(entry, entry.size),
            (EntryKind::File, false) => {
                self.files.wasted = self.files.wasted.saturating_add(entry.size);
                self.hidden.insert(xxh3_64(entry.path), entry.size);
            }
            (EntryKind::HardLink, true) => {
                if let Some(size) = self.hidden.remove(&xxh3_64(entry.link)) {
                    self.files.wasted = self.files.wasted.saturating_sub(size);
                    self.file(entry, size);
                }
            }
            (EntryKind::Directory, true) => self.files.directories = self.files.directories.saturating_add(1),
            _ => {}
        }
        if visible {
            self.judge_mode(entry);
        }
    }

    /// The sums; `layer` gives the diff id of a layer and whether it is the base image's.
    #[must_use]
    pub fn finish(self, layer: &dyn Fn(usize) -> (Option<String>, Option<bool>)) -> Files {
        Files {
            largest: self.largest.into_entries(layer),
            set_id: self.set_id.into_entries(layer),
            world_writable: self.world_writable.into_entries(layer),
            ..self.files
        }
    }

    fn file(&mut self, entry: &Entry<'_>, size: u64) {
        self.files.count = self.files.count.saturating_add(1);
        self.files.size = self.files.size.saturating_add(size);
        // The order is ascending: the larger a file, the less is left to the largest that could be.
        self.largest.offer(u64::MAX - size, &Entry { size, ..*entry }, self.layer, LARGEST);
    }

    fn judge_mode(&mut self, entry: &Entry<'_>) {
        let (is_file, is_directory) =
            (matches!(entry.kind, EntryKind::File | EntryKind::HardLink), entry.kind == EntryKind::Directory);
        if is_file && entry.mode & SET_ID != 0 {
            self.set_id.offer((), entry, self.layer, LISTED);
        }
        if entry.mode & WORLD_WRITABLE != 0 && (is_file || is_directory && entry.mode & STICKY == 0) {
            self.world_writable.offer((), entry, self.layer, LISTED);
        }
    }
}

/// The first entries in an order, and no more than are to be named.
#[derive(Debug)]
struct First<R>(BTreeMap<(R, Vec<u8>), Held>);

/// What is kept of an entry.
#[derive(Debug)]
struct Held {
    size: u64,
    mode: u32,
    uid: u64,
    gid: u64,
    layer: usize,
}

impl<R> Default for First<R> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<R: Ord + Copy> First<R> {
    fn offer(&mut self, rank: R, entry: &Entry<'_>, layer: usize, most: usize) {
        let is_full = self.0.len() >= most;
        if is_full
            && self
                .0
                .last_key_value()
                .is_some_and(|((worst, path), _)| (*worst, path.as_slice()) <= (rank, entry.path))
        {
            return;
        }
        let held = Held { size: entry.size, mode: entry.mode, uid: entry.uid, gid: entry.gid, layer };
        self.0.insert((rank, entry.path.to_vec()), held);
        if self.0.len() > most {
            self.0.pop_last();
        }
    }

    fn into_entries(self, layer: &dyn Fn(usize) -> (Option<String>, Option<bool>)) -> Vec<FileEntry> {
        let named = self.0.into_iter().map(|((_, path), held)| {
            let (diff_id, from_base) = layer(held.layer);
            FileEntry {
                path: path::display(&path),
                size: held.size,
                mode: format!("{:04o}", held.mode & 0o7777),
                uid: held.uid,
                gid: held.gid,
                layer: diff_id,
                from_base,
            }
        });
        named.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry<'a>(path: &'a str, kind: EntryKind, mode: u32, size: u64, link: &'a str) -> Entry<'a> {
        Entry { path: path.as_bytes(), kind, mode, uid: 7, gid: 8, size, link: link.as_bytes() }
    }

    fn file(path: &str, mode: u32, size: u64) -> Entry<'_> {
        entry(path, EntryKind::File, mode, size, "")
    }

    fn finish(counter: Counter) -> Files {
        counter.finish(&|layer| (Some(format!("sha256:{layer}")), Some(layer == 0)))
    }

    fn paths(entries: &[FileEntry]) -> Vec<&str> {
        entries.iter().map(|entry| entry.path.as_str()).collect()
    }

    #[test]
    fn adds_up_what_is_there_and_what_is_wasted() {
        let mut counter = Counter::default();
        counter.meet(0, &file("a", 0o644, 10), false);
        counter.meet(0, &file("b", 0o644, 20), true);
        counter.meet(0, &entry("d", EntryKind::Directory, 0o755, 0, ""), true);
        counter.meet(1, &file("a", 0o644, 5), true);
        counter.meet(1, &entry("c", EntryKind::Whiteout, 0, 99, ""), false);
        let files = finish(counter);
        assert_eq!((files.count, files.directories, files.size, files.wasted), (2, 1, 25, 10));
        assert_eq!(paths(&files.largest), ["b", "a"]);
        assert_eq!(files.largest[0].layer.as_deref(), Some("sha256:0"));
        assert_eq!(files.largest[1].from_base, Some(false));
    }

    #[test]
    fn counts_the_bytes_of_a_hard_link_once() {
        let mut counter = Counter::default();
        counter.meet(0, &file("a", 0o4755, 10), true);
        counter.meet(0, &entry("b", EntryKind::HardLink, 0o4755, 10, "a"), true);
        let files = finish(counter);
        assert_eq!((files.count, files.size, files.wasted), (1, 10, 0));
        assert_eq!(paths(&files.set_id), ["a", "b"], "each name runs with the owner's rights");
    }

    #[test]
    fn keeps_a_file_of_which_only_a_hard_link_is_left() {
        let mut counter = Counter::default();
        counter.meet(2, &file("a", 0o755, 10), false);
        counter.meet(2, &entry("b", EntryKind::HardLink, 0o755, 0, "a"), true);
        counter.meet(2, &entry("c", EntryKind::HardLink, 0o755, 0, "a"), true);
        // A link of another layer names another file.
        counter.meet(3, &file("x", 0o755, 7), false);
        counter.meet(4, &entry("y", EntryKind::HardLink, 0o755, 0, "x"), true);
        let files = finish(counter);
        assert_eq!((files.count, files.size, files.wasted), (1, 10, 7));
        assert_eq!((paths(&files.largest), files.largest[0].size), (vec!["b"], 10));
    }

    #[test]
    fn names_the_largest_first_and_no_more_than_fifty() {
        let names: Vec<String> = (0..200).map(|place| format!("f{place:03}")).collect();
        let mut counter = Counter::default();
        for (place, name) in names.iter().enumerate() {
            counter.meet(0, &file(name, 0o644, (place as u64 % 100) / 2), true);
        }
        let files = finish(counter);
        assert_eq!(files.largest.len(), LARGEST);
        assert_eq!(paths(&files.largest)[..5], ["f098", "f099", "f198", "f199", "f096"]);
        assert!(files.largest.iter().all(|entry| entry.size >= 37));
    }

    #[test]
    fn lists_the_same_whatever_the_order() {
        let names: Vec<String> = (0..3000).map(|place| format!("{place:05}")).collect();
        let list = |names: &mut dyn Iterator<Item = &String>| {
            let mut counter = Counter::default();
            names.for_each(|name| counter.meet(0, &file(name, 0o666, 1), true));
            finish(counter).world_writable
        };
        let forward = list(&mut names.iter());
        assert_eq!(forward.len(), LISTED);
        assert_eq!((forward[0].path.as_str(), forward[999].path.as_str()), ("00000", "00999"));
        assert_eq!(forward, list(&mut names.iter().rev()));
    }

    #[test]
    fn tells_modes_that_matter_from_modes_that_do_not() {
        let mut counter = Counter::default();
        counter.meet(0, &file("set-uid", 0o4755, 1), true);
        counter.meet(0, &file("set-gid", 0o2755, 1), true);
        counter.meet(0, &file("gone", 0o4777, 1), false);
        counter.meet(0, &file("open", 0o100_666, 1), true);
        counter.meet(0, &entry("set-gid-directory", EntryKind::Directory, 0o2775, 0, ""), true);
        counter.meet(0, &entry("tmp", EntryKind::Directory, 0o1777, 0, ""), true);
        counter.meet(0, &entry("shared", EntryKind::Directory, 0o777, 0, ""), true);
        counter.meet(0, &entry("link", EntryKind::SymbolicLink, 0o777, 0, "x"), true);
        counter.meet(0, &entry("null", EntryKind::Special, 0o666, 0, ""), true);
        let files = finish(counter);
        assert_eq!(paths(&files.set_id), ["set-gid", "set-uid"]);
        assert_eq!(paths(&files.world_writable), ["open", "shared"]);
        assert_eq!(files.world_writable[0].mode, "0666");
        assert_eq!((files.set_id[0].uid, files.set_id[0].gid), (7, 8));
    }

    #[test]
    fn shows_hostile_names_without_their_escape_codes() {
        let mut counter = Counter::default();
        counter.meet(0, &Entry { path: b"a\x1b[31m\xff", ..file("", 0o666, u64::MAX) }, true);
        counter.meet(0, &file("b", 0o666, u64::MAX), true);
        let files = finish(counter);
        assert_eq!(paths(&files.world_writable), ["a\\x1b[31m\\xff", "b"]);
        assert_eq!(files.size, u64::MAX, "sizes that lie do not overflow");
    }
}
