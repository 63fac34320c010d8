//! Images that are authorised by themselves, and places that are given back by themselves.

use serde_json::{Value, json};
use store::{Sql, authorisations, projects};
use testkit::{Image, Layer};

use crate::authorising::{authorise, failures, image as local, ledger, set};
use crate::played::Played;
use crate::server_of_tests::Server;
use crate::{add, ended, rows, servers, synced, until};

fn image(own: &str) -> Image {
    Image::new("shop").layer(Layer::new().file("/etc/shop", own.as_bytes()))
}

async fn welcome(server: &Server) {
    authorisations::welcome(&server.app.database, None).await.unwrap();
}

async fn run(server: &Server, statement: &str) {
    Sql::write("change", statement).run(&server.app.database).await.unwrap();
}

async fn authorised(server: &Server) -> Vec<String> {
    let rows = rows(server, "&authorised=true").await;
    rows.iter().map(|row| row["name"].as_str().unwrap().rsplit('/').next().unwrap().to_owned()).collect()
}

/// What was booked for a cause, the latest first.
async fn booked(server: &Server, cause: &str) -> Vec<(i64, i64)> {
    let entries = ledger(server).await.into_iter().filter(|(why, ..)| why == cause);
    entries.map(|(_, _, change, balance)| (change, balance)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rule_authorises_what_is_new_and_fits_so_many_a_day_before_it_is_scanned() {
    for server in &servers().await.all {
        local(server, projects::DEFAULT, "before", Some(900)).await;
        let played = Played::start();
        for (repository, tag) in [("shop", "1"), ("shop", "2"), ("shop", "3"), ("tool", "1")] {
            played.push(repository, tag, &image(&format!("{repository}{tag}")));
        }
        let rule = json!({ "kinds": ["registry"], "names": ["*/shop:*"], "daily": 2 });
        let standing = set(server, json!({ "enabled": true, "rule": rule })).await;
        assert_eq!((&standing["rule"], standing.get("left")), (&rule, None));
        server.work();
        let settings = json!({ "address": played.server.url(), "scan_new": true, "incremental": true });
        let registry = add(server, "oci", settings, None).await;
        synced(server, registry).await;
        let two = authorised(server).await;
        assert_eq!(two.len(), 2, "{two:?}");
        assert!(two.iter().all(|name| name.starts_with("shop:")), "{two:?}");
        assert_eq!(server.get("/authorisation").await.expect(200)["automatic_today"], 2);
        // The latest of each repository was to be scanned.
        let tasks = server.get("/tasks?kind=scan").await.expect(200);
        let task = ended(server, tasks["items"][0]["id"].as_i64().unwrap()).await;
        let codes: Vec<String> = failures(server, &task).await.into_iter().map(|(_, code)| code).collect();
        assert!(!codes.is_empty() && codes.iter().all(|code| code == "not_authorised"), "{codes:?}");

        welcome(server).await;
        assert_eq!(authorised(server).await, two, "there were two today");
        let withdrawn = json!({ "filter": { "authorised": true, "name": two[0] } });
        server.post("/authorisation/withdraw", withdrawn).await.expect(200);
        run(server, "UPDATE authorisation SET day = day - 1").await;
        welcome(server).await;
        let then = authorised(server).await;
        assert_eq!(then.len(), 2, "{then:?}");
        assert!(!then.contains(&two[0]), "a person withdrew it: {then:?}");
        assert_eq!(booked(server, "rule").await, [(1, 2), (1, 2), (1, 1)]);
        assert_eq!(server.get("/authorisation").await.expect(200)["automatic_today"], 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_pushed_is_authorised_before_it_is_scanned() {
    for server in &servers().await.all {
        let played = Played::start();
        set(server, json!({ "enabled": true, "rule": { "names": ["*/shop:*"] } })).await;
        server.work();
        let settings = json!({ "address": played.server.url(), "scan_new": true });
        let registry = add(server, "oci", settings, None).await;
        let notices = format!("/registries/{registry}/notices");
        let made = server.post(&format!("{notices}/token"), json!({})).await.expect(201);
        let token = format!("Bearer {}", made["token"].as_str().unwrap());
        for repository in ["shop", "tool"] {
            played.push(repository, "1", &image(repository));
            let told = json!({ "action": "pushed", "repository": repository, "tag": "1" });
            server.tell(&notices, &told, &[("authorization", &token)]).await.expect(202);
        }
        let tasks = until("both scans", async || {
            let tasks = server.get("/tasks?kind=scan").await.expect(200)["items"].clone();
            let is_over = |task: &Value| !task["finished"].is_null();
            let tasks = tasks.as_array().unwrap().clone();
            (tasks.len() == 2 && tasks.iter().all(is_over)).then_some(tasks)
        })
        .await;
        let mut ends: Vec<(&Value, &Value)> =
            tasks.iter().map(|task| (&task["succeeded"], &task["failed"])).collect();
        ends.sort_by_key(|(succeeded, _)| succeeded.as_i64());
        assert_eq!(ends, [(&json!(0), &json!(1)), (&json!(1), &json!(0))]);
        assert_eq!(authorised(server).await, ["shop:1"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rule_stops_where_the_quota_does() {
    for server in &servers().await.all {
        set(server, json!({ "enabled": true, "quota": 3, "rule": {} })).await;
        run(server, "UPDATE authorisation SET since = 0").await;
        for content in 1..=5 {
            local(server, projects::DEFAULT, &format!("i{content}"), Some(content)).await;
        }
        let (one, other) = tokio::join!(
            authorisations::welcome(&server.app.database, None),
            authorisations::welcome(&server.app.database, None)
        );
        one.and(other).unwrap();
        assert_eq!(authorised(server).await, ["i1", "i2", "i3"]);
        assert_eq!(booked(server, "rule").await, [(1, 3), (1, 2), (1, 1)]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_has_read_takes_one_place_and_those_of_its_images_once_it_is_known() {
    for server in &servers().await.all {
        let played = Played::start();
        played.push("shop", "1", &image("1"));
        played.push("shop", "2", &image("1"));
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
            run(server, forget).await;
        }
        set(server, json!({ "enabled": true, "quota": 3 })).await;
        let done = authorise(server, json!({ "all": true })).await;
        assert_eq!((&done["taken"], &done["left"]), (&json!(3), &json!(0)));
        let shop = json!({ "filter": { "repository": "*/shop" } });
        let task = scanned(server, shop).await;
        assert_eq!((&task["total"], &task["succeeded"]), (&json!(2), &json!(2)), "{task}");
        let used = async || server.get("/authorisation").await.expect(200)["used"].clone();
        assert_eq!(used().await, 2, "two tags of one image");
        assert_eq!(booked(server, "known").await, [(-1, 2)]);

        set(server, json!({ "enabled": true, "quota": 2 })).await;
        let task = scanned(server, json!({ "filter": { "repository": "*/tool" } })).await;
        assert_eq!((&task["total"], &task["succeeded"]), (&json!(2), &json!(1)), "{task}");
        let codes: Vec<String> = failures(server, &task).await.into_iter().map(|(_, code)| code).collect();
        assert_eq!(codes, ["not_authorised"], "there was one place for two platforms");
        assert_eq!(used().await, 2);
        let index = rows(server, "&multiple=true").await;
        assert_eq!(index[0]["authorised"], false, "not all of it is");
        set(server, json!({ "enabled": true, "quota": 3 })).await;
        authorise(server, json!({ "images": [index[0]["id"]] })).await;
        assert_eq!(rows(server, "&multiple=true").await[0]["authorised"], true);
    }
}

async fn scanned(server: &Server, request: Value) -> Value {
    let task = server.post("/scans", request).await.expect(201);
    ended(server, task["id"].as_i64().unwrap()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn images_that_are_gone_give_their_places_back_after_a_day() {
    for server in &servers().await.all {
        for (name, content) in [("a", 901), ("b", 902), ("c", 902)] {
            local(server, projects::DEFAULT, name, Some(content)).await;
        }
        let played = Played::start();
        played.push("shop", "1", &image("1"));
        server.work();
        let registry = add(server, "oci", json!({ "address": played.server.url() }), None).await;
        synced(server, registry).await;
        set(server, json!({ "enabled": true, "quota": 3 })).await;
        authorise(server, json!({ "all": true })).await;
        let gone = async |name: &str, hours: i64| {
            Sql::write("note that an image is gone", "UPDATE asset SET gone = ")
                .with("", store::now() - hours * 3_600_000)
                .with(" WHERE name = ", name)
                .run(&server.app.database)
                .await
                .unwrap();
            welcome(server).await;
        };
        gone("a", 23).await;
        gone("b", 25).await;
        assert_eq!(booked(server, "gone").await, [], "it may come back, or is still elsewhere");
        gone("a", 25).await;
        assert_eq!(booked(server, "gone").await, [(-1, 2)]);
        assert_eq!(
            server.ask(http::Method::DELETE, &format!("/registries/{registry}"), None, &[]).await.status,
            204
        );
        welcome(server).await;
        assert_eq!(booked(server, "gone").await, [(-1, 1), (-1, 2)]);
        assert_eq!(server.get("/authorisation").await.expect(200)["left"], 2);
    }
}
