//! Decisions and gates, as a person gives them to the program.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

mod common;

use common::{Scene, text};
use serde_json::{Value, json};

const LOG4SHELL: &str = "CVE-2021-44228";

fn found<'a>(report: &'a Value, id: &str) -> &'a Value {
    report["findings"].as_array().unwrap().iter().find(|finding| finding["id"] == id).unwrap()
}

fn write(scene: &Scene, name: &str, text: &str) {
    std::fs::write(scene.path(name), text).unwrap();
}

/// An ignore file about one finding.
fn ignore(id: &str, until: &str) -> String {
    format!("[[ignore]]\nid = \"{id}\"\nreason = \"not reachable\"\nuntil = {until}\n")
}

#[test]
fn what_is_ignored_stays_in_the_report_and_out_of_the_gates() {
    let scene = Scene::new();
    write(&scene, "decided.toml", &ignore(LOG4SHELL, "2099-01-31"));
    write(&scene, "over.toml", &ignore(LOG4SHELL, "2020-01-31"));
    let gate =
        ["--checks", "vulnerabilities", "--fail-on", "critical", "--only-fixable", "--severity", "critical"];
    let run =
        |more: &[&str]| scene.run(&[&["scan", "--format", "json"], &gate[..], more, &["image"]].concat());
    let decided = run(&["--ignore-file", "decided.toml"]);
    let report: Value = serde_json::from_slice(&decided.stdout).unwrap();
    let suppressed = &found(&report, LOG4SHELL)["suppressed"];
    assert_eq!(suppressed["reason"], "not reachable");
    assert_eq!(suppressed["source"], "decided.toml:1");
    assert_eq!(suppressed["until"], "2099-01-31");
    let over = run(&["--ignore-file", "over.toml"]);
    let report: Value = serde_json::from_slice(&over.stdout).unwrap();
    assert_eq!(found(&report, LOG4SHELL)["suppressed"], Value::Null);
    assert!(text(&over.stderr).contains("2020-01-31"), "{}", text(&over.stderr));
    // Taken from the current directory without being named.
    write(&scene, ".lazaret.toml", &ignore(LOG4SHELL, "2099-01-31"));
    let report: Value = serde_json::from_slice(&run(&[]).stdout).unwrap();
    assert_eq!(found(&report, LOG4SHELL)["suppressed"]["source"], ".lazaret.toml:1");
}

#[test]
fn a_gate_fires_by_kind_and_not_for_what_is_decided() {
    let scene = Scene::new();
    let code = |arguments: &[&str]| {
        let output =
            scene.run(&[&["scan", "--checks", "vulnerabilities,software"], arguments, &["image"]].concat());
        output.status.code().unwrap()
    };
    assert_eq!(code(&["--fail-on", "vulnerabilities=critical"]), 2);
    assert_eq!(code(&["--fail-on", "secrets=low"]), 0);
    assert_eq!(code(&["--fail-on", "rubbish"]), 1);
    let ids = scene.report(&["--checks", "vulnerabilities", "image"]);
    let mut all = String::new();
    for finding in ids["findings"].as_array().unwrap() {
        all.push_str(&ignore(finding["id"].as_str().unwrap(), "2099-01-31"));
    }
    write(&scene, "all.toml", &all);
    assert_eq!(code(&["--fail-on", "low", "--ignore-file", "all.toml"]), 0);
    write(
        &scene,
        "gate.toml",
        "[[rule]]\nname = \"no-known-exploited\"\nkinds = [\"vulnerabilities\"]\nknown_exploited = true\n",
    );
    assert_eq!(code(&["--policy", "gate.toml"]), 2);
    assert_eq!(code(&["--policy", "gate.toml", "--ignore-file", "all.toml"]), 0);
}

#[test]
fn a_rule_file_that_is_wrong_says_where() {
    let scene = Scene::new();
    write(&scene, "bad.toml", "[[ignore]]\nid = \"CVE-1\"\nuntil = 2099-01-01\n");
    let output = scene.run(&["scan", "--ignore-file", "bad.toml", "image"]);
    assert_eq!(output.status.code(), Some(1));
    let said = text(&output.stderr);
    assert!(said.contains("bad.toml") && said.contains("line") && said.contains("reason"), "{said}");
}

#[test]
fn vex_goes_in_and_comes_out() {
    let scene = Scene::new();
    let report = scene.report(&["--checks", "vulnerabilities", "image"]);
    let purl = found(&report, LOG4SHELL)["purl"].as_str().unwrap();
    let vex = json!({
        "@context": "https://openvex.dev/ns/v0.2.0",
        "@id": "https://example.com/vex/1",
        "author": "a team",
        "timestamp": "2026-01-02T03:04:05Z",
        "version": 1,
        "statements": [{
            "vulnerability": { "name": LOG4SHELL },
            "products": [{ "@id": purl }],
            "status": "not_affected",
            "justification": "vulnerable_code_not_in_execute_path",
        }],
    });
    write(&scene, "vex.json", &vex.to_string());
    let arguments =
        ["--checks", "vulnerabilities", "--vex", "vex.json", "--report", "openvex=out.json", "image"];
    let report = scene.report(&arguments);
    assert_eq!(found(&report, LOG4SHELL)["suppressed"]["status"], "not_affected");
    // What came out says the same when it goes in.
    let again = scene.report(&["--checks", "vulnerabilities", "--vex", "out.json", "image"]);
    assert_eq!(found(&again, LOG4SHELL)["suppressed"]["status"], "not_affected");
}

#[test]
fn an_sbom_of_ours_gives_the_findings_of_the_image() {
    let scene = Scene::new();
    let arguments =
        ["--checks", "vulnerabilities,software", "--report", "cyclonedx=c.json", "--report", "spdx=s.json"];
    let image = scene.report(&[&arguments[..], &["image"]].concat());
    let ids = |report: &Value| -> Vec<String> {
        let findings = report["findings"].as_array().unwrap().iter();
        findings.map(|finding| format!("{} {}", finding["id"], finding["purl"])).collect()
    };
    for sbom in ["c.json", "s.json"] {
        let report = scene.report(&["--checks", "vulnerabilities,software", "--sbom", sbom]);
        assert_eq!(report["image"]["source"], "sbom");
        let (mut listed, mut scanned) = (ids(&report), ids(&image));
        listed.sort();
        listed.dedup();
        scanned.sort();
        scanned.dedup();
        assert_eq!(listed, scanned, "{sbom}");
    }
    let output = scene.run(&["scan", "--sbom", "key"]);
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn the_rules_of_the_guide_are_taken() {
    let scene = Scene::new();
    let guide = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/rules.md");
    let guide = text(&bounded::read_file(&guide, 1 << 20).unwrap());
    let mut blocks = guide.split("```toml\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    write(&scene, "checks.toml", blocks.next().unwrap());
    write(&scene, "rules.toml", blocks.next().unwrap());
    let arguments = ["--baseline-rules", "checks.toml", "--compliance-rules", "rules.toml", "image"];
    let report = scene.report(&[&["--checks", "baseline,compliance"], &arguments[..]].concat());
    let checks = report["baseline"].as_array().unwrap();
    let own = checks.iter().find(|check| check["id"] == "OUR-0001").unwrap();
    assert_eq!(own["outcome"], "not_applicable");
    write(&scene, "checks.toml", "category = \"x\"\n[[check]]\nid = 7\n");
    let output = scene.run(&[&["scan"], &arguments[..]].concat());
    let said = text(&output.stderr);
    assert!(said.contains("checks.toml") && said.contains("line 3"), "{said}");
}
