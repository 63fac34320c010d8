//! Ignore files, VEX documents and policies, held against a report with one vulnerability.
#![no_main]

use std::sync::LazyLock;

use decisions::{Decisions, Policy, open_vex, parse_fail_on};
use libfuzzer_sys::fuzz_target;
use model::Report;

const TODAY: &str = "2026-11-21";

static REPORT: LazyLock<Option<Report>> = LazyLock::new(|| {
    serde_json::from_str(
        r#"{
            "schema_version": "2.0", "tool": { "name": "lazaret", "version": "0" },
            "image": { "name": "registry.example/team/shop:1.0", "source": "registry", "size": 0, "history": [], "config": {} },
            "checks": ["vulnerabilities"], "layers": [], "packages": [], "baseline": [], "gaps": [],
            "stats": { "wall_ms": 0.0, "layers_cached": 0, "layers_read": 0, "parts": [] },
            "findings": [{
                "id": "CVE-1", "severity": "high", "kind": "vulnerabilities", "aliases": ["GHSA-1"], "advisories": [],
                "title": "", "description": "", "ratings": [], "known_exploited": false, "status": "fixed",
                "package": "a", "package_type": "deb", "installed_version": "1", "purl": "pkg:deb/debian/a@1?arch=amd64",
                "paths": ["a/b"], "advice": { "en": "" }, "evidence": "", "cwes": [], "references": []
            }]
        }"#,
    )
    .ok()
});

fuzz_target!(|text: &str| {
    let Some(mut report) = REPORT.clone() else { panic!("the report is not written as reports are") };
    let mut decisions = Decisions::default();
    drop(decisions.vex("fuzz.json", text));
    drop(decisions.ignore_file("fuzz.toml", text, TODAY));
    drop(decisions.apply(&mut report));
    for policy in
        [Policy::parse("fuzz.toml", text).ok(), parse_fail_on(text).ok().map(|gates| Policy::fail_on(&gates))]
    {
        drop(policy.map(|policy| policy.judge(&report, TODAY)));
    }
    let written = open_vex(&[report], text, TODAY).to_string();
    assert!(decisions.vex("written.json", &written).is_ok());
});
