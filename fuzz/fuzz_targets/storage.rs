//! The documents of a storage of Podman and CRI-O; a NUL stands between them. What is left out is not there.
#![no_main]

use std::path::Path;

use image::containers_storage::Store;
use image::platform::Choice;
use image::{Opened, Runtime as _};
use libfuzzer_sys::fuzz_target;

/// Where each document lies; images and containers are known by the ids `abc` and `def`.
const DOCUMENTS: [&str; 8] = [
    "root/overlay-images/images.json",
    "root/overlay-layers/layers.json",
    "root/overlay-containers/containers.json",
    "root/overlay-images/abc/manifest",
    "root/overlay-containers/def/userdata/config.json",
    "root/overlay-containers/def/userdata/state.json",
    "run/overlay-containers/volatile-containers.json",
    "run/overlay-containers/def/userdata/config.json",
];

fuzz_target!(|data: &[u8]| {
    let scratch = tempfile::tempdir().unwrap();
    let (root, run_root) = (scratch.path().join("root"), scratch.path().join("run"));
    std::fs::create_dir_all(root.join("overlay-images")).unwrap();
    for (path, bytes) in DOCUMENTS.iter().zip(data.split(|byte| *byte == 0)) {
        write(&scratch.path().join(path), bytes);
    }
    // An error is an answer; only a panic, a hang or too much memory is a fault.
    let store = Store::open(&root, &run_root).unwrap();
    drop((store.summary(), store.containers()));
    for listed in store.images().unwrap_or_default() {
        for name in listed.names.iter().chain([&listed.id]) {
            if let Ok(Opened::Images(images)) = store.open(name, &Choice::All) {
                // No document may lead out of the storage.
                assert!(images.iter().flat_map(|image| &image.layers).all(|layer| is_below(layer, &root)));
            }
        }
    }
});

fn write(path: &Path, bytes: &[u8]) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, bytes).unwrap();
}

fn is_below(layer: &image::Layer, root: &Path) -> bool {
    let image::Data::Overlay(path) = &layer.data else { return true };
    let climbs = path.components().any(|part| part == std::path::Component::ParentDir);
    path.starts_with(root) && !climbs
}
