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
    /// A report that is kept among the objects.
    #[error("cannot use the report `{key}`: {why}")]
    Report {
        /// Where it is.
        key: String,
        /// What is wrong with it.
        why: String,
    },
    /// The advisories.
    #[error(transparent)]
    Advisories(#[from] advisories::Error),
    /// Rules.
    #[error(transparent)]
    Rules(#[from] inspect::Error),
    /// What is kept under a name is nothing that was kept there.
    #[error("cannot understand what is kept as `{name}`")]
    Kept {
        /// The name.
        name: String,
        /// The cause.
        #[source]
        source: serde_json::Error,
    },
    /// What blocks was done elsewhere, and ended early.
    #[error("cannot finish: it panicked")]
    Panicked(#[from] tokio::task::JoinError),
    /// A directory of its own.
    #[error("cannot use the directory `{}`", path.display())]
    Directory {
        /// Which one.
        path: PathBuf,
        /// The cause.
        #[source]
        source: std::io::Error,
    },
    /// It cannot run at all.
    #[error("cannot run the server")]
    Start(#[source] std::io::Error),
    /// The machine gives no random bytes.
    #[error("cannot get random bytes from this machine")]
    Random,
    /// What is kept sealed was sealed with another key.
    #[error(
        "cannot open the credentials of the registry: they were sealed with another key\nhint: enter them again"
    )]
    OtherKey,
    /// A password cannot be hashed.
    #[error("cannot hash a password, or what is kept of it is damaged")]
    Hash,
    /// There is no account of a name.
    #[error("cannot find the account `{0}`")]
    NoAccount(String),
    /// The certificate or its key cannot be used.
    #[error("cannot use the certificate `{}` with its key", path.display())]
    Certificate {
        /// The file of the certificate.
        path: PathBuf,
        /// The cause.
        #[source]
        source: std::io::Error,
    },
    /// The address where it is to answer.
    #[error("cannot answer at {listen}; hint: choose another address with --listen")]
    Listen {
        /// Which one.
        listen: std::net::SocketAddr,
        /// The cause.
        #[source]
        source: std::io::Error,
    },
}

impl Error {
    /// Names what could not be understood.
    pub(crate) fn kept(name: &str) -> impl FnOnce(serde_json::Error) -> Self {
        let name = name.to_owned();
        move |source| Self::Kept { name, source }
    }
}
