//! Walking a directory in place: a layer of the overlay storage driver, or a whole root file system.
//!
//! Source: the kernel's `Documentation/filesystems/overlayfs.rst` for whiteouts and opaque directories.

use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::fs::{File, Metadata, OpenOptions};
use std::io::{Read, Seek};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::{FileTypeExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use bounded::{Buffer, Error, Limits};
use model::Gap;

use super::estargz::is_bookkeeping;
use super::{Content, Entry, EntryKind, Visitor};
use crate::interest::HEAD_BYTES;
use crate::path;

/// What kind of directory is walked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A layer of the overlay driver: whiteouts are devices, opaque directories carry an attribute.
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
    let mut walk = Walk { root, origin, device, limits, visitor, entries: 0, pending, linked };
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
        let mut kind = self.classify(metadata);
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
            mode: metadata.mode() & 0o7777,
            uid: metadata.uid().into(),
            gid: metadata.gid().into(),
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

fn is_opaque(directory: &Path) -> bool {
    let mut value = [0_u8; 4];
    ["trusted.overlay.opaque", "user.overlay.opaque"].iter().any(|name| {
        let length = rustix::fs::lgetxattr(directory, *name, &mut value[..]);
        matches!(length, Ok(1)) && value.first() == Some(&b'y')
    })
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
