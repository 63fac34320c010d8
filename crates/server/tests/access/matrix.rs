//! Every route of the document, asked by everybody in every way.

use std::time::Duration;

use api::Role;
use axum::body::Body;
use http::{Request, StatusCode};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::asking::{Server, Who, id, password};
use crate::document::{Operation, operations};
use crate::things::plant;

/// No thing has it.
const NOBODYS: i64 = 999_999_999;
/// The id of one thing of every kind, in a project of others.
const FOREIGN: i64 = 424_242;
/// What everything there is called.
const MARK: &str = "foreign-thing-424242";

/// A request for an operation: about one thing, with no more in it than must be.
fn request(operation: &Operation, thing: i64, who: &Who) -> Request<Body> {
    let mut path = operation.path.clone();
    let mut query = Vec::new();
    for parameter in operation.value["parameters"].as_array().into_iter().flatten() {
        let name = parameter["name"].as_str().unwrap();
        let value = sample(&parameter["schema"], thing);
        if parameter["in"] == "path" {
            path = path.replace(&format!("{{{name}}}"), &value);
        } else if parameter["required"] == true {
            query.push(format!("{name}={value}"));
        }
    }
    let uri = if query.is_empty() { path } else { format!("{path}?{}", query.join("&")) };
    let mut request = Request::builder().method(operation.method.as_str()).uri(uri);
    if let Some(cookie) = &who.cookie {
        request = request.header("cookie", format!("lazaret_session={cookie}"));
    }
    if let Some(csrf) = &who.csrf {
        request = request.header("x-csrf-token", csrf);
    }
    if let Some(token) = &who.token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    if operation.value["requestBody"]["content"].get("application/json").is_some() {
        let request = request.header("content-type", "application/json");
        return request.body(Body::from("{}")).unwrap();
    }
    request.body(Body::empty()).unwrap()
}

/// A value for a parameter.
fn sample(schema: &Value, thing: i64) -> String {
    let kind = schema["type"].as_str().or_else(|| schema["type"][0].as_str());
    if let Some(word) = schema["enum"][0].as_str() {
        return word.to_owned();
    }
    match kind {
        Some("integer" | "number") => thing.to_string(),
        Some("boolean") => "false".to_owned(),
        _ => "x".to_owned(),
    }
}

/// The status and the code of the problem, if it is one. What is streamed has no end: only problems are read whole.
async fn ask(server: &Server, request: Request<Body>) -> (StatusCode, String) {
    let (status, body) = ask_for_all(server, request, false).await;
    // Harbor's interface has words instead of codes.
    let code = match (body["error"]["message"].is_string(), status.as_u16()) {
        (true, 401) => "not_signed_in",
        (true, 403) => "forbidden",
        _ => body["code"].as_str().unwrap_or_default(),
    };
    (status, code.to_owned())
}

async fn ask_for_all(server: &Server, request: Request<Body>, whole: bool) -> (StatusCode, Value) {
    let answered = server.router.clone().oneshot(request);
    let response = tokio::time::timeout(Duration::from_secs(60), answered).await.unwrap().unwrap();
    let status = response.status();
    let stream = response.headers().get("content-type").is_some_and(|kind| kind == "text/event-stream");
    if (status.is_success() && !whole) || stream {
        return (status, Value::Null);
    }
    let bytes = axum::body::to_bytes(response.into_body(), 64 << 20).await.unwrap();
    (status, serde_json::from_slice(&bytes).unwrap_or_default())
}

/// Somebody of each role, known by cookie and by token.
async fn everybody(server: &Server, admin: &Who) -> Vec<(Role, [(&'static str, Who); 2])> {
    let mut all = Vec::new();
    for role in Role::ALL {
        let login = format!("some-{}", role.word());
        server.account(admin, &login, role.word(), None).await;
        let session = server.sign_in(&login, &password(&login)).await;
        let (_, token) = server.token(&session, "matrix", role.word(), None).await;
        all.push((role, [("session", session), ("token", token)]));
    }
    all
}

#[tokio::test]
async fn every_route_lets_in_who_may_and_nobody_else() {
    let server = Server::new().await;
    let admin = server.administrator().await;
    let everybody = everybody(&server, &admin).await;
    let nobody = Who::default();
    // Signing out is last: after it nobody is signed in.
    let mut operations = operations();
    operations.sort_by_key(|operation| operation.id == "signOut");
    for operation in &operations {
        let place = format!("{} {}", operation.method, operation.path);
        let (status, code) = ask(&server, request(operation, NOBODYS, &nobody)).await;
        if operation.id == "tellRegistryNotice" {
            // Known by a token of its own, whoever is signed in.
            assert_eq!((status.as_u16(), code.as_str()), (401, "not_signed_in"), "{place}: nobody");
            continue;
        }
        if operation.is_open() {
            assert!(code != "not_signed_in" && code != "forbidden", "{place}: {status}");
            continue;
        }
        assert_eq!((status.as_u16(), code.as_str()), (401, "not_signed_in"), "{place}: nobody");
        let stranger = Who { token: Some("lzt_guess".to_owned()), ..Who::default() };
        assert_eq!(ask(&server, request(operation, NOBODYS, &stranger)).await.0, 401, "{place}: a stranger");
        for (role, ways) in &everybody {
            for (way, who) in ways {
                let may = operation.role(way).is_some_and(|needed| role.may(needed.parse().unwrap()));
                let (status, code) = ask(&server, request(operation, NOBODYS, who)).await;
                let place = format!("{place} as {} by {way}: {status} {code}", role.word());
                assert!(!status.is_server_error(), "{place}");
                let refused = ["forbidden", "not_signed_in", "csrf_token_missing"].contains(&code.as_str());
                assert_eq!(refused, !may, "{place}");
                assert!(may || code == "forbidden" || operation.role(way).is_none(), "{place}");
            }
            if operation.method != "GET" && operation.role("session").is_some() {
                let forged = Who { csrf: None, ..ways[0].1.clone() };
                let (status, code) = ask(&server, request(operation, NOBODYS, &forged)).await;
                let gone = operation.id == "signOut" && status == 401;
                assert!(gone || code == "csrf_token_missing", "{place} without proof: {status} {code}");
            }
        }
    }
}

#[tokio::test]
async fn what_is_of_another_project_is_not_there() {
    let server = Server::new().await;
    let admin = server.administrator().await;
    let mut ids = Vec::new();
    for name in ["mine", MARK] {
        ids.push(id(&server.post("/api/v1/projects", &admin, json!({"name": name})).await.expect(201).body));
    }
    plant(&server.app.database, FOREIGN, MARK, ids[1]).await;
    server.account(&admin, "ada", "operator", Some(&ids[..1])).await;
    let ada = server.sign_in("ada", &password("ada")).await;
    let mut seen = Vec::new();
    for operation in operations() {
        let place = format!("{} {}", operation.method, operation.path);
        let (status, body) = ask_for_all(&server, request(&operation, FOREIGN, &ada), true).await;
        assert!(!status.is_server_error(), "{place}: {status}");
        assert!(
            !body.to_string().contains(MARK) || body["code"].is_string(),
            "{place} tells of others: {body}"
        );
        if operation.path.contains("{id}") {
            assert!(!status.is_success(), "{place}: {status} {body}");
        }
        // That it is there for who sees all is the proof that it was looked for.
        if operation.method == "GET" {
            let (status, body) = ask_for_all(&server, request(&operation, FOREIGN, &admin), true).await;
            if status.is_success() && body.to_string().contains(MARK) {
                seen.push(operation.id);
            }
        }
    }
    for needed in [
        "listHosts",
        "getHost",
        "listImages",
        "getImage",
        "listContainers",
        "getContainer",
        "listTasks",
        "getTask",
        "listDecisions",
        "getDecision",
        "listExports",
        "getExport",
        "listSchedules",
        "getSchedule",
        "listAuthorisationLedger",
    ] {
        assert!(seen.iter().any(|id| id == needed), "{needed} shows it to nobody: {seen:?}");
    }
}
