use http::Method;
use serde_json::{Value, json};

use crate::inventory::images;
use crate::servers;

const CHECK: &str = r#"
category = "files"
[[check]]
id = "OWN-1"
severity = "high"
standards = []
title = { en = "x", zh = "x" }
description = { en = "x", zh = "x" }
advice = { en = "x", zh = "x" }
tset = { kind = "absent" }
"#;

#[tokio::test(flavor = "multi_thread")]
async fn rejects_rules_with_the_line_that_is_wrong() {
    for server in &servers().await.all {
        for (kind, content, line) in [
            ("secrets", "[[rules]]\nid = \"a\"\nregex = '(['\n", 3),
            ("malware", "rule a { condition: true }\nrule b { condition: nonsense }", 2),
            ("hashes", "# sums\n\nzz\n", 3),
            ("allowed-hashes", "/opt/**\n", 0),
            ("allowed-hashes", "# ours\nnot-a-sum\n", 2),
            ("baseline", CHECK, 10),
            ("compliance", "[[rule]]\nid = 3\n", 2),
            ("exclusions", "/srv/*\nsrv\n", 2),
            ("weak-passwords", &format!("a\n{}\n", "b".repeat(65)), 2),
            ("bases", "{\"version\": 1,\n \"bases\": [{}]}", 2),
            ("disabled", "PRM-0001\nNONE-1\n", 2),
        ] {
            let answer = server.put(&format!("/rules/{kind}"), json!({ "content": content })).await;
            if line == 0 {
                answer.expect(200);
                continue;
            }
            assert_eq!(answer.status, 400, "{kind}: {}", answer.text());
            let told = answer.json()["detail"].as_str().unwrap().to_owned();
            assert!(told.contains(&format!("`{kind}`: line {line},")), "{kind}: {told}");
        }
        let all = server.get("/rules").await.expect(200);
        let versions: Vec<&Value> = all.as_array().unwrap().iter().map(|kind| &kind["version"]).collect();
        assert_eq!(versions.iter().filter(|version| **version == &json!(1)).count(), 1, "{all}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_have_versions_and_the_newest_holds() {
    for server in &servers().await.all {
        let own = |id: &str| json!({ "content": format!("[[rules]]\nid = \"{id}\"\nregex = 'xyz[0-9]+'\n"), "remark": id });
        let put = async |body: Value, tag: &str| {
            server.ask(Method::PUT, "/rules/secrets", Some(body), &[("if-match", tag)]).await
        };
        let first = put(own("one"), "\"0\"").await.expect(200);
        assert_eq!((&first["version"], &first["entries"]), (&json!(1), &json!(1)));
        assert_eq!(put(own("late"), "\"0\"").await.status, 409, "somebody else wrote it meanwhile");
        assert_eq!(put(own("odd"), "one").await.status, 400);
        put(own("two"), "\"1\"").await.expect(200);
        let answer = server.get("/rules/secrets").await;
        assert_eq!(answer.headers["etag"], "\"2\"");
        assert!(answer.json()["content"].as_str().unwrap().contains("two"));

        let before = server::inspectors(&server.app).await.unwrap();
        assert!(std::sync::Arc::ptr_eq(&before, &server::inspectors(&server.app).await.unwrap()));
        server.post("/rules/secrets/versions/1/restore", json!({})).await.expect(200);
        let after = server::inspectors(&server.app).await.unwrap();
        assert!(!std::sync::Arc::ptr_eq(&before, &after), "made anew when a rule has changed");
        let facts = after.secrets.as_ref().unwrap().file(b"app/x", b"key xyz12345\n");
        assert_eq!(facts.iter().map(|fact| fact.rule.as_str()).collect::<Vec<_>>(), ["one"]);

        let versions = server.get("/rules/secrets/versions").await.expect(200);
        let told: Vec<&Value> =
            versions["items"].as_array().unwrap().iter().map(|version| &version["version"]).collect();
        assert_eq!(told, [&json!(3), &json!(2), &json!(1)]);
        assert!(
            server.get("/rules/secrets/versions/2").await.expect(200)["content"]
                .as_str()
                .unwrap()
                .contains("two")
        );
        assert_eq!(server.get("/rules/secrets/versions/9").await.status, 404);
        assert_eq!(server.get("/rules/nonsense").await.status, 400);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_has_looked_through_again_what_it_concerns() {
    for server in &servers().await.all {
        images(&server.app, "default", &["shop", "copy"]).await;
        let changed = server.put("/rules/exclusions", json!({ "content": "/srv/*\n" })).await.expect(200);
        let tasks = changed["tasks"].as_array().unwrap();
        assert_eq!(tasks.len(), 1);
        let jobs: Vec<(String, String, i64)> =
            store::Sql::read("list jobs", "SELECT kind, parameters, priority FROM job WHERE kind = 'scan'")
                .all(&server.app.database)
                .await
                .unwrap();
        assert_eq!(jobs.len(), 1, "two images of one content are looked through once: {jobs:?}");
        assert!(jobs[0].1.contains("\"secrets\"") && !jobs[0].1.contains("malware"), "{jobs:?}");
        assert_eq!(jobs[0].2, 3, "after all else");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_built_in_rule_that_is_switched_off_reports_nothing() {
    for server in &servers().await.all {
        let built_in = server.get("/rules/built-in?kind=secrets").await.expect(200);
        let first = built_in[0].clone();
        assert_eq!(first["enabled"], json!(true));
        assert!(!first["title"]["zh"].as_str().unwrap().is_ascii());
        let all = server.get("/rules/built-in").await.expect(200).as_array().unwrap().len();
        assert!(all > built_in.as_array().unwrap().len());
        let id = first["id"].as_str().unwrap();
        server.put("/rules/disabled", json!({ "content": format!("# noise\n{id}\n") })).await.expect(200);
        let built_in = server.get("/rules/built-in?kind=secrets").await.expect(200);
        assert_eq!(built_in[0]["enabled"], json!(false));
        let inspectors = server::inspectors(&server.app).await.unwrap();
        let fact = inspect::secrets::SecretFact {
            path: b"a".to_vec(),
            place: "file".to_owned(),
            line: Some(1),
            rule: id.to_owned(),
            masked: String::new(),
            fingerprint: String::new(),
        };
        assert!(inspectors.secrets.as_ref().unwrap().finding(&fact, true).is_none());
    }
}
