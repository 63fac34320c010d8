//! What registries send when something in them changed; the first byte says whether headers tell of a CloudEvent.
#![no_main]

use libfuzzer_sys::fuzz_target;
use registries::notice::{Action, NOTICES, read};

fuzz_target!(|bytes: &[u8]| {
    let Some((first, body)) = bytes.split_first() else { return };
    let header = |name: &str| {
        let value = match name {
            "ce-specversion" => "1.0",
            "ce-type" => "harbor.artifact.pushed",
            "ce-source" | "ce-id" => "fuzz",
            _ => return None,
        };
        (first % 2 == 1).then(|| value.to_owned())
    };
    let Ok(notices) = read(&header, body) else { return };
    assert!(notices.len() <= NOTICES);
    for notice in notices {
        // What is believed can be asked for.
        assert!(!notice.repository.is_empty() && !notice.repository.contains(char::is_control));
        assert!(notice.action == Action::Deleted || notice.tag.is_some() || notice.digest.is_some());
    }
});
