use model::Failure;
use registries::{Settings, check, find};
use serde_json::{Value, json};
use testkit::{Answer, Asked, WebServer, registry_answer};

use super::{digest, failure, is_user, listed, settings, web_page};

fn component(name: &str, version: &str, number: usize) -> Value {
    let kind = "application/vnd.docker.distribution.manifest.v2+json";
    json!({ "id": "x", "repository": "r", "format": "docker", "group": null, "name": name, "version": version,
            "assets": [{ "path": format!("v2/{name}/manifests/{version}"), "contentType": kind, "lastModified": "2024-05-06T07:08:09.123+00:00",
                         "checksum": { "sha1": "0", "sha256": digest(number).replace("sha256:", "") } }] })
}

/// What a repository holds: 60 tags of two images, and an image of an index.
fn components(repository: &str) -> Vec<Value> {
    match repository {
        "docker-hosted" => {
            let mut all: Vec<Value> = (0..60)
                .map(|number| {
                    component(
                        if number % 2 == 0 { "team/shop" } else { "team/shop-db" },
                        &format!("{number}"),
                        number % 2,
                    )
                })
                .collect();
            all.push(component("team/shop", &digest(77), 77));
            all
        }
        "docker-proxy" => vec![component("library/debian", "12", 5)],
        _ => Vec::new(),
    }
}

/// The interface of Nexus, which gives pages of fifty and a token for the next.
fn play(asked: &Asked) -> Answer {
    let Some(path) = asked.path.strip_prefix("/service/rest/v1/") else {
        let blobs = testkit::Image::new("a:1").blobs();
        return registry_answer(&blobs, asked).unwrap_or_else(Answer::not_found);
    };
    if !is_user(asked) {
        // Nexus says nothing.
        return Answer::new(401, "")
            .header("WWW-Authenticate", "BASIC realm=\"Sonatype Nexus Repository Manager\"");
    }
    match path {
        "repositories" => Answer::json(
            json!([
                { "name": "docker-hosted", "format": "docker", "type": "hosted", "url": "x" },
                { "name": "docker-proxy", "format": "docker", "type": "proxy", "url": "x", "attributes": {} },
                { "name": "docker-all", "format": "docker", "type": "group", "url": "x" },
                { "name": "maven-central", "format": "maven2", "type": "proxy", "url": "x" },
            ])
            .to_string(),
        ),
        "components" | "search" => {
            let mut all = components(asked.parameter("repository").unwrap());
            if path == "search" {
                assert_eq!(asked.parameter("format"), Some("docker"));
                let name = asked.parameter("name").unwrap().replace("%2F", "/");
                all.retain(|component| component["name"].as_str().unwrap() == name);
            }
            let begin: usize = asked.parameter("continuationToken").map_or(0, |token| token.parse().unwrap());
            let next = (begin + 50 < all.len()).then(|| (begin + 50).to_string());
            let items: Vec<_> = all.into_iter().skip(begin).take(50).collect();
            Answer::json(json!({ "items": items, "continuationToken": next }).to_string())
        }
        _ => Answer::new(404, ""),
    }
}

#[test]
fn lists_hosted_repositories_and_proxies_and_no_groups() {
    let server = WebServer::start(play);
    let (listing, lines) = listed("nexus", &settings(&server), None).unwrap();
    assert_eq!((listing.repositories, listing.artifacts, listing.failed), (3, 3, 0));
    assert_eq!(lines[0], "docker-hosted/team/shop Own");
    assert!(
        lines[1].starts_with("- 0000 [0,2,4,") && lines[1].ends_with("58] 2024-05-06T07:08:09Z  "),
        "{}",
        lines[1]
    );
    assert_eq!(lines[2], "docker-hosted/team/shop-db Own");
    assert_eq!(lines[4..], ["docker-proxy/library/debian ProxyCache", "- 0005 [12] 2024-05-06T07:08:09Z  "]);
    let later = listed("nexus", &settings(&server), Some("2025-01-01T00:00:00Z")).unwrap();
    assert_eq!(later.0.artifacts, 0);
}

#[test]
fn pulls_by_path_or_from_a_connector() {
    let (server, connector) = (WebServer::start(play), WebServer::start(play));
    let apart = Settings {
        address: connector.url(),
        api_address: Some(server.url()),
        instance: Some("docker-hosted".to_owned()),
        ..settings(&server)
    };
    for (settings, place, pulled) in [
        (settings(&server), &server, "/v2/docker-hosted/team/shop/manifests/"),
        (apart, &connector, "/v2/team/shop/manifests/"),
    ] {
        let steps = check(find("nexus").unwrap(), &settings);
        assert!(steps.len() == 5 && steps.iter().all(|step| step.outcome.is_ok()), "{steps:?}");
        assert!(place.asked().iter().any(|asked| asked.path.starts_with(pulled)), "{pulled}");
    }
    assert!(connector.asked().iter().all(|asked| asked.path.starts_with("/v2/")));
}

#[test]
fn refusals_and_web_pages_have_their_codes() {
    let server = WebServer::start(play);
    let wrong = Settings { password: Some("hunter2".to_owned()), ..settings(&server) };
    let (code, words) = failure("nexus", &wrong);
    assert_eq!(code, Failure::AuthenticationFailed);
    assert!(!words.contains("hunter2"), "{words}");
    let none = Settings { instance: Some("maven-central".to_owned()), ..settings(&server) };
    assert_eq!(failure("nexus", &none).0, Failure::NotFound);
    assert_eq!(
        failure("nexus", &settings(&WebServer::start(|_| Answer::new(403, "")))).0,
        Failure::AccessDenied
    );
    assert_eq!(failure("nexus", &settings(&WebServer::start(|_| web_page()))).0, Failure::InvalidContent);
}
