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
    /// The advisories.
    #[error(transparent)]
    Advisories(#[from] advisories::Error),
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

/// All that an error says, with its causes.
pub(crate) fn told(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |cause| (*cause).source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
