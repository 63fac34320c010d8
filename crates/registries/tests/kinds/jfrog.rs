use model::Failure;
use registries::{Settings, check, find};
use testkit::players::{Artifactory, Held, Stock};
use testkit::{Answer, Asked, WebServer};

use super::{USER, WORD, digest, failure, listed, settings, told, web_page};

/// Artifactory with a local, a remote and a virtual repository, and one whose catalogue the user may not read; `may_query`
/// is whether the user may use AQL.
fn server(may_query: bool) -> WebServer {
    let january = 1_767_225_600;
    let image = testkit::Image::new("a:1").blobs().manifest.digest;
    let first = "docker-local/team/r0000";
    let names = (0..130).map(|number| format!("docker-local/team/r{number:04}"));
    let stock = names.fold(Stock::default(), |stock, name| stock.repository(&name));
    let stock = stock.image(first, &["0"], &testkit::Image::new("a:1"));
    let later = Held { pushed: january + 4 * 86_400, ..Held::new(&image, &["latest"]) };
    let none = [(); 3].map(|()| String::new());
    let [os, architecture, variant] = none;
    let index = Held {
        children: vec![[digest(8), os, architecture, variant]],
        media_type: "application/vnd.oci.image.index.v1+json".to_owned(),
        ..Held::new(&digest(6), &["multi"])
    };
    let mut stock = stock.told(first, later).told(first, index);
    for number in 0..1200 {
        let old = Held::new(&digest(number + 100), &[&format!("t{number}")]);
        stock = stock.told(first, Held { pushed: january - 365 * 86_400, ..old });
    }
    let stock = stock
        .told(&format!("{first}/deeper"), Held::new(&digest(7), &["1.0"]))
        .told("hub/library/debian", Held::new(&digest(9), &["12"]))
        .told("closed/team/shop", Held::new(&digest(9), &["1.0"]));
    let keys = [("docker-local", "LOCAL"), ("hub", "REMOTE"), ("closed", "FEDERATED"), ("docker", "VIRTUAL")];
    let player = Artifactory {
        stock,
        keys: keys.map(|(key, kind)| (key.to_owned(), kind.to_owned())).into(),
        closed: vec!["closed".to_owned()],
        may_query,
        user: USER.to_owned(),
        password: WORD.to_owned(),
    };
    WebServer::start(move |asked| apart(&player, asked).unwrap_or_else(|| player.answer(asked)))
}

/// A repository at an address of its own is pulled from without its key.
fn apart(player: &Artifactory, asked: &Asked) -> Option<Answer> {
    let path = format!("/v2/docker-local{}", asked.path.strip_prefix("/v2")?);
    let is_apart = asked.path.starts_with("/v2/team/");
    is_apart.then(|| player.answer(&Asked { path, ..asked.clone() }))
}

#[test]
fn lists_local_and_remote_repositories_by_queries() {
    let server = server(true);
    let (listing, lines) = listed("jfrog", &settings(&server), None).unwrap();
    assert_eq!((listing.repositories, listing.artifacts, listing.failed), (133, 1205, 0));
    assert_eq!(lines[0], "docker-local/team/r0000 Own");
    assert!(lines[1].ends_with("[0,latest] 2026-01-05T00:00:00Z  "), "{}", lines[1]);
    let hub = lines.iter().position(|line| line == "hub/library/debian ProxyCache").unwrap();
    assert_eq!(lines[hub + 1], "- 0009 [12] 2026-01-01T00:00:00Z  ");
    let closed = lines.iter().position(|line| line == "closed/team/shop Own");
    assert!(closed.is_some(), "a catalogue that may not be read is made up for by a query");
    let one = Settings { instance: Some("docker-local".to_owned()), ..settings(&server) };
    let (listing, _) = listed("jfrog", &one, Some("2026-01-01T00:00:00Z")).unwrap();
    assert_eq!((listing.repositories, listing.artifacts), (131, 3));
}

#[test]
fn lists_tags_where_queries_are_forbidden() {
    let server = server(false);
    let one = Settings { instance: Some("docker-local".to_owned()), ..settings(&server) };
    let (listing, lines) = listed("jfrog", &one, None).unwrap();
    // Of all the tags that are told one image alone can be asked for.
    assert_eq!((listing.repositories, listing.artifacts, listing.failed), (131, 1, 0));
    assert_eq!(lines[0], "docker-local/team/r0000 Own");
    assert!(lines[1].ends_with("[0,latest]   "), "{}", lines[1]);
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
    let denied = WebServer::start(|_| Artifactory::refusal(403, "Forbidden"));
    assert_eq!(failure("jfrog", &settings(&denied)).0, Failure::AccessDenied);
    let (code, words) = failure("jfrog", &settings(&WebServer::start(|_| web_page())));
    assert_eq!(code, Failure::InvalidContent);
    assert!(!words.contains(WORD));
}
