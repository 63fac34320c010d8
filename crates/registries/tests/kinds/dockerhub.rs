use model::Failure;
use registries::{Settings, check, find};
use serde_json::{Value, json};
use testkit::{Answer, Asked, WebServer, registry_answer};

use super::{USER, WORD, digest, failure, listed, number, part, settings, told, web_page};

fn refusal(status: u16, message: &str) -> Answer {
    Answer::new(status, json!({ "detail": message, "message": message }).to_string())
        .header("Content-Type", "application/json")
}

/// The interface of Docker Hub: a token for the user, 130 repositories, and tags of plain images and indexes.
fn play(asked: &Asked) -> Answer {
    if asked.path == "/v2/auth/token" {
        let login: Value = serde_json::from_slice(&asked.body).unwrap();
        let known = login["identifier"] == USER && login["secret"] == WORD;
        assert_eq!((asked.method.as_str(), asked.header("authorization")), ("POST", None));
        return if known {
            Answer::json("{\"access_token\":\"jwt\"}")
        } else {
            refusal(401, "incorrect authentication credentials")
        };
    }
    if asked.header("authorization") != Some("Bearer jwt") {
        return refusal(401, "unauthorized");
    }
    match asked.path.as_str() {
        "/v2/namespaces/team/repositories" => paged(asked, &(0..130).map(|number| {
            let kind = if number == 129 { "plugin" } else { "image" };
            json!({ "name": format!("r{number:03}"), "namespace": "team", "repository_type": kind, "last_updated": "2026-01-02T03:04:05.678901Z" })
        }).collect::<Vec<_>>()),
        "/v2/namespaces/team/repositories/r000/tags" => paged(asked, &tags()),
        "/v2/namespaces/closed/repositories" => refusal(403, "access to the resource is forbidden with personal access token"),
        path if path.ends_with("/tags") => paged(asked, &[]),
        _ => refusal(404, "object not found"),
    }
}

fn tags() -> Vec<Value> {
    let image =
        json!([{ "architecture": "amd64", "os": "linux", "variant": null, "digest": digest(1), "size": 9 }]);
    let tag = |name: &str| {
        json!({ "name": name, "full_size": 9, "digest": digest(1), "content_type": "image", "tag_last_pushed": "2026-01-02T03:04:05.6Z",
                "media_type": "application/vnd.oci.image.manifest.v1+json", "images": image })
    };
    let mut index = tag("multi");
    index["digest"] = digest(2).into();
    index["media_type"] = "application/vnd.oci.image.index.v1+json".into();
    index["tag_last_pushed"] = "2026-02-02T03:04:05Z".into();
    index["images"] = json!([
        { "architecture": "arm64", "os": "linux", "variant": "v8", "digest": digest(3) },
        { "architecture": "unknown", "os": "unknown", "digest": digest(4) },
    ]);
    vec![tag("1.0"), tag("latest"), index]
}

fn paged(asked: &Asked, all: &[Value]) -> Answer {
    let (page, size) = (number(asked, "page"), number(asked, "page_size"));
    assert!(size <= 100);
    // The address of the next page is never followed.
    let next = (page * size < all.len()).then_some("https://attacker.example/?page=2");
    Answer::json(
        json!({ "count": all.len(), "next": next, "previous": null, "results": part(all, page, size) })
            .to_string(),
    )
}

fn hub(server: &WebServer) -> Settings {
    Settings { api_address: Some(server.url()), namespace: Some("team".to_owned()), ..settings(server) }
}

#[test]
fn lists_with_one_token_and_goes_to_no_other_host() {
    let server = WebServer::start(play);
    let (listing, lines) = listed("dockerhub", &hub(&server), None).unwrap();
    assert_eq!((listing.repositories, listing.artifacts, listing.failed), (129, 2, 0));
    assert_eq!(
        lines[..3],
        [
            "team/r000 Own",
            "- 0001 [1.0,latest] 2026-01-02T03:04:05Z 9 linux/amd64",
            "- 0002 [multi] 2026-02-02T03:04:05Z 9 linux/arm64/v8",
        ]
    );
    assert_eq!(server.asked().iter().filter(|asked| asked.path == "/v2/auth/token").count(), 1);
    let (listing, _) = listed("dockerhub", &hub(&server), Some("2026-02-01T00:00:00Z")).unwrap();
    assert_eq!(listing.artifacts, 1);
}

#[test]
fn pulls_from_another_address_than_it_lists() {
    let blobs = testkit::Image::new("a:1").blobs();
    let registry =
        WebServer::start(move |asked| registry_answer(&blobs, asked).unwrap_or_else(Answer::not_found));
    let server = WebServer::start(play);
    let split = Settings { address: registry.url(), ..hub(&server) };
    let steps = check(find("dockerhub").unwrap(), &split);
    assert_eq!(steps.len(), 5);
    assert!(steps.iter().all(|step| step.outcome.is_ok()), "{steps:?}");
    assert!(registry.asked().iter().any(|asked| asked.path.starts_with("/v2/team/r000/manifests/")));
    assert!(
        !registry
            .asked()
            .iter()
            .any(|asked| asked.header("authorization").is_some_and(|text| text.contains("jwt")))
    );
}

#[test]
fn refusals_and_web_pages_have_their_codes() {
    let server = WebServer::start(play);
    let wrong = Settings { password: Some("hunter2".to_owned()), ..hub(&server) };
    let (code, words) = failure("dockerhub", &wrong);
    assert_eq!(code, Failure::AuthenticationFailed, "{words}");
    assert!(words.contains("incorrect authentication") && !words.contains("hunter2"), "{words}");
    let closed = Settings { namespace: Some("closed".to_owned()), ..hub(&server) };
    assert_eq!(failure("dockerhub", &closed).0, Failure::AccessDenied);
    assert_eq!(failure("dockerhub", &hub(&WebServer::start(|_| web_page()))).0, Failure::InvalidContent);
    let nobody = Settings { username: None, namespace: None, ..hub(&server) };
    let (code, words) = failure("dockerhub", &nobody);
    assert_eq!(code, Failure::InvalidName, "{words}");
    assert_eq!(told(&find("hub").unwrap_err()).matches("dockerhub").count(), 1);
}
