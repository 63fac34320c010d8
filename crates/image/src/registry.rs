//! Images in a registry, over the OCI distribution protocol, version 2.
//!
//! Source: the OCI distribution specification 1.1, and Docker's pages on the token flow.
//! A registry is trusted half: sizes are limits, documents must have the digest they were asked by, and layers are
//! verified where they are read.

mod blob;
mod challenge;
mod connection;
mod credentials;

use std::path::PathBuf;
use std::sync::Arc;

use model::Digest;
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::layout::{layers, parse};
use crate::platform::{self, Choice};
use crate::store::{digest_of, verify};
use crate::{Config, Data, Descriptor, Error, Image, Index, Manifest, Reference, media_types};
use blob::RegistryBlob;

pub use connection::{Described, Document, Page, Registry};

/// A manifest or an index.
const MANIFEST_BYTES: u64 = 4 << 20;
/// A configuration.
const CONFIG_BYTES: u64 = 8 << 20;
/// Indexes within indexes.
const NESTING: u32 = 4;

/// How a registry is reached, and as whom.
#[derive(Clone, Default)]
pub struct Options {
    /// The user; nobody when there is none and `docker_config` names none.
    pub username: Option<String>,
    /// The password.
    pub password: Option<String>,
    /// Docker's `config.json`, whose `auths` hold credentials; helper programs it names are not run.
    pub docker_config: Option<PathBuf>,
    /// Speaks plain `http`, without ever sending a credential to another machine.
    pub plain_http: bool,
    /// The network.
    pub net: net::Options,
}

impl std::fmt::Debug for Options {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Options")
            .field("username", &self.username)
            .field("password", &self.password.as_ref().map(|_| "…"))
            .field("docker_config", &self.docker_config)
            .field("plain_http", &self.plain_http)
            .field("net", &self.net)
            .finish()
    }
}

/// The image of that name; several when all platforms are wanted.
///
/// `https` is spoken, and `http` with [`Options::plain_http`] or when a server on this machine speaks no TLS.
/// Credentials go to the registry and to the token server it names: that may be another machine, as
/// `auth.docker.io` is, but is only told them over `https`.
///
/// # Errors
/// When the registry cannot be reached or refuses, has no such image or platform, or a document in it is damaged.
pub fn open(reference: &Reference, choice: &Choice, options: &Options) -> Result<Vec<Image>, Error> {
    let registry = Arc::new(Registry::connect(reference.registry_host(), options)?);
    open_in(&registry, reference, choice)
}

/// The image of that name in a registry that is spoken to already; the registry the name says is not looked at.
///
/// # Errors
/// As [`open`].
pub fn open_in(
    registry: &Arc<Registry>,
    reference: &Reference,
    choice: &Choice,
) -> Result<Vec<Image>, Error> {
    let registry = Arc::clone(registry);
    let repository = reference.repository().to_owned();
    let puller = Puller { registry, repository, name: reference.familiar(), choice };
    match (reference.digest(), reference.tag()) {
        (Some(digest), _) => puller.by_digest(digest, "", 0),
        (None, tag) => {
            let document = puller.manifest(tag.unwrap_or("latest"))?;
            let digest = digest_of(&document.bytes);
            puller.document(&document, &digest, "", 0)
        }
    }
}

struct Puller<'a> {
    registry: Arc<Registry>,
    repository: String,
    name: String,
    choice: &'a Choice,
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
    fs_layers: Option<IgnoredAny>,
}

impl Puller<'_> {
    fn manifest(&self, target: &str) -> Result<Document, Error> {
        self.registry.manifest(&self.repository, target, MANIFEST_BYTES)
    }

    fn by_digest(&self, digest: &Digest, stated: &str, depth: u32) -> Result<Vec<Image>, Error> {
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
    ) -> Result<Vec<Image>, Error> {
        let what = || self.what("manifest", digest);
        let refuse = |why: &str| Err(Error::Format { what: what(), why: why.to_owned() });
        let kind: Kind = parse(&document.bytes, what)?;
        if kind.schema_version == 1 || kind.fs_layers.is_some() {
            return refuse(
                "it is written in schema 1, which is no longer in use; push the image again with a current tool",
            );
        }
        // Two readers must not see two images in one document (CVE-2021-41190).
        if kind.manifests.is_some() && (kind.config.is_some() || kind.layers.is_some()) {
            return refuse("it is an index and a manifest at once");
        }
        let types = [kind.media_type.as_str(), &document.media_type, stated];
        let named = types.into_iter().find(|kind| media_types::ALL.contains(kind));
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
        let manifest: Manifest = parse(&document.bytes, what)?;
        self.image(digest, &manifest).map(|image| vec![image])
    }

    fn index(&self, index: &Index, depth: u32) -> Result<Vec<Image>, Error> {
        let mut images = Vec::new();
        for descriptor in platform::choose(&self.name, &index.manifests, self.choice)? {
            images.extend(self.by_digest(&descriptor.digest, &descriptor.media_type, depth + 1)?);
        }
        Ok(images)
    }

    fn image(&self, digest: &Digest, manifest: &Manifest) -> Result<Image, Error> {
        let descriptor = &manifest.config;
        let what = || self.what("configuration", &descriptor.digest);
        if is_artifact(&descriptor.media_type) {
            let kind: String = descriptor.media_type.chars().filter(|c| !c.is_control()).take(80).collect();
            let why = format!("it is no container image but holds `{kind}`");
            return Err(Error::Format { what: self.what("manifest", digest), why });
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
