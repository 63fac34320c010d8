use std::path::PathBuf;

use crate::PublicKey;

/// Why advisories could not be fetched, kept or looked up.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file of the database could not be read or written.
    #[error("cannot {operation} `{path}`")]
    File {
        /// `read`, `write`, `replace`, …
        operation: &'static str,
        /// Which.
        path: PathBuf,
        /// The cause.
        #[source]
        source: std::io::Error,
    },
    /// A file of the database is not what it was when it was written.
    #[error("`{path}` is damaged: {why}; hint: fetch it anew with `lazaret db update`")]
    Damaged {
        /// Which.
        path: PathBuf,
        /// What is wrong.
        why: String,
    },
    /// The mirror could not be read.
    #[error("cannot read `{place}` of the mirror")]
    Mirror {
        /// Which file.
        place: String,
        /// The cause.
        #[source]
        source: bounded::Error,
    },
    /// The network failed, or the mirror's server refused.
    #[error("cannot fetch `{url}`")]
    Network {
        /// Which.
        url: String,
        /// The cause.
        #[source]
        source: net::Error,
    },
    /// A document is not what it should be.
    #[error("cannot understand {what}: {why}")]
    Format {
        /// Which.
        what: String,
        /// What is wrong.
        why: String,
    },
    /// A bundle is signed by somebody who is not trusted.
    #[error(
        "cannot trust bundle `{bundle}`: it is signed with the key {key}, which is not among those trusted; hint: where \
         that is the key of whoever exported it, add `--public-key {key}`"
    )]
    Untrusted {
        /// The bundle.
        bundle: PathBuf,
        /// The key it says it is signed with; whether it is was not looked at.
        key: PublicKey,
    },
    /// Another update is under way.
    #[error("another update of `{path}` is under way")]
    Locked {
        /// The database.
        path: PathBuf,
    },
    /// Who asked for an update wants it no longer.
    #[error("the update was stopped; what was known before is kept")]
    Stopped,
    /// The mirror holds nothing.
    #[error(
        "cannot find advisories in `{place}`: there is no `<ECOSYSTEM>/all.zip` and no `<ECOSYSTEM>/<ID>.json`"
    )]
    Empty {
        /// The mirror.
        place: String,
    },
}

impl Error {
    pub(crate) fn file(
        operation: &'static str,
        path: &std::path::Path,
    ) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { operation, path, source }
    }
}
