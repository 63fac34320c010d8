use std::io::Write;
use std::path::{Path, PathBuf};

use bounded::read_file;

/// No honest layer's facts are larger.
pub(crate) const LARGEST: u64 = 1 << 30;

/// Where the facts of layers are kept, by names such as `layers/ab/abcd….packages-4-…`.
///
/// What cannot be got is as good as missing: it costs time, not truth.
pub trait Shelf: Send + Sync {
    /// What is kept under a name.
    fn get(&self, name: &str) -> Option<Vec<u8>>;

    /// Whether something is kept under a name.
    fn has(&self, name: &str) -> bool;

    /// Keeps something whole or not at all, whoever else keeps the same at this time.
    ///
    /// # Errors
    /// When it cannot be kept.
    fn put(&self, name: &str, bytes: &[u8]) -> std::io::Result<()>;
}

/// A directory, whose files are readable by their owner only.
#[derive(Clone, Debug)]
pub struct Directory(PathBuf);

impl Directory {
    /// A directory, which is made when something is first kept in it.
    #[must_use]
    pub fn new(path: &Path) -> Self {
        Self(path.to_owned())
    }
}

impl Shelf for Directory {
    fn get(&self, name: &str) -> Option<Vec<u8>> {
        let path = self.0.join(name);
        // Asked first, because an error would be made with its whole story.
        path.exists().then(|| read_file(&path, LARGEST).ok())?
    }

    fn has(&self, name: &str) -> bool {
        self.0.join(name).exists()
    }

    /// Written beside and renamed, so that any number of scans may share the directory.
    fn put(&self, name: &str, bytes: &[u8]) -> std::io::Result<()> {
        let path = self.0.join(name);
        let directory = path.parent().unwrap_or(&self.0);
        std::fs::create_dir_all(directory)?;
        let mut file = tempfile::NamedTempFile::new_in(directory)?;
        file.write_all(bytes)?;
        file.persist(&path).map(drop).map_err(|error| error.error)
    }
}
