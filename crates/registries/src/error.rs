use model::Failure;

/// Why a registry could not be listed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is no kind of that word.
    #[error("cannot find registry kind `{word}`; there are {known}")]
    Kind {
        /// The word.
        word: String,
        /// Those there are.
        known: String,
    },
    /// A setting is missing or is not what it should be.
    #[error("cannot use `{setting}` of the registry: {why}")]
    Setting {
        /// `address`, `region`, …
        setting: &'static str,
        /// What is wrong with it.
        why: String,
    },
    /// A request to the registry's or the cloud's own interface failed.
    #[error("cannot {operation}")]
    Api {
        /// `list the projects of Harbor`, …
        operation: String,
        /// The cause.
        #[source]
        source: net::Error,
    },
    /// The registry's or the cloud's own interface refused, with a code of its own.
    #[error("cannot {operation}: {code}: {message}")]
    Refused {
        /// `list the repositories of TCR`, …
        operation: String,
        /// The cloud's code: `AuthFailure.SignatureFailure`.
        code: String,
        /// What it said, shortened and cleaned.
        message: String,
        /// What it means.
        failure: Failure,
    },
    /// An answer is not what it should be.
    #[error("cannot understand {what}: {why}")]
    Answer {
        /// Whose answer to what.
        what: String,
        /// What is wrong with it.
        why: String,
    },
    /// The registry protocol failed.
    #[error(transparent)]
    Registry(#[from] image::Error),
}

impl Error {
    /// What it means, as a code.
    #[must_use]
    pub fn failure(&self) -> Failure {
        match self {
            Self::Kind { .. } | Self::Setting { .. } => Failure::InvalidName,
            Self::Api { source, .. } => image::failure_of(source),
            Self::Refused { failure, .. } => *failure,
            Self::Answer { .. } => Failure::InvalidContent,
            Self::Registry(error) => error.failure(),
        }
    }
}
