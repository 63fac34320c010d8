use model::Failure;
use registries::{Settings, Step, Version, check, find};
use serde_json::{Value, json};
use testkit::{Answer, Asked, Blobs, Layer, WebServer, registry_answer};

use super::{WORD, digest, failure, is_user, listed, number, part, settings, told, web_page};

/// What Harbor 2 answers with when something is wrong.
fn refusal(status: u16, code: &str, message: &str) -> Answer {
    let body = json!({ "errors": [{ "code": code, "message": message }] });
    Answer::new(status, body.to_string()).header("Content-Type", "application/json; charset=utf-8")
}

/// A page with the headers that Harbor sends: the total, and links that are paths.
fn paged(asked: &Asked, all: &[Value]) -> Answer {
    let (page, size) = (number(asked, "page"), number(asked, "page_size"));
    if size > 100 {
        return refusal(
            422,
            "UNPROCESSABLE_ENTITY",
            "page_size in query should be less than or equal to 100",
        );
    }
    let link =
        |page: usize, word: &str| format!("<{}?page={page}&page_size={size}>; rel=\"{word}\"", asked.path);
    let mut links = Vec::new();
    if page > 1 {
        links.push(link(page - 1, "prev"));
    }
    if page * size < all.len() {
        links.push(link(page + 1, "next"));
    }
    let answer = Answer::json(Value::from(part(all, page, size)).to_string());
    let answer = answer.header("X-Total-Count", all.len().to_string());
    if links.is_empty() { answer } else { answer.header("Link", links.join(" , ")) }
}

/// 205 projects: the first with 130 repositories, one with nested names, one that is a cache of another registry.
fn projects() -> Vec<Value> {
    (0..205)
        .map(|number| {
            let cached = (number == 7).then_some(3);
            json!({ "project_id": number + 1, "name": format!("p{number:03}"), "registry_id": cached, "metadata": { "public": "false" } })
        })
        .collect()
}

fn repositories(project: &str) -> Vec<String> {
    match project {
        "p000" => (0..130).map(|number| format!("p000/r{number:03}")).collect(),
        "p001" => vec!["p001/team/deep/shop".to_owned()],
        "p007" => vec!["p007/library/debian".to_owned()],
        "p204" => vec!["p204/last".to_owned()],
        _ => Vec::new(),
    }
}

/// The images of a repository: those of `r000` fill three pages, `shop` has what Harbor keeps besides plain images.
fn artifacts(repository: &str, blobs: &Blobs) -> Vec<Value> {
    let image = |number: usize, tags: Value| {
        json!({ "type": "IMAGE", "manifest_media_type": "application/vnd.oci.image.manifest.v1+json", "digest": digest(number),
                "size": 1000 + number, "push_time": format!("2026-01-{:02}T10:00:00.123Z", number % 28 + 1),
                "extra_attrs": { "architecture": "amd64", "os": "linux", "author": "" }, "references": null, "tags": tags })
    };
    match repository {
        "r000" => (0..205).map(|number| image(number, json!([{ "name": format!("v{number}") }]))).collect(),
        "team/deep/shop" => {
            let mut signed = image(1, json!([{ "name": "1.0" }, { "name": "latest" }]));
            signed["accessories"] = json!([{ "type": "signature.cosign", "digest": digest(28) }]);
            let untagged = image(2, Value::Null);
            let mut index = image(3, json!([{ "name": "multi" }]));
            index["manifest_media_type"] = "application/vnd.oci.image.index.v1+json".into();
            index["references"] = json!([
                { "child_digest": digest(4), "platform": { "architecture": "amd64", "os": "linux" } },
                { "child_digest": digest(5), "platform": { "architecture": "arm64", "os": "linux", "variant": "v8" } },
                { "child_digest": digest(6), "platform": { "architecture": "unknown", "os": "unknown" } },
            ]);
            let mut chart = image(8, json!([{ "name": "chart" }]));
            chart["type"] = "CHART".into();
            vec![signed, untagged, index, chart, image(28, Value::Null)]
        }
        "last" => {
            let mut held = image(1, json!([{ "name": "1" }]));
            held["digest"] = blobs.manifest.digest.clone().into();
            vec![held]
        }
        _ => Vec::new(),
    }
}

/// The interface of Harbor 2.
fn second(asked: &Asked, blobs: &Blobs) -> Answer {
    let Some(path) = asked.path.strip_prefix("/api/v2.0/") else {
        return match asked.path.as_str() {
            "/api/version" => Answer::json("{\"version\":\"v2.0\"}"),
            _ => registry_answer(blobs, asked).unwrap_or_else(Answer::not_found),
        };
    };
    let parts: Vec<&str> = path.split('/').collect();
    match parts.as_slice() {
        ["systeminfo"] if is_user(asked) => Answer::json("{\"harbor_version\":\"v2.11.0-70c8726e\"}"),
        ["systeminfo"] => Answer::json("{\"auth_mode\":\"db_auth\"}"),
        // A robot is let in, and is no user.
        ["users", "current"] if is_user(asked) => {
            refusal(412, "PRECONDITION", "get current user not available for security context: robot")
        }
        ["users", "current"] => refusal(401, "UNAUTHORIZED", "unauthorized"),
        // To somebody unknown Harbor shows what is public.
        ["projects"] if !is_user(asked) => paged(asked, &[]),
        ["projects"] => {
            let wanted = asked.parameter("name").unwrap_or_default();
            let named = |project: &Value| project["name"].as_str().unwrap().contains(wanted);
            paged(asked, &projects().into_iter().filter(named).collect::<Vec<_>>())
        }
        ["projects", project, "repositories"] => {
            let named = |name: String| json!({ "name": name, "artifact_count": 1, "update_time": "2026-01-02T03:04:05.678Z" });
            paged(asked, &repositories(project).into_iter().map(named).collect::<Vec<_>>())
        }
        ["projects", _, "repositories", repository, "artifacts"] => {
            let mut all = artifacts(&repository.replace("%252F", "/"), blobs);
            if let Some(begin) = asked.parameter("q") {
                let begin = begin.strip_prefix("push_time%3D%5B").unwrap().strip_suffix("~%5D").unwrap();
                let begin = begin.replace("%20", "T").replace("%3A", ":");
                all.retain(|artifact| artifact["push_time"].as_str().unwrap() >= begin.as_str());
            }
            paged(asked, &all)
        }
        _ => refusal(404, "NOT_FOUND", "not found"),
    }
}

/// The interface of Harbor 1.
fn first(asked: &Asked) -> Answer {
    let Some(path) = asked.path.strip_prefix("/api/") else { return Answer::not_found() };
    match path.split('/').collect::<Vec<_>>().as_slice() {
        ["systeminfo"] => Answer::json("{\"harbor_version\":\"v1.10.19\"}"),
        ["users", "current"] if is_user(asked) => Answer::json("{\"user_id\":1}"),
        ["users", "current"] => Answer::new(401, "UnAuthorize").header("Content-Type", "text/plain"),
        ["projects"] => paged(asked, &projects()),
        ["repositories"] => {
            let project = format!("p{:03}", number(asked, "project_id") - 1);
            let named = |name: String| json!({ "id": 1, "name": name, "tags_count": 2 });
            paged(asked, &repositories(&project).into_iter().map(named).collect::<Vec<_>>())
        }
        ["repositories", "p001", "team", "deep", "shop", "tags"] => Answer::json(
            json!([
                { "name": "1.0", "digest": digest(1), "size": 7, "architecture": "amd64", "os": "linux", "created": "2020-01-01T00:00:00Z" },
                { "name": "latest", "digest": digest(1), "size": 7, "architecture": "amd64", "os": "linux" },
                { "name": "old", "digest": digest(2), "size": 8, "architecture": "", "os": "" },
            ])
            .to_string(),
        ),
        ["repositories", .., "tags"] => Answer::json("[]"),
        _ => Answer::new(404, "{\"code\":404,\"message\":\"not found\"}"),
    }
}

fn blobs() -> Blobs {
    testkit::Image::new("last:1").layer(Layer::new().file("etc/x", "x")).blobs()
}

fn play(answer: impl Fn(&Asked, &Blobs) -> Answer + Send + Sync + 'static) -> WebServer {
    let blobs = blobs();
    WebServer::start(move |asked| answer(asked, &blobs))
}

#[test]
fn lists_all_projects_repositories_and_images_of_harbor_2() {
    let server = play(second);
    let (listing, lines) = listed("harbor", &settings(&server), None).unwrap();
    assert_eq!((listing.repositories, listing.artifacts, listing.failed), (133, 205 + 3 + 1, 0));
    let shop = lines.iter().position(|line| line.starts_with("p001/team/deep/shop")).unwrap();
    let expected = [
        "p001/team/deep/shop Own",
        "- 0001 [1.0,latest] 2026-01-02T10:00:00Z 1001 linux/amd64",
        "- 0002 [] 2026-01-03T10:00:00Z 1002 linux/amd64",
        "- 0003 [multi] 2026-01-04T10:00:00Z 1003 linux/amd64+linux/arm64/v8",
        "p007/library/debian ProxyCache",
    ];
    assert_eq!(lines[shop..shop + 5], expected);
    let paths: Vec<_> = server.asked().into_iter().map(|asked| asked.path).collect();
    assert_eq!(paths.iter().filter(|path| path.ends_with("/r000/artifacts")).count(), 3);
    assert_eq!(paths.iter().filter(|path| *path == "/api/v2.0/projects").count(), 3);
    assert!(
        paths.contains(&"/api/v2.0/projects/p001/repositories/team%252Fdeep%252Fshop/artifacts".to_owned())
    );
}

#[test]
fn lists_one_project_and_what_was_pushed_since() {
    let server = play(second);
    let one = Settings { namespace: Some("p001".to_owned()), ..settings(&server) };
    let (listing, lines) = listed("harbor", &one, Some("2026-01-03T18:00:00+08:00")).unwrap();
    assert_eq!(listing.repositories, 1);
    assert_eq!(lines.len(), 3, "{lines:?}");
    assert!(lines[1].starts_with("- 0002") && lines[2].starts_with("- 0003"), "{lines:?}");
    let none = Settings { namespace: Some("p0".to_owned()), ..settings(&server) };
    assert_eq!(failure("harbor", &none).0, Failure::NotFound, "a part of a name is not the name");
}

#[test]
fn lists_harbor_1_which_knows_no_artifacts() {
    let server = play(|asked, _| first(asked));
    let (listing, lines) = listed("harbor", &settings(&server), None).unwrap();
    assert_eq!((listing.repositories, listing.artifacts, listing.failed), (133, 2, 0));
    let shop = lines.iter().position(|line| line.starts_with("p001/team/deep/shop")).unwrap();
    assert_eq!(lines[shop + 1..shop + 3], ["- 0001 [1.0,latest]  7 linux/amd64", "- 0002 [old]  8 "]);
    let chosen = Settings { version: Version::V1, ..settings(&server) };
    let before = server.asked().len();
    listed("harbor", &chosen, None).unwrap();
    assert!(!server.asked()[before..].iter().any(|asked| asked.path == "/api/version"));
}

/// What a step found out, or the code and words of its failure.
type Outcome = Result<String, (Failure, String)>;

/// The steps of the test of a connection, and how each went.
fn trace(settings: &Settings) -> Vec<(Step, Outcome)> {
    let steps = check(find("harbor").unwrap(), settings).into_iter();
    steps.map(|step| (step.step, step.outcome.map_err(|error| (error.failure(), told(&error))))).collect()
}

#[test]
fn tests_a_connection_step_by_step() {
    let server = play(second);
    let steps = trace(&settings(&server));
    let words: Vec<_> = steps.iter().map(|(step, _)| step.word()).collect();
    assert_eq!(words, ["dns", "tls", "auth", "list", "pull"]);
    let outcomes: Vec<_> = steps.into_iter().map(|(_, outcome)| outcome.unwrap()).collect();
    assert_eq!(outcomes[0], "127.0.0.1");
    assert_eq!(outcomes[1], "http, not protected, status 200");
    assert_eq!(outcomes[2], "Harbor v2.11.0-70c8726e");
    assert_eq!(outcomes[3], "1 or more repositories; p000/r000:v0");
    assert!(outcomes[4].starts_with("manifest of "), "{}", outcomes[4]);
}

#[test]
fn a_wrong_password_is_told_though_public_projects_are_shown() {
    for version in [Version::V1, Version::V2] {
        let server = play(
            move |asked, blobs| if version == Version::V1 { first(asked) } else { second(asked, blobs) },
        );
        let wrong = Settings { password: Some("hunter2".to_owned()), ..settings(&server) };
        let steps = trace(&wrong);
        let (step, outcome) = steps.last().unwrap();
        let (failure, words) = outcome.clone().unwrap_err();
        assert_eq!((*step, failure), (Step::Auth, Failure::AuthenticationFailed), "{words}");
        assert!(!words.contains("hunter2"), "{words}");
    }
}

#[test]
fn a_policy_that_forbids_pulling_is_told_as_such() {
    let server = play(|asked, blobs| {
        if asked.path.contains("/manifests/") {
            let message =
                "current image without vulnerability scanning cannot be pulled due to configured policy";
            return refusal(412, "PROJECTPOLICYVIOLATION", message);
        }
        second(asked, blobs)
    });
    let steps = trace(&settings(&server));
    let (step, outcome) = steps.last().unwrap();
    let (failure, words) = outcome.clone().unwrap_err();
    assert_eq!((*step, failure), (Step::Pull, Failure::BlockedByPolicy));
    assert!(words.contains("configured policy"), "{words}");
}

#[test]
fn refusals_and_web_pages_have_their_codes() {
    let denied = play(|asked, blobs| {
        if asked.path.ends_with("/projects") {
            return refusal(403, "FORBIDDEN", "forbidden");
        }
        second(asked, blobs)
    });
    let (code, words) = failure("harbor", &settings(&denied));
    assert_eq!(code, Failure::AccessDenied, "{words}");
    let page = play(|_, _| web_page());
    let (code, words) = failure("harbor", &settings(&page));
    assert_eq!(code, Failure::InvalidContent);
    assert!(words.contains("web page") && !words.contains(WORD), "{words}");
}

#[test]
fn a_repository_that_fails_does_not_end_the_listing() {
    let server = play(|asked, blobs| {
        if asked.path.ends_with("/r001/artifacts") {
            return refusal(500, "UNKNOWN", "internal server error");
        }
        second(asked, blobs)
    });
    let (listing, lines) = listed("harbor", &settings(&server), None).unwrap();
    assert_eq!((listing.repositories, listing.failed), (133, 1));
    assert!(lines.iter().any(|line| line.starts_with("! cannot list the artifacts of `p000/r001`")));
}

#[test]
fn an_image_that_moves_to_an_earlier_page_is_not_missed() {
    // The first image is deleted after the first page was read: the 101st is the last of that page now.
    let server = play(|asked, blobs| {
        if !asked.path.ends_with("/r000/artifacts") {
            return second(asked, blobs);
        }
        let all = artifacts("r000", blobs);
        let is_first = asked.parameter("page") == Some("1") && asked.before == 0;
        paged(asked, if is_first { &all } else { &all[1..] })
    });
    let (_, lines) = listed("harbor", &settings(&server), None).unwrap();
    let missed = (0..205).filter(|number| !lines.iter().any(|line| line.contains(&format!("[v{number}]"))));
    assert_eq!(missed.count(), 0);
}

#[test]
fn a_redirect_to_another_host_gets_no_password() {
    let other = WebServer::start(|_| Answer::json("[]"));
    let target = format!("{}/projects", other.url().replace("127.0.0.1", "localhost"));
    let server = play(move |asked, blobs| {
        if asked.path.ends_with("/projects") {
            return Answer::new(302, "").header("Location", target.clone());
        }
        second(asked, blobs)
    });
    listed("harbor", &settings(&server), None).unwrap();
    assert!(!other.asked().is_empty());
    assert!(other.asked().iter().all(|asked| asked.header("authorization").is_none()));
}

#[test]
fn a_password_is_not_sent_in_clear_to_another_machine() {
    let elsewhere = Settings { address: "http://harbor.example".to_owned(), ..settings(&play(second)) };
    let (_, words) = failure("harbor", &elsewhere);
    assert!(words.contains("credentials are not sent over plain http"), "{words}");
}

#[test]
fn a_robot_of_harbor_1_is_let_in_though_harbor_fails_to_find_it_among_the_users() {
    let server = play(|asked, _| match asked.path.as_str() {
        "/api/users/current" if is_user(asked) => Answer::new(500, "{\"code\":500}"),
        _ => first(asked),
    });
    let catalogue = (find("harbor").unwrap().connect)(&settings(&server)).unwrap();
    assert_eq!(catalogue.sign_in().unwrap(), "Harbor v1.10.19");
    let person = Settings { username: Some("anna".to_owned()), ..settings(&server) };
    let catalogue = (find("harbor").unwrap().connect)(&person).unwrap();
    assert_eq!(catalogue.sign_in().unwrap_err().failure(), Failure::AuthenticationFailed);
}
