use model::Failure;
use registries::{Settings, check, find};
use serde_json::{Value, json};
use testkit::{Answer, Asked, Blobs, WebServer, registry_answer};

use super::{digest, failure, is_user, listed, settings, web_page};

fn refusal(status: u16, code: &str) -> Answer {
    let body = json!({ "errors": [{ "code": code, "message": "authentication required, visit https://aka.ms/acr/authorization" }] });
    Answer::new(status, body.to_string()).header("Content-Type", "application/json")
}

/// A list that goes on with a link of its own making.
fn part(asked: &Asked, all: &[Value], document: impl Fn(&[Value]) -> Value) -> Answer {
    let begin: usize = asked.parameter("last").map_or(0, |last| last.parse().unwrap());
    let end = all.len().min(begin + 100);
    let answer = Answer::json(document(&all[begin..end]).to_string());
    if end == all.len() {
        return answer;
    }
    let order = asked.parameter("orderby").map(|order| format!("&orderby={order}")).unwrap_or_default();
    answer.header(
        "Link",
        format!("<https://attacker.example{}?last={end}&n=100{order}>; rel=\"next\"", asked.path),
    )
}

fn manifests() -> Vec<Value> {
    let image = |number: usize, tags: Value, platform: [&str; 2]| {
        json!({ "digest": digest(number), "imageSize": 7, "createdTime": "2024-01-01T00:00:00Z", "lastUpdateTime": "2026-01-02T03:04:05.1234567Z",
                "os": platform[0], "architecture": platform[1], "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
                "configMediaType": "application/vnd.docker.container.image.v1+json", "tags": tags })
    };
    let linux = ["linux", "amd64"];
    let mut index = image(4, json!(["multi"]), ["", ""]);
    index["mediaType"] = "application/vnd.oci.image.index.v1+json".into();
    index["configMediaType"] = Value::Null;
    let mut chart = image(5, json!(["chart"]), ["", ""]);
    chart["configMediaType"] = "application/vnd.cncf.helm.config.v1+json".into();
    let signature = format!("sha256-{}.sig", "0".repeat(64));
    let mut all = vec![
        image(1, json!(["1.0", "latest"]), linux),
        image(2, Value::Null, linux),
        image(3, Value::Null, ["unknown", "unknown"]),
        index,
        chart,
        image(6, json!([signature]), ["", ""]),
    ];
    all.extend((0..130).map(|number| image(number + 100, json!([format!("t{number}")]), linux)));
    all
}

/// The interface of Azure, where `is_known` says who may ask for a scope.
fn play(asked: &Asked, blobs: &Blobs, is_known: impl Fn(&Asked, &str) -> bool) -> Answer {
    match asked.path.as_str() {
        "/acr/v1/_catalog" if is_known(asked, "registry:catalog:*") => {
            let names: Vec<Value> = (0..130).map(|number| format!("team/r{number:03}").into()).collect();
            part(asked, &names, |names| json!({ "repositories": names }))
        }
        "/acr/v1/team/r000/_manifests" if is_known(asked, "repository:team/r000:metadata_read") => part(
            asked,
            &manifests(),
            |manifests| json!({ "registry": "x.azurecr.io", "imageName": "team/r000", "manifests": manifests }),
        ),
        path if path.ends_with("/_manifests") => Answer::json("{\"manifests\":null}"),
        path if path.starts_with("/acr/") => refusal(401, "UNAUTHORIZED"),
        _ => registry_answer(blobs, asked).unwrap_or_else(Answer::not_found),
    }
}

fn server() -> WebServer {
    let blobs = testkit::Image::new("a:1").blobs();
    WebServer::start(move |asked| play(asked, &blobs, |asked, _| is_user(asked)))
}

#[test]
fn lists_with_times_and_goes_to_no_other_host() {
    let server = server();
    let (listing, lines) = listed("acr", &settings(&server), None).unwrap();
    assert_eq!((listing.repositories, listing.artifacts, listing.failed), (130, 133, 0));
    assert_eq!(
        lines[..4],
        [
            "team/r000 Own",
            "- 0001 [1.0,latest] 2026-01-02T03:04:05Z 7 linux/amd64",
            "- 0002 [] 2026-01-02T03:04:05Z 7 linux/amd64",
            "- 0004 [multi] 2026-01-02T03:04:05Z 7 ",
        ]
    );
    let steps = check(find("acr").unwrap(), &settings(&server));
    assert!(steps.len() == 5 && steps.iter().all(|step| step.outcome.is_ok()), "{steps:?}");
}

#[test]
fn exchanges_a_refresh_token_for_each_scope() {
    let blobs = testkit::Image::new("a:1").blobs();
    let server = WebServer::start(move |asked| {
        if asked.path == "/oauth2/token" {
            let form = asked.text();
            let field =
                |name: &str| form.split('&').find_map(|pair| pair.strip_prefix(&format!("{name}="))).unwrap();
            assert_eq!(
                (field("grant_type"), field("service").split_once("%3A").unwrap().0),
                ("refresh_token", "127.0.0.1")
            );
            if field("refresh_token") != "e.y%2BJ" {
                return refusal(401, "UNAUTHORIZED: e.y+wrong");
            }
            let scope = field("scope").replace("%3A", ":").replace("%2F", "/").replace("%2A", "*");
            return Answer::json(json!({ "access_token": format!("for {scope}") }).to_string());
        }
        play(asked, &blobs, |asked, scope| {
            asked.header("authorization") == Some(&format!("Bearer for {scope}"))
        })
    });
    let token = |password: &str| Settings {
        username: Some("00000000-0000-0000-0000-000000000000".to_owned()),
        password: Some(password.to_owned()),
        ..settings(&server)
    };
    let (listing, _) = listed("acr", &token("e.y+J"), Some("2026-01-01T00:00:00Z")).unwrap();
    assert_eq!((listing.repositories, listing.artifacts, listing.failed), (130, 133, 0));
    let (code, words) = failure("acr", &token("e.y+wrong"));
    assert_eq!(code, Failure::AuthenticationFailed);
    assert!(!words.contains("wrong"), "{words}");
    let elsewhere = Settings { address: "http://name.azurecr.example".to_owned(), ..token("e.y+J") };
    assert!(failure("acr", &elsewhere).1.contains("what is sent there is secret"));
}

#[test]
fn refusals_and_web_pages_have_their_codes() {
    let server = server();
    let wrong = Settings { password: Some("hunter2".to_owned()), ..settings(&server) };
    let (code, words) = failure("acr", &wrong);
    assert_eq!(code, Failure::AuthenticationFailed);
    assert!(!words.contains("hunter2"), "{words}");
    assert_eq!(
        failure("acr", &settings(&WebServer::start(|_| refusal(403, "DENIED")))).0,
        Failure::AccessDenied
    );
    assert_eq!(failure("acr", &settings(&WebServer::start(|_| web_page()))).0, Failure::InvalidContent);
}
