use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::{Compression, Layer, sha256_hex};

/// The time an image claims to have been built.
pub(crate) const CREATED: &str = "2024-01-02T03:04:05Z";

/// One stored object: its bytes under their digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blob {
    /// The media type a descriptor gives it.
    pub media_type: String,
    /// `sha256:` and 64 hexadecimal digits.
    pub digest: String,
    /// The stored bytes.
    pub bytes: Vec<u8>,
}

impl Blob {
    /// A blob with the digest of its bytes.
    pub fn new(media_type: &str, bytes: Vec<u8>) -> Self {
        Self { media_type: media_type.to_owned(), digest: digest(&bytes), bytes }
    }

    /// The descriptor that points at this blob.
    pub fn descriptor(&self) -> Value {
        json!({ "mediaType": self.media_type, "digest": self.digest, "size": self.bytes.len() })
    }

    /// The path of this blob in an OCI layout, `blobs/sha256/<hex>`.
    pub fn path(&self) -> String {
        format!("blobs/sha256/{}", hex(&self.digest))
    }
}

/// What a registry stores of one image.
#[derive(Debug, Clone)]
pub struct Blobs {
    /// The image manifest.
    pub manifest: Blob,
    /// The image configuration.
    pub config: Blob,
    /// The layers, lowest first, packed.
    pub layers: Vec<Blob>,
    /// The digests of the unpacked layers, lowest first.
    pub diff_ids: Vec<String>,
}

impl Blobs {
    /// Manifest, configuration and layers, each once.
    pub fn all(&self) -> Vec<&Blob> {
        let mut seen = std::collections::BTreeSet::new();
        [&self.manifest, &self.config]
            .into_iter()
            .chain(&self.layers)
            .filter(|blob| seen.insert(blob.digest.as_str()))
            .collect()
    }
}

/// An image under construction.
///
/// Starts without layers, for linux/amd64, with gzip layers and OCI media types.
#[derive(Debug, Clone)]
pub struct Image {
    pub(crate) name: String,
    pub(crate) layers: Vec<Layer>,
    compression: Compression,
    pub(crate) os: String,
    pub(crate) architecture: String,
    pub(crate) variant: Option<String>,
    env: Vec<String>,
    labels: BTreeMap<String, String>,
    user: Option<String>,
    author: Option<String>,
    empty_history: Vec<(usize, String)>,
    docker_types: bool,
    created: String,
}

impl Image {
    /// An image under a name with a tag, such as `shop:1.0`.
    pub fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            layers: Vec::new(),
            compression: Compression::Gzip,
            os: "linux".to_owned(),
            architecture: "amd64".to_owned(),
            variant: None,
            env: vec!["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin".to_owned()],
            labels: BTreeMap::new(),
            user: None,
            author: None,
            empty_history: Vec::new(),
            docker_types: false,
            created: CREATED.to_owned(),
        }
    }

    /// Puts a layer on top.
    pub fn layer(mut self, layer: Layer) -> Self {
        self.layers.push(layer);
        self
    }

    /// Packs the layers this way.
    pub fn compression(mut self, compression: Compression) -> Self {
        self.compression = compression;
        self
    }

    /// Makes the image for another platform, in Go's words: `linux`, `arm64`.
    pub fn platform(mut self, os: &str, architecture: &str) -> Self {
        os.clone_into(&mut self.os);
        architecture.clone_into(&mut self.architecture);
        self
    }

    /// Gives the platform a variant, such as `v8`.
    pub fn variant(mut self, variant: &str) -> Self {
        self.variant = Some(variant.to_owned());
        self
    }

    /// Adds an environment variable.
    pub fn env(mut self, key: &str, value: &str) -> Self {
        self.env.push(format!("{key}={value}"));
        self
    }

    /// Adds a label to the configuration.
    pub fn label(mut self, key: &str, value: &str) -> Self {
        self.labels.insert(key.to_owned(), value.to_owned());
        self
    }

    /// Sets the user the image runs as.
    pub fn user(mut self, user: &str) -> Self {
        self.user = Some(user.to_owned());
        self
    }

    /// Says who made the image.
    pub fn author(mut self, author: &str) -> Self {
        self.author = Some(author.to_owned());
        self
    }

    /// Adds a history entry that made no layer (`ENV`, `CMD`) at this place between the layers.
    pub fn instruction(mut self, created_by: &str) -> Self {
        self.empty_history.push((self.layers.len(), created_by.to_owned()));
        self
    }

    /// Claims to have been built then, in RFC 3339.
    pub fn created(mut self, at: &str) -> Self {
        at.clone_into(&mut self.created);
        self
    }

    /// Uses Docker's media types (manifest version 2, schema 2) for those of OCI.
    pub fn docker_media_types(mut self) -> Self {
        self.docker_types = true;
        self
    }

    /// The name the image was made with.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What a registry stores of this image.
    pub fn blobs(&self) -> Blobs {
        let tars: Vec<Vec<u8>> = self.layers.iter().map(Layer::tar).collect();
        let diff_ids: Vec<String> = tars.iter().map(|tar| digest(tar)).collect();
        let layers: Vec<Blob> =
            tars.iter().map(|tar| Blob::new(self.layer_type(), self.compression.pack(tar))).collect();
        let config = Blob::new(self.config_type(), self.config(&diff_ids));
        let manifest = json!({
            "schemaVersion": 2,
            "mediaType": self.manifest_type(),
            "config": config.descriptor(),
            "layers": layers.iter().map(Blob::descriptor).collect::<Vec<_>>(),
        });
        Blobs { manifest: Blob::new(self.manifest_type(), to_bytes(&manifest)), config, layers, diff_ids }
    }

    fn config(&self, diff_ids: &[String]) -> Vec<u8> {
        let mut config = json!({
            "created": self.created,
            "architecture": self.architecture,
            "os": self.os,
            "config": { "Env": self.env, "Labels": self.labels, "Cmd": ["/bin/sh"] },
            "rootfs": { "type": "layers", "diff_ids": diff_ids },
            "history": self.history(),
        });
        let object = config.as_object_mut().unwrap();
        if let Some(variant) = &self.variant {
            object.insert("variant".to_owned(), json!(variant));
        }
        if let Some(author) = &self.author {
            object.insert("author".to_owned(), json!(author));
        }
        if let Some(user) = &self.user {
            let settings = object.get_mut("config").and_then(Value::as_object_mut).unwrap();
            settings.insert("User".to_owned(), json!(user));
        }
        to_bytes(&config)
    }

    fn history(&self) -> Vec<Value> {
        let mut history = Vec::new();
        for place in 0..=self.layers.len() {
            let empty = self.empty_history.iter().filter(|(at, _)| *at == place);
            history.extend(empty.map(
                |(_, text)| json!({ "created": self.created, "created_by": text, "empty_layer": true }),
            ));
            if let Some(layer) = self.layers.get(place) {
                let text = layer.instruction().map_or_else(|| format!("COPY layer-{place} /"), str::to_owned);
                history.push(json!({ "created": self.created, "created_by": text }));
            }
        }
        history
    }

    fn manifest_type(&self) -> &'static str {
        if self.docker_types {
            "application/vnd.docker.distribution.manifest.v2+json"
        } else {
            "application/vnd.oci.image.manifest.v1+json"
        }
    }

    fn config_type(&self) -> &'static str {
        if self.docker_types {
            "application/vnd.docker.container.image.v1+json"
        } else {
            "application/vnd.oci.image.config.v1+json"
        }
    }

    fn layer_type(&self) -> &'static str {
        match (self.docker_types, self.compression) {
            (true, Compression::Plain) => "application/vnd.docker.image.rootfs.diff.tar",
            (true, Compression::Gzip) => "application/vnd.docker.image.rootfs.diff.tar.gzip",
            (true, Compression::Zstd) => "application/vnd.docker.image.rootfs.diff.tar.zstd",
            (false, Compression::Plain) => "application/vnd.oci.image.layer.v1.tar",
            (false, Compression::Gzip) => "application/vnd.oci.image.layer.v1.tar+gzip",
            (false, Compression::Zstd) => "application/vnd.oci.image.layer.v1.tar+zstd",
        }
    }
}

pub(crate) fn to_bytes(value: &Value) -> Vec<u8> {
    serde_json::to_vec(value).unwrap()
}

pub(crate) fn digest(bytes: &[u8]) -> String {
    format!("sha256:{}", sha256_hex(bytes))
}

pub(crate) fn hex(digest: &str) -> &str {
    digest.strip_prefix("sha256:").unwrap_or(digest)
}
