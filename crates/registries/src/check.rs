use std::net::ToSocketAddrs;
use std::time::{Duration, Instant};

use model::Failure;

use crate::{Artifact, Catalogue, Endpoint, Error, Kind, Origin, Repository, Settings};

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
        let catalogue = (kind.connect)(settings);
        let interface = catalogue.as_ref().ok().and_then(|catalogue| catalogue.interface());
        let address = interface.unwrap_or_else(|| settings.address.clone());
        // A kind that knows its addresses only when it is told the rest says in the next step what is missing.
        if !address.is_empty() {
            self.run(Step::Dns, || resolve(&address, settings).map(|told| ((), told)))?;
            self.run(Step::Tls, || greet(&address, settings).map(|told| ((), told)))?;
        }
        let catalogue = self.run(Step::Auth, || {
            let catalogue = catalogue?;
            let told = catalogue.sign_in()?;
            Ok((catalogue, told))
        })?;
        let found = self.run(Step::List, || first_image(&*catalogue))?;
        self.run(Step::Pull, || match found {
            Some((repository, artifact)) => pull(&*catalogue, &repository, &artifact).map(|told| ((), told)),
            None => Ok(((), "not tried, for there is no image".to_owned())),
        })
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

fn resolve(address: &str, settings: &Settings) -> Result<String, Error> {
    if settings.net.proxy.is_some() {
        return Ok("left to the proxy".to_owned());
    }
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

/// Asks without saying who asks; any answer will do.
fn greet(address: &str, settings: &Settings) -> Result<String, Error> {
    let fail = |source| Error::Api { operation: "connect to the registry".to_owned(), source };
    let base = crate::api::whole(address, settings);
    let client = net::Client::new(&crate::api::direct(&base, settings)).map_err(fail)?;
    let answer = client.send(&net::Request::get(format!("{base}/v2/"))).map_err(fail)?;
    let trusted = match (base.starts_with("http://"), settings.net.accept_invalid_certificates) {
        (true, _) => "http, not protected",
        (_, true) => "https, certificate not verified",
        _ => "https, certificate trusted",
    };
    Ok(format!("{trusted}, status {}", answer.status()))
}

/// The first image that is found in the first repositories that are not caches of other registries.
fn first_image(catalogue: &dyn Catalogue) -> Result<(Option<(Repository, Artifact)>, String), Error> {
    let (mut seen, mut failed, mut next) = (0, None, None);
    // A page may be empty, as a project may be.
    for _ in 0..LOOKED_INTO {
        let page = catalogue.repositories(next.as_deref())?;
        let more = if page.next.is_some() { " or more" } else { "" };
        for repository in page.items.into_iter().filter(|repository| repository.origin != Origin::ProxyCache)
        {
            if seen >= LOOKED_INTO {
                break;
            }
            seen += 1;
            match catalogue.artifacts(&repository, None, None).map(|page| page.items.into_iter().next()) {
                Ok(Some(artifact)) => {
                    let tag = artifact.tags.first().map(|tag| format!(":{tag}")).unwrap_or_default();
                    let told = format!("{seen}{more} repositories; {}{tag}", repository.name);
                    return Ok((Some((repository, artifact)), told));
                }
                Ok(None) => {}
                Err(error) => failed = Some(error),
            }
        }
        next = page.next;
        if next.is_none() || seen >= LOOKED_INTO {
            break;
        }
    }
    match failed {
        Some(error) => Err(error),
        None => Ok((None, format!("no image in {seen} repositories"))),
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
