//! From the digest of an index or manifest to images whose layers can be read.

use std::collections::HashSet;
use std::path::PathBuf;

use model::{Digest, Failure};

use super::KIND;
use super::content::Content;
use super::lookup::Found;
use super::session::Session;
use super::snapshots::Snapshots;
use crate::layout::{Kind, layers, parse};
use crate::platform::{self, Choice};
use crate::{Config, Data, Descriptor, Error, Image, Index, Layer, Manifest};

/// Indexes within indexes.
const NESTING: u32 = 4;

/// The images of what was found, one for each platform that is wanted and there.
pub(super) fn open(session: &Session, found: &Found, choice: &Choice) -> Result<Vec<Image>, Error> {
    let layout = session.layout()?;
    let content = Content::new(session, &layout, &found.namespace);
    let reading = Reading { content: &content, name: &found.name };
    let snapshots = Snapshots::new(session, &layout, &found.namespace);
    let parts = reading.chosen(&found.digest, &found.media_type, choice)?;
    let mut images = Vec::new();
    for part in parts {
        images.push(image(&reading, &snapshots, part)?);
    }
    Ok(images)
}

/// One manifest of an image.
pub(super) struct Part {
    pub(super) digest: Digest,
    pub(super) manifest: Manifest,
}

/// An image's documents, as the content store has them.
pub(super) struct Reading<'a> {
    pub(super) content: &'a Content<'a>,
    pub(super) name: &'a str,
}

impl Reading<'_> {
    /// The manifests that are there, of all platforms.
    pub(super) fn parts(&self, digest: &Digest, media_type: &str) -> Result<Vec<Part>, Error> {
        self.chosen(digest, media_type, &Choice::All)
    }

    /// The manifests that are wanted and there.
    fn chosen(&self, digest: &Digest, media_type: &str, choice: &Choice) -> Result<Vec<Part>, Error> {
        let mut parts = Vec::new();
        self.descend(digest, media_type, choice, 0, &mut parts)?;
        let mut seen = HashSet::new();
        parts.retain(|part| seen.insert(part.digest.clone()));
        Ok(parts)
    }

    fn descend(
        &self,
        digest: &Digest,
        media_type: &str,
        choice: &Choice,
        depth: u32,
        parts: &mut Vec<Part>,
    ) -> Result<(), Error> {
        let what = || format!("manifest {digest} of image `{}`", self.name);
        let bytes = self.content.document(digest)?.ok_or_else(|| missing(what()))?;
        let kind: Kind = parse(&bytes, what)?;
        if !kind.is_index(media_type) {
            let manifest = parse(&bytes, what)?;
            parts.push(Part { digest: digest.clone(), manifest });
            return Ok(());
        }
        if depth >= NESTING {
            return Err(Error::Format { what: what(), why: "indexes are nested too deep".to_owned() });
        }
        let index: Index = parse(&bytes, what)?;
        for descriptor in self.present(&index.manifests, choice)? {
            self.descend(&descriptor.digest, &descriptor.media_type, choice, depth + 1, parts)?;
        }
        Ok(())
    }

    /// Those of an index that are wanted and there: of the other platforms, usually nothing was pulled.
    fn present(&self, manifests: &[Descriptor], choice: &Choice) -> Result<Vec<Descriptor>, Error> {
        let mut present = Vec::new();
        for descriptor in manifests {
            if self.content.has(&descriptor.digest)? {
                present.push(descriptor.clone());
            }
        }
        match platform::choose(self.name, &present, choice) {
            Ok(chosen) => Ok(chosen.into_iter().cloned().collect()),
            Err(_not_here) => {
                // When the index has it, it is not the platform that is wrong.
                platform::choose(self.name, manifests, choice)?;
                let what = format!("the manifest for this platform of image `{}`", self.name);
                Err(missing(what))
            }
        }
    }

    /// The configuration of a manifest, verified.
    pub(super) fn config(&self, manifest: &Manifest) -> Result<Config, Error> {
        let digest = &manifest.config.digest;
        let what = || format!("configuration {digest} of image `{}`", self.name);
        let bytes = self.content.document(digest)?.ok_or_else(|| missing(what()))?;
        let config: Config = parse(&bytes, what)?;
        if config.rootfs.diff_ids.is_empty() && !manifest.layers.is_empty() {
            let why = "it is no container image: its configuration names no layers".to_owned();
            return Err(Error::Unreadable { failure: Failure::NotAnImage, what: what(), why });
        }
        Ok(config)
    }
}

fn missing(what: String) -> Error {
    let why = "containerd has the image's name, and not this; pull the image again".to_owned();
    Error::Unreadable { failure: Failure::ContentMissing, what, why }
}

fn image(reading: &Reading<'_>, snapshots: &Snapshots<'_>, part: Part) -> Result<Image, Error> {
    let config = reading.config(&part.manifest)?;
    let mut layers = layers(&part.manifest, &config, |_| None)?;
    fill(reading, snapshots, &config, &mut layers)?;
    if !layers.is_empty() && layers.iter().all(|layer| matches!(layer.data, Data::Absent(_))) {
        return Err(missing(format!("the layers of image `{}`", reading.name)));
    }
    Ok(Image {
        name: reading.name.to_owned(),
        source: KIND,
        digest: Some(part.digest),
        image_id: Some(part.manifest.config.digest),
        config,
        layers,
    })
}

/// Finds what each layer is read from: directories when all layers have one, else blobs, else whatever there is.
fn fill(
    reading: &Reading<'_>,
    snapshots: &Snapshots<'_>,
    config: &Config,
    layers: &mut [Layer],
) -> Result<(), Error> {
    let chain = config.rootfs.chain_ids();
    if let Some(paths) = snapshots.directories(&chain)? {
        take_directories(layers, paths);
        return Ok(());
    }
    let mut is_whole = true;
    for layer in layers.iter_mut() {
        let blob = layer.digest.as_ref().map(|digest| reading.content.blob(digest)).transpose()?;
        match blob.flatten() {
            Some(data) => layer.data = data,
            None => {
                is_whole = false;
                let why = "its blob was discarded and it is not unpacked in a directory that can be read";
                layer.data = Data::Absent(why.to_owned());
            }
        }
    }
    if is_whole {
        return Ok(());
    }
    // The lower layers may have been unpacked for another image.
    for count in (1..chain.len()).rev() {
        if let Some(below) = chain.get(..count)
            && let Some(paths) = snapshots.directories(below)?
        {
            let absent =
                layers.iter_mut().zip(paths).filter(|(layer, _)| matches!(layer.data, Data::Absent(_)));
            absent.for_each(|(layer, path)| layer.data = Data::Overlay(path));
            return Ok(());
        }
    }
    Ok(())
}

fn take_directories(layers: &mut [Layer], paths: Vec<PathBuf>) {
    for (layer, path) in layers.iter_mut().zip(paths) {
        layer.data = Data::Overlay(path);
    }
}
