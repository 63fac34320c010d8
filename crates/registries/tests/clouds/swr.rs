//! The kinds `swr`, `swr-shared` and `swr-enterprise` against servers that play the published interface and check every
//! signature themselves.
use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use model::Failure;
use registries::{Artifact, Catalogue, Item, Listing, Origin, Repository, Selection, Settings};
use serde_json::{Value, json};
use testkit::players::{Held, Stock, Swr, SwrEnterprise, hexadecimal, hmac};
use testkit::{Answer, Asked, WebServer};

const AK: &str = "QTWAOYTTINDUT2QVKYUC";
const SK: &str = "MFyfvK41ba2giqM7Uio6PznpdUKGpownRZlmVmHc";

fn digest(number: u64) -> String {
    format!("sha256:{number:064x}")
}

/// 2026, as pushed images count it.
const YEAR: u64 = 1_767_225_600;

/// The entries of the page that is asked for.
fn page(asked: &Asked, total: u64) -> std::ops::Range<u64> {
    let number = |name| asked.parameter(name).unwrap().parse::<u64>().unwrap();
    let (offset, limit) = (number("offset"), number("limit"));
    offset.min(total)..(offset + limit).min(total)
}

/// The name of a repository; that of the second has slashes.
fn name(number: u64) -> String {
    match number {
        1 => "team/deep/er/shop1".to_owned(),
        _ => format!("team/shop{number}"),
    }
}

/// So many repositories; the first has 200 tags.
fn player(repositories: u64) -> Swr {
    let mut stock = (0..repositories).fold(Stock::default(), |stock, number| stock.repository(&name(number)));
    for number in 0..200 {
        let told = Held::new(&digest(number), &[&format!("v{number}")]);
        let media_type = "application/vnd.docker.distribution.manifest.v2+json".to_owned();
        let held = Held { size: 5, pushed: YEAR + number / 10 * 86_400, media_type, ..told };
        stock = stock.told("team/shop0", held);
    }
    Swr { stock, shared: Vec::new(), id: AK.to_owned(), secret: SK.to_owned() }
}

/// 130 repositories; the tags of the second are told as the vendor's description tells them, those of the third are not.
fn basic(player: &Swr, asked: &Asked) -> Answer {
    match asked.path.as_str() {
        _ if !player.is_signed(asked) => player.answer(asked),
        "/v2/manage/namespaces/team/repos/deep%24er%24shop1/tags" => Answer::json(json!([
            {"tag": "1", "digest": digest(7), "size": 5, "tag_type": 1, "updated": "2026-01-01T00:00:00Z", "manifest": null},
            {"tag": "2", "digest": digest(7), "size": 5, "tag_type": 1, "updated": "2026-01-02T00:00:00Z", "manifest": "odd"},
        ]).to_string()),
        "/v2/manage/namespaces/team/repos/shop2/tags" => {
            let body = json!({"errors": [{"errorCode": "SVCSTG.SWR.4030001", "errorMessage": "no right"}]});
            Answer::new(403, body.to_string())
        }
        _ => player.answer(asked),
    }
}

fn start() -> WebServer {
    let player = player(130);
    WebServer::start(move |asked| basic(&player, asked))
}

fn settings(server: &WebServer) -> Settings {
    Settings {
        region: Some("cn-north-4".to_owned()),
        username: Some(AK.to_owned()),
        password: Some(SK.to_owned()),
        api_address: Some(server.url()),
        ..Settings::default()
    }
}

fn open(kind: &str, settings: &Settings) -> Box<dyn Catalogue> {
    (registries::find(kind).unwrap().connect)(settings).unwrap()
}

type Found = BTreeMap<String, (Repository, Vec<Artifact>)>;

fn listed(catalogue: &dyn Catalogue, since: Option<&str>) -> (Listing, Found, Vec<registries::Error>) {
    let (mut found, mut failed, mut last) = (Found::new(), Vec::new(), String::new());
    // The pace is kept in tests too, so not all repositories are looked into.
    let selection = Selection::new(&["team/{shop0,deep/er/shop1,shop2}".to_owned()], &[], false).unwrap();
    let listing = registries::list(catalogue, &selection, since, &mut |item| {
        match item {
            Item::Repository(repository) => {
                last.clone_from(&repository.name);
                found.insert(last.clone(), (repository, Vec::new()));
            }
            Item::Artifact(artifact) => found.get_mut(&last).unwrap().1.push(artifact),
            Item::Failed(error) => failed.push(error),
        }
        true
    });
    (listing.unwrap(), found, failed)
}

#[test]
fn lists_every_page_of_the_basic_edition() {
    let server = start();
    let catalogue = open("swr", &settings(&server));
    assert_eq!(catalogue.sign_in().unwrap(), "SWR in cn-north-4, 130 repositories");
    let (listing, found, failed) = listed(&*catalogue, None);
    assert_eq!((listing.repositories, listing.skipped, listing.failed), (3, 127, 1));
    assert_eq!(failed.first().unwrap().failure(), Failure::AccessDenied);
    assert!(failed.first().unwrap().to_string().ends_with("SVCSTG.SWR.4030001: no right"));
    let images = &found["team/shop0"].1;
    assert_eq!((images.len(), images.last().unwrap().tags.join(",")), (200, "v199".to_owned()));
    assert_eq!(images.first().unwrap().media_type, "application/vnd.docker.distribution.manifest.v2+json");
    assert_eq!(images.first().unwrap().pushed.as_deref(), Some("2026-01-01T00:00:00Z"));
    let nested = &found["team/deep/er/shop1"].1;
    assert_eq!(nested.len(), 1, "two tags of one digest");
    assert_eq!(nested.first().unwrap().tags, ["1", "2"]);
    let (_, found, _) = listed(&*catalogue, Some("2026-01-20T00:00:00Z"));
    assert_eq!(found["team/shop0"].1.len(), 10);
}

#[test]
fn a_full_page_is_not_the_last_when_no_total_is_told() {
    let server = WebServer::start(|asked| {
        let shop = |number: u64| json!({"name": format!("shop{number}"), "namespace": "team"});
        Answer::json(Value::from(page(asked, 130).map(shop).collect::<Vec<_>>()).to_string())
    });
    let (listing, ..) =
        listed(&*open("swr", &Settings { namespace: Some("team".to_owned()), ..settings(&server) }), None);
    assert_eq!(listing.repositories + listing.skipped, 130);
    assert!(server.asked().iter().any(|asked| asked.parameter("namespace") == Some("team")));
}

#[test]
fn tells_whose_a_shared_image_is() {
    let player = Swr { shared: vec![name(0)], ..player(3) };
    let server = WebServer::start(move |asked| player.answer(asked));
    let (listing, own, _) = listed(&*open("swr", &settings(&server)), None);
    assert!(listing.repositories == 2 && !own.contains_key("team/shop0"), "{listing:?}");
    let (_, found, _) = listed(&*open("swr-shared", &settings(&server)), None);
    let origin = &found["team/shop0"].0.origin;
    assert_eq!(*origin, Origin::Shared { owner: "somebody".to_owned(), until: None });
    assert_eq!(found["team/shop0"].1.len(), 200);
}

#[test]
fn a_lasting_login_follows_from_the_key() {
    let server = start();
    let endpoint = open("swr", &settings(&server)).endpoint().unwrap();
    assert_eq!(endpoint.address, "swr.cn-north-4.myhuaweicloud.com");
    assert_eq!(endpoint.options.username.as_deref(), Some("cn-north-4@QTWAOYTTINDUT2QVKYUC"));
    assert_eq!(endpoint.options.password, Some(hexadecimal(&hmac(SK.as_bytes(), AK))));
    assert!(server.asked().is_empty(), "nothing needs to be asked for it");
    let of_address = Settings {
        address: "swr.eu-west-101.myhuaweicloud.eu".to_owned(),
        region: None,
        ..settings(&server)
    };
    let endpoint = open("swr", &of_address).endpoint().unwrap();
    assert_eq!(endpoint.address, "swr.eu-west-101.myhuaweicloud.eu");
    assert_eq!(endpoint.options.username.as_deref(), Some("eu-west-101@QTWAOYTTINDUT2QVKYUC"));
}

#[test]
fn a_temporary_key_asks_for_its_login_and_goes_to_no_other_host() {
    let elsewhere = WebServer::start(|_| Answer::json("[]"));
    let target = elsewhere.url().replace("127.0.0.1", "localhost");
    let player = player(0);
    let server = WebServer::start(move |asked| {
        assert!(player.is_signed(asked));
        assert_eq!(asked.header("x-security-token"), Some("passing"));
        assert!(
            asked.header("authorization").unwrap().contains("x-security-token,"),
            "the token is signed too"
        );
        match (asked.method.as_str(), asked.path.as_str()) {
            ("POST", "/v2/manage/utils/secret") => {
                assert_eq!(asked.parameter("projectname"), Some("cn-north-4"));
                let auth = STANDARD.encode(format!("cn-north-4@ABC:word{}", asked.before));
                Answer::json(
                    json!({"auths": {"swr.cn-north-4.myhuaweicloud.com": {"auth": auth}}}).to_string(),
                )
            }
            ("GET", "/v2/manage/repos") => {
                Answer::new(307, "").header("Location", format!("{target}/v2/manage/repos"))
            }
            other => panic!("{other:?}"),
        }
    });
    let settings = Settings { session_token: Some("passing".to_owned()), ..settings(&server) };
    let catalogue = open("swr", &settings);
    for _ in 0..2 {
        let options = catalogue.endpoint().unwrap().options;
        assert_eq!(
            (options.username.as_deref(), options.password.as_deref()),
            (Some("cn-north-4@ABC"), Some("word0"))
        );
    }
    assert_eq!(catalogue.sign_in().unwrap(), "SWR in cn-north-4, 0 repositories");
    let heard = elsewhere.asked();
    let header = |name: &str| heard.first().unwrap().header(name).map(str::to_owned);
    assert_eq!((heard.len(), header("x-security-token"), header("authorization")), (1, None, None));
}

#[test]
fn a_refusal_has_its_code_and_shows_no_secret() {
    let server = start();
    let wrong = Settings { password: Some(SK.to_lowercase()), ..settings(&server) };
    assert_eq!(open("swr", &wrong).sign_in().unwrap_err().failure(), Failure::AuthenticationFailed);
    let server = WebServer::start(|_| player(0).unsigned());
    let error = open("swr", &settings(&server)).sign_in().unwrap_err().to_string();
    assert!(error.contains("APIGW.0301: Incorrect IAM") && error.ends_with("for …"), "{error}");

    let player = player(0);
    let server = WebServer::start(move |asked| match asked.before {
        0 => Answer::new(
            429,
            r#"{"error_code":"APIGW.0308","error_msg":"The throttling threshold has been reached"}"#,
        ),
        1 => Answer::new(503, "<html>"),
        _ => player.answer(asked),
    });
    open("swr", &settings(&server)).sign_in().unwrap();
    assert_eq!(server.asked().len(), 3);

    let missing = registries::find("swr").unwrap();
    for (settings, setting) in [
        (Settings::default(), "region"),
        (Settings { region: Some("evil.example/".to_owned()), ..Settings::default() }, "region"),
        (Settings { region: Some("cn-north-4".to_owned()), ..Settings::default() }, "username"),
    ] {
        let error = (missing.connect)(&settings).err().unwrap().to_string();
        assert!(error.contains(&format!("`{setting}`")), "{error}");
    }
}

#[test]
fn a_list_of_tags_that_is_always_full_ends() {
    let server = WebServer::start(|asked| {
        let list: Vec<Value> =
            (0..100).map(|number| json!({"tag": format!("{}-{number}", asked.query.len())})).collect();
        Answer::json(Value::from(list).to_string())
    });
    let repository = Repository { name: "team/shop".to_owned(), count: Some(150), ..Repository::default() };
    let catalogue = open("swr", &settings(&server));
    let mut next = None;
    let mut pages = 0;
    loop {
        pages += 1;
        next = catalogue.artifacts(&repository, None, next.as_deref()).unwrap().next;
        if next.is_none() {
            break;
        }
    }
    assert_eq!(pages, 3);
}

/// An instance with 120 repositories in two namespaces; the tags of the third are gone.
fn enterprise() -> WebServer {
    let named = |number: u64| match number {
        1 => "team/deep/er/shop1".to_owned(),
        100.. => format!("group/shop{number}"),
        _ => format!("team/shop{number}"),
    };
    let mut stock = (0..120).fold(Stock::default(), |stock, number| stock.repository(&named(number)));
    for number in 0..150 {
        let (one, other) = (format!("v{number}"), format!("w{number}"));
        let tags = [one.as_str(), other.as_str()];
        let told = Held::new(&digest(number), if number == 6 { &[] } else { &tags });
        let media_type = "application/vnd.oci.image.index.v1+json".to_owned();
        stock = stock.told("team/shop0", Held { is_chart: number == 5, media_type, ..told });
    }
    let player = SwrEnterprise { stock, id: AK.to_owned(), secret: SK.to_owned() };
    WebServer::start(move |asked| {
        if asked.path.ends_with("/namespaces/team/repositories/shop2/artifacts") {
            return Answer::new(404, r#"{"error_code":"SWR.0404","error_msg":"gone"}"#);
        }
        player.answer(asked)
    })
}

#[test]
fn lists_and_pulls_from_an_enterprise_instance() {
    let server = enterprise();
    let settings = Settings { instance: Some("shop".to_owned()), ..settings(&server) };
    let catalogue = open("swr-enterprise", &settings);
    assert_eq!(catalogue.sign_in().unwrap(), "SWR instance shop in cn-north-4");
    let (listing, found, failed) = listed(&*catalogue, None);
    assert_eq!((listing.repositories, listing.skipped), (3, 117));
    assert_eq!(failed.first().unwrap().failure(), Failure::NotFound);
    let images = &found["team/shop0"].1;
    assert_eq!(images.len(), 149);
    let first = images.first().unwrap();
    assert_eq!(
        (first.tags.join(","), first.media_type.as_str()),
        ("v0,w0".to_owned(), "application/vnd.oci.image.index.v1+json")
    );
    assert!(images.iter().any(|image| image.tags.is_empty()), "an image without a tag is one, too");
    assert!(found["team/deep/er/shop1"].1.is_empty());

    let word = || {
        let endpoint = catalogue.endpoint().unwrap();
        assert_eq!(endpoint.address, "shop-abc.swr-pro.myhuaweicloud.com");
        endpoint.options.password.unwrap()
    };
    assert_eq!([word(), word(), word()], ["word0", "word1", "word1"]);
    let looked_up = server.asked().iter().filter(|asked| asked.path == "/v3/projects").count();
    assert_eq!(looked_up, 1);
}

#[test]
fn the_project_of_an_enterprise_instance_may_be_named() {
    let server = enterprise();
    let named = Settings {
        instance: Some("p1/i-1".to_owned()),
        namespace: Some("group".to_owned()),
        ..settings(&server)
    };
    let catalogue = open("swr-enterprise", &named);
    catalogue.sign_in().unwrap();
    assert!(server.asked().iter().all(|asked| asked.path != "/v3/projects"));
    let second = catalogue.repositories(Some("100")).unwrap();
    assert_eq!((second.items.len(), second.next), (20, None));
    assert!(catalogue.repositories(None).unwrap().items.is_empty());
    let other = Settings { instance: Some("p1/none".to_owned()), ..settings(&server) };
    assert_eq!(open("swr-enterprise", &other).sign_in().unwrap_err().failure(), Failure::NotFound);
}
