use model::Failure;
use registries::{Settings, Step, Version, check, find};
use testkit::players::{Harbor, Held, Stock};
use testkit::{Answer, Asked, Layer, WebServer};

use super::{USER, WORD, digest, failure, listed, settings, told, web_page};

/// Harbor with 205 projects: the first with 130 repositories, one with nested names, one that is a cache of another registry.
fn with(fill: impl Fn(Stock) -> Stock) -> Harbor {
    let names = (0..130).map(|number| format!("p000/r{number:03}"));
    let others = ["p001/team/deep/shop", "p007/library/debian", "p204/last"].map(str::to_owned);
    let stock = names.chain(others).fold(Stock::default(), |stock, name| stock.repository(&name));
    let projects = (0..205).map(|number| (format!("p{number:03}"), number == 7)).collect();
    Harbor { stock: fill(stock), projects, user: USER.to_owned(), password: WORD.to_owned() }
}

/// Seconds of a day of January 2026, at ten o'clock.
fn day(number: u64) -> u64 {
    1_767_225_600 + number * 86_400 + 36_000
}

fn held(number: u64, tags: &[&str]) -> Held {
    let told = Held::new(&digest(usize::try_from(number).unwrap()), tags);
    Held { size: 1000 + number, pushed: day(number % 28), ..told }
}

/// Images of Harbor 2: those of `r000` fill three pages, `shop` has what Harbor keeps besides plain images.
fn of_second(stock: Stock) -> Stock {
    let image = testkit::Image::new("last:1").layer(Layer::new().file("etc/x", "x"));
    let mut stock = stock.image("p000/r000", &["v0"], &image);
    for number in 1..205 {
        stock = stock.told("p000/r000", held(number, &[&format!("v{number}")]));
    }
    let child = |number: usize, platform: [&str; 3]| {
        let [os, architecture, variant] = platform.map(str::to_owned);
        [digest(number), os, architecture, variant]
    };
    let index = Held {
        media_type: "application/vnd.oci.image.index.v1+json".to_owned(),
        children: vec![
            child(4, ["linux", "amd64", ""]),
            child(5, ["linux", "arm64", "v8"]),
            child(6, ["unknown", "unknown", ""]),
        ],
        ..held(3, &["multi"])
    };
    let shop = [
        Held { attached: vec![digest(28)], ..held(1, &["1.0", "latest"]) },
        held(2, &[]),
        index,
        Held { is_chart: true, ..held(8, &["chart"]) },
        held(28, &[]),
    ];
    let stock = shop.into_iter().fold(stock, |stock, held| stock.told("p001/team/deep/shop", held));
    stock.told("p204/last", held(1, &["1"]))
}

/// Images of Harbor 1.
fn of_first(stock: Stock) -> Stock {
    let old = Held { size: 8, platform: (String::new(), String::new()), ..held(2, &["old"]) };
    let new = Held { size: 7, ..held(1, &["1.0", "latest"]) };
    stock.told("p001/team/deep/shop", new).told("p001/team/deep/shop", old)
}

fn play(answer: impl Fn(&Harbor, &Asked) -> Answer + Send + Sync + 'static) -> WebServer {
    let harbor = with(of_second);
    WebServer::start(move |asked| answer(&harbor, asked))
}

fn play_first() -> WebServer {
    let harbor = with(of_first);
    WebServer::start(move |asked| harbor.first(asked))
}

#[test]
fn lists_all_projects_repositories_and_images_of_harbor_2() {
    let server = play(Harbor::second);
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
    let server = play(Harbor::second);
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
    let server = play_first();
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
    let server = play(Harbor::second);
    let steps = trace(&settings(&server));
    let words: Vec<_> = steps.iter().map(|(step, _)| step.word()).collect();
    assert_eq!(words, ["dns", "tls", "auth", "list", "pull"]);
    let outcomes: Vec<_> = steps.into_iter().map(|(_, outcome)| outcome.unwrap()).collect();
    assert_eq!(outcomes[0], "127.0.0.1");
    assert_eq!(outcomes[1], "http, not protected, status 401");
    assert_eq!(outcomes[2], "Harbor v2.11.0-70c8726e");
    assert_eq!(outcomes[3], "1 or more repositories; p000/r000:v0");
    assert!(outcomes[4].starts_with("manifest of "), "{}", outcomes[4]);
}

#[test]
fn a_wrong_password_is_told_though_public_projects_are_shown() {
    for version in [Version::V1, Version::V2] {
        let server = if version == Version::V1 { play_first() } else { play(Harbor::second) };
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
    let server = play(|harbor, asked| {
        if asked.path.contains("/manifests/") {
            let message =
                "current image without vulnerability scanning cannot be pulled due to configured policy";
            return Harbor::refusal(412, "PROJECTPOLICYVIOLATION", message);
        }
        harbor.second(asked)
    });
    let steps = trace(&settings(&server));
    let (step, outcome) = steps.last().unwrap();
    let (failure, words) = outcome.clone().unwrap_err();
    assert_eq!((*step, failure), (Step::Pull, Failure::BlockedByPolicy));
    assert!(words.contains("configured policy"), "{words}");
}

#[test]
fn refusals_and_web_pages_have_their_codes() {
    let denied = play(|harbor, asked| {
        if asked.path.ends_with("/projects") {
            return Harbor::refusal(403, "FORBIDDEN", "forbidden");
        }
        harbor.second(asked)
    });
    let (code, words) = failure("harbor", &settings(&denied));
    assert_eq!(code, Failure::AccessDenied, "{words}");
    let page = WebServer::start(|_| web_page());
    let (code, words) = failure("harbor", &settings(&page));
    assert_eq!(code, Failure::InvalidContent);
    assert!(words.contains("web page") && !words.contains(WORD), "{words}");
}

#[test]
fn a_repository_that_fails_does_not_end_the_listing() {
    let server = play(|harbor, asked| {
        if asked.path.ends_with("/r001/artifacts") {
            return Harbor::refusal(500, "UNKNOWN", "internal server error");
        }
        harbor.second(asked)
    });
    let (listing, lines) = listed("harbor", &settings(&server), None).unwrap();
    assert_eq!((listing.repositories, listing.failed), (133, 1));
    assert!(lines.iter().any(|line| line.starts_with("! cannot list the artifacts of `p000/r001`")));
}

#[test]
fn an_image_that_moves_to_an_earlier_page_is_not_missed() {
    // The first image is deleted after the first page was read: the 101st is the last of that page now.
    let rest = with(|stock| {
        let (all, name) = (of_second(stock.clone()), "p000/r000");
        all.held(name).unwrap()[1..].iter().fold(stock, |stock, held| stock.told(name, held.clone()))
    });
    let server = play(move |harbor, asked| {
        let is_first = asked.parameter("page") == Some("1") && asked.before == 0;
        let of_it = asked.path.ends_with("/r000/artifacts") && !is_first;
        if of_it { rest.second(asked) } else { harbor.second(asked) }
    });
    let (_, lines) = listed("harbor", &settings(&server), None).unwrap();
    let missed = (0..205).filter(|number| !lines.iter().any(|line| line.contains(&format!("[v{number}]"))));
    assert_eq!(missed.count(), 0);
}

#[test]
fn a_redirect_to_another_host_gets_no_password() {
    let other = WebServer::start(|_| Answer::json("[]"));
    let target = format!("{}/projects", other.url().replace("127.0.0.1", "localhost"));
    let server = play(move |harbor, asked| {
        if asked.path.ends_with("/projects") {
            return Answer::new(302, "").header("Location", target.clone());
        }
        harbor.second(asked)
    });
    listed("harbor", &settings(&server), None).unwrap();
    assert!(!other.asked().is_empty());
    assert!(other.asked().iter().all(|asked| asked.header("authorization").is_none()));
}

#[test]
fn a_password_is_not_sent_in_clear_to_another_machine() {
    let elsewhere =
        Settings { address: "http://harbor.example".to_owned(), ..settings(&play(Harbor::second)) };
    let (_, words) = failure("harbor", &elsewhere);
    assert!(words.contains("credentials are not sent over plain http"), "{words}");
}

#[test]
fn a_robot_of_harbor_1_is_let_in_though_harbor_fails_to_find_it_among_the_users() {
    let harbor = with(of_first);
    let server = WebServer::start(move |asked| match asked.path.as_str() {
        "/api/users/current" if harbor.is_user(asked) => Answer::new(500, "{\"code\":500}"),
        _ => harbor.first(asked),
    });
    let catalogue = (find("harbor").unwrap().connect)(&settings(&server)).unwrap();
    assert_eq!(catalogue.sign_in().unwrap(), "Harbor v1.10.19");
    let person = Settings { username: Some("anna".to_owned()), ..settings(&server) };
    let catalogue = (find("harbor").unwrap().connect)(&person).unwrap();
    assert_eq!(catalogue.sign_in().unwrap_err().failure(), Failure::AuthenticationFailed);
}
