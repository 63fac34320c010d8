//! Images in a real Docker Engine, which the test starts for itself and without a network.
#![expect(clippy::unwrap_used, reason = "a failure is a failed test")]

use std::io::Read;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use image::docker::{Engine, InPlace, Opened};
use image::{Data, Error, Image};
use net::{Client, Method, Request};
use testkit::{Daemon, Layer, tool};

fn shop() -> testkit::Image {
    let base = Layer::new().file("etc/os-release", "ID=debian\n").created_by("ADD base");
    let top = Layer::new().file("app/data", "data").created_by("COPY app");
    testkit::Image::new("shop:1.0").layer(base).instruction("ENV A=b").layer(top)
}

/// Starts an engine of its own in a directory of its own.
fn start(scratch: &Path) -> Option<Daemon> {
    if !rustix::process::geteuid().is_root() {
        skip("dockerd runs as root only");
        return None;
    }
    let path = |name: &str| scratch.join(name).display().to_string();
    let mut command = Command::new(tool("dockerd")?);
    command
        .args(["--iptables=false", "--ip6tables=false", "--bridge=none", "--storage-driver=overlay2"])
        .args(["--data-root", &path("data"), "--exec-root", &path("exec"), "--pidfile", &path("pid")])
        .args(["--config-file", &path("daemon.json"), "-H", &format!("unix://{}", path("docker.sock"))]);
    std::fs::write(path("daemon.json"), "{}").unwrap();
    let mut daemon = Daemon::start(command, &scratch.join("log"));
    let socket = scratch.join("docker.sock");
    daemon.wait_until(Duration::from_secs(60), || Engine::connect(&socket).is_ok());
    Some(daemon)
}

/// Says what was not tested, where the test runner does not keep it to itself.
fn skip(why: &str) {
    use std::io::Write as _;
    assert!(std::env::var_os("LAZARET_REQUIRE_ALL").is_none_or(|all| all != "1"), "{why}");
    std::io::stderr().write_all(format!("SKIPPED: {why}\n").as_bytes()).unwrap();
}

fn load(socket: &Path, archive: Vec<u8>) {
    let options = net::Options { unix_socket: Some(socket.to_owned()), ..net::Options::default() };
    let request =
        Request { method: Method::Post, body: Some(archive), ..Request::get("http://docker/images/load") };
    let response = Client::new(&options).unwrap().send(&request.header("content-type", "application/x-tar"));
    let said = response.unwrap().text(1 << 20).unwrap();
    assert!(said.contains("Loaded image: shop:1.0"), "{said}");
}

fn diff_ids(image: &Image) -> Vec<String> {
    image.layers.iter().map(|layer| layer.diff_id.as_ref().unwrap().to_string()).collect()
}

fn instructions(image: &Image) -> Vec<String> {
    image.config.instructions().into_iter().flatten().collect()
}

#[test]
fn reads_images_of_a_running_engine() {
    let scratch = tempfile::tempdir().unwrap();
    let Some(daemon) = start(scratch.path()) else { return };
    let socket = scratch.path().join("docker.sock");
    load(&socket, shop().docker_archive());
    let engine = Engine::connect(&socket).unwrap();

    let images = engine.images().unwrap();
    assert_eq!(images.len(), 1);
    assert_eq!(images[0].names, ["shop:1.0"]);
    assert_eq!(images[0].id, shop().blobs().config.digest);

    opens_in_place(&engine);
    exports(&engine);
    exports_when_the_directories_are_closed(&engine, &scratch.path().join("data"));
    let error = engine.open("no-such:1", InPlace::WhenPossible).unwrap_err();
    assert!(matches!(error, Error::NotFound { .. }) && error.to_string().contains("hint: "), "{error}");
    drop(daemon);
}

fn opens_in_place(engine: &Engine) {
    let blobs = shop().blobs();
    let hex = blobs.config.digest.trim_start_matches("sha256:");
    for name in ["shop:1.0", &blobs.config.digest, hex, hex.get(..12).unwrap()] {
        let opened = engine.open(name, InPlace::WhenPossible).unwrap();
        let Opened::InPlace(image) = opened else { unreachable!("{name} is in directories") };
        assert_eq!((image.name.as_str(), image.source), ("shop:1.0", "docker"));
        assert_eq!(image.image_id.as_ref().unwrap().to_string(), blobs.config.digest);
        assert_eq!(diff_ids(&image), blobs.diff_ids);
        assert_eq!(instructions(&image), ["ADD base", "COPY app"]);
        for (layer, file) in image.layers.iter().zip(["etc/os-release", "app/data"]) {
            let Data::Overlay(path) = &layer.data else { unreachable!("it is a directory") };
            assert!(path.join(file).is_file() && layer.size > 0);
        }
    }
}

fn exports(engine: &Engine) {
    let Opened::Export(export) = engine.open("shop:1.0", InPlace::Never).unwrap() else {
        unreachable!("nothing is read in place")
    };
    assert_eq!(diff_ids(&export.image), shop().blobs().diff_ids);
    assert!(export.image.layers.iter().all(|layer| matches!(layer.data, Data::Absent(_))));
    let config = &export.image.config;
    assert_eq!((config.os.as_str(), config.architecture.as_str()), ("linux", "amd64"));
    assert_eq!(config.created.as_deref(), Some("2024-01-02T03:04:05Z"));
    let history: Vec<_> = config.history.iter().flatten().map(|step| step.created_by.as_str()).collect();
    assert_eq!(history, ["ADD base", "ENV A=b", "COPY app"]);
    assert_eq!(instructions(&export.image), ["ADD base", "COPY app"]);
    let mut archive = Vec::new();
    export.archive.open().unwrap().take(64 << 20).read_to_end(&mut archive).unwrap();
    let config = shop().blobs().config.bytes;
    assert!(
        archive.windows(config.len()).any(|window| window == config),
        "the configuration is in the archive"
    );
}

/// Root may read everything, so the directories are taken away or made to disagree instead.
fn exports_when_the_directories_are_closed(engine: &Engine, data: &Path) {
    let open = || engine.open("shop:1.0", InPlace::WhenPossible).unwrap();
    let layers = data.join("image/overlay2/layerdb/sha256");
    let moved = data.join("image/overlay2/layerdb/away");
    std::fs::rename(&layers, &moved).unwrap();
    let opened = open();
    std::fs::rename(&moved, &layers).unwrap();
    assert!(matches!(opened, Opened::Export(_)));
    let first = shop().blobs().diff_ids.remove(0);
    let stated = layers.join(first.trim_start_matches("sha256:")).join("diff");
    std::fs::write(&stated, format!("sha256:{}", "0".repeat(64))).unwrap();
    let opened = open();
    std::fs::write(&stated, &first).unwrap();
    assert!(matches!(opened, Opened::Export(_)));
    assert!(matches!(open(), Opened::InPlace(_)));
}

#[test]
fn says_what_to_do_about_a_missing_engine() {
    let scratch = tempfile::tempdir().unwrap();
    let told = |socket: &Path| {
        let error = Engine::connect(socket).unwrap_err();
        format!("{error}: {}", std::error::Error::source(&error).unwrap())
    };
    let error = told(&scratch.path().join("docker.sock"));
    assert!(error.contains("cannot reach Docker at") && error.contains("set `DOCKER_HOST`"), "{error}");
    let dead = scratch.path().join("dead.sock");
    drop(std::os::unix::net::UnixListener::bind(&dead).unwrap());
    let error = told(&dead);
    assert!(error.contains("start Docker"), "{error}");
}
