//! Meeting what lies in a layer, entry by entry, in one pass.

mod directory;
mod estargz;
mod stream;

use bounded::{Buffer, Error};
use model::Gap;

pub use directory::{Origin, content_in_place, walk_directory};
pub use stream::walk_tar;

/// What an entry of a layer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EntryKind {
    /// A regular file.
    File,
    /// A directory.
    Directory,
    /// A symbolic link.
    SymbolicLink,
    /// Another name of an earlier file of the same layer.
    HardLink,
    /// A device, pipe or socket.
    Special,
    /// A path of the layers below that is gone.
    Whiteout,
    /// A directory whose content in the layers below is gone.
    Opaque,
}

/// One entry of a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry<'a> {
    /// Its clean path; that of the removed thing for a whiteout.
    pub path: &'a [u8],
    /// What it is.
    pub kind: EntryKind,
    /// Permission bits, with set-uid, set-gid and sticky.
    pub mode: u32,
    /// Owner.
    pub uid: u64,
    /// Group.
    pub gid: u64,
    /// Size of the file in bytes.
    pub size: u64,
    /// The target of a symbolic link as written; the clean path a hard link names.
    pub link: &'a [u8],
}

/// The content of the file that is being visited; nothing is read before it is asked for.
pub trait Content {
    /// Its first bytes, at most [`crate::interest::HEAD_BYTES`].
    ///
    /// # Errors
    /// When they cannot be read.
    fn head(&mut self) -> Result<Vec<u8>, Error>;

    /// All of it; may be asked for once.
    ///
    /// # Errors
    /// When it cannot be read or passes a limit.
    fn buffer(&mut self) -> Result<Buffer, Error>;
}

/// Somebody who meets the entries of a layer.
pub trait Visitor {
    /// Meets one entry.
    ///
    /// # Errors
    /// An error of `content` that ends the layer: its bytes cannot be read any further.
    fn entry(&mut self, entry: &Entry<'_>, content: &mut dyn Content) -> Result<(), Error>;

    /// Hears of something that could not be read; the walk goes on.
    fn gap(&mut self, gap: Gap);
}
