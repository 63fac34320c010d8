/// Why an image could not be scanned.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The image or one of its layers could not be read.
    #[error(transparent)]
    Image(#[from] image::Error),
    /// The advisory database could not be read.
    #[error("cannot look up advisories")]
    Advisories(#[source] advisories::Error),
    /// Somebody stopped it.
    #[error("the scan was stopped")]
    Stopped,
    /// A thread that read a layer died, which is a fault of Lazaret.
    #[error("a thread that read a layer died; please report this")]
    Thread,
}

impl Error {
    /// What it means, as a code.
    #[must_use]
    pub fn failure(&self) -> model::Failure {
        match self {
            Self::Image(error) => error.failure(),
            Self::Advisories(_) => model::Failure::FileUnreadable,
            Self::Stopped | Self::Thread => model::Failure::Unknown,
        }
    }
}
