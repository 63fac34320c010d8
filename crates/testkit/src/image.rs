use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};

use crate::{Compression, Layer, sha256_hex};

/// The time an image claims to have been built.
const CREATED: &str = "2024-01-02T03:04:05Z";
const OCI_INDEX: &str = "application/vnd.oci.image.index.v1+json";
const REF_NAME: &str = "org.opencontainers.image.ref.name";

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
    name: String,
    layers: Vec<Layer>,
    compression: Compression,
    os: String,
    architecture: String,
    variant: Option<String>,
    env: Vec<String>,
    labels: BTreeMap<String, String>,
    user: Option<String>,
    empty_history: Vec<(usize, String)>,
    docker_types: bool,
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
            empty_history: Vec::new(),
            docker_types: false,
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

    /// Adds a history entry that made no layer (`ENV`, `CMD`) at this place between the layers.
    pub fn instruction(mut self, created_by: &str) -> Self {
        self.empty_history.push((self.layers.len(), created_by.to_owned()));
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

    /// Writes an OCI layout: `oci-layout`, `index.json` and `blobs/sha256/*`.
    ///
    /// The index names the image in full in `org.opencontainers.image.ref.name`.
    pub fn write_oci_layout(&self, dir: &Path) {
        write_files(dir, &self.oci_files());
    }

    /// The OCI layout as one tar.
    pub fn oci_archive(&self) -> Vec<u8> {
        archive(&self.oci_files())
    }

    /// What `docker save` wrote up to Docker 24.
    ///
    /// Plain `<id>/layer.tar` beside `manifest.json`, `<config>.json` and `repositories`, whatever the
    /// compression of the image is.
    pub fn docker_archive(&self) -> Vec<u8> {
        let blobs = self.blobs();
        let config_name = format!("{}.json", hex(&blobs.config.digest));
        let mut files = Files::new();
        let mut layer_paths = Vec::new();
        let mut top = String::new();
        for (layer, diff_id) in self.layers.iter().zip(&blobs.diff_ids) {
            // Docker names the folder after the chain of layers up to here.
            top = sha256_hex(format!("{top} {diff_id}"));
            layer_paths.push(format!("{top}/layer.tar"));
            files.insert(format!("{top}/VERSION"), b"1.0".to_vec());
            files.insert(format!("{top}/json"), to_bytes(&json!({ "id": top, "created": CREATED })));
            files.insert(format!("{top}/layer.tar"), layer.tar());
        }
        let manifest = json!([{ "Config": config_name, "RepoTags": [self.name], "Layers": layer_paths }]);
        files.insert("manifest.json".to_owned(), to_bytes(&manifest));
        files.insert("repositories".to_owned(), self.repositories(&top));
        files.insert(config_name, blobs.config.bytes);
        archive(&files)
    }

    /// What `docker save` writes from Docker 25 on: an OCI layout and a `manifest.json` in one tar.
    ///
    /// Layers keep the compression of the image: Docker's own store gives plain ones, containerd's packed
    /// ones.
    pub fn docker_archive_modern(&self) -> Vec<u8> {
        let blobs = self.blobs();
        let (repository, tag) = split_name(&self.name);
        let annotations = json!({
            "io.containerd.image.name": format!("docker.io/library/{repository}:{tag}"),
            REF_NAME: tag,
        });
        let mut files = layout_files(&self.described(&blobs, annotations));
        add_blobs(&mut files, &blobs);
        let sources: BTreeMap<&String, Value> =
            blobs.diff_ids.iter().zip(blobs.layers.iter().map(Blob::descriptor)).collect();
        let manifest = json!([{
            "Config": blobs.config.path(),
            "RepoTags": [self.name],
            "Layers": blobs.layers.iter().map(Blob::path).collect::<Vec<_>>(),
            "LayerSources": sources,
        }]);
        files.insert("manifest.json".to_owned(), to_bytes(&manifest));
        files.insert("repositories".to_owned(), self.repositories(hex(&blobs.config.digest)));
        archive(&files)
    }

    fn oci_files(&self) -> Files {
        let blobs = self.blobs();
        let mut files = layout_files(&self.described(&blobs, json!({ REF_NAME: self.name })));
        add_blobs(&mut files, &blobs);
        files
    }

    fn described(&self, blobs: &Blobs, annotations: Value) -> Value {
        let mut descriptor = blobs.manifest.descriptor();
        let object = descriptor.as_object_mut().unwrap();
        object.insert("annotations".to_owned(), annotations);
        descriptor
    }

    fn platform_descriptor(&self, blobs: &Blobs) -> Value {
        let mut platform = json!({ "architecture": self.architecture, "os": self.os });
        if let Some(variant) = &self.variant {
            platform.as_object_mut().unwrap().insert("variant".to_owned(), json!(variant));
        }
        let mut descriptor = blobs.manifest.descriptor();
        descriptor.as_object_mut().unwrap().insert("platform".to_owned(), platform);
        descriptor
    }

    fn config(&self, diff_ids: &[String]) -> Vec<u8> {
        let mut config = json!({
            "created": CREATED,
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
            history.extend(
                empty.map(|(_, text)| json!({ "created": CREATED, "created_by": text, "empty_layer": true })),
            );
            if let Some(layer) = self.layers.get(place) {
                let text = layer.instruction().map_or_else(|| format!("COPY layer-{place} /"), str::to_owned);
                history.push(json!({ "created": CREATED, "created_by": text }));
            }
        }
        history
    }

    fn repositories(&self, top: &str) -> Vec<u8> {
        let (repository, tag) = split_name(&self.name);
        to_bytes(&json!({ repository: { tag: top } }))
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

/// The image index over several platforms, as a registry stores it.
pub fn multi_platform_index(images: &[Image]) -> Blob {
    let manifests: Vec<Value> =
        images.iter().map(|image| image.platform_descriptor(&image.blobs())).collect();
    let index = json!({ "schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": manifests });
    Blob::new(OCI_INDEX, to_bytes(&index))
}

/// Writes an OCI layout of one image for several platforms.
///
/// As image builders do, `index.json` names one further index under the name of the first image, and that
/// one lists the platforms in the given order.
pub fn multi_platform_layout(dir: &Path, images: &[Image]) {
    let index = multi_platform_index(images);
    let name = images.first().expect("at least one platform").name();
    let mut descriptor = index.descriptor();
    descriptor.as_object_mut().unwrap().insert("annotations".to_owned(), json!({ REF_NAME: name }));
    let mut files = layout_files(&descriptor);
    for image in images {
        add_blobs(&mut files, &image.blobs());
    }
    files.insert(index.path(), index.bytes);
    write_files(dir, &files);
}

type Files = BTreeMap<String, Vec<u8>>;

fn layout_files(descriptor: &Value) -> Files {
    let index = json!({ "schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": [descriptor] });
    Files::from([
        ("oci-layout".to_owned(), to_bytes(&json!({ "imageLayoutVersion": "1.0.0" }))),
        ("index.json".to_owned(), to_bytes(&index)),
    ])
}

fn add_blobs(files: &mut Files, blobs: &Blobs) {
    for blob in blobs.all() {
        files.insert(blob.path(), blob.bytes.clone());
    }
}

fn write_files(dir: &Path, files: &Files) {
    for (path, bytes) in files {
        let path = dir.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, bytes).unwrap();
    }
}

fn archive(files: &Files) -> Vec<u8> {
    files.iter().fold(Layer::new(), |layer, (path, bytes)| layer.file(path, bytes)).tar()
}

fn split_name(name: &str) -> (&str, &str) {
    name.rsplit_once(':').filter(|(_, tag)| !tag.contains('/')).unwrap_or((name, "latest"))
}

fn to_bytes(value: &Value) -> Vec<u8> {
    serde_json::to_vec(value).unwrap()
}

fn digest(bytes: &[u8]) -> String {
    format!("sha256:{}", sha256_hex(bytes))
}

fn hex(digest: &str) -> &str {
    digest.strip_prefix("sha256:").unwrap_or(digest)
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    fn image() -> Image {
        Image::new("shop:1.0")
            .layer(Layer::new().file("etc/a", "1").created_by("RUN one"))
            .instruction("ENV X=1")
            .layer(Layer::new().whiteout("etc/a"))
            .env("X", "1")
            .label("a", "b")
            .user("1000")
    }

    fn unpack(bytes: &[u8]) -> Files {
        let mut archive = tar::Archive::new(bytes);
        let mut files = Files::new();
        for entry in archive.entries().unwrap() {
            let mut entry = entry.unwrap();
            let path = String::from_utf8(entry.path_bytes().into_owned()).unwrap();
            let mut content = Vec::new();
            entry.read_to_end(&mut content).unwrap();
            files.insert(path, content);
        }
        files
    }

    fn parse(files: &Files, path: &str) -> Value {
        serde_json::from_slice(&files[path]).unwrap()
    }

    fn follow<'a>(files: &'a Files, descriptor: &Value) -> &'a [u8] {
        let digest = descriptor["digest"].as_str().unwrap();
        let bytes = &files[&format!("blobs/sha256/{}", hex(digest))];
        assert_eq!(digest, super::digest(bytes));
        assert_eq!(descriptor["size"], bytes.len());
        bytes
    }

    #[test]
    fn every_descriptor_of_a_layout_leads_to_its_bytes() {
        for compression in [Compression::Plain, Compression::Gzip, Compression::Zstd] {
            let image = image().compression(compression);
            let files = unpack(&image.oci_archive());
            let index = parse(&files, "index.json");
            assert_eq!(index["manifests"][0]["annotations"][REF_NAME], "shop:1.0");
            let manifest: Value = serde_json::from_slice(follow(&files, &index["manifests"][0])).unwrap();
            let config: Value = serde_json::from_slice(follow(&files, &manifest["config"])).unwrap();
            for (layer, source) in manifest["layers"].as_array().unwrap().iter().zip(&image.layers) {
                assert_eq!(follow(&files, layer), compression.pack(&source.tar()));
            }
            assert_eq!(config["rootfs"]["diff_ids"][0], digest(&image.layers[0].tar()));
            assert_eq!(config["history"][1]["empty_layer"], true);
            assert_eq!(config["history"].as_array().unwrap().len(), 3);
        }
    }

    #[test]
    fn a_layout_on_disk_equals_the_archive() {
        let dir = tempfile::tempdir().unwrap();
        image().write_oci_layout(dir.path());
        for (path, bytes) in unpack(&image().oci_archive()) {
            assert_eq!(std::fs::read(dir.path().join(path)).unwrap(), bytes);
        }
    }

    #[test]
    fn docker_archives_name_files_they_hold() {
        for bytes in [image().docker_archive(), image().docker_archive_modern()] {
            let files = unpack(&bytes);
            let manifest = parse(&files, "manifest.json");
            assert_eq!(manifest[0]["RepoTags"][0], "shop:1.0");
            assert!(files.contains_key(manifest[0]["Config"].as_str().unwrap()));
            for layer in manifest[0]["Layers"].as_array().unwrap() {
                assert!(files.contains_key(layer.as_str().unwrap()));
            }
            assert!(files.contains_key("repositories"));
        }
    }

    #[test]
    fn a_multi_platform_layout_lists_each_platform() {
        let dir = tempfile::tempdir().unwrap();
        let arm = image().platform("linux", "arm64").variant("v8");
        multi_platform_layout(dir.path(), &[image(), arm]);
        let outer: Value =
            serde_json::from_slice(&std::fs::read(dir.path().join("index.json")).unwrap()).unwrap();
        let path = format!("blobs/sha256/{}", hex(outer["manifests"][0]["digest"].as_str().unwrap()));
        let inner: Value = serde_json::from_slice(&std::fs::read(dir.path().join(path)).unwrap()).unwrap();
        assert_eq!(inner["manifests"][0]["platform"]["architecture"], "amd64");
        assert_eq!(inner["manifests"][1]["platform"]["variant"], "v8");
    }
}
