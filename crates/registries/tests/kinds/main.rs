//! Registries with an interface of their own for users and passwords, played as they publish it.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failure is a failed test")]

mod acr;
mod dockerhub;
mod ghcr;
mod gitlab;
mod google;
mod harbor;
mod jfrog;
mod nexus;
mod quay;
mod steps;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use model::Failure;
use registries::{Error, Item, Listing, Selection, Settings};
use testkit::{Answer, Asked, WebServer};

/// Who may ask, in all tests.
const USER: &str = "robot$scan";
const WORD: &str = "correct-horse";

/// The settings that lead to a server of a test.
fn settings(server: &WebServer) -> Settings {
    let net = net::Options { retries: 0, ..net::Options::default() };
    Settings {
        address: server.url(),
        username: Some(USER.to_owned()),
        password: Some(WORD.to_owned()),
        net,
        ..Settings::default()
    }
}

/// Everything that a kind lists, a line each: repositories as they are, images below them.
fn listed(kind: &str, settings: &Settings, since: Option<&str>) -> Result<(Listing, Vec<String>), Error> {
    let catalogue = (registries::find(kind)?.connect)(settings)?;
    let selection = Selection::new(&[], &[], true).unwrap();
    let mut lines = Vec::new();
    let listing = registries::list(&*catalogue, &selection, since, &mut |item| {
        lines.push(match item {
            Item::Repository(repository) => format!("{} {:?}", repository.name, repository.origin),
            Item::Artifact(artifact) => {
                let digest = artifact
                    .digest
                    .map(|digest| digest.hex().chars().take(4).collect::<String>())
                    .unwrap_or_default();
                let platform = artifact.platform.map(|platform| platform.to_string()).unwrap_or_default();
                let children = artifact.children.iter().filter_map(|child| child.platform.as_ref());
                let children = children.map(ToString::to_string).collect::<Vec<_>>().join("+");
                let pushed = artifact.pushed.unwrap_or_default();
                let size = artifact.size.map(|size| size.to_string()).unwrap_or_default();
                format!("- {digest} [{}] {pushed} {size} {platform}{children}", artifact.tags.join(","))
            }
            Item::Failed(error) => format!("! {error}"),
        });
        true
    })?;
    Ok((listing, lines))
}

/// The failure that listing ends with, and all that is said of it.
fn failure(kind: &str, settings: &Settings) -> (Failure, String) {
    let error = match listed(kind, settings, None) {
        Err(error) => error,
        Ok((_, lines)) => return (Failure::Unknown, lines.join("\n")),
    };
    (error.failure(), told(&error))
}

/// An error with its causes.
fn told(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

/// Whether a request comes from the user with the right password.
fn is_user(asked: &Asked) -> bool {
    let expected = STANDARD.encode(format!("{USER}:{WORD}"));
    asked.header("authorization") == Some(&format!("Basic {expected}"))
}

/// The part of a list that is page `page` when every page has `size` entries.
fn part<T: Clone>(all: &[T], page: usize, size: usize) -> Vec<T> {
    all.iter().skip((page - 1) * size).take(size).cloned().collect()
}

/// A number in the query.
fn number(asked: &Asked, parameter: &str) -> usize {
    asked.parameter(parameter).unwrap_or("1").parse().unwrap()
}

/// A digest that is told apart by its first digits.
fn digest(number: usize) -> String {
    format!("sha256:{number:04x}{}", "0".repeat(60))
}

/// A sign-in page, as it stands before many servers.
fn web_page() -> Answer {
    Answer::new(200, "<!DOCTYPE html><title>Sign in</title>")
        .header("Content-Type", "text/html; charset=utf-8")
}
