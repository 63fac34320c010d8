//! Any bytes to any extractor; the first byte picks it, the second which kind of path it sees.
#![no_main]

use bounded::{Buffer, Limits};
use inventory::{EXTRACTORS, Found, Input};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let [which, kind, bytes @ ..] = data else { return };
    let extractor = EXTRACTORS[usize::from(*which) % EXTRACTORS.len()];
    let path = if kind % 2 == 0 { "a/file" } else { "a/file.md5sums" };
    let limits = Limits { archive_bytes: 4 << 20, file_bytes: 1 << 20, ..Limits::default() };
    let (mut content, mut found) = (Buffer::from_bytes(bytes.to_vec()), Found::default());
    let outcome = (extractor.extract)(&mut Input::new(path, &mut content, &limits, &mut found));
    // An error is an answer; only a panic, a hang or too much memory is a fault.
    drop(outcome);
});
