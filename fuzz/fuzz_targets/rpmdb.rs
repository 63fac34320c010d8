//! A database of rpm; the first byte picks its form, of which the bytes that every one has are put in place.
#![no_main]

use bounded::{Buffer, Limits};
use inventory::{EXTRACTORS, Found, Input};
use libfuzzer_sys::fuzz_target;

/// What tells each form, and where it stands: `SQLite` with pages of 512 bytes, NDB, Berkeley DB of either order.
const FORMS: [&[(usize, &[u8])]; 4] = [
    &[(0, b"SQLite format 3\0\x02\0\x01\x01\0"), (56, b"\0\0\0\x01")],
    &[(0, b"RpmP\0\0\0\0"), (12, b"\x01\0\0\0")],
    &[(12, b"\x61\x15\x06\0\x09\0\0\0\0\x02\0\0\0"), (26, b"\0")],
    &[(12, b"\0\x06\x15\x61\0\0\0\x09\0\0\x02\0\0"), (26, b"\0")],
];

fuzz_target!(|data: &[u8]| {
    let [which, bytes @ ..] = data else { return };
    let mut bytes = bytes.to_vec();
    for (at, fixed) in FORMS[usize::from(*which) % FORMS.len()] {
        if let Some(place) = bytes.get_mut(*at..at + fixed.len()) {
            place.copy_from_slice(fixed);
        }
    }
    let rpm = EXTRACTORS.iter().find(|extractor| extractor.name == "os/rpm").unwrap();
    let limits = Limits { file_bytes: 1 << 20, ..Limits::default() };
    let (mut content, mut found) = (Buffer::from_bytes(bytes), Found::default());
    let outcome = (rpm.extract)(&mut Input::new("var/lib/rpm/Packages", &mut content, &limits, &mut found));
    // An error is an answer; only a panic, a hang or too much memory is a fault.
    drop(outcome);
});
