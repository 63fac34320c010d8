//! Images in a real Docker Engine, which the test starts for itself and without a network.
#![expect(clippy::unwrap_used, reason = "a failure is a failed test")]

use std::io::Read;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use image::docker::{Engine, Export, InPlace};
use image::platform::Choice;
use image::{Data, Error, Image, Opened, Runtime as _, Watch};
use model::{ContainerState, EventSubject, Failure};
use net::{Client, Method, Request};
use testkit::{Dockerd, Layer, tool};

fn shop() -> testkit::Image {
    let base = Layer::new().file("etc/os-release", "ID=debian\n").created_by("ADD base");
    let top = Layer::new().file("app/data", "data").created_by("COPY app");
    testkit::Image::new("shop:1.0").layer(base).instruction("ENV A=b").layer(top)
}

/// Asks the engine to do something.
fn post(socket: &Path, path: &str, kind: &str, body: Vec<u8>) -> String {
    let options = net::Options { unix_socket: Some(socket.to_owned()), ..net::Options::default() };
    let request = Request {
        method: Method::Post,
        body: Some(body),
        ..Request::get(format!("http://docker{path}")).header("content-type", kind)
    };
    let response = Client::new(&options).unwrap().send(&request).unwrap();
    let status = response.status();
    let said = response.text(1 << 20).unwrap();
    assert!((200..300).contains(&status), "{path}: {status} {said}");
    said
}

fn load(socket: &Path, archive: Vec<u8>) {
    let said = post(socket, "/images/load", "application/x-tar", archive);
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
    let Some(dockerd) = Dockerd::start() else { return };
    let socket = dockerd.socket();
    load(&socket, shop().docker_archive());
    let engine = Engine::connect(&socket).unwrap();

    let images = engine.images().unwrap();
    assert_eq!(images.len(), 1);
    assert_eq!(
        (images[0].engine.as_str(), images[0].names.as_slice()),
        ("docker", &["shop:1.0".to_owned()][..])
    );
    assert_eq!(images[0].id, shop().blobs().config.digest);
    assert_eq!(images[0].created.as_deref(), Some("2024-01-02T03:04:05Z"));
    assert_eq!((images[0].failure, engine.containerd().unwrap()), (None, None));

    opens_in_place(&engine);
    exports(&engine);
    exports_when_the_directories_are_closed(&engine, &dockerd.path("data"));
    let error = open_error(&engine, "no-such:1");
    assert!(matches!(error, Error::NotFound { .. }) && error.to_string().contains("hint: "), "{error}");
    tells_about_itself(&engine, &dockerd);
    lists_containers(&engine, &dockerd);
    hears_what_happens(&engine);
}

fn open(engine: &Engine, name: &str) -> Opened {
    engine.open(name, &Choice::default()).unwrap()
}

fn open_error(engine: &Engine, name: &str) -> Error {
    engine.open(name, &Choice::default()).unwrap_err()
}

fn exported(engine: &Engine, name: &str) -> Export {
    let engine = engine.clone().with_layers(InPlace::Never);
    let Opened::Export(export) = open(&engine, name) else { unreachable!("nothing is read in place") };
    *export
}

fn opens_in_place(engine: &Engine) {
    let blobs = shop().blobs();
    let hex = blobs.config.digest.trim_start_matches("sha256:");
    for name in ["shop:1.0", &blobs.config.digest, hex, hex.get(..12).unwrap()] {
        let Opened::Images(images) = open(engine, name) else { unreachable!("{name} is in directories") };
        let [image] = images.as_slice() else { unreachable!("it is one image") };
        assert_eq!((image.name.as_str(), image.source), ("shop:1.0", "docker"));
        assert_eq!(image.image_id.as_ref().unwrap().to_string(), blobs.config.digest);
        assert_eq!(diff_ids(image), blobs.diff_ids);
        assert_eq!(instructions(image), ["ADD base", "COPY app"]);
        for (layer, file) in image.layers.iter().zip(["etc/os-release", "app/data"]) {
            let Data::Overlay(path) = &layer.data else { unreachable!("it is a directory") };
            assert!(path.join(file).is_file() && layer.size > 0);
        }
    }
}

fn tells_about_itself(engine: &Engine, dockerd: &Dockerd) {
    let summary = engine.summary().unwrap();
    assert_eq!((summary.kind.as_str(), summary.storage_driver.as_deref()), ("docker", Some("overlay2")));
    assert!(summary.version.unwrap().contains('.'));
    let root = dockerd.path("disk").canonicalize().unwrap();
    assert_eq!(Path::new(&summary.root.unwrap()).canonicalize().unwrap(), root);
    assert_eq!(summary.address, dockerd.socket().display().to_string());
}

/// A program that needs no library: it sleeps, or ends with 3 when it is given a word.
fn program(dockerd: &Dockerd) -> Option<Vec<u8>> {
    let source = dockerd.path("program.c");
    std::fs::write(
        &source,
        "#include <unistd.h>\nint main(int n, char **w) { while (n < 2) pause(); return 3; }\n",
    )
    .unwrap();
    let built = dockerd.path("program");
    let status =
        Command::new(tool("cc")?).args(["-static", "-Os", "-s", "-o"]).arg(&built).arg(&source).status();
    assert!(status.unwrap().success());
    Some(bounded::read_file(&built, 16 << 20).unwrap())
}

fn lists_containers(engine: &Engine, dockerd: &Dockerd) {
    let Some(program) = program(dockerd) else { return };
    let layer = Layer::new().file_mode("program", program, 0o755);
    let image = testkit::Image::new("shop:1.0").layer(layer);
    let socket = engine.socket();
    load(socket, image.docker_archive());
    let create = |name: &str, words: &str| {
        let body = format!(
            r#"{{"Image":"shop:1.0","Entrypoint":["/program"],"Cmd":[{words}],"HostConfig":{{"NetworkMode":"none"}},
            "Labels":{{"io.kubernetes.pod.name":"{name}-0","io.kubernetes.container.name":"{name}"}}}}"#
        );
        post(socket, &format!("/containers/create?name={name}"), "application/json", body.into_bytes());
    };
    let act = |name: &str, action: &str| {
        post(socket, &format!("/containers/{name}/{action}"), "application/json", Vec::new());
    };
    for (name, words) in [("made", ""), ("runs", ""), ("halted", ""), ("ended", r#""word""#)] {
        create(name, words);
    }
    for name in ["runs", "halted", "ended"] {
        act(name, "start");
    }
    act("halted", "pause");
    act("ended", "wait");
    let containers = engine.containers().unwrap();
    check_containers(&containers, &image.blobs().config.digest);
    // The engine would wait for them when it ends.
    act("halted", "unpause");
    for name in ["halted", "runs"] {
        act(name, "kill");
    }
    // The name went over to the image with the program; the first one has none any more.
    let images = engine.images().unwrap();
    let nameless = images.iter().find(|image| image.names.is_empty()).unwrap();
    assert_eq!((images.len(), nameless.id.as_str()), (2, shop().blobs().config.digest.as_str()));
    assert!(matches!(open(engine, &nameless.id), Opened::Images(_)));
}

fn check_containers(containers: &[model::Container], image_id: &str) {
    let find = |name: &str| containers.iter().find(|container| container.name == name).unwrap();
    assert_eq!(containers.len(), 4);
    let states = ["made", "runs", "halted", "ended"].map(|name| find(name).state);
    use ContainerState::{Created, Exited, Paused, Running};
    assert_eq!(states, [Created, Running, Paused, Exited]);
    for container in containers {
        assert_eq!((container.engine.as_str(), container.image.as_str()), ("docker", "shop:1.0"));
        assert_eq!(container.image_id.as_deref(), Some(image_id));
        assert!(container.created.as_ref().unwrap().starts_with("20"), "{container:?}");
        let pod = container.pod.as_ref().unwrap();
        assert_eq!(
            (pod.name.as_str(), pod.container.as_str()),
            (&*format!("{}-0", container.name), &*container.name)
        );
    }
    let (made, runs, ended) = (find("made"), find("runs"), find("ended"));
    assert_eq!((&made.started, &made.finished, made.exit_code, made.process), (&None, &None, None, None));
    assert_eq!((runs.command.as_slice(), runs.exit_code), (&["/program".to_owned()][..], None));
    assert!(Path::new(&format!("/proc/{}", runs.process.unwrap())).exists() && runs.started.is_some());
    assert_eq!(ended.command, ["/program", "word"]);
    assert_eq!((ended.exit_code, ended.process), (Some(3), None));
    assert!(ended.started.is_some() && ended.finished.is_some(), "{ended:?}");
}

fn hears_what_happens(engine: &Engine) {
    let mut watch = engine.watch().unwrap();
    assert_eq!(watch.next(Duration::from_millis(50)).unwrap(), None, "nothing happened yet");
    let socket = engine.socket();
    post(socket, "/images/shop:1.0/tag?repo=shop&tag=2.0", "application/json", Vec::new());
    let event = next(&mut *watch);
    assert_eq!((event.subject, event.action.as_str()), (EventSubject::Image, "tag"));
    assert!(event.id.starts_with("sha256:") && event.time.unwrap().starts_with("20"));
    let body = br#"{"Image":"shop:2.0","Entrypoint":["/program"],"HostConfig":{"NetworkMode":"none"}}"#;
    let made = post(socket, "/containers/create?name=late", "application/json", body.to_vec());
    let event = next(&mut *watch);
    assert_eq!((event.subject, event.action.as_str()), (EventSubject::Container, "create"));
    assert!(made.contains(&event.id));
}

fn next(watch: &mut dyn Watch) -> model::EngineEvent {
    watch.next(Duration::from_secs(20)).unwrap().unwrap()
}

fn exports(engine: &Engine) {
    let export = exported(engine, "shop:1.0");
    assert!(export.is_known());
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
    let open = || open(engine, "shop:1.0");
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
    assert!(matches!(open(), Opened::Images(_)));
}

#[test]
fn says_what_to_do_about_a_missing_engine() {
    let scratch = tempfile::tempdir().unwrap();
    let told = |socket: &Path| {
        let error = Engine::connect(socket).unwrap_err();
        assert_eq!(error.failure(), Failure::EngineOffline);
        format!("{error}: {}", std::error::Error::source(&error).unwrap())
    };
    let error = told(&scratch.path().join("docker.sock"));
    assert!(error.contains("cannot reach Docker at") && error.contains("set `DOCKER_HOST`"), "{error}");
    let dead = scratch.path().join("dead.sock");
    drop(std::os::unix::net::UnixListener::bind(&dead).unwrap());
    let error = told(&dead);
    assert!(error.contains("start Docker"), "{error}");
}
