use std::net::ToSocketAddrs;
use std::time::{Duration, Instant};

use model::Failure;

use crate::{Artifact, Catalogue, Endpoint, Error, Kind, Repository, Settings};

/// How many repositories are looked into to find one image.
const LOOKED_INTO: usize = 20;

/// A step of the test of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// The host's name has an address.
    Dns,
    /// A connection is made and its certificate trusted.
    Tls,
    /// The user is let in.
    Auth,
    /// Repositories and images are told.
    List,
    /// A manifest is handed out.
    Pull,
}

impl Step {
    /// The word it is shown by.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Dns => "dns",
            Self::Tls => "tls",
            Self::Auth => "auth",
            Self::List => "list",
            Self::Pull => "pull",
        }
    }
}

/// How a step went.
#[derive(Debug)]
pub struct StepOutcome {
    /// Which.
    pub step: Step,
    /// How long it took.
    pub took: Duration,
    /// What was found out, or why it failed.
    pub outcome: Result<String, Error>,
}

impl StepOutcome {
    /// The code of its failure.
    #[must_use]
    pub fn failure(&self) -> Option<Failure> {
        self.outcome.as_ref().err().map(Error::failure)
    }
}

/// Tests a connection step by step; the first step that fails is the last.
#[must_use]
pub fn check(kind: &Kind, settings: &Settings) -> Vec<StepOutcome> {
    let mut trace = Trace(Vec::new());
    trace.steps(kind, settings);
    trace.0
}

struct Trace(Vec<StepOutcome>);

impl Trace {
    fn run<T>(&mut self, step: Step, work: impl FnOnce() -> Result<(T, String), Error>) -> Option<T> {
        let start = Instant::now();
        let (value, outcome) = match work() {
            Ok((value, told)) => (Some(value), Ok(told)),
            Err(error) => (None, Err(error)),
        };
        self.0.push(StepOutcome { step, took: start.elapsed(), outcome });
        value
    }

    /// Nothing when a step failed: what comes after it cannot be known.
    fn steps(&mut self, kind: &Kind, settings: &Settings) -> Option<()> {
        if !settings.address.is_empty() && settings.net.proxy.is_none() {
            self.run(Step::Dns, || resolve(&settings.address).map(|told| ((), told)))?;
            self.run(Step::Tls, || greet(settings).map(|told| ((), told)))?;
        }
        let catalogue = self.run(Step::Auth, || {
            let catalogue = (kind.connect)(settings)?;
            let told = catalogue.sign_in()?;
            Ok((catalogue, told))
        })?;
        let found = self.run(Step::List, || first_image(&*catalogue))?;
        if let Some((repository, artifact)) = found {
            self.run(Step::Pull, || pull(&*catalogue, &repository, &artifact).map(|told| ((), told)))?;
        }
        Some(())
    }
}

/// The host and port of an address.
fn host_and_port(address: &str) -> (String, u16) {
    let (scheme, rest) = address.split_once("://").unwrap_or(("https", address));
    let authority = rest.split('/').next().unwrap_or(rest);
    let usual = if scheme == "http" { 80 } else { 443 };
    match authority.rsplit_once(':').and_then(|(host, port)| Some((host, port.parse().ok()?))) {
        Some((host, port)) => (host.to_owned(), port),
        None => (authority.to_owned(), usual),
    }
}

fn resolve(address: &str) -> Result<String, Error> {
    let (host, port) = host_and_port(address);
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let fail = |why: String| Error::Api {
        operation: "find the registry".to_owned(),
        source: net::Error::Resolve { host: host.clone(), why },
    };
    let found = (bare, port).to_socket_addrs().map_err(|error| fail(error.to_string()))?;
    let mut addresses: Vec<String> = found.map(|address| address.ip().to_string()).collect();
    addresses.dedup();
    if addresses.is_empty() {
        return Err(fail("it has no address".to_owned()));
    }
    Ok(addresses.join(", "))
}

/// Asks for the protocol without saying who asks; any answer will do.
fn greet(settings: &Settings) -> Result<String, Error> {
    let fail = |source| Error::Api { operation: "connect to the registry".to_owned(), source };
    let client = net::Client::new(&settings.net).map_err(fail)?;
    let base = crate::api::address(settings)?;
    let answer = client.send(&net::Request::get(format!("{base}/v2/")));
    let (answer, scheme) = match answer {
        Err(error) if error.is_not_tls() && here(settings) && !settings.address.contains("://") => {
            let plain = base.replacen("https://", "http://", 1);
            (client.send(&net::Request::get(format!("{plain}/v2/"))).map_err(fail)?, "http")
        }
        other => (other.map_err(fail)?, if base.starts_with("http://") { "http" } else { "https" }),
    };
    let trusted = match (scheme, settings.net.accept_invalid_certificates) {
        ("http", _) => "http, not protected",
        (_, true) => "https, certificate not verified",
        _ => "https, certificate trusted",
    };
    Ok(format!("{trusted}, status {}", answer.status()))
}

fn here(settings: &Settings) -> bool {
    net::is_loopback(&host_and_port(&settings.address).0)
}

/// The first image that is found in the first repositories.
fn first_image(catalogue: &dyn Catalogue) -> Result<(Option<(Repository, Artifact)>, String), Error> {
    let page = catalogue.repositories(None)?;
    let more = if page.next.is_some() { " or more" } else { "" };
    let told = format!("{}{more} repositories", page.items.len());
    let mut failed = None;
    for repository in page.items.into_iter().take(LOOKED_INTO) {
        match catalogue.artifacts(&repository, None, None) {
            Ok(artifacts) => {
                if let Some(artifact) = artifacts.items.into_iter().next() {
                    let name = artifact.tags.first().cloned().unwrap_or_default();
                    return Ok((
                        Some((repository.clone(), artifact)),
                        format!("{told}; {}:{name}", repository.name),
                    ));
                }
            }
            Err(error) => failed = Some(error),
        }
    }
    match failed {
        Some(error) => Err(error),
        None => Ok((None, format!("{told}, no image"))),
    }
}

fn pull(catalogue: &dyn Catalogue, repository: &Repository, artifact: &Artifact) -> Result<String, Error> {
    let endpoint: Endpoint = catalogue.endpoint()?;
    let registry = endpoint.connect()?;
    let name = catalogue.pull_name(&repository.name);
    let digest = artifact.digest.as_ref().map(ToString::to_string);
    let target = digest.or_else(|| artifact.tags.first().cloned()).unwrap_or_else(|| "latest".to_owned());
    let document = registry.manifest(&name, &target, MANIFEST_BYTES)?;
    Ok(format!("manifest of {} bytes, {}", document.bytes.len(), document.media_type))
}

/// A manifest or index.
const MANIFEST_BYTES: u64 = 4 << 20;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_host_and_port() {
        let table = [
            ("a.example", ("a.example", 443)),
            ("http://a.example/x", ("a.example", 80)),
            ("a.example:5000", ("a.example", 5000)),
            ("https://[::1]:8443/x", ("[::1]", 8443)),
        ];
        for (address, (host, port)) in table {
            assert_eq!(host_and_port(address), (host.to_owned(), port), "{address}");
        }
    }
}
