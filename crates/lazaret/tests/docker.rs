//! A real Docker engine and a real Debian in it: the packages are those that dpkg itself lists.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use testkit::{Dockerd, tool};

/// The checks that a Debian of debootstrap, imported without a configuration, fails, each looked at: they are true.
const CLEAN_DEBIAN: &[&str] = &[
    // The distribution's own set-uid programs: su, passwd, mount, …
    "FIL-0002",
    // debootstrap leaves the packages it installed in the cache of apt, and its logs.
    "FIL-0017", "FIL-0022", // `docker import` sets no user, no health check and no labels.
    "IMG-0001", "IMG-0002", "IMG-0022", "IMG-0023",
];

/// Scans by the program what an engine has.
struct Engine(Dockerd);

impl Engine {
    fn path(&self, name: &str) -> PathBuf {
        self.0.path(name)
    }

    fn scan(&self, name: &str) -> Value {
        self.run(Command::new(env!("CARGO_BIN_EXE_lazaret")), name)
    }

    /// A scan with all checks but the one that needs advisories.
    fn inspect(&self, name: &str) -> Value {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lazaret"));
        command.args(["scan", "--checks", "malware,secrets,baseline,compliance,files,base-image"]);
        command.args(["--format", "json", "--no-cache", name]).env("HOME", self.path("home"));
        self.output(command)
    }

    /// A scan by a user who may speak to the engine and read none of its directories.
    fn scan_as_nobody(&self, name: &str) -> Value {
        let open = |path: PathBuf, mode| {
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap()
        };
        open(self.path(""), 0o755);
        open(self.path("docker.sock"), 0o666);
        std::fs::copy(env!("CARGO_BIN_EXE_lazaret"), self.path("lazaret")).unwrap();
        open(self.path("lazaret"), 0o755);
        let mut command = Command::new("setpriv");
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(self.path("lazaret"));
        self.run(command, name)
    }

    fn run(&self, mut command: Command, name: &str) -> Value {
        command.args(["scan", "--checks", "software", "--format", "json", "--no-cache", name]);
        self.output(command)
    }

    fn output(&self, mut command: Command) -> Value {
        let output = command.env("DOCKER_HOST", self.0.host()).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    }
}

/// A Debian made by debootstrap, kept between runs; nothing when the tool is missing.
fn debian(debootstrap: &Path) -> PathBuf {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("debian-12");
    let done = root.join("var/lib/dpkg/lazaret-made");
    if !done.exists() {
        drop(std::fs::remove_dir_all(&root));
        let made =
            Command::new(debootstrap).args(["--variant=minbase", "bookworm"]).arg(&root).output().unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stdout));
        std::fs::write(done, "").unwrap();
    }
    root
}

/// What dpkg lists: name, version, architecture.
fn listed(root: &Path) -> BTreeSet<String> {
    let output = Command::new("chroot")
        .arg(root)
        .args(["dpkg-query", "-W", "-f", "${Package} ${Version} ${Architecture}\n"])
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

fn found(report: &Value) -> BTreeSet<String> {
    let packages = report["packages"].as_array().unwrap().iter().filter(|package| package["type"] == "deb");
    let field = |package: &Value, name: &str| package[name].as_str().unwrap().to_owned();
    packages
        .map(|package| {
            format!("{} {} {}", field(package, "name"), field(package, "version"), field(package, "arch"))
        })
        .collect()
}

/// What debootstrap makes holds no malware and no secret, and of settings only what is true of it.
fn nothing_is_wrong_with_a_clean_debian(report: &Value) {
    let of = |kind: &str| -> BTreeSet<&str> {
        let findings = report["findings"].as_array().unwrap().iter();
        findings
            .filter(|finding| finding["kind"] == kind)
            .map(|finding| finding["id"].as_str().unwrap())
            .collect()
    };
    assert_eq!(of("malware"), BTreeSet::new());
    assert_eq!(of("secrets"), BTreeSet::new());
    assert_eq!(of("compliance"), BTreeSet::new());
    assert_eq!(of("baseline"), CLEAN_DEBIAN.iter().copied().collect());
}

#[test]
fn a_debian_image_lists_what_dpkg_lists_in_place_and_through_the_api() {
    let (Some(_docker), Some(debootstrap)) = (tool("docker"), tool("debootstrap")) else { return };
    let Some(dockerd) = Dockerd::start() else { return };
    let root = debian(&debootstrap);
    let expected = listed(&root);
    assert!(expected.len() > 60, "{}", expected.len());
    let engine = Engine(dockerd);
    let archive = engine.path("root.tar");
    assert!(
        Command::new("tar")
            .arg("-C")
            .arg(&root)
            .arg("-cf")
            .arg(&archive)
            .arg(".")
            .status()
            .unwrap()
            .success()
    );
    engine.0.docker(&["import", archive.to_str().unwrap(), "base:1"]);
    std::fs::create_dir(engine.path("context")).unwrap();
    let node = r#"{"name":"left-pad","version":"1.3.0"}"#;
    std::fs::create_dir_all(engine.path("context/node_modules/left-pad")).unwrap();
    std::fs::write(engine.path("context/node_modules/left-pad/package.json"), node).unwrap();
    std::fs::write(engine.path("context/Dockerfile"), "FROM base:1\nCOPY node_modules /srv/node_modules\n")
        .unwrap();
    engine.0.docker(&[
        "build",
        "--network",
        "host",
        "-q",
        "-t",
        "app--x:1",
        engine.path("context").to_str().unwrap(),
    ]);

    nothing_is_wrong_with_a_clean_debian(&engine.inspect("docker:base:1"));
    let in_place = engine.scan("docker:base:1");
    assert_eq!(found(&in_place), expected);
    let app = engine.scan("docker:app--x:1");
    assert_eq!(found(&app), expected);
    let left_pad =
        app["packages"].as_array().unwrap().iter().find(|package| package["name"] == "left-pad").unwrap();
    assert!(left_pad["created_by"].as_str().unwrap().contains("COPY"), "{left_pad}");
    assert_eq!(engine.scan("app--x:1")["image"]["source"], "docker");

    let through_api = engine.scan_as_nobody("docker:app--x:1");
    assert_eq!(found(&through_api), expected);
    assert_eq!(through_api["packages"], app["packages"]);
    assert_eq!(through_api["image"]["image_id"], app["image"]["image_id"]);
}
