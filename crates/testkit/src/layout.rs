//! The forms an image takes on disk and in a tar.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};

use crate::image::{CREATED, hex, to_bytes};
use crate::{Blob, Blobs, Image, Layer, sha256_hex};

const OCI_INDEX: &str = "application/vnd.oci.image.index.v1+json";
const REF_NAME: &str = "org.opencontainers.image.ref.name";

impl Image {
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

    fn repositories(&self, top: &str) -> Vec<u8> {
        let (repository, tag) = split_name(&self.name);
        to_bytes(&json!({ repository: { tag: top } }))
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

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;
    use crate::Compression;

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
        assert_eq!(digest, format!("sha256:{}", sha256_hex(bytes)));
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
            assert_eq!(
                config["rootfs"]["diff_ids"][0],
                format!("sha256:{}", sha256_hex(image.layers[0].tar()))
            );
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
