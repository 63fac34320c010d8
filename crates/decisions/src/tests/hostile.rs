use std::time::{Duration, Instant};

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{TODAY, report, vulnerability};
use crate::{Decisions, Error, Policy};

fn refused(text: &str) -> Error {
    Decisions::default().vex("v.json", text).unwrap_err()
}

#[test]
fn refuses_what_is_no_vex_document() {
    for text in [
        "",
        "[]",
        "{}",
        "null",
        "{\"@context\": 1}",
        "{\"@context\": \"https://example.com\"}",
        "{\"bomFormat\":\"x\"}",
    ] {
        refused(text);
    }
    let truncated = "{\n  \"@context\": \"https://openvex.dev/ns/v0.2.0\",\n  \"statements\": [{";
    let Error::File { line, column, .. } = refused(truncated) else { panic!("a place is given") };
    assert_eq!((line, column), (3, 18));
    let wrong = "{\"@context\": \"https://openvex.dev/ns/v0.2.0\",\n\"statements\": {}}";
    assert!(matches!(refused(wrong), Error::File { line: 2, .. }));
}

#[test]
fn refuses_documents_with_words_it_does_not_know() {
    let open_vex = |status: &str, vulnerability: Value| {
        json!({ "@context": "https://openvex.dev/ns/v0.2.0",
            "statements": [{ "vulnerability": vulnerability, "products": ["a"], "status": status }] })
        .to_string()
    };
    for (text, part) in [
        (open_vex("unaffected", json!("CVE-1")), "`unaffected` is not a status"),
        (open_vex("fixed", Value::Null), "no vulnerability"),
        (open_vex("fixed", json!({ "name": "a", "aliases": vec!["b"; 99] })), ""),
        (json!({ "document": { "csaf_version": "1.0" } }).to_string(), "`1.0` is not known"),
        (json!({ "document": {} }).to_string(), "csaf_version"),
        (json!({ "bomFormat": "CycloneDX", "vulnerabilities": [{ "id": "a", "analysis": { "state": "fine" } }] }).to_string(), "`fine`"),
    ] {
        match Decisions::default().vex("v.json", &text) {
            Err(error) => assert!(!part.is_empty() && error.to_string().contains(part), "{error}"),
            Ok(()) => assert!(part.is_empty(), "{text}"),
        }
    }
    let many: Vec<String> = (0..100).map(|at| format!("CVE-{at}")).collect();
    assert!(refused(&open_vex("fixed", json!({ "aliases": many }))).to_string().contains("more than 64 ids"));
}

#[test]
fn notices_and_errors_hold_nothing_that_a_terminal_obeys() {
    let text = |id: &str, status: &str| {
        json!({ "@context": "https://openvex.dev/ns/v0.2.0", "@id": "\u{1b}[2J",
            "statements": [{ "vulnerability": id, "products": ["\u{1b}]0;x\u{7}"], "status": status }] })
        .to_string()
    };
    let id = "CVE-\u{1b}[31m";
    let mut decisions = Decisions::default();
    decisions.vex("v.json", &text(id, "fixed")).unwrap();
    let notices = decisions.apply(&mut report(vec![vulnerability(id, "a")]));
    assert_eq!(notices.len(), 1);
    let shown = format!("{} {} {}", notices[0].source, notices[0].subject, refused(&text(id, "\u{1b}[2J")));
    assert!(!shown.contains(char::is_control), "{shown:?}");
}

#[test]
fn deep_documents_are_refused_and_not_followed() {
    for (open, close) in [("[", "]"), ("{\"branches\":[", "]}"), ("{\"components\":[", "]}")] {
        let depth = 100_000;
        let text = format!(
            "{{\"document\":{{\"csaf_version\":\"2.0\"}},\"bomFormat\":{}1{}}}",
            open.repeat(depth),
            close.repeat(depth)
        );
        refused(&text);
    }
    let depth = 10_000;
    for (head, open) in [
        ("{\"document\":{\"csaf_version\":\"2.0\"},\"product_tree\":{\"branches\":[", "{\"branches\":["),
        ("{\"bomFormat\":\"CycloneDX\",\"metadata\":{\"x\":[", "["),
        ("{\"bomFormat\":\"CycloneDX\",\"metadata\":{\"component\":{\"components\":[", "{\"components\":["),
    ] {
        drop(Decisions::default().vex("v.json", &format!("{head}{}", open.repeat(depth))).unwrap_err());
    }
    let deep = "a = ".to_owned() + &"[".repeat(100_000);
    assert!(Decisions::default().ignore_file("a.toml", &deep, TODAY).is_err());
}

#[test]
fn small_documents_do_not_grow_by_references() {
    let started = Instant::now();
    let ids: Vec<String> = (0..3000).map(|at| format!("p{at}")).collect();
    let long = "x".repeat(100_000);
    let products: Vec<Value> = ids
        .iter()
        .map(|id| json!({ "product_id": id, "name": "x", "product_identification_helper": { "purl": format!("pkg:npm/{id}") } }))
        .collect();
    let document = json!({
        "document": { "csaf_version": "2.0" },
        "product_tree": { "full_product_names": products, "product_groups": [{ "group_id": "all", "product_ids": ids }] },
        "vulnerabilities": [{
            "cve": "CVE-2026-1",
            "product_status": { "known_not_affected": ids },
            "threats": [{ "category": "impact", "details": long, "group_ids": ["all"] }],
            "flags": vec![json!({ "label": "component_not_present", "group_ids": ["all"] }); 3000],
        }],
    });
    let mut decisions = Decisions::default();
    decisions.vex("v.json", &document.to_string()).unwrap();
    decisions.apply(&mut report(vec![vulnerability("CVE-2026-1", "a")]));
    assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,200}") {
        let mut decisions = Decisions::default();
        drop(decisions.vex("v.json", &text));
        drop(decisions.ignore_file("a.toml", &text, TODAY));
        drop(Policy::parse("p.toml", &text));
        drop(crate::parse_fail_on(&text));
    }

    #[test]
    fn any_names_are_read_or_told(product in "(pkg:)?\\PC{0,60}", id in "\\PC{1,20}", status in 0..4_usize) {
        let status = ["not_affected", "affected", "fixed", "under_investigation"][status];
        let text = json!({ "@context": "https://openvex.dev/ns/v0.2.0",
            "statements": [{ "vulnerability": id, "products": [{ "@id": product, "subcomponents": [product] }], "status": status }] });
        let mut decisions = Decisions::default();
        drop(decisions.vex("v.json", &text.to_string()));
        decisions.apply(&mut report(vec![vulnerability(&id, "a")]));
    }
}
