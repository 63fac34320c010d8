//! Both of Google's registries, by an access token and by the key of a service account.

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use model::Failure;
use registries::{Settings, check, find};
use serde_json::{Value, json};
use testkit::{Answer, Asked, Blobs, WebServer, registry_answer};

use super::{WORD, digest, failure, listed, settings, told, web_page};

const PARENT: &str = "/v1/projects/shop-1/locations/europe-west1/repositories";

fn refusal(status: u16, word: &str) -> Answer {
    let body = json!({ "error": { "code": status, "message": "Request had invalid authentication credentials.", "status": word } });
    Answer::new(status, body.to_string()).header("Content-Type", "application/json; charset=UTF-8")
}

/// A page of fifty, and a token for the next.
fn paged(asked: &Asked, field: &str, all: &[Value]) -> Answer {
    let begin: usize = asked
        .parameter("pageToken")
        .map_or(0, |token| token.replace("%3D", "=").strip_prefix("t=").unwrap().parse().unwrap());
    let items: Vec<_> = all.iter().skip(begin).take(50).collect();
    let mut page = json!({ field: items });
    if begin + 50 < all.len() {
        page["nextPageToken"] = format!("t={}", begin + 50).into();
    }
    if all.is_empty() { Answer::json("{}") } else { Answer::json(page.to_string()) }
}

/// The interface of Artifact Registry.
fn registry(asked: &Asked, token: &str, blobs: &Blobs) -> Answer {
    if let Some(answer) = registry_answer(blobs, asked) {
        return answer;
    }
    if asked.header("authorization") != Some(&format!("Bearer {token}")) {
        return refusal(401, "UNAUTHENTICATED");
    }
    let name = |path: String| format!("{}{path}", PARENT.trim_start_matches("/v1/"));
    let Some(path) = asked.path.strip_prefix(PARENT) else { return refusal(403, "PERMISSION_DENIED") };
    match path {
        "" => {
            let held = |id: &str, format: &str, mode: &str| json!({ "name": name(format!("/{id}")), "format": format, "mode": mode });
            paged(
                asked,
                "repositories",
                &[
                    held("own", "DOCKER", "STANDARD_REPOSITORY"),
                    held("hub", "DOCKER", "REMOTE_REPOSITORY"),
                    held("all", "DOCKER", "VIRTUAL_REPOSITORY"),
                    held("jars", "MAVEN", "STANDARD_REPOSITORY"),
                ],
            )
        }
        "/own/packages" => {
            let package = |number: usize| json!({ "name": name(format!("/own/packages/team%2Fr{number:03}")), "updateTime": "2026-01-02T03:04:05.678901Z" });
            paged(asked, "packages", &(0..130).map(package).collect::<Vec<_>>())
        }
        "/hub/packages" => {
            paged(asked, "packages", &[json!({ "name": name("/hub/packages/library%2Fdebian".to_owned()) })])
        }
        "/own/packages/team%2Fr000/versions" => {
            assert_eq!(asked.parameter("view"), Some("FULL"));
            let version = |number: usize| {
                let tags: Vec<Value> = match number {
                    0 => ["1.0", "latest"]
                        .iter()
                        .map(|tag| json!({ "name": name(format!("/own/packages/team%2Fr000/tags/{tag}")) }))
                        .collect(),
                    1 => vec![],
                    _ => vec![json!({ "name": format!("x/tags/t{number}") })],
                };
                json!({ "name": name(format!("/own/packages/team%2Fr000/versions/{}", digest(number))), "createTime": "2024-01-01T00:00:00Z",
                        "updateTime": "2026-01-02T03:04:05.678901Z", "relatedTags": tags,
                        "metadata": { "imageSizeBytes": "77", "mediaType": "application/vnd.oci.image.manifest.v1+json", "name": "x" } })
            };
            paged(asked, "versions", &(0..60).map(version).collect::<Vec<_>>())
        }
        _ => paged(asked, "versions", &[]),
    }
}

fn gar(server: &WebServer) -> Settings {
    Settings {
        api_address: Some(server.url()),
        namespace: Some("shop-1".to_owned()),
        region: Some("europe-west1".to_owned()),
        username: Some("oauth2accesstoken".to_owned()),
        ..settings(server)
    }
}

#[test]
fn lists_the_repositories_of_a_project() {
    let blobs = testkit::Image::new("a:1").blobs();
    let server = WebServer::start(move |asked| registry(asked, WORD, &blobs));
    let (listing, lines) = listed("gar", &gar(&server), None).unwrap();
    assert_eq!((listing.repositories, listing.artifacts, listing.failed), (131, 59, 0));
    assert_eq!(lines[..2], ["shop-1/own/team/r000 Own", "- 0000 [1.0,latest] 2026-01-02T03:04:05Z 77 "]);
    assert_eq!(lines.last().unwrap(), "shop-1/hub/library/debian ProxyCache");
    let one = Settings { instance: Some("hub".to_owned()), ..gar(&server) };
    assert_eq!(listed("gar", &one, None).unwrap().0.repositories, 1);
    let steps = check(find("gar").unwrap(), &gar(&server));
    assert!(steps.len() == 5 && steps.iter().all(|step| step.outcome.is_ok()), "{steps:?}");
    assert!(server.asked().iter().any(|asked| asked.path.starts_with("/v2/shop-1/own/team/r000/manifests/")));
}

/// The claim that a token is asked for with, when its signature is the account's.
fn claim(asked: &Asked, public: &[u8]) -> Value {
    let form = asked.text();
    let assertion = form
        .strip_prefix("grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=")
        .unwrap();
    let (text, signature) = assertion.rsplit_once('.').unwrap();
    let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
    UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, public).verify(text.as_bytes(), &signature).unwrap();
    let (header, claims) = text.split_once('.').unwrap();
    let header: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).unwrap()).unwrap();
    assert_eq!(header, json!({ "alg": "RS256", "typ": "JWT", "kid": "k1" }));
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap()
}

#[test]
fn a_service_account_signs_a_claim_and_gets_one_token() {
    let key = KeyPair::generate(KeySize::Rsa2048).unwrap();
    let der = key.as_der().unwrap();
    let pem = format!(
        "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
        STANDARD.encode(der.as_ref())
    );
    let public = key.public_key().as_ref().to_vec();
    let blobs = testkit::Image::new("a:1").blobs();
    let server = WebServer::start(move |asked| {
        if asked.path != "/token" {
            return registry(asked, "ya29.made", &blobs);
        }
        let claims = claim(asked, &public);
        assert_eq!(claims["iss"], "scan@shop-1.iam.gserviceaccount.com");
        assert_eq!(claims["scope"], "https://www.googleapis.com/auth/cloud-platform.read-only");
        assert_eq!(claims["exp"].as_u64().unwrap() - claims["iat"].as_u64().unwrap(), 3600);
        Answer::json("{\"access_token\":\"ya29.made\",\"expires_in\":3599,\"token_type\":\"Bearer\"}")
    });
    let file = json!({ "type": "service_account", "client_email": "scan@shop-1.iam.gserviceaccount.com", "private_key_id": "k1",
                       "private_key": pem, "token_uri": format!("{}/token", server.url()) }).to_string();
    for (user, password) in [("_json_key", file.clone()), ("_json_key_base64", STANDARD.encode(&file))] {
        let before = server.asked().len();
        let account = Settings { username: Some(user.to_owned()), password: Some(password), ..gar(&server) };
        assert_eq!(listed("gar", &account, None).unwrap().0.repositories, 131);
        assert_eq!(server.asked()[before..].iter().filter(|asked| asked.path == "/token").count(), 1);
    }
    let other = Settings {
        username: Some("_json_key".to_owned()),
        password: Some("{\"private_key\":\"s3cret\"}".to_owned()),
        ..gar(&server)
    };
    let (code, words) = failure("gar", &other);
    assert_eq!(code, Failure::InvalidName);
    assert!(words.contains("no JSON key") && !words.contains("s3cret"), "{words}");
}

/// The tree of names of Container Registry.
fn tree(asked: &Asked) -> Answer {
    if asked.path.contains("/manifests/") || asked.path == "/v2/" {
        let blobs = testkit::Image::new("a:1").blobs();
        return registry_answer(&blobs, asked).unwrap();
    }
    if asked.header("authorization") != Some(&format!("Bearer {WORD}")) {
        return Answer::new(
            401,
            "{\"errors\":[{\"code\":\"UNAUTHORIZED\",\"message\":\"Unauthorized access.\"}]}",
        );
    }
    let manifest = |tags: Value| json!({ "imageSizeBytes": "9", "layerId": "", "mediaType": "application/vnd.docker.distribution.manifest.v2+json", "tag": tags, "timeCreatedMs": "0", "timeUploadedMs": "1700000000123" });
    let (child, held) = match asked.path.as_str() {
        "/v2/shop-1/tags/list" => (json!(["team", "web", "..", "a/b?c"]), json!({})),
        "/v2/shop-1/team/tags/list" => (
            json!(["db"]),
            json!({ digest(1): manifest(json!(["1.0", "latest"])), digest(2): manifest(json!([])) }),
        ),
        "/v2/shop-1/team/db/tags/list" => (json!([]), json!({ digest(3): manifest(json!(["x"])) })),
        "/v2/shop-1/web/tags/list" => (json!([]), json!({ digest(4): manifest(json!(["y"])) })),
        _ => return Answer::new(404, "{}"),
    };
    Answer::json(json!({ "child": child, "manifest": held, "name": "x", "tags": [] }).to_string())
}

fn gcr(server: &WebServer) -> Settings {
    Settings {
        namespace: Some("shop-1".to_owned()),
        username: Some("oauth2accesstoken".to_owned()),
        ..settings(server)
    }
}

#[test]
fn walks_the_tree_of_names() {
    let server = WebServer::start(tree);
    let (_, lines) = listed("gcr", &gcr(&server), None).unwrap();
    assert_eq!(
        lines,
        [
            "shop-1/team Own",
            "- 0001 [1.0,latest] 2023-11-14T22:13:20Z 9 ",
            "shop-1/team/db Own",
            "- 0003 [x] 2023-11-14T22:13:20Z 9 ",
            "shop-1/web Own",
            "- 0004 [y] 2023-11-14T22:13:20Z 9 ",
        ]
    );
    assert_eq!(listed("gcr", &gcr(&server), Some("2024-01-01T00:00:00Z")).unwrap().0.artifacts, 0);
    let steps = check(find("gcr").unwrap(), &gcr(&server));
    assert!(steps.len() == 5 && steps.iter().all(|step| step.outcome.is_ok()), "{steps:?}");
}

#[test]
fn refusals_and_web_pages_have_their_codes() {
    for (kind, with) in [("gar", gar as fn(&WebServer) -> Settings), ("gcr", gcr)] {
        let blobs = testkit::Image::new("a:1").blobs();
        let server =
            WebServer::start(
                move |asked| if kind == "gar" { registry(asked, WORD, &blobs) } else { tree(asked) },
            );
        let wrong = Settings { password: Some("hunter2".to_owned()), ..with(&server) };
        let (code, words) = failure(kind, &wrong);
        assert_eq!(code, Failure::AuthenticationFailed, "{words}");
        assert!(!words.contains("hunter2"), "{words}");
        let denied = WebServer::start(|_| refusal(403, "PERMISSION_DENIED"));
        assert_eq!(failure(kind, &with(&denied)).0, Failure::AccessDenied);
        assert_eq!(failure(kind, &with(&WebServer::start(|_| web_page()))).0, Failure::InvalidContent);
        let nowhere = Settings { namespace: None, ..with(&server) };
        let steps = check(find(kind).unwrap(), &nowhere);
        assert!(told(steps.last().unwrap().outcome.as_ref().unwrap_err()).contains("namespace"));
    }
}
