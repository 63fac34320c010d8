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
    /// A thread that read a layer died, which is a fault of Lazaret.
    #[error("a thread that read a layer died; please report this")]
    Thread,
}
