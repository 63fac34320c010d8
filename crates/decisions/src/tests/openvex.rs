use model::SuppressionStatus::{Accepted, Fixed, NotAffected};
use serde_json::{Value, json};

use super::{changed, report, status, vexed, vulnerability};
use crate::{Decisions, NoticeKind};

fn document(statements: &Value) -> String {
    json!({
        "@context": "https://openvex.dev/ns/v0.2.0",
        "@id": "https://example.com/vex-1",
        "author": "us",
        "timestamp": "2026-01-01T00:00:00Z",
        "version": 1,
        "statements": statements,
    })
    .to_string()
}

fn statement(products: &Value, status: &str) -> String {
    document(&json!([{
        "vulnerability": { "name": "CVE-2026-1" },
        "products": products,
        "status": status,
        "justification": "vulnerable_code_not_present",
        "impact_statement": "built without it",
    }]))
}

#[test]
fn products_are_packages_and_images() {
    let digest = format!("sha256:{}", "a".repeat(64));
    let image = format!("pkg:oci/shop@sha256%3A{}?repository_url=registry.example/team/shop", "a".repeat(64));
    let inside = json!([{ "@id": "pkg:deb/debian/openssl" }]);
    for (product, expected) in [
        (json!({ "@id": "pkg:deb/debian/openssl@1.0-1" }), true),
        (json!("pkg:deb/debian/openssl"), true),
        (json!({ "@id": "pkg:deb/debian/openssl@2.0-1" }), false),
        (json!({ "@id": "x", "identifiers": { "purl": "pkg:deb/debian/openssl?distro=debian-12" } }), true),
        (json!({ "@id": "pkg:deb/debian/openssl", "identifiers": { "purl": "pkg:deb/debian/curl" } }), false),
        (json!({ "@id": image }), true),
        (json!({ "@id": digest }), true),
        (json!({ "@id": "registry.example/team/shop:1.0" }), true),
        (json!({ "@id": "registry.example/team/shop:2.0" }), false),
        (json!({ "@id": image, "subcomponents": inside }), true),
        (json!({ "@id": image, "subcomponents": ["pkg:deb/debian/openssl@1.0-1"] }), true),
        (json!({ "@id": image, "subcomponents": [{ "@id": "pkg:deb/debian/curl" }] }), false),
        (json!({ "@id": "pkg:oci/other", "subcomponents": inside }), false),
        (json!({ "@id": "pkg:deb/debian/openssl", "subcomponents": inside }), false),
    ] {
        let found = status(&[&statement(&json!([product]), "not_affected")]);
        assert_eq!(found, expected.then_some(NotAffected), "{product}");
    }
}

#[test]
fn tells_where_a_decision_comes_from_and_why() {
    let text = statement(&json!(["pkg:deb/debian/openssl"]), "not_affected");
    let (suppression, notices) = vexed(&[&text], vulnerability("CVE-2026-1", "openssl"));
    let suppression = suppression.unwrap();
    assert_eq!(suppression.source, "1.json (https://example.com/vex-1)");
    assert_eq!(suppression.reason, "vulnerable_code_not_present: built without it");
    assert!(notices.is_empty());
}

#[test]
fn vulnerabilities_have_many_names() {
    let finding =
        || changed(vulnerability("GHSA-1", "openssl"), |found| found.aliases = vec!["CVE-2026-1".to_owned()]);
    for vulnerability in [
        json!("cve-2026-1"),
        json!({ "name": "GHSA-1" }),
        json!({ "name": "OTHER-1", "aliases": ["CVE-2026-1"] }),
        json!({ "@id": "https://nvd.nist.gov/vuln/detail/CVE-2026-1" }),
    ] {
        let text = document(&json!([{
            "vulnerability": vulnerability, "products": ["pkg:deb/debian/openssl"], "status": "fixed",
        }]));
        assert_eq!(vexed(&[&text], finding()).0.map(|found| found.status), Some(Fixed), "{vulnerability}");
    }
}

#[test]
fn the_latest_statement_holds() {
    let at = |status: &str, time: &str| {
        document(&json!([{
            "vulnerability": "CVE-2026-1", "products": ["pkg:deb/debian/openssl"], "status": status, "timestamp": time,
        }]))
    };
    let early = at("not_affected", "2026-02-01T08:00:00+08:00");
    let late = at("affected", "2026-02-01T00:00:01Z");
    assert_eq!(status(&[&early]), Some(NotAffected));
    assert_eq!(status(&[&early, &late]), None);
    assert_eq!(status(&[&late, &early]), None, "the order of files does not matter");
    let investigated = at("under_investigation", "2026-03-01T00:00:00Z");
    assert_eq!(status(&[&early, &investigated]), None);
    let fixed = at("fixed", "2026-04-01T00:00:00Z");
    assert_eq!(status(&[&investigated, &fixed, &late]), Some(Fixed));
    let same = at("affected", "2026-02-01T00:00:00Z");
    assert_eq!(status(&[&early, &same]), None, "of the same moment the one read last");
    assert_eq!(status(&[&same, &early]), Some(NotAffected));
}

#[test]
fn an_ignore_file_goes_before_what_others_say() {
    let mut decisions = Decisions::default();
    decisions.vex("a.json", &statement(&json!(["pkg:deb/debian/openssl"]), "affected")).unwrap();
    let entry = "[[ignore]]\nid = \"CVE-2026-1\"\nreason = \"r\"\nuntil = 2027-01-31\n";
    decisions.ignore_file("a.toml", entry, super::TODAY).unwrap();
    let mut report = report(vec![vulnerability("CVE-2026-1", "openssl")]);
    decisions.apply(&mut report);
    assert_eq!(report.findings[0].suppressed.clone().unwrap().status, Accepted);
}

#[test]
fn tells_what_cannot_be_decided() {
    for (products, part) in [
        (json!([]), "name no product"),
        (json!(["pkg:deb/debian/openssl@vers:deb/<2"]), "ranges"),
        (json!([{ "@id": "https://example.com/our product" }]), "neither a package URL nor an image"),
    ] {
        let (suppression, notices) =
            vexed(&[&statement(&products, "not_affected")], vulnerability("CVE-2026-1", "openssl"));
        assert_eq!(suppression, None, "{products}");
        assert_eq!(notices.len(), 1, "{products}");
        assert_eq!(notices[0].kind, NoticeKind::Undecided);
        assert!(notices[0].why.en.contains(part), "{products}: {}", notices[0].why.en);
        // Of a vulnerability that the image does not have there is nothing to tell but that.
        let (_, notices) =
            vexed(&[&statement(&products, "not_affected")], vulnerability("CVE-2026-2", "openssl"));
        assert_eq!(notices.iter().map(|notice| notice.kind).collect::<Vec<_>>(), [NoticeKind::Unused]);
    }
}
