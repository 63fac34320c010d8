//! Base images: which are approved, and which an image is built from.

use std::path::Path;

use model::{BaseImage, Digest, Finding, HistoryStep};
use serde::{Deserialize, Serialize};

use crate::Error;

/// An approved base image.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approved {
    /// Its name, `debian:12`.
    pub name: String,
    /// The digest of its manifest, where it has one.
    pub digest: Option<String>,
    /// The diff ids of its layers, the lowest first.
    pub layers: Vec<Digest>,
}

/// The approved base images.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bases {}

impl Bases {
    /// The list in a file; an empty one when there is no such file.
    ///
    /// # Errors
    /// When the file cannot be read or is no such list.
    pub fn open(_file: &Path) -> Result<Self, Error> {
        Ok(Self {})
    }

    /// The approved base images, sorted by name.
    #[must_use]
    pub fn list(&self) -> &[Approved] {
        &[]
    }

    /// Approves a base image; one of the same name and layers is replaced.
    pub fn add(&mut self, _base: Approved) {}

    /// Takes the base images of a name (or name and digest) off the list, and says how many they were.
    pub fn remove(&mut self, _name: &str) -> usize {
        0
    }

    /// Writes the list: the whole file or nothing.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn save(&self, _file: &Path) -> Result<(), Error> {
        Ok(())
    }

    /// The base image of an image: the approved one with the most layers that this image begins with, else the likely
    /// boundary that the history shows.
    #[must_use]
    pub fn recognise(&self, _layers: &[Option<Digest>], _history: &[HistoryStep]) -> Option<BaseImage> {
        None
    }

    /// What is wrong with the base: nothing while no base image is approved.
    #[must_use]
    pub fn judge(&self, _found: Option<&BaseImage>) -> Option<Finding> {
        None
    }
}
