//! The same image gives the same facts, wherever it is read from.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::type_complexity,
    reason = "a failure here is a failed test"
)]

use std::io::Cursor;
use std::path::Path;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock};

use bounded::Limits;
use image::platform::Choice;
use image::{docker_archive, layout};
use model::Report;
use scan::{Check, Directory, Inspectors, Options, Passed, Scanner, Shelf};
use testkit::{Compression, Image, Layer};

static NONE: LazyLock<Inspectors> = LazyLock::new(Inspectors::default);

fn image() -> Image {
    Image::new("shop:1.0")
        .layer(
            Layer::new()
                .dir("etc")
                .file("etc/os-release", "ID=debian\nVERSION_ID=\"12\"\n")
                .created_by("FROM debian:12"),
        )
        .layer(
            Layer::new()
                .file("srv/node_modules/left/package.json", r#"{"name":"left","version":"1.0.0"}"#)
                .file("srv/node_modules/gone/package.json", r#"{"name":"gone","version":"1.0.0"}"#)
                .created_by("RUN npm install"),
        )
        .layer(Layer::new().whiteout("srv/node_modules/gone").created_by("RUN rm -r gone"))
}

fn options(cache: Option<&Path>) -> Options<'static> {
    Options {
        checks: &[Check::Software],
        inspectors: &NONE,
        database: None,
        declared: scan::Declared::Auto,
        cache: cache.map(|path| Arc::new(Directory::new(path)) as Arc<dyn Shelf>),
        jobs: 2,
        limits: Limits::default(),
        today: "2026-11-21".to_owned(),
        progress: &|_event| {},
        stop: None,
    }
}

fn names(report: &Report) -> Vec<String> {
    report.packages.iter().map(|package| format!("{} {}", package.name, package.version)).collect()
}

/// What must not depend on the source.
fn essence(report: &Report) -> (Vec<String>, Vec<Option<String>>, Vec<Option<String>>, String) {
    (
        names(report),
        report.packages.iter().map(|package| package.layer.clone()).collect(),
        report.layers.iter().map(|layer| layer.created_by.clone()).collect(),
        report.distribution.as_ref().unwrap().id.clone(),
    )
}

#[test]
fn every_source_gives_the_same_report() {
    let scratch = tempfile::tempdir().unwrap();
    let mut reports = Vec::new();
    let options = options(None);
    let scanner = Scanner::new(&options);
    for (number, compression) in
        [Compression::Plain, Compression::Gzip, Compression::Zstd].into_iter().enumerate()
    {
        let image = image().compression(compression);
        let directory = scratch.path().join(format!("layout{number}"));
        image.write_oci_layout(&directory);
        let mut found = layout::open_layout(&directory, None, &Choice::default()).unwrap();
        for (name, bytes) in [("oci.tar", image.oci_archive()), ("modern.tar", image.docker_archive_modern())]
        {
            let path = scratch.path().join(name);
            std::fs::write(&path, bytes).unwrap();
            found.extend(layout::open_archive(&path, &Choice::default(), &Limits::default()).unwrap());
        }
        for (name, bytes) in
            [("old.tar", image.docker_archive()), ("modern.tar", image.docker_archive_modern())]
        {
            let path = scratch.path().join(name);
            std::fs::write(&path, bytes).unwrap();
            found.extend(docker_archive::open_archive(&path, &Limits::default()).unwrap());
        }
        reports.extend(found.iter().map(|image| scanner.scan(image).unwrap()));
        for bytes in [image.oci_archive(), image.docker_archive(), image.docker_archive_modern()] {
            for bytes in [testkit::gzip(&bytes), bytes] {
                reports.push(scan_stream(&scanner, bytes).unwrap());
            }
        }
    }
    assert_eq!(names(&reports[0]), ["left 1.0.0"]);
    assert_eq!(reports.len(), 3 * 11);
    for report in &reports {
        assert_eq!(essence(report), essence(&reports[0]), "{}", report.image.source);
    }
}

fn scan_stream(scanner: &Scanner<'_>, bytes: Vec<u8>) -> Result<Report, image::Error> {
    let mut passed = Passed::default();
    let limits = Limits::default();
    let images = image::read_stream(
        "-",
        &mut Cursor::new(bytes),
        &Choice::default(),
        &limits,
        &mut |member, layer| {
            scanner.pass(&mut passed, member, layer).map_err(|error| match error {
                scan::Error::Image(error) => error,
                other => panic!("{other}"),
            })
        },
    )?;
    assert_eq!(images.len(), 1);
    Ok(scanner.scan_passed(&images[0], &passed).unwrap())
}

#[test]
fn the_second_scan_reads_no_layer_and_says_the_same() {
    let scratch = tempfile::tempdir().unwrap();
    let directory = scratch.path().join("layout");
    image().write_oci_layout(&directory);
    let options = options(Some(&scratch.path().join("cache")));
    let scanner = Scanner::new(&options);
    let open = || layout::open_layout(&directory, Some("shop:1.0"), &Choice::default()).unwrap().remove(0);
    let first = scanner.scan(&open()).unwrap();
    assert_eq!((first.stats.layers_cached, first.stats.layers_read), (0, 3));
    // The blobs are not needed any more.
    for layer in &open().layers {
        std::fs::remove_file(directory.join("blobs/sha256").join(layer.digest.as_ref().unwrap().hex()))
            .unwrap();
    }
    let second = scanner.scan(&open()).unwrap();
    assert_eq!((second.stats.layers_cached, second.stats.layers_read), (3, 0));
    assert_eq!(essence(&first), essence(&second));
    assert_eq!(first.gaps, second.gaps);
}

#[test]
fn a_scan_that_is_stopped_says_so_and_keeps_nothing() {
    let scratch = tempfile::tempdir().unwrap();
    let (layout, archive, cache) =
        (scratch.path().join("layout"), scratch.path().join("archive.tar"), scratch.path().join("cache"));
    let files = (0..2000).fold(Layer::new(), |layer, at| layer.file(&format!("srv/{at}"), vec![b'x'; 4096]));
    let image = Image::new("big:1").layer(files);
    image.write_oci_layout(&layout);
    std::fs::write(&archive, testkit::gzip(image.docker_archive())).unwrap();
    let directory = scratch.path().join("root");
    std::fs::create_dir(&directory).unwrap();
    for at in 0..100 {
        std::fs::write(directory.join(at.to_string()), "x").unwrap();
    }
    let stop = Arc::new(AtomicBool::new(false));
    let raise = Arc::clone(&stop);
    let hear = |event| {
        // Raised when the first bytes have passed.
        if matches!(event, scan::Event::Bytes(1..)) {
            raise.store(true, Ordering::Relaxed);
        }
    };
    let options = Options { progress: &hear, stop: Some(Arc::clone(&stop)), ..options(Some(&cache)) };
    let scanner = Scanner::new(&options);
    let blobs = layout::open_layout(&layout, None, &Choice::default()).unwrap().remove(0);
    assert!(matches!(scanner.scan(&blobs), Err(scan::Error::Stopped)));
    stop.store(false, Ordering::Relaxed);
    let streamed = scanner.docker_archive(&archive, &Choice::default());
    assert!(matches!(streamed, Err(scan::Error::Stopped)));
    stop.store(true, Ordering::Relaxed);
    let in_place = image::Layer { data: image::Data::Directory(directory), ..blobs.layers[0].clone() };
    let in_place = image::Image { layers: vec![in_place], ..blobs };
    assert!(matches!(scanner.scan(&in_place), Err(scan::Error::Stopped)));
    assert!(!scanner.knows(&in_place));
    stop.store(false, Ordering::Relaxed);
    let again = layout::open_layout(&layout, None, &Choice::default()).unwrap().remove(0);
    assert!(Scanner::new(&self::options(Some(&cache))).scan(&again).is_ok());
}

#[test]
fn chooses_the_platform() {
    let scratch = tempfile::tempdir().unwrap();
    let for_platform = |architecture: &str, name: &str| {
        let package = format!(r#"{{"name":"{name}","version":"1.0.0"}}"#);
        let layer = Layer::new().file(&format!("node_modules/{name}/package.json"), package);
        Image::new("multi:1").platform("linux", architecture).layer(layer)
    };
    testkit::multi_platform_layout(
        scratch.path(),
        &[for_platform("amd64", "intel"), for_platform("arm64", "arm")],
    );
    let options = options(None);
    let scanner = Scanner::new(&options);
    let scan = |choice: &Choice| {
        let images = layout::open_layout(scratch.path(), None, choice)?;
        Ok(images.iter().flat_map(|image| names(&scanner.scan(image).unwrap())).collect::<Vec<_>>())
    };
    let platform = |architecture: &str| {
        Choice::One(model::Platform { os: "linux".into(), architecture: architecture.into(), variant: None })
    };
    let scan = |choice| -> Result<Vec<String>, image::Error> { scan(&choice) };
    assert_eq!(scan(platform("arm64")).unwrap(), ["arm 1.0.0"]);
    assert_eq!(scan(Choice::All).unwrap(), ["intel 1.0.0", "arm 1.0.0"]);
    assert!(matches!(scan(platform("s390x")), Err(image::Error::Platform { .. })));
}
