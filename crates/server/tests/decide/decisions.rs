use http::Method;
use serde_json::{Value, json};

use crate::inventory::{counts, images};
use crate::{Server, servers, until};

fn about(rule: &str) -> Value {
    json!([{ "kind": "vulnerabilities", "rule": rule }])
}

/// The ids of findings that an export of vulnerabilities tells as open.
async fn open(server: &Server, image: i64) -> Vec<String> {
    let wanted =
        json!({ "subject": "vulnerabilities", "format": "json", "images": [image], "handled": false });
    let file = crate::exports::made(server, wanted).await;
    let rows = file.json()["rows"].as_array().unwrap().clone();
    rows.iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn counts_and_exports_follow_a_decision_and_its_end() {
    for server in &servers().await.all {
        server.work();
        let ids = images(&server.app, "default", &["shop", "copy"]).await;
        let (shop, copy) = (ids[0], ids[1]);
        let before = (1, 1, 3, 1, 0);
        assert_eq!(counts(&server.app, shop).await, before);
        let body = json!({
            "action": "ignore", "subjects": about("GHSA-CVE-1"), "remark": "known",
            "scope": { "type": "images", "images": [shop] },
        });
        let made = server.post("/decisions", body).await.expect(201);
        let id = made[0]["id"].as_i64().unwrap();
        assert_eq!(made[0]["state"], "active");
        // They are right as soon as the answer is there.
        assert_eq!(counts(&server.app, shop).await, (0, 1, 2, 1, 1));
        // A copy of the same digest by another name was not picked.
        assert_eq!(counts(&server.app, copy).await, before);
        assert_eq!(open(server, shop).await, ["CVE-2", "CVE-3"]);
        assert_eq!(open(server, copy).await, ["CVE-1", "CVE-2", "CVE-3"]);

        let detail = server.get(&format!("/decisions/{id}")).await.expect(200);
        assert_eq!((&detail["images"], &detail["findings"]), (&json!(1), &json!(1)));
        assert_eq!(detail["decision"]["scope"], json!({ "type": "images", "images": [shop] }));

        let wider = json!({ "scope": { "type": "names", "repositories": ["c*"] } });
        let path = format!("/decisions/{id}");
        server.ask(Method::PATCH, &path, Some(wider), &[]).await.expect(200);
        assert_eq!(counts(&server.app, shop).await, before);
        assert_eq!(counts(&server.app, copy).await, (0, 1, 2, 1, 1));

        server.post(&format!("{path}/revoke"), json!({ "remark": "wrong" })).await.expect(200);
        assert_eq!(counts(&server.app, copy).await, before);
        assert_eq!(open(server, copy).await.len(), 3);
        assert_eq!(server.post(&format!("{path}/revoke"), json!({})).await.status, 409);
        let listed = server.get("/decisions?state=revoked&rule=GHSA-CVE-1").await.expect(200);
        assert_eq!(listed["items"][0]["id"], json!(id));
        let history = server.get(&path).await.expect(200)["history"].clone();
        let told: Vec<&str> =
            history.as_array().unwrap().iter().map(|event| event["action"].as_str().unwrap()).collect();
        assert_eq!(told, ["created", "changed", "revoked"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deferral_that_is_over_counts_again() {
    for server in &servers().await.all {
        let image = images(&server.app, "default", &["shop"]).await[0];
        let body = json!({
            "action": "deferral", "subjects": about("CVE-1"), "scope": { "type": "all" },
            "until": store::now() + 1500,
        });
        server.post("/decisions", body).await.expect(201);
        assert_eq!(counts(&server.app, image).await, (0, 1, 2, 1, 1));
        tokio::time::sleep(std::time::Duration::from_millis(1600)).await;
        server.work();
        until("the end of the deferral", async || {
            (counts(&server.app, image).await == (1, 1, 3, 1, 0)).then_some(())
        })
        .await;
        let expired = server.get("/decisions?state=expired").await.expect(200);
        assert_eq!(expired["items"].as_array().unwrap().len(), 1);

        // Until a fix: what can be mended is not put off, what cannot is.
        let fix = json!({
            "action": "deferral", "scope": { "type": "all" }, "until_fix": true,
            "subjects": [{ "kind": "vulnerabilities", "package": "b*" }],
        });
        server.post("/decisions", fix).await.expect(201);
        assert_eq!(counts(&server.app, image).await, (1, 0, 2, 1, 1));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rejects_decisions_that_say_too_little_or_too_much() {
    for server in &servers().await.all {
        let image = images(&server.app, "default", &["shop"]).await[0];
        let foreign = images(&server.app, "other", &["other"]).await[0];
        let good = json!({ "action": "ignore", "subjects": about("CVE-1"), "scope": { "type": "all" } });
        for (field, value, status) in [
            ("subjects", json!([]), 400),
            ("subjects", json!([{ "kind": "secrets" }]), 400),
            ("subjects", json!([{ "kind": "secrets", "fingerprint": "aa" }]), 400),
            ("subjects", json!([{ "kind": "secrets", "fingerprint": "a".repeat(64) }]), 400),
            ("subjects", json!([{ "kind": "secrets", "rule": "a\u{0}b" }]), 400),
            ("subjects", json!([{ "kind": "secrets", "rule": "a", "other": 1 }]), 400),
            ("subjects", json!([{ "kind": "secrets", "path": "*".repeat(1001) }]), 400),
            ("scope", json!({ "type": "names" }), 400),
            ("scope", json!({ "type": "registries", "registries": ["a/b"] }), 400),
            ("scope", json!({ "type": "images", "images": [987_654] }), 404),
            ("scope", json!({ "type": "images", "images": [image, foreign] }), 400),
            ("action", json!("deferral"), 400),
            ("until", json!(1), 400),
            ("until", json!(i64::MAX), 400),
            ("remark", json!("x".repeat(1025)), 400),
            ("project_id", json!(987_654), 404),
            // There are two projects, and none is named.
            ("remark", json!(""), 400),
        ] {
            let mut body = good.clone();
            body[field] = value.clone();
            if field != "remark" && field != "project_id" && status == 400 {
                body["project_id"] = json!(1);
            }
            let answer = server.post("/decisions", body).await;
            assert_eq!(answer.status, status, "{field} {value}: {}", answer.text());
        }
        assert_eq!(counts(&server.app, image).await, (1, 1, 3, 1, 0));
    }
}
