//! Every kind from end to end against what plays it: connected, tested, listed, scanned, and refused with a wrong password.

mod cases;

use std::collections::BTreeMap;

use serde_json::{Value, json};
use testkit::assert_tells_none;

use self::cases::{Case, cases};
use crate::{Server, ended, rows, servers, synced};

/// A password that is right nowhere.
const WRONG: &str = "quite-wrong-password";
/// When everything was pushed, in milliseconds.
const PUSHED: i64 = 1_767_225_600_000;

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_is_connected_listed_scanned_and_told_when_it_refuses() {
    for (place, server) in servers().await.all.iter().enumerate() {
        server.work();
        // What differs between the databases does not differ between the kinds.
        for case in cases().into_iter().filter(|case| place == 0 || case.is_for_all) {
            let id = added(server, &case).await;
            connects(server, id, &case).await;
            lists(server, id, &case).await;
            scans(server, id, &case).await;
            refuses(server, id, &case).await;
        }
    }
}

/// Adds it as an operator would, and nothing is known of it yet.
async fn added(server: &Server, case: &Case) -> i64 {
    let new = json!({
        "name": case.name, "kind": case.kind, "settings": case.settings,
        "secrets": { "password": case.password },
    });
    let added = server.post("/registries", new).await.expect(201);
    assert_eq!((&added["health"], &added["images"]), (&json!("unknown"), &json!(0)), "{}", case.name);
    added["id"].as_i64().unwrap()
}

/// Every step of the test goes well.
async fn connects(server: &Server, id: i64, case: &Case) {
    let tested = server.post(&format!("/registries/{id}/test"), json!({})).await.expect(200);
    let steps: Vec<&str> =
        tested["steps"].as_array().unwrap().iter().map(|step| step["step"].as_str().unwrap()).collect();
    assert_eq!(tested["ok"], true, "{}: {tested}", case.name);
    assert_eq!(steps, ["dns", "tls", "auth", "list", "pull"], "{}: {tested}", case.name);
    let kept = server.get(&format!("/registries/{id}")).await.expect(200);
    assert_eq!(kept["health"], "well", "{}", case.name);
}

/// What it holds becomes rows, named as people pull them; a cache of another registry is left out.
async fn lists(server: &Server, id: i64, case: &Case) {
    let job = synced(server, id).await;
    let told = (&job["status"], &job["listing"]["failed"], &job["listing"]["images"]);
    assert_eq!(told, (&json!("done"), &json!(0), &json!(3)), "{}: {job}", case.name);
    let listed = rows(server, &format!("&registry={id}")).await;
    assert_eq!(listed.len(), 3, "{}: {listed:?}", case.name);
    let (host, prefix) = (&case.host, case.prefix);
    for (row, (name, namespace, held)) in listed.iter().zip([
        ("team/deep/tool:2", "team/deep", &case.tool),
        ("team/shop:1.0", "team", &case.shop),
        ("team/shop:latest", "team", &case.shop),
    ]) {
        let told = (&row["name"], &row["digest"], &row["registry"]["namespace"]);
        let namespace = format!("{prefix}{namespace}");
        let expected = (&json!(format!("{host}/{prefix}{name}")), &json!(held), &json!(namespace));
        assert_eq!(told, expected, "{}", case.name);
        let told = (&row["registry"]["kind"], &row["registry"]["owner"], &row["registry"]["shared_until"]);
        assert_eq!(told, (&json!(case.kind), &json!(case.owner), &Value::Null), "{}", case.name);
        assert_eq!(row["registry"]["pushed"], json!(case.tells_times.then_some(PUSHED)), "{}", case.name);
        assert_eq!(row["multiple"], name.contains("tool"), "{}", case.name);
    }
    let below = rows(server, &format!("&parent={}", listed[0]["id"])).await;
    let platforms: Vec<&Value> = below.iter().map(|row| &row["platform"]).collect();
    assert_eq!(platforms, ["linux/amd64", "linux/arm64"], "{}", case.name);
}

/// All of it is pulled, and the secret that lies in one image is found.
async fn scans(server: &Server, id: i64, case: &Case) {
    let task = server.post("/scans", json!({ "filter": { "registry": [id] } })).await.expect(201);
    let task = ended(server, task["id"].as_i64().unwrap()).await;
    assert_eq!((&task["total"], &task["succeeded"]), (&json!(4), &json!(4)), "{}: {task}", case.name);
    for row in rows(server, &format!("&registry={id}")).await {
        let secrets = i64::from(!row["multiple"].as_bool().unwrap());
        let told = (&row["status"], &row["findings"]["secrets"]);
        assert_eq!(told, (&json!("scanned"), &json!(secrets)), "{}: {row}", case.name);
        let found = server.get(&format!("/images/{}/findings?kind=secrets", row["id"])).await.expect(200);
        let found = found["items"].as_array().unwrap().len();
        assert_eq!(i64::try_from(found).unwrap(), secrets, "{}", case.name);
    }
}

/// A wrong password has its code and advice at each place, and what was known stays.
async fn refuses(server: &Server, id: i64, case: &Case) {
    let before = known(server, id).await;
    let change = json!({ "name": case.name, "settings": case.settings, "secrets": { "password": WRONG } });
    server.put(&format!("/registries/{id}"), change).await.expect(200);
    let tested = server.post(&format!("/registries/{id}/test"), json!({})).await;
    assert_tells_none(&tested.text(), &[WRONG]);
    let tested = tested.expect(200);
    let last = tested["steps"].as_array().unwrap().last().unwrap().clone();
    let told = (&tested["ok"], &last["step"], &last["failure"]);
    let expected = (&json!(false), &json!(case.refused_at), &json!("authentication_failed"));
    assert_eq!(told, expected, "{}: {tested}", case.name);
    for language in ["en", "zh"] {
        assert!(!last["advice"][language].as_str().unwrap().is_empty(), "{}: {last}", case.name);
    }
    for listed in [false, true] {
        if listed {
            let job = synced(server, id).await;
            let told = (&job["status"], &job["failure"]);
            assert_eq!(told, (&json!("failed"), &json!("authentication_failed")), "{}: {job}", case.name);
        }
        let kept = server.get(&format!("/registries/{id}")).await.expect(200);
        let told = (&kept["health"], &kept["failure"]["code"]);
        assert_eq!(told, (&json!("failing"), &json!("authentication_failed")), "{}: {kept}", case.name);
    }
    assert_eq!(known(server, id).await, before, "{}", case.name);
}

/// What is known of the images of a registry.
async fn known(server: &Server, id: i64) -> BTreeMap<i64, [Value; 3]> {
    let rows = rows(server, &format!("&registry={id}")).await;
    let known = |row: &Value| [row["digest"].clone(), row["status"].clone(), row["findings"].clone()];
    rows.iter().map(|row| (row["id"].as_i64().unwrap(), known(row))).collect()
}
