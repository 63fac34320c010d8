//! Asking for scans and following them over HTTP, on both databases.
#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use std::time::Duration;

use axum::Router;
use axum::body::{Body, BodyDataStream, to_bytes};
use futures::StreamExt;
use http::{Method, Request, StatusCode};
use model::{EngineSummary, Host};
use serde_json::{Value, json};
use server::{App, Key, Settings};
use sha2::{Digest, Sha256};
use store::jobs::{self, End, LEASE};
use store::{Sql, projects};
use testkit::Postgres;
use tower::ServiceExt;

/// A server with three images of two contents, one image that cannot be scanned, and one of another project.
struct Site {
    app: App,
    router: Router,
    /// The images: a and b of content 1, c of content 2, d without one, e of another project and content 1.
    images: Vec<i64>,
    _directory: tempfile::TempDir,
}

struct Sites {
    list: Vec<Site>,
    _cluster: Option<Postgres>,
}

impl Sites {
    async fn open() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let sqlite = format!("sqlite:{}", directory.path().join("lazaret.sqlite").display());
        let mut list = vec![Site::open(sqlite, directory).await];
        let cluster = Postgres::start();
        if let Some(cluster) = &cluster {
            list.push(Site::open(cluster.url(), tempfile::tempdir().unwrap()).await);
        }
        Self { list, _cluster: cluster }
    }
}

impl Site {
    async fn open(database: String, directory: tempfile::TempDir) -> Self {
        let settings = Settings::new(database, directory.path(), Key::new([7; 32]));
        let app = App::open(settings).await.unwrap();
        let ours = projects::ensure(&app.database, projects::DEFAULT).await.unwrap();
        let theirs = projects::ensure(&app.database, "theirs").await.unwrap();
        for (role, project) in [("operator", None), ("viewer", None), ("operator", Some(theirs))] {
            let name = format!("{role}{}", project.map_or("", |_| " of theirs"));
            token(&app, &name, role, project).await;
        }
        let mut images = Vec::new();
        let rows = [("a", Some(1)), ("b", Some(1)), ("c", Some(2)), ("d", None)];
        for (name, content) in rows {
            images.push(image(&app, ours, name, content).await);
        }
        images.push(image(&app, theirs, "e", Some(1)).await);
        let router = server::router(app.clone());
        Self { app, router, images, _directory: directory }
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        token: &str,
        body: Option<Value>,
    ) -> http::Response<Body> {
        let request = Request::builder()
            .method(method)
            .uri(format!("/api/v1{path}"))
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", "application/json");
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        self.router.clone().oneshot(request.body(body).unwrap()).await.unwrap()
    }

    async fn call(
        &self,
        method: Method,
        path: &str,
        token: &str,
        body: Option<Value>,
    ) -> (StatusCode, Value) {
        let response = self.send(method, path, token, body).await;
        let status = response.status();
        let body = to_bytes(response.into_body(), 1 << 20).await.unwrap();
        (status, serde_json::from_slice(&body).unwrap_or_default())
    }

    async fn get(&self, path: &str, token: &str) -> (StatusCode, Value) {
        self.call(Method::GET, path, token, None).await
    }

    async fn post(&self, path: &str, token: &str, body: Value) -> (StatusCode, Value) {
        self.call(Method::POST, path, token, Some(body)).await
    }

    async fn work(&self, how: End) {
        let database = &self.app.database;
        let held = jobs::claim(database, "w", &[jobs::SCAN], LEASE).await.unwrap().unwrap();
        let mut transaction = database.begin().await.unwrap();
        assert!(jobs::end(&mut transaction, "w", held.id, how).await.unwrap());
        transaction.commit().await.unwrap();
    }
}

/// An account with a token that is its name.
async fn token(app: &App, name: &str, role: &str, project: Option<i64>) {
    let (account,): (i64,) = Sql::write(
        "add an account",
        "INSERT INTO account (login, password_hash, role, created) VALUES ($1, 'none', $2, 1) RETURNING id",
    )
    .bind(name)
    .bind(role)
    .one(&app.database)
    .await
    .unwrap();
    let digest: String = Sha256::digest(name.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
    Sql::write(
        "add a token",
        "INSERT INTO token (name, token_hash, account_id, role, project_id, created) VALUES ('t', $1, $2, $3, $4, 1)",
    )
    .bind(digest)
    .bind(account)
    .bind(role)
    .bind(project)
    .run(&app.database)
    .await
    .unwrap();
}

async fn image(app: &App, project: i64, name: &str, content: Option<i64>) -> i64 {
    if let Some(content) = content {
        Sql::write(
            "add a content",
            "INSERT INTO content (id, image_id, size, first_seen) VALUES ($1, $2, 1, 1) ON CONFLICT DO NOTHING",
        )
        .bind(content)
        .bind(format!("sha256:{content}"))
        .run(&app.database)
        .await
        .unwrap();
    }
    let (id,): (i64,) = Sql::write(
        "add an image",
        "INSERT INTO asset (project_id, kind, repository, reference, name, content_id, size, first_seen, last_seen) \
         VALUES ($1, 'local', $2, 'x', $2, $3, 1, 1, 1) RETURNING id",
    )
    .bind(project)
    .bind(name)
    .bind(content)
    .one(&app.database)
    .await
    .unwrap();
    id
}

#[tokio::test]
async fn scans_are_asked_for_by_id_filter_or_all() {
    for site in &Sites::open().await.list {
        let ids = &site.images;
        let cases = [
            (json!({ "images": [ids[0], ids[2], ids[0]] }), 2, ""),
            (json!({ "images": [ids[1]], "checks": ["secrets", "malware"], "name": " mine " }), 1, "mine"),
            (json!({ "filter": { "name": "a" } }), 1, ""),
            (json!({ "all": true, "exclude": [ids[0], ids[3]], "parallel": 2 }), 3, ""),
        ];
        for (body, total, name) in cases {
            let (status, task) = site.post("/scans", "operator", body.clone()).await;
            assert_eq!(
                (status, &task["total"], &task["name"]),
                (StatusCode::CREATED, &json!(total), &json!(name))
            );
        }
        let (_, all) = site.post("/scans", "operator of theirs", json!({ "all": true })).await;
        assert_eq!(all["total"], 1, "what is theirs");
        let (_, tasks) = site.get("/tasks?kind=scan&search=MINE", "viewer").await;
        assert_eq!(tasks["items"][0]["parameters"]["checks"], json!(["malware", "secrets"]));
        let (_, tasks) = site.get("/tasks?status=waiting&cause=person&limit=2", "viewer").await;
        assert_eq!(tasks["items"].as_array().unwrap().len(), 2);
        let (_, rest) =
            site.get(&format!("/tasks?after={}", tasks["next"].as_str().unwrap()), "viewer").await;
        assert_eq!(rest["items"].as_array().unwrap().len(), 3);
    }
}

#[tokio::test]
async fn refuses_scans_of_what_is_not_said_not_there_or_not_theirs() {
    for site in &Sites::open().await.list {
        let (ours, theirs) = (site.images[0], site.images[4]);
        let refused = [
            (json!({}), "operator", StatusCode::BAD_REQUEST),
            (json!({ "images": [] }), "operator", StatusCode::BAD_REQUEST),
            (json!({ "images": [ours], "all": true }), "operator", StatusCode::BAD_REQUEST),
            (json!({ "images": [ours], "parallel": -1 }), "operator", StatusCode::BAD_REQUEST),
            (json!({ "images": [ours], "parallel": 1001 }), "operator", StatusCode::BAD_REQUEST),
            (json!({ "images": [ours], "checks": ["everything"] }), "operator", StatusCode::BAD_REQUEST),
            (json!({ "images": [ours], "name": "" }), "operator", StatusCode::BAD_REQUEST),
            (json!({ "images": [ours], "unheard": 1 }), "operator", StatusCode::BAD_REQUEST),
            (json!({ "images": (1..=10_001).collect::<Vec<i64>>() }), "operator", StatusCode::BAD_REQUEST),
            (json!({ "images": [ours, i64::MAX] }), "operator", StatusCode::NOT_FOUND),
            (json!({ "images": [ours] }), "operator of theirs", StatusCode::NOT_FOUND),
            (json!({ "images": [ours] }), "viewer", StatusCode::FORBIDDEN),
            (json!({ "images": [ours] }), "nobody", StatusCode::UNAUTHORIZED),
        ];
        for (body, token, expected) in refused {
            let (status, problem) = site.post("/scans", token, body.clone()).await;
            assert_eq!(status, expected, "{body} by {token}: {problem}");
        }
        let (status, _) =
            site.post("/scans", "operator", json!({ "images": [theirs], "name": "a\0b" })).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "a NUL in a name is no failure of the server");
    }
}

#[tokio::test]
async fn a_task_tells_what_became_of_each_image_and_tries_again_what_failed() {
    for site in &Sites::open().await.list {
        let (_, task) = site.post("/scans", "operator", json!({ "images": site.images[..4] })).await;
        let path = format!("/tasks/{}", task["id"]);
        assert_eq!((&task["total"], &task["failed"]), (&json!(4), &json!(1)));
        site.work(End::Failed("too_large".to_owned(), "the layer has 5 TB".to_owned())).await;
        site.work(End::Done(None)).await;
        let (_, task) = site.get(&path, "viewer").await;
        assert_eq!(
            (&task["status"], &task["failed"], &task["succeeded"]),
            (&json!("done"), &json!(3), &json!(1))
        );
        assert_eq!((&task["percent"], task["finished"].is_i64()), (&json!(100), true));
        let (_, failed) = site.get(&format!("{path}/jobs?status=failed"), "viewer").await;
        let failed = failed["items"].as_array().unwrap();
        let told: Vec<_> = failed.iter().map(|job| (&job["image"], &job["failure"])).collect();
        let expected =
            [json!(["a", "too_large"]), json!(["b", "too_large"]), json!(["d", "content_missing"])];
        for row in &expected {
            assert!(told.contains(&(&row[0], &row[1])), "{row} is not in {told:?}");
        }
        for job in failed {
            assert!(job["advice"]["en"].as_str().is_some_and(|advice| !advice.is_empty()));
            assert!(job["advice"]["zh"].as_str().is_some_and(|advice| !advice.is_empty()));
        }
        let (status, again) = site.post(&format!("{path}/retry"), "operator", json!(null)).await;
        assert_eq!((status, &again["total"]), (StatusCode::CREATED, &json!(3)));

        let (status, _) = site.post(&format!("{path}/cancel"), "operator", json!(null)).await;
        assert_eq!(status, StatusCode::CONFLICT, "it has ended");
        let again = format!("/tasks/{}", again["id"]);
        for (method, path) in
            [(Method::GET, ""), (Method::GET, "/jobs"), (Method::POST, "/cancel"), (Method::POST, "/retry")]
        {
            let path = format!("{again}{path}");
            let (status, _) = site.call(method, &path, "operator of theirs", None).await;
            assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
        }
        let (status, _) = site.post(&format!("{again}/cancel"), "viewer", json!(null)).await;
        assert_eq!(status, StatusCode::FORBIDDEN);
        let (status, given) = site.post(&format!("{again}/cancel"), "operator", json!(null)).await;
        assert_eq!((status, given), (StatusCode::OK, json!({ "given_up": 2, "cancelled": 1 })));
        let (_, task) = site.get(&again, "viewer").await;
        assert_eq!(task["status"], "cancelled");
    }
}

#[tokio::test]
async fn scans_of_some_images_are_given_up_and_others_go_on() {
    for site in &Sites::open().await.list {
        let ids = &site.images;
        let (_, ours) = site.post("/scans", "operator", json!({ "images": ids[..3] })).await;
        let (_, theirs) = site.post("/scans", "operator of theirs", json!({ "all": true })).await;
        let (status, given) =
            site.post("/scans/cancel", "operator of theirs", json!({ "images": [ids[0]] })).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{given}");
        // They have the same content: their own wish is given up, the scan goes on for us.
        let (_, given) = site.post("/scans/cancel", "operator of theirs", json!({ "all": true })).await;
        assert_eq!(given, json!({ "given_up": 1, "cancelled": 0 }));
        let (_, task) = site.get(&format!("/tasks/{}", theirs["id"]), "operator of theirs").await;
        assert_eq!(task["status"], "cancelled");
        let (_, given) = site.post("/scans/cancel", "operator", json!({ "filter": { "name": "c" } })).await;
        assert_eq!(given, json!({ "given_up": 1, "cancelled": 1 }));
        site.work(End::Done(None)).await;
        let (_, task) = site.get(&format!("/tasks/{}", ours["id"]), "viewer").await;
        assert_eq!((&task["succeeded"], &task["cancelled"]), (&json!(2), &json!(1)));
    }
}

/// What a stream tells until something fits: names of events and their data.
async fn heard(stream: &mut BodyDataStream, fits: impl Fn(&str, &Value) -> bool) -> Vec<(String, Value)> {
    let mut all = Vec::new();
    let mut text = String::new();
    let listening = async {
        while let Some(bytes) = stream.next().await {
            text.push_str(std::str::from_utf8(&bytes.unwrap()).unwrap());
            while let Some((event, rest)) = text.split_once("\n\n") {
                let line =
                    |name: &str| event.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
                let (name, data) = (line("event: ").to_owned(), line("data: ").to_owned());
                let data: Value = serde_json::from_str(&data).unwrap_or_default();
                let done = fits(&name, &data);
                all.push((name, data));
                text = rest.to_owned();
                if done {
                    return;
                }
            }
        }
        panic!("the stream ended");
    };
    tokio::time::timeout(Duration::from_secs(20), listening).await.unwrap();
    all
}

#[tokio::test]
async fn a_stream_tells_what_changes_to_those_who_may_see_it() {
    for site in &Sites::open().await.list {
        let mut ours = site.send(Method::GET, "/stream", "viewer", None).await.into_body().into_data_stream();
        let mut theirs = site
            .send(Method::GET, "/stream", "operator of theirs", None)
            .await
            .into_body()
            .into_data_stream();
        let (_, task) = site.post("/scans", "operator", json!({ "images": [site.images[0]] })).await;
        let id = task["id"].clone();
        let waits = |name: &str, data: &Value| name == "images" && data["images"][0]["status"] == "waiting";
        let first = heard(&mut ours, waits).await;
        assert!(first.iter().any(|(name, data)| name == "task" && data["task"]["id"] == id), "{first:?}");
        site.work(End::Done(None)).await;
        let done = |name: &str, data: &Value| name == "task" && data["task"]["status"] == "done";
        heard(&mut ours, done).await;

        // The content is theirs too: they hear of their image, and nothing of our task or images.
        let (_, own) = site.post("/scans", "operator of theirs", json!({ "all": true })).await;
        let own = own["id"].clone();
        let all = heard(&mut theirs, |name, data| name == "task" && data["task"]["id"] == own).await;
        let tasks: Vec<_> =
            all.iter().filter(|(name, _)| name == "task").map(|(_, data)| &data["task"]["id"]).collect();
        assert!(tasks.iter().all(|task| **task == own), "{all:?}");
        let images = all.iter().filter_map(|(_, data)| data["images"].as_array()).flatten();
        assert!(images.into_iter().all(|image| image["id"] == site.images[4]), "{all:?}");

        let project = projects::ensure(&site.app.database, projects::DEFAULT).await.unwrap();
        for (subject, project) in [("ours", Some(project)), ("everybody's", None)] {
            let sql =
                "INSERT INTO event (at, project_id, kind, subject, severity) VALUES ($1, $2, 'told', $3, 4)";
            let sql = Sql::write("add an event", sql).bind(store::now()).bind(project).bind(subject);
            sql.run(&site.app.database).await.unwrap();
        }
        let last = |name: &str, data: &Value| name == "event" && data["event"]["subject"] == "everybody's";
        let subjects = |all: Vec<(String, Value)>| {
            let told = all.into_iter().filter(|(name, _)| name == "event");
            told.map(|(_, data)| data["event"]["subject"].clone()).collect::<Vec<_>>()
        };
        assert_eq!(subjects(heard(&mut ours, last).await), ["ours", "everybody's"]);
        assert_eq!(subjects(heard(&mut theirs, last).await), ["everybody's"]);
    }
}

#[tokio::test]
async fn a_stream_tells_of_engines_that_were_read_again() {
    for site in &Sites::open().await.list {
        let listen =
            async |who| site.send(Method::GET, "/stream", who, None).await.into_body().into_data_stream();
        let (mut ours, mut theirs) = (listen("viewer").await, listen("operator of theirs").await);
        let mut transaction = site.app.database.begin().await.unwrap();
        let project = projects::ensure(&mut transaction, projects::DEFAULT).await.unwrap();
        let host = Host { name: "node".into(), ..Host::default() };
        let host = store::hosts::note(&mut transaction, "heard", &host, project).await.unwrap();
        let summary = EngineSummary { kind: "docker".into(), ..EngineSummary::default() };
        let engine = store::engines::note(&mut transaction, host, "unix:heard", &summary).await.unwrap();
        store::engines::heard(&mut transaction, engine, false).await.unwrap();
        let sql = "INSERT INTO event (at, kind, subject, severity) VALUES ($1, 'told', 'everybody', 4)";
        Sql::write("add an event", sql).bind(store::now()).run(&mut transaction).await.unwrap();
        transaction.commit().await.unwrap();
        heard(&mut ours, |name, data| name == "engines" && data["engines"] == json!([engine])).await;
        let all = heard(&mut theirs, |name, _| name == "event").await;
        assert!(all.iter().all(|(name, _)| name != "engines"), "{all:?}");
    }
}

#[tokio::test]
async fn an_account_listens_only_so_often_and_hears_again_what_it_missed() {
    let site = &Sites::open().await.list[0];
    let (_, task) = site.post("/scans", "operator", json!({ "images": [site.images[0]] })).await;
    let mut streams = Vec::new();
    for _ in 0..8 {
        streams.push(site.send(Method::GET, "/stream", "viewer", None).await);
    }
    let (status, problem) = site.get("/stream", "viewer").await;
    assert_eq!((status, &problem["code"]), (StatusCode::TOO_MANY_REQUESTS, &json!("too_many_requests")));
    assert_eq!(site.send(Method::GET, "/stream", "operator", None).await.status(), StatusCode::OK);
    streams.clear();
    let request = Request::builder()
        .uri("/api/v1/stream")
        .header("authorization", "Bearer viewer")
        .header("last-event-id", (store::now() - 60_000).to_string());
    let response = site.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    let id = task["id"].clone();
    heard(&mut response.into_body().into_data_stream(), |_, data| data["task"]["id"] == id).await;
    let request = Request::builder()
        .uri("/api/v1/stream")
        .header("authorization", "Bearer viewer")
        .header("last-event-id", "1");
    let response = site.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let all = heard(&mut response.into_body().into_data_stream(), |name, _| name == "reload").await;
    assert_eq!(all[0].0, "reload", "it was away for too long");
}
