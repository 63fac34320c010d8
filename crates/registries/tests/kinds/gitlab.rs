use model::Failure;
use registries::{Settings, check, find};
use serde_json::{Value, json};
use testkit::{Answer, Asked, WebServer, registry_answer};

use super::{WORD, digest, failure, listed, number, part, settings, told, web_page};

fn refusal(status: u16, message: &str) -> Answer {
    Answer::new(status, json!({ "message": message }).to_string()).header("Content-Type", "application/json")
}

/// A page with GitLab's headers; of long lists it tells no total.
fn paged(asked: &Asked, all: &[Value]) -> Answer {
    let (page, size) = (number(asked, "page"), number(asked, "per_page"));
    assert!(size <= 100);
    let next = if page * size < all.len() { (page + 1).to_string() } else { String::new() };
    let answer = Answer::json(Value::from(part(all, page, size)).to_string());
    answer
        .header("X-Next-Page", next)
        .header("X-Page", page.to_string())
        .header("X-Per-Page", size.to_string())
}

/// The interface of GitLab, whose registry is at another port of the host.
fn play(asked: &Asked, registry: &str) -> Answer {
    let Some(path) = asked.path.strip_prefix("/api/v4/") else { return web_page() };
    if asked.header("authorization") != Some(&format!("Bearer {WORD}")) {
        return refusal(401, "401 Unauthorized");
    }
    let listed = |project: u64, id: u64, path: &str| {
        json!({ "id": id, "name": "", "path": path, "project_id": project, "location": format!("{registry}/{path}"),
                "created_at": "2019-01-10T13:38:57.391Z", "tags_count": 1 })
    };
    match path {
        "version" => Answer::json("{\"version\":\"17.5.1-ee\",\"revision\":\"ab\"}"),
        "groups/team%2Fall" => Answer::json("{\"id\":9}"),
        "projects/team%2Fshop" => Answer::json("{\"id\":1}"),
        "groups/team%2Fall/registry/repositories" => paged(
            asked,
            &(0..130).map(|id| listed(1, id + 1000, &format!("team/all/r{id:03}"))).collect::<Vec<_>>(),
        ),
        "projects" => {
            assert_eq!(asked.parameter("membership"), Some("true"));
            let level = |id: u64| if id == 3 { "disabled" } else { "enabled" };
            paged(
                asked,
                &(1..=120)
                    .map(|id| json!({ "id": id, "container_registry_access_level": level(id) }))
                    .collect::<Vec<_>>(),
            )
        }
        "projects/1/registry/repositories" | "projects/team%2Fshop/registry/repositories" => {
            paged(asked, &[listed(1, 11, "team/shop"), listed(1, 12, "team/shop/db")])
        }
        "projects/3/registry/repositories" => refusal(403, "403 Forbidden"),
        "projects/4/registry/repositories" => refusal(404, "404 Not found"),
        "projects/1/registry/repositories/11/tags" => {
            let named = |number: usize| json!({ "name": format!("v{number}"), "path": "x", "location": "x" });
            paged(asked, &(0..130).map(named).collect::<Vec<_>>())
        }
        // It was deleted after the list was read.
        "projects/1/registry/repositories/11/tags/v5" => refusal(404, "404 Tag Not Found"),
        _ if path.contains("/tags/v") => {
            let number: usize = path.rsplit_once('v').unwrap().1.parse().unwrap();
            Answer::json(
                json!({ "name": format!("v{number}"), "revision": "x", "digest": digest(number / 2), "total_size": 7,
                        "created_at": format!("2019-01-{:02}T16:49:51.272+00:00", number % 28 + 1) })
                .to_string(),
            )
        }
        _ if path.ends_with("/registry/repositories") || path.ends_with("/tags") => paged(asked, &[]),
        _ => refusal(404, "404 Not Found"),
    }
}

fn server(registry: String) -> WebServer {
    WebServer::start(move |asked| play(asked, &registry))
}

#[test]
fn lists_all_projects_of_the_user() {
    let server = server("127.0.0.1:5050".to_owned());
    let (listing, lines) = listed("gitlab", &settings(&server), None).unwrap();
    assert_eq!((listing.repositories, listing.artifacts, listing.failed), (2, 65, 0));
    assert_eq!(
        lines[..3],
        ["team/shop Own", "- 0000 [v0,v1] 2019-01-02T16:49:51Z 7 ", "- 0001 [v2,v3] 2019-01-04T16:49:51Z 7 "]
    );
    assert!(lines.contains(&"- 0002 [v4] 2019-01-05T16:49:51Z 7 ".to_owned()));
}

#[test]
fn lists_a_group_or_a_project() {
    let server = server("127.0.0.1:5050".to_owned());
    let of = |namespace: &str| Settings { namespace: Some(namespace.to_owned()), ..settings(&server) };
    let (listing, _) = listed("gitlab", &of("team/all"), None).unwrap();
    assert_eq!(listing.repositories, 130);
    let (listing, _) = listed("gitlab", &of("team/shop"), Some("2019-01-28T00:00:00Z")).unwrap();
    assert_eq!((listing.repositories, listing.artifacts), (2, 4));
    assert_eq!(failure("gitlab", &of("nobody")).0, Failure::NotFound);
}

#[test]
fn pulls_where_gitlab_says_and_nowhere_else() {
    let blobs = testkit::Image::new("a:1").blobs();
    let registry =
        WebServer::start(move |asked| registry_answer(&blobs, asked).unwrap_or_else(Answer::not_found));
    let steps = check(find("gitlab").unwrap(), &settings(&server(registry.host.clone())));
    assert!(steps.len() == 5 && steps.iter().all(|step| step.outcome.is_ok()), "{steps:?}");
    assert!(registry.asked().iter().any(|asked| asked.path.starts_with("/v2/team/shop/manifests/")));
    for location in ["registry.attacker.example", "127.0.0.1@attacker.example", "10.0.0.9:5000"] {
        let steps = check(find("gitlab").unwrap(), &settings(&server(location.to_owned())));
        let words = told(steps.last().unwrap().outcome.as_ref().unwrap_err());
        assert!(words.contains("nothing in common"), "{location}: {words}");
    }
}

#[test]
fn refusals_and_web_pages_have_their_codes() {
    let server = server("127.0.0.1:5050".to_owned());
    let wrong = Settings { password: Some("hunter2".to_owned()), ..settings(&server) };
    let (code, words) = failure("gitlab", &wrong);
    assert_eq!(code, Failure::AuthenticationFailed);
    assert!(!words.contains("hunter2"), "{words}");
    let denied = WebServer::start(|_| refusal(403, "insufficient_scope"));
    assert_eq!(failure("gitlab", &settings(&denied)).0, Failure::AccessDenied);
    assert_eq!(failure("gitlab", &settings(&WebServer::start(|_| web_page()))).0, Failure::InvalidContent);
}
