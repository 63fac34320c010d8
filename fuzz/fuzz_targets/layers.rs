//! Any bytes as a layer: recognised, decompressed and read as tar to the end.
#![no_main]

use std::io::Read as _;

use bounded::{Limits, tar, unpack};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let limits = Limits { unpacked_bytes: 8 << 20, file_bytes: 1 << 20, entries: 10_000, ..Limits::default() };
    let mut source = data;
    let unpacked = unpack(&mut source, &limits, |reader| {
        let mut reader = tar::Reader::new(reader, &limits);
        while let Ok(Some(entry)) = reader.next_entry() {
            let mut body = Vec::new();
            let read = (&mut reader).take(1 << 16).read_to_end(&mut body);
            assert!(read.is_err() || entry.path.len() <= limits.path_bytes);
        }
    });
    // What is damaged is an error; what was read has the digest of exactly these bytes.
    if let Ok(unpacked) = unpacked {
        assert!(unpacked.stored.bytes <= data.len() as u64);
    }
});
