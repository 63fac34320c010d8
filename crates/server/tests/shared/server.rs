//! A server that tests ask over HTTP, on each database that is installed.

use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use http::{HeaderMap, Method, Request};
use serde_json::{Value, json};
use server::{App, Key, Settings};
use tempfile::TempDir;
use testkit::Postgres;
use tokio::sync::watch;
use tower::ServiceExt as _;

/// How long something may take to come; what is to be quick is measured by its test.
const PATIENCE: Duration = Duration::from_secs(300);
/// What the environment of a server tells of clouds.
const CLOUD: [(&str, &str); 2] = [
    ("TENCENTCLOUD_SECRET_ID", "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE"),
    ("TENCENTCLOUD_SECRET_KEY", "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE"),
];

/// A server with an administrator who is signed in.
pub(crate) struct Server {
    pub(crate) app: App,
    pub(crate) router: Router,
    cookie: String,
    csrf: String,
    pub(crate) ending: watch::Sender<bool>,
    _directory: TempDir,
}

/// A server on each database that is installed.
pub(crate) struct Servers {
    pub(crate) all: Vec<Server>,
    _postgres: Option<Postgres>,
}

/// What was answered.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Bytes,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap()
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.bytes.to_vec()).unwrap()
    }

    /// What was said, when the status is this one.
    pub(crate) fn expect(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", String::from_utf8_lossy(&self.bytes));
        if self.bytes.is_empty() { Value::Null } else { self.json() }
    }
}

pub(crate) async fn servers() -> Servers {
    let directory = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", directory.path().join("store").display());
    let mut all = vec![Server::on(url, directory).await];
    let postgres = Postgres::start();
    if let Some(postgres) = &postgres {
        all.push(Server::on(postgres.url(), tempfile::tempdir().unwrap()).await);
    }
    Servers { all, _postgres: postgres }
}

impl Server {
    async fn on(database: String, directory: TempDir) -> Self {
        let mut settings = Settings::new(database, directory.path(), Key::new([7; 32]));
        settings.workers = 2;
        settings.cloud = CLOUD.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let app = App::open(settings).await.unwrap();
        let first = server::first_start(&app).await.unwrap().unwrap();
        let router = server::router(app.clone());
        let (ending, _) = watch::channel(false);
        let (cookie, csrf) = (String::new(), String::new());
        let mut server = Self { app, router, cookie, csrf, ending, _directory: directory };
        let body = json!({ "login": first.login, "password": first.password });
        let answer = server.ask(Method::POST, "/session", Some(body), &[]).await;
        let cookie = answer.headers["set-cookie"].to_str().unwrap();
        server.cookie = cookie.split_once(';').unwrap().0.to_owned();
        server.csrf = answer.expect(200)["csrf_token"].as_str().unwrap().to_owned();
        // Nothing is listed unasked, at whatever hour tests run.
        let hour = |after: i64| format!("{:02}:00", (store::now() / 3_600_000 + after) % 24);
        let hours = json!({ "from": hour(12), "to": hour(13), "zone": "UTC" });
        server.put("/registries/nightly", hours).await.expect(200);
        server
    }

    pub(crate) async fn ask(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
        headers: &[(&str, &str)],
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(format!("/api/v1{path}"));
        if !self.cookie.is_empty() {
            request = request.header("cookie", &self.cookie).header("x-csrf-token", &self.csrf);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = match body {
            Some(body) => {
                request = request.header("content-type", "application/json");
                Body::from(body.to_string())
            }
            None => Body::empty(),
        };
        self.answer(request.body(body).unwrap()).await
    }

    pub(crate) async fn answer(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, 64 << 20).await.unwrap();
        Answer { status: parts.status.as_u16(), headers: parts.headers, bytes }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.ask(Method::GET, path, None, &[]).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.ask(Method::POST, path, Some(body), &[]).await
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> Answer {
        self.ask(Method::PUT, path, Some(body), &[]).await
    }

    /// Lets workers begin.
    pub(crate) fn work(&self) {
        tokio::spawn(server::run_workers(self.app.clone(), self.ending.subscribe()));
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.ending.send_replace(true);
    }
}

/// Waits until something is so.
pub(crate) async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(start.elapsed() < PATIENCE, "{what} did not come");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
