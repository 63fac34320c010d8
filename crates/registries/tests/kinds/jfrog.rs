use model::Failure;
use registries::{Settings, check, find};
use serde_json::{Value, json};
use testkit::{Answer, Asked, Blobs, WebServer, registry_answer};

use super::{WORD, digest, failure, is_user, listed, part, settings, told, web_page};

fn refusal(status: u16, message: &str) -> Answer {
    let body = json!({ "errors": [{ "status": status, "message": message }] });
    Answer::new(status, body.to_string()).header("Content-Type", "application/json")
}

/// Artifactory with a local, a remote and a virtual repository; `may_query` is whether the user may use AQL.
fn play(asked: &Asked, may_query: bool, blobs: &Blobs) -> Answer {
    let Some(path) = asked.path.strip_prefix("/artifactory/api/") else {
        return registry_answer(blobs, asked).unwrap_or_else(Answer::not_found);
    };
    if !is_user(asked) {
        return refusal(401, "Bad credentials")
            .header("WWW-Authenticate", "Basic realm=\"Artifactory Realm\"");
    }
    match path {
        "repositories" => {
            assert_eq!(asked.query, "packageType=docker");
            Answer::json(
                json!([
                    { "key": "docker-local", "type": "LOCAL", "url": "https://x/artifactory/docker-local", "packageType": "Docker" },
                    { "key": "hub", "type": "REMOTE", "url": "https://registry-1.docker.io/", "packageType": "Docker" },
                    { "key": "closed", "type": "FEDERATED", "url": "https://x/artifactory/closed", "packageType": "Docker" },
                    { "key": "docker", "type": "VIRTUAL", "url": "https://x/artifactory/docker", "packageType": "Docker" },
                ])
                .to_string(),
            )
        }
        "docker/docker-local/v2/_catalog" => catalogue(asked),
        // A cache's is not told as Artifactory is set up at first.
        "docker/hub/v2/_catalog" => Answer::json("{\"repositories\":[]}"),
        "docker/closed/v2/_catalog" => refusal(403, "Forbidden"),
        "docker/docker-local/v2/team/r0000/tags/list" => {
            Answer::json("{\"name\":\"team/r0000\",\"tags\":[\"1.0\"]}")
        }
        "docker/docker-local/v2/team/r0000/manifests/1.0" => {
            Answer::json("{}").header("Docker-Content-Digest", digest(1))
        }
        "search/aql" if may_query => query(&asked.text(), blobs),
        "search/aql" => refusal(403, "This query is allowed for privileged users only"),
        _ if path.ends_with("/tags/list") => Answer::json("{\"tags\":[]}"),
        _ => refusal(404, "not found"),
    }
}

/// 130 names, told fifty at a time though more are asked for.
fn catalogue(asked: &Asked) -> Answer {
    let names: Vec<String> = (0..130).map(|number| format!("team/r{number:04}")).collect();
    let begin = asked
        .parameter("last")
        .map_or(0, |last| names.iter().position(|name| name.replace('/', "%2F") == last).unwrap() + 1);
    let answer = Answer::json(json!({ "repositories": part(&names[begin..], 1, 50) }).to_string());
    if begin + 50 < names.len() {
        let last = names[begin + 49].replace('/', "%2F");
        return answer.header(
            "Link",
            format!("</artifactory/api/docker/docker-local/v2/_catalog?last={last}&n=50>; rel=\"next\""),
        );
    }
    answer
}

/// What the query language gives for one image.
fn query(text: &str, blobs: &Blobs) -> Answer {
    let criteria: Value =
        serde_json::from_str(text.strip_prefix("items.find(").unwrap().split_once(").include").unwrap().0)
            .unwrap();
    assert!(text.contains(".include(\"repo\",\"path\",\"name\",\"updated\",\"sha256\")"), "{text}");
    let file = |path: String, sha256: &str, updated: &str| json!({ "repo": criteria["repo"], "path": path, "name": "manifest.json", "sha256": sha256, "updated": updated });
    let hex = |number: usize| digest(number).replace("sha256:", "");
    let below = criteria["path"]["$match"].as_str().unwrap_or_default();
    let mut results = match (criteria["repo"].as_str().unwrap(), below) {
        ("docker-local", "team/r0000/*") => {
            let held = blobs.manifest.digest.replace("sha256:", "");
            let mut all: Vec<Value> = vec![
                file("team/r0000/0".to_owned(), &held, "2026-01-02T03:04:05.678Z"),
                file("team/r0000/latest".to_owned(), &held, "2026-01-05T03:04:05.678+02:00"),
                file("team/r0000/deeper/1.0".to_owned(), &hex(7), "2026-01-02T03:04:05.678Z"),
                file("team/r0000/sha256__aa".to_owned(), &hex(8), "2026-01-02T03:04:05.678Z"),
            ];
            all.extend((0..1200).map(|number| {
                file(format!("team/r0000/t{number}"), &hex(number + 100), "2025-01-01T00:00:00.000Z")
            }));
            all
        }
        ("hub-cache", "") => vec![
            file("library/debian/12".to_owned(), &hex(9), "2026-01-02T03:04:05.678Z"),
            file("library/debian/sha256__00".to_owned(), &hex(9), "2026-01-02T03:04:05.678Z"),
        ],
        ("closed", "") => vec![file("team/shop/1.0".to_owned(), &hex(9), "2026-01-02T03:04:05.678Z")],
        ("hub-cache", "library/debian/*") => {
            vec![file("library/debian/12".to_owned(), &hex(9), "2026-01-02T03:04:05.678Z")]
        }
        _ => Vec::new(),
    };
    if let Some(since) = criteria["updated"]["$gte"].as_str() {
        results.retain(|file| file["updated"].as_str().unwrap() >= since);
    }
    let offset: usize = text.split_once(".offset(").unwrap().1.split_once(')').unwrap().0.parse().unwrap();
    let page: Vec<Value> = results.into_iter().skip(offset).take(1000).collect();
    Answer::json(
        json!({ "range": { "start_pos": offset, "total": page.len() }, "results": page }).to_string(),
    )
}

fn server(may_query: bool) -> WebServer {
    let blobs = testkit::Image::new("a:1").blobs();
    WebServer::start(move |asked| play(asked, may_query, &blobs))
}

#[test]
fn lists_local_and_remote_repositories_by_queries() {
    let server = server(true);
    let (listing, lines) = listed("jfrog", &settings(&server), None).unwrap();
    assert_eq!((listing.repositories, listing.artifacts, listing.failed), (132, 1202, 0));
    assert_eq!(lines[0], "docker-local/team/r0000 Own");
    assert!(lines[1].ends_with("[0,latest] 2026-01-05T01:04:05Z  "), "{}", lines[1]);
    let hub = lines.iter().position(|line| line == "hub/library/debian ProxyCache").unwrap();
    assert_eq!(lines[hub + 1], "- 0009 [12] 2026-01-02T03:04:05Z  ");
    let closed = lines.iter().position(|line| line == "closed/team/shop Own");
    assert!(closed.is_some(), "a catalogue that may not be read is made up for by a query");
    let one = Settings { instance: Some("docker-local".to_owned()), ..settings(&server) };
    let (listing, _) = listed("jfrog", &one, Some("2026-01-01T00:00:00Z")).unwrap();
    assert_eq!((listing.repositories, listing.artifacts), (130, 1));
}

#[test]
fn lists_tags_where_queries_are_forbidden() {
    let server = server(false);
    let one = Settings { instance: Some("docker-local".to_owned()), ..settings(&server) };
    let (listing, lines) = listed("jfrog", &one, None).unwrap();
    assert_eq!((listing.repositories, listing.artifacts, listing.failed), (130, 1, 0));
    assert_eq!(lines[..2], ["docker-local/team/r0000 Own", "- 0001 [1.0]   "]);
    assert_eq!(server.asked().iter().filter(|asked| asked.path.ends_with("/aql")).count(), 1);
}

#[test]
fn pulls_by_path_or_at_an_address_of_the_repository() {
    let server = server(true);
    for (settings, pulled) in [
        (settings(&server), "/v2/docker-local/team/r0000/manifests/"),
        (
            Settings {
                api_address: Some(format!("{}/artifactory/", server.url())),
                instance: Some("docker-local".to_owned()),
                ..settings(&server)
            },
            "/v2/team/r0000/manifests/",
        ),
    ] {
        let steps = check(find("jfrog").unwrap(), &settings);
        assert!(steps.len() == 5 && steps.iter().all(|step| step.outcome.is_ok()), "{steps:?}");
        assert!(server.asked().iter().any(|asked| asked.path.starts_with(pulled)), "{pulled}");
    }
    let without_key = Settings { api_address: Some(server.url()), ..settings(&server) };
    let steps = check(find("jfrog").unwrap(), &without_key);
    assert!(told(steps.last().unwrap().outcome.as_ref().unwrap_err()).contains("needs the key"));
}

#[test]
fn refusals_and_web_pages_have_their_codes() {
    let server = server(true);
    let wrong = Settings { password: Some("hunter2".to_owned()), ..settings(&server) };
    let (code, words) = failure("jfrog", &wrong);
    assert_eq!(code, Failure::AuthenticationFailed);
    assert!(words.contains("Bad credentials") && !words.contains("hunter2"), "{words}");
    let none = Settings { instance: Some("nothing".to_owned()), ..settings(&server) };
    assert_eq!(failure("jfrog", &none).0, Failure::NotFound);
    let denied = WebServer::start(|_| refusal(403, "Forbidden"));
    assert_eq!(failure("jfrog", &settings(&denied)).0, Failure::AccessDenied);
    let (code, words) = failure("jfrog", &settings(&WebServer::start(|_| web_page())));
    assert_eq!(code, Failure::InvalidContent);
    assert!(!words.contains(WORD));
}
