//! Files that are searched for secrets, and rules for it that a user may give.
#![no_main]

use std::sync::LazyLock;

use inspect::secrets::{Options, Secrets};
use libfuzzer_sys::fuzz_target;

static SECRETS: LazyLock<Option<Secrets>> = LazyLock::new(|| of(Vec::new()));

fuzz_target!(|bytes: &[u8]| {
    if let Some(secrets) = SECRETS.as_ref() {
        drop(secrets.file(b"srv/.env", bytes));
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        drop(of(vec![("own.toml".to_owned(), text.to_owned())]));
    }
});

fn of(gitleaks: Vec<(String, String)>) -> Option<Secrets> {
    Secrets::new(&Options { key: [7; 32], gitleaks, without_exclusions: Vec::new(), without: Vec::new(), exclude: Vec::new() }).ok()
}
