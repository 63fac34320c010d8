//! Scans of what registries have.

use serde_json::{Value, json};
use store::Sql;
use testkit::{Image, Layer};

use crate::played::Played;
use crate::{add, ended, rows, servers, synced};

/// An image with a layer that it shares with others, and one of its own.
fn image(own: &str) -> Image {
    let shared = Layer::new().file("/etc/os-release", b"ID=debian\nVERSION_ID=12\n");
    Image::new("shop").layer(shared).layer(Layer::new().file("/etc/shop", own.as_bytes()))
}

async fn scanned(server: &crate::Server, request: Value) -> Value {
    let task = server.post("/scans", request).await.expect(201);
    ended(server, task["id"].as_i64().unwrap()).await
}

/// How many images of registries there are, were never scanned, and are scanned; an index counts as one, by its images.
async fn counted(server: &crate::Server) -> Value {
    let sums = server.get("/images/summary?source=registry").await.expect(200);
    json!([sums["images"], sums["unscanned"], sums["scanned"]])
}

#[tokio::test(flavor = "multi_thread")]
async fn layers_are_pulled_once_and_a_second_scan_pulls_nothing() {
    for server in &servers().await.all {
        let played = Played::start();
        for tag in ["1", "2", "3"] {
            played.push("shop", tag, &image(tag));
        }
        let platforms = [image("amd").platform("linux", "amd64"), image("arm").platform("linux", "arm64")];
        played.push_index("tool", "1", &platforms);
        server.work();
        let registry = add(server, "oci", json!({ "address": played.server.url() }), None).await;
        synced(server, registry).await;
        let configurations = played.asked("/blobs/");
        assert_eq!(counted(server).await, json!([4, 4, 0]));
        let task = scanned(server, json!({ "filter": { "registry": [registry] } })).await;
        assert_eq!((&task["total"], &task["succeeded"]), (&json!(5), &json!(5)), "{task}");
        assert_eq!(counted(server).await, json!([4, 0, 4]));
        // One that all share, and five of their own; workers that begin at once may both pull the shared one.
        let layers = played.asked("/blobs/") - configurations;
        assert!((6..=7).contains(&layers), "{layers} layers were pulled");
        let listed = rows(server, &format!("&registry={registry}")).await;
        assert!(listed.iter().all(|row| row["status"] == "scanned"), "{listed:?}");
        assert!(listed.iter().all(|row| !row["risk"].is_null()), "{listed:?}");
        let before = played.server.asked().len();
        scanned(server, json!({ "filter": { "registry": [registry] } })).await;
        assert_eq!(played.server.asked().len(), before, "something was pulled again");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_more_images_an_hour_are_pulled_than_may_be() {
    for server in &servers().await.all {
        let played = Played::start();
        for tag in ["1", "2", "3", "4"] {
            played.push("shop", tag, &image(tag));
        }
        server.work();
        // One each second.
        let settings = json!({ "address": played.server.url(), "images_per_hour": 3600 });
        let registry = add(server, "oci", settings, None).await;
        synced(server, registry).await;
        let task = scanned(server, json!({ "filter": { "registry": [registry] } })).await;
        assert_eq!(task["succeeded"], 4, "{task}");
        let begun: Vec<(i64,)> = Sql::read(
            "list jobs",
            "SELECT started FROM job WHERE kind = 'scan' AND gate > 0 ORDER BY started",
        )
        .all(&server.app.database)
        .await
        .unwrap();
        assert_eq!(begun.len(), 4);
        let apart: Vec<i64> = begun.windows(2).map(|two| two[1].0 - two[0].0).collect();
        assert!(apart.iter().all(|apart| *apart >= 1000), "{apart:?}");
        // What is known already is not held back.
        let task = scanned(server, json!({ "filter": { "registry": [registry] } })).await;
        let took = task["finished"].as_i64().unwrap() - task["created"].as_i64().unwrap();
        assert!(task["succeeded"] == 4 && took < 3000, "{task}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_could_not_be_read_is_read_when_it_is_scanned() {
    for server in &servers().await.all {
        let played = Played::start();
        played.push("shop", "1", &image("1"));
        let platforms = [image("amd").platform("linux", "amd64"), image("arm").platform("linux", "arm64")];
        played.push_index("tool", "1", &platforms);
        server.work();
        let registry = add(server, "oci", json!({ "address": played.server.url() }), None).await;
        synced(server, registry).await;
        // As after a listing that was not let read manifests.
        for forget in [
            "DELETE FROM asset WHERE parent_id IS NOT NULL",
            "UPDATE asset SET content_id = NULL, multiple = FALSE",
            "DELETE FROM manifest",
            "DELETE FROM content_layer",
            "DELETE FROM content",
        ] {
            Sql::write("forget", forget).run(&server.app.database).await.unwrap();
        }
        let task = scanned(server, json!({ "filter": { "registry": [registry] } })).await;
        assert_eq!((&task["total"], &task["succeeded"]), (&json!(3), &json!(3)), "{task}");
        let listed = rows(server, &format!("&registry={registry}")).await;
        let told: Vec<_> = listed.iter().map(|row| (&row["multiple"], &row["status"])).collect();
        let scanned = json!("scanned");
        assert_eq!(told, [(&json!(false), &scanned), (&json!(true), &scanned)], "{listed:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_about_a_picked_tag_does_not_follow_the_tag_to_another_image() {
    for server in &servers().await.all {
        let played = Played::start();
        played.push("shop", "1", &image("1"));
        server.work();
        let registry = add(server, "oci", json!({ "address": played.server.url() }), None).await;
        synced(server, registry).await;
        scanned(server, json!({ "filter": { "registry": [registry] } })).await;
        let row = rows(server, &format!("&registry={registry}")).await[0].clone();
        let all = row["findings"]["baseline"].as_i64().unwrap();
        let findings = server.get(&format!("/images/{}/findings?kind=baseline", row["id"])).await.expect(200);
        let rule = &findings["items"][0]["rule"];
        let decision = json!({
            "action": "ignore", "subjects": [{ "kind": "baseline", "rule": rule }],
            "scope": { "type": "images", "images": [row["id"]] }, "remark": "meant so",
        });
        server.post("/decisions", decision).await.expect(201);
        let counted = async || {
            rows(server, &format!("&registry={registry}")).await[0]["findings"]["baseline"].as_i64().unwrap()
        };
        crate::until("the decision", async || (counted().await == all - 1).then_some(())).await;
        played.push("shop", "1", &image("other"));
        synced(server, registry).await;
        scanned(server, json!({ "filter": { "registry": [registry] } })).await;
        assert_eq!(counted().await, all, "nobody decided about this one");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_image_of_an_index_is_left_out_by_itself() {
    let servers = servers().await;
    let server = &servers.all[0];
    let played = Played::start();
    let platforms = [image("amd").platform("linux", "amd64"), image("arm").platform("linux", "arm64")];
    played.push_index("tool", "1", &platforms);
    server.work();
    let registry = add(server, "oci", json!({ "address": played.server.url() }), None).await;
    synced(server, registry).await;
    let arm = rows(server, "&platform=linux/arm64").await[0]["id"].clone();
    let task = scanned(server, json!({ "filter": { "registry": [registry] }, "exclude": [arm] })).await;
    assert_eq!((&task["total"], &task["succeeded"]), (&json!(1), &json!(1)), "{task}");
    assert_eq!(rows(server, "&platform=linux/arm64").await[0]["status"], "unscanned");
}
