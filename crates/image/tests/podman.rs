//! Images and containers of a real Podman, in a store of the test's own, read while no Podman runs.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failure is a failed test")]

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use bounded::{Limits, read_file};
use image::containers_storage::Store;
use image::platform::Choice;
use image::walk::{Content, Entry, EntryKind, Origin, Visitor, walk_directory, walk_tar};
use image::{Data, Error, Image, Opened, Runtime as _};
use model::{ContainerState, EventSubject, Failure, Gap};
use testkit::{Layer, root, tool};

/// A Podman with a store in a directory of the test's own.
struct Podman {
    program: PathBuf,
    scratch: tempfile::TempDir,
}

impl Podman {
    fn find() -> Option<Self> {
        let podman =
            Self { program: tool("podman").filter(|_| root())?, scratch: tempfile::tempdir().unwrap() };
        podman.run(&["load", "-i", &podman.file("shop.tar", &shop().docker_archive())]);
        Some(podman)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.scratch.path().join(name)
    }

    /// A file to hand over, by its path.
    fn file(&self, name: &str, bytes: &[u8]) -> String {
        std::fs::write(self.path(name), bytes).unwrap();
        self.path(name).display().to_string()
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.arg("--root").arg(self.path("root")).arg("--runroot").arg(self.path("run"));
        command.args(["--storage-driver", "overlay", "--cgroup-manager", "cgroupfs"]);
        command
    }

    fn run(&self, words: &[&str]) -> String {
        let output = self.command().args(words).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{words:?}: {said}");
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    fn store(&self) -> Store {
        Store::open(&self.path("root"), &self.path("run")).unwrap()
    }
}

impl Drop for Podman {
    /// Containers would outlive the test, and their mounts the directory.
    fn drop(&mut self) {
        drop(self.command().args(["rm", "--all", "--force", "--time", "0"]).output());
        drop(Command::new("umount").arg(self.path("root/overlay")).output());
    }
}

fn shop() -> testkit::Image {
    let base = Layer::new()
        .dir("etc")
        .file("etc/os-release", "ID=debian\n")
        .dir("srv")
        .file_mode("srv/tool", "tool", 0o4755)
        .file("srv/gone", "gone")
        .symlink("srv/link", "tool")
        .created_by("ADD base");
    let top = Layer::new().dir("srv").whiteout("srv/gone").dir("etc").opaque("etc").file("etc/new", "new");
    testkit::Image::new("shop:1.0").layer(base).layer(top.created_by("COPY app"))
}

fn one(opened: Opened) -> Image {
    let Opened::Images(mut images) = opened else { unreachable!("it is read in place") };
    assert_eq!(images.len(), 1);
    images.remove(0)
}

fn open(store: &Store, name: &str) -> Result<Image, Error> {
    store.open(name, &Choice::default()).map(one)
}

#[test]
fn reads_what_podman_stored() {
    let Some(podman) = Podman::find() else { return };
    let store = podman.store();
    reads_images(&store);
    reads_layers(&store);
    tells_what_is_missing(&podman, &store);
    lists_containers(&podman, &store);
    hears_what_happens(&podman, &store);
}

fn reads_images(store: &Store) {
    let (blobs, summary) = (shop().blobs(), store.summary().unwrap());
    assert_eq!((summary.kind.as_str(), summary.storage_driver.as_deref()), ("podman", Some("overlay")));
    let images = store.images().unwrap();
    let [listed] = images.as_slice() else { unreachable!("one image was loaded: {images:?}") };
    assert_eq!((listed.id.as_str(), listed.failure), (blobs.config.digest.as_str(), None));
    assert_eq!(listed.names, ["localhost/shop:1.0"]);
    assert_eq!(listed.created.as_deref(), Some("2024-01-02T03:04:05Z"));
    assert_eq!((listed.platforms[0].to_string().as_str(), listed.size > 0), ("linux/amd64", true));
    assert!(listed.digests[0].starts_with("localhost/shop@sha256:"), "{listed:?}");
    let hex = blobs.config.digest.trim_start_matches("sha256:");
    let short = hex.get(..12).unwrap();
    for name in ["shop:1.0", "localhost/shop:1.0", hex, short, &blobs.config.digest, &listed.digests[0]] {
        let image = open(store, name).unwrap();
        assert_eq!(image.image_id.as_ref().unwrap().to_string(), blobs.config.digest, "{name}");
        assert!(listed.digests[0].ends_with(&image.digest.unwrap().to_string()));
        let diff_ids = image.layers.iter().map(|layer| layer.diff_id.as_ref().unwrap().to_string());
        assert_eq!(diff_ids.collect::<Vec<_>>(), blobs.diff_ids);
        let instructions: Vec<String> = image.config.instructions().into_iter().flatten().collect();
        assert_eq!((image.source, instructions), ("podman", vec!["ADD base".into(), "COPY app".into()]));
    }
    let error = open(store, "no-such:1").unwrap_err();
    assert!(matches!(error, Error::NotFound { .. }), "{error}");
}

/// What a walk met: of each path, what it is, its mode and owner, its size, and where it leads.
#[derive(Default)]
struct Met(BTreeMap<String, String>);

impl Visitor for Met {
    fn entry(&mut self, entry: &Entry<'_>, _content: &mut dyn Content) -> Result<(), bounded::Error> {
        let path = String::from_utf8(entry.path.to_vec()).unwrap();
        let key = if entry.kind == EntryKind::Opaque { format!("{path}/*") } else { path };
        // The removed thing's own mode and owner mean nothing.
        let told = !matches!(entry.kind, EntryKind::Whiteout | EntryKind::Opaque);
        let mode = if entry.kind == EntryKind::SymbolicLink { 0 } else { entry.mode };
        let owned = format!("{mode:o} {}:{} {} {:?}", entry.uid, entry.gid, entry.size, entry.link);
        let met = format!("{:?} {}", entry.kind, if told { owned } else { String::new() });
        self.0.insert(key, met);
        Ok(())
    }

    fn gap(&mut self, gap: Gap) {
        unreachable!("{gap:?}");
    }
}

fn reads_layers(store: &Store) {
    let image = open(store, "shop:1.0").unwrap();
    let tars = shop().compression(testkit::Compression::Plain).blobs().layers;
    for (layer, tar) in image.layers.iter().zip(tars) {
        let Data::Overlay(path) = &layer.data else { unreachable!("it is a directory") };
        let (mut here, mut there) = (Met::default(), Met::default());
        walk_directory(path, Origin::Overlay, &Limits::default(), &mut here).unwrap();
        walk_tar(&mut tar.bytes.as_slice(), &Limits::default(), &mut there).unwrap();
        assert_eq!(here.0, there.0);
    }
}

/// The content of a list, to be changed and put back.
fn list(podman: &Podman, path: &str) -> (PathBuf, String) {
    let path = podman.path("root").join(path);
    let text = String::from_utf8(read_file(&path, 1 << 20).unwrap()).unwrap();
    (path, text)
}

fn tells_what_is_missing(podman: &Podman, store: &Store) {
    let failure = |store: &Store| {
        let error = open(store, "shop:1.0").unwrap_err();
        let listed = store.images().map(|images| images[0].failure);
        if let Ok(listed) = listed {
            assert_eq!(listed, Some(error.failure()), "the list says the same as {error}");
        }
        error.failure()
    };
    let image = open(store, "shop:1.0").unwrap();
    let Data::Overlay(content) = &image.layers[0].data else { unreachable!("it is a directory") };
    std::fs::rename(content, content.with_file_name("away")).unwrap();
    assert_eq!(failure(store), Failure::ContentMissing);
    std::fs::rename(content.with_file_name("away"), content).unwrap();

    let (layers, text) = list(podman, "overlay-layers/layers.json");
    let top = image.layers[1].diff_id.as_ref().unwrap().to_string();
    let lowest = image.layers[0].diff_id.as_ref().unwrap().to_string();
    let id = content.parent().unwrap().file_name().unwrap().to_str().unwrap().to_owned();
    for (text, expected) in [
        ("[]".to_owned(), Failure::ContentMissing),
        ("[{".to_owned(), Failure::InvalidContent),
        (text.replace(&lowest, &top), Failure::InvalidContent),
        // The lowest layer is its own parent.
        (
            text.replace(&format!(r#""id":"{id}""#), &format!(r#""id":"{id}","parent":"{id}""#)),
            Failure::InvalidContent,
        ),
        // An id that leads elsewhere.
        (text.replace(&format!(r#"":"{id}""#), r#"":"../../../../etc""#), Failure::ContentMissing),
    ] {
        std::fs::write(&layers, text).unwrap();
        assert_eq!(failure(store), expected);
    }
    std::fs::write(&layers, text).unwrap();

    let (images, text) = list(podman, "overlay-images/images.json");
    let id = shop().blobs().config.digest.trim_start_matches("sha256:").to_owned();
    std::fs::write(&images, text.replace(&format!(r#""id":"{id}""#), r#""id":"../../..""#)).unwrap();
    assert_eq!(failure(store), Failure::InvalidContent);
    std::fs::write(&images, text).unwrap();
    assert!(open(store, "shop:1.0").is_ok(), "everything was put back");
}

fn lists_containers(podman: &Podman, store: &Store) {
    let Some(program) = program(podman) else { return };
    let layer = Layer::new().file_mode("program", program, 0o755);
    let image = testkit::Image::new("sleeper:1.0").layer(layer);
    podman.run(&["load", "-i", &podman.file("sleeper.tar", &image.docker_archive())]);
    // The limits of this machine may be lower than those that Podman would set.
    let run = [
        "--network",
        "none",
        "--ulimit",
        "nofile=256:256",
        "--ulimit",
        "nproc=256:256",
        "sleeper:1.0",
        "/program",
    ];
    podman.run(&["create", "--name", "made", "sleeper:1.0", "/program"]);
    podman.run(&[&["run", "-d", "--name", "runs"], &run[..]].concat());
    podman.run(&[&["run", "-d", "--name", "halted"], &run[..]].concat());
    let ended = podman.command().args(["run", "--name", "ended"]).args(run).arg("word").status().unwrap();
    assert_eq!(ended.code(), Some(3));
    podman.run(&["pause", "halted"]);
    let containers = store.containers().unwrap();
    let pid: u32 = podman.run(&["inspect", "-f", "{{.State.Pid}}", "runs"]).parse().unwrap();
    podman.run(&["unpause", "halted"]);

    let find = |name: &str| containers.iter().find(|container| container.name == name).unwrap();
    let states = ["made", "runs", "halted", "ended"].map(|name| find(name).state);
    use ContainerState::{Created, Exited, Paused, Running};
    assert_eq!(states, [Created, Running, Paused, Exited]);
    for container in &containers {
        assert_eq!(
            (container.engine.as_str(), container.image.as_str()),
            ("podman", "localhost/sleeper:1.0")
        );
        assert_eq!(container.image_id.as_ref(), Some(&image.blobs().config.digest));
        assert!(container.created.as_ref().unwrap().starts_with("20"), "{container:?}");
    }
    let (made, runs, ended) = (find("made"), find("runs"), find("ended"));
    assert_eq!((made.process, &made.started), (None, &None));
    assert_eq!((runs.process, runs.command.as_slice()), (Some(pid), &["/program".to_owned()][..]));
    assert!(runs.started.is_some());
    assert_eq!(
        (ended.command.as_slice(), ended.process),
        (&["/program".to_owned(), "word".to_owned()][..], None)
    );
}

/// A program that needs no library: it sleeps, or ends with 3 when it is given a word.
fn program(podman: &Podman) -> Option<Vec<u8>> {
    let text = b"#include <unistd.h>\nint main(int n, char **w) { while (n < 2) pause(); return 3; }\n";
    let (source, built) = (podman.file("program.c", text), podman.path("program"));
    let status =
        Command::new(tool("cc")?).args(["-static", "-Os", "-s", "-o"]).arg(&built).arg(source).status();
    assert!(status.unwrap().success());
    Some(read_file(&built, 16 << 20).unwrap())
}

fn hears_what_happens(podman: &Podman, store: &Store) {
    let mut watch = store.watch().unwrap();
    assert_eq!(watch.next(Duration::ZERO).unwrap(), None, "nothing happened yet");
    podman.run(&["tag", "shop:1.0", "shop:2.0"]);
    let event = watch.next(Duration::from_secs(10)).unwrap().unwrap();
    assert_eq!((event.subject, event.action.as_str()), (EventSubject::Image, "update"));
    assert_eq!(event.id, shop().blobs().config.digest);
    assert_eq!(watch.next(Duration::ZERO).unwrap(), None, "it is told once");
    podman.run(&["rmi", "--force", &event.id]);
    let event = watch.next(Duration::from_secs(10)).unwrap().unwrap();
    assert_eq!((event.subject, event.action.as_str()), (EventSubject::Image, "delete"));
}

#[test]
fn a_directory_that_is_no_store_is_refused() {
    let scratch = tempfile::tempdir().unwrap();
    let empty = Store::open(scratch.path(), scratch.path()).unwrap();
    assert!(empty.images().unwrap().is_empty() && empty.containers().unwrap().is_empty());
    std::fs::write(scratch.path().join("something"), "").unwrap();
    let error = Store::open(scratch.path(), scratch.path()).unwrap_err();
    assert!(error.to_string().contains("no root of containers/storage"), "{error}");
    let error = Store::open(&scratch.path().join("gone"), scratch.path()).unwrap_err();
    assert!(matches!(error, Error::File { .. }), "{error}");
}
