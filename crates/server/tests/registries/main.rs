//! Registries over HTTP: connected, listed, scanned, on both databases.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "what a test cannot do fails it"
)]

mod authorising;
mod connecting;
mod kinds;
mod listing;
mod notices;
mod played;
mod process;
mod real;
mod scanning;
#[path = "../shared/server.rs"]
mod server_of_tests;
mod welcoming;

use serde_json::{Value, json};
use server_of_tests::{Answer, Server, servers, until};

/// Adds a registry; gives its id.
async fn add(server: &Server, kind: &str, settings: Value, password: Option<&str>) -> i64 {
    let new = json!({
        "name": format!("{kind}-{}", settings["address"]), "kind": kind, "settings": settings,
        "secrets": { "password": password },
    });
    server.post("/registries", new).await.expect(201)["id"].as_i64().unwrap()
}

/// Lists a registry and waits for the end; gives what came of it.
async fn synced(server: &Server, registry: i64) -> Value {
    let task = server.post("/registries/sync", json!({ "registries": [registry] })).await.expect(201);
    let task = ended(server, task["id"].as_i64().unwrap()).await;
    let jobs = server.get(&format!("/tasks/{}/jobs", task["id"])).await.expect(200);
    jobs["items"][0].clone()
}

/// A task once it has ended.
async fn ended(server: &Server, task: i64) -> Value {
    until("the end of a task", async || {
        let task = server.get(&format!("/tasks/{task}")).await.expect(200);
        (!task["finished"].is_null()).then_some(task)
    })
    .await
}

/// The rows of a list, by name.
async fn rows(server: &Server, query: &str) -> Vec<Value> {
    let page = server.get(&format!("/images?sort=name&limit=200{query}")).await.expect(200);
    page["items"].as_array().unwrap().clone()
}
