use model::Failure;
use registries::Settings;
use serde_json::json;
use testkit::{Answer, Asked, WebServer};

use super::{WORD, digest, failure, listed, number, settings, web_page};

/// The interface of Quay: the user's own namespace and two organisations, one of them empty.
fn play(asked: &Asked) -> Answer {
    let Some(path) = asked.path.strip_prefix("/api/v1/") else { return Answer::not_found() };
    if asked.header("authorization") != Some(&format!("Bearer {WORD}")) {
        let body = json!({ "status": 401, "error_message": "Invalid Bearer token format", "title": "invalid_token", "message": "invalid token" });
        return Answer::new(401, body.to_string()).header("Content-Type", "application/json");
    }
    match path {
        "user/" => Answer::json(
            json!({ "username": "anna", "organizations": [{ "name": "team" }, { "name": "empty" }] })
                .to_string(),
        ),
        "repository" => repositories(asked),
        "repository/team/r000/tag/" => tags(asked),
        _ if path.ends_with("/tag/") => Answer::json("{\"tags\":[],\"page\":1,\"has_additional\":false}"),
        _ => Answer::not_found(),
    }
}

/// Pages of fifty, each naming the next by a token.
fn repositories(asked: &Asked) -> Answer {
    let namespace = asked.parameter("namespace").unwrap();
    let all = match namespace {
        "team" => 120,
        "anna" => 1,
        _ => 0,
    };
    let begin = asked
        .parameter("next_page")
        .map_or(0, |token| token.strip_prefix("gAAA%3D").unwrap().parse().unwrap());
    let entries = (begin..all).take(50).map(|number| {
        let kind = if number == 119 { "application" } else { "image" };
        json!({ "namespace": namespace, "name": format!("r{number:03}"), "kind": kind, "is_public": false, "last_modified": 1_700_000_000 })
    });
    let mut page = json!({ "repositories": entries.collect::<Vec<_>>() });
    if begin + 50 < all {
        page["next_page"] = format!("gAAA={}", begin + 50).into();
    }
    Answer::json(page.to_string())
}

/// 150 tags, two of each image.
fn tags(asked: &Asked) -> Answer {
    let page = number(asked, "page");
    let tags = (0..150).skip((page - 1) * 100).take(100).map(|tag| {
        json!({ "name": format!("t{tag}"), "manifest_digest": digest(tag / 2), "size": 5, "is_manifest_list": false,
                "start_ts": 1_700_000_000 + tag, "last_modified": "Tue, 14 Nov 2023 22:13:20 -0000", "reversion": false })
    });
    let body = json!({ "tags": tags.collect::<Vec<_>>(), "page": page, "has_additional": page == 1 });
    Answer::json(body.to_string())
}

fn with_token(server: &WebServer) -> Settings {
    Settings { username: Some("$oauthtoken".to_owned()), ..settings(server) }
}

#[test]
fn lists_the_namespaces_of_a_token() {
    let server = WebServer::start(play);
    let (listing, lines) = listed("quay", &with_token(&server), None).unwrap();
    assert_eq!((listing.repositories, listing.artifacts, listing.failed), (120, 75, 0));
    assert_eq!(lines[0], "anna/r000 Own");
    assert_eq!(lines[1], "team/r000 Own");
    assert_eq!(lines[2], "- 0000 [t0,t1] 2023-11-14T22:13:21Z 5 ");
    let one = Settings { namespace: Some("team".to_owned()), ..with_token(&server) };
    let (listing, _) = listed("quay", &one, Some("2023-11-14T22:15:40Z")).unwrap();
    assert_eq!((listing.repositories, listing.artifacts), (119, 5));
}

#[test]
fn a_robot_lists_by_the_catalogue() {
    let server = WebServer::start(|asked| match asked.path.as_str() {
        "/v2/" => Answer::json("{}"),
        "/v2/_catalog" => Answer::json("{\"repositories\":[\"team/shop\",\"other/x\"]}"),
        "/v2/team/shop/tags/list" => Answer::json("{\"name\":\"team/shop\",\"tags\":[\"1\"]}"),
        "/v2/team/shop/manifests/1" => Answer::json("{}").header("Docker-Content-Digest", digest(1)),
        _ => Answer::not_found(),
    });
    let one = Settings { namespace: Some("team".to_owned()), ..settings(&server) };
    let (_, lines) = listed("quay", &one, None).unwrap();
    assert_eq!(lines, ["team/shop Own", "- 0001 [1]   "]);
}

#[test]
fn refusals_and_web_pages_have_their_codes() {
    let wrong = Settings { password: Some("hunter2".to_owned()), ..with_token(&WebServer::start(play)) };
    let (code, words) = failure("quay", &wrong);
    assert_eq!(code, Failure::AuthenticationFailed, "{words}");
    assert!(!words.contains("hunter2"), "{words}");
    let denied = WebServer::start(|_| Answer::new(403, "{\"message\":\"insufficient_scope\"}"));
    let (code, words) = failure("quay", &with_token(&denied));
    assert_eq!(code, Failure::AccessDenied);
    assert!(words.contains("insufficient_scope"), "{words}");
    assert_eq!(failure("quay", &with_token(&WebServer::start(|_| web_page()))).0, Failure::InvalidContent);
}
