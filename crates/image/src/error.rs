use std::path::PathBuf;

use model::Failure;

/// Why an image or a layer could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The name or location is not written as one.
    #[error("cannot read `{text}` as an image name: {why}")]
    Name {
        /// What was given.
        text: String,
        /// What is wrong with it.
        why: String,
    },
    /// Nothing of that name is there.
    #[error("cannot find image `{name}` in {place}: {why}")]
    NotFound {
        /// The image.
        name: String,
        /// Where it was looked for.
        place: String,
        /// What the place said.
        why: String,
    },
    /// A file or directory could not be read.
    #[error("cannot read `{path}`")]
    File {
        /// Which.
        path: PathBuf,
        /// The cause.
        #[source]
        source: std::io::Error,
    },
    /// The network or the engine's socket failed, or the server refused.
    #[error("cannot {operation}")]
    Network {
        /// `pull blob sha256:… from registry.example`, …
        operation: String,
        /// The cause.
        #[source]
        source: net::Error,
    },
    /// A manifest, index or configuration is not what it should be.
    #[error("cannot understand {what}: {why}")]
    Format {
        /// Which document, and whose.
        what: String,
        /// What is wrong with it.
        why: String,
    },
    /// The bytes are not those their digest names.
    #[error("{what} is corrupted: it should be {expected} and is {actual}")]
    Digest {
        /// Which blob.
        what: String,
        /// The digest it was asked by.
        expected: String,
        /// The digest of what came.
        actual: String,
    },
    /// The image has no variant for the platform asked for.
    #[error("`{name}` has no image for {wanted}; it has {available}")]
    Platform {
        /// The image.
        name: String,
        /// The platform asked for.
        wanted: String,
        /// Those it has.
        available: String,
    },
    /// The bytes could not be decoded, or passed a limit.
    #[error("cannot read {what}")]
    Content {
        /// Which layer or archive.
        what: String,
        /// The cause.
        #[source]
        source: bounded::Error,
    },
    /// It is there and cannot be read, for a reason that has a code of its own.
    #[error("cannot read {what}: {why}")]
    Unreadable {
        /// The code.
        failure: Failure,
        /// Which image or document, and whose.
        what: String,
        /// Why not, and what to do.
        why: String,
    },
}

impl Error {
    /// What it means, as a code.
    #[must_use]
    pub fn failure(&self) -> Failure {
        match self {
            Self::Name { .. } => Failure::InvalidName,
            Self::NotFound { .. } => Failure::NotFound,
            Self::File { source, .. } if source.kind() == std::io::ErrorKind::PermissionDenied => {
                Failure::PermissionDenied
            }
            Self::File { .. } => Failure::FileUnreadable,
            Self::Network { source, .. } => failure_of(source),
            Self::Format { .. } => Failure::InvalidContent,
            Self::Digest { .. } => Failure::Corrupted,
            Self::Platform { .. } => Failure::PlatformMissing,
            Self::Content { source, .. } => of_content(source),
            Self::Unreadable { failure, .. } => *failure,
        }
    }
}

fn of_content(error: &bounded::Error) -> Failure {
    match error {
        bounded::Error::TooLarge { .. } | bounded::Error::Bomb { .. } => Failure::TooLarge,
        bounded::Error::Source(error) => of_source(error),
        bounded::Error::File { .. } => Failure::FileUnreadable,
        _ => Failure::InvalidContent,
    }
}

/// The place that bytes came from failed: what passed through the reader says why.
fn of_source(error: &std::io::Error) -> Failure {
    let inner = error.get_ref();
    if let Some(own) = inner.and_then(|inner| inner.downcast_ref::<Error>()) {
        return own.failure();
    }
    if let Some(network) = inner.and_then(|inner| inner.downcast_ref()) {
        return failure_of(network);
    }
    match error.kind() {
        std::io::ErrorKind::PermissionDenied => Failure::PermissionDenied,
        _ => Failure::FileUnreadable,
    }
}

/// What a failure of the network means, as a code.
#[must_use]
pub fn failure_of(error: &net::Error) -> Failure {
    match error {
        net::Error::Address { .. } => Failure::InvalidName,
        net::Error::Resolve { .. } => Failure::HostNotFound,
        net::Error::Connect { kind: Some(std::io::ErrorKind::PermissionDenied), .. } => {
            Failure::PermissionDenied
        }
        // What is reached by a path is an engine of this machine.
        net::Error::Connect { to, .. } if to.starts_with('/') => Failure::EngineOffline,
        net::Error::Connect { .. } => Failure::ConnectionFailed,
        net::Error::ProxySignIn { .. } => Failure::AuthenticationFailed,
        net::Error::Timeout { .. } | net::Error::Slow { .. } => Failure::TimedOut,
        net::Error::CaFile { .. }
        | net::Error::ClientCertificate { .. }
        | net::Error::UntrustedCertificate { .. }
        | net::Error::TlsRefused { .. }
        | net::Error::NotTls { .. } => Failure::TlsFailed,
        net::Error::Status { status, .. } => match status {
            408 | 504 => Failure::TimedOut,

            401 | 407 => Failure::AuthenticationFailed,
            403 => Failure::AccessDenied,
            404 => Failure::NotFound,
            412 => Failure::BlockedByPolicy,
            429 => Failure::RateLimited,
            500.. => Failure::ServerFailed,
            _ => Failure::InvalidContent,
        },
        net::Error::Refused { code, .. } => match *code {
            "NOT_FOUND" => Failure::NotFound,
            "PERMISSION_DENIED" | "UNAUTHENTICATED" => Failure::PermissionDenied,
            "DEADLINE_EXCEEDED" => Failure::TimedOut,
            "UNAVAILABLE" => Failure::EngineOffline,
            _ => Failure::ServerFailed,
        },
        net::Error::Broken { .. } => Failure::DownloadFailed,
        net::Error::TooLarge { .. } => Failure::TooLarge,
        net::Error::Answer { .. } | net::Error::Redirect { .. } => Failure::InvalidContent,
        _ => Failure::Unknown,
    }
}
