//! Layers where they were unpacked.
//!
//! The service does not tell a snapshot's directory, but how it is mounted: `lowerdir` lists the directories of all
//! layers, the highest first. A container's own snapshot is mounted over the same layers; where there is none, a view is
//! made and removed again. Were it to stay behind because this process is killed, nothing would refer to it, and
//! containerd's garbage collection removes it.

use std::path::{Component, Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

use model::Digest;

use super::messages::{
    ACTIVE, Empty, Mount, Mounts, SnapshotFilters, SnapshotKey, SnapshotList, VIEW, ViewQuestion,
};
use super::session::{Layout, Session};
use crate::Error;

/// Snapshotters that keep no directory for each layer: a view would only cost them.
const WITHOUT_DIRECTORIES: [&str; 7] = ["aufs", "blockfile", "btrfs", "devmapper", "erofs", "native", "zfs"];

/// The snapshots that a namespace has.
pub(super) struct Snapshots<'a> {
    session: &'a Session,
    namespace: &'a str,
    snapshotters: Vec<&'a str>,
}

impl<'a> Snapshots<'a> {
    pub(super) fn new(session: &'a Session, layout: &'a Layout, namespace: &'a str) -> Self {
        let names = layout.snapshotters.iter().map(String::as_str);
        let snapshotters = names.filter(|name| !WITHOUT_DIRECTORIES.contains(name)).collect();
        Self { session, namespace, snapshotters }
    }

    /// The directories of the layers up to the last of `chain`, the lowest first; nothing when any cannot be read.
    ///
    /// Only a containerd that goes away is an error: the layers may be had elsewhere.
    pub(super) fn directories(&self, chain: &[Digest]) -> Result<Option<Vec<PathBuf>>, Error> {
        let Some(top) = chain.last() else { return Ok(None) };
        for snapshotter in &self.snapshotters {
            if !self.has(snapshotter, top)? {
                continue;
            }
            let mounts = self.mounts(snapshotter, top)?;
            let found = mounts.and_then(|mounts| layers(&mounts, chain.len()));
            // Whether they may be listed is found out now, while the blobs can still be read instead.
            let readable = |paths: &Vec<PathBuf>| paths.iter().all(|path| std::fs::read_dir(path).is_ok());
            if let Some(paths) = found.filter(readable) {
                return Ok(Some(paths));
            }
        }
        Ok(None)
    }

    /// Whether the layers up to this one are unpacked.
    pub(super) fn is_unpacked(&self, top: &Digest) -> Result<bool, Error> {
        for snapshotter in &self.snapshotters {
            if self.has(snapshotter, top)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn has(&self, snapshotter: &str, chain: &Digest) -> Result<bool, Error> {
        let question = key(snapshotter, &chain.to_string());
        let path = "/containerd.services.snapshots.v1.Snapshots/Stat";
        match self.session.call::<Empty>(self.namespace, path, &question) {
            Ok(_) => Ok(true),
            Err(net::Error::Refused { .. }) => Ok(false),
            Err(error) => Err(self.fail(chain, error)),
        }
    }

    fn mounts(&self, snapshotter: &str, top: &Digest) -> Result<Option<Vec<Mount>>, Error> {
        if let Some(child) = self.child(snapshotter, top)? {
            let path = "/containerd.services.snapshots.v1.Snapshots/Mounts";
            match self.session.call::<Mounts>(self.namespace, path, &key(snapshotter, &child)) {
                Ok(answer) => return Ok(Some(answer.mounts)),
                // The container went away in the meantime.
                Err(net::Error::Refused { .. }) => {}
                Err(error) => return Err(self.fail(top, error)),
            }
        }
        let view = View { snapshots: self, snapshotter, key: unique_key() };
        match view.mounts(top) {
            Ok(answer) => Ok(Some(answer.mounts)),
            Err(net::Error::Refused { .. }) => Ok(None),
            Err(error) => Err(self.fail(top, error)),
        }
    }

    /// A snapshot of a container, or a view of somebody else, right above this layer.
    fn child(&self, snapshotter: &str, parent: &Digest) -> Result<Option<String>, Error> {
        let question = SnapshotFilters {
            snapshotter: snapshotter.to_owned(),
            filters: vec![format!("parent==\"{parent}\"")],
        };
        let path = "/containerd.services.snapshots.v1.Snapshots/List";
        let lists: Vec<SnapshotList> =
            match self.session.all(self.namespace, path, &question, |list: &SnapshotList| list.info.len()) {
                Ok(lists) => lists,
                Err(net::Error::Refused { .. }) => return Ok(None),
                Err(error) => return Err(self.fail(parent, error)),
            };
        let parent = parent.to_string();
        let mut children = lists.into_iter().flat_map(|list| list.info);
        let child = children.find(|child| child.parent == parent && [ACTIVE, VIEW].contains(&child.kind));
        Ok(child.map(|child| child.name))
    }

    fn fail(&self, chain: &Digest, source: net::Error) -> Error {
        self.session.fail(&format!("ask where layer {chain} is unpacked"), source)
    }
}

fn key(snapshotter: &str, key: &str) -> SnapshotKey {
    SnapshotKey { snapshotter: snapshotter.to_owned(), key: key.to_owned() }
}

/// A key that no other process and no earlier one has used.
fn unique_key() -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    format!("lazaret-{}-{}-{count}", std::process::id(), now.as_nanos())
}

/// A view that is removed when it is dropped, whether it came to be or not.
struct View<'a> {
    snapshots: &'a Snapshots<'a>,
    snapshotter: &'a str,
    key: String,
}

impl View<'_> {
    fn mounts(&self, parent: &Digest) -> Result<Mounts, net::Error> {
        let question = ViewQuestion {
            snapshotter: self.snapshotter.to_owned(),
            key: self.key.clone(),
            parent: parent.to_string(),
        };
        let path = "/containerd.services.snapshots.v1.Snapshots/View";
        self.snapshots.session.call(self.snapshots.namespace, path, &question)
    }
}

impl Drop for View<'_> {
    fn drop(&mut self) {
        let path = "/containerd.services.snapshots.v1.Snapshots/Remove";
        let question = key(self.snapshotter, &self.key);
        // What cannot be removed is left to the garbage collection.
        drop(self.snapshots.session.call::<Empty>(self.snapshots.namespace, path, &question));
    }
}

/// The directories of `count` layers, the lowest first, when the mounts are those of the overlay snapshotter.
fn layers(mounts: &[Mount], count: usize) -> Option<Vec<PathBuf>> {
    let [mount] = mounts else { return None };
    let paths: Vec<PathBuf> = match mount.options.iter().find_map(|option| option.strip_prefix("lowerdir=")) {
        Some(lower) => lower.rsplit(':').map(PathBuf::from).collect(),
        // A view of a single layer is that layer itself.
        None if mount.kind == "bind" => vec![PathBuf::from(&mount.source)],
        None => return None,
    };
    (paths.len() == count && paths.iter().all(|path| is_layer(path))).then_some(paths)
}

/// `…/snapshots/12/fs`
fn is_layer(path: &Path) -> bool {
    let mut parts = path.components().rev();
    let plain = path.is_absolute() && !path.components().any(|part| part == Component::ParentDir);
    let mut next = || parts.next().map(|part| part.as_os_str().to_string_lossy().into_owned());
    let (last, number, folder) = (next(), next(), next());
    plain
        && last.as_deref() == Some("fs")
        && number.is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
        && folder.as_deref() == Some("snapshots")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mount(kind: &str, source: &str, options: &[&str]) -> Vec<Mount> {
        let options = options.iter().map(ToString::to_string).collect();
        vec![Mount { kind: kind.to_owned(), source: source.to_owned(), options }]
    }

    #[test]
    fn reads_the_directories_of_layers_from_a_mount() {
        let many =
            mount("overlay", "overlay", &["index=off", "lowerdir=/r/snapshots/3/fs:/r/snapshots/1/fs"]);
        let paths = ["/r/snapshots/1/fs", "/r/snapshots/3/fs"].map(PathBuf::from).to_vec();
        assert_eq!(layers(&many, 2), Some(paths.clone()));
        assert_eq!(layers(&many, 3), None);
        let one = mount("bind", "/r/snapshots/1/fs", &["ro", "rbind"]);
        assert_eq!(layers(&one, 1).unwrap(), paths[..1]);
    }

    #[test]
    fn refuses_mounts_that_are_no_layers() {
        assert_eq!(layers(&mount("bind", "/r/snapshots/1", &["ro"]), 1), None);
        assert_eq!(layers(&mount("ext4", "/dev/mapper/snapshots/1/fs", &[]), 1), None);
        assert_eq!(layers(&mount("bind", "/", &[]), 1), None);
        assert_eq!(layers(&mount("bind", "/a/../etc/snapshots/1/fs", &[]), 1), None);
        assert_eq!(layers(&mount("bind", "r/snapshots/1/fs", &[]), 1), None);
        assert_eq!(layers(&[], 0), None);
    }
}
