//! From an update of advisories to an event, as people see it, on both databases.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failure here is a failed test")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use axum::body::{Body, to_bytes};
use http::{Request, StatusCode};
use model::{Finding, Package, PackageType, Report};
use scan::Check;
use serde_json::{Value, json};
use server::{App, Key, Settings};
use store::contents::{self, Content};
use store::{Database, Sql};
use testkit::Postgres;
use tokio::sync::watch;
use tower::ServiceExt;

/// A server with workers, and the mirror that its advisories come from.
struct World {
    app: App,
    mirror: PathBuf,
    end: watch::Sender<bool>,
    _scratch: tempfile::TempDir,
}

impl World {
    async fn new(url: Option<String>) -> Self {
        let scratch = tempfile::tempdir().unwrap();
        let mirror = scratch.path().join("mirror");
        let file = format!("sqlite:{}", scratch.path().join("inventory.db").display());
        let mut settings = Settings::new(url.unwrap_or(file), scratch.path(), Key::new([7; 32]));
        settings.mirror = Some(mirror.display().to_string());
        settings.workers = 2;
        let app = App::open(settings).await.unwrap();
        for (id, role) in [(1_i64, "administrator"), (2, "viewer")] {
            token(&app.database, id, role).await;
        }
        let (end, ending) = watch::channel(false);
        tokio::spawn(server::run_workers(app.clone(), ending));
        Self { app, mirror, end, _scratch: scratch }
    }

    /// Writes a record about all versions of a package below `fixed`.
    fn record(&self, id: &str, package: &str, fixed: &str, severity: &str) {
        let directory = self.mirror.join("npm");
        std::fs::create_dir_all(&directory).unwrap();
        let record = json!({
            "id": id, "modified": "2024-01-01T00:00:00Z", "summary": format!("{id} in {package}"),
            "database_specific": { "severity": severity },
            "affected": [{
                "package": { "ecosystem": "npm", "name": package },
                "ranges": [{ "type": "SEMVER", "events": [{ "introduced": "0" }, { "fixed": fixed }] }],
            }],
        });
        std::fs::write(directory.join(format!("{id}.json")), record.to_string()).unwrap();
    }

    async fn ask(&self, method: &str, path: &str, role: &str, body: Value) -> (StatusCode, Value) {
        let request = Request::builder()
            .method(method)
            .uri(format!("/api/v1{path}"))
            .header("authorization", format!("Bearer {role}"))
            .header("content-type", "application/json")
            .body(if body.is_null() { Body::empty() } else { Body::from(body.to_string()) })
            .unwrap();
        let response = server::router(self.app.clone()).oneshot(request).await.unwrap();
        let status = response.status();
        let bytes = to_bytes(response.into_body(), 1 << 20).await.unwrap();
        (status, serde_json::from_slice(&bytes).unwrap_or_default())
    }

    async fn get(&self, path: &str) -> Value {
        let (status, answer) = self.ask("GET", path, "viewer", Value::Null).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        answer
    }

    /// Waits until no job is left.
    async fn rest(&self) {
        for _ in 0..600 {
            let sql = Sql::read("test", "SELECT COUNT(*) FROM job WHERE state IN ('waiting', 'running')");
            let (left,): (i64,) = sql.one(&self.app.database).await.unwrap();
            if left == 0 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let jobs: Vec<(String, String, Option<String>)> =
            Sql::read("test", "SELECT kind, state, message FROM job").all(&self.app.database).await.unwrap();
        assert!(jobs.is_empty(), "jobs do not end: {jobs:?}");
    }

    async fn update(&self) {
        let (status, task) = self.ask("POST", "/advisories/update", "administrator", Value::Null).await;
        assert_eq!(status, StatusCode::ACCEPTED, "{task}");
        self.rest().await;
        let failed: Vec<(String, Option<String>)> =
            Sql::read("test", "SELECT kind, message FROM job WHERE state = 'failed'")
                .all(&self.app.database)
                .await
                .unwrap();
        assert!(failed.is_empty(), "{failed:?}");
    }

    /// Takes in what a scan says of an image with these packages, by the advisories of now.
    async fn scan(&self, image: &str, packages: &[&str]) -> i64 {
        let database = &self.app.database;
        let project = store::projects::ensure(database, store::projects::DEFAULT).await.unwrap();
        let mut transaction = database.begin().await.unwrap();
        let content = Content { image_id: format!("sha256:{image}"), ..Content::default() };
        let content = contents::note(&mut transaction, &content).await.unwrap();
        Sql::write("add an image", "INSERT INTO asset (project_id, kind, repository, tag, reference, name, content_id, size, first_seen, last_seen) VALUES ($1, 'local', $2, 'latest', $2, $2, $3, 1, 1, 1)")
            .bind(project)
            .bind(image)
            .bind(content)
            .run(&mut transaction)
            .await
            .unwrap();
        transaction.commit().await.unwrap();
        let packages: Vec<Package> = packages.iter().map(|name| package(name)).collect();
        let app = self.app.clone();
        let report = tokio::task::spawn_blocking(move || report(&app, packages)).await.unwrap();
        let checks = [Check::Software, Check::Vulnerabilities];
        server::ingest::ingest(&self.app, None, content, report, &checks).await.unwrap();
        content
    }

    /// The vulnerabilities of an image, each with its package.
    async fn found(&self, content: i64) -> Vec<String> {
        let rows: Vec<(String, String)> = Sql::read(
            "test",
            "SELECT found.vulnerability, package.name FROM package_vulnerability found \
             JOIN content_package place ON place.package_id = found.package_id \
             JOIN package ON package.id = found.package_id WHERE place.content_id = $1 ORDER BY 1, 2",
        )
        .bind(content)
        .all(&self.app.database)
        .await
        .unwrap();
        rows.into_iter().map(|(id, package)| format!("{id} {package}")).collect()
    }

    async fn critical(&self, content: i64) -> i64 {
        let sql = Sql::read("test", "SELECT critical FROM asset WHERE content_id = $1").bind(content);
        let (critical,): (i64,) = sql.one(&self.app.database).await.unwrap();
        critical
    }

    async fn gaps(&self, content: i64) -> String {
        let sql = Sql::read("test", "SELECT gaps FROM content WHERE id = $1").bind(content);
        let (gaps,): (String,) = sql.one(&self.app.database).await.unwrap();
        gaps
    }

    async fn end(self) {
        self.end.send_replace(true);
        self.app.database.close().await;
    }
}

async fn token(database: &Database, id: i64, role: &str) {
    use sha2::Digest;
    let hash: String = sha2::Sha256::digest(role).iter().map(|byte| format!("{byte:02x}")).collect();
    Sql::write("test", "INSERT INTO account (login, password_hash, role, created) VALUES ($1, '', $1, 0)")
        .bind(role)
        .run(database)
        .await
        .unwrap();
    Sql::write(
        "test",
        "INSERT INTO token (name, token_hash, account_id, role, created) VALUES ($1, $2, $3, $1, 0)",
    )
    .bind(role)
    .bind(hash)
    .bind(id)
    .run(database)
    .await
    .unwrap();
}

fn package(name: &str) -> Package {
    let mut package = Package::new(PackageType::Npm, name, "1.0.0");
    package.purl = format!("pkg:npm/{name}@1.0.0");
    package.paths = vec![format!("app/{name}/package.json")];
    package
}

fn report(app: &App, packages: Vec<Package>) -> Report {
    let database = app.advisories().unwrap();
    let judged = database.as_deref().map(|database| advisories::judge(database, None, &packages).unwrap());
    let judged = judged.unwrap_or_default();
    let mut gaps = judged.gaps;
    if database.is_none() {
        gaps.push(model::Gap::new("advisories", "", "there is no advisory database"));
    }
    Report {
        schema_version: model::SCHEMA_VERSION.to_owned(),
        tool: model::Tool { name: "lazaret".to_owned(), version: "1".to_owned() },
        image: model::ImageSummary::default(),
        distribution: None,
        checks: vec!["software".to_owned(), "vulnerabilities".to_owned()],
        database: database.as_deref().map(advisories::Database::summary),
        layers: Vec::new(),
        packages,
        findings: judged.findings.into_iter().collect::<Vec<Finding>>(),
        baseline: Vec::new(),
        files: None,
        base_image: None,
        gaps,
        stats: model::Stats::default(),
    }
}

/// What is written, to see that it stays as it is.
async fn times(database: &Database) -> BTreeMap<String, i64> {
    let rows: Vec<(String, i64)> =
        Sql::read("test", "SELECT vulnerability, first_seen FROM package_vulnerability")
            .all(database)
            .await
            .unwrap();
    rows.into_iter().collect()
}

/// The jobs that counted images.
async fn settled(database: &Database) -> Vec<i64> {
    let sql = Sql::read("test", "SELECT id FROM job WHERE kind = 'settle' ORDER BY id");
    let rows: Vec<(i64,)> = sql.all(database).await.unwrap();
    rows.into_iter().map(|(id,)| id).collect()
}

async fn story(world: World) {
    let one = world.scan("one", &["a", "b"]).await;
    let two = world.scan("two", &["a"]).await;
    first(&world, one).await;
    new(&world, one, two).await;
    gone(&world, one, two).await;
    told(&world).await;
    stale(&world).await;
    world.end().await;
}

/// What was scanned before there were any advisories is told as a gap, and judged when there are; the same ones then
/// change nothing.
async fn first(world: &World, one: i64) {
    let database = &world.app.database;
    assert!(world.gaps(one).await.contains("there is no advisory database"));
    world.record("CVE-2024-1", "a", "1.5.0", "LOW");
    world.record("CVE-2024-9", "z", "1.5.0", "CRITICAL");
    world.update().await;
    assert_eq!(world.found(one).await, ["CVE-2024-1 a"]);
    assert_eq!(world.gaps(one).await, "[]");
    assert_eq!(world.get("/events").await["items"], json!([]), "what was there before is no news");
    let (before, counted) = (times(database).await, settled(database).await);
    world.update().await;
    assert_eq!(times(database).await, before);
    assert_eq!(settled(database).await, counted, "nothing was to be counted again");
}

/// A new one is found, counted and told.
async fn new(world: &World, one: i64, two: i64) {
    let database = &world.app.database;
    let before = times(database).await;
    world.record("CVE-2024-2", "a", "2.0.0", "CRITICAL");
    world.record("CVE-2024-3", "b", "2.0.0", "LOW");
    world.update().await;
    assert_eq!(world.found(one).await, ["CVE-2024-1 a", "CVE-2024-2 a", "CVE-2024-3 b"]);
    assert_eq!((world.critical(one).await, world.critical(two).await), (1, 1));
    assert_eq!(times(database).await.get("CVE-2024-1"), before.get("CVE-2024-1"));
    let events = world.get("/events").await;
    let event = &events["items"][0];
    assert_eq!(events["items"].as_array().unwrap().len(), 1, "{events}");
    assert_eq!((&event["subject"], &event["images"]), (&json!("CVE-2024-2"), &json!(2)));
    assert_eq!(event["message"]["en"], "CVE-2024-2 now concerns 2 images, 0 running containers on 0 hosts");
}

/// One that is withdrawn is gone, and one that comes to be exploited is told.
async fn gone(world: &World, one: i64, two: i64) {
    std::fs::remove_file(world.mirror.join("npm/CVE-2024-2.json")).unwrap();
    let kev = json!({ "vulnerabilities": [{ "cveID": "CVE-2024-3", "dateAdded": "2024-02-01" }] });
    std::fs::write(world.mirror.join("known_exploited_vulnerabilities.json"), kev.to_string()).unwrap();
    world.update().await;
    assert_eq!(world.found(one).await, ["CVE-2024-1 a", "CVE-2024-3 b"]);
    assert_eq!((world.critical(one).await, world.critical(two).await), (0, 0));
    let events = world.get("/events?kind=exploited-vulnerability").await;
    assert_eq!(events["items"][0]["subject"], "CVE-2024-3");
    assert_eq!(world.get("/events?severity=critical").await["items"].as_array().unwrap().len(), 1);
}

/// What is told of advisories, and how they are set.
async fn told(world: &World) {
    let told = world.get("/advisories").await;
    assert_eq!((&told["advisories"], &told["known_exploited"]), (&json!(3), &json!(1)));
    assert_eq!((&told["judging_due"], &told["updated"]), (&json!(false), &told["judged"]));
    assert_eq!((&told["last"]["state"], &told["archives"][0]["name"]), (&json!("done"), &json!("npm")));
    let mut settings = told["settings"].clone();
    settings["mirror"] = Value::Null;
    settings["event_severity"] = json!("low");
    let (status, _) = world.ask("PUT", "/advisories/settings", "viewer", settings.clone()).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    let (status, set) = world.ask("PUT", "/advisories/settings", "administrator", settings.clone()).await;
    assert_eq!((status, &set["event_severity"]), (StatusCode::OK, &json!("low")), "{set}");
    for (name, wrong) in [
        ("feeds", json!(["nobodys"])),
        ("bundle_keys", json!(["abc"])),
        ("interval_hours", json!(-1)),
        ("mirror", json!("https://user:password@example.com/osv")),
        ("mirror", json!("relative/path")),
        ("mirror", json!("/a\u{0}b")),
    ] {
        let mut settings = settings.clone();
        settings[name] = wrong;
        let (status, problem) = world.ask("PUT", "/advisories/settings", "administrator", settings).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{problem}");
    }
    let (status, problem) = world.ask("POST", "/advisories/import", "administrator", json!({})).await;
    assert_eq!((status, &problem["code"]), (StatusCode::CONFLICT, &json!("conflict")), "{problem}");
    bundle(world).await;
}

/// A bundle is imported from whom it is signed by, and from nobody else.
async fn bundle(world: &World) {
    let elsewhere = tempfile::tempdir().unwrap();
    let file = elsewhere.path().join("bundle");
    let (trusted, stranger) = ([1; 32], [2; 32]);
    let key = |secret: &[u8; 32]| advisories::SigningKey::from_secret(secret).unwrap();
    let mut settings = world.get("/advisories").await["settings"].clone();
    settings["bundle_keys"] = json!([key(&trusted).public().to_string()]);
    world.ask("PUT", "/advisories/settings", "administrator", settings).await;
    for (secret, state) in [(stranger, "failed"), (trusted, "done")] {
        let (from, to) = (world.app.settings.advisories.clone(), file.clone());
        let export = move || advisories::export(&from, &to, &key(&secret)).map(drop);
        tokio::task::spawn_blocking(export).await.unwrap().unwrap();
        let request = Request::post("/api/v1/advisories/import")
            .header("authorization", "Bearer administrator")
            .body(Body::from(read(&file)))
            .unwrap();
        let response = server::router(world.app.clone()).oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::ACCEPTED);
        world.rest().await;
        let last = world.get("/advisories").await["last"].clone();
        assert_eq!((&last["state"], &last["import"]), (&json!(state), &json!(true)), "{last}");
    }
    Sql::write("test", "DELETE FROM job WHERE state = 'failed'").run(&world.app.database).await.unwrap();
}

fn read(path: &Path) -> Vec<u8> {
    bounded::read_file(path, 1 << 30).unwrap()
}

/// A scan that was made with older advisories than all else is judged by is judged again.
async fn stale(world: &World) {
    let database = &world.app.database;
    let old = tokio::task::spawn_blocking({
        let app = world.app.clone();
        move || report(&app, vec![package("c")])
    });
    let mut old = old.await.unwrap();
    world.record("CVE-2024-4", "c", "2.0.0", "HIGH");
    // Times of databases are told in seconds.
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    world.update().await;
    let content = world.scan("three", &[]).await;
    old.packages = vec![package("c")];
    server::ingest::ingest(&world.app, None, content, old, &[Check::Software, Check::Vulnerabilities])
        .await
        .unwrap();
    world.rest().await;
    assert_eq!(world.found(content).await, ["CVE-2024-4 c"]);

    // What was done already when somebody pulled the plug is done again, and told once.
    let events = |answer: Value| answer["items"].as_array().unwrap().len();
    let before = events(world.get("/events").await);
    Sql::write("test", "DELETE FROM setting WHERE name = 'advisories.judged'").run(database).await.unwrap();
    let times_before = times(database).await;
    world.update().await;
    assert_eq!(times(database).await, times_before);
    assert_eq!(events(world.get("/events").await), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_update_is_judged_counted_and_told_on_sqlite() {
    story(World::new(None).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_update_is_judged_counted_and_told_on_postgresql() {
    let Some(postgres) = Postgres::start() else { return };
    story(World::new(Some(postgres.url())).await).await;
}
