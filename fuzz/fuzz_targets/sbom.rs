//! Lists of packages that another program has made.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    drop(inventory::sbom::read(bytes));
});
