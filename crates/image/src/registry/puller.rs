//! From a name to images: tag, index, manifest, configuration.
//!
//! Source: the OCI image specification 1.1 and Docker's "image manifest v2, schema 2". The addresses that descriptors
//! name in `urls` are never asked: a registry could send this program anywhere by them.

use std::cell::Cell;
use std::sync::Arc;

use model::{Digest, Failure};
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::blob::RegistryBlob;
use super::{Document, Found, MANIFEST_BYTES, Registry};
use crate::layout::{layers, parse};
use crate::platform::{self, Choice};
use crate::store::{digest_of, verify};
use crate::{Config, Data, Descriptor, Error, Image, Index, Manifest, Reference, media_types};

/// A configuration.
const CONFIG_BYTES: u64 = 8 << 20;
/// Indexes within indexes.
const NESTING: u32 = 4;
/// More manifests than any image has; each is asked for.
const MANIFESTS: u32 = 500;

/// Finds the images of one name.
pub(super) struct Puller<'a> {
    registry: Arc<Registry>,
    repository: String,
    name: String,
    choice: &'a Choice,
    asked: Cell<u32>,
}

/// What tells the kinds of manifests apart.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Kind {
    #[serde(default)]
    schema_version: u32,
    #[serde(default)]
    media_type: String,
    manifests: Option<IgnoredAny>,
    config: Option<IgnoredAny>,
    layers: Option<IgnoredAny>,
    blobs: Option<IgnoredAny>,
    fs_layers: Option<IgnoredAny>,
}

impl Kind {
    /// Which of the types that are named for a document is one of an image or index.
    fn named<'a>(&'a self, document: &'a Document, stated: &'a str) -> Option<&'a str> {
        let types = [self.media_type.as_str(), &document.media_type, stated];
        types.into_iter().find(|kind| media_types::ALL.contains(kind))
    }
}

impl<'a> Puller<'a> {
    pub(super) fn new(registry: &Arc<Registry>, reference: &Reference, choice: &'a Choice) -> Self {
        Self {
            registry: Arc::clone(registry),
            repository: reference.repository().to_owned(),
            name: reference.familiar(),
            choice,
            asked: Cell::new(0),
        }
    }

    pub(super) fn find(&self, reference: &Reference) -> Result<Found, Error> {
        match (reference.digest(), reference.tag()) {
            (Some(digest), _) => self.by_digest(digest, "", 0),
            (None, tag) => {
                let document = self.manifest(tag.unwrap_or("latest"))?;
                let digest = digest_of(&document.bytes);
                self.document(&document, &digest, "", 0)
            }
        }
    }

    fn manifest(&self, target: &str) -> Result<Document, Error> {
        self.asked.set(self.asked.get() + 1);
        if self.asked.get() > MANIFESTS {
            let what = format!("`{}` in {}", self.name, self.registry.place());
            let why = format!("it has more than {MANIFESTS} manifests");
            return Err(Error::Unreadable { failure: Failure::TooLarge, what, why });
        }
        self.registry.manifest(&self.repository, target, MANIFEST_BYTES)
    }

    fn by_digest(&self, digest: &Digest, stated: &str, depth: u32) -> Result<Found, Error> {
        let document = self.manifest(&digest.to_string())?;
        verify(&document.bytes, digest, || self.what("manifest", digest))?;
        self.document(&document, digest, stated, depth)
    }

    fn document(
        &self,
        document: &Document,
        digest: &Digest,
        stated: &str,
        depth: u32,
    ) -> Result<Found, Error> {
        let what = || self.what("manifest", digest);
        let refuse = |why: &str| Err(Error::Format { what: what(), why: why.to_owned() });
        let signed = document.media_type.contains("docker.distribution.manifest.v1+");
        let kind: Kind = match parse(&document.bytes, what) {
            Err(_other) if signed => return Err(self.schema_1(digest)),
            parsed => parsed?,
        };
        if signed || kind.schema_version == 1 || kind.fs_layers.is_some() {
            return Err(self.schema_1(digest));
        }
        if let Some(told) = &document.digest {
            verify(&document.bytes, told, what)?;
        }
        // Two readers must not see two images in one document (CVE-2021-41190).
        if kind.manifests.is_some() && (kind.config.is_some() || kind.layers.is_some()) {
            return refuse("it is an index and a manifest at once");
        }
        let named = kind.named(document, stated);
        let is_index =
            named.is_some_and(|kind| [media_types::OCI_INDEX, media_types::DOCKER_LIST].contains(&kind));
        if is_index != kind.manifests.is_some() && named.is_some() {
            return refuse("its media type does not fit what is in it");
        }
        if kind.manifests.is_some() {
            if depth >= NESTING {
                return refuse("indexes are nested too deep");
            }
            return self.index(&parse(&document.bytes, what)?, depth);
        }
        if kind.config.is_none() && kind.blobs.is_some() {
            return Err(self.no_image(digest, &kind.media_type));
        }
        let manifest: Manifest = parse(&document.bytes, what)?;
        let image = self.image(digest, &manifest)?;
        Ok(Found { images: vec![image], failures: Vec::new() })
    }

    /// The images an index names.
    ///
    /// When all are wanted, one that fails ends nothing: a registry may keep some platforms of an index only.
    fn index(&self, index: &Index, depth: u32) -> Result<Found, Error> {
        let mut all = Found::default();
        for descriptor in platform::choose(&self.name, &index.manifests, self.choice)? {
            match self.by_digest(&descriptor.digest, &descriptor.media_type, depth + 1) {
                Ok(found) => {
                    all.images.extend(found.images);
                    all.failures.extend(found.failures);
                }
                Err(error) if *self.choice == Choice::All && self.asked.get() <= MANIFESTS => {
                    all.failures.push(error);
                }
                Err(error) => return Err(error),
            }
        }
        Ok(all)
    }

    fn image(&self, digest: &Digest, manifest: &Manifest) -> Result<Image, Error> {
        let descriptor = &manifest.config;
        let what = || self.what("configuration", &descriptor.digest);
        let other = Some(&descriptor.media_type).filter(|kind| is_artifact(kind));
        if let Some(kind) = other.or_else(|| layers_of_artifact(manifest)) {
            return Err(self.no_image(digest, kind));
        }
        let bytes = self.registry.blob_bytes(&self.repository, &descriptor.digest, CONFIG_BYTES)?;
        verify(&bytes, &descriptor.digest, what)?;
        let config: Config = parse(&bytes, what)?;
        let layers = layers(manifest, &config, |descriptor| Some(self.layer(descriptor)))?;
        Ok(Image {
            name: self.name.clone(),
            source: "registry",
            digest: Some(digest.clone()),
            image_id: Some(descriptor.digest.clone()),
            config,
            layers,
        })
    }

    fn layer(&self, descriptor: &Descriptor) -> Data {
        let kind = &descriptor.media_type;
        let foreign = kind.contains("foreign") || kind.contains("nondistributable");
        if foreign && !self.registry.has_blob(&self.repository, &descriptor.digest) {
            let why = format!("layer {} is not distributed by the registry", descriptor.digest);
            return Data::Absent(why);
        }
        Data::Blob(Arc::new(RegistryBlob::new(&self.registry, &self.repository, descriptor)))
    }

    fn schema_1(&self, digest: &Digest) -> Error {
        Error::Unreadable {
            failure: Failure::SchemaV1NotSupported,
            what: self.what("manifest", digest),
            why: "it is written in schema 1, which is no longer in use; push the image again with a current tool"
                .to_owned(),
        }
    }

    fn no_image(&self, digest: &Digest, media_type: &str) -> Error {
        let kind: String = media_type.chars().filter(|c| !c.is_control()).take(80).collect();
        Error::Unreadable {
            failure: Failure::NotAnImage,
            what: self.what("manifest", digest),
            why: format!("it is no container image but holds `{kind}`"),
        }
    }

    fn what(&self, kind: &str, digest: &Digest) -> String {
        format!("{kind} {digest} of `{}` in {}", self.name, self.registry.place())
    }
}

/// Registries keep charts, signatures and more in the same shape; what they hold is said by the configuration's type.
fn is_artifact(media_type: &str) -> bool {
    let general = ["", "application/json", "application/octet-stream", "text/plain"];
    let is_image = media_type.contains("image") && media_type.contains("json");
    !is_image && !general.contains(&media_type)
}

/// The type of the layers when none can be one of an image: signatures and statements come with the configuration of one.
fn layers_of_artifact(manifest: &Manifest) -> Option<&String> {
    let first = manifest.layers.first()?;
    let other = |layer: &Descriptor| {
        ["cosign", "in-toto", "dsse", "spdx", "cyclonedx", "sigstore"]
            .iter()
            .any(|word| layer.media_type.contains(word))
    };
    manifest.layers.iter().all(other).then_some(&first.media_type)
}
