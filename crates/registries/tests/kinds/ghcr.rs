use model::Failure;
use registries::{Settings, check, find};
use serde_json::{Value, json};
use testkit::{Answer, Asked, Blobs, WebServer, registry_answer};

use super::{WORD, digest, failure, listed, number, part, settings, web_page};

/// The tag of a signature.
const ATTACHED: &str = "sha256-0000000000000000000000000000000000000000000000000000000000000000.sig";

fn refusal(status: u16, message: &str) -> Answer {
    Answer::new(status, json!({ "message": message, "status": status.to_string() }).to_string())
        .header("Content-Type", "application/json; charset=utf-8")
}

/// A page with GitHub's links, which are whole addresses and are never followed.
fn paged(asked: &Asked, all: &[Value]) -> Answer {
    let (page, size) = (number(asked, "page"), number(asked, "per_page"));
    assert!(size <= 100);
    let answer = Answer::json(Value::from(part(all, page, size)).to_string());
    let (next, last) = (page + 1, all.len().div_ceil(size));
    let link = |page: usize, word: &str| format!("<https://attacker.example/x?page={page}>; rel=\"{word}\"");
    if page * size < all.len() {
        return answer.header("Link", format!("{}, {}", link(next, "next"), link(last, "last")));
    }
    if page > 1 { answer.header("Link", link(page - 1, "prev")) } else { answer }
}

/// GitHub's interface for packages: an organisation with 130 packages, and a user.
fn play(asked: &Asked, blobs: &Blobs) -> Answer {
    if let Some(answer) = registry_answer(blobs, asked) {
        return answer;
    }
    if asked.header("authorization") != Some(&format!("Bearer {WORD}")) {
        return refusal(401, "Bad credentials");
    }
    let packages = |count: usize| {
        let package = |number: usize| json!({ "id": number, "name": format!("shop/r{number:03}"), "package_type": "container", "version_count": 2, "updated_at": "2026-01-02T03:04:05Z" });
        (0..count).map(package).collect::<Vec<_>>()
    };
    match asked.path.as_str() {
        "/orgs/Team/packages" => {
            assert_eq!(asked.parameter("package_type"), Some("container"));
            paged(asked, &packages(130))
        }
        "/users/anna/packages" => paged(asked, &packages(1)),
        "/orgs/Team/packages/container/shop%2Fr000/versions" => {
            let version = |number: usize| {
                let tags = match number {
                    0 => vec!["1.0", "latest"],
                    1 => vec![],
                    2 => vec![ATTACHED],
                    _ => vec!["nightly"],
                };
                json!({ "id": number, "name": digest(number), "updated_at": "2026-01-02T03:04:05Z", "metadata": { "package_type": "container", "container": { "tags": tags } } })
            };
            paged(asked, &(0..150).map(version).collect::<Vec<_>>())
        }
        path if path.ends_with("/versions") => paged(asked, &[]),
        "/orgs/limited/packages" => refusal(403, "API rate limit exceeded for user ID 1."),
        "/orgs/closed/packages" => refusal(403, "You need at least read:packages scope to list packages."),
        _ => refusal(404, "Not Found"),
    }
}

fn of(server: &WebServer, namespace: &str) -> Settings {
    Settings { api_address: Some(server.url()), namespace: Some(namespace.to_owned()), ..settings(server) }
}

fn server() -> WebServer {
    let blobs = testkit::Image::new("a:1").blobs();
    WebServer::start(move |asked| play(asked, &blobs))
}

#[test]
fn lists_the_packages_of_an_organisation_or_a_user() {
    let server = server();
    let (listing, lines) = listed("ghcr", &of(&server, "Team"), None).unwrap();
    assert_eq!((listing.repositories, listing.artifacts, listing.failed), (130, 148, 0));
    assert_eq!(lines[..2], ["Team/shop/r000 Own", "- 0000 [1.0,latest] 2026-01-02T03:04:05Z  "]);
    let (listing, _) = listed("ghcr", &of(&server, "anna"), None).unwrap();
    assert_eq!(listing.repositories, 1);
}

#[test]
fn pulls_by_names_in_small_letters() {
    let server = server();
    let steps = check(find("ghcr").unwrap(), &of(&server, "Team"));
    assert!(steps.len() == 5 && steps.iter().all(|step| step.outcome.is_ok()), "{steps:?}");
    assert!(server.asked().iter().any(|asked| asked.path.starts_with("/v2/team/shop/r000/manifests/")));
}

#[test]
fn refusals_and_web_pages_have_their_codes() {
    let server = server();
    let wrong = Settings { password: Some("hunter2".to_owned()), ..of(&server, "Team") };
    let (code, words) = failure("ghcr", &wrong);
    assert_eq!(code, Failure::AuthenticationFailed);
    assert!(words.contains("Bad credentials") && !words.contains("hunter2"), "{words}");
    for (namespace, expected) in
        [("limited", Failure::RateLimited), ("closed", Failure::AccessDenied), ("nobody", Failure::NotFound)]
    {
        assert_eq!(failure("ghcr", &of(&server, namespace)).0, expected, "{namespace}");
    }
    assert_eq!(failure("ghcr", &of(&WebServer::start(|_| web_page()), "Team")).0, Failure::InvalidContent);
}
