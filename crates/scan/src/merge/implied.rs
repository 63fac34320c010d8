use image::interest::split;
use image::path::ancestors;
use image::walk::{Entry, EntryKind};
use rustc_hash::{FxHashMap, FxHashSet};
use xxhash_rust::xxh3::xxh3_64;

/// What engines give a directory that no layer names.
const MODE: u32 = 0o755;

/// Directories that something lies in and that no layer names: engines make them, and many builders leave them out.
#[derive(Default)]
pub(super) struct Implied {
    /// What is there and named, or known to be implied, by the hashes of paths.
    known: FxHashSet<u64>,
    /// Those that nobody has named yet, with the topmost layer that has something in them.
    implied: FxHashMap<Vec<u8>, usize>,
    /// The directory that something was met in last.
    last: Vec<u8>,
}

impl Implied {
    /// Takes in an entry that is there in the end; the topmost layer comes first.
    pub(super) fn meet(&mut self, layer: usize, entry: &Entry<'_>) {
        if !matches!(entry.kind, EntryKind::File | EntryKind::HardLink) {
            // A link to a directory holds what is written below it, and is no directory.
            if !self.known.insert(xxh3_64(entry.path)) {
                self.implied.remove(entry.path);
            }
        }
        let directory = split(entry.path).0;
        if directory == self.last {
            return;
        }
        self.last.clear();
        self.last.extend_from_slice(directory);
        for above in std::iter::once(directory).chain(ancestors(directory)).filter(|path| !path.is_empty()) {
            // Where one is known, all above it are.
            if !self.known.insert(xxh3_64(above)) {
                break;
            }
            self.implied.insert(above.to_vec(), layer);
        }
    }

    /// Those that are implied, by path.
    pub(super) fn directories(self) -> Vec<(usize, Vec<u8>)> {
        let mut found: Vec<_> = self.implied.into_iter().map(|(path, layer)| (layer, path)).collect();
        found.sort();
        found
    }
}

/// Such a directory as engines make it.
pub(super) fn directory(path: &[u8]) -> Entry<'_> {
    Entry { path, kind: EntryKind::Directory, mode: MODE, uid: 0, gid: 0, size: 0, link: &[] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_no_layer_names() {
        let mut implied = Implied::default();
        let mut meet = |layer, path: &str, kind| {
            let entry = Entry { kind, ..directory(path.as_bytes()) };
            implied.meet(layer, &entry);
        };
        meet(1, "srv/app/a", EntryKind::File);
        meet(1, "lib/b", EntryKind::File);
        meet(0, "srv", EntryKind::Directory);
        meet(0, "srv/app/c", EntryKind::File);
        meet(0, "srv/new/d", EntryKind::File);
        meet(0, "lib", EntryKind::SymbolicLink);
        let told = implied.directories();
        assert_eq!(told, [(0, b"srv/new".to_vec()), (1, b"srv/app".to_vec())]);
    }
}
