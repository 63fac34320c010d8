//! Layers applied in order: what survives, who brought it, whose it is.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failure here is a failed test")]

use std::collections::BTreeMap;

use std::sync::LazyLock;

use bounded::Limits;
use image::platform::Choice;
use model::{Package, Report};
use proptest::prelude::{Just, Strategy, prop_assert_eq, prop_oneof, proptest};
use scan::{Check, Inspectors, Options, Scanner};
use testkit::{Compression, Image, Layer};

static NONE: LazyLock<Inspectors> = LazyLock::new(Inspectors::default);

fn scan(layers: impl IntoIterator<Item = Layer>) -> Report {
    scan_for(&[Check::Software], layers)
}

fn scan_for(checks: &[Check], layers: impl IntoIterator<Item = Layer>) -> Report {
    let scratch = tempfile::tempdir().unwrap();
    let image = Image::new("test:1").compression(Compression::Plain);
    layers.into_iter().fold(image, Image::layer).write_oci_layout(scratch.path());
    let options = Options {
        checks,
        inspectors: &NONE,
        database: None,
        declared: scan::Declared::Auto,
        cache: None,
        jobs: 1,
        limits: Limits::default(),
        today: "2026-11-21".to_owned(),
        progress: &|_event| {},
        stop: None,
    };
    let image = image::layout::open_layout(scratch.path(), None, &Choice::default()).unwrap().remove(0);
    Scanner::new(&options).scan(&image).unwrap()
}

fn manifest(name: &str, version: &str) -> String {
    format!(r#"{{"name":"{name}","version":"{version}"}}"#)
}

fn npm(name: &str, version: &str) -> Layer {
    Layer::new().file(&format!("node_modules/{name}/package.json"), manifest(name, version))
}

fn packages(report: &Report) -> Vec<String> {
    report.packages.iter().map(|package| format!("{}@{}", package.name, package.version)).collect()
}

fn package<'a>(report: &'a Report, name: &str) -> &'a Package {
    report.packages.iter().find(|package| package.name == name).unwrap()
}

fn debian(packages: &[(&str, &str)]) -> Layer {
    let entry = |(name, version): &(&str, &str)| {
        format!("Package: {name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: {version}\n\n")
    };
    Layer::new()
        .file("etc/os-release", "ID=debian\nVERSION_ID=12\n")
        .file("var/lib/dpkg/status", packages.iter().map(entry).collect::<String>())
}

#[test]
fn whiteouts_replacements_and_opaque_directories_remove() {
    assert_eq!(
        packages(&scan([npm("a", "1.0.0"), Layer::new().whiteout("node_modules/a/package.json")])),
        [""; 0]
    );
    assert_eq!(packages(&scan([npm("a", "1.0.0"), Layer::new().whiteout("node_modules")])), [""; 0]);
    assert_eq!(packages(&scan([npm("a", "1.0.0"), npm("a", "2.0.0")])), ["a@2.0.0"]);
    assert_eq!(packages(&scan([npm("a", "1.0.0"), npm("b", "1.0.0").opaque("node_modules")])), ["b@1.0.0"]);
    assert_eq!(packages(&scan([npm("a", "1.0.0"), Layer::new().opaque("")])), [""; 0]);
}

#[test]
fn a_path_that_changes_its_type_takes_all_below_it_along() {
    assert_eq!(
        packages(&scan([npm("a", "1.0.0"), Layer::new().file("node_modules", "now a file")])),
        [""; 0]
    );
    assert_eq!(packages(&scan([npm("a", "1.0.0"), Layer::new().symlink("node_modules/a", "b")])), [""; 0]);
    let directory = Layer::new().dir("node_modules/a/package.json");
    assert_eq!(packages(&scan([npm("a", "1.0.0"), directory])), [""; 0]);
    assert_eq!(packages(&scan([npm("a", "1.0.0"), Layer::new().dir("node_modules/a")])), ["a@1.0.0"]);
}

#[test]
fn what_is_removed_may_come_back() {
    let layers = [npm("a", "1.0.0"), Layer::new().whiteout("node_modules/a"), npm("a", "1.0.0")];
    let report = scan(layers);
    assert_eq!(packages(&report), ["a@1.0.0"]);
    assert_eq!(package(&report, "a").layer, report.layers[2].diff_id);
}

#[test]
fn hard_links_tell_what_their_target_told() {
    let layer = Layer::new()
        .file("store/package.json", manifest("a", "1.0.0"))
        .hardlink("node_modules/a/package.json", "store/package.json");
    assert_eq!(packages(&scan([layer.clone()])), ["a@1.0.0"]);
    assert_eq!(packages(&scan([layer, Layer::new().whiteout("store")])), ["a@1.0.0"]);
    let told = npm("b", "1.0.0").hardlink("x/node_modules/b/package.json", "node_modules/b/package.json");
    let report = scan([told, Layer::new().whiteout("node_modules")]);
    assert_eq!(package(&report, "b").paths, ["x/node_modules/b/package.json"]);
}

#[test]
fn what_is_written_below_a_link_of_the_same_layer_lands_where_it_leads() {
    let layer = Layer::new()
        .dir("real/node_modules")
        .symlink("node_modules", "real/node_modules")
        .file("node_modules/a/package.json", manifest("a", "1.0.0"));
    let report = scan([layer]);
    assert_eq!(package(&report, "a").paths, ["real/node_modules/a/package.json"]);
}

#[test]
fn a_package_belongs_to_the_layer_since_which_it_is_there() {
    let report = scan([
        debian(&[("bash", "5.2-1"), ("zlib1g", "1.2-1")]).created_by("FROM debian:12"),
        debian(&[("bash", "5.2-1"), ("curl", "7.88-1"), ("zlib1g", "1.2-2")])
            .created_by("RUN apt-get install curl"),
        debian(&[("bash", "5.2-1"), ("curl", "7.88-1"), ("zlib1g", "1.2-2")]).created_by("RUN true"),
    ]);
    assert_eq!(package(&report, "bash").created_by.as_deref(), Some("FROM debian:12"));
    assert_eq!(package(&report, "curl").created_by.as_deref(), Some("RUN apt-get install curl"));
    assert_eq!(package(&report, "zlib1g").created_by.as_deref(), Some("RUN apt-get install curl"));
    assert_eq!(package(&report, "bash").purl, "pkg:deb/debian/bash@5.2-1?arch=amd64&distro=debian-12");
}

#[test]
fn language_packages_know_the_system_package_that_brought_them() {
    let path = "usr/lib/python3/dist-packages/urllib3-1.26.12.dist-info/METADATA";
    let owner = debian(&[("python3-urllib3", "1.26.12-1")])
        .file("var/lib/dpkg/info/python3-urllib3.md5sums", format!("{}  {path}\n", "0".repeat(32)))
        .file(path, "Metadata-Version: 2.1\nName: urllib3\nVersion: 1.26.12\n")
        .file(
            "opt/x/requests-2.0.dist-info/METADATA",
            "Metadata-Version: 2.1\nName: requests\nVersion: 2.0\n",
        );
    let report = scan([owner]);
    assert_eq!(package(&report, "urllib3").owner.as_deref(), Some("python3-urllib3"));
    assert_eq!(package(&report, "requests").owner, None);
}

#[test]
fn a_database_behind_a_link_is_read_or_is_a_gap() {
    let layer = Layer::new()
        .file("etc/os-release", "ID=debian\nVERSION_ID=12\n")
        .file("usr/share/dpkg-db/status", "Package: a\nStatus: install ok installed\nVersion: 1\n")
        .symlink("var/lib/dpkg", "/usr/share/dpkg-db");
    let report = scan([layer]);
    let told = report.gaps.iter().any(|gap| gap.place == "var/lib/dpkg/status");
    assert!(told || packages(&report) == ["a@1"], "{:?}", report.gaps);
}

#[test]
fn a_link_to_where_a_database_is_read_anyway_is_no_gap() {
    let layer = Layer::new()
        .file("usr/lib/sysimage/rpm/rpmdb.sqlite-wal", "")
        .symlink("var/lib/rpm", "../../usr/lib/sysimage/rpm");
    assert_eq!(scan([layer]).gaps, []);
}

/// One step of a generated layer.
#[derive(Clone, Debug)]
enum Step {
    Put(String),
    File(String),
    Remove(String),
    Opaque(String),
}

const DIRECTORIES: [&str; 5] = ["", "a", "a/b", "c", "a/b/d"];

fn step() -> impl Strategy<Value = Step> {
    let directory = || {
        prop_oneof![Just(0), Just(1), Just(2), Just(3), Just(4)]
            .prop_map(|at: usize| DIRECTORIES[at].to_owned())
    };
    prop_oneof![
        4 => directory().prop_map(Step::Put),
        1 => directory().prop_map(Step::File),
        1 => directory().prop_map(Step::Remove),
        1 => directory().prop_map(Step::Opaque),
    ]
}

fn package_path(directory: &str) -> String {
    let path = format!("{directory}/node_modules/x/package.json");
    path.trim_start_matches('/').to_owned()
}

/// The layers as a person would apply them: one after the other to a map of files.
fn naive(layers: &[Vec<Step>]) -> BTreeMap<String, String> {
    let mut files: BTreeMap<String, String> = BTreeMap::new();
    for (number, steps) in layers.iter().enumerate() {
        let below =
            |path: &str, directory: &str| directory.is_empty() || path.starts_with(&format!("{directory}/"));
        for step in steps {
            match step {
                Step::Remove(path) => files.retain(|file, _| file != path && !below(file, path)),
                Step::Opaque(path) => files.retain(|file, _| !below(file, path)),
                _ => {}
            }
        }
        for step in steps {
            let path = match step {
                Step::Put(directory) => package_path(directory),
                Step::File(directory) => directory.clone(),
                _ => continue,
            };
            files.retain(|file, _| !below(file, &path) && !below(&path, file));
            files.insert(path, format!("1.0.{number}"));
        }
    }
    files
}

/// A layer never holds a file and something below it, nor the same path twice; and the root is no file.
fn is_honest(steps: &[Step]) -> bool {
    let files: Vec<&String> =
        steps.iter().filter_map(|step| if let Step::File(path) = step { Some(path) } else { None }).collect();
    let others: Vec<String> = steps
        .iter()
        .map(|step| match step {
            Step::Put(directory) => package_path(directory),
            Step::File(path) | Step::Remove(path) | Step::Opaque(path) => path.clone(),
        })
        .collect();
    let removed = |step: &Step| matches!(step, Step::Remove(path) | Step::File(path) if path.is_empty());
    let clash = |file: &&String| {
        others.iter().filter(|other| **other == **file || other.starts_with(&format!("{file}/"))).count() > 1
    };
    !steps.iter().any(removed) && !files.iter().any(clash)
}

proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(300))]
    #[test]
    fn merging_equals_applying_layer_by_layer(
        layers in proptest::collection::vec(proptest::collection::vec(step(), 0..4).prop_filter("honest", |steps| is_honest(steps)), 1..6)
    ) {
        let built: Vec<Layer> = layers.iter().enumerate().map(|(number, steps)| {
            steps.iter().fold(Layer::new(), |layer, step| match step {
                Step::Put(directory) => layer.file(&package_path(directory), manifest("x", &format!("1.0.{number}"))),
                Step::File(path) => layer.file(path, "a file"),
                Step::Remove(path) => layer.whiteout(path),
                Step::Opaque(path) => layer.opaque(path),
            })
        }).collect();
        let mut files = naive(&layers);
        let all = scan_for(&[Check::Software, Check::Files], built.clone());
        prop_assert_eq!(all.files.as_ref().unwrap().count, files.len() as u64);
        files.retain(|path, _| path.ends_with("package.json"));
        for report in [scan(built), all] {
            let mut found = BTreeMap::new();
            for package in &report.packages {
                for path in &package.paths {
                    found.insert(path.clone(), package.version.clone());
                }
            }
            prop_assert_eq!(&found, &files);
        }
    }
}
