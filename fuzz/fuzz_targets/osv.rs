//! Advisory records and the catalogue of known exploited vulnerabilities, as strangers write them.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    drop(advisories::osv::parse(bytes));
    drop(advisories::kev::parse(bytes));
});
