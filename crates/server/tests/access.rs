//! Who may sign in, as whom, and what they may then.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::cognitive_complexity,
    reason = "a failure here is a failed test, and a claim is a row of them"
)]

#[path = "access/asking.rs"]
mod asking;
#[path = "access/document.rs"]
mod document;
#[path = "access/matrix.rs"]
mod matrix;
#[path = "access/things.rs"]
mod things;

use asking::{Server, Who, id, password};
use http::Method;
use serde_json::{Value, json};
use testkit::Postgres;

#[tokio::test]
async fn one_of_two_first_starts_makes_an_administrator() {
    first_starts(Server::new().await).await;
}

async fn first_starts(server: Server) {
    // As if nobody had been there yet, and two servers came at once.
    store::accounts::delete(&server.app.database, 1).await.unwrap();
    let (left, right) = tokio::join!(server::first_start(&server.app), server::first_start(&server.app));
    let made: Vec<_> = [left.unwrap(), right.unwrap()].into_iter().flatten().collect();
    assert_eq!(made.len(), 1);
    server.sign_in(&made[0].login, &made[0].password).await;
    assert!(server::first_start(&server.app).await.unwrap().is_none());
    assert!(!format!("{made:?}").contains(&made[0].password));
}

#[tokio::test]
async fn refuses_wrong_names_passwords_and_disabled_accounts_alike() {
    refuses_alike(Server::new().await).await;
}

async fn refuses_alike(server: Server) {
    let admin = server.administrator().await;
    let id = server.account(&admin, "eve", "viewer", None).await;
    server.patch(&format!("/api/v1/accounts/{id}"), &admin, json!({"disabled": true})).await.expect(200);
    let wrong = server.try_to_sign_in("admin", "wrong wrong wrong").await.expect(401);
    assert_eq!(wrong.code(), "wrong_password");
    assert_eq!(server.try_to_sign_in("nobody", "wrong wrong wrong").await.expect(401).body, wrong.body);
    assert_eq!(server.try_to_sign_in("eve", &password("eve")).await.expect(401).body, wrong.body);
    assert!(wrong.headers.get("set-cookie").is_none());
}

#[tokio::test]
async fn five_wrong_passwords_lock_a_name_whether_it_is_there_or_not() {
    locks(Server::new().await).await;
}

async fn locks(server: Server) {
    let admin = server.administrator().await;
    let eve = server.account(&admin, "eve", "viewer", None).await;
    for name in ["eve", "nobody"] {
        for _ in 0..5 {
            assert_eq!(
                server.try_to_sign_in(name, "wrong wrong wrong").await.expect(401).code(),
                "wrong_password"
            );
        }
        let locked = server.try_to_sign_in(name, &password("eve")).await.expect(429);
        assert_eq!(locked.code(), "locked");
    }
    let account = server.get(&format!("/api/v1/accounts/{eve}"), &admin).await.expect(200).body;
    assert!(account["locked_until"].as_i64().unwrap() > store::now());
    // Others are not locked, and the administrator lifts it.
    server.administrator().await;
    let reset = json!({"password": "another cloud and snow"});
    server.put(&format!("/api/v1/accounts/{eve}/password"), &admin, reset).await.expect(200);
    let who = server.sign_in("eve", "another cloud and snow").await;
    // It was given by somebody else, so that nothing is allowed before it is changed.
    let refused = server.get("/api/v1/projects", &who).await.expect(403);
    assert_eq!(refused.code(), "password_change_required");
    let change = json!({"current": "another cloud and snow", "new": "a cloud of one's own"});
    server.put("/api/v1/me/password", &who, change).await.expect(204);
    server.get("/api/v1/projects", &who).await.expect(200);
}

#[tokio::test]
async fn many_attempts_at_once_are_counted_as_many() {
    let server = Server::new().await;
    let attempts = (0..12).map(|_| server.try_to_sign_in("admin", "wrong wrong wrong"));
    let answers = futures::future::join_all(attempts).await;
    let tried = answers.iter().filter(|answer| answer.code() == "wrong_password").count();
    assert_eq!(tried, 5, "{:?}", answers.iter().map(|answer| answer.status).collect::<Vec<_>>());
}

#[tokio::test]
async fn the_way_back_in_lifts_the_lock_and_ends_sessions() {
    let server = Server::new().await;
    let admin = server.administrator().await;
    for _ in 0..5 {
        server.try_to_sign_in("admin", "wrong wrong wrong").await.expect(401);
    }
    let password = server::reset_password(&server.app, "admin").await.unwrap();
    server.get("/api/v1/me", &admin).await.expect(401);
    server.sign_in("admin", &password).await;
    assert!(server::reset_password(&server.app, "nobody").await.is_err());
}

#[tokio::test]
async fn a_changing_request_by_cookie_needs_what_only_the_console_knows() {
    let server = Server::new().await;
    let admin = server.administrator().await;
    let wanted = json!({"name": "shop"});
    for csrf in [None, Some("guess".to_owned()), server.administrator().await.csrf] {
        let forged = Who { csrf, ..admin.clone() };
        let refused = server.post("/api/v1/projects", &forged, wanted.clone()).await.expect(403);
        assert_eq!(refused.code(), "csrf_token_missing");
    }
    server.post("/api/v1/projects", &admin, wanted.clone()).await.expect(201);
    server.post("/api/v1/projects", &admin, wanted).await.expect(409);
    let told = server.get("/api/v1/me", &admin).await.expect(200).body;
    assert_eq!(told["csrf_token"].as_str(), admin.csrf.as_deref());
}

#[tokio::test]
async fn the_cookie_is_hidden_from_scripts_and_other_sites_and_ends_with_the_session() {
    let server = Server::new().await;
    let answer = server.try_to_sign_in("admin", &server.password).await.expect(200);
    let cookie = answer.headers["set-cookie"].to_str().unwrap();
    for word in ["; Path=/", "; HttpOnly", "; SameSite=Strict"] {
        assert!(cookie.contains(word), "{cookie}");
    }
    let who = server.administrator().await;
    server.get("/api/v1/me", &who).await.expect(200);
    server.delete("/api/v1/session", &who).await.expect(204);
    assert_eq!(server.get("/api/v1/me", &who).await.expect(401).code(), "not_signed_in");
}

#[tokio::test]
async fn another_password_ends_the_other_sessions() {
    let server = Server::new().await;
    let (here, there) = (server.administrator().await, server.administrator().await);
    let wrong = json!({"current": "not the password", "new": "rain on the old roof"});
    server.put("/api/v1/me/password", &here, wrong).await.expect(401);
    for bad in ["short", "administrator", "admin admin admin"] {
        let weak = json!({"current": server.password, "new": bad});
        server.put("/api/v1/me/password", &here, weak).await.expect(400);
    }
    let change = json!({"current": server.password, "new": "rain on the old roof"});
    server.put("/api/v1/me/password", &here, change).await.expect(204);
    server.get("/api/v1/me", &here).await.expect(200);
    server.get("/api/v1/me", &there).await.expect(401);
    server.try_to_sign_in("admin", &server.password).await.expect(401);
    server.sign_in("admin", "rain on the old roof").await;
}

#[tokio::test]
async fn a_token_may_what_its_account_may_and_at_most_what_it_says() {
    tokens(Server::new().await).await;
}

async fn tokens(server: Server) {
    let admin = server.administrator().await;
    let account = server.account(&admin, "ada", "operator", None).await;
    let ada = server.sign_in("ada", &password("ada")).await;
    let wanted = json!({"name": "too much", "role": "administrator"});
    assert_eq!(server.post("/api/v1/tokens", &ada, wanted).await.expect(403).code(), "forbidden");
    let (first, token) = server.token(&ada, "build", "operator", None).await;
    assert!(token.token.as_deref().unwrap().starts_with("lzt_"));
    let me = server.get("/api/v1/me", &token).await.expect(200).body;
    assert_eq!((me["login"].as_str(), me["role"].as_str()), (Some("ada"), Some("operator")));
    // Who finds a token makes no others of it.
    let other = json!({"name": "other", "role": "viewer"});
    server.post("/api/v1/tokens", &token, other.clone()).await.expect(403);
    // What the account may no longer, the token may not either, at once.
    let path = format!("/api/v1/accounts/{account}");
    server.patch(&path, &admin, json!({"role": "viewer"})).await.expect(200);
    assert_eq!(server.get("/api/v1/me", &token).await.expect(200).body["role"], "viewer");
    server.patch(&path, &admin, json!({"disabled": true})).await.expect(200);
    server.get("/api/v1/me", &token).await.expect(401);
    server.patch(&path, &admin, json!({"disabled": false})).await.expect(200);
    // Others neither see nor delete it; an administrator does both.
    server.account(&admin, "bob", "operator", None).await;
    let bob = server.sign_in("bob", &password("bob")).await;
    assert_eq!(server.get("/api/v1/tokens", &bob).await.expect(200).body["items"], json!([]));
    server.get("/api/v1/tokens?all=true", &bob).await.expect(403);
    server.delete(&format!("/api/v1/tokens/{first}"), &bob).await.expect(404);
    let all = server.get("/api/v1/tokens?all=true", &admin).await.expect(200);
    assert_eq!(all.body["items"][0]["login"], "ada");
    assert!(all.body["items"][0].get("value").is_none());
    server.delete(&format!("/api/v1/tokens/{first}"), &admin).await.expect(204);
    server.get("/api/v1/me", &token).await.expect(401);
    let over = json!({"name": "over", "role": "viewer", "expires": 1});
    server.post("/api/v1/tokens", &bob, over).await.expect(400);
}

#[tokio::test]
async fn a_project_is_seen_by_who_may_and_deleting_it_shows_them_nothing_else() {
    projects(Server::new().await).await;
}

async fn projects(server: Server) {
    let admin = server.administrator().await;
    let mut ids = Vec::new();
    for name in ["shop", "bank"] {
        ids.push(id(&server.post("/api/v1/projects", &admin, json!({"name": name})).await.expect(201).body));
    }
    let [shop, bank] = ids[..] else { panic!("two projects") };
    let ada = server.account(&admin, "ada", "operator", Some(&[shop])).await;
    let who = server.sign_in("ada", &password("ada")).await;
    let names = async |who: &Who| {
        let listed = server.get("/api/v1/projects", who).await.expect(200).body;
        let items = listed["items"].as_array().unwrap().clone();
        items.iter().map(|item| item["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names(&who).await, ["shop"]);
    server.get(&format!("/api/v1/projects/{bank}"), &who).await.expect(404);
    server
        .post("/api/v1/tokens", &who, json!({"name": "t", "role": "viewer", "project_id": bank}))
        .await
        .expect(404);
    let (_, token) = server.token(&who, "all of mine", "operator", None).await;
    assert_eq!(names(&token).await, ["shop"]);
    let (_, of_admin) = server.token(&admin, "bank only", "operator", Some(bank)).await;
    assert_eq!(names(&of_admin).await, ["bank"]);
    // What concerns all projects is not for who does not see all.
    let limited = json!({"login": "c", "role": "auditor", "projects": [shop], "password": password("c")});
    server.post("/api/v1/accounts", &admin, limited).await.expect(400);
    let unknown = json!({"login": "c", "role": "viewer", "projects": [9999], "password": password("c")});
    server.post("/api/v1/accounts", &admin, unknown).await.expect(400);
    server.patch(&format!("/api/v1/accounts/{ada}"), &admin, json!({"role": "auditor"})).await.expect(400);
    let members = server.get(&format!("/api/v1/projects/{shop}/members"), &admin).await.expect(200);
    assert_eq!(members.body[0]["login"], "ada");
    server.patch(&format!("/api/v1/projects/{shop}"), &admin, json!({"name": "bank"})).await.expect(409);
    server.patch(&format!("/api/v1/projects/{shop}"), &admin, json!({"name": "store"})).await.expect(200);
    assert_eq!(names(&who).await, ["store"]);
    server.delete(&format!("/api/v1/projects/{shop}"), &admin).await.expect(204);
    assert!(names(&who).await.is_empty() && names(&token).await.is_empty());
    let kept = store::projects::ensure(&server.app.database, store::projects::DEFAULT).await.unwrap();
    server.delete(&format!("/api/v1/projects/{kept}"), &admin).await.expect(409);
}

#[tokio::test]
async fn somebody_can_always_do_everything() {
    administrators(Server::new().await).await;
}

async fn administrators(server: Server) {
    let admin = server.administrator().await;
    let own = id(&server.get("/api/v1/me", &admin).await.expect(200).body);
    let path = format!("/api/v1/accounts/{own}");
    for last in [json!({"disabled": true}), json!({"role": "operator"})] {
        assert_eq!(server.patch(&path, &admin, last).await.expect(409).code(), "conflict");
    }
    server.delete(&path, &admin).await.expect(409);
    let other = server.account(&admin, "ada", "administrator", None).await;
    let ada = server.sign_in("ada", &password("ada")).await;
    server.delete(&path, &ada).await.expect(204);
    server.get("/api/v1/me", &admin).await.expect(401);
    server.delete(&format!("/api/v1/accounts/{other}"), &ada).await.expect(409);
}

#[tokio::test]
async fn what_was_done_is_told_to_auditors_and_to_nobody_else() {
    audited(Server::new().await).await;
}

async fn audited(server: Server) {
    let admin = server.administrator().await;
    server.account(&admin, "ada", "auditor", None).await;
    server.account(&admin, "bob", "operator", None).await;
    server.try_to_sign_in("bob", "wrong wrong wrong").await.expect(401);
    server.try_to_sign_in("wrong wrong wrong", "x").await.expect(401);
    let (ada, bob) =
        (server.sign_in("ada", &password("ada")).await, server.sign_in("bob", &password("bob")).await);
    server.get("/api/v1/audit", &bob).await.expect(403);
    let entries = async |query: &str| {
        let listed = server.get(&format!("/api/v1/audit?{query}"), &ada).await.expect(200).body;
        let items = listed["items"].as_array().unwrap().clone();
        let words = |item: &Value| {
            format!("{} {}", item["actor"].as_str().unwrap(), item["action"].as_str().unwrap())
        };
        (items.iter().map(words).collect::<Vec<_>>(), listed)
    };
    let (of_bob, _) = entries("actor=bob").await;
    assert_eq!(of_bob, ["bob session.begin", "bob session.refuse"]);
    let (made, listed) = entries("action=account.").await;
    assert_eq!(made, ["admin account.create", "admin account.create", "- account.create"]);
    assert_eq!(listed["items"][0]["detail"]["login"], "bob");
    // One page after the other gives every entry once.
    let (all, _) = entries("limit=200").await;
    let (mut paged, mut after) = (Vec::new(), String::new());
    loop {
        let (some, listed) = entries(&format!("limit=2{after}")).await;
        paged.extend(some);
        let Some(next) = listed["next"].as_str() else { break };
        after = format!("&after={next}");
    }
    assert_eq!(paged, all);
    let (none, whole) = entries("since=9999999999999").await;
    assert!(none.is_empty() && whole["next"].is_null());
    let (_, whole) = entries("limit=200").await;
    let whole = whole.to_string();
    testkit::assert_tells_none(&whole, &[&server.password, &password("ada"), "wrong wrong wrong"]);
}

#[tokio::test]
async fn the_console_remembers_what_it_likes_within_limits() {
    let server = Server::new().await;
    let admin = server.administrator().await;
    let path = "/api/v1/me/preferences";
    assert_eq!(server.get(path, &admin).await.expect(200).body, json!({}));
    let columns = json!({"images": {"columns": ["name", "风险"]}});
    server.put(path, &admin, columns.clone()).await.expect(204);
    assert_eq!(server.get(path, &admin).await.expect(200).body, columns);
    server.put(path, &admin, json!({"long": "x".repeat(70_000)})).await.expect(413);
    server.put(path, &admin, json!([1])).await.expect(400);
    server.put(path, &admin, json!({"nul": "a\u{0}b"})).await.expect(400);
    let me = server.patch("/api/v1/me", &admin, json!({"language": "zh"})).await.expect(200).body;
    assert_eq!(me["language"], "zh");
}

#[tokio::test]
async fn what_is_not_there_is_told_as_a_problem_with_the_same_headers() {
    let server = Server::new().await;
    let nobody = Who::default();
    let nothing = server.get("/api/v1/nothing", &nobody).await.expect(404);
    let method = server.ask(Method::DELETE, "/api/v1/hosts", &nobody, None).await.expect(405);
    let nul = server.get("/api/v1/projects?after=%00", &nobody).await.expect(400);
    let alive = server.get("/health", &nobody).await.expect(204);
    for answer in [&nothing, &method, &nul] {
        assert_eq!(answer.headers["content-type"], "application/problem+json");
    }
    for answer in [nothing, method, nul, alive] {
        assert_eq!(answer.headers["x-content-type-options"], "nosniff");
        assert!(
            answer.headers["content-security-policy"].to_str().unwrap().contains("frame-ancestors 'none'")
        );
        assert_eq!(answer.headers["x-request-id"].len(), 16);
    }
    let large = json!({"name": "x".repeat(2 << 20)});
    let admin = server.administrator().await;
    assert_eq!(server.post("/api/v1/projects", &admin, large).await.expect(413).code(), "too_large");
}

#[tokio::test]
async fn metrics_count_requests_by_route_and_are_not_for_everybody() {
    let server = Server::new().await;
    let admin = server.administrator().await;
    server.get("/metrics", &Who::default()).await.expect(401);
    assert_eq!(
        server.get("/ready", &Who::default()).await.expect(200).body,
        json!({"database": true, "objects": true})
    );
    let system = server.get("/api/v1/system", &admin).await.expect(200).body;
    assert_eq!((&system["database"], &system["images"]), (&json!("sqlite"), &json!(0)));
    server.get("/api/v1/projects/9999", &admin).await.expect(404);
    let text = server.get("/metrics", &admin).await.expect(200).body;
    let text = text.as_str().unwrap();
    let series = r#"lazaret_http_request_duration_seconds_count{route="/api/v1/projects/{id}",method="GET",status="404"} 1"#;
    assert!(text.contains(series), "{text}");
    assert!(
        text.contains("process_resident_memory_bytes ") && text.contains("# TYPE lazaret_jobs gauge"),
        "{text}"
    );
}

#[tokio::test]
async fn all_of_it_holds_on_postgresql() {
    let Some(cluster) = Postgres::start() else { return };
    let fresh = async || Server::on(cluster.url(), tempfile::tempdir().unwrap()).await;
    first_starts(fresh().await).await;
    refuses_alike(fresh().await).await;
    locks(fresh().await).await;
    tokens(fresh().await).await;
    projects(fresh().await).await;
    administrators(fresh().await).await;
    audited(fresh().await).await;
}
