//! Any report in every format, and any text as a template; what is JSON must be JSON again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use model::Report;
use report::{FORMATS, Style, Template, render, render_template};

fuzz_target!(|data: &[u8]| {
    if let Ok(text) = std::str::from_utf8(data) {
        if let Ok(template) = Template::new("fuzz.html", text) {
            // An error is an answer; only a panic or a hang is a fault.
            drop(render_template(&[], &template, Style::default(), &mut Vec::new()));
        }
    }
    let Ok(found) = serde_json::from_slice::<Report>(data) else { return };
    for format in FORMATS {
        let mut out = Vec::new();
        render(std::slice::from_ref(&found), format, Style::default(), &mut out)
            .expect("memory can be written");
        if matches!(format.name, "json" | "sarif" | "cyclonedx" | "spdx") {
            serde_json::from_slice::<serde_json::Value>(&out).expect("what was written is JSON");
        }
    }
});
