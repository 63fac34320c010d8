use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use model::Digest;
use net::{Authorization, Client, Method, Origin, Request, Response, encode_component};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::Options;
use super::challenge::{Challenge, challenges};
use super::credentials::{self, Credentials, Known};
use crate::{Error, media_types};

/// What a token server answers.
const TOKEN_BYTES: u64 = 256 << 10;
/// A part of a list.
const LIST_BYTES: u64 = 16 << 20;
/// How many names one part of a list should have; registries may give fewer.
const PAGE: u32 = 1000;
/// How long a token is good for when its server does not say.
const TOKEN_SECONDS: u64 = 60;
/// A token is not used any more when it is about to end.
const SLACK: Duration = Duration::from_secs(10);
/// No token is kept longer.
const LONGEST: Duration = Duration::from_secs(3600);

/// A registry that is spoken to: knows its address and who asks, and keeps the tokens it got.
pub struct Registry {
    client: Client,
    /// `https://registry.example:5000`, perhaps with a path before `/v2/`.
    base: String,
    /// As people write it, for messages.
    name: String,
    known: Known,
    /// What challenges were answered with, by what was asked for.
    grants: Mutex<HashMap<String, Grant>>,
}

/// An answer to a challenge, and how long it is good for.
#[derive(Clone)]
struct Grant {
    authorization: Authorization,
    until: Option<Instant>,
}

/// What a request is about, as token servers name it.
pub(super) enum Scope<'a> {
    /// The protocol itself.
    Base,
    /// The list of repositories.
    Catalog,
    /// One repository.
    Repository(&'a str),
}

impl Scope<'_> {
    /// The scope in the words of the token flow; nothing where none is asked for.
    fn word(&self) -> String {
        match self {
            Self::Base => String::new(),
            Self::Catalog => "registry:catalog:*".to_owned(),
            Self::Repository(name) => format!("repository:{name}:pull"),
        }
    }
}

/// The bytes of a manifest or index, and what the registry says they are.
pub struct Document {
    /// As they came.
    pub bytes: Vec<u8>,
    /// The registry's `Content-Type`.
    pub media_type: String,
}

/// What a registry says of a manifest without handing it out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Described {
    /// Its digest; some old registries do not tell.
    pub digest: Option<Digest>,
    /// What it is.
    pub media_type: String,
    /// The size of the manifest itself.
    pub size: Option<u64>,
}

/// One part of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// What is in it.
    pub names: Vec<String>,
    /// What to ask for the next part by; nothing after the last.
    pub next: Option<String>,
}

impl Registry {
    /// Speaks to the registry at `address`: `registry.example:5000`, or a whole address with a scheme and perhaps a path.
    ///
    /// Without a scheme `https` is spoken, and `http` with [`Options::plain_http`] or when a server on this machine
    /// speaks no TLS. Nothing is sent yet to machines other than this one.
    ///
    /// # Errors
    /// When the address is none, credentials cannot be read, or a server on this machine fails.
    pub fn connect(address: &str, options: &Options) -> Result<Self, Error> {
        let (scheme, rest) = match address.split_once("://") {
            Some((scheme, rest)) => (Some(scheme), rest),
            None => (None, address),
        };
        let rest = rest.trim_end_matches('/');
        let host = rest.split('/').next().unwrap_or(rest);
        let origin = Origin::of(&format!("http://{host}"));
        let Some(origin) = origin.filter(|_| scheme.is_none_or(|scheme| ["http", "https"].contains(&scheme)))
        else {
            let text = address.chars().map(|c| if c.is_control() { '?' } else { c }).take(120).collect();
            let why = "a registry's address is `HOST[:PORT]` or begins with `https://`".to_owned();
            return Err(Error::Name { text, why });
        };
        let here = net::is_loopback(origin.host());
        let mut network = options.net.clone();
        // A proxy has other addresses by these names.
        network.bypass_proxy |= here;
        let fail = |source| Error::Network { operation: format!("reach registry `{host}`"), source };
        let client = Client::new(&network).map_err(fail)?;
        let mut chosen = scheme.unwrap_or(if options.plain_http { "http" } else { "https" });
        if here && scheme.is_none() && !options.plain_http {
            match client.send(&Request::get(format!("https://{host}/v2/"))) {
                Err(error) if error.is_not_tls() => chosen = "http",
                Err(error) => return Err(fail(error)),
                Ok(_answer) => {}
            }
        }
        Ok(Self {
            client,
            base: format!("{chosen}://{rest}"),
            name: host.to_owned(),
            known: credentials::find(host, options)?,
            grants: Mutex::new(HashMap::new()),
        })
    }

    /// The registry, for messages.
    #[must_use]
    pub fn place(&self) -> String {
        format!("registry `{}`", self.name)
    }

    /// Whether it speaks this protocol and lets the user in.
    ///
    /// # Errors
    /// When it cannot be reached, speaks something else or refuses.
    pub fn ping(&self) -> Result<(), Error> {
        let request = Request::get(format!("{}/v2/", self.base));
        self.expect("protocol version", &self.name, &Scope::Base, &request, &[200]).map(drop)
    }

    /// A part of the list of all repositories: the first, or the one after `next` of another.
    ///
    /// # Errors
    /// When the registry cannot be reached or refuses; many do not tell their repositories.
    pub fn catalog(&self, next: Option<&str>) -> Result<Page, Error> {
        let first = format!("{}/v2/_catalog?n={PAGE}", self.base);
        self.page("list of repositories", &Scope::Catalog, next.unwrap_or(&first), |listed: Repositories| {
            listed.repositories
        })
    }

    /// A part of the list of the tags of a repository.
    ///
    /// # Errors
    /// When the registry cannot be reached, refuses or has no such repository.
    pub fn tags(&self, repository: &str, next: Option<&str>) -> Result<Page, Error> {
        let first = format!("{}/v2/{repository}/tags/list?n={PAGE}", self.base);
        let what = format!("tags of `{repository}`");
        self.page(&what, &Scope::Repository(repository), next.unwrap_or(&first), |listed: Tags| listed.tags)
    }

    fn page<T: DeserializeOwned>(
        &self,
        what: &str,
        scope: &Scope<'_>,
        url: &str,
        names: impl Fn(T) -> Option<Vec<String>>,
    ) -> Result<Page, Error> {
        let response = self.expect(what, what, scope, &Request::get(url), &[200])?;
        let next = response.headers("link").find_map(next_link);
        let next = next.map(|link| self.within(what, link)).transpose()?;
        let listed: T = response.json(LIST_BYTES).map_err(|source| self.fail(what, source))?;
        Ok(Page { names: names(listed).unwrap_or_default(), next })
    }

    /// The address a list says it goes on at, which must be the registry's own: credentials go along.
    fn within(&self, what: &str, link: &str) -> Result<String, Error> {
        let origin = Origin::of(&self.base);
        let url = if link.starts_with('/') {
            let end = self.base.find("://").map_or(0, |at| at + 3);
            let host = self.base.get(end..).unwrap_or_default().split('/').next().unwrap_or_default();
            format!("{}{host}{link}", self.base.get(..end).unwrap_or_default())
        } else if link.starts_with('?') || link.contains("://") {
            link.to_owned()
        } else {
            format!("{}/v2/{link}", self.base)
        };
        if Origin::of(&url) == origin {
            return Ok(url);
        }
        let why = "it goes on at another host".to_owned();
        Err(Error::Format { what: format!("{what} of {}", self.place()), why })
    }

    /// What the registry says of a manifest, by tag or digest.
    ///
    /// # Errors
    /// When the registry cannot be reached, refuses or has no such manifest.
    pub fn head(&self, repository: &str, target: &str) -> Result<Described, Error> {
        let request = self.manifest_request(repository, target);
        let request = Request { method: Method::Head, ..request };
        let name = name_of(repository, target);
        let what = format!("manifest of `{name}`");
        let response = self.expect(&what, &name, &Scope::Repository(repository), &request, &[200])?;
        Ok(Described {
            digest: response.header("docker-content-digest").and_then(|digest| digest.parse().ok()),
            media_type: media_type(&response),
            size: response.length(),
        })
    }

    /// A manifest by tag or digest; it is not verified.
    ///
    /// # Errors
    /// When the registry cannot be reached, refuses, has no such manifest, or one larger than `limit`.
    pub fn manifest(&self, repository: &str, target: &str, limit: u64) -> Result<Document, Error> {
        let request = self.manifest_request(repository, target);
        let name = name_of(repository, target);
        let what = format!("manifest of `{name}`");
        let response = self.expect(&what, &name, &Scope::Repository(repository), &request, &[200])?;
        let media_type = media_type(&response);
        let bytes = response.bytes(limit).map_err(|source| self.fail(&what, source))?;
        Ok(Document { bytes, media_type })
    }

    fn manifest_request(&self, repository: &str, target: &str) -> Request {
        let url = format!("{}/v2/{repository}/manifests/{target}", self.base);
        media_types::ALL.iter().fold(Request::get(url), |request, kind| request.header("accept", *kind))
    }

    /// A small blob, whole; it is not verified.
    ///
    /// # Errors
    /// When the registry cannot be reached, refuses, has no such blob, or one larger than `limit`.
    pub fn blob_bytes(&self, repository: &str, digest: &Digest, limit: u64) -> Result<Vec<u8>, Error> {
        let response = self.blob(repository, digest, 0)?;
        response.bytes(limit).map_err(|source| self.fail(&format!("blob {digest}"), source))
    }

    /// A blob from a byte on; the answer is 206 when the registry begins there, and 200 when it begins at the start.
    pub(super) fn blob(&self, repository: &str, digest: &Digest, start: u64) -> Result<Response, Error> {
        let mut request = Request::get(self.blob_url(repository, digest));
        if start > 0 {
            request = request.header("range", format!("bytes={start}-"));
        }
        let statuses: &[u16] = if start > 0 { &[200, 206] } else { &[200] };
        let what = format!("blob {digest} of `{repository}`");
        self.expect(&what, &digest.to_string(), &Scope::Repository(repository), &request, statuses)
    }

    /// Whether a blob is there; one that cannot be asked for is not.
    pub(super) fn has_blob(&self, repository: &str, digest: &Digest) -> bool {
        let request = Request { method: Method::Head, ..Request::get(self.blob_url(repository, digest)) };
        let response = self.send("blob", &Scope::Repository(repository), &request);
        response.is_ok_and(|response| response.is_success())
    }

    /// The failure of a transfer, for messages.
    pub(super) fn fail(&self, what: &str, source: net::Error) -> Error {
        Error::Network { operation: format!("pull {what} from {}", self.place()), source }
    }

    fn blob_url(&self, repository: &str, digest: &Digest) -> String {
        format!("{}/v2/{repository}/blobs/{digest}", self.base)
    }

    fn expect(
        &self,
        what: &str,
        name: &str,
        scope: &Scope<'_>,
        request: &Request,
        statuses: &[u16],
    ) -> Result<Response, Error> {
        let response = self.send(what, scope, request)?;
        match response.status() {
            status if statuses.contains(&status) => Ok(response),
            404 => {
                let why = match response.into_error() {
                    net::Error::Status { message, .. } if !message.is_empty() => message,
                    other => other.to_string(),
                };
                Err(Error::NotFound { name: name.to_owned(), place: self.place(), why })
            }
            401 | 403 => Err(self.denied(what, scope, response.into_error())),
            _ => Err(self.fail(what, response.into_error())),
        }
    }

    /// Sends a request, and once more after answering a challenge.
    fn send(&self, what: &str, scope: &Scope<'_>, request: &Request) -> Result<Response, Error> {
        let send = |authorization| {
            let request = Request { authorization, ..request.clone() };
            self.client.send(&request).map_err(|source| self.fail(what, self.advise(source)))
        };
        let response = send(self.granted(scope))?;
        if response.status() != 401 {
            return Ok(response);
        }
        let challenges: Vec<Challenge> = response.headers("www-authenticate").flat_map(challenges).collect();
        match self.answer(what, scope, &challenges)? {
            Some(grant) => {
                let authorization = grant.authorization.clone();
                self.grants.lock().unwrap_or_else(PoisonError::into_inner).insert(scope.word(), grant);
                send(Some(authorization))
            }
            None => Ok(response),
        }
    }

    /// What an earlier challenge of the same kind was answered with, while it is good.
    fn granted(&self, scope: &Scope<'_>) -> Option<Authorization> {
        let grants = self.grants.lock().unwrap_or_else(PoisonError::into_inner);
        let grant = grants.get(&scope.word())?;
        grant.until.is_none_or(|until| until > Instant::now()).then(|| grant.authorization.clone())
    }

    fn answer(
        &self,
        what: &str,
        scope: &Scope<'_>,
        challenges: &[Challenge],
    ) -> Result<Option<Grant>, Error> {
        let bearer = challenges.iter().find(|challenge| matches!(challenge, Challenge::Bearer { .. }));
        if let Some(Challenge::Bearer { realm, service, scope: asked }) = bearer {
            let own = Some(scope.word()).filter(|word| !word.is_empty());
            let asked = asked.clone().or(own);
            return self.token(what, scope, realm, service.as_deref(), asked.as_deref()).map(Some);
        }
        match &self.known.credentials {
            Some(Credentials::Password { username, password }) if challenges.contains(&Challenge::Basic) => {
                self.private(&self.base)?;
                let (username, password) = (username.clone(), password.clone());
                Ok(Some(Grant { authorization: Authorization::Basic { username, password }, until: None }))
            }
            _ => Ok(None),
        }
    }

    /// Asks the token server that a challenge names.
    fn token(
        &self,
        what: &str,
        scope: &Scope<'_>,
        realm: &str,
        service: Option<&str>,
        asked: Option<&str>,
    ) -> Result<Grant, Error> {
        let parameters = [("scope", asked), ("service", service)];
        let parameters = parameters
            .iter()
            .filter_map(|(name, value)| Some(format!("{name}={}", encode_component((*value)?))));
        let query = parameters.collect::<Vec<_>>().join("&");
        if Origin::of(realm).is_none() {
            let why = "its token server has no http address".to_owned();
            return Err(Error::Format { what: format!("answer of {}", self.place()), why });
        }
        if self.known.credentials.is_some() {
            self.private(realm)?;
        }
        let mark = if realm.contains('?') { '&' } else { '?' };
        let mut request = Request::get(format!("{realm}{mark}{query}"));
        match &self.known.credentials {
            None => {}
            Some(Credentials::Password { username, password }) => {
                let (username, password) = (username.clone(), password.clone());
                request.authorization = Some(Authorization::Basic { username, password });
            }
            Some(Credentials::Identity { token, .. }) => {
                let token = encode_component(token);
                let body =
                    format!("grant_type=refresh_token&client_id=lazaret&refresh_token={token}&{query}");
                request =
                    Request { method: Method::Post, body: Some(body.into_bytes()), ..Request::get(realm) }
                        .header("content-type", "application/x-www-form-urlencoded");
            }
        }
        let operation = || format!("get a token for {}", self.place());
        let fail = |source| Error::Network { operation: operation(), source };
        let response = self.client.send(&request).map_err(fail)?;
        match response.status() {
            200 => response.json::<Token>(TOKEN_BYTES).map_err(fail)?.grant().ok_or_else(|| Error::Format {
                what: format!("answer of the token server of {}", self.place()),
                why: "it holds no token".to_owned(),
            }),
            400 | 401 | 403 => Err(self.denied(what, scope, response.into_error())),
            _ => Err(fail(response.into_error())),
        }
    }

    /// Refuses to send a credential where others could read it.
    ///
    /// A registry elsewhere that names this machine as its token server is refused too: what answers there is not its.
    fn private(&self, url: &str) -> Result<(), Error> {
        let ours = Origin::of(&self.base).is_some_and(|origin| net::is_loopback(origin.host()));
        let safe = url.starts_with("https://")
            || (ours && Origin::of(url).is_some_and(|origin| origin.is_private()));
        if safe {
            return Ok(());
        }
        let why = "credentials are not sent over plain http to another machine".to_owned();
        let url = Origin::of(url).map(|origin| format!("http://{}", origin.host())).unwrap_or_default();
        Err(Error::Network {
            operation: format!("sign in to {}", self.place()),
            source: net::Error::Address { url, why },
        })
    }

    /// The registry let nobody in: says as whom it was asked, and what to do.
    fn denied(&self, what: &str, scope: &Scope<'_>, refusal: net::Error) -> Error {
        let registry = &self.name;
        let place = match scope {
            Scope::Repository(name) => *name,
            _ => registry,
        };
        let user = self.known.credentials.as_ref().map(Credentials::username);
        let hint = match (&refusal, user, &self.known.helper) {
            (net::Error::Status { status: 403, .. }, Some(user), _) => {
                format!("`{user}` may not pull from `{place}`")
            }
            (_, Some(user), _) => format!("check the user name `{user}` and its password for `{registry}`"),
            (_, None, Some(helper)) => format!(
                "the credentials are in Docker's helper `{helper}`, which is not asked; give `--username` and the password"
            ),
            (_, None, None) => format!(
                "`{place}` does not exist or needs a user: give `--username` and the password, or run `docker login {registry}`"
            ),
        };
        let operation = match user {
            Some(user) => format!("pull {what} from {} as `{user}`", self.place()),
            None => format!("pull {what} from {}", self.place()),
        };
        Error::Network { operation, source: hinted(refusal, &hint) }
    }

    fn advise(&self, error: net::Error) -> net::Error {
        match error {
            net::Error::NotTls { host, why } if self.base.starts_with("https:") => net::Error::NotTls {
                host,
                why: format!("{why}\nhint: give `--plain-http` to speak unprotected http with it"),
            },
            other => other,
        }
    }
}

/// A refusal with advice after the server's own words.
fn hinted(refusal: net::Error, hint: &str) -> net::Error {
    match refusal {
        net::Error::Status { status, url, message } => {
            let message = if message.is_empty() { "access denied".to_owned() } else { message };
            net::Error::Status { status, url, message: format!("{message}\nhint: {hint}") }
        }
        other => other,
    }
}

/// Token servers write it under either name.
#[derive(Deserialize)]
struct Token {
    #[serde(default)]
    token: Option<String>,
    #[serde(default)]
    access_token: Option<String>,
    /// In seconds.
    #[serde(default)]
    expires_in: Option<u64>,
}

impl Token {
    fn grant(self) -> Option<Grant> {
        let filled = |token: &String| !token.is_empty();
        let token = self.token.filter(filled).or(self.access_token.filter(filled))?;
        // No server may give out a token for less; one that says so is asked again when it refuses its own token.
        let seconds = self.expires_in.unwrap_or_default().max(TOKEN_SECONDS);
        let lasts = Duration::from_secs(seconds).saturating_sub(SLACK);
        let authorization = Authorization::Bearer(token);
        Some(Grant { authorization, until: Some(Instant::now() + lasts.min(LONGEST)) })
    }
}

#[derive(Deserialize)]
struct Repositories {
    #[serde(default)]
    repositories: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Tags {
    #[serde(default)]
    tags: Option<Vec<String>>,
}

/// The address of the next part of a list: `</v2/_catalog?last=a&n=1000>; rel="next"`.
fn next_link(header: &str) -> Option<&str> {
    let links = header.split(",<").map(|link| link.trim_start_matches('<'));
    let mut next = links.filter_map(|link| link.split_once('>')).filter(|(_, rest)| rest.contains("next"));
    next.next().map(|(target, _)| target)
}

fn name_of(repository: &str, target: &str) -> String {
    let separator = if target.contains(':') { '@' } else { ':' };
    format!("{repository}{separator}{target}")
}

fn media_type(response: &Response) -> String {
    let stated = response.header("content-type").unwrap_or_default();
    stated.split(';').next().unwrap_or_default().trim().to_owned()
}
