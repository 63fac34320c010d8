//! OCI image layouts: a directory, or the same in an archive.
//!
//! Source: the OCI image specification 1.1, `image-layout.md`.

use std::path::Path;

use bounded::Limits;
use model::{Digest, Failure};
use serde::de::DeserializeOwned;

use crate::platform::{self, Choice};
use crate::store::{ArchiveFile, Directory, Store, blob_name};
use crate::{Config, Data, Descriptor, Error, Image, Index, Layer, Manifest, media_types};

/// The annotation that names an image in a layout.
const REF_NAME: &str = "org.opencontainers.image.ref.name";
/// The annotation containerd and `BuildKit` write the full name in.
const CONTAINERD_NAME: &str = "io.containerd.image.name";
/// Indexes within indexes.
const NESTING: u32 = 4;

/// The images of a layout directory; of one tag, when one is given.
///
/// # Errors
/// When it is no layout, names nothing by that tag, or a document in it is damaged.
pub fn open_layout(directory: &Path, tag: Option<&str>, choice: &Choice) -> Result<Vec<Image>, Error> {
    images(&Directory(directory.to_owned()), "oci-layout", tag, choice)
}

/// The images of a layout in an uncompressed archive file.
///
/// # Errors
/// As [`open_layout`].
pub fn open_archive(path: &Path, choice: &Choice, limits: &Limits) -> Result<Vec<Image>, Error> {
    images(&ArchiveFile::open(path.to_owned(), limits)?, "oci-archive", None, choice)
}

/// The images that the layout in `store` names.
pub(crate) fn images(
    store: &dyn Store,
    source: &'static str,
    tag: Option<&str>,
    choice: &Choice,
) -> Result<Vec<Image>, Error> {
    let index: Index =
        parse(&store.require("index.json")?, || format!("`index.json` of {}", store.describe()))?;
    let named = |descriptor: &&Descriptor| {
        tag.is_none_or(|tag| {
            descriptor
                .annotations
                .get(REF_NAME)
                .is_some_and(|name| name == tag || name.ends_with(&format!(":{tag}")))
                || descriptor.digest.to_string() == tag
        })
    };
    let chosen: Vec<&Descriptor> = index.manifests.iter().filter(named).collect();
    if chosen.is_empty() {
        return Err(Error::NotFound {
            name: tag.unwrap_or("image").to_owned(),
            place: store.describe(),
            why: format!("its `index.json` names {}", names(&index.manifests)),
        });
    }
    let reader = Reading { store, source, choice };
    // A layout may list the platforms of one image side by side, without an index of their own.
    let platforms = chosen.iter().filter(|descriptor| descriptor.platform.is_some()).count();
    if platforms > 1 && platforms == chosen.len() {
        let all: Vec<Descriptor> = chosen.into_iter().cloned().collect();
        return reader.chosen(&store.describe(), &all, None, 0);
    }
    let mut images = Vec::new();
    for descriptor in chosen {
        images.extend(reader.descriptor(descriptor, None, 0)?);
    }
    Ok(images)
}

fn names(manifests: &[Descriptor]) -> String {
    let names: Vec<&str> = manifests
        .iter()
        .filter_map(|manifest| manifest.annotations.get(REF_NAME).map(String::as_str))
        .collect();
    if names.is_empty() { format!("{} images without a name", manifests.len()) } else { names.join(", ") }
}

struct Reading<'a> {
    store: &'a dyn Store,
    source: &'static str,
    choice: &'a Choice,
}

impl Reading<'_> {
    fn descriptor(
        &self,
        descriptor: &Descriptor,
        name: Option<&str>,
        depth: u32,
    ) -> Result<Vec<Image>, Error> {
        let own =
            descriptor.annotations.get(CONTAINERD_NAME).or_else(|| descriptor.annotations.get(REF_NAME));
        let name = own.map(String::as_str).or(name);
        let bytes = self.store.by_digest(&descriptor.digest)?;
        let what = || format!("manifest {}", descriptor.digest);
        let kind: Kind = parse(&bytes, what)?;
        if kind.is_index(&descriptor.media_type) {
            if depth >= NESTING {
                return Err(Error::Format { what: what(), why: "indexes are nested too deep".to_owned() });
            }
            let index: Index = parse(&bytes, what)?;
            return self.chosen(name.unwrap_or("the image"), &index.manifests, name, depth + 1);
        }
        let manifest: Manifest = parse(&bytes, what)?;
        self.image(&descriptor.digest, &manifest, name).map(|image| vec![image])
    }

    fn chosen(
        &self,
        shown: &str,
        manifests: &[Descriptor],
        name: Option<&str>,
        depth: u32,
    ) -> Result<Vec<Image>, Error> {
        let mut images = Vec::new();
        for descriptor in self.present(shown, manifests)? {
            images.extend(self.descriptor(&descriptor, name, depth)?);
        }
        Ok(images)
    }

    /// Those of an index that are wanted and there: an engine exports only the platforms that it pulled.
    fn present(&self, shown: &str, manifests: &[Descriptor]) -> Result<Vec<Descriptor>, Error> {
        let mut present = Vec::new();
        for descriptor in manifests {
            if self.store.document(&blob_name(&descriptor.digest))?.is_some() {
                present.push(descriptor.clone());
            }
        }
        if let Ok(chosen) = platform::choose(shown, &present, self.choice) {
            return Ok(chosen.into_iter().cloned().collect());
        }
        // When the index has it, it is not the platform that is wrong.
        platform::choose(shown, manifests, self.choice)?;
        Err(Error::Unreadable {
            failure: Failure::ContentMissing,
            what: format!("`{shown}` for this platform"),
            why: format!("its index is in {} without its manifest", self.store.describe()),
        })
    }

    fn image(&self, digest: &Digest, manifest: &Manifest, name: Option<&str>) -> Result<Image, Error> {
        let what = || format!("configuration {}", manifest.config.digest);
        let config: Config = parse(&self.store.by_digest(&manifest.config.digest)?, what)?;
        let layers = layers(manifest, &config, |descriptor| {
            self.store.blob(&blob_name(&descriptor.digest)).map(|(data, _size)| data)
        })?;
        Ok(Image {
            name: name.unwrap_or(&self.store.describe()).to_owned(),
            source: self.source,
            digest: Some(digest.clone()),
            image_id: Some(manifest.config.digest.clone()),
            config,
            layers,
        })
    }
}

/// A manifest or an index: the two documents look alike; what tells them apart is which list they have.
#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Kind {
    #[serde(default)]
    media_type: String,
    #[serde(default)]
    manifests: Option<serde::de::IgnoredAny>,
}

impl Kind {
    pub(crate) fn is_index(&self, stated: &str) -> bool {
        let index = |kind: &str| kind == media_types::OCI_INDEX || kind == media_types::DOCKER_LIST;
        index(&self.media_type) || (self.media_type.is_empty() && index(stated)) || self.manifests.is_some()
    }
}

/// The layers of a manifest, each with its diff id from the configuration.
pub(crate) fn layers(
    manifest: &Manifest,
    config: &Config,
    data: impl Fn(&Descriptor) -> Option<Data>,
) -> Result<Vec<Layer>, Error> {
    let (stored, unpacked) = (manifest.layers.len(), config.rootfs.diff_ids.len());
    if stored != unpacked {
        return Err(Error::Format {
            what: format!("image {}", manifest.config.digest),
            why: format!("its manifest has {stored} layers and its configuration {unpacked}"),
        });
    }
    let layers = manifest.layers.iter().zip(&config.rootfs.diff_ids).map(|(descriptor, diff_id)| Layer {
        digest: Some(descriptor.digest.clone()),
        diff_id: Some(diff_id.clone()),
        size: descriptor.size,
        data: data(descriptor).unwrap_or_else(|| Data::Absent("the blob is not there".to_owned())),
    });
    Ok(layers.collect())
}

/// Reads a JSON document.
pub(crate) fn parse<T: DeserializeOwned>(bytes: &[u8], what: impl FnOnce() -> String) -> Result<T, Error> {
    serde_json::from_slice(bytes).map_err(|error| Error::Format { what: what(), why: error.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As engines export an image of which they pulled one platform.
    #[test]
    fn reads_the_platforms_that_are_there() {
        let scratch = tempfile::tempdir().unwrap();
        let images = ["amd64", "arm64"].map(|processor| {
            let layer = testkit::Layer::new().file("processor", processor);
            testkit::Image::new("shop:1.0").platform("linux", processor).layer(layer)
        });
        testkit::multi_platform_layout(scratch.path(), &images);
        let open = |choice: &str| open_layout(scratch.path(), None, &choice.parse().unwrap());
        assert_eq!(open("all").unwrap().len(), 2);
        std::fs::remove_file(scratch.path().join(images[0].blobs().manifest.path())).unwrap();
        let [image] = open("all").unwrap().try_into().unwrap();
        assert_eq!(image.config.architecture, "arm64");
        assert_eq!(open("linux/amd64").unwrap_err().failure(), Failure::ContentMissing);
        assert_eq!(open("linux/s390x").unwrap_err().failure(), Failure::PlatformMissing);
        std::fs::remove_file(scratch.path().join(images[1].blobs().manifest.path())).unwrap();
        assert_eq!(open("all").unwrap_err().failure(), Failure::ContentMissing);
    }
}
