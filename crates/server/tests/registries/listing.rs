//! What lists tell becomes rows: tags, indexes with their images, what moves, what goes.

use serde_json::json;
use testkit::{Image, Layer};

use crate::played::Played;
use crate::{add, rows, servers, synced};

fn image(text: &str) -> Image {
    Image::new("shop").layer(Layer::new().file("/etc/shop", text.as_bytes()))
}

fn column(rows: &[serde_json::Value], name: &str) -> Vec<serde_json::Value> {
    rows.iter().map(|row| row[name].clone()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn tags_are_rows_and_the_images_of_an_index_are_rows_below_it() {
    for server in &servers().await.all {
        let played = Played::start();
        played.push("team/shop", "1.0", &image("1.0"));
        played.push("team/shop", "latest", &image("1.0"));
        let platforms = [image("amd").platform("linux", "amd64"), image("arm").platform("linux", "arm64")];
        played.push_index("team/deep/tool", "2", &platforms);
        server.work();
        let registry = add(server, "oci", json!({ "address": played.server.url() }), None).await;
        let job = synced(server, registry).await;
        assert_eq!(job["listing"]["images"], 3, "{job}");
        assert_eq!(job["listing"]["whole"], true, "{job}");
        let listed = rows(server, "&kind=registry").await;
        let host = &played.server.host;
        let names = ["team/deep/tool:2", "team/shop:1.0", "team/shop:latest"];
        assert_eq!(column(&listed, "name"), names.map(|name| json!(format!("{host}/{name}"))));
        assert_eq!(column(&listed, "multiple"), [json!(true), json!(false), json!(false)]);
        assert_eq!(listed[1]["image_id"], listed[2]["image_id"]);
        assert_eq!(listed[0]["registry"]["namespace"], "team/deep");
        let below = rows(server, &format!("&parent={}", listed[0]["id"])).await;
        assert_eq!(column(&below, "platform"), [json!("linux/amd64"), json!("linux/arm64")]);
        assert_eq!(column(&below, "name"), [&listed[0]["name"], &listed[0]["name"]].map(Clone::clone));
        assert_eq!(column(&rows(server, "&platform=linux/arm64").await, "id"), [below[1]["id"].clone()]);

        // Nothing is new: no manifest is read again.
        let before = played.asked("/blobs/");
        let again = synced(server, registry).await;
        assert_eq!((&again["listing"]["changed"], played.asked("/blobs/")), (&json!(0), before), "{again}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tag_that_moves_is_another_image_and_one_that_is_missing_twice_is_gone() {
    for server in &servers().await.all {
        let played = Played::start();
        for tag in ["1", "2"] {
            played.push("shop", tag, &image(tag));
        }
        played.push("other", "1", &image("other"));
        server.work();
        let registry = add(server, "oci", json!({ "address": played.server.url() }), None).await;
        synced(server, registry).await;
        let first = rows(server, "&kind=registry").await;
        played.push("shop", "2", &image("moved"));
        played.delete("shop", "1");
        played.is_broken("other", true);
        let job = synced(server, registry).await;
        assert_eq!(job["listing"]["failed"], 1, "{job}");
        let second = rows(server, "&kind=registry").await;
        assert_eq!(column(&second, "id"), column(&first, "id"));
        assert_eq!(second[1]["image_id"], first[1]["image_id"]);
        assert_ne!(second[2]["image_id"], first[2]["image_id"]);
        // The second listing that lacks it; what could not be listed lacks nothing.
        let job = synced(server, registry).await;
        assert_eq!(job["listing"]["gone"], 1, "{job}");
        let third = rows(server, "&kind=registry").await;
        assert_eq!(column(&third, "tag"), [json!("1"), json!("2")]);
        assert!(third[0]["name"].as_str().unwrap().ends_with("/other:1"), "{third:?}");
        assert_eq!(rows(server, "&kind=registry&gone=true").await.len(), 1);
        // It comes back.
        played.push("shop", "1", &image("1"));
        synced(server, registry).await;
        assert_eq!(rows(server, "&kind=registry").await.len(), 3);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_index_that_becomes_an_image_leaves_no_image_behind() {
    for server in &servers().await.all {
        let played = Played::start();
        let platforms = [image("amd").platform("linux", "amd64"), image("arm").platform("linux", "arm64")];
        played.push_index("shop", "1", &platforms);
        server.work();
        let registry = add(server, "oci", json!({ "address": played.server.url() }), None).await;
        synced(server, registry).await;
        assert_eq!(rows(server, "&kind=registry").await[0]["multiple"], true);
        played.push("shop", "1", &image("one"));
        synced(server, registry).await;
        let listed = rows(server, "&kind=registry").await;
        assert_eq!(column(&listed, "multiple"), [json!(false)]);
        assert_eq!(rows(server, &format!("&parent={}", listed[0]["id"])).await.len(), 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_gone_for_long_is_forgotten_and_read_again_when_it_comes_back() {
    for server in &servers().await.all {
        let played = Played::start();
        let platforms = [image("amd").platform("linux", "amd64"), image("arm").platform("linux", "arm64")];
        played.push_index("shop", "1", &platforms);
        played.push("shop", "2", &image("2"));
        server.work();
        let registry = add(server, "oci", json!({ "address": played.server.url() }), None).await;
        synced(server, registry).await;
        let database = &server.app.database;
        let count = async || {
            let sql = "SELECT (SELECT COUNT(*) FROM asset), (SELECT COUNT(*) FROM content), (SELECT COUNT(*) FROM manifest)";
            store::Sql::read("count", sql).one::<(i64, i64, i64)>(database).await.unwrap()
        };
        assert_eq!(count().await, (4, 3, 4));
        played.delete("shop", "1");
        synced(server, registry).await;
        synced(server, registry).await;
        assert_eq!(store::retention::sweep(database, 1, 100).await.unwrap(), 0, "it is not long ago");
        while store::retention::sweep(database, store::now() + 1, 100).await.unwrap() > 0 {}
        assert_eq!(count().await, (1, 1, 1));
        played.push_index("shop", "1", &platforms);
        synced(server, registry).await;
        assert_eq!(count().await, (4, 3, 4));
    }
}
