use std::collections::{HashMap, HashSet};

use model::{Digest, Failure, LocalImage};

use super::documents::{ImageRecord, LayerRecord, configuration_name};
use super::{OVERLAY, Store, containers, lookup};
use crate::layout::parse;
use crate::platform::{self, Choice};
use crate::store::{digest_of, verify};
use crate::{Config, Data, Error, Image, Index, Layer, Manifest};

/// More layers than any engine stacks.
const LAYERS: usize = 1024;

/// What the store's lists said at one time.
struct Lists<'a> {
    store: &'a Store,
    kind: &'static str,
    images: Vec<ImageRecord>,
    layers: HashMap<String, LayerRecord>,
}

/// The images of a store.
pub(super) fn all(store: &Store) -> Result<Vec<LocalImage>, Error> {
    let lists = Lists::read(store)?;
    Ok(lists.images.iter().map(|record| lists.local_image(record)).collect())
}

/// The image of that name; one for each platform that is wanted and there.
pub(super) fn open(store: &Store, name: &str, choice: &Choice) -> Result<Vec<Image>, Error> {
    let open = || {
        let lists = Lists::read(store)?;
        let found = lookup::find(&lists.images, name, &store.describe())?;
        lists.open(found.record, &found.shown, choice)
    };
    match open() {
        // The lists are read one after the other: what went away in between is asked for once more.
        Err(error) if error.failure() == Failure::ContentMissing => open(),
        result => result,
    }
}

impl<'a> Lists<'a> {
    fn read(store: &'a Store) -> Result<Self, Error> {
        // An image is listed after its layers: in this order, those of every image are met.
        let images = store.image_records()?;
        Ok(Self { store, kind: containers::kind(store)?, images, layers: store.layer_records()? })
    }

    fn local_image(&self, record: &ImageRecord) -> LocalImage {
        let image = self.manifest(record).and_then(|document| match document {
            Document::Index(_) => Ok(None),
            Document::Manifest(digest, manifest) => self.image(record, "", digest, &manifest).map(Some),
        });
        let config = image.as_ref().ok().and_then(Option::as_ref).map(|image| &image.config);
        let created = config.and_then(|config| config.created.clone()).or_else(|| record.created.clone());
        let mut digests: Vec<String> = Vec::new();
        for name in record.names() {
            let repository = crate::Reference::parse(name).ok();
            let repository = repository.map(|name| format!("{}/{}", name.registry(), name.repository()));
            let both =
                repository.zip(record.digest.as_ref()).map(|(name, digest)| format!("{name}@{digest}"));
            digests.extend(both.filter(|digest| !digests.contains(digest)));
        }
        LocalImage {
            engine: self.kind.to_owned(),
            namespace: None,
            id: format!("sha256:{}", record.id),
            names: record.names().to_vec(),
            digests,
            created,
            size: self.size(record),
            platforms: config.map(Config::platform).into_iter().collect(),
            failure: image.err().map(|error| error.failure()),
        }
    }

    /// The size of its layers, unpacked, as far as they are known.
    fn size(&self, record: &ImageRecord) -> u64 {
        let layers = self.chain(record).unwrap_or_default();
        let sizes = layers.iter().map(|(_, layer)| u64::try_from(layer.diff_size).unwrap_or_default());
        sizes.fold(0, u64::saturating_add)
    }

    fn open(&self, record: &ImageRecord, name: &str, choice: &Choice) -> Result<Vec<Image>, Error> {
        match self.manifest(record)? {
            Document::Manifest(digest, manifest) => {
                self.image(record, name, digest, &manifest).map(|image| vec![image])
            }
            Document::Index(index) => self.children(&index, name, choice),
        }
    }

    /// The images of a list, which are images of the store themselves.
    fn children(&self, index: &Index, name: &str, choice: &Choice) -> Result<Vec<Image>, Error> {
        let mut images = Vec::new();
        for descriptor in platform::choose(name, &index.manifests, choice)? {
            let digest = descriptor.digest.to_string();
            let record = self.images.iter().find(|record| record.digests().any(|own| own == digest));
            let what = || format!("image {digest} of the list `{name}`");
            let record = record.ok_or_else(|| missing(what(), "the store has the list alone"))?;
            match self.manifest(record)? {
                Document::Manifest(digest, manifest) => {
                    images.push(self.image(record, name, digest, &manifest)?)
                }
                Document::Index(_) => {
                    return Err(Error::Format { what: what(), why: "it is a list itself".to_owned() });
                }
            }
        }
        Ok(images)
    }

    fn manifest(&self, record: &ImageRecord) -> Result<Document, Error> {
        let what = || format!("manifest of image `{}`", record.id);
        let bytes = self.store.big_data(record, "manifest")?;
        let digest = digest_of(&bytes);
        let manifest = parse::<Manifest>(&bytes, what);
        if let Ok(manifest) = manifest {
            return Ok(Document::Manifest(digest, Box::new(manifest)));
        }
        if let Ok(index) = parse::<Index>(&bytes, what) {
            return Ok(Document::Index(index));
        }
        let schema_one = parse::<SchemaOne>(&bytes, what).is_ok_and(|schema| schema.schema_version == 1);
        Err(if schema_one {
            let why = "it is of schema 1, which is no longer in use".to_owned();
            Error::Unreadable { failure: Failure::SchemaV1NotSupported, what: what(), why }
        } else {
            Error::Format { what: what(), why: "it is neither a manifest nor a list of them".to_owned() }
        })
    }

    fn image(
        &self,
        record: &ImageRecord,
        name: &str,
        digest: Digest,
        manifest: &Manifest,
    ) -> Result<Image, Error> {
        let image_id = &manifest.config.digest;
        let what = || format!("configuration of image `{}`", record.id);
        let bytes = self.store.big_data(record, &configuration_name(image_id))?;
        verify(&bytes, image_id, what)?;
        let config: Config = parse(&bytes, what)?;
        let layers = self.layers_of(record, manifest, &config)?;
        Ok(Image {
            name: name.to_owned(),
            source: self.kind,
            digest: Some(digest),
            image_id: Some(image_id.clone()),
            config,
            layers,
        })
    }

    fn layers_of(
        &self,
        record: &ImageRecord,
        manifest: &Manifest,
        config: &Config,
    ) -> Result<Vec<Layer>, Error> {
        let chain = self.chain(record)?;
        let diff_ids = &config.rootfs.diff_ids;
        let fail = |why: String| Error::Format { what: format!("image `{}`", record.id), why };
        if chain.len() != diff_ids.len() {
            let (stored, told) = (chain.len(), diff_ids.len());
            return Err(fail(format!("the store has {stored} layers of it and its configuration {told}")));
        }
        let mut layers = Vec::new();
        for ((id, layer), diff_id) in chain.into_iter().zip(diff_ids) {
            if !layer.diff_digest.is_empty() && layer.diff_digest != diff_id.to_string() {
                return Err(fail(format!("layer `{id}` is not the one its configuration names")));
            }
            layers.push(self.layer(id, layer, diff_id)?);
        }
        // By which the layers were pulled; a manifest of another length tells of none.
        if manifest.layers.len() == layers.len() {
            for (layer, descriptor) in layers.iter_mut().zip(&manifest.layers) {
                layer.digest = Some(descriptor.digest.clone());
            }
        }
        Ok(layers)
    }

    fn layer(&self, id: &str, layer: &LayerRecord, diff_id: &Digest) -> Result<Layer, Error> {
        let what = || format!("layer `{id}` of {}", self.store.describe());
        let driver = self.store.roots.get(layer.root).map_or("unknown", |root| root.driver);
        if driver != OVERLAY {
            return Err(Error::Unreadable {
                failure: Failure::StorageNotSupported,
                what: what(),
                why: format!(
                    "the storage driver is `{driver}`, and only `{OVERLAY}` is read\nhint: `podman save` writes an \
                     archive that can be scanned"
                ),
            });
        }
        let content = self.store.content(id, layer);
        let content = content.ok_or_else(|| missing(what(), "its id is none"))?;
        if content.with_file_name("composefs-data").is_dir() {
            let why =
                "its files are kept in composefs\nhint: `podman save` writes an archive that can be scanned";
            let failure = Failure::StorageNotSupported;
            return Err(Error::Unreadable { failure, what: what(), why: why.to_owned() });
        }
        match std::fs::read_dir(&content) {
            Ok(_) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(missing(what(), "its directory is gone"));
            }
            Err(source) => return Err(Error::File { path: content, source }),
        }
        let size = u64::try_from(layer.diff_size).unwrap_or_default();
        Ok(Layer { digest: None, diff_id: Some(diff_id.clone()), size, data: Data::Overlay(content) })
    }

    /// The layers of an image, the lowest first.
    fn chain(&self, record: &ImageRecord) -> Result<Vec<(&str, &LayerRecord)>, Error> {
        let what = || format!("image `{}` of {}", record.id, self.store.describe());
        let (mut chain, mut seen) = (Vec::new(), HashSet::new());
        let mut next = record.layer.as_str();
        while !next.is_empty() {
            if chain.len() >= LAYERS || !seen.insert(next) {
                return Err(Error::Format {
                    what: what(),
                    why: "its layers go round in a circle".to_owned(),
                });
            }
            let Some((id, layer)) = self.layers.get_key_value(next) else {
                return Err(missing(what(), &format!("layer `{next}` is gone")));
            };
            chain.push((id.as_str(), layer));
            next = &layer.parent;
        }
        chain.reverse();
        Ok(chain)
    }
}

/// What an image is described by.
enum Document {
    Manifest(Digest, Box<Manifest>),
    Index(Index),
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct SchemaOne {
    schema_version: u32,
}

fn missing(what: String, why: &str) -> Error {
    Error::Unreadable { failure: Failure::ContentMissing, what, why: why.to_owned() }
}
