use model::SuppressionStatus::{Fixed, NotAffected};
use serde_json::{Value, json};

use super::{status, vexed, vulnerability};
use crate::NoticeKind;

fn product(id: &str, purl: Option<&str>) -> Value {
    match purl {
        Some(purl) => {
            json!({ "product_id": id, "name": id, "product_identification_helper": { "purl": purl } })
        }
        None => json!({ "product_id": id, "name": id }),
    }
}

/// A document in which `vulnerability` is said of the products `openssl`, `curl`, `image`, `platform` and of the
/// relationships `openssl-in-image` and `openssl-in-platform`.
fn document(vulnerability: &Value) -> String {
    let leaf = |product: Value| json!({ "category": "product_version", "name": "x", "product": product });
    let relationship = |component: &str, whole: &str| {
        json!({
            "category": "default_component_of",
            "product_reference": component,
            "relates_to_product_reference": whole,
            "full_product_name": { "product_id": format!("{component}-in-{whole}"), "name": "both" },
        })
    };
    json!({
        "document": {
            "category": "csaf_vex", "csaf_version": "2.0", "title": "x",
            "tracking": { "id": "EX-2026-1", "current_release_date": "2026-01-01T00:00:00Z" },
        },
        "product_tree": {
            "branches": [{
                "category": "vendor", "name": "Example",
                "branches": [
                    leaf(product("openssl", Some("pkg:deb/debian/openssl@1.0-1"))),
                    leaf(product("platform", None)),
                    leaf(json!({
                        "product_id": "image", "name": "image",
                        "product_identification_helper": { "purls": ["pkg:oci/shop?tag=1.0"] },
                    })),
                ],
            }],
            "full_product_names": [product("curl", Some("pkg:deb/debian/curl")), product("registry.example/team/shop:1.0", None)],
            "relationships": [relationship("openssl", "image"), relationship("openssl", "platform")],
            "product_groups": [{ "group_id": "all", "product_ids": ["openssl", "openssl-in-image"] }],
        },
        "vulnerabilities": [vulnerability],
    })
    .to_string()
}

fn said(status: &str, product: &str) -> String {
    document(&json!({ "cve": "CVE-2026-1", "product_status": { status: [product] } }))
}

#[test]
fn products_are_packages_images_and_packages_in_images() {
    for (product, expected) in [
        ("openssl", true),
        ("curl", false),
        ("image", true),
        ("registry.example/team/shop:1.0", true),
        ("openssl-in-image", true),
        ("platform", false),
        ("openssl-in-platform", false),
        ("missing", false),
    ] {
        assert_eq!(
            status(&[&said("known_not_affected", product)]),
            expected.then_some(NotAffected),
            "{product}"
        );
    }
}

#[test]
fn statuses_have_their_meaning() {
    assert_eq!(status(&[&said("fixed", "openssl")]), Some(Fixed));
    for stands in ["known_affected", "under_investigation", "last_affected"] {
        assert_eq!(
            status(&[&said("known_not_affected", "openssl"), &said(stands, "openssl")]),
            None,
            "{stands}"
        );
    }
    let both = document(&json!({
        "cve": "CVE-2026-1",
        "product_status": { "known_affected": ["openssl"], "known_not_affected": ["openssl"] },
    }));
    assert_eq!(status(&[&both]), None, "what stands holds against a document that says both");
}

#[test]
fn justifications_come_by_product_and_by_group() {
    let text = document(&json!({
        "ids": [{ "system_name": "x", "text": "CVE-2026-1" }],
        "product_status": { "known_not_affected": ["openssl"] },
        "flags": [
            { "label": "vulnerable_code_not_in_execute_path", "group_ids": ["all"] },
            { "label": "component_not_present", "product_ids": ["curl"] },
        ],
        "threats": [
            { "category": "impact", "details": "never called", "product_ids": ["openssl"] },
            { "category": "exploit_status", "details": "none known" },
        ],
    }));
    let suppression = vexed(&[&text], vulnerability("CVE-2026-1", "openssl")).0.unwrap();
    assert_eq!(suppression.reason, "never called: vulnerable_code_not_in_execute_path");
    assert_eq!(suppression.source, "1.json (EX-2026-1)");
}

#[test]
fn tells_of_products_that_are_not_known() {
    let (_, notices) =
        vexed(&[&said("known_not_affected", "openssl-in-platform")], vulnerability("CVE-2026-1", "openssl"));
    assert_eq!(notices.len(), 1);
    assert_eq!(notices[0].kind, NoticeKind::Undecided);
    assert_eq!(notices[0].subject, "cve-2026-1 openssl-in-platform");
}
