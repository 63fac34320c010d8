use std::collections::HashSet;

use serde_json::Value;

use super::write;
use crate::{Style, rich, schemas};

fn document(reports: &[model::Report]) -> Value {
    let mut out = Vec::new();
    write(reports, Style::default(), &mut out).unwrap();
    serde_json::from_slice(&out).unwrap()
}

fn array<'a>(value: &'a Value, name: &str) -> &'a Vec<Value> {
    value[name].as_array().unwrap()
}

fn package<'a>(document: &'a Value, name: &str) -> &'a Value {
    array(document, "packages").iter().find(|package| package["name"] == name).unwrap()
}

#[test]
fn follows_the_schema() {
    let schema = schemas::spdx();
    schemas::assert_valid(&schema, &document(&[rich::report()]));
    schemas::assert_valid(&schema, &document(&[rich::report(), rich::report()]));
    let mut bare = rich::report();
    bare.packages.clear();
    bare.layers.clear();
    bare.gaps.clear();
    bare.image = model::ImageSummary { created: Some(rich::HOSTILE.to_owned()), ..Default::default() };
    bare.distribution = None;
    let bare = document(&[bare]);
    schemas::assert_valid(&schema, &bare);
    assert_eq!(bare["creationInfo"]["created"], "1970-01-01T00:00:00Z");
}

#[test]
fn every_reference_leads_to_one_package() {
    let document = document(&[rich::report(), rich::report()]);
    let mut names = HashSet::from(["SPDXRef-DOCUMENT"]);
    for package in array(&document, "packages") {
        let name = package["SPDXID"].as_str().unwrap();
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '.' || c == '-';
        assert!(name.strip_prefix("SPDXRef-").unwrap().chars().all(plain), "{name}");
        assert!(names.insert(name), "twice: {name}");
    }
    for relationship in array(&document, "relationships") {
        for end in ["spdxElementId", "relatedSpdxElement"] {
            assert!(names.contains(relationship[end].as_str().unwrap()), "{relationship}");
        }
    }
}

#[test]
fn a_system_package_contains_what_it_brought() {
    let document = document(&[rich::report()]);
    let (owner, owned) =
        (&package(&document, "python3-yaml")["SPDXID"], &package(&document, "pyyaml")["SPDXID"]);
    let contains = array(&document, "relationships").iter().any(|relationship| {
        relationship["spdxElementId"] == *owner
            && relationship["relatedSpdxElement"] == *owned
            && relationship["relationshipType"] == "CONTAINS"
    });
    assert!(contains);
}

#[test]
fn licences_are_expressions_or_references_that_are_explained() {
    let document = document(&[rich::report()]);
    assert_eq!(package(&document, "lodash")["licenseDeclared"], "MIT OR CC0-1.0");
    assert_eq!(package(&document, "python3-yaml")["licenseDeclared"], "NOASSERTION");
    let mixed = package(&document, "pyyaml")["licenseDeclared"].as_str().unwrap();
    let named = mixed.strip_prefix("MIT AND ").unwrap();
    let explained =
        array(&document, "hasExtractedLicensingInfos").iter().find(|info| info["licenseId"] == named);
    assert_eq!(explained.unwrap()["extractedText"], "License :: OSI Approved :: MIT License");
}

#[test]
fn the_same_scan_gives_the_same_document() {
    let mut later = rich::report();
    later.stats.wall_ms = 1.0;
    assert_eq!(document(&[rich::report()]), document(&[later.clone()]));
    later.packages.pop();
    assert_ne!(document(&[rich::report()])["documentNamespace"], document(&[later])["documentNamespace"]);
}

#[test]
fn names_do_no_harm() {
    let mut out = Vec::new();
    write(&[rich::report()], Style::default(), &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    assert!(!text.contains(|c: char| (c.is_control() && c != '\n') || c == '\u{202e}'));
    let document: Value = serde_json::from_str(&text).unwrap();
    assert_one_line(&document);
}

/// No text has lines of its own, which could be taken for fields of the tag-value form.
fn assert_one_line(value: &Value) {
    match value {
        Value::String(text) => assert!(!text.contains(char::is_control), "{text:?}"),
        Value::Array(items) => items.iter().for_each(assert_one_line),
        Value::Object(members) => members.values().for_each(assert_one_line),
        _ => {}
    }
}

#[test]
fn is_what_it_was() {
    let mut report = rich::report();
    report.packages.retain(|package| matches!(package.name.as_str(), "python3-yaml" | "pyyaml"));
    report.gaps.truncate(1);
    insta::assert_json_snapshot!(document(&[report]));
}
