//! Images that may be scanned: by hand, within a quota, each distinct one once.

use axum::body::{Body, to_bytes};
use http::{Method, Request};
use serde_json::{Value, json};
use server::{App, Key, Settings};
use store::{Sql, projects};
use tower::ServiceExt as _;

use crate::server_of_tests::Server;
use crate::{ended, rows, servers};

/// An image of this machine, of a content; one without cannot be scanned.
pub(crate) async fn image(server: &Server, project: &str, name: &str, content: Option<i64>) -> i64 {
    let database = &server.app.database;
    let project = projects::ensure(database, project).await.unwrap();
    if let Some(content) = content {
        let sql = "INSERT INTO content (id, image_id, size, first_seen) VALUES ($1, $2, 1, 1) ON CONFLICT DO NOTHING";
        let sql = Sql::write("add a content", sql).bind(content).bind(format!("sha256:{content}"));
        sql.run(database).await.unwrap();
    }
    let (id,): (i64,) = Sql::write(
        "add an image",
        "INSERT INTO asset (project_id, kind, repository, reference, name, content_id, size, first_seen, last_seen) \
         VALUES ($1, 'local', $2, 'x', $2, $3, 1, 1, 1) RETURNING id",
    )
    .bind(project)
    .bind(name)
    .bind(content)
    .one(database)
    .await
    .unwrap();
    id
}

/// Sets how images are authorised.
pub(crate) async fn set(server: &Server, settings: Value) -> Value {
    server.put("/authorisation/settings", settings).await.expect(200)
}

/// Authorises images; gives what became of them.
pub(crate) async fn authorise(server: &Server, request: Value) -> Value {
    server.post("/authorisation", request).await.expect(200)
}

/// Why, what, how many and how many then: the ledger, the latest first.
pub(crate) async fn ledger(server: &Server) -> Vec<(String, String, i64, i64)> {
    let page = server.get("/authorisation/ledger?limit=200").await.expect(200);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let number = |value: &Value| value.as_i64().unwrap();
    let row = |row: &Value| {
        (text(&row["cause"]), text(&row["image"]), number(&row["change"]), number(&row["balance"]))
    };
    page["items"].as_array().unwrap().iter().map(row).collect()
}

/// Names of images that are authorised, or are not.
async fn named(server: &Server, authorised: bool) -> Vec<String> {
    let rows = rows(server, &format!("&authorised={authorised}")).await;
    assert!(rows.iter().all(|row| row["authorised"] == authorised), "{rows:?}");
    rows.iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect()
}

/// What a task failed with, by image.
pub(crate) async fn failures(server: &Server, task: &Value) -> Vec<(String, String)> {
    let jobs = server.get(&format!("/tasks/{}/jobs?status=failed&limit=200", task["id"])).await.expect(200);
    let mut failures: Vec<(String, String)> = Vec::new();
    for job in jobs["items"].as_array().unwrap() {
        assert!(job["advice"]["en"] != "" && job["advice"]["zh"] != "", "{job}");
        let text = |key: &str| job[key].as_str().unwrap().to_owned();
        failures.push((text("image"), text("failure")));
    }
    failures.sort();
    failures
}

fn failed(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(image, code)| ((*image).to_owned(), (*code).to_owned())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_image_is_authorised_until_somebody_wants_it_otherwise() {
    for server in &servers().await.all {
        image(server, projects::DEFAULT, "a", Some(1)).await;
        let standing = server.get("/authorisation").await.expect(200);
        assert_eq!(standing, json!({ "enabled": false, "used": 0, "automatic_today": 0 }));
        assert_eq!((named(server, true).await, named(server, false).await), (vec!["a".into()], vec![]));
        let task = server.post("/scans", json!({ "all": true })).await.expect(201);
        assert_eq!((&task["total"], &task["failed"]), (&json!(1), &json!(0)));
        set(server, json!({ "enabled": true })).await;
        assert_eq!(named(server, false).await, ["a"]);
        set(server, json!({ "enabled": false })).await;
        assert_eq!(named(server, true).await, ["a"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_distinct_image_takes_one_place_and_only_those_with_one_are_scanned() {
    for server in &servers().await.all {
        let mut ids = Vec::new();
        for (name, content) in [("a", Some(1)), ("b", Some(1)), ("c", Some(2)), ("d", Some(3)), ("e", None)] {
            ids.push(image(server, projects::DEFAULT, name, content).await);
        }
        set(server, json!({ "enabled": true, "quota": 2 })).await;
        let task = server.post("/scans", json!({ "all": true })).await.expect(201);
        assert_eq!((&task["total"], &task["failed"]), (&json!(5), &json!(5)), "{task}");
        let not = "not_authorised";
        let expected = [("a", not), ("b", not), ("c", not), ("d", not), ("e", not)];
        assert_eq!(failures(server, &task).await, failed(&expected));

        let done = authorise(server, json!({ "images": [ids[0]] })).await;
        assert_eq!(
            (&done["code"], &done["authorised"], &done["taken"]),
            (&json!("success"), &json!(1), &json!(1))
        );
        assert_eq!(named(server, true).await, ["a", "b"], "it is the same image");
        let done = authorise(server, json!({ "all": true, "count": 1 })).await;
        let told = json!({
            "code": "success", "authorised": 1, "already": 2, "refused": 0, "refused_images": [], "unscannable": 1,
            "left_out": 1, "taken": 1, "used": 2, "left": 0,
        });
        assert_eq!(done, told);
        let done = authorise(server, json!({ "filter": { "kind": ["local"] }, "scan": true })).await;
        assert_eq!((&done["code"], &done["refused_images"]), (&json!("quota_reached"), &json!([ids[3]])));
        assert_eq!((&done["task"]["total"], &done["task"]["failed"]), (&json!(3), &json!(0)), "{done}");

        let withdrawal = json!({ "images": [ids[1], ids[3]] });
        let done = server.post("/authorisation/withdraw", withdrawal).await.expect(200);
        assert_eq!(done, json!({ "withdrawn": 1, "unauthorised": 1, "given_back": 1, "used": 1, "left": 1 }));
        assert_eq!(named(server, false).await, ["a", "b", "d", "e"]);
        let person = |image: &str, change, balance| ("person".to_owned(), image.to_owned(), change, balance);
        let expected = [person("a", -1, 1), person("c", 1, 2), person("a", 1, 1)];
        assert_eq!(ledger(server).await, expected);

        // It waited for its scan when it was withdrawn.
        server.work();
        let task = done_task(server).await;
        let expected = [("a", not), ("b", not), ("c", "content_missing")];
        assert_eq!(failures(server, &task).await, failed(&expected));
    }
}

/// The task that was asked for last, once it has ended.
async fn done_task(server: &Server) -> Value {
    let tasks = server.get("/tasks?kind=scan&limit=1").await.expect(200);
    ended(server, tasks["items"][0]["id"].as_i64().unwrap()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quota_holds_however_many_ask_at_once_of_two_servers() {
    const QUOTA: i64 = 10;
    for server in &servers().await.all {
        let mut ids = Vec::new();
        for content in 1..=30 {
            ids.push(image(server, projects::DEFAULT, &format!("i{content}"), Some(content)).await);
        }
        set(server, json!({ "enabled": true, "quota": QUOTA })).await;
        let made = server.post("/tokens", json!({ "name": "many", "role": "operator" })).await.expect(201);
        let token = format!("Bearer {}", made["value"].as_str().unwrap());
        let scratch = tempfile::tempdir().unwrap();
        let settings = &server.app.settings;
        let other = Settings::new(settings.database.clone(), scratch.path(), Key::new([7; 32]));
        let other = server::router(App::open(other).await.unwrap());
        let mut asking = tokio::task::JoinSet::new();
        for (at, two) in ids.windows(2).enumerate() {
            let path = if at % 5 == 4 { "/withdraw" } else { "" };
            let router = if at % 2 == 0 { server.router.clone() } else { other.clone() };
            let request = Request::builder()
                .method(Method::POST)
                .uri(format!("/api/v1/authorisation{path}"))
                .header("authorization", &token)
                .header("content-type", "application/json")
                .body(Body::from(json!({ "images": two }).to_string()))
                .unwrap();
            asking.spawn(async move {
                let response = router.oneshot(request).await.unwrap();
                let status = response.status();
                let bytes = to_bytes(response.into_body(), 1 << 20).await.unwrap();
                assert_eq!(status, 200, "{}", String::from_utf8_lossy(&bytes));
            });
        }
        while let Some(asked) = asking.join_next().await {
            asked.unwrap();
        }
        authorise(server, json!({ "all": true })).await;
        let entries = ledger(server).await;
        let (mut balance, mut most) = (0, 0);
        for (_, image, change, then) in entries.iter().rev() {
            balance += change;
            assert_eq!(balance, *then, "{image}: the account does not add up");
            most = most.max(balance);
        }
        assert_eq!((balance, most), (QUOTA, QUOTA));
        assert_eq!(server.get("/authorisation").await.expect(200)["used"], QUOTA);
        assert_eq!(i64::try_from(named(server, true).await.len()).unwrap(), QUOTA);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn projects_authorise_for_themselves_and_see_only_their_own() {
    for server in &servers().await.all {
        let project = server.post("/projects", json!({ "name": "theirs" })).await.expect(201)["id"].clone();
        let ours = image(server, projects::DEFAULT, "ours", Some(1)).await;
        let theirs = image(server, "theirs", "theirs", Some(1)).await;
        set(server, json!({ "enabled": true, "quota": 1 })).await;
        let mut tokens = Vec::new();
        for (role, project) in [("operator", json!(project)), ("viewer", json!(null))] {
            let token = json!({ "name": role, "role": role, "project_id": project });
            let made = server.post("/tokens", token).await.expect(201);
            tokens.push(format!("Bearer {}", made["value"].as_str().unwrap()));
        }
        let ask = async |token: usize, method: Method, path: &str, body: Value| {
            let headers = [("authorization", tokens[token].as_str())];
            let body = (method != Method::GET).then_some(body);
            server.ask(method, path, body, &headers).await
        };
        let post = async |token: usize, path: &str, body: Value| ask(token, Method::POST, path, body).await;
        for path in ["/authorisation", "/authorisation/withdraw"] {
            post(0, path, json!({ "images": [ours] })).await.expect(404);
            post(1, path, json!({ "images": [ours] })).await.expect(403);
        }
        let on = json!({ "enabled": false });
        ask(0, Method::PUT, "/authorisation/settings", on).await.expect(403);

        authorise(server, json!({ "images": [ours] })).await;
        assert_eq!(named(server, true).await, ["ours"], "theirs is not ours to authorise by it");
        let done = post(0, "/authorisation", json!({ "all": true })).await.expect(200);
        assert_eq!((&done["authorised"], &done["taken"], &done["used"]), (&json!(1), &json!(0), &json!(1)));
        let done = server.post("/authorisation/withdraw", json!({ "images": [ours] })).await.expect(200);
        assert_eq!((&done["given_back"], &done["used"]), (&json!(0), &json!(1)));
        assert_eq!(named(server, true).await, ["theirs"]);
        let done = post(0, "/authorisation/withdraw", json!({ "images": [theirs] })).await.expect(200);
        assert_eq!((&done["given_back"], &done["used"]), (&json!(1), &json!(0)));

        let page = ask(0, Method::GET, "/authorisation/ledger", json!(null)).await.expect(200);
        let images: Vec<&Value> = page["items"].as_array().unwrap().iter().map(|row| &row["image"]).collect();
        assert_eq!(images, ["theirs", "theirs"]);
        let noted = server.get("/audit?action=authorisation.").await.expect(200);
        let mut actions: Vec<&str> = noted["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|entry| entry["action"].as_str().unwrap())
            .collect();
        actions.sort_unstable();
        actions.dedup();
        assert_eq!(actions, ["authorisation.authorise", "authorisation.settings", "authorisation.withdraw"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn refuses_settings_and_requests_that_say_nothing_sensible() {
    for server in &servers().await.all {
        let id = image(server, projects::DEFAULT, "a", Some(1)).await;
        let globs =
            |count: usize, name: &str| json!({ "enabled": true, "rule": { "names": vec![name; count] } });
        let kinds =
            json!({ "enabled": true, "rule": { "kinds": ["local", "local", "local", "local", "local"] } });
        let refused = [
            json!({}),
            json!({ "enabled": true, "unheard": 1 }),
            json!({ "enabled": true, "quota": -1 }),
            json!({ "enabled": true, "quota": 1_000_000_001_i64 }),
            json!({ "enabled": true, "rule": { "daily": -1 } }),
            json!({ "enabled": true, "rule": { "kinds": ["engine"] } }),
            kinds,
            globs(51, "a"),
            globs(1, ""),
            globs(1, &"a".repeat(257)),
            globs(1, "a\0b"),
        ];
        for settings in refused {
            let told = settings.to_string();
            let answer = server.put("/authorisation/settings", settings).await;
            assert_eq!(answer.status, 400, "{told}: {}", answer.text());
        }
        let refused = [
            json!({}),
            json!({ "images": [id], "all": true }),
            json!({ "images": [] }),
            json!({ "all": true, "count": 0 }),
            json!({ "all": true, "unheard": 1 }),
            json!({ "filter": { "name": "a\0b" } }),
        ];
        for request in refused {
            for path in ["/authorisation", "/authorisation/withdraw"] {
                let answer = server.post(path, request.clone()).await;
                assert_eq!(answer.status, 400, "{path} {request}: {}", answer.text());
            }
        }
        authorise(server, json!({ "images": [id] })).await;
        server.put("/authorisation/settings", json!({ "enabled": true, "quota": 0 })).await.expect(409);
        let before = server.get("/authorisation").await.expect(200);
        assert_eq!((&before["enabled"], &before["used"]), (&json!(false), &json!(1)), "nothing of it holds");
        server.get("/authorisation/ledger?after=nothing").await.expect(400);
    }
}
