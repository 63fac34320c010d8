//! Any bytes as an archive of an image, as `docker save` or an OCI layout writes it: compressed or not.
#![no_main]

use std::io::Read as _;

use bounded::Limits;
use image::platform::Choice;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let limits =
        Limits { unpacked_bytes: 8 << 20, file_bytes: 1 << 20, entries: 10_000, ..Limits::default() };
    let mut source = data;
    let images = image::read_stream("fuzz", &mut source, &Choice::All, &limits, &mut |_member, layer| {
        let read = layer.take(1 << 20).read_to_end(&mut Vec::new());
        // What cannot be read is an answer.
        drop(read);
        Ok(())
    });
    for image in images.unwrap_or_default() {
        // Layers are told by their place: both documents must have as many.
        assert_eq!(image.layers.len(), image.config.rootfs.diff_ids.len());
    }
});
