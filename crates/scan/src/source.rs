//! From what an engine opened, or an archive, to images that can be scanned.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use bounded::Format;
use image::docker::Export;
use image::platform::Choice;
use image::{Image, Opened, docker_archive, layout};

use crate::{Error, Options, Passed, Scanner};

/// Images, and the layers of theirs that passed by while they were found.
#[derive(Default)]
pub struct Found {
    /// The images: one for each platform that was wanted.
    pub images: Vec<Image>,
    /// What passed by.
    pub passed: Passed,
}

impl From<Vec<Image>> for Found {
    fn from(images: Vec<Image>) -> Self {
        Self { images, passed: Passed::default() }
    }
}

impl Scanner<'_> {
    /// The images that an engine opened; Docker's export is read when a layer of it is not known.
    ///
    /// # Errors
    /// When the engine goes away, or the archive it makes cannot be read.
    pub fn opened(&self, opened: Opened, choice: &Choice) -> Result<Found, Error> {
        match opened {
            Opened::Images(images) => Ok(images.into()),
            Opened::Export(export) => self.export(*export, choice),
        }
    }

    fn export(&self, export: Export, choice: &Choice) -> Result<Found, Error> {
        if export.is_known() && self.knows(&export.image) {
            return Ok(vec![export.image].into());
        }
        let name = export.image.name.clone();
        let streamed = self.stream(&name, &mut *export.archive.open()?, choice)?;
        Ok(Found { images: export.images(streamed.images)?, passed: streamed.passed })
    }

    /// The images of a file as `docker save` writes it, perhaps compressed.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn docker_archive(&self, path: &Path, choice: &Choice) -> Result<Found, Error> {
        if image::compression(path)? != Format::Plain {
            return self.compressed(path, choice);
        }
        Ok(docker_archive::open_archive(path, &self.options.limits)?.into())
    }

    /// The images of a layout in one file, perhaps compressed.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn oci_archive(&self, path: &Path, choice: &Choice) -> Result<Found, Error> {
        if image::compression(path)? != Format::Plain {
            return self.compressed(path, choice);
        }
        Ok(layout::open_archive(path, choice, &self.options.limits)?.into())
    }

    fn compressed(&self, path: &Path, choice: &Choice) -> Result<Found, Error> {
        let fail = |source| image::Error::File { path: path.to_owned(), source };
        let mut file = File::open(path).map_err(fail)?;
        self.stream(&path.display().to_string(), &mut file, choice)
    }

    /// The images of an archive that can be read only once.
    ///
    /// # Errors
    /// When it cannot be read, or the scan is stopped.
    pub fn stream(
        &self,
        name: &str,
        source: &mut (dyn Read + Send),
        choice: &Choice,
    ) -> Result<Found, Error> {
        let mut passed = Passed::default();
        let mut failure = None;
        let mut source = Stoppable { source, options: self.options };
        let images =
            image::read_stream(name, &mut source, choice, &self.options.limits, &mut |member, layer| {
                match self.pass(&mut passed, member, layer) {
                    Ok(()) => Ok(()),
                    Err(Error::Image(error)) => Err(error),
                    Err(other) => {
                        failure = Some(other);
                        Ok(())
                    }
                }
            });
        self.options.go_on()?;
        let images = images?;
        match failure {
            Some(error) => Err(error),
            None => Ok(Found { images, passed }),
        }
    }
}

/// Ends when the scan is to be stopped.
struct Stoppable<'a> {
    source: &'a mut (dyn Read + Send),
    options: &'a Options<'a>,
}

impl Read for Stoppable<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.options.go_on().map_err(std::io::Error::other)?;
        self.source.read(buffer)
    }
}
