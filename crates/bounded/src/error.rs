use std::io;

/// Why bytes could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The bytes are not what their format asks for.
    #[error("{format} data is damaged at byte {offset}: {why}")]
    Damaged {
        /// `gzip`, `tar`, `zip`, …
        format: &'static str,
        /// How far reading had come.
        offset: u64,
        /// What is wrong.
        why: String,
    },
    /// The bytes end too early.
    #[error("{format} data ends too early, after {offset} bytes")]
    Truncated {
        /// `gzip`, `tar`, …
        format: &'static str,
        /// How far reading had come.
        offset: u64,
    },
    /// A limit was passed.
    #[error("{what} is larger than the limit of {limit}")]
    TooLarge {
        /// What is too large.
        what: String,
        /// The limit, with its unit.
        limit: String,
    },
    /// It grows like a decompression bomb.
    #[error("{format} data looks like a decompression bomb: {stored} bytes became more than {unpacked}")]
    Bomb {
        /// `gzip`, `zstd`.
        format: &'static str,
        /// Bytes read.
        stored: u64,
        /// Bytes that came out.
        unpacked: u64,
    },
    /// A format that is recognised and not read.
    #[error("{format} compression is not supported")]
    Unsupported {
        /// Its name.
        format: &'static str,
    },
    /// The place the bytes come from failed.
    #[error("cannot read: {0}")]
    Source(#[source] io::Error),
    /// A spool file could not be made or written.
    #[error("cannot spool to a temporary file")]
    Spool(#[source] io::Error),
    /// A file could not be read.
    #[error("cannot read `{path}`")]
    File {
        /// Which.
        path: std::path::PathBuf,
        /// The cause.
        #[source]
        source: io::Error,
    },
}

impl Error {
    /// Wraps it so that it passes through [`io::Read`]; [`Error::from_io`] takes it out again.
    #[must_use]
    pub fn into_io(self) -> io::Error {
        io::Error::other(self)
    }

    /// The error that passed through [`io::Read`], or `error` as a failing source.
    #[must_use]
    pub fn from_io(error: io::Error) -> Self {
        match error.downcast::<Self>() {
            Ok(own) => own,
            Err(other) => Self::Source(other),
        }
    }
}
