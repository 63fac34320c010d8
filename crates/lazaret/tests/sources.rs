//! One image through every engine and store there is: the report must not tell them apart.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a failure is a failed test"
)]

mod common;

use std::path::{Path, PathBuf};
use std::process::Command;

use common::{Scene, text};
use serde_json::Value;
use testkit::sample::planted;
use testkit::{Containerd, DockerRegistry, Dockerd, root, tool};

/// The name the image has everywhere.
const NAME: &str = "planted:1.0";

/// A report without what only its source knows: how it was read, how long it took, and the digests of what was stored.
fn account(mut report: Value) -> String {
    let report = report.as_object_mut().unwrap();
    report.remove("stats");
    let image = report["image"].as_object_mut().unwrap();
    for field in ["source", "name", "digest"] {
        image.remove(field);
    }
    for layer in report["layers"].as_array_mut().unwrap() {
        layer.as_object_mut().unwrap().remove("digest");
    }
    serde_json::to_string_pretty(report).unwrap()
}

struct Compared {
    scene: Scene,
    expected: String,
}

impl Compared {
    fn new() -> Self {
        let scene = Scene::of(&planted::image());
        let mut compared = Self { scene, expected: String::new() };
        let layout = format!("oci-layout:{}", compared.scene.path("image").display());
        compared.expected = account(compared.report(&layout, &[]));
        assert!(compared.expected.contains("\"findings\"") && compared.expected.len() > 10_000);
        compared
    }

    fn report(&self, name: &str, environment: &[(&str, String)]) -> Value {
        let arguments = ["scan", "--format", "json", "--no-cache", "--plain-http", name];
        let mut command = self.scene.command(&arguments);
        command.envs(environment.iter().map(|(name, value)| (*name, value)));
        let output = command.output().unwrap();
        assert!(output.status.success(), "{name}: {}", text(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// Scans the image by a name, and holds the report against that of the layout.
    fn hold(&self, name: &str, source: &str, environment: &[(&str, String)]) {
        let report = self.report(name, environment);
        assert_eq!(report["image"]["source"], source);
        let account = account(report);
        if account != self.expected {
            let lines = account.lines().zip(self.expected.lines()).filter(|(own, other)| own != other);
            let told: Vec<String> =
                lines.take(20).map(|(own, other)| format!("{own}\n    not {other}")).collect();
            panic!("{name} is another report than the layout's:\n{}", told.join("\n"));
        }
    }

    fn write(&self, file: &str, bytes: Vec<u8>) -> PathBuf {
        let path = self.scene.path(file);
        std::fs::write(&path, bytes).unwrap();
        path
    }
}

#[test]
fn archives_and_a_registry_give_the_same_report() {
    let compared = Compared::new();
    let image = planted::image();
    let docker = compared.write("docker.tar", image.docker_archive());
    compared.hold(&format!("docker-archive:{}", docker.display()), "docker-archive", &[]);
    let modern = compared.write("modern.tar", image.docker_archive_modern());
    compared.hold(modern.to_str().unwrap(), "oci-archive", &[]);
    let layout = compared.write("layout.tar", image.oci_archive());
    compared.hold(&format!("oci-archive:{}", layout.display()), "oci-archive", &[]);
    let packed = compared.write("packed.tgz", testkit::gzip(image.oci_archive()));
    compared.hold(packed.to_str().unwrap(), "oci-archive", &[]);
    let (Some(registry), Some(_skopeo)) = (DockerRegistry::start(), tool("skopeo")) else { return };
    registry.push(&compared.scene.path("image"), NAME, NAME);
    compared.hold(&format!("registry:{}/{NAME}", registry.host), "registry", &[]);
}

#[test]
fn docker_gives_the_same_report_in_place() {
    let Some(dockerd) = Dockerd::start() else { return };
    let compared = Compared::new();
    let archive = compared.write("docker.tar", planted::image().docker_archive());
    dockerd.docker(&["load", "-i", archive.to_str().unwrap()]);
    let environment = [("DOCKER_HOST", dockerd.host())];
    compared.hold(&format!("docker:{NAME}"), "docker", &environment);
    compared.hold(NAME, "docker", &environment);
}

#[test]
fn containerd_gives_the_same_report_from_blobs_and_from_snapshots() {
    let Some(containerd) = Containerd::start() else { return };
    let compared = Compared::new();
    let archive = compared.write("layout.tar", planted::image().oci_archive());
    let archive = archive.to_str().unwrap();
    let environment = [("CONTAINERD_ADDRESS", containerd.socket().display().to_string())];
    containerd.ctr("default", &["images", "import", "--no-unpack", archive]);
    let listed = containerd.ctr("default", &["images", "list", "-q"]);
    let name = listed.lines().next().unwrap();
    compared.hold(&format!("containerd:default/{name}"), "containerd", &environment);
    containerd.ctr("k8s.io", &["images", "import", archive]);
    compared.hold(&format!("containerd:k8s.io/{name}"), "containerd", &environment);
    for layer in planted::image().blobs().layers {
        containerd.ctr("k8s.io", &["content", "rm", &layer.digest]);
    }
    compared.hold(&format!("containerd:k8s.io/{name}"), "containerd", &environment);
}

#[test]
fn podman_gives_the_same_report_in_place() {
    let Some(podman) = tool("podman").filter(|_| root()) else { return };
    let compared = Compared::new();
    let archive = compared.write("docker.tar", planted::image().docker_archive());
    let store = compared.scene.path("store");
    load(&podman, &store, &archive);
    let file = compared.scene.path("storage.conf");
    let settings = format!(
        "[storage]\ndriver = \"overlay\"\ngraphroot = {:?}\nrunroot = {:?}\n",
        store.join("root"),
        store.join("run")
    );
    std::fs::write(&file, settings).unwrap();
    let environment = [("CONTAINERS_STORAGE_CONF", file.display().to_string())];
    compared.hold(&format!("podman:{NAME}"), "podman", &environment);
}

fn load(podman: &Path, store: &Path, archive: &Path) {
    let mut command = Command::new(podman);
    command.arg("--root").arg(store.join("root")).arg("--runroot").arg(store.join("run"));
    command.args(["--storage-driver", "overlay", "--cgroup-manager", "cgroupfs", "load", "-i"]).arg(archive);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    drop(Command::new("umount").arg("-q").arg(store.join("root/overlay")).output());
}
