use std::collections::HashSet;

use serde_json::Value;

use super::write;
use crate::{Style, rich, schemas};

fn bom(reports: &[model::Report]) -> Value {
    let mut out = Vec::new();
    write(reports, Style::default(), &mut out).unwrap();
    serde_json::from_slice(&out).unwrap()
}

fn array<'a>(value: &'a Value, name: &str) -> &'a Vec<Value> {
    value[name].as_array().unwrap()
}

fn vulnerability<'a>(bom: &'a Value, id: &str) -> &'a Value {
    array(bom, "vulnerabilities").iter().find(|entry| entry["id"] == id).unwrap()
}

#[test]
fn follows_the_schema() {
    let schema = schemas::cyclonedx();
    schemas::assert_valid(&schema, &bom(&[rich::report()]));
    schemas::assert_valid(&schema, &bom(&[rich::report(), rich::report()]));
    schemas::assert_valid(&schema, &bom(&[]));
    let mut bare = rich::report();
    bare.findings.clear();
    bare.packages.clear();
    bare.layers.clear();
    bare.image = model::ImageSummary { created: Some(rich::HOSTILE.to_owned()), ..Default::default() };
    bare.distribution = None;
    schemas::assert_valid(&schema, &bom(&[bare]));
}

#[test]
fn every_reference_leads_to_one_component() {
    let bom = bom(&[rich::report(), rich::report()]);
    let mut names = HashSet::new();
    for list in ["components", "vulnerabilities", "annotations"] {
        for entry in array(&bom, list) {
            assert!(names.insert(entry["bom-ref"].as_str().unwrap()), "twice: {}", entry["bom-ref"]);
        }
    }
    let mut used: Vec<&Value> = Vec::new();
    for dependency in array(&bom, "dependencies") {
        used.push(&dependency["ref"]);
        used.extend(dependency.get("dependsOn").into_iter().flat_map(|on| on.as_array().unwrap()));
    }
    for vulnerability in array(&bom, "vulnerabilities") {
        used.extend(array(vulnerability, "affects").iter().map(|affected| &affected["ref"]));
    }
    for annotation in array(&bom, "annotations") {
        used.extend(array(annotation, "subjects"));
    }
    for name in used {
        assert!(names.contains(name.as_str().unwrap()), "{name}");
    }
}

#[test]
fn a_language_package_hangs_on_the_system_package_that_brought_it() {
    let bom = bom(&[rich::report()]);
    let of = |name: &str| {
        let found = array(&bom, "dependencies").iter().find(|entry| entry["ref"] == name).unwrap();
        found.get("dependsOn").map(|on| on.as_array().unwrap().clone()).unwrap_or_default()
    };
    assert_eq!(
        of("pkg:deb/debian/python3-yaml@6.0-3?arch=amd64&distro=debian-12"),
        [Value::from("pkg:pypi/pyyaml@6.0")]
    );
    let direct = of(bom["metadata"]["component"]["bom-ref"].as_str().unwrap());
    assert_eq!(direct.len(), 4);
    assert!(!direct.contains(&Value::from("pkg:pypi/pyyaml@6.0")));
}

#[test]
fn decisions_are_the_state_of_vulnerabilities() {
    let bom = bom(&[rich::report()]);
    let analysis = |id| &vulnerability(&bom, id)["analysis"];
    assert_eq!(analysis("CVE-2026-0004")["state"], "not_affected");
    assert_eq!(analysis("CVE-2026-0004")["justification"], "code_not_reachable");
    assert_eq!(analysis("CVE-2026-0005")["state"], "resolved");
    assert_eq!(analysis("CVE-2026-0006")["state"], "false_positive");
    assert_eq!(analysis("CVE-2026-0007")["response"][0], "will_not_fix");
    assert!(analysis("CVE-2026-0001").is_null());
}

#[test]
fn ratings_name_their_method_and_weaknesses_are_numbers() {
    let bom = bom(&[rich::report()]);
    let found = vulnerability(&bom, "CVE-2026-0001");
    let methods: Vec<&str> =
        array(found, "ratings").iter().map(|rating| rating["method"].as_str().unwrap()).collect();
    assert_eq!(methods, ["other", "CVSSv31", "CVSSv4", "other"]);
    assert_eq!(found["cwes"], serde_json::json!([79, 125]));
    assert_eq!(
        found["affects"][0]["ref"],
        "pkg:deb/debian/libssl3@3.0.14-1~deb12u1?arch=amd64&distro=debian-12"
    );
}

#[test]
fn other_kinds_and_gaps_are_annotations() {
    let report = rich::report();
    let bom = bom(std::slice::from_ref(&report));
    let others = report.findings.iter().filter(|f| f.kind() != model::FindingKind::Vulnerabilities).count();
    assert_eq!(array(&bom, "annotations").len(), others + report.gaps.len());
    let forbidden = array(&bom, "annotations")
        .iter()
        .find(|entry| entry["text"].as_str().unwrap().contains("GPL-3.0-only"));
    assert_eq!(forbidden.unwrap()["subjects"][0], "pkg:npm/lodash@4.17.15");
}

#[test]
fn findings_that_differ_only_in_the_package_are_one_entry() {
    let mut report = rich::report();
    let mut again = report.packages.iter().find(|package| package.name == "lodash").unwrap().clone();
    again.paths = vec!["srv/lodash/package.json".to_owned()];
    report.packages.push(again);
    let mut finding = report.findings.iter().find(|finding| finding.id == "CVE-2026-0002").unwrap().clone();
    if let model::Detail::Vulnerability(found) = &mut finding.detail {
        found.paths = vec!["srv/lodash/package.json".to_owned()];
    }
    report.findings.push(finding);
    let bom = bom(&[report]);
    let affected: Vec<&Value> = array(vulnerability(&bom, "CVE-2026-0002"), "affects")
        .iter()
        .map(|affected| &affected["ref"])
        .collect();
    assert_eq!(affected, ["pkg:npm/lodash@4.17.15", "pkg:npm/lodash@4.17.15|2"]);
}

#[test]
fn the_same_scan_gives_the_same_document() {
    let mut later = rich::report();
    later.stats.wall_ms = 1.0;
    assert_eq!(bom(&[rich::report()]), bom(&[later.clone()]));
    later.packages.pop();
    assert_ne!(bom(&[rich::report()])["serialNumber"], bom(&[later])["serialNumber"]);
}

#[test]
fn names_do_no_harm() {
    let mut out = Vec::new();
    write(&[rich::report()], Style::default(), &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    assert!(!text.contains(|c: char| (c.is_control() && c != '\n') || c == '\u{202e}'));
    assert!(!text.contains("\"url\": \"javascript:"));
    let bom: Value = serde_json::from_str(&text).unwrap();
    assert!(array(&bom, "components").iter().any(|entry| entry["name"] == rich::HOSTILE), "kept as it is");
    for annotation in array(&bom, "annotations") {
        let text = annotation["text"].as_str().unwrap();
        assert!(!text.lines().any(|line| line.starts_with("::")), "{text}");
    }
}

#[test]
fn is_what_it_was() {
    let mut report = rich::report();
    report.packages.retain(|package| package.name == "lodash" || package.name == "libssl3");
    report.findings.retain(|finding| {
        matches!(finding.id.as_str(), "CVE-2026-0001" | "CVE-2026-0004" | "license-copyleft" | "BASE-0001")
    });
    report.gaps.truncate(1);
    insta::assert_json_snapshot!(bom(&[report]));
}
