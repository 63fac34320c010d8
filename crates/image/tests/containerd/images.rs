use std::collections::BTreeSet;
use std::io::Read as _;
use std::process::Command;

use bounded::Limits;
use image::containerd::Engine;
use image::platform::Choice;
use image::walk::{Content, Entry, EntryKind, Origin, Visitor, walk_directory, walk_tar};
use image::{Data, Error, Image, Opened, Runtime as _};
use model::{Failure, Gap, LocalImage};
use testkit::Layer;

use crate::server::Server;

fn base() -> Layer {
    Layer::new()
        .file("etc/os-release", "ID=debian\n")
        .file("etc/old", "1")
        .file("var/a/b", "1")
        .created_by("ADD base")
}

fn top() -> Layer {
    Layer::new()
        .file_mode("app/data", "data", 0o4755)
        .whiteout("etc/old")
        .opaque("var/a")
        .symlink("l", "app/data")
}

fn shop(name: &str) -> testkit::Image {
    testkit::Image::new(name).layer(base()).instruction("ENV A=b").layer(top())
}

fn open(engine: &Engine, name: &str) -> Result<Vec<Image>, Error> {
    match engine.open(name, &Choice::default())? {
        Opened::Images(images) => Ok(images),
        Opened::Export(_) => unreachable!("containerd exports nothing"),
    }
}

fn open_one(engine: &Engine, name: &str) -> Image {
    let mut images = open(engine, name).unwrap();
    assert_eq!(images.len(), 1, "{name}");
    images.remove(0)
}

/// What a layer holds, but for directories: a tar need not name them.
#[derive(Default)]
struct Met(BTreeSet<String>);

impl Visitor for Met {
    fn entry(&mut self, entry: &Entry<'_>, content: &mut dyn Content) -> Result<(), bounded::Error> {
        if entry.kind == EntryKind::Directory {
            return Ok(());
        }
        let told = matches!(entry.kind, EntryKind::File | EntryKind::SymbolicLink);
        let head = if entry.kind == EntryKind::File { content.head()? } else { Vec::new() };
        let [path, link, head] = [entry.path, entry.link, &head].map(String::from_utf8_lossy);
        let mode = if told && entry.kind == EntryKind::File { entry.mode } else { 0 };
        self.0.insert(format!("{path} {:?} {mode:o} {link} {head}", entry.kind));
        Ok(())
    }

    fn gap(&mut self, gap: Gap) {
        self.0.insert(format!("{gap:?}"));
    }
}

fn in_tar(layer: &Layer) -> BTreeSet<String> {
    let mut met = Met::default();
    walk_tar(&mut layer.tar().as_slice(), &Limits::default(), &mut met).unwrap();
    met.0
}

fn in_directory(data: &Data) -> BTreeSet<String> {
    let Data::Overlay(path) = data else { unreachable!("{data:?} is no directory") };
    let mut met = Met::default();
    walk_directory(path, Origin::Overlay, &Limits::default(), &mut met).unwrap();
    met.0
}

fn blob(data: &Data) -> Vec<u8> {
    let Data::Blob(blob) = data else { unreachable!("{data:?} is no blob") };
    let mut bytes = Vec::new();
    blob.open().unwrap().read_to_end(&mut bytes).unwrap();
    bytes
}

fn of<'a>(images: &'a [LocalImage], namespace: &str, name: &str) -> &'a LocalImage {
    let fits = |image: &&LocalImage| {
        image.namespace.as_deref() == Some(namespace) && image.names.iter().any(|own| own == name)
    };
    images.iter().find(fits).unwrap()
}

fn assert_no_views(server: &Server, namespace: &str) {
    let snapshots = server.ctr(namespace, &["snapshots", "list"]);
    assert!(!snapshots.contains("lazaret-") && !snapshots.contains("View"), "{snapshots}");
}

#[test]
fn reads_unpacked_images_of_every_namespace_in_place() {
    let Some(server) = Server::start() else { return };
    server.import("default", &shop("team/a--b:1--2").oci_archive(), &[]);
    server.import("k8s.io", &shop("registry.example/shop:1.0").oci_archive(), &[]);
    let pause = testkit::Image::new("registry.example/pause:3.9").layer(Layer::new().file("pause", "x"));
    server.import("k8s.io", &pause.oci_archive(), &[]);
    let id = shop("").blobs().config.digest;
    server.ctr("k8s.io", &["images", "tag", "registry.example/shop:1.0", &id]);
    let engine = server.engine();

    let summary = engine.summary().unwrap();
    assert_eq!((summary.kind.as_str(), summary.storage_driver.as_deref()), ("containerd", Some("overlayfs")));
    assert_eq!(summary.root.unwrap(), server.scratch.path().join("root").display().to_string());
    assert!(summary.version.unwrap().contains('.'));

    let images = engine.images().unwrap();
    assert_eq!(images.len(), 3);
    let listed = of(&images, "k8s.io", "registry.example/shop:1.0");
    assert_eq!(listed.id, shop("").blobs().manifest.digest);
    assert_eq!((listed.names.len(), listed.digests.len(), listed.failure), (1, 0, None));
    assert_eq!(listed.created.as_deref(), Some("2024-01-02T03:04:05Z"));
    assert_eq!(listed.platforms[0].to_string(), "linux/amd64");
    assert!(listed.size > 0);
    of(&images, "default", "team/a--b:1--2");

    opens_by_every_name(&engine);
    let image = open_one(&engine, "registry.example/pause:3.9");
    assert_eq!(in_directory(&image.layers[0].data), in_tar(&Layer::new().file("pause", "x")));
    assert_no_views(&server, "k8s.io");
    assert_no_views(&server, "default");
}

fn opens_by_every_name(engine: &Engine) {
    let blobs = shop("").blobs();
    let hex = blobs.manifest.digest.trim_start_matches("sha256:");
    let short = blobs.config.digest.get(..19).unwrap();
    let with_digest = format!("registry.example/shop:1.0@{}", blobs.manifest.digest);
    let in_kubernetes = [
        "registry.example/shop:1.0",
        "Registry.Example/shop:1.0",
        "k8s.io/registry.example/shop:1.0",
        &with_digest,
        &blobs.manifest.digest,
        hex,
        hex.get(..9).unwrap(),
        &blobs.config.digest,
        short,
    ];
    for (name, shown) in in_kubernetes
        .map(|name| (name, "registry.example/shop:1.0"))
        .into_iter()
        .chain([("team/a--b:1--2", "team/a--b:1--2"), ("default/team/a--b:1--2", "team/a--b:1--2")])
    {
        let image = open_one(engine, name);
        assert_eq!((image.name.as_str(), image.source), (shown, "containerd"), "{name}");
        assert_eq!(image.digest.unwrap().to_string(), blobs.manifest.digest);
        assert_eq!(image.image_id.unwrap().to_string(), blobs.config.digest);
        assert_eq!(image.layers[1].digest.as_ref().unwrap().to_string(), blobs.layers[1].digest);
        assert_eq!(image.layers[1].diff_id.as_ref().unwrap().to_string(), blobs.diff_ids[1]);
        assert_eq!(in_directory(&image.layers[0].data), in_tar(&base()));
        assert_eq!(in_directory(&image.layers[1].data), in_tar(&top()));
    }
    for name in ["no-such:1", "k8s.io/team/a--b:1--2", "moby/registry.example/shop:1.0", "0123456789abcdef"] {
        let error = open(engine, name).unwrap_err();
        assert!(matches!(error, Error::NotFound { .. }), "{name}: {error}");
        assert!(error.to_string().contains("hint: "), "{error}");
    }
}

#[test]
fn names_the_images_that_a_short_digest_could_mean() {
    let Some(server) = Server::start() else { return };
    for number in 0..17 {
        let layer = Layer::new().file("number", number.to_string());
        let image = testkit::Image::new(&format!("n:{number}")).layer(layer);
        server.import("default", &image.oci_archive(), &["--no-unpack"]);
    }
    let engine = server.engine();
    let images = engine.images().unwrap();
    let first = |image: &LocalImage| image.id.get(7..8).unwrap().to_owned();
    let mut seen = BTreeSet::new();
    // Of seventeen digests, two begin with the same digit.
    let twice = images.iter().map(first).find(|digit| !seen.insert(digit.clone())).unwrap();
    let error = open(&engine, &twice).unwrap_err().to_string();
    for image in images.iter().filter(|image| first(image) == twice) {
        assert!(error.contains(&image.id) && error.contains(&image.names[0]), "{error}");
    }
}

/// The number of the snapshot that was made last.
fn last_snapshot(server: &Server) -> u32 {
    let kept = server.scratch.path().join("root/io.containerd.snapshotter.v1.overlayfs/snapshots");
    let names = std::fs::read_dir(kept).unwrap().map(|entry| entry.unwrap().file_name());
    names.filter_map(|name| name.to_str()?.parse().ok()).max().unwrap()
}

#[test]
fn reads_where_layers_were_unpacked_when_their_blobs_are_gone() {
    let Some(server) = Server::start() else { return };
    server.import("default", &shop("shop:1.0").oci_archive(), &[]);
    server.remove_layers("default", &shop("shop:1.0"));
    let engine = server.engine();
    assert_eq!(of(&engine.images().unwrap(), "default", "shop:1.0").failure, None);
    let image = open_one(&engine, "shop:1.0");
    assert_eq!(in_directory(&image.layers[0].data), in_tar(&base()));
    assert_eq!(in_directory(&image.layers[1].data), in_tar(&top()));

    // The snapshot of a container tells the same, without a view, which would have a number of its own.
    server.ctr("default", &["container", "create", "shop:1.0", "made"]);
    let before = last_snapshot(&server);
    let again = open_one(&engine, "shop:1.0");
    assert_eq!(in_directory(&again.layers[1].data), in_tar(&top()));
    server.ctr("default", &["container", "create", "shop:1.0", "next"]);
    assert_eq!(last_snapshot(&server), before + 1);
    for container in ["made", "next"] {
        server.ctr("default", &["container", "delete", container]);
    }
    assert_no_views(&server, "default");

    server.remove_snapshots("default");
    assert_eq!(of(&engine.images().unwrap(), "default", "shop:1.0").failure, Some(Failure::ContentMissing));
    assert_eq!(open(&engine, "shop:1.0").unwrap_err().failure(), Failure::ContentMissing);
}

#[test]
fn reads_blobs_where_nothing_was_unpacked() {
    let Some(server) = Server::start() else { return };
    let image = shop("shop:1.0");
    server.import("default", &image.oci_archive(), &["--no-unpack"]);
    let engine = server.engine();
    let blobs = image.blobs();
    let opened = open_one(&engine, "shop:1.0");
    for (layer, stored) in opened.layers.iter().zip(&blobs.layers) {
        assert_eq!(blob(&layer.data), stored.bytes);
    }

    // A layer that is gone is a gap; one that was unpacked for another image is read there.
    server.remove_content("default", &blobs.layers[0].digest);
    let opened = open_one(&engine, "shop:1.0");
    assert!(matches!(&opened.layers[0].data, Data::Absent(why) if why.contains("blob was discarded")));
    assert_eq!(blob(&opened.layers[1].data), blobs.layers[1].bytes);
    server.import("default", &testkit::Image::new("base:1").layer(base()).oci_archive(), &[]);
    server.remove_content("default", &blobs.layers[0].digest);
    let opened = open_one(&engine, "shop:1.0");
    assert_eq!(in_directory(&opened.layers[0].data), in_tar(&base()));
    assert_eq!(blob(&opened.layers[1].data), blobs.layers[1].bytes);
    assert_eq!(of(&engine.images().unwrap(), "default", "shop:1.0").failure, None);

    // Without a configuration or manifest there is nothing to read layers by.
    for digest in [&blobs.config.digest, &blobs.manifest.digest] {
        server.remove_content("default", digest);
        let listed = engine.images().unwrap();
        assert_eq!(of(&listed, "default", "shop:1.0").failure, Some(Failure::ContentMissing));
        assert_eq!(open(&engine, "shop:1.0").unwrap_err().failure(), Failure::ContentMissing);
    }
}

#[test]
fn reads_through_the_socket_what_it_may_not_see() {
    let Some(server) = Server::start_hidden() else { return };
    let random: Vec<u8> = (0_u32..3 << 20).map(|i| i.wrapping_mul(2_654_435_761).to_be_bytes()[0]).collect();
    let large = Layer::new().file("large", &random);
    let image =
        testkit::Image::new("shop:1.0").layer(base()).layer(large).compression(testkit::Compression::Plain);
    server.import("default", &image.oci_archive(), &[]);
    let root = server.scratch.path().join("root");
    assert_eq!(std::fs::read_dir(root).unwrap().count(), 0, "nothing can be seen");
    let engine = server.engine();
    assert_eq!(of(&engine.images().unwrap(), "default", "shop:1.0").failure, None);
    let opened = open_one(&engine, "shop:1.0");
    std::thread::scope(|scope| {
        for (layer, stored) in opened.layers.iter().zip(image.blobs().layers) {
            scope.spawn(move || assert!(blob(&layer.data) == stored.bytes));
        }
    });
    server.remove_layers("default", &image);
    assert_eq!(open(&engine, "shop:1.0").unwrap_err().failure(), Failure::ContentMissing);
    assert_no_views(&server, "default");
}

#[test]
fn opens_the_platforms_that_are_there() {
    let Some(server) = Server::start() else { return };
    let arm = testkit::Image::new("shop:1.0").platform("linux", "arm64").layer(base());
    let archive = {
        let directory = server.scratch.path().join("layout");
        testkit::multi_platform_layout(&directory, &[shop("shop:1.0"), arm.clone()]);
        let tar = Command::new("tar").arg("-C").arg(&directory).args(["-c", "."]).output().unwrap();
        tar.stdout
    };
    server.import("default", &archive, &["--all-platforms"]);
    let engine = server.engine();
    let platforms = |choice: &str| {
        let opened = engine.open("shop:1.0", &choice.parse().unwrap())?;
        let Opened::Images(images) = opened else { unreachable!("containerd exports nothing") };
        Ok::<_, Error>(images.iter().map(|image| image.config.platform().to_string()).collect::<Vec<_>>())
    };
    assert_eq!(platforms("all").unwrap(), ["linux/amd64", "linux/arm64"]);
    assert_eq!(platforms("linux/arm64").unwrap(), ["linux/arm64"]);
    assert_eq!(engine.images().unwrap()[0].platforms.len(), 2);
    let by_digest = open_one(&engine, &arm.blobs().manifest.digest);
    assert_eq!(by_digest.config.architecture, "arm64");

    server.remove_content("default", &arm.blobs().manifest.digest);
    assert_eq!(platforms("all").unwrap(), ["linux/amd64"]);
    assert_eq!(engine.images().unwrap()[0].platforms.len(), 1);
    assert_eq!(platforms("linux/arm64").unwrap_err().failure(), Failure::ContentMissing);
    assert_eq!(platforms("linux/s390x").unwrap_err().failure(), Failure::PlatformMissing);
}
