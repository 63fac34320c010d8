use std::sync::{Mutex, PoisonError};

use model::Digest;
use net::{Authorization, Client, Method, Origin, Request, Response, encode_component};
use serde::Deserialize;

use super::Options;
use super::challenge::{Challenge, challenges};
use super::credentials::{self, Credentials, Known};
use crate::{Error, Reference, media_types};

/// What a token server answers.
const TOKEN_BYTES: u64 = 256 << 10;

/// The way to one repository of one registry.
pub(super) struct Session {
    client: Client,
    /// `https://registry.example:5000`
    base: String,
    /// As the name has it, for messages.
    registry: String,
    repository: String,
    known: Known,
    /// What the last challenge was answered with.
    authorization: Mutex<Option<Authorization>>,
}

/// The bytes of a manifest or index, and what the registry says they are.
pub(super) struct Document {
    pub(super) bytes: Vec<u8>,
    pub(super) media_type: String,
}

impl Session {
    /// Decides between `https` and `http`; nothing is sent to machines other than this one.
    pub(super) fn connect(reference: &Reference, options: &Options) -> Result<Self, Error> {
        let host = reference.registry_host();
        let here =
            Origin::of(&format!("http://{host}")).is_some_and(|origin| net::is_loopback(origin.host()));
        let mut network = options.net.clone();
        // A proxy has other addresses by these names.
        network.bypass_proxy |= here;
        let fail = |source| Error::Network { operation: format!("reach registry `{host}`"), source };
        let client = Client::new(&network).map_err(fail)?;
        let mut scheme = if options.plain_http { "http" } else { "https" };
        if here && !options.plain_http {
            match client.send(&Request::get(format!("https://{host}/v2/"))) {
                Err(error) if error.is_not_tls() => scheme = "http",
                Err(error) => return Err(fail(error)),
                Ok(_answer) => {}
            }
        }
        Ok(Self {
            client,
            base: format!("{scheme}://{host}"),
            registry: reference.registry().to_owned(),
            repository: reference.repository().to_owned(),
            known: credentials::find(reference, options)?,
            authorization: Mutex::new(None),
        })
    }

    /// The registry, for messages.
    pub(super) fn place(&self) -> String {
        format!("registry `{}`", self.registry)
    }

    /// A manifest by tag or digest.
    pub(super) fn manifest(&self, target: &str, limit: u64) -> Result<Document, Error> {
        let separator = if target.contains(':') { '@' } else { ':' };
        let name = format!("{}{separator}{target}", self.repository);
        let mut request = Request::get(format!("{}/v2/{}/manifests/{target}", self.base, self.repository));
        for kind in media_types::ALL {
            request = request.header("accept", kind);
        }
        let what = format!("manifest of `{name}`");
        let response = self.expect(&what, &name, &request, &[200])?;
        let media_type = response.header("content-type").unwrap_or_default();
        let media_type = media_type.split(';').next().unwrap_or_default().trim().to_owned();
        let bytes = response.bytes(limit).map_err(|source| self.fail(&what, source))?;
        Ok(Document { bytes, media_type })
    }

    /// A small blob, whole.
    pub(super) fn blob_bytes(&self, digest: &Digest, limit: u64) -> Result<Vec<u8>, Error> {
        let response = self.blob(digest, 0)?;
        response.bytes(limit).map_err(|source| self.fail(&format!("blob {digest}"), source))
    }

    /// A blob from a byte on; the answer is 206 when the registry begins there, and 200 when it begins at the start.
    pub(super) fn blob(&self, digest: &Digest, start: u64) -> Result<Response, Error> {
        let mut request = Request::get(self.blob_url(digest));
        if start > 0 {
            request = request.header("range", format!("bytes={start}-"));
        }
        let statuses: &[u16] = if start > 0 { &[200, 206] } else { &[200] };
        self.expect(
            &format!("blob {digest} of `{}`", self.repository),
            &digest.to_string(),
            &request,
            statuses,
        )
    }

    /// Whether a blob is there; one that cannot be asked for is not.
    pub(super) fn has_blob(&self, digest: &Digest) -> bool {
        let request = Request { method: Method::Head, ..Request::get(self.blob_url(digest)) };
        self.send("blob", &request).is_ok_and(|response| response.is_success())
    }

    /// The failure of a transfer, for messages.
    pub(super) fn fail(&self, what: &str, source: net::Error) -> Error {
        Error::Network { operation: format!("pull {what} from {}", self.place()), source }
    }

    fn blob_url(&self, digest: &Digest) -> String {
        format!("{}/v2/{}/blobs/{digest}", self.base, self.repository)
    }

    fn expect(&self, what: &str, name: &str, request: &Request, statuses: &[u16]) -> Result<Response, Error> {
        let response = self.send(what, request)?;
        match response.status() {
            status if statuses.contains(&status) => Ok(response),
            404 => {
                let why = match response.into_error() {
                    net::Error::Status { message, .. } if !message.is_empty() => message,
                    other => other.to_string(),
                };
                Err(Error::NotFound { name: name.to_owned(), place: self.place(), why })
            }
            401 | 403 => Err(self.denied(what, response.into_error())),
            _ => Err(self.fail(what, response.into_error())),
        }
    }

    /// Sends a request, and once more after answering a challenge.
    fn send(&self, what: &str, request: &Request) -> Result<Response, Error> {
        let send = |authorization| {
            let request = Request { authorization, ..request.clone() };
            self.client.send(&request).map_err(|source| self.fail(what, self.advise(source)))
        };
        let response = send(self.current())?;
        if response.status() != 401 {
            return Ok(response);
        }
        let challenges: Vec<Challenge> = response.headers("www-authenticate").flat_map(challenges).collect();
        match self.answer(what, &challenges)? {
            Some(authorization) => {
                *self.authorization.lock().unwrap_or_else(PoisonError::into_inner) =
                    Some(authorization.clone());
                send(Some(authorization))
            }
            None => Ok(response),
        }
    }

    fn current(&self) -> Option<Authorization> {
        self.authorization.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn answer(&self, what: &str, challenges: &[Challenge]) -> Result<Option<Authorization>, Error> {
        let bearer = challenges.iter().find(|challenge| matches!(challenge, Challenge::Bearer { .. }));
        if let Some(Challenge::Bearer { realm, service, scope }) = bearer {
            return self.token(what, realm, service.as_deref(), scope.as_deref()).map(Some);
        }
        match &self.known.credentials {
            Some(Credentials::Password { username, password }) if challenges.contains(&Challenge::Basic) => {
                self.private(&self.base)?;
                let (username, password) = (username.clone(), password.clone());
                Ok(Some(Authorization::Basic { username, password }))
            }
            _ => Ok(None),
        }
    }

    /// Asks the token server that a challenge names.
    fn token(
        &self,
        what: &str,
        realm: &str,
        service: Option<&str>,
        scope: Option<&str>,
    ) -> Result<Authorization, Error> {
        let own_scope = format!("repository:{}:pull", self.repository);
        let mut query = format!("scope={}", encode_component(scope.unwrap_or(&own_scope)));
        if let Some(service) = service {
            query.push_str("&service=");
            query.push_str(&encode_component(service));
        }
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
            200 => response.json::<Token>(TOKEN_BYTES).map_err(fail)?.authorization().ok_or_else(|| {
                Error::Format {
                    what: format!("answer of the token server of {}", self.place()),
                    why: "it holds no token".to_owned(),
                }
            }),
            400 | 401 | 403 => Err(self.denied(what, response.into_error())),
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
    fn denied(&self, what: &str, refusal: net::Error) -> Error {
        let registry = &self.registry;
        let user = self.known.credentials.as_ref().map(Credentials::username);
        let hint = match (&refusal, user, &self.known.helper) {
            (net::Error::Status { status: 403, .. }, Some(user), _) => {
                format!("`{user}` may not pull from `{}`", self.repository)
            }
            (_, Some(user), _) => format!("check the user name `{user}` and its password for `{registry}`"),
            (_, None, Some(helper)) => format!(
                "the credentials are in Docker's helper `{helper}`, which is not asked; give `--username` and the password"
            ),
            (_, None, None) => format!(
                "`{}` does not exist or needs a user: give `--username` and the password, or run `docker login {registry}`",
                self.repository
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
}

impl Token {
    fn authorization(self) -> Option<Authorization> {
        let filled = |token: &String| !token.is_empty();
        self.token.filter(filled).or(self.access_token.filter(filled)).map(Authorization::Bearer)
    }
}
