//! Rules of compliance and lists of base images, as files that strangers wrote.
#![no_main]

use inspect::base::Bases;
use inspect::compliance::{Compliance, Options};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let file = std::env::temp_dir().join(format!("lazaret-fuzz-compliance-{}", std::process::id()));
    if std::fs::write(&file, bytes).is_ok() {
        drop(Compliance::new(&Options { rules: vec![file.clone()], ..Options::default() }));
        drop(Bases::open(&file));
        drop(inspect::license::expression(&String::from_utf8_lossy(bytes)));
    }
});
