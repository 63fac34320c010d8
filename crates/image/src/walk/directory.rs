//! Walking a directory in place: a layer of the overlay storage driver, or a whole root file system.
//!
//! Source: the kernel's `Documentation/filesystems/overlayfs.rst` for whiteouts and opaque directories; the manual of
//! `fuse-overlayfs` for those of users who may make no devices, and for owners and modes in an attribute.

mod attributes;

use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::fs::{File, Metadata, OpenOptions};
use std::io::{Read, Seek};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::{FileTypeExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use bounded::{Buffer, Error, Limits};
use model::Gap;

use self::attributes::{is_opaque, stated};
use super::estargz::is_bookkeeping;
use super::stream::{Marker, marker};
use super::{Content, Entry, EntryKind, Visitor};
use crate::interest::HEAD_BYTES;
use crate::path;

/// What kind of directory is walked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A layer of the overlay driver: whiteouts are devices, opaque directories carry an attribute, or both are files
    /// as in an archive.
    Overlay,
    /// A whole root file system; other file systems mounted in it are left out.
    RootFileSystem,
}

/// Walks a directory; links are never followed.
///
/// # Errors
/// When the directory itself cannot be listed, or it has more entries than [`Limits::entries`]. What cannot be read
/// within it is a gap.
pub fn walk_directory(
    root: &Path,
    origin: Origin,
    limits: &Limits,
    visitor: &mut dyn Visitor,
) -> Result<(), Error> {
    let fail = |source| Error::File { path: root.to_owned(), source };
    let device = std::fs::metadata(root).map_err(fail)?.dev();
    let (pending, linked) = (Vec::new(), HashMap::new());
    // Whoever writes owners into attributes begins with the layer itself.
    let attributes = origin == Origin::Overlay && stated(root).is_some();
    let mut walk = Walk { root, origin, device, attributes, limits, visitor, entries: 0, pending, linked };
    walk.list(root, b"").map_err(|error| match error {
        Stop::List(source) => fail(source),
        Stop::Limit(error) => error,
    })?;
    while let Some((disk, inner)) = walk.pending.pop() {
        match walk.list(&disk, &inner) {
            Ok(()) => {}
            Err(Stop::List(error)) => walk.gap(&inner, &error),
            Err(Stop::Limit(error)) => return Err(error),
        }
    }
    Ok(())
}

/// Why a directory's listing ended.
enum Stop {
    List(std::io::Error),
    Limit(Error),
}

struct Walk<'a> {
    root: &'a Path,
    origin: Origin,
    device: u64,
    /// Whether files tell their owners and modes in an attribute.
    attributes: bool,
    limits: &'a Limits,
    visitor: &'a mut dyn Visitor,
    entries: u64,
    /// Directories still to be listed: on the disk, and in the layer.
    pending: Vec<(PathBuf, Vec<u8>)>,
    /// The first path of each file that has several.
    linked: HashMap<(u64, u64), Vec<u8>>,
}

impl Walk<'_> {
    fn gap(&mut self, inner: &[u8], why: &dyn std::fmt::Display) {
        self.visitor.gap(Gap::new("file", path::display(inner), why.to_string()));
    }

    fn list(&mut self, disk: &Path, inner: &[u8]) -> Result<(), Stop> {
        let mut names = Vec::new();
        for entry in std::fs::read_dir(disk).map_err(Stop::List)? {
            let entry = entry.map_err(Stop::List)?;
            names.push((entry.file_name(), entry));
            self.entries = self.entries.saturating_add(1);
            if self.entries > self.limits.entries {
                let limit = format!("{} entries", self.limits.entries);
                let what = format!("`{}`", self.root.display());
                return Err(Stop::Limit(Error::TooLarge { what, limit }));
            }
        }
        names.sort_by(|(left, _), (right, _)| left.cmp(right));
        let first = self.pending.len();
        for (name, entry) in names {
            let inner = join(inner, &name);
            match entry.metadata() {
                Ok(metadata) => self.meet(&entry.path(), &inner, &metadata).map_err(Stop::Limit)?,
                Err(error) => self.gap(&inner, &error),
            }
        }
        // A stack gives the last first; turned round, the walk goes in the order of names.
        if let Some(added) = self.pending.get_mut(first..) {
            added.reverse();
        }
        Ok(())
    }

    fn meet(&mut self, disk: &Path, inner: &[u8], metadata: &Metadata) -> Result<(), Error> {
        if self.origin == Origin::Overlay {
            match marker(inner) {
                Marker::None => {}
                Marker::Bookkeeping => return Ok(()),
                Marker::Removes(kind, path) => return self.removed(kind, &path, disk),
            }
        }
        let mut kind = self.classify(metadata);
        let has_one = self.attributes && kind != EntryKind::SymbolicLink;
        let stated = if has_one { stated(disk) } else { None };
        if let Some(own) = stated.as_ref().and_then(|stated| stated.kind) {
            kind = own;
        }
        let mut link = Vec::new();
        if kind == EntryKind::SymbolicLink {
            match std::fs::read_link(disk) {
                Ok(target) => link = target.into_os_string().into_vec(),
                Err(error) => {
                    self.gap(inner, &error);
                    return Ok(());
                }
            }
        } else if kind == EntryKind::File && metadata.nlink() > 1 {
            let file = (metadata.dev(), metadata.ino());
            let first = self.linked.entry(file).or_insert_with(|| inner.to_vec());
            if first != inner {
                kind = EntryKind::HardLink;
                link.clone_from(first);
            }
        }
        let entry = Entry {
            path: inner,
            kind,
            mode: stated.as_ref().map_or(metadata.mode(), |stated| stated.mode) & 0o7777,
            uid: stated.as_ref().map_or(metadata.uid().into(), |stated| stated.uid),
            gid: stated.as_ref().map_or(metadata.gid().into(), |stated| stated.gid),
            size: if kind == EntryKind::File { metadata.len() } else { 0 },
            link: &link,
        };
        let mut content = InPlace { disk, size: entry.size, limits: self.limits, file: None };
        // What cannot be read here is told to the visitor when it reads.
        if self.origin == Origin::Overlay && matches!(is_bookkeeping(&entry, &mut content), Ok(true)) {
            return Ok(());
        }
        self.visitor.entry(&entry, &mut content)?;
        if kind == EntryKind::Directory && metadata.dev() == self.device {
            if self.origin == Origin::Overlay && is_opaque(disk) {
                self.visitor.entry(&Entry { kind: EntryKind::Opaque, ..entry }, &mut content)?;
            }
            self.pending.push((disk.to_owned(), inner.to_vec()));
        }
        Ok(())
    }

    /// Meets a file that stands for a removal.
    fn removed(&mut self, kind: EntryKind, path: &[u8], disk: &Path) -> Result<(), Error> {
        let entry = Entry { path, kind, mode: 0, uid: 0, gid: 0, size: 0, link: b"" };
        let mut content = InPlace { disk, size: 0, limits: self.limits, file: None };
        self.visitor.entry(&entry, &mut content)
    }

    fn classify(&self, metadata: &Metadata) -> EntryKind {
        let kind = metadata.file_type();
        if kind.is_file() {
            EntryKind::File
        } else if kind.is_dir() {
            EntryKind::Directory
        } else if kind.is_symlink() {
            EntryKind::SymbolicLink
        } else if self.origin == Origin::Overlay && kind.is_char_device() && metadata.rdev() == 0 {
            EntryKind::Whiteout
        } else {
            EntryKind::Special
        }
    }
}

fn join(directory: &[u8], name: &OsString) -> Vec<u8> {
    if directory.is_empty() { name.as_bytes().to_vec() } else { [directory, b"/", name.as_bytes()].concat() }
}

/// The content of a file that a walk has met: what a hard link names.
///
/// # Errors
/// When it cannot be read, is no file any more, or passes a limit.
pub fn content_in_place(root: &Path, path: &[u8], limits: &Limits) -> Result<Buffer, Error> {
    let disk = root.join(OsStr::from_bytes(path));
    let fail = |source| Error::File { path: disk.clone(), source };
    let metadata = std::fs::symlink_metadata(&disk).map_err(fail)?;
    if !metadata.is_file() {
        return Err(Error::Unsupported { format: "file that was replaced meanwhile" });
    }
    InPlace { disk: &disk, size: metadata.len(), limits, file: None }.buffer()
}

struct InPlace<'a> {
    disk: &'a Path,
    size: u64,
    limits: &'a Limits,
    file: Option<File>,
}

impl InPlace<'_> {
    fn fail(&self, source: std::io::Error) -> Error {
        Error::File { path: self.disk.to_owned(), source }
    }

    /// Opens the file once, without following a link or waiting for a pipe that took its place.
    fn open(&mut self) -> Result<&mut File, Error> {
        if self.file.is_none() {
            let flags = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK;
            let flags = i32::try_from(flags.bits()).unwrap_or_default();
            let file = OpenOptions::new().read(true).custom_flags(flags).open(self.disk);
            self.file = Some(file.map_err(|error| self.fail(error))?);
        }
        self.file.as_mut().ok_or(Error::Unsupported { format: "closed file" })
    }
}

impl Content for InPlace<'_> {
    fn head(&mut self) -> Result<Vec<u8>, Error> {
        let mut head = Vec::with_capacity(HEAD_BYTES);
        let read = self.open()?.take(HEAD_BYTES as u64).read_to_end(&mut head);
        read.map_err(|error| self.fail(error))?;
        Ok(head)
    }

    fn buffer(&mut self) -> Result<Buffer, Error> {
        let (size, limits) = (self.size, self.limits);
        if size > limits.file_bytes {
            return Err(Error::TooLarge {
                what: "the file".to_owned(),
                limit: format!("{} bytes", limits.file_bytes),
            });
        }
        let rewound = self.open()?.rewind();
        rewound.map_err(|error| self.fail(error))?;
        let mut file = self.file.take().ok_or(Error::Unsupported { format: "closed file" })?;
        if size > limits.memory_bytes {
            return Ok(Buffer::File(file, size));
        }
        Buffer::read_from(&mut file, size, limits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What was met, as text.
    #[derive(Default)]
    struct Met(Vec<String>);

    impl Visitor for Met {
        fn entry(&mut self, entry: &Entry<'_>, _content: &mut dyn Content) -> Result<(), Error> {
            let Entry { path, kind, mode, uid, gid, .. } = entry;
            self.0.push(format!("{} {kind:?} {mode:o} {uid}:{gid}", path::display(path)));
            Ok(())
        }

        fn gap(&mut self, gap: Gap) {
            self.0.push(format!("{gap:?}"));
        }
    }

    fn walk(root: &Path, origin: Origin) -> Vec<String> {
        let mut met = Met::default();
        walk_directory(root, origin, &Limits::default(), &mut met).unwrap();
        met.0
    }

    #[test]
    fn removals_may_be_files_in_a_layer_and_are_not_in_a_root() {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir(root.path().join("etc")).unwrap();
        for name in ["etc/.wh..wh..opq", "etc/.wh.passwd", ".wh.gone", ".wh..wh.plnk"] {
            std::fs::write(root.path().join(name), "").unwrap();
        }
        let met = walk(root.path(), Origin::Overlay);
        let kinds: Vec<&str> = met.iter().filter_map(|line| line.split(" 0 ").next()).collect();
        assert_eq!(kinds.len(), 4);
        assert!(kinds.contains(&"gone Whiteout") && kinds.contains(&"etc/passwd Whiteout"), "{met:?}");
        assert!(kinds.contains(&"etc Opaque"), "{met:?}");
        assert_eq!(walk(root.path(), Origin::RootFileSystem).len(), 5);
    }

    #[test]
    fn owners_and_modes_may_be_in_an_attribute() {
        let root = tempfile::tempdir().unwrap();
        let state = |path: &str, value: &str| {
            let (path, flags) = (root.path().join(path), rustix::fs::XattrFlags::empty());
            rustix::fs::setxattr(path, "user.containers.override_stat", value.as_bytes(), flags)
        };
        std::fs::write(root.path().join("su"), "").unwrap();
        std::fs::write(root.path().join("null"), "").unwrap();
        state("su", "0:42:4755:file").unwrap();
        state("null", "0:0:0666:char-1-3").unwrap();
        assert!(
            walk(root.path(), Origin::Overlay).iter().all(|line| line.contains(" File ")),
            "the layer has none"
        );
        state("", "0:0:0755:dir").unwrap();
        assert_eq!(walk(root.path(), Origin::Overlay), ["null Special 666 0:0", "su File 4755 0:42"]);
        assert!(!walk(root.path(), Origin::RootFileSystem).iter().any(|line| line.contains("0:42")));
    }
}
