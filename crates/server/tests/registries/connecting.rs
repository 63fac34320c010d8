//! Adding, testing and changing registries.

use serde_json::json;
use testkit::{Image, Layer};

use crate::played::Played;
use crate::{add, servers};

#[tokio::test(flavor = "multi_thread")]
async fn a_registry_is_added_tested_and_changed_and_never_tells_its_password() {
    for server in &servers().await.all {
        let played = Played::start();
        played.push("shop", "1", &Image::new("shop").layer(Layer::new().file("/a", b"a")));
        let settings = json!({ "address": played.server.url(), "username": "robot", "images_per_hour": 20 });
        let id = add(server, "oci", settings.clone(), Some("hunter2-hunter2")).await;
        let kept = server.get(&format!("/registries/{id}")).await;
        assert!(!kept.text().contains("hunter2"), "{}", kept.text());
        let kept = kept.expect(200);
        assert_eq!((&kept["has_password"], &kept["settings"]["images_per_hour"]), (&json!(true), &json!(20)));
        assert_eq!(kept["health"], "unknown");
        let tested = server.post(&format!("/registries/{id}/test"), json!({})).await.expect(200);
        let steps: Vec<&str> =
            tested["steps"].as_array().unwrap().iter().map(|step| step["step"].as_str().unwrap()).collect();
        assert_eq!(steps, ["dns", "tls", "auth", "list", "pull"], "{tested}");
        assert_eq!(server.get(&format!("/registries/{id}")).await.expect(200)["health"], "well");

        // A new address is not told the old password.
        let elsewhere = json!({ "address": "https://registry.invalid", "username": "robot" });
        let change = json!({ "name": "moved", "settings": elsewhere });
        let refused = server.put(&format!("/registries/{id}"), change).await.expect(400);
        assert!(refused["detail"].as_str().unwrap().contains("password again"), "{refused}");
        let change = json!({ "name": "moved", "settings": elsewhere, "secrets": { "password": "other" } });
        server.put(&format!("/registries/{id}"), change).await.expect(200);
        let tested = server.post(&format!("/registries/{id}/test"), json!({})).await.expect(200);
        assert_eq!(
            (&tested["ok"], &tested["steps"][0]["failure"]),
            (&json!(false), &json!("host_not_found"))
        );
        let kept = server.get(&format!("/registries/{id}")).await.expect(200);
        assert_eq!(
            (&kept["health"], &kept["failure"]["code"]),
            (&json!("failing"), &json!("host_not_found"))
        );
        server.ask(http::Method::DELETE, &format!("/registries/{id}"), None, &[]).await.expect(204);
        server.get(&format!("/registries/{id}")).await.expect(404);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_kind_cannot_do_without_and_what_is_no_glob_is_refused() {
    let servers = servers().await;
    let server = &servers.all[0];
    let new =
        |kind: &str, settings: serde_json::Value| json!({ "name": "x", "kind": kind, "settings": settings });
    let cases = [
        (new("nothing", json!({})), "registry kind `nothing`"),
        (new("oci", json!({})), "`address` is missing"),
        (new("oci", json!({ "address": "a.example", "include": ["a["] })), "`a[`"),
        (new("oci", json!({ "address": "a.example", "images_per_hour": 0 })), "images_per_hour"),
        (new("oci", json!({ "address": "a.example", "authorities": "no certificate" })), "certificate"),
        (new("oci", json!({ "address": "a.example", "wrong": 1 })), "wrong"),
    ];
    for (body, told) in cases {
        let answer = server.post("/registries", body.clone()).await.expect(400);
        assert!(answer["detail"].as_str().unwrap().contains(told), "{body}: {answer}");
    }
    let settings = json!({ "address": "a.example" });
    let unseen = json!({ "name": "a\u{202e}b\u{7}", "kind": "oci", "settings": settings });
    let answer = server.post("/registries", unseen).await.expect(400);
    assert!(answer["detail"].as_str().unwrap().contains("control character"), "{answer}");
    server.post("/registries", new("oci", settings.clone())).await.expect(201);
    server.post("/registries", new("oci", settings)).await.expect(409);
}
