use std::path::PathBuf;

/// Why the server cannot do something.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The database.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// The object store.
    #[error("cannot use the object store")]
    Objects(#[from] object_store::Error),
    /// A directory of its own.
    #[error("cannot use the directory `{}`", path.display())]
    Directory {
        /// Which one.
        path: PathBuf,
        /// The cause.
        #[source]
        source: std::io::Error,
    },
}
