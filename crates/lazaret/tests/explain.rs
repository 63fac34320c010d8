//! `lazaret explain`, and whose bundles are taken.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failure here is a failed test")]

mod common;

use common::{Scene, text};
use serde_json::Value;

/// A vulnerability that the sample image has, as its JSON report tells it.
fn vulnerability(scene: &Scene) -> Value {
    let report = scene.report(&["--checks", "vulnerabilities,software", "oci-layout:image"]);
    std::fs::write(scene.path("report.json"), serde_json::to_vec(&report).unwrap()).unwrap();
    let findings = report["findings"].as_array().unwrap();
    findings.iter().find(|finding| finding["kind"] == "vulnerabilities").unwrap().clone()
}

#[test]
fn tells_why_a_finding_is_there_in_words_and_as_json() {
    let scene = Scene::new();
    let finding = vulnerability(&scene);
    let id = finding["id"].as_str().unwrap();
    let output = scene.run(&["explain", id, "oci-layout:image", "--checks", "vulnerabilities,software"]);
    let words = text(&output.stdout);
    assert!(output.status.success(), "{}", text(&output.stderr));
    for expected in [
        id,
        finding["purl"].as_str().unwrap(),
        finding["installed_version"].as_str().unwrap(),
        finding["advisories"][0].as_str().unwrap(),
        "decision   affected",
        "severity",
    ] {
        assert!(words.contains(expected), "{expected}: {words}");
    }
    let json = scene.run(&["explain", id, "report.json", "--format", "json"]);
    let json: Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(json[0]["findings"][0]["id"], id);
    assert_eq!(json[0]["packages"][0]["decision"]["outcome"], "affected");
    assert!(!json[0]["packages"][0]["records"][0]["range"].as_str().unwrap().is_empty());
    let chinese = text(&scene.run(&["explain", id, "report.json", "--lang", "zh"]).stdout);
    assert!(chinese.contains("受影响") && chinese.contains("严重级别"), "{chinese}");
}

#[test]
fn tells_why_a_finding_is_not_there() {
    let scene = Scene::new();
    let finding = vulnerability(&scene);
    let id = finding["id"].as_str().unwrap();
    let mut report: Value =
        serde_json::from_slice(&bounded::read_file(&scene.path("report.json"), 1 << 26).unwrap()).unwrap();
    for package in report["packages"].as_array_mut().unwrap() {
        package["version"] = "99999.0".into();
        package["source"] = Value::Null;
    }
    report["findings"] = Value::Array(Vec::new());
    std::fs::write(scene.path("mended.json"), serde_json::to_vec(&report).unwrap()).unwrap();
    let words = text(&scene.run(&["explain", id, "mended.json"]).stdout);
    assert!(words.contains("not affected: no record holds this version"), "{words}");
    let words = text(&scene.run(&["explain", "CVE-1999-99999", "mended.json"]).stdout);
    assert!(words.contains("no advisory that is known names it"), "{words}");
    assert_eq!(scene.run(&["explain", id, "report.json", "--format", "sarif"]).status.code(), Some(1));
    std::fs::write(scene.path("broken.json"), "{").unwrap();
    assert_eq!(scene.run(&["explain", id, "broken.json"]).status.code(), Some(1));
}

#[test]
fn a_bundle_of_a_stranger_is_refused_until_its_key_is_named() {
    let scene = Scene::new();
    let exported = text(&scene.run(&["db", "export", "bundle"]).stdout);
    let key = exported.lines().last().unwrap().strip_prefix("signed with ").unwrap().to_owned();
    std::fs::rename(scene.path("home"), scene.path("elsewhere")).unwrap();
    let import = |more: &[&str]| scene.run(&[&["db", "--db", "other", "import", "bundle"], more].concat());
    let refused = import(&[]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(text(&refused.stderr).contains(&key));
    assert!(import(&["--public-key", &key]).status.success());
    assert!(import(&["--trust-anybody"]).status.success());
    let nonsense = import(&["--public-key", "abc"]);
    assert!(text(&nonsense.stderr).contains("64 hexadecimal digits"));
}

#[test]
fn an_unknown_feed_is_refused_by_name() {
    let scene = Scene::new();
    let output = scene.run(&["db", "update", "--mirror", ".", "--feeds", "nonsense"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("debian-tracker"), "{}", text(&output.stderr));
}
