//! Layers somebody made to hurt: a clear error or a gap, in bounded time and memory.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failure here is a failed test")]

use std::path::Path;

use std::sync::{Arc, LazyLock};

use bounded::Limits;
use image::platform::Choice;
use model::Report;
use scan::{Check, Directory, Error, Inspectors, Options, Scanner};
use testkit::{Image, Layer};

static NONE: LazyLock<Inspectors> = LazyLock::new(Inspectors::default);

fn scan_layout(directory: &Path, limits: Limits) -> Result<Report, Error> {
    let options = Options {
        checks: &[Check::Software],
        inspectors: &NONE,
        database: None,
        declared: scan::Declared::Auto,
        cache: Some(Arc::new(Directory::new(&directory.join("cache")))),
        jobs: 2,
        limits,
        today: "2026-11-21".to_owned(),
        progress: &|_event| {},
        stop: None,
    };
    let image = image::layout::open_layout(directory, None, &Choice::default())?.remove(0);
    Scanner::new(&options).scan(&image)
}

fn scan(layer: Layer) -> Report {
    scan_with(layer, Limits::default())
}

fn scan_with(layer: Layer, limits: Limits) -> Report {
    let scratch = tempfile::tempdir().unwrap();
    Image::new("bad:1").layer(layer).write_oci_layout(scratch.path());
    scan_layout(scratch.path(), limits).unwrap()
}

/// An image whose one layer blob is `bytes`, with a manifest that names them rightly.
fn image_of_blob(directory: &Path, bytes: &[u8]) {
    Image::new("bad:1").layer(Layer::new().file("a", "b")).write_oci_layout(directory);
    let index: serde_json::Value = read(&directory.join("index.json"));
    let manifest_path = blob(directory, index["manifests"][0]["digest"].as_str().unwrap());
    let mut manifest = read(&manifest_path);
    let digest = format!("sha256:{}", testkit::sha256_hex(bytes));
    std::fs::write(blob(directory, &digest), bytes).unwrap();
    manifest["layers"][0]["digest"] = digest.into();
    manifest["layers"][0]["size"] = bytes.len().into();
    let text = serde_json::to_vec(&manifest).unwrap();
    let digest = format!("sha256:{}", testkit::sha256_hex(&text));
    std::fs::write(blob(directory, &digest), &text).unwrap();
    let mut index = index;
    index["manifests"][0]["digest"] = digest.into();
    index["manifests"][0]["size"] = text.len().into();
    std::fs::write(directory.join("index.json"), serde_json::to_vec(&index).unwrap()).unwrap();
}

fn blob(directory: &Path, digest: &str) -> std::path::PathBuf {
    directory.join("blobs/sha256").join(digest.trim_start_matches("sha256:"))
}

fn read(path: &Path) -> serde_json::Value {
    serde_json::from_slice(&bounded::read_file(path, 1 << 20).unwrap()).unwrap()
}

fn npm(name: &str) -> Layer {
    Layer::new().file(
        &format!("node_modules/{name}/package.json"),
        format!(r#"{{"name":"{name}","version":"1.0.0"}}"#),
    )
}

#[test]
fn a_blob_that_is_not_what_its_digest_names_is_an_error() {
    let scratch = tempfile::tempdir().unwrap();
    Image::new("bad:1").layer(npm("a")).write_oci_layout(scratch.path());
    let index = read(&scratch.path().join("index.json"));
    let manifest = read(&blob(scratch.path(), index["manifests"][0]["digest"].as_str().unwrap()));
    let path = blob(scratch.path(), manifest["layers"][0]["digest"].as_str().unwrap());
    let mut bytes = bounded::read_file(&path, 1 << 20).unwrap();
    for (at, bit) in [(bytes.len() / 2, 1), (bytes.len() - 1, 0x80)] {
        bytes[at] ^= bit;
        std::fs::write(&path, &bytes).unwrap();
        let error = scan_layout(scratch.path(), Limits::default()).unwrap_err();
        assert!(matches!(error, Error::Image(image::Error::Digest { .. })), "{error}");
    }
    std::fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
    assert!(scan_layout(scratch.path(), Limits::default()).is_err());
}

#[test]
fn a_blob_that_was_broken_when_it_was_named_is_a_gap_and_is_not_kept() {
    let whole = testkit::gzip(npm("a").file("big", vec![7; 1 << 20]).tar());
    for bytes in [
        &whole[..whole.len() - 20],
        b"\x1f\x8bnothing",
        b"\xfd7zXZ\0nothing",
        b"no tar at all, but long".as_slice(),
    ] {
        let scratch = tempfile::tempdir().unwrap();
        image_of_blob(scratch.path(), bytes);
        let report = scan_layout(scratch.path(), Limits::default()).unwrap();
        assert!(report.gaps.iter().any(|gap| gap.what == "layer"), "{:?}", report.gaps);
        assert!(!scratch.path().join("cache/layers").exists(), "partial facts must not be cached");
    }
}

#[test]
fn a_bomb_is_a_gap() {
    let scratch = tempfile::tempdir().unwrap();
    image_of_blob(scratch.path(), &testkit::gzip(Layer::new().file("zeros", vec![0; 64 << 20]).tar()));
    let limits = Limits { ratio_from_bytes: 1 << 20, ..Limits::default() };
    let report = scan_layout(scratch.path(), limits).unwrap();
    assert!(report.gaps.iter().any(|gap| gap.why.contains("bomb")), "{:?}", report.gaps);
}

#[test]
fn paths_that_leave_the_root_are_gaps_and_write_nothing() {
    let manifest = r#"{"name":"evil","version":"1.0.0"}"#;
    let layer = npm("good")
        .raw_path_file(b"../../node_modules/evil/package.json", manifest)
        .raw_path_file(b"/abs/node_modules/fine/package.json", r#"{"name":"fine","version":"1.0.0"}"#);
    let report = scan(layer);
    let names: Vec<&str> = report.packages.iter().map(|package| package.name.as_str()).collect();
    assert_eq!(names, ["fine", "good"]);
    assert!(report.gaps.iter().any(|gap| gap.why.contains("outside the image")), "{:?}", report.gaps);
}

#[test]
fn names_that_are_not_text_are_shown_harmlessly() {
    let report = scan(npm("a").raw_path_file(b"node_modules/\xff\x1b[31m/package.json", "{"));
    assert_eq!(report.packages.len(), 1);
    let gap = report.gaps.iter().find(|gap| gap.what == "file").unwrap();
    assert_eq!(gap.place, "node_modules/\\xff\\x1b[31m/package.json");
}

#[test]
fn links_in_a_circle_end() {
    let layer = npm("a").symlink("x", "y").symlink("y", "x").file("x/node_modules/b/package.json", "{}");
    let layer = layer.symlink("var/lib/dpkg", "dpkg").symlink("etc", "/etc");
    assert_eq!(scan(layer).packages.len(), 1);
}

#[test]
fn limits_of_a_layer_become_gaps() {
    let many = (0..100).fold(npm("a"), |layer, number| layer.file(&format!("f{number}"), ""));
    let report = scan_with(many, Limits { entries: 50, ..Limits::default() });
    assert_eq!(report.packages.len(), 1);
    assert!(report.gaps.iter().any(|gap| gap.why.contains("50 entries")), "{:?}", report.gaps);
    let large = npm("a").file("node_modules/b/package.json", vec![b' '; 10_000]);
    let report = scan_with(large, Limits { file_bytes: 5000, ..Limits::default() });
    assert!(report.gaps.iter().any(|gap| gap.place == "node_modules/b/package.json"), "{:?}", report.gaps);
}

#[test]
fn a_million_gaps_do_not_fill_the_memory() {
    let layer = (0..3000)
        .fold(Layer::new(), |layer, number| layer.raw_path_file(format!("../{number}").as_bytes(), ""));
    assert!(scan(layer).gaps.len() < 1100);
}

#[test]
fn a_manifest_whose_layers_and_configuration_disagree_is_an_error() {
    let scratch = tempfile::tempdir().unwrap();
    Image::new("bad:1").layer(npm("a")).write_oci_layout(scratch.path());
    let index = read(&scratch.path().join("index.json"));
    let path = blob(scratch.path(), index["manifests"][0]["digest"].as_str().unwrap());
    std::fs::write(&path, "{}").unwrap();
    assert!(matches!(
        scan_layout(scratch.path(), Limits::default()),
        Err(Error::Image(image::Error::Digest { .. }))
    ));
}
