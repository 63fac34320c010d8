//! The test of a connection names the step at which it ends, for kinds of every sort.

use std::time::Duration;

use model::Failure;
use registries::{Settings, Step, check, find};
use testkit::{Answer, WebServer, free_port};

use super::{settings, told};

/// The step that a test of a connection ends at, and its code.
fn end(kind: &str, settings: &Settings) -> (Step, Option<Failure>) {
    let steps = check(find(kind).unwrap(), settings);
    let last = steps.last().unwrap();
    (last.step, last.failure())
}

#[test]
fn ends_at_the_step_that_fails() {
    let server = WebServer::start(|_| Answer::not_found());
    let at = |address: String| Settings { address, ..settings(&server) };
    let nowhere = at("https://registry.invalid".to_owned());
    assert_eq!(end("harbor", &nowhere), (Step::Dns, Some(Failure::HostNotFound)));
    let closed = at(format!("https://127.0.0.1:{}", free_port()));
    assert_eq!(end("harbor", &closed), (Step::Tls, Some(Failure::ConnectionFailed)));
    let plain = at(format!("https://{}", server.host));
    assert_eq!(end("harbor", &plain), (Step::Tls, Some(Failure::TlsFailed)));
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let mut silent = at(format!("http://{}", silent.local_addr().unwrap()));
    silent.net.read_timeout = Duration::from_millis(300);
    assert_eq!(end("harbor", &silent), (Step::Tls, Some(Failure::TimedOut)));
}

#[test]
fn greets_the_interface_that_lists_and_not_the_registry() {
    let interface = WebServer::start(|_| Answer::not_found());
    for kind in ["jfrog", "nexus", "gitlab", "ghcr", "dockerhub"] {
        let settings = Settings {
            address: "https://registry.invalid".to_owned(),
            api_address: Some(interface.url()),
            instance: Some("one".to_owned()),
            ..settings(&interface)
        };
        assert_eq!(end(kind, &settings).0, Step::Auth, "{kind}");
    }
}

#[test]
fn a_missing_setting_is_told_without_asking_anybody() {
    let nothing = Settings::default();
    for kind in ["harbor", "oci", "jfrog", "nexus", "acr", "gar", "gcr", "dockerhub", "ghcr"] {
        let steps = check(find(kind).unwrap(), &nothing);
        let error = steps.last().unwrap().outcome.as_ref().unwrap_err();
        assert_eq!((steps.len(), error.failure()), (1, Failure::InvalidName), "{kind}: {}", told(error));
    }
}

#[test]
fn an_answer_that_never_ends_is_left() {
    let server = WebServer::start(|asked| match asked.path.as_str() {
        "/api/version" => Answer::new(200, vec![b' '; 17 << 20]),
        _ => Answer::not_found(),
    });
    assert_eq!(end("harbor", &settings(&server)), (Step::Auth, Some(Failure::TooLarge)));
}

#[test]
fn a_server_on_this_machine_needs_no_scheme() {
    let server = WebServer::start(|asked| match asked.path.as_str() {
        "/service/rest/v1/repositories" => Answer::json("[]"),
        _ => Answer::not_found(),
    });
    let settings = Settings { address: server.host.clone(), ..settings(&server) };
    let steps = check(find("nexus").unwrap(), &settings);
    let told: Vec<_> = steps.iter().map(|step| step.outcome.as_ref().unwrap().as_str()).collect();
    let expected = [
        "127.0.0.1",
        "http, not protected, status 404",
        "Nexus, 0 Docker repositories",
        "no image in 0 repositories",
        "not tried, for there is no image",
    ];
    assert_eq!(told, expected);
}
