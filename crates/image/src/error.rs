use std::path::PathBuf;

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
}
