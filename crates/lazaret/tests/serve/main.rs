//! The server as a person uses it: one command, the engines of the machine, everything else over HTTP.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::disallowed_types,
    unreachable_pub,
    reason = "a failure here is a failed test"
)]

mod program;

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use program::{PATIENCE, Program, Setting};
use serde_json::{Value, json};
use testkit::{Containerd, Dockerd, Image, Layer, Postgres, sample};

/// What the inventory shows without being asked to look.
const SECONDS: Duration = Duration::from_secs(10);

/// The image in which all kinds of things are wrong.
const PLANTED: &str = "planted:1.0";

/// An image whose scan takes some seconds: many files to look through for secrets.
fn slow() -> Image {
    let mut layer = Layer::new().dir("srv");
    for file in 0..1500 {
        let line = format!("setting_{file} = \"value {file} of many that hold nothing\"\n");
        layer = layer.file(&format!("srv/settings-{file}.conf"), line.repeat(2000));
    }
    Image::new("slow:1.0").layer(layer)
}

/// Loads an image into Docker.
fn load(engine: &Dockerd, image: &Image) {
    let archive = engine.path("archive.tar");
    std::fs::write(&archive, image.docker_archive()).unwrap();
    engine.docker(&["load", "--input", archive.to_str().unwrap()]);
}

/// The findings of a report or of a list, as what tells one from another.
fn essence(findings: &Value, id: &str) -> Vec<(String, String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let findings = findings.as_array().unwrap().iter();
    let mut told: Vec<_> = findings
        .map(|finding| (text(&finding["kind"]), text(&finding[id]), text(&finding["package"])))
        .collect();
    told.sort();
    told
}

/// What `lazaret scan` says of an image of the engine.
fn scanned(engine: &Dockerd, directory: &Path, name: &str) -> Value {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lazaret"));
    command.args(["scan", "--format", "json", "--no-cache", &format!("docker:{name}")]);
    command.env_clear().env("HOME", directory).env("DOCKER_HOST", engine.host());
    // As long as the server has no advisories, neither has the command line.
    if directory.join("data/db/manifest.json").exists() {
        command.env("LAZARET_DB", directory.join("data/db"));
    }
    command.stdin(Stdio::null());
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Nothing of what must stay secret is in the log.
fn log_is_clean(setting: &Setting, secrets: &[String]) {
    let log = bounded::read_file(&setting.log(), 64 << 20).unwrap();
    let text = String::from_utf8_lossy(&log);
    for secret in secrets {
        assert!(!text.contains(secret.as_str()), "the log holds a secret");
    }
}

/// Everything a person does with the server of a machine that has Docker.
fn story(database: Option<String>) {
    let Some(engine) = Dockerd::start() else { return };
    let scratch = tempfile::tempdir().unwrap();
    let setting = Setting {
        directory: scratch.path().to_owned(),
        database,
        docker: Some(engine.socket()),
        mirror: Some(scratch.path().join("mirror")),
        ..Setting::default()
    };
    load(&engine, &sample::planted::image());
    engine.docker(&["create", "--name", "web", PLANTED, "/bin/true"]);
    let server = setting.start();
    server.image(SECONDS, PLANTED);
    let one = |hosts: &Value| hosts["items"][0]["containers"] == 1 && hosts["items"][0]["images"] == 1;
    server.wait(SECONDS, "/hosts", one);

    // What happens in the engine is seen by itself.
    engine.docker(&["tag", PLANTED, "again:2.0"]);
    let again = server.image(SECONDS, "again:2.0");
    engine.docker(&["create", "--name", "second", "again:2.0", "/bin/true"]);
    server.wait(SECONDS, "/hosts", |hosts| hosts["items"][0]["containers"] == 2);
    engine.docker(&["rm", "second"]);
    server.wait(SECONDS, "/hosts", |hosts| hosts["items"][0]["containers"] == 1);
    engine.docker(&["rmi", "again:2.0"]);
    server.wait(SECONDS, &format!("/images/{}", again["id"]), |image| !image["gone"].is_null());
    let task = server.ended(&server.post("/engines/refresh", &json!({})));
    assert_eq!(task["status"], "done", "{task:#}");

    scan(&engine, &server, scratch.path(), PLANTED);
    decide_and_export(&server);
    hear_of_what_is_new(&engine, &server, &scratch.path().join("mirror"));
    let server = cancelled_and_killed(&engine, &setting, server);
    let mut secrets = server.secrets().to_vec();
    secrets.extend([sample::planted::github_token(), sample::planted::stripe_key()]);
    drop(server);
    log_is_clean(&setting, &secrets);
}

/// A scan that is asked for over HTTP finds what the command line finds.
fn scan(engine: &Dockerd, server: &Program, directory: &Path, name: &str) {
    let image = server.image(SECONDS, name);
    let task = server.ended(&server.post("/scans", &json!({"images": [image["id"]]})));
    assert_eq!((&task["status"], &task["succeeded"]), (&"done".into(), &1.into()), "{task:#}");
    let image = server.get(&format!("/images/{}", image["id"]));
    assert_eq!(image["status"], "scanned", "{image:#}");
    let report = scanned(engine, directory, name);
    let count = |kind: &str| {
        let findings = report["findings"].as_array().unwrap().iter();
        let counted = findings.filter(|finding| finding["kind"] == kind && finding["suppressed"].is_null());
        counted.count()
    };
    for kind in ["vulnerabilities", "secrets", "malware", "baseline", "compliance"] {
        assert_eq!(image["findings"][kind], count(kind), "{kind}");
    }
    let listed = server.get(&format!("/images/{}/findings?limit=200", image["id"]));
    assert_eq!(essence(&listed["items"], "rule"), essence(&report["findings"], "id"));
}

/// Writes a record about all versions of an npm package below 2.0.0 into a mirror.
fn publish(mirror: &Path, id: &str, package: &str) {
    let record = json!({
        "id": id, "modified": "2026-01-01T00:00:00Z", "summary": format!("{package} does what it should not"),
        "database_specific": {"severity": "CRITICAL"},
        "affected": [{
            "package": {"ecosystem": "npm", "name": package},
            "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "2.0.0"}]}],
        }],
    });
    let directory = mirror.join("npm");
    std::fs::create_dir_all(&directory).unwrap();
    std::fs::write(directory.join(format!("{id}.json")), record.to_string()).unwrap();
}

/// An update of advisories changes what is told of images that were scanned before, and says so.
fn hear_of_what_is_new(engine: &Dockerd, server: &Program, mirror: &Path) {
    publish(mirror, "GHSA-aaaa-aaaa-aaaa", "somebody-elses");
    let task = server.ended(&server.post("/advisories/update", &json!({})));
    assert_eq!(task["status"], "done", "{task:#}");
    let package = r#"{"name": "left-of-it", "version": "1.0.0"}"#;
    let layer = Layer::new().dir("app/node_modules/left-of-it");
    let layer = layer.file("app/node_modules/left-of-it/package.json", package);
    load(engine, &Image::new("advised:1.0").layer(layer));
    let image = server.image(SECONDS, "advised:1.0");
    let task = server.ended(&server.post("/scans", &json!({"images": [image["id"]]})));
    assert_eq!(task["succeeded"], 1, "{task:#}");
    let path = format!("/images/{}", image["id"]);
    assert_eq!(server.get(&path)["findings"]["vulnerabilities"], 0);

    publish(mirror, "GHSA-bbbb-bbbb-bbbb", "left-of-it");
    let task = server.ended(&server.post("/advisories/update", &json!({})));
    assert_eq!(task["status"], "done", "{task:#}");
    server.wait(PATIENCE, &path, |image| image["findings"]["vulnerabilities"] == 1);
    let about = "/events?subject=GHSA-bbbb-bbbb-bbbb";
    let told =
        server.wait(PATIENCE, about, |events| events["items"].as_array().is_some_and(|all| !all.is_empty()));
    assert_eq!(
        (&told["items"][0]["images"], &told["items"][0]["kind"]),
        (&1.into(), &"new-vulnerability".into())
    );
}

/// A decision takes findings out of the counts, and out of an export of what is open.
fn decide_and_export(server: &Program) {
    let image = server.image(SECONDS, PLANTED);
    let path = format!("/images/{}", image["id"]);
    let secrets = image["findings"]["secrets"].as_i64().unwrap();
    server.post(
        "/decisions",
        &json!({
            "action": "ignore",
            "subjects": [{"kind": "secrets", "rule": "github-pat"}],
            "scope": {"type": "all"},
            "remark": "of a test",
        }),
    );
    let image = server.get(&path);
    let left = image["findings"]["secrets"].as_i64().unwrap();
    assert_eq!((secrets - left, image["ignored"].as_i64()), (2, Some(2)), "{image:#}");

    let asked = json!({"subject": "secrets", "format": "csv", "handled": false, "images": [image["id"]]});
    let export = server.post("/exports", &asked);
    let path = format!("/exports/{}", export["id"]);
    let made = server.wait(PATIENCE, &path, |export| export["state"] == "done");
    assert_eq!(made["rows"], left, "{made:#}");
    let file = String::from_utf8(server.file(&format!("{path}/file"))).unwrap();
    assert_eq!(file.lines().count(), usize::try_from(left).unwrap() + 1, "{file}");
    assert!(!file.contains("github-pat"), "what was decided about is not open");
    for secret in [sample::planted::stripe_key(), sample::planted::gitlab_token()] {
        assert!(!file.contains(&secret), "the export holds a secret");
    }
}

/// A scan that is cancelled leaves the image as it was; one whose server is killed is done once.
fn cancelled_and_killed(engine: &Dockerd, setting: &Setting, server: Program) -> Program {
    load(engine, &slow());
    let image = server.image(SECONDS, "slow:1.0");
    let path = format!("/images/{}", image["id"]);
    let images = json!({"images": [image["id"]]});
    let task = server.post("/scans", &images);
    server.wait(PATIENCE, &path, |image| image["status"] == "scanning");
    server.post("/scans/cancel", &images);
    let image = server.wait(Duration::from_secs(15), &path, |image| image["status"] == "cancelled");
    assert!(image["scanned"].is_null(), "{image:#}");
    assert_eq!(server.ended(&task)["cancelled"], 1);

    let task = server.post("/scans", &images);
    server.wait(PATIENCE, &path, |image| image["status"] == "scanning");
    server.kill();
    let server = setting.start();
    let task = server.ended(&task);
    assert_eq!((&task["status"], &task["succeeded"]), (&"done".into(), &1.into()), "{task:#}");
    let scans = server.get(&format!("{path}/scans"));
    assert_eq!(scans["items"].as_array().unwrap().len(), 1, "{scans:#}");
    // What is known of its layers is not read again.
    let again = server.ended(&server.post("/scans", &images));
    assert_eq!(again["status"], "done", "{again:#}");
    server
}

#[test]
fn a_machine_with_docker_on_sqlite() {
    story(None);
}

#[test]
fn a_machine_with_docker_on_postgresql() {
    let Some(postgres) = Postgres::start() else { return };
    story(Some(postgres.url()));
}

#[test]
fn a_machine_with_containerd_alone() {
    let Some(engine) = Containerd::start() else { return };
    let scratch = tempfile::tempdir().unwrap();
    let setting = Setting {
        directory: scratch.path().to_owned(),
        containerd: Some(engine.socket()),
        ..Setting::default()
    };
    let archive = scratch.path().join("archive.tar");
    std::fs::write(&archive, sample::planted::image().oci_archive()).unwrap();
    engine.ctr("default", &["images", "import", archive.to_str().unwrap()]);
    let server = setting.start();
    let list = server.wait(SECONDS, "/images", |list| !list["items"].as_array().unwrap().is_empty());
    let image = &list["items"][0];
    let task = server.ended(&server.post("/scans", &json!({"images": [image["id"]]})));
    assert_eq!((&task["status"], &task["succeeded"]), (&"done".into(), &1.into()), "{task:#}");
    assert!(server.get(&format!("/images/{}", image["id"]))["findings"]["secrets"].as_i64() > Some(0));
}

#[test]
fn a_machine_without_engines_takes_archives() {
    let scratch = tempfile::tempdir().unwrap();
    let setting = Setting { directory: scratch.path().to_owned(), ..Setting::default() };
    let server = setting.start();
    for (bytes, name) in [
        (sample::planted::image().docker_archive(), "first:1"),
        (testkit::gzip(sample::planted::image().oci_archive()), "second:1"),
    ] {
        let taken = server.upload(&format!("/images/upload?name={name}"), bytes);
        assert_eq!(taken["images"].as_array().unwrap().len(), 1);
        let task = server.ended(&taken["task"]);
        assert_eq!((&task["status"], &task["succeeded"]), (&"done".into(), &1.into()), "{task:#}");
        let image = server.image(SECONDS, name);
        assert_eq!((&image["kind"], &image["status"]), (&"archive".into(), &"scanned".into()));
        assert!(image["findings"]["secrets"].as_i64() > Some(0), "{image:#}");
    }
    let left = std::fs::read_dir(scratch.path().join("data/uploads")).unwrap().count();
    assert_eq!(left, 0, "archives are not kept");
}
