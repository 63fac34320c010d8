use model::Failure;
use registries::Settings;
use testkit::players::{Held, Quay, Stock};
use testkit::{Answer, WebServer};

use super::{WORD, digest, failure, listed, settings, web_page};

/// Quay with the user's own namespace and two organisations, one of them empty: 120 repositories on pages of fifty, 150
/// tags, two of each image.
fn play() -> WebServer {
    let names = (0..120).map(|number| format!("team/r{number:03}"));
    let names = names.chain(["anna/r000".to_owned()]);
    let mut stock = names.fold(Stock::default(), |stock, name| stock.repository(&name));
    for tag in 0..150 {
        let told = Held::new(&digest(tag / 2), &[&format!("t{tag}")]);
        let pushed = 1_700_000_000 + u64::try_from(tag).unwrap();
        stock = stock.told("team/r000", Held { size: 5, pushed, ..told });
    }
    let player = Quay {
        stock,
        user: "anna".to_owned(),
        organisations: vec!["team".to_owned(), "empty".to_owned()],
        token: WORD.to_owned(),
        applications: vec!["team/r119".to_owned()],
    };
    WebServer::start(move |asked| player.answer(asked))
}

fn with_token(server: &WebServer) -> Settings {
    Settings { username: Some("$oauthtoken".to_owned()), ..settings(server) }
}

#[test]
fn lists_the_namespaces_of_a_token() {
    let server = play();
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
    let wrong = Settings { password: Some("hunter2".to_owned()), ..with_token(&play()) };
    let (code, words) = failure("quay", &wrong);
    assert_eq!(code, Failure::AuthenticationFailed, "{words}");
    assert!(!words.contains("hunter2"), "{words}");
    let denied = WebServer::start(|_| Answer::new(403, "{\"message\":\"insufficient_scope\"}"));
    let (code, words) = failure("quay", &with_token(&denied));
    assert_eq!(code, Failure::AccessDenied);
    assert!(words.contains("insufficient_scope"), "{words}");
    assert_eq!(failure("quay", &with_token(&WebServer::start(|_| web_page()))).0, Failure::InvalidContent);
}
