//! What registries tell of themselves is followed at once.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use testkit::{Image, Layer};

use crate::played::Played;
use crate::{Server, add, rows, servers, synced, until};

fn image(text: &str) -> Image {
    Image::new("shop").layer(Layer::new().file("/etc/shop", text.as_bytes()))
}

async fn told(server: &Server, registry: i64, token: &str, notice: Value) -> crate::Answer {
    let headers = [("authorization", token)];
    server.tell(&format!("/registries/{registry}/notices"), &notice, &headers).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pushed_tag_is_scanned_and_a_deleted_one_is_gone_once_the_registry_says_so_too() {
    for server in &servers().await.all {
        let played = Played::start();
        played.push("team/shop", "1", &image("1"));
        server.work();
        let settings = json!({ "address": played.server.url(), "scan_new": true, "exclude": ["private/**"] });
        let registry = add(server, "oci", settings, None).await;
        synced(server, registry).await;
        let made = server.post(&format!("/registries/{registry}/notices/token"), json!({})).await.expect(201);
        let token = format!("Bearer {}", made["token"].as_str().unwrap());
        assert_eq!(made["path"], format!("/api/v1/registries/{registry}/notices"));

        played.push("team/shop", "2", &image("2"));
        let start = Instant::now();
        let event = json!({ "events": [{ "id": "e1", "action": "push", "target": {
            "mediaType": "application/vnd.oci.image.manifest.v1+json", "repository": "team/shop", "tag": "2",
            "digest": played.digest("team/shop", "2") } }] });
        assert_eq!(told(server, registry, &token, event.clone()).await.expect(202)["taken"], 1);
        assert_eq!(told(server, registry, &token, event).await.expect(202)["taken"], 0, "it was told before");
        until("the scan of what was pushed", async || {
            let listed = rows(server, &format!("&registry={registry}&status=scanned&tag=2")).await;
            (listed.len() == 1).then_some(())
        })
        .await;
        assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());

        let listed = rows(server, &format!("&registry={registry}&latest=true")).await;
        assert_eq!(listed.iter().map(|row| &row["tag"]).collect::<Vec<_>>(), ["2"]);
        let gone = json!({ "action": "deleted", "repository": "team/shop", "tag": "1" });
        // It is still there: a liar changes nothing.
        assert_eq!(told(server, registry, &token, gone.clone()).await.expect(202)["taken"], 1);
        let excluded = json!({ "action": "pushed", "repository": "private/shop", "tag": "1" });
        assert_eq!(told(server, registry, &token, excluded).await.expect(202)["taken"], 0);
        until("the end of what was told", async || {
            let waiting: Vec<(i64,)> =
                store::Sql::read("list", "SELECT id FROM job WHERE kind = 'notice' AND state <> 'done'")
                    .all(&server.app.database)
                    .await
                    .unwrap();
            waiting.is_empty().then_some(())
        })
        .await;
        assert_eq!(rows(server, &format!("&registry={registry}")).await.len(), 2);
        played.delete("team/shop", "1");
        told(server, registry, &token, gone).await.expect(202);
        until("the end of what was deleted", async || {
            (rows(server, &format!("&registry={registry}")).await.len() == 1).then_some(())
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_tells_in_the_name_of_another_registry() {
    let servers = servers().await;
    let server = &servers.all[0];
    let one = add(server, "oci", json!({ "address": "a.example" }), None).await;
    let other = add(server, "oci", json!({ "address": "b.example" }), None).await;
    let made = server.post(&format!("/registries/{one}/notices/token"), json!({})).await.expect(201);
    let token = made["token"].as_str().unwrap().to_owned();
    let notice = || json!({ "action": "pushed", "repository": "shop", "tag": "1" });
    for wrong in ["", "Bearer", "Bearer lzh_x", &format!("Bearer {token}x")] {
        told(server, one, wrong, notice()).await.expect(401);
    }
    let token = format!("Bearer {token}");
    told(server, other, &token, notice()).await.expect(401);
    told(server, one, &token, json!({ "nothing": "known" })).await.expect(400);
    told(server, one, &token, notice()).await.expect(202);
    let path = format!("/registries/{one}/notices/token");
    server.ask(http::Method::DELETE, &path, None, &[]).await.expect(204);
    told(server, one, &token, notice()).await.expect(401);
}
