use std::io::Read;

use net::encode_component;

use super::Engine;
use crate::{Error, Image};

/// An image that the engine must export to be read.
#[derive(Debug)]
pub struct Export {
    /// What is known of it beforehand; its layers have diff ids and no content.
    ///
    /// The engine does not tell which steps of the history made a layer: they are guessed, and none is marked as having
    /// made one when the guess does not come out even. The configuration in the archive knows. Where containerd keeps
    /// the images, the id of the image is not known either.
    pub image: Image,
    /// Where the archive comes from.
    pub archive: Archive,
    /// Whether the engine names images by their manifests, as it does where containerd keeps them.
    pub(super) by_manifest: bool,
}

impl Export {
    /// Whether the image can be told without the archive, once its layers are known.
    #[must_use]
    pub fn is_known(&self) -> bool {
        !self.by_manifest
    }

    /// What was exported: the engine's words on an image, completed by those of the archive.
    ///
    /// # Errors
    /// When the archive holds another image than the engine spoke of.
    pub fn images(self, saved: Vec<Image>) -> Result<Vec<Image>, Error> {
        let Self { mut image, by_manifest, .. } = self;
        let what = || format!("the archive that Docker made of image `{}`", image.name);
        if by_manifest {
            // An index has an image for each platform, and the engine described but one of them.
            if saved.is_empty() {
                return Err(Error::Format { what: what(), why: "it holds no image".to_owned() });
            }
            let renamed = saved.into_iter().map(|saved| Image {
                name: image.name.clone(),
                source: image.source,
                ..saved
            });
            return Ok(renamed.collect());
        }
        let same = |saved: &Image| saved.image_id == image.image_id;
        let Some(saved) = saved.into_iter().find(same) else {
            return Err(Error::Format { what: what(), why: "it holds another image".to_owned() });
        };
        // The engine's own words on the image are fuller than those in its archive, but for the build history.
        image.config = saved.config;
        Ok(vec![image])
    }
}

/// An archive as `docker save` writes it, made when it is opened.
#[derive(Clone, Debug)]
pub struct Archive {
    engine: Engine,
    id: String,
}

impl Archive {
    pub(super) fn new(engine: Engine, id: String) -> Self {
        Self { engine, id }
    }

    /// Lets the engine make it; the reader is not bounded.
    ///
    /// # Errors
    /// When the engine refuses or goes away.
    pub fn open(&self) -> Result<Box<dyn Read + Send>, Error> {
        let path = format!("/images/{}/get", encode_component(&self.id));
        let operation = || format!("export image `{}` from Docker", self.id);
        Ok(self.engine.get(&path, &self.id, operation)?.into_reader())
    }
}
