use model::{Finding, Suppression, SuppressionStatus};
use serde_json::Value;

use super::{report, secret, vulnerability};
use crate::{Decisions, open_vex};

fn suppressed(mut finding: Finding, status: SuppressionStatus, reason: &str) -> Finding {
    let (source, reason) = ("us".to_owned(), reason.to_owned());
    finding.suppressed = Some(Suppression { status, source, reason, until: Some("2027-01-31".to_owned()) });
    finding
}

fn findings() -> Vec<Finding> {
    let known = "vulnerable_code_not_present: built without it";
    vec![
        suppressed(vulnerability("CVE-1", "openssl"), SuppressionStatus::NotAffected, known),
        suppressed(vulnerability("CVE-1", "libssl3"), SuppressionStatus::NotAffected, known),
        suppressed(vulnerability("CVE-2", "openssl"), SuppressionStatus::NotAffected, "code_not_reachable"),
        suppressed(vulnerability("CVE-3", "openssl"), SuppressionStatus::Fixed, "patched here"),
        suppressed(vulnerability("CVE-4", "openssl"), SuppressionStatus::FalsePositive, "another openssl"),
        suppressed(
            vulnerability("CVE-5", "openssl"),
            SuppressionStatus::Accepted,
            "not reachable from outside",
        ),
        suppressed(vulnerability("CVE-6", "openssl"), SuppressionStatus::NotAffected, ""),
        vulnerability("CVE-1", "curl"),
        secret("a.key", "f"),
    ]
}

fn statement<'a>(document: &'a Value, id: &str, status: &str) -> &'a Value {
    let statements = document["statements"].as_array().unwrap();
    let is_it =
        |statement: &&Value| statement["vulnerability"]["name"] == id && statement["status"] == status;
    statements.iter().find(is_it).unwrap()
}

#[test]
fn what_is_written_and_read_again_suppresses_the_same() {
    let document = open_vex(&[report(findings())], "us", "2026-11-21T00:00:00Z").to_string();
    let mut decisions = Decisions::default();
    decisions.vex("out.json", &document).unwrap();
    let mut bare = report(findings());
    bare.findings.iter_mut().for_each(|finding| finding.suppressed = None);
    let notices = decisions.apply(&mut bare);
    assert!(notices.is_empty(), "{notices:?}");
    for (before, after) in findings().iter().zip(&bare.findings) {
        // OpenVEX has no word for a false positive, and holds what was accepted to be affected.
        let expected = before.suppressed.as_ref().and_then(|suppression| match suppression.status {
            SuppressionStatus::Accepted => None,
            SuppressionStatus::Fixed => Some(SuppressionStatus::Fixed),
            SuppressionStatus::NotAffected | SuppressionStatus::FalsePositive => {
                Some(SuppressionStatus::NotAffected)
            }
        });
        let found = after.suppressed.as_ref().map(|suppression| suppression.status);
        assert_eq!(found, expected, "{}", before.key());
    }
    let mut other = report(findings());
    other.image.name = "registry.example/team/other:1.0".to_owned();
    other.findings.iter_mut().for_each(|finding| finding.suppressed = None);
    decisions.apply(&mut other);
    assert!(other.findings.iter().all(|finding| finding.suppressed.is_none()), "it is about one image");
}

#[test]
fn an_image_without_a_name_is_known_by_its_digest() {
    let mut nameless = report(findings());
    nameless.image.name = "/tmp/a b.tar".to_owned();
    nameless.image.digest = None;
    nameless.image.image_id = Some(format!("sha256:{}", "d".repeat(64)));
    let document = open_vex(&[nameless.clone()], "us", "2026-11-21T00:00:00Z").to_string();
    let mut decisions = Decisions::default();
    decisions.vex("out.json", &document).unwrap();
    nameless.findings.iter_mut().for_each(|finding| finding.suppressed = None);
    decisions.apply(&mut nameless);
    assert_eq!(nameless.findings.iter().filter(|finding| finding.suppressed.is_some()).count(), 6);
}

#[test]
fn statements_say_what_the_specification_asks_for() {
    let document = open_vex(&[report(findings())], "us", "2026-11-21T00:00:00Z");
    assert_eq!(document["@context"], "https://openvex.dev/ns/v0.2.0");
    assert_eq!((&document["author"], &document["version"]), (&Value::from("us"), &Value::from(1)));
    for statement in document["statements"].as_array().unwrap() {
        let has = |field: &str| statement[field].as_str().is_some_and(|text| !text.is_empty());
        match statement["status"].as_str().unwrap() {
            "not_affected" => assert!(has("justification") || has("impact_statement"), "{statement}"),
            "affected" => assert!(has("action_statement"), "{statement}"),
            status => assert_eq!(status, "fixed"),
        }
        for product in statement["products"].as_array().unwrap() {
            assert_eq!(product["@id"], product["identifiers"]["purl"]);
            assert!(!product["subcomponents"].as_array().unwrap().is_empty());
        }
    }
    let one = statement(&document, "CVE-1", "not_affected");
    assert_eq!(one["justification"], "vulnerable_code_not_present");
    assert_eq!(one["impact_statement"], "built without it");
    assert_eq!(one["products"][0]["subcomponents"].as_array().unwrap().len(), 2, "said of both at once");
    assert_eq!(
        statement(&document, "CVE-2", "not_affected")["justification"],
        "vulnerable_code_not_in_execute_path"
    );
    let accepted = statement(&document, "CVE-5", "affected");
    assert_eq!(accepted["action_statement"], "accepted until 2027-01-31: not reachable from outside");
}

#[test]
fn the_id_follows_from_what_is_said() {
    let id = |findings, timestamp| open_vex(&[report(findings)], "us", timestamp)["@id"].clone();
    let first = id(findings(), "2026-11-21T00:00:00Z");
    assert_eq!(first, id(findings(), "2026-11-22T00:00:00Z"));
    assert_ne!(first, id(Vec::new(), "2026-11-21T00:00:00Z"));
}
