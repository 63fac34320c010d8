//! Layers as registries hold them: however they are packed, the same files are met.
#![expect(clippy::unwrap_used, reason = "a failure is a failed test")]

use std::path::Path;

use bounded::{Error, Limits, unpack};
use image::walk::{Content, Entry, EntryKind, Origin, Visitor, walk_directory, walk_tar};
use model::Gap;
use testkit::{Compression, Layer, gzip, zstd};

/// Keeps what is met.
#[derive(Default)]
struct Met(Vec<(String, EntryKind, Vec<u8>)>);

impl Visitor for Met {
    fn entry(&mut self, entry: &Entry<'_>, content: &mut dyn Content) -> Result<(), Error> {
        let mut bytes = Vec::new();
        if entry.kind == EntryKind::File {
            bytes = content.buffer()?.take_whole(1 << 20)?;
        }
        self.0.push((String::from_utf8_lossy(entry.path).into_owned(), entry.kind, bytes));
        Ok(())
    }

    fn gap(&mut self, gap: Gap) {
        unreachable!("{gap:?}")
    }
}

fn met(blob: &[u8]) -> Vec<(String, EntryKind, Vec<u8>)> {
    let limits = Limits::default();
    let mut visitor = Met::default();
    let unpacked = unpack(&mut { blob }, &limits, |reader| walk_tar(reader, &limits, &mut visitor)).unwrap();
    unpacked.value.unwrap();
    assert!(unpacked.failure.is_none(), "{:?}", unpacked.failure);
    assert_eq!(unpacked.stored.bytes, blob.len() as u64);
    visitor.0
}

fn layer() -> Layer {
    Layer::new()
        .dir("etc")
        .file("etc/os-release", "ID=debian\n")
        .symlink("etc/link", "os-release")
        .whiteout("etc/gone")
        .file("app/data", vec![7; 300_000])
        .file("app/.prefetch.landmark", "mine")
}

#[test]
fn the_same_files_come_out_of_every_form() {
    let layer = layer();
    let expected = met(&layer.tar());
    assert_eq!(expected.len(), 6);
    let forms = [
        ("gzip", gzip(layer.tar())),
        ("zstd", zstd(layer.tar())),
        ("zstd:chunked", layer.zstd_chunked()),
        ("estargz", layer.estargz()),
    ];
    for (form, blob) in forms {
        assert_eq!(met(&blob), expected, "{form}");
    }
}

#[test]
fn nothing_is_hidden_by_the_name_of_a_table_of_contents() {
    let hidden = Layer::new()
        .file("stargz.index.json", "\u{7f}ELF")
        .file(".prefetch.landmark", "#!/bin/sh")
        .file("app/stargz.index.json", "{\"version\":1}");
    assert_eq!(met(&hidden.tar()).len(), 3);
}

#[test]
fn the_tables_of_unpacked_layers_are_no_files_of_the_image() {
    let scratch = tempfile::tempdir().unwrap();
    for (name, text) in
        [("stargz.index.json", "{\n\t\"version\": 1"), (".no.prefetch.landmark", "\u{f}"), ("a", "b")]
    {
        std::fs::write(scratch.path().join(name), text).unwrap();
    }
    let names = |origin| {
        let mut visitor = Met::default();
        walk_directory(scratch.path(), origin, &Limits::default(), &mut visitor).unwrap();
        visitor.0.into_iter().map(|(name, ..)| name).collect::<Vec<_>>()
    };
    assert_eq!(names(Origin::Overlay), ["a"]);
    assert_eq!(names(Origin::RootFileSystem).len(), 3);
}

/// What `skopeo` writes is read as what it was made from.
#[test]
fn reads_what_a_real_tool_packs() {
    let Some(skopeo) = testkit::tool("skopeo") else { return };
    let scratch = tempfile::tempdir().unwrap();
    let expected = met(&layer().tar());
    let source = scratch.path().join("source");
    testkit::Image::new("shop:1").compression(Compression::Plain).layer(layer()).write_oci_layout(&source);
    for form in ["gzip", "zstd", "zstd:chunked"] {
        let target = scratch.path().join(form.replace(':', "-"));
        let status = std::process::Command::new(&skopeo)
            .args(["--insecure-policy", "--tmpdir"])
            .arg(scratch.path())
            .args(["copy", "-q", "--dest-compress"])
            .args(["--dest-compress-format", form])
            .arg(format!("oci:{}", source.display()))
            .arg(format!("dir:{}", target.display()))
            .status()
            .unwrap();
        assert!(status.success(), "{form}");
        assert_eq!(met(&largest(&target)), expected, "{form}");
    }
}

/// The one layer of a directory that holds documents besides.
fn largest(directory: &Path) -> Vec<u8> {
    let files = std::fs::read_dir(directory).unwrap().map(|file| file.unwrap().path());
    let documents = files.map(|file| bounded::read_file(&file, 1 << 20).unwrap());
    documents.filter(|bytes| !bytes.starts_with(b"{")).max_by_key(Vec::len).unwrap()
}
