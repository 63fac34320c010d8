//! The kinds `tcr` and `ccr` against servers that play the published interface and check every signature themselves.

use model::Failure;
use registries::{Catalogue, Settings};
use serde_json::json;
use testkit::players::{Ccr, Held, Stock, Tcr};
use testkit::{Answer, Asked, WebServer};

use super::listed;

const ID: &str = "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE";
const SECRET: &str = "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE";

fn digest(number: u64) -> String {
    format!("sha256:{number:064x}")
}

/// 2026, as pushed images count it.
const YEAR: u64 = 1_767_225_600;

/// An instance with 150 repositories; the first has 230 tags, each pair of one digest.
fn stock() -> Stock {
    let name = |number: u64| match number {
        1 => "team/deep/shop1".to_owned(),
        _ => format!("team/shop{number}"),
    };
    let mut stock = (0..150).fold(Stock::default(), |stock, number| stock.repository(&name(number)));
    for number in 0..230 {
        let told = Held::new(&digest(number / 2), &[&format!("v{number}")]);
        let held = Held { size: 1000 + number, pushed: YEAR + number / 10 * 86_400, ..told };
        stock = stock.told("team/shop0", held);
    }
    let chart = Held { is_chart: true, ..Held::new(&digest(8), &["2"]) };
    stock.told("team/deep/shop1", Held::new(&digest(7), &["1"])).told("team/deep/shop1", chart)
}

fn player() -> Tcr {
    Tcr { stock: stock(), id: ID.to_owned(), secret: SECRET.to_owned() }
}

/// The same, with a repository that the key has no right for.
fn enterprise(player: &Tcr, asked: &Asked) -> Answer {
    if player.is_signed(asked) && asked.text().contains(r#""RepositoryName":"shop2""#) {
        return Tcr::refusal("UnauthorizedOperation", "no right for shop2");
    }
    player.answer(asked)
}

fn start() -> WebServer {
    let player = player();
    WebServer::start(move |asked| enterprise(&player, asked))
}

fn settings(server: &WebServer) -> Settings {
    Settings {
        instance: Some("shop".to_owned()),
        username: Some(ID.to_owned()),
        password: Some(SECRET.to_owned()),
        api_address: Some(server.url()),
        ..Settings::default()
    }
}

fn open(kind: &str, settings: &Settings) -> Box<dyn Catalogue> {
    (registries::find(kind).unwrap().connect)(settings).unwrap()
}

/// The repositories that are looked into.
const SOME: &str = "team*/{shop0,deep/shop1,shop2,shop118,shop149}";

#[test]
fn lists_every_page_of_an_enterprise_instance() {
    let server = start();
    let catalogue = open("tcr", &settings(&server));
    assert_eq!(catalogue.sign_in().unwrap(), "TCR instance shop (tcr-aaa) in ap-beijing");
    let (listing, found, failed) = listed(&*catalogue, SOME, None);
    assert_eq!((listing.repositories, listing.skipped, listing.failed, failed.len()), (5, 145, 1, 1));
    assert_eq!(failed[0].failure(), Failure::AccessDenied);
    assert!(failed[0].to_string().contains("UnauthorizedOperation: no right for shop2"), "{}", failed[0]);
    let images = &found["team/shop0"];
    assert_eq!(images.len(), 115);
    assert_eq!((images[0].tags.join(","), images[0].size), ("v0,v1".to_owned(), Some(1000)));
    assert_eq!(images[0].pushed.as_deref(), Some("2026-01-01T00:00:00Z"));
    assert_eq!(images[114].digest.as_ref().unwrap().to_string(), digest(114));
    assert_eq!(found["team/deep/shop1"].len(), 1, "a chart is no image");
    let (_, found, _) = listed(&*catalogue, SOME, Some("2026-01-23T00:00:00Z"));
    assert_eq!(found["team/shop0"].len(), 5);
}

#[test]
fn pulls_with_a_token_that_is_made_anew_in_time() {
    let player = player();
    let server = WebServer::start(move |asked| {
        if asked.header("x-tc-action") != Some("CreateInstanceToken") {
            return player.answer(asked);
        }
        assert!(player.is_signed(asked));
        let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs() * 1000;
        // The first token is about to end.
        let ends = now + if asked.before == 1 { 60_000 } else { 3_600_000 };
        assert!(asked.text().contains(r#""TokenType":"temp""#));
        let token = format!("token{}", asked.before);
        Tcr::wrapped(&json!({ "Username": "100012345678", "Token": token, "ExpTime": ends, "TokenId": "t" }))
    });
    let catalogue = open("tcr", &settings(&server));
    let token = || {
        let endpoint = catalogue.endpoint().unwrap();
        assert_eq!(endpoint.address, "shop.tencentcloudcr.com");
        assert_eq!(endpoint.options.username.as_deref(), Some("100012345678"));
        let shown = format!("{endpoint:?}");
        let password = endpoint.options.password.unwrap();
        assert!(!shown.contains(&password), "{shown}");
        password
    };
    assert_eq!([token(), token(), token()], ["token1", "token2", "token2"]);
}

#[test]
fn a_pause_is_kept_when_the_cloud_asks_for_one() {
    let player = player();
    let server = WebServer::start(move |asked| match asked.before {
        0 | 1 => Tcr::refusal("RequestLimitExceeded", "too fast"),
        _ => player.answer(asked),
    });
    let start = std::time::Instant::now();
    open("tcr", &settings(&server)).sign_in().unwrap();
    assert!(start.elapsed().as_millis() >= 1400 && server.asked().len() == 3);

    let server = WebServer::start(|_| Tcr::refusal("RequestLimitExceeded", "too fast"));
    let error = open("tcr", &settings(&server)).sign_in().unwrap_err();
    assert_eq!((error.failure(), server.asked().len()), (Failure::RateLimited, 4));
}

#[test]
fn a_refusal_has_its_code_and_shows_no_secret() {
    let server = start();
    let wrong = Settings { password: Some("wr0ng".to_owned()), ..settings(&server) };
    let error = open("tcr", &wrong).sign_in().unwrap_err();
    assert_eq!(error.failure(), Failure::AuthenticationFailed);
    let other = Settings { instance: Some("sho".to_owned()), ..settings(&server) };
    assert_eq!(open("tcr", &other).sign_in().unwrap_err().failure(), Failure::NotFound);
    let cases = [
        ("AuthFailure.SecretIdNotFound", Failure::AuthenticationFailed),
        ("AuthFailure.UnauthorizedOperation", Failure::AccessDenied),
        ("ResourceNotFound", Failure::NotFound),
        ("UnsupportedRegion", Failure::InvalidName),
        ("Strange", Failure::Unknown),
    ];
    for (code, failure) in cases {
        let server =
            WebServer::start(move |_| Tcr::refusal(code, &format!("see {SECRET} and t0ken\u{1b}[2J")));
        let settings = Settings { session_token: Some("t0ken".to_owned()), ..settings(&server) };
        let error = open("tcr", &settings).sign_in().unwrap_err();
        assert_eq!(
            (error.failure(), error.to_string()),
            (failure, format!("cannot find the instance of TCR: {code}: see … and … [2J"))
        );
        assert_eq!(server.asked()[0].header("x-tc-token"), Some("t0ken"));
    }
}

#[test]
fn answers_that_are_none_are_errors() {
    for (body, failure) in [("<html>", Failure::InvalidContent), ("{}", Failure::InvalidContent)] {
        let server = WebServer::start(move |_| Answer::new(200, body));
        assert_eq!(open("tcr", &settings(&server)).sign_in().unwrap_err().failure(), failure, "{body}");
    }
    let server = WebServer::start(|_| Answer::new(403, "<html>"));
    assert_eq!(open("tcr", &settings(&server)).sign_in().unwrap_err().failure(), Failure::AccessDenied);
    let server = WebServer::start(|_| Answer::json(vec![b' '; 17 << 20]));
    assert_eq!(open("tcr", &settings(&server)).sign_in().unwrap_err().failure(), Failure::TooLarge);
}

#[test]
fn needs_a_key_and_an_instance() {
    let missing = |settings: &Settings| {
        let error = (registries::find("tcr").unwrap().connect)(settings).err().unwrap().to_string();
        error.split('`').nth(1).unwrap().to_owned()
    };
    assert_eq!(missing(&Settings::default()), "instance");
    let named = Settings { address: "https://shop.tencentcloudcr.com".to_owned(), ..Settings::default() };
    assert_eq!(missing(&named), "username");
    assert_eq!(missing(&Settings { username: Some(ID.to_owned()), ..named }), "password");
}

/// The personal edition: 120 repositories on two pages; one tag is gone from the registry meanwhile.
fn personal() -> Ccr {
    let name = |number: u64| format!("team{}/shop{number}", number % 2);
    let stock = (0..120).fold(Stock::default(), |stock, number| stock.repository(&name(number)));
    let image = testkit::Image::new("shop:1");
    let stock = stock.image("team0/shop0", &["1", "2"], &image);
    let mut gone = Held::new(&digest(1), &["gone"]);
    gone.pushed = YEAR + 86_400 + 3600;
    let (id, secret) = (ID.to_owned(), SECRET.to_owned());
    let (user, password) = ("100012345678".to_owned(), "pullword".to_owned());
    Ccr { stock: stock.told("team0/shop0", gone), id, secret, user, password }
}

fn of_personal(registry: &WebServer, server: &WebServer) -> Settings {
    let environment = [("TENCENTCLOUD_SECRET_ID", ID), ("TENCENTCLOUD_SECRET_KEY", SECRET)];
    Settings {
        address: registry.url(),
        username: Some("100012345678".to_owned()),
        password: Some("pullword".to_owned()),
        namespace: Some("team0".to_owned()),
        api_address: Some(server.url()),
        environment: environment.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
        ..Settings::default()
    }
}

#[test]
fn lists_the_personal_edition_with_one_credential_and_pulls_with_another() {
    let (lists, pulls) = (personal(), personal());
    let held = pulls.stock.held("team0/shop0").unwrap()[0].clone();
    let registry = WebServer::start(move |asked| pulls.hand_out(asked));
    let server = WebServer::start(move |asked| lists.answer(asked));
    let settings = of_personal(&registry, &server);
    let catalogue = open("ccr", &settings);
    assert_eq!(catalogue.sign_in().unwrap(), "TCR personal edition, 120 repositories");
    let (listing, found, _) = listed(&*catalogue, SOME, None);
    assert_eq!((listing.repositories, listing.skipped, listing.artifacts, listing.failed), (3, 57, 1, 0));
    let image = &found["team0/shop0"][0];
    assert_eq!(
        (image.tags.join(","), image.pushed.as_deref()),
        ("1,2".to_owned(), Some("2026-01-01T00:00:00Z"))
    );
    assert_eq!(image.digest.as_ref().unwrap().to_string(), held.digest);
    assert_eq!(image.media_type, held.media_type);
    let repositories = ["/v2/", "/v2/team0/shop0/", "/service/token"];
    assert!(
        registry.asked().iter().all(|asked| repositories.iter().any(|path| asked.path.starts_with(path)))
    );
    assert!(server.asked().iter().all(|asked| !format!("{asked:?}").contains("pullword")));

    let keyless = Settings { username: None, password: None, ..settings };
    let (_, found, _) = listed(&*open("ccr", &keyless), SOME, None);
    assert_eq!(found["team0/shop0"].len(), 3, "without a password tags are told without digests");
    assert_eq!(found["team0/shop0"][0].platform.as_ref().unwrap().to_string(), "linux/amd64");
    // What is told as 08:00 in Beijing was pushed at midnight in UTC: one tag is younger than that.
    let (_, found, _) = listed(&*open("ccr", &keyless), SOME, Some("2026-01-01T00:00:01Z"));
    assert_eq!(found["team0/shop0"][0].tags, ["gone"]);
}

#[test]
fn tests_a_connection_to_its_end_and_sends_each_secret_to_its_own_host_alone() {
    let image = testkit::Image::new("shop:1");
    let stock = Stock::default().image("team/shop", &["latest"], &image);
    let (lists, pulls) = (Tcr { stock, ..player() }, player());
    let pulls = Tcr { stock: lists.stock.clone(), ..pulls };
    let registry = WebServer::start(move |asked| pulls.hand_out(asked));
    let server = WebServer::start(move |asked| lists.answer(asked));
    let settings = Settings { address: registry.url(), ..settings(&server) };
    let steps = registries::check(registries::find("tcr").unwrap(), &settings);
    let outcomes: Vec<String> = steps
        .iter()
        .map(|step| match &step.outcome {
            Ok(told) => format!("{} {told}", step.step.word()),
            Err(error) => panic!("{} {error:?}", step.step.word()),
        })
        .collect();
    assert_eq!(outcomes.len(), 5, "{outcomes:?}");
    assert!(outcomes[4].starts_with("pull manifest of "), "{outcomes:?}");
    let told = |server: &WebServer, word: &str| format!("{:?}", server.asked()).contains(word);
    assert!(!told(&registry, ID) && !told(&registry, SECRET) && !told(&server, SECRET));
    assert!(server.asked().iter().all(|asked| !format!("{:?}", asked.headers).contains("temporary")));
}
