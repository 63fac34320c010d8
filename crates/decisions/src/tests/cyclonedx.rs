use model::SuppressionStatus::{FalsePositive, Fixed, NotAffected};
use serde_json::{Value, json};

use super::{status, vexed, vulnerability};
use crate::NoticeKind;

const SERIAL: &str = "urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79";

/// A document about an image or about none, whose one vulnerability is in `affects`.
fn document(about: Option<&str>, state: &str, affects: &Value) -> String {
    let component =
        about.map(|name| json!({ "type": "container", "bom-ref": "root", "name": name, "version": "1.0" }));
    json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": SERIAL,
        "metadata": { "timestamp": "2026-01-01T00:00:00Z", "component": component },
        "components": [{
            "type": "library", "bom-ref": "outer", "name": "outer",
            "components": [{ "type": "library", "bom-ref": "ssl", "name": "openssl", "purl": "pkg:deb/debian/openssl@1.0-1" }],
        }],
        "vulnerabilities": [{
            "id": "CVE-2026-1",
            "analysis": { "state": state, "justification": "code_not_reachable", "detail": "never called" },
            "affects": affects,
        }],
    })
    .to_string()
}

#[test]
fn references_are_components_package_urls_and_links() {
    let own = format!("urn:cdx:{}/1#ssl", SERIAL.trim_start_matches("urn:uuid:"));
    let elsewhere = "urn:cdx:00000000-0000-0000-0000-000000000000/1";
    for (reference, expected) in [
        ("ssl", true),
        ("pkg:deb/debian/openssl", true),
        ("pkg:deb/debian/curl", false),
        (own.as_str(), true),
        (&format!("{elsewhere}#ssl"), false),
        (&format!("{elsewhere}#pkg%3Adeb/debian/openssl%401.0-1"), true),
        ("outer", false),
        ("missing", false),
    ] {
        let text = document(None, "not_affected", &json!([{ "ref": reference }]));
        assert_eq!(status(&[&text]), expected.then_some(NotAffected), "{reference}");
    }
}

#[test]
fn what_is_said_of_one_image_is_not_said_of_another() {
    for (image, reference, expected) in [
        ("registry.example/team/shop", "ssl", true),
        ("registry.example/team/shop", "root", true),
        ("registry.example/team/other", "ssl", false),
        ("registry.example/team/other", "root", false),
    ] {
        let text = document(Some(image), "not_affected", &json!([{ "ref": reference }]));
        assert_eq!(status(&[&text]), expected.then_some(NotAffected), "{reference} of {image}");
    }
}

#[test]
fn states_have_their_meaning() {
    for (state, expected) in [
        ("resolved", Some(Fixed)),
        ("resolved_with_pedigree", Some(Fixed)),
        ("false_positive", Some(FalsePositive)),
        ("exploitable", None),
        ("in_triage", None),
    ] {
        assert_eq!(status(&[&document(None, state, &json!([{ "ref": "ssl" }]))]), expected, "{state}");
    }
    let suppression = vexed(
        &[&document(None, "not_affected", &json!([{ "ref": "ssl" }]))],
        vulnerability("CVE-2026-1", "openssl"),
    );
    assert_eq!(suppression.0.unwrap().reason, "code_not_reachable: never called");
}

#[test]
fn versions_are_held_one_by_one_and_ranges_are_told() {
    let affects = |versions: Value| json!([{ "ref": "pkg:deb/debian/openssl", "versions": versions }]);
    let at = |version: &str| document(None, "not_affected", &affects(json!([{ "version": version }])));
    assert_eq!(status(&[&at("1.0-1")]), Some(NotAffected));
    assert_eq!(status(&[&at("1.0-2")]), None);
    let unaffected = affects(json!([{ "version": "1.0-1", "status": "unaffected" }, { "version": "1.0-2" }]));
    assert_eq!(status(&[&document(None, "exploitable", &unaffected)]), Some(NotAffected));
    let range = document(None, "not_affected", &affects(json!([{ "range": "vers:deb/<2" }])));
    let (suppression, notices) = vexed(&[&range], vulnerability("CVE-2026-1", "openssl"));
    assert_eq!(suppression, None);
    assert_eq!(notices.iter().map(|notice| notice.kind).collect::<Vec<_>>(), [NoticeKind::Undecided]);
}
