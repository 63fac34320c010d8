//! A server that is asked without a network.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::response::Response;
use http::{HeaderMap, Method, Request, StatusCode};
use serde_json::{Value, json};
use server::{App, Key, Settings};
use tempfile::TempDir;
use tower::ServiceExt as _;

/// A server and the administrator of its first start.
pub(crate) struct Server {
    pub(crate) app: App,
    pub(crate) router: Router,
    pub(crate) password: String,
    _directory: TempDir,
}

/// Who asks.
#[derive(Clone, Debug, Default)]
pub(crate) struct Who {
    pub(crate) cookie: Option<String>,
    pub(crate) csrf: Option<String>,
    pub(crate) token: Option<String>,
}

/// What was answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl Answer {
    /// The word of a problem.
    pub(crate) fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or_default()
    }

    /// Fails unless the status is this one.
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.body);
        self
    }
}

impl Server {
    /// One on SQLite.
    pub(crate) async fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", directory.path().join("store").display());
        Self::on(url, directory).await
    }

    /// One on a database.
    pub(crate) async fn on(database: String, directory: TempDir) -> Self {
        let settings = Settings::new(database, directory.path(), Key::new([7; 32]));
        let app = App::open(settings).await.unwrap();
        let first = server::first_start(&app).await.unwrap().unwrap();
        let router = server::router(app.clone());
        Self { app, router, password: first.password, _directory: directory }
    }

    pub(crate) async fn ask(&self, method: Method, path: &str, who: &Who, body: Option<Value>) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(cookie) = &who.cookie {
            request = request.header("cookie", format!("lazaret_session={cookie}"));
        }
        if let Some(csrf) = &who.csrf {
            request = request.header("x-csrf-token", csrf);
        }
        if let Some(token) = &who.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let body = match body {
            Some(body) => {
                request = request.header("content-type", "application/json");
                Body::from(body.to_string())
            }
            None => Body::empty(),
        };
        answer(self.router.clone().oneshot(request.body(body).unwrap()).await.unwrap()).await
    }

    pub(crate) async fn get(&self, path: &str, who: &Who) -> Answer {
        self.ask(Method::GET, path, who, None).await
    }

    pub(crate) async fn post(&self, path: &str, who: &Who, body: Value) -> Answer {
        self.ask(Method::POST, path, who, Some(body)).await
    }

    pub(crate) async fn put(&self, path: &str, who: &Who, body: Value) -> Answer {
        self.ask(Method::PUT, path, who, Some(body)).await
    }

    pub(crate) async fn patch(&self, path: &str, who: &Who, body: Value) -> Answer {
        self.ask(Method::PATCH, path, who, Some(body)).await
    }

    pub(crate) async fn delete(&self, path: &str, who: &Who) -> Answer {
        self.ask(Method::DELETE, path, who, None).await
    }

    /// What is answered to who signs in.
    pub(crate) async fn try_to_sign_in(&self, login: &str, password: &str) -> Answer {
        let body = json!({"login": login, "password": password});
        self.post("/api/v1/session", &Who::default(), body).await
    }

    pub(crate) async fn sign_in(&self, login: &str, password: &str) -> Who {
        let answer = self.try_to_sign_in(login, password).await.expect(200);
        let cookie = answer.headers["set-cookie"].to_str().unwrap();
        let (pair, _) = cookie.split_once(';').unwrap();
        let value = pair.strip_prefix("lazaret_session=").unwrap();
        let csrf = answer.body["csrf_token"].as_str().unwrap().to_owned();
        Who { cookie: Some(value.to_owned()), csrf: Some(csrf), token: None }
    }

    /// The administrator of the first start.
    pub(crate) async fn administrator(&self) -> Who {
        self.sign_in("admin", &self.password).await
    }

    /// An account with a password that need not be changed; gives its id.
    pub(crate) async fn account(&self, by: &Who, login: &str, role: &str, projects: Option<&[i64]>) -> i64 {
        let body = json!({
            "login": login, "password": password(login), "role": role, "projects": projects,
            "must_change_password": false,
        });
        id(&self.post("/api/v1/accounts", by, body).await.expect(201).body["account"])
    }

    /// A token of who asks; gives its id and who has it.
    pub(crate) async fn token(&self, by: &Who, name: &str, role: &str, project: Option<i64>) -> (i64, Who) {
        let body = json!({"name": name, "role": role, "project_id": project});
        let made = self.post("/api/v1/tokens", by, body).await.expect(201);
        let token = Some(made.body["value"].as_str().unwrap().to_owned());
        (id(&made.body["token"]), Who { token, ..Who::default() })
    }
}

/// The password of an account that [`Server::account`] made.
pub(crate) fn password(login: &str) -> String {
    format!("a cloud over {login} and rain")
}

pub(crate) fn id(value: &Value) -> i64 {
    value["id"].as_i64().unwrap()
}

async fn answer(response: Response) -> Answer {
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, 16 << 20).await.unwrap();
    let body = serde_json::from_slice(&bytes)
        .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(&bytes).into_owned()));
    Answer { status: parts.status, headers: parts.headers, body }
}
