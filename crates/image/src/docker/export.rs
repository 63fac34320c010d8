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

#[cfg(test)]
mod tests {
    use std::path::Path;

    use model::Digest;

    use super::*;
    use crate::Config;
    use crate::docker::{InPlace, KIND, PATIENCE, options};

    fn image(name: &str, byte: Option<u8>) -> Image {
        let image_id = byte.map(|byte| Digest::from_bytes([byte; 32]));
        let config = Config { architecture: name.to_owned(), ..Config::default() };
        Image { name: name.to_owned(), source: KIND, digest: None, image_id, config, layers: Vec::new() }
    }

    fn export(image: Image, by_manifest: bool) -> Export {
        let socket = Path::new("/nonexistent");
        let client = net::Client::new(&options(socket, PATIENCE)).unwrap();
        let in_place = InPlace::default();
        let engine = Engine { client, socket: socket.to_owned(), base: String::new(), in_place };
        Export { image, archive: Archive::new(engine, "sha256:ab".to_owned()), by_manifest }
    }

    #[test]
    fn takes_the_history_of_the_archive_for_the_image_of_that_id_only() {
        let saved = vec![image("other", Some(1)), image("saved", Some(2))];
        let images = export(image("shop", Some(2)), false).images(saved).unwrap();
        assert_eq!(images.len(), 1);
        assert_eq!((images[0].name.as_str(), images[0].config.architecture.as_str()), ("shop", "saved"));
        let error = export(image("shop", Some(2)), false).images(vec![image("other", Some(1))]).unwrap_err();
        assert!(error.to_string().contains("another image"), "{error}");
    }

    #[test]
    fn gives_every_image_of_an_archive_that_is_named_by_its_manifest() {
        let of_index = || export(image("shop", None), true);
        assert!(!of_index().is_known() && export(image("shop", Some(1)), false).is_known());
        let images = of_index().images(vec![image("amd64", Some(1)), image("arm64", Some(2))]).unwrap();
        assert!(images.iter().all(|image| image.name == "shop" && image.image_id.is_some()));
        assert_eq!(
            images.iter().map(|image| image.config.architecture.as_str()).collect::<Vec<_>>(),
            ["amd64", "arm64"]
        );
        assert!(of_index().images(Vec::new()).is_err());
    }
}
