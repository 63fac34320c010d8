use std::fmt::Write;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{TODAY, report, vulnerability};
use crate::Decisions;

const MANY: usize = 5000;

/// Twenty times what each of the two takes in a debug build; work that grows with the square takes longer.
const LONGEST: Duration = Duration::from_secs(4);

#[test]
fn thousands_of_findings_meet_thousands_of_decisions() {
    let mut entries = String::new();
    for at in 0..MANY {
        writeln!(entries, "[[ignore]]\nid = \"CVE-A-{at}\"\nreason = \"r\"\nuntil = 2027-01-31").unwrap();
    }
    let statements: Vec<Value> = (0..MANY)
        .map(|at| json!({ "vulnerability": format!("CVE-B-{at}"), "products": ["pkg:deb/debian/p"], "status": "fixed" }))
        .collect();
    let document =
        json!({ "@context": "https://openvex.dev/ns/v0.2.0", "statements": statements }).to_string();
    let mut decisions = Decisions::default();
    let started = Instant::now();
    decisions.ignore_file("a.toml", &entries, TODAY).unwrap();
    decisions.vex("v.json", &document).unwrap();
    let read = started.elapsed();
    let findings =
        (0..MANY).map(|at| vulnerability(&format!("CVE-{}-{at}", if at % 2 == 0 { "A" } else { "B" }), "p"));
    let mut report = report(findings.collect());
    let started = Instant::now();
    decisions.apply(&mut report);
    let applied = started.elapsed();
    println!("read in {read:?}, applied in {applied:?}");
    assert!(report.findings.iter().all(|finding| finding.suppressed.is_some()));
    assert!(read < LONGEST, "{read:?}");
    assert!(applied < LONGEST, "{applied:?}");
}

#[test]
fn one_vulnerability_of_many_packages_is_decided_for_each() {
    let statements: Vec<Value> = (0..MANY)
        .map(|at| json!({ "vulnerability": "CVE-1", "products": [format!("pkg:deb/debian/p{at}")], "status": "fixed" }))
        .collect();
    let document =
        json!({ "@context": "https://openvex.dev/ns/v0.2.0", "statements": statements }).to_string();
    let mut decisions = Decisions::default();
    decisions.vex("v.json", &document).unwrap();
    let mut report = report((0..MANY).map(|at| vulnerability("CVE-1", &format!("p{at}"))).collect());
    let started = Instant::now();
    decisions.apply(&mut report);
    let applied = started.elapsed();
    println!("applied to one vulnerability in {applied:?}");
    assert!(report.findings.iter().all(|finding| finding.suppressed.is_some()));
    assert!(applied < LONGEST, "{applied:?}");
}
