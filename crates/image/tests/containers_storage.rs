//! Stores of `containers/storage` written by hand: what CRI-O leaves, other drivers, lists of images, damaged files.
#![expect(clippy::unwrap_used, reason = "a failure is a failed test")]

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use image::containers_storage::Store;
use image::platform::Choice;
use image::{Error, Image, Opened, Runtime as _};
use model::{ContainerState, Failure};
use serde_json::{Value, json};
use testkit::Layer;

/// A store that a test writes.
struct Written {
    scratch: tempfile::TempDir,
    driver: &'static str,
    images: Vec<Value>,
    layers: Vec<Value>,
}

impl Written {
    fn new(driver: &'static str) -> Self {
        Self { scratch: tempfile::tempdir().unwrap(), driver, images: Vec::new(), layers: Vec::new() }
    }

    fn root(&self) -> PathBuf {
        self.scratch.path().join("root")
    }

    fn write(&self, path: &str, bytes: impl AsRef<[u8]>) {
        let path = self.scratch.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    /// Stores an image under the id of its configuration.
    fn image(&mut self, image: &testkit::Image, names: &[&str]) {
        let (blobs, driver) = (image.blobs(), self.driver);
        let mut parent = String::new();
        for (place, diff_id) in blobs.diff_ids.iter().enumerate() {
            let id = testkit::sha256_hex(format!("{parent}{diff_id}"));
            self.layers.push(json!({"id": id, "parent": parent, "diff-digest": diff_id, "diff-size": 100}));
            self.write(&format!("root/{driver}/{id}/diff/layer"), format!("layer {place}"));
            parent = id;
        }
        let id = blobs.config.digest.trim_start_matches("sha256:").to_owned();
        self.record(&id, &blobs.manifest.digest, &parent, names);
        self.big_data(&id, "manifest", &blobs.manifest.bytes);
        self.big_data(&id, &blobs.config.digest, &blobs.config.bytes);
    }

    fn record(&mut self, id: &str, digest: &str, layer: &str, names: &[&str]) {
        self.images.push(json!({"id": id, "digest": digest, "layer": layer, "names": names,
            "big-data-digests": {"manifest": digest}, "created": "2024-01-02T03:04:05.6Z"}));
    }

    fn big_data(&self, id: &str, name: &str, bytes: &[u8]) {
        let file = if name == "manifest" { name.to_owned() } else { format!("={}", STANDARD.encode(name)) };
        self.write(&format!("root/{}-images/{id}/{file}", self.driver), bytes);
    }

    /// Writes the lists.
    fn store(&self) -> Store {
        let list = |records: &[Value]| serde_json::to_vec(records).unwrap();
        self.write(&format!("root/{}-images/images.json", self.driver), list(&self.images));
        self.write(&format!("root/{}-layers/layers.json", self.driver), list(&self.layers));
        Store::open(&self.root(), &self.scratch.path().join("run")).unwrap()
    }
}

fn shop(name: &str) -> testkit::Image {
    testkit::Image::new(name).layer(Layer::new().file("a", name)).layer(Layer::new().file("b", "b"))
}

fn open(store: &Store, name: &str, choice: &Choice) -> Result<Vec<Image>, Error> {
    store.open(name, choice).map(|opened| {
        let Opened::Images(images) = opened else { unreachable!("it is read in place") };
        images
    })
}

#[test]
fn tells_the_containers_and_pods_of_cri_o() {
    let mut written = Written::new("overlay");
    written.image(&shop("shop:1.0"), &["registry.example/shop:1.0"]);
    let id = "c1".repeat(32);
    let metadata =
        r#"{"pod-name":"k8s_POD","pod-id":"p1","image-name":"registry.example/shop:1.0","name":"k8s_web"}"#;
    let containers = json!([
        {"id": id, "names": ["k8s_web"], "image": "ab", "metadata": metadata, "created": "2024-01-02T03:04:05Z"},
        {"id": "d2", "metadata": "{"},
        {"id": "../../x", "metadata": ""},
    ]);
    written.write("root/overlay-containers/containers.json", containers.to_string());
    let labels = r#"{"io.kubernetes.pod.name":"web-1","io.kubernetes.pod.namespace":"shop","app":"web"}"#;
    let config = json!({"process": {"args": ["nginx", "-g"]}, "annotations": {
        "io.kubernetes.cri-o.Labels": labels, "io.kubernetes.cri-o.IP.0": "10.0.0.7",
        "io.kubernetes.container.name": "nginx"}});
    written.write(&format!("run/overlay-containers/{id}/userdata/config.json"), config.to_string());
    let state = json!({"status": "stopped", "pid": 0, "started": "2024-01-02T03:04:06Z",
        "finished": "2024-01-02T03:04:07Z", "exitCode": 137});
    written.write(&format!("root/overlay-containers/{id}/userdata/state.json"), state.to_string());

    let store = written.store();
    assert_eq!(store.summary().unwrap().kind, "cri-o");
    assert_eq!(store.images().unwrap()[0].engine, "cri-o");
    let containers = store.containers().unwrap();
    let [web, damaged, elsewhere] = containers.as_slice() else { unreachable!("{containers:?}") };
    assert_eq!(
        (web.engine.as_str(), web.name.as_str(), web.state),
        ("cri-o", "k8s_web", ContainerState::Exited)
    );
    assert_eq!((web.command.join(" ").as_str(), web.exit_code), ("nginx -g", Some(137)));
    assert_eq!(web.finished.as_deref(), Some("2024-01-02T03:04:07Z"));
    let pod = web.pod.as_ref().unwrap();
    assert_eq!(
        (pod.name.as_str(), pod.namespace.as_str(), pod.container.as_str()),
        ("web-1", "shop", "nginx")
    );
    assert_eq!((web.addresses.as_slice(), web.labels["app"].as_str()), (&["10.0.0.7".to_owned()][..], "web"));
    assert_eq!((damaged.id.as_str(), damaged.state), ("d2", ContainerState::Unknown));
    assert_eq!(elsewhere.id, "../../x");
}

#[test]
fn reads_images_of_another_store_and_names_them_once() {
    let (mut own, mut shared) = (Written::new("overlay"), Written::new("overlay"));
    own.image(&shop("shop:1.0"), &["localhost/shop:1.0"]);
    shared.image(&shop("shop:1.0"), &["localhost/same:1.0"]);
    shared.image(&shop("base:1.0"), &["localhost/base:1.0"]);
    shared.store();
    let store = own.store().with_images_of(&shared.root()).unwrap();
    let names: Vec<Vec<String>> = store.images().unwrap().into_iter().map(|image| image.names).collect();
    assert_eq!(names, [vec!["localhost/shop:1.0", "localhost/same:1.0"], vec!["localhost/base:1.0"]]);
    assert!(store.images().unwrap().iter().all(|image| image.failure.is_none()));
    let images = open(&store, "base:1.0", &Choice::default()).unwrap();
    let digests: Vec<String> = images
        .iter()
        .flat_map(|image| &image.layers)
        .map(|layer| layer.digest.as_ref().unwrap().to_string())
        .collect();
    let pulled: Vec<String> = shop("base:1.0").blobs().layers.into_iter().map(|blob| blob.digest).collect();
    assert_eq!(digests, pulled);
}

#[test]
fn says_that_other_drivers_are_not_read() {
    let mut written = Written::new("vfs");
    written.image(&shop("shop:1.0"), &["localhost/shop:1.0"]);
    let store = written.store();
    assert_eq!(store.summary().unwrap().storage_driver.as_deref(), Some("vfs"));
    assert_eq!(store.images().unwrap()[0].failure, Some(Failure::StorageNotSupported));
    let error = open(&store, "shop:1.0", &Choice::default()).unwrap_err();
    assert_eq!(error.failure(), Failure::StorageNotSupported);
    assert!(error.to_string().contains("`vfs`") && error.to_string().contains("hint: "), "{error}");
}

#[test]
fn opens_the_images_of_a_list() {
    let mut written = Written::new("overlay");
    let images = ["amd64", "arm64"].map(|processor| shop(processor).platform("linux", processor));
    for image in &images {
        written.image(image, &[]);
    }
    let index = testkit::multi_platform_index(&images);
    written.record(&"e".repeat(64), &index.digest, "", &["localhost/many:1.0"]);
    written.big_data(&"e".repeat(64), "manifest", &index.bytes);
    let store = written.store();
    let architectures = |choice: &str| -> Vec<String> {
        let images = open(&store, "many:1.0", &choice.parse().unwrap()).unwrap();
        images.into_iter().map(|image| image.config.architecture).collect()
    };
    assert_eq!(
        (architectures("linux/arm64"), architectures("all")),
        (vec!["arm64".into()], vec!["amd64".into(), "arm64".into()])
    );
    let error = open(&store, "many:1.0", &"linux/s390x".parse().unwrap()).unwrap_err();
    assert_eq!(error.failure(), Failure::PlatformMissing);
    written.images.remove(1);
    let error = open(&written.store(), "many:1.0", &"linux/arm64".parse().unwrap()).unwrap_err();
    assert_eq!(error.failure(), Failure::ContentMissing);
}

#[test]
fn refuses_a_manifest_of_schema_1_and_a_changed_configuration() {
    let mut written = Written::new("overlay");
    written.image(&shop("shop:1.0"), &["localhost/shop:1.0"]);
    let (store, blobs) = (written.store(), shop("shop:1.0").blobs());
    let id = blobs.config.digest.trim_start_matches("sha256:");
    let failure = || open(&store, "shop:1.0", &Choice::default()).unwrap_err().failure();
    written.big_data(id, &blobs.config.digest, b"{}");
    assert_eq!(failure(), Failure::Corrupted);
    written.big_data(id, "manifest", br#"{"schemaVersion":1,"fsLayers":[]}"#);
    assert_eq!(failure(), Failure::SchemaV1NotSupported);
    written.big_data(id, "manifest", b"{}");
    assert_eq!(failure(), Failure::InvalidContent);
}

/// Every document of a store, cut off anywhere and with any byte changed, is read or refused and nothing else.
#[test]
fn survives_damage_anywhere() {
    let mut written = Written::new("overlay");
    written.image(&testkit::Image::new("a:1").layer(Layer::new().file("a", "a")), &["localhost/a:1"]);
    written
        .write("root/overlay-containers/containers.json", r#"[{"id":"c1","names":["c"],"metadata":"{}"}]"#);
    written.write("root/overlay-containers/c1/userdata/config.json", r#"{"process":{"args":["a"]}}"#);
    written.write("root/overlay-containers/c1/userdata/state.json", r#"{"status":"running","pid":1}"#);
    let store = written.store();
    let mut files = Vec::new();
    documents(&written.root(), &mut files);
    assert_eq!(files.len(), 7, "{files:?}");
    let mut refused = 0;
    for path in files {
        let whole = bounded::read_file(&path, 1 << 20).unwrap();
        for place in (0..whole.len()).step_by(3) {
            let mut changed = whole.clone();
            for byte in changed.iter_mut().skip(place).take(1) {
                *byte = if *byte == b'"' { b'/' } else { b'"' };
            }
            for damaged in [whole.iter().take(place).copied().collect(), changed] {
                std::fs::write(&path, damaged).unwrap();
                refused += u32::from(store.images().is_err());
                refused += u32::from(open(&store, "a:1", &Choice::default()).is_err());
                drop(store.containers());
            }
        }
        std::fs::write(&path, whole).unwrap();
    }
    assert!(refused > 50 && open(&store, "a:1", &Choice::default()).is_ok());
}

fn documents(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            documents(&path, found);
        } else if path.parent().is_some_and(|parent| !parent.ends_with("diff")) {
            found.push(path);
        }
    }
}
