//! Who asks: the token flow against servers that this test plays.
#![expect(clippy::unwrap_used, reason = "a failure is a failed test")]

use std::os::unix::fs::PermissionsExt as _;
use std::sync::Barrier;
use std::time::Duration;

use image::Error;
use image::registry::{Options, Registry};
use model::Failure;
use testkit::{Answer, Asked, WebServer};

fn options() -> Options {
    Options { net: net::Options { retries: 0, ..net::Options::default() }, ..Options::default() }
}

fn as_user() -> Options {
    let (username, password) = (Some("tester".to_owned()), Some("correct-horse".to_owned()));
    Options { username, password, ..options() }
}

fn challenge(scheme: &str) -> Answer {
    Answer::new(401, r#"{"errors":[{"code":"UNAUTHORIZED","message":"authentication required"}]}"#)
        .header("WWW-Authenticate", scheme)
}

/// A registry that lets in who shows one of these tokens.
fn registry(realm: String, good: &'static [&'static str]) -> WebServer {
    WebServer::start(move |asked| {
        let shown = asked.header("authorization").and_then(|header| header.strip_prefix("Bearer "));
        if shown.is_some_and(|token| good.contains(&token)) {
            return Answer::json(r#"{"tags":["1"]}"#);
        }
        challenge(&format!("Basic realm=\"x\", Bearer realm=\"{realm}\",service=\"shop\""))
    })
}

fn tags(server: &WebServer, options: &Options) -> Result<Vec<String>, Error> {
    let registry = Registry::connect(&server.url(), options)?;
    registry.tags("shop", None).map(|page| page.names)
}

fn token(text: &str) -> Answer {
    Answer::json(format!("{{\"token\":\"{text}\"}}"))
}

#[test]
fn many_who_ask_at_once_share_one_token() {
    let tokens = WebServer::start(|_| {
        std::thread::sleep(Duration::from_millis(200));
        token("t")
    });
    let server = registry(format!("{}/token", tokens.url()), &["t"]);
    let connected = Registry::connect(&server.url(), &as_user()).unwrap();
    let start = Barrier::new(16);
    std::thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| {
                start.wait();
                assert_eq!(connected.tags("shop", None).unwrap().names, ["1"]);
            });
        }
    });
    assert_eq!(tokens.asked().len(), 1);
}

#[test]
fn each_repository_has_a_token_of_its_own() {
    let tokens = WebServer::start(|_| token("t"));
    let server = registry(format!("{}/token", tokens.url()), &["t"]);
    let connected = Registry::connect(&server.url(), &options()).unwrap();
    for _ in 0..3 {
        connected.tags("shop", None).unwrap();
        connected.tags("team/app", None).unwrap();
        connected.catalog(None).unwrap();
    }
    let scopes: Vec<String> =
        tokens.asked().iter().map(|asked| asked.parameter("scope").unwrap().to_owned()).collect();
    assert_eq!(
        scopes,
        ["repository%3Ashop%3Apull", "repository%3Ateam%2Fapp%3Apull", "registry%3Acatalog%3A%2A"]
    );
}

#[test]
fn a_refused_token_is_renewed_once() {
    let tokens = WebServer::start(|asked| token(&format!("number-{}", asked.before)));
    let server = registry(format!("{}/token", tokens.url()), &["number-1"]);
    let connected = Registry::connect(&server.url(), &as_user()).unwrap();
    assert_eq!(connected.tags("shop", None).unwrap_err().failure(), Failure::AuthenticationFailed);
    assert_eq!((tokens.asked().len(), server.asked().len()), (1, 2));
    assert_eq!(connected.tags("shop", None).unwrap().names, ["1"]);
    assert_eq!((tokens.asked().len(), server.asked().len()), (2, 4));
}

#[test]
fn a_wrong_password_is_shown_once() {
    let server = WebServer::start(|_| challenge("Basic realm=\"x\""));
    let connected = Registry::connect(&server.url(), &as_user()).unwrap();
    let error = connected.tags("shop", None).unwrap_err();
    assert_eq!(error.failure(), Failure::AuthenticationFailed);
    let shown = |asked: &&Asked| asked.header("authorization").is_some();
    assert_eq!(server.asked().iter().filter(shown).count(), 1);
    connected.tags("shop", None).unwrap_err();
    assert_eq!(server.asked().iter().filter(shown).count(), 2);
}

#[test]
fn a_password_is_posted_where_nothing_can_be_got() {
    for status in [404, 405] {
        let tokens = WebServer::start(move |asked| match asked.method.as_str() {
            "GET" => Answer::new(status, ""),
            _ => Answer::json(r#"{"access_token":"t"}"#),
        });
        let server = registry(format!("{}/token", tokens.url()), &["t"]);
        assert_eq!(tags(&server, &as_user()).unwrap(), ["1"]);
        let asked = tokens.asked();
        assert_eq!(
            asked[1].text(),
            "grant_type=password&username=tester&password=correct-horse&client_id=lazaret&scope=repository%3Ashop%3Apull&service=shop"
        );
        assert_eq!(asked[1].header("content-type"), Some("application/x-www-form-urlencoded"));
    }
    let tokens = WebServer::start(|_| Answer::new(404, ""));
    let server = registry(format!("{}/token", tokens.url()), &["t"]);
    let error = tags(&server, &as_user()).unwrap_err();
    assert_eq!(error.failure(), Failure::InvalidContent);
    assert!(error.to_string().contains("there is no token server at"), "{error}");
}

/// A configuration with a login token under this name.
fn login(server: &WebServer, auth: &str) -> (tempfile::NamedTempFile, Options) {
    let file = tempfile::NamedTempFile::new().unwrap();
    let entry = format!("{{\"auth\":\"{auth}\",\"identitytoken\":\"login\"}}");
    std::fs::write(file.path(), format!("{{\"auths\":{{\"{}\":{entry}}}}}", server.host)).unwrap();
    let options = Options { docker_configs: vec![file.path().to_owned()], ..options() };
    (file, options)
}

#[test]
fn a_login_token_is_shown_as_a_password_where_it_cannot_be_posted() {
    let tokens = WebServer::start(|asked| match asked.method.as_str() {
        // `me:login`
        "GET" if asked.header("authorization") == Some("Basic bWU6bG9naW4=") => token("t"),
        _ => Answer::new(401, ""),
    });
    let server = registry(format!("{}/token", tokens.url()), &["t"]);
    // `me:` and `:`
    let (_file, named) = login(&server, "bWU6");
    assert_eq!(tags(&server, &named).unwrap(), ["1"]);
    let (_file, nameless) = login(&server, "Og==");
    assert_eq!(tags(&server, &nameless).unwrap_err().failure(), Failure::AuthenticationFailed);
    assert!(server.asked().iter().all(|asked| !format!("{asked:?}").contains("login")));
}

#[test]
fn what_a_token_server_says_has_its_code() {
    let denied = r#"{"errors":[{"code":"DENIED","message":"no pull"}]}"#;
    let table = [
        (Answer::new(401, ""), Failure::AuthenticationFailed),
        (Answer::new(400, r#"{"error":"invalid_grant"}"#), Failure::AuthenticationFailed),
        (Answer::new(403, ""), Failure::AccessDenied),
        (Answer::new(401, denied), Failure::AccessDenied),
        (Answer::new(429, "").header("Retry-After", "99"), Failure::RateLimited),
        (Answer::new(500, ""), Failure::ServerFailed),
        (Answer::new(504, ""), Failure::TimedOut),
        (Answer::new(200, "<html>").header("Content-Type", "text/html"), Failure::InvalidContent),
        (Answer::json("{}"), Failure::InvalidContent),
        (Answer::json(format!("{{\"token\":\"{}\"}}", "x".repeat(300_000))), Failure::TooLarge),
    ];
    for (answer, failure) in table {
        let shown = format!("{answer:?}").chars().take(200).collect::<String>();
        let tokens = WebServer::start(move |_| answer.clone());
        let server = registry(format!("{}/token", tokens.url()), &["t"]);
        let error = tags(&server, &as_user()).unwrap_err();
        assert_eq!(error.failure(), failure, "{shown}: {error}");
        assert!(!format!("{error:?}").contains("correct-horse"), "{error:?}");
    }
}

#[test]
fn a_token_that_does_not_reach_so_far_is_no_wrong_password() {
    let tokens = WebServer::start(|_| token("t"));
    let realm = format!("{}/token", tokens.url());
    let server = WebServer::start(move |asked| {
        let end = if asked.header("authorization").is_some() { ",error=\"insufficient_scope\"" } else { "" };
        challenge(&format!("Bearer realm=\"{realm}\"{end}"))
    });
    let error = tags(&server, &as_user()).unwrap_err();
    assert_eq!(error.failure(), Failure::AccessDenied);
    assert!(error.to_string().contains("`tester` may not pull from `shop`"), "{error}");
}

#[test]
fn the_challenge_of_a_storage_server_is_not_answered() {
    let tokens = WebServer::start(|_| token("t"));
    let realm = format!("{}/token", tokens.url());
    let storage = WebServer::start(move |_| challenge(&format!("Bearer realm=\"{realm}\"")));
    let target = storage.url().replace("127.0.0.1", "localhost");
    let server = WebServer::start(move |_| Answer::new(307, "").header("Location", target.clone()));
    assert_eq!(tags(&server, &as_user()).unwrap_err().failure(), Failure::AuthenticationFailed);
    assert!(tokens.asked().is_empty() && storage.asked().len() == 1);
}

#[test]
fn a_helper_is_run_only_where_it_may_be() {
    let server = WebServer::start(|asked| match asked.header("authorization") {
        // `helped:word`
        Some("Basic aGVscGVkOndvcmQ=") => Answer::json(r#"{"tags":["1"]}"#),
        _ => challenge("Basic realm=\"x\""),
    });
    let scratch = tempfile::tempdir().unwrap();
    let config = scratch.path().join("config.json");
    std::fs::write(&config, r#"{"credsStore":"shop"}"#).unwrap();
    let program = scratch.path().join("docker-credential-shop");
    std::fs::write(&program, "#!/bin/sh\necho '{\"Username\":\"helped\",\"Secret\":\"word\"}'\n").unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let without = Options { docker_configs: vec![config], ..options() };
    let error = tags(&server, &without).unwrap_err();
    let chain = format!("{}: {}", error, std::error::Error::source(&error).unwrap());
    assert!(chain.contains("Docker's helper `shop`, which is not asked"), "{chain}");
    let helper_directories = vec![scratch.path().to_owned()];
    assert_eq!(tags(&server, &Options { helper_directories, ..without }).unwrap(), ["1"]);
}

#[test]
fn credentials_go_to_no_open_token_server() {
    let server = WebServer::start(|_| challenge("Bearer realm=\"http://tokens.invalid/token\""));
    let error = tags(&server, &as_user()).unwrap_err();
    assert_eq!(error.failure(), Failure::TlsFailed);
    assert!(error.to_string().contains("credentials are not sent over plain http"), "{error}");
    // As nobody, an open registry's open token server is asked.
    assert_eq!(tags(&server, &options()).unwrap_err().failure(), Failure::HostNotFound);
}

#[test]
fn a_token_that_was_handed_over_goes_to_the_registry_and_no_token_server_is_asked() {
    let tokens = WebServer::start(|_| token("other"));
    let server = registry(format!("{}/token", tokens.url()), &["handed-over"]);
    let with = |token: &str| Options { token: Some(token.to_owned()), ..options() };
    assert_eq!(tags(&server, &with("handed-over")).unwrap(), ["1"]);
    let refused = tags(&server, &with("stale-token")).unwrap_err();
    assert_eq!(refused.failure(), Failure::AuthenticationFailed);
    assert!(!refused.to_string().contains("stale-token"), "{refused}");
    assert!(!format!("{:?}", with("handed-over")).contains("handed-over"));
    assert_eq!(tokens.asked().len(), 0);
}
