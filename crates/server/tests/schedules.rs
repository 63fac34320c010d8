//! Schedules over HTTP, on both databases: who sees and changes them, what is refused, what became of them.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use axum::Router;
use axum::body::{Body, to_bytes};
use http::{Method, Request, StatusCode};
use serde_json::{Value, json};
use server::{App, Key, Settings};
use sha2::{Digest, Sha256};
use store::jobs::{self, End, LEASE};
use store::{Sql, projects};
use testkit::Postgres;
use tower::ServiceExt;

/// A server with two images, one that cannot be scanned, and one of another project.
struct Site {
    app: App,
    router: Router,
    ours: i64,
    theirs: i64,
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
        for (name, role, project) in [
            ("operator", "operator", None),
            ("viewer", "viewer", None),
            ("operator of ours", "operator", Some(ours)),
            ("operator of theirs", "operator", Some(theirs)),
        ] {
            token(&app, name, role, project).await;
        }
        let mut images = Vec::new();
        for (number, project, content) in
            [(1, ours, true), (2, ours, true), (3, ours, false), (4, theirs, true)]
        {
            images.push(image(&app, project, number, content).await);
        }
        let router = server::router(app.clone());
        Self { app, router, ours, theirs, images, _directory: directory }
    }

    async fn call(
        &self,
        method: Method,
        path: &str,
        token: &str,
        body: Option<Value>,
    ) -> (StatusCode, Value) {
        let request = Request::builder()
            .method(method)
            .uri(format!("/api/v1/schedules{path}"))
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", "application/json");
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        let response = self.router.clone().oneshot(request.body(body).unwrap()).await.unwrap();
        let status = response.status();
        let body = to_bytes(response.into_body(), 1 << 22).await.unwrap();
        (status, serde_json::from_slice(&body).unwrap_or_default())
    }

    async fn get(&self, path: &str, token: &str) -> (StatusCode, Value) {
        self.call(Method::GET, path, token, None).await
    }

    async fn post(&self, path: &str, token: &str, body: Value) -> (StatusCode, Value) {
        self.call(Method::POST, path, token, Some(body)).await
    }

    async fn make(&self, token: &str, body: Value) -> Value {
        let (status, made) = self.post("", token, body).await;
        assert_eq!(status, StatusCode::CREATED, "{made}");
        made
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
    let account =
        "INSERT INTO account (login, password_hash, role, created) VALUES ($1, 'none', $2, 1) RETURNING id";
    let account = Sql::write("add an account", account).bind(name).bind(role);
    let (account,): (i64,) = account.one(&app.database).await.unwrap();
    let digest: String = Sha256::digest(name.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
    let token = "INSERT INTO token (name, token_hash, account_id, role, project_id, created) \
        VALUES ('t', $1, $2, $3, $4, 1)";
    let token = Sql::write("add a token", token).bind(digest).bind(account).bind(role).bind(project);
    token.run(&app.database).await.unwrap();
}

async fn image(app: &App, project: i64, number: i64, has_content: bool) -> i64 {
    let content = "INSERT INTO content (id, image_id, size, first_seen) VALUES ($1, $2, 1, 1)";
    let content = Sql::write("add a content", content).bind(number).bind(format!("sha256:{number}"));
    content.run(&app.database).await.unwrap();
    let asset = "INSERT INTO asset (project_id, kind, repository, reference, name, content_id, size, first_seen, \
        last_seen) VALUES ($1, 'local', $2, 'x', $2, $3, 1, 1, 1) RETURNING id";
    let asset = Sql::write("add an image", asset).bind(project).bind(format!("image{number}"));
    let (id,): (i64,) = asset.bind(has_content.then_some(number)).one(&app.database).await.unwrap();
    id
}

fn daily(name: &str) -> Value {
    json!({ "name": name, "rhythm": { "type": "days", "every": 1, "at": "02:30" } })
}

/// `base` with some fields added or replaced.
fn with(mut base: Value, fields: &Value) -> Value {
    let fields = fields.as_object().unwrap().clone();
    base.as_object_mut().unwrap().extend(fields);
    base
}

#[tokio::test]
async fn a_schedule_is_made_changed_switched_off_and_deleted() {
    for site in &Sites::open().await.list {
        let made = site.make("operator", daily(" nightly ")).await;
        let path = format!("/{}", made["id"]);
        assert_eq!(
            (&made["name"], &made["enabled"], &made["zone"]),
            (&json!("nightly"), &json!(true), &json!("UTC"))
        );
        assert_eq!(made["window"], json!({ "from": "00:00", "to": "07:00" }));
        assert_eq!(made["targets"], json!(["local", "registry"]));
        assert_eq!(made["checks"].as_array().unwrap().len(), 8);
        assert_eq!(
            (&made["projects"], &made["images"], &made["created_by"]),
            (&json!([]), &json!([]), &json!("operator"))
        );
        assert!(made.get("last").is_none());
        let next = made["next_at"].as_i64().unwrap();
        assert_eq!((next > store::now(), next % 86_400_000), (true, 9_000_000), "at half past two");
        let (_, found) = site.get(&path, "viewer").await;
        assert_eq!(found, made);

        let change = json!({
            "rhythm": { "type": "cron", "expression": "0 23 * * *" }, "zone": "Asia/Shanghai",
            "window": { "from": "22:00", "to": "06:00" }, "checks": ["secrets", "malware"], "targets": ["registry"],
            "images": [site.images[1], site.images[0]], "exclude": [site.images[2]], "only_latest": true,
            "only_running": true, "updated_days": 30, "per_hour": 100, "parallel": 3,
            "filter": { "repository": "image*" },
        });
        let (status, changed) = site.call(Method::PATCH, &path, "operator", Some(change.clone())).await;
        assert_eq!(status, StatusCode::OK, "{changed}");
        for (key, value) in change.as_object().unwrap() {
            match key.as_str() {
                "images" => assert_eq!(changed[key], json!(site.images[..2])),
                "checks" => assert_eq!(changed[key], json!(["malware", "secrets"])),
                "filter" => assert_eq!(changed[key]["repository"], "image*"),
                _ => assert_eq!(&changed[key], value, "{key}"),
            }
        }
        assert_eq!(
            changed["next_at"].as_i64().unwrap() % 86_400_000,
            15 * 3_600_000,
            "eleven at night there"
        );
        assert!(changed["updated"].as_i64() > made["updated"].as_i64());

        let (_, off) = site.call(Method::PATCH, &path, "operator", Some(json!({ "enabled": false }))).await;
        assert!(off.get("next_at").is_none());
        let (_, on) = site
            .call(Method::PATCH, &path, "operator", Some(json!({ "enabled": true, "name": "late" })))
            .await;
        assert_eq!(
            (&on["next_at"], &on["name"], &on["picked"]),
            (&changed["next_at"], &json!("late"), &json!(true))
        );
        let (_, all) = site.call(Method::PATCH, &path, "operator", Some(json!({ "images": [] }))).await;
        assert_eq!((&all["picked"], &all["exclude"]), (&json!(false), &json!([site.images[2]])));

        let (_, list) = site.get("?search=LAT", "viewer").await;
        assert_eq!((list["items"].as_array().unwrap().len(), &list["items"][0]["id"]), (1, &made["id"]));
        assert!(list["items"][0].get("images").is_none(), "a list does not tell them");
        assert_eq!(site.call(Method::DELETE, &path, "operator", None).await.0, StatusCode::NO_CONTENT);
        assert_eq!(site.get(&path, "operator").await.0, StatusCode::NOT_FOUND);
        let (actions,): (i64,) =
            Sql::read("count", "SELECT COUNT(*) FROM audit WHERE action LIKE 'schedule.%'")
                .one(&site.app.database)
                .await
                .unwrap();
        assert_eq!(actions, 6, "every change is noted");
    }
}

#[tokio::test]
async fn lists_go_on_where_a_page_ended() {
    for site in &Sites::open().await.list {
        for name in ["b", "a", "c"] {
            site.make("operator", daily(name)).await;
        }
        let (_, first) = site.get("?limit=2", "viewer").await;
        let (_, second) = site.get(&format!("?after={}", first["next"].as_str().unwrap()), "viewer").await;
        let names = |page: &Value| -> Vec<Value> {
            page["items"].as_array().unwrap().iter().map(|item| item["name"].clone()).collect()
        };
        assert_eq!((names(&first), names(&second)), (vec![json!("a"), json!("b")], vec![json!("c")]));
        assert!(second.get("next").is_none());
    }
}

#[tokio::test]
async fn refuses_what_cannot_be() {
    for site in &Sites::open().await.list {
        let made = site.make("operator", daily("nightly")).await;
        let many: Vec<i64> = (1..=10_001).collect();
        let cases = [
            json!({ "name": "" }),
            json!({ "name": "x".repeat(101) }),
            json!({ "name": "a\u{0}b" }),
            json!({ "unheard": 1 }),
            json!({ "rhythm": { "type": "days", "every": 2 } }),
            json!({ "rhythm": { "type": "days", "every": 1, "at": "25:00" } }),
            json!({ "rhythm": { "type": "days", "every": 1, "at": "12:00" } }),
            json!({ "rhythm": { "type": "days", "every": 1, "first": "2026-02-30" } }),
            json!({ "rhythm": { "type": "days", "every": 1, "unheard": 1 } }),
            json!({ "rhythm": { "type": "cron", "expression": "0 12 * * *" } }),
            json!({ "rhythm": { "type": "cron", "expression": "0 0 30 2 *" } }),
            json!({ "rhythm": { "type": "cron", "expression": "* * * * * *" } }),
            json!({ "rhythm": { "type": "cron", "expression": "x".repeat(101) } }),
            json!({ "rhythm": { "type": "hourly" } }),
            json!({ "zone": "Atlantis" }),
            json!({ "zone": "x".repeat(65) }),
            json!({ "window": { "from": "0:00", "to": "07:00" } }),
            json!({ "window": { "from": "00:00", "to": "24:00" } }),
            json!({ "window": { "from": "00:00" } }),
            json!({ "targets": ["archive"] }),
            json!({ "targets": ["local", "local", "local"] }),
            json!({ "checks": ["everything"] }),
            json!({ "filter": { "gone": true } }),
            json!({ "filter": { "kind": ["archive"] } }),
            json!({ "filter": { "latest": false }, "only_latest": true }),
            json!({ "filter": { "running": false }, "only_running": true }),
            json!({ "filter": { "name": "x".repeat(257) } }),
            json!({ "filter": { "unheard": 1 } }),
            json!({ "images": many }),
            json!({ "exclude": many }),
            json!({ "updated_days": -1 }),
            json!({ "updated_days": 3_651 }),
            json!({ "per_hour": -1 }),
            json!({ "per_hour": 100_001 }),
            json!({ "parallel": 1_001 }),
        ];
        let path = format!("/{}", made["id"]);
        for fields in cases {
            let (status, problem) = site.post("", "operator", with(daily("other"), &fields)).await;
            assert_eq!(status, StatusCode::BAD_REQUEST, "{fields}: {problem}");
            let (status, problem) = site.call(Method::PATCH, &path, "operator", Some(fields.clone())).await;
            assert_eq!(status, StatusCode::BAD_REQUEST, "{fields}: {problem}");
        }
        let missing = [json!({ "images": [i64::MAX] }), json!({ "exclude": [i64::MAX] })];
        for fields in missing {
            let (status, _) = site.call(Method::PATCH, &path, "operator", Some(fields.clone())).await;
            assert_eq!(status, StatusCode::NOT_FOUND, "{fields}");
        }
        let (status, _) =
            site.post("", "operator", with(daily("other"), &json!({ "projects": [i64::MAX] }))).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        let (status, problem) = site.post("", "operator", daily("nightly")).await;
        assert_eq!(
            (status, &problem["code"]),
            (StatusCode::CONFLICT, &json!("conflict")),
            "there is one of that name"
        );
        site.make("operator", daily("other")).await;
        let (status, _) = site.call(Method::PATCH, &path, "operator", Some(json!({ "name": "other" }))).await;
        assert_eq!(status, StatusCode::CONFLICT);
        let (_, after) = site.get(&path, "viewer").await;
        assert_eq!(after, made, "what is refused changes nothing");
        let (status, _) = site.get("?unheard=1", "viewer").await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
    }
}

#[tokio::test]
async fn is_seen_by_those_who_see_all_its_projects_and_changed_by_operators() {
    for site in &Sites::open().await.list {
        let every = site.make("operator", daily("every")).await;
        let ours = site.make("operator of ours", daily("ours")).await;
        assert_eq!(ours["projects"], json!([site.ours]));
        let both = with(daily("both"), &json!({ "projects": [site.ours, site.theirs] }));
        let both = site.make("operator", both).await;
        let sees = async |token: &str| -> Vec<Value> {
            let (_, list) = site.get("", token).await;
            list["items"].as_array().unwrap().iter().map(|item| item["name"].clone()).collect()
        };
        assert_eq!(sees("viewer").await, [json!("both"), json!("every"), json!("ours")]);
        assert_eq!(sees("operator of ours").await, [json!("ours")]);
        assert!(sees("operator of theirs").await.is_empty());
        for id in [&every["id"], &ours["id"], &both["id"]] {
            let path = format!("/{id}");
            for (method, path, body) in [
                (Method::GET, path.clone(), None),
                (Method::PATCH, path.clone(), Some(json!({ "enabled": false }))),
                (Method::DELETE, path.clone(), None),
                (Method::POST, format!("{path}/run"), None),
            ] {
                let (status, _) = site.call(method.clone(), &path, "operator of theirs", body.clone()).await;
                assert_eq!(status, StatusCode::NOT_FOUND, "{method} {path}");
                if method != Method::GET {
                    let (status, _) = site.call(method.clone(), &path, "viewer", body.clone()).await;
                    assert_eq!(status, StatusCode::FORBIDDEN, "{method} {path}");
                }
                let (status, _) = site.call(method.clone(), &path, "nobody", body).await;
                assert_eq!(status, StatusCode::UNAUTHORIZED, "{method} {path}");
            }
        }
        assert_eq!(site.post("", "viewer", daily("mine")).await.0, StatusCode::FORBIDDEN);
        // Nobody reaches into projects of others: by naming them, or their images.
        for fields in [
            json!({ "projects": [site.theirs] }),
            json!({ "images": [site.images[3]] }),
            json!({ "exclude": [site.images[3]] }),
        ] {
            let (status, _) = site.post("", "operator of ours", with(daily("mine"), &fields)).await;
            assert_eq!(status, StatusCode::NOT_FOUND, "{fields}");
        }
    }
}

#[tokio::test]
async fn runs_now_whatever_its_hours_are_and_tells_what_became_of_it() {
    for site in &Sites::open().await.list {
        let fields =
            json!({ "enabled": false, "checks": ["secrets"], "images": site.images[..2], "per_hour": 100 });
        let made = site.make("operator of ours", with(daily("nightly"), &fields)).await;
        let path = format!("/{}", made["id"]);
        let run = async || {
            let (status, task) = site.post(&format!("{path}/run"), "operator", json!(null)).await;
            assert_eq!(status, StatusCode::CREATED, "{task}");
            task
        };
        let last = async || site.get(&path, "viewer").await.1["last"].clone();
        let task = run().await;
        assert_eq!(
            (&task["cause"], &task["name"], &task["total"]),
            (&json!("person"), &json!("nightly"), &json!(2))
        );
        assert_eq!((&task["created_by"], &task["per_hour"]), (&json!("operator"), &json!(100)));
        let running = last().await;
        assert_eq!((&running["result"], &running["task_id"]), (&json!("running"), &task["id"]));
        // Its pace lets one go at once.
        site.work(End::Done(None)).await;
        let mut transaction = site.app.database.begin().await.unwrap();
        store::tasks::cancel(&mut transaction, task["id"].as_i64().unwrap()).await.unwrap().unwrap();
        transaction.commit().await.unwrap();
        let ended = last().await;
        assert_eq!(
            (&ended["result"], &ended["succeeded"], &ended["cancelled"]),
            (&json!("cancelled"), &json!(1), &json!(1))
        );

        let cases: [(Value, &[End], &str); 5] = [
            (json!([site.images[0], site.images[1]]), &[End::Done(None), End::Done(None)], "success"),
            (json!([site.images[0], site.images[2]]), &[End::Done(None)], "partly_failed"),
            (json!([site.images[2]]), &[], "failed"),
            (json!([site.images[0]]), &[End::Cancelled], "cancelled"),
            (json!([]), &[], "nothing_to_scan"),
        ];
        for (images, ends, expected) in cases {
            let filter = if images == json!([]) { json!({ "name": "nobody" }) } else { json!({}) };
            let change = json!({ "images": images, "filter": filter, "per_hour": 0 });
            let (status, problem) = site.call(Method::PATCH, &path, "operator", Some(change)).await;
            assert_eq!(status, StatusCode::OK, "{problem}");
            run().await;
            for how in ends {
                site.work(how.clone()).await;
            }
            let last = last().await;
            assert_eq!(last["result"], expected, "{last}");
            assert!(last["finished"].is_i64());
        }
        let change = json!({ "images": [site.images[0]], "filter": {} });
        site.call(Method::PATCH, &path, "operator", Some(change)).await;
        run().await;
        site.work(End::Failed("too_large".to_owned(), "the layer has 5 TB".to_owned())).await;
        assert_eq!(last().await["result"], "failed");
        let (_, list) = site.get("", "operator of ours").await;
        assert_eq!(list["items"][0]["last"]["failed"], 1);
    }
}
