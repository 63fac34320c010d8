use std::time::Duration;

use model::{Container, EngineEvent, EngineSummary, LocalImage};

use crate::docker::Export;
use crate::platform::Choice;
use crate::{Error, Image};

/// A program of this machine that keeps images and runs containers: Docker, containerd, Podman, CRI-O.
pub trait Runtime: Send + Sync {
    /// What it is.
    ///
    /// # Errors
    /// When it does not answer.
    fn summary(&self) -> Result<EngineSummary, Error>;

    /// The images it has, of all namespaces; those that cannot be scanned say why.
    ///
    /// # Errors
    /// When it does not answer.
    fn images(&self) -> Result<Vec<LocalImage>, Error>;

    /// The containers it has, in whatever state.
    ///
    /// # Errors
    /// When it does not answer.
    fn containers(&self) -> Result<Vec<Container>, Error>;

    /// An image by name, by name and digest, or by id.
    ///
    /// # Errors
    /// When it has no such image or the image cannot be read.
    fn open(&self, name: &str, choice: &Choice) -> Result<Opened, Error>;

    /// What happens from now on.
    ///
    /// # Errors
    /// When it does not answer, or tells no events.
    fn watch(&self) -> Result<Box<dyn Watch>, Error>;
}

/// How an image of an engine can be read.
#[derive(Debug)]
pub enum Opened {
    /// From the engine's directories or blobs: one for each platform.
    Images(Vec<Image>),
    /// From an archive that the engine makes.
    Export(Box<Export>),
}

/// What happens in an engine, one thing after the other.
pub trait Watch: Send {
    /// The next thing that happens; nothing when `patience` is over before.
    ///
    /// # Errors
    /// When the engine went away.
    fn next(&mut self, patience: Duration) -> Result<Option<EngineEvent>, Error>;
}
