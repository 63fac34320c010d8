use std::io::Read;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use reqwest::Url;
use reqwest::blocking::{ClientBuilder, RequestBuilder};
use reqwest::redirect::Policy;

use crate::error::{Place, clean};
use crate::host::{Origin, authority, shown};
use crate::pause::asked_pause;
use crate::response::location;
use crate::{Authorization, Error, Method, Options, Request, Response, Speed};

/// How often a request may be sent elsewhere.
const REDIRECTS: u32 = 5;
/// A server that asks for a longer pause is not waited for: its refusal is the answer.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// The first pause before asking again; each further one is twice as long.
const PAUSE: Duration = Duration::from_millis(250);
/// The connection to the network; clones share their connections.
#[derive(Clone, Debug)]
pub struct Client {
    #[expect(clippy::disallowed_types, reason = "this is the client that the rule points to")]
    inner: reqwest::blocking::Client,
    place: Arc<Place>,
    retries: u32,
    slowest: Option<Speed>,
}

/// What came of asking for something that may be unchanged.
pub enum Fetch {
    /// It is as it was when the fingerprint was given.
    Unchanged,
    /// It is new.
    Body {
        /// The bytes, not bounded.
        reader: Box<dyn Read + Send>,
        /// What to give to the next [`Client::fetch`].
        fingerprint: Option<String>,
        /// How many bytes there will be, as claimed.
        length: Option<u64>,
    },
}

impl std::fmt::Debug for Fetch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unchanged => f.write_str("Unchanged"),
            Self::Body { fingerprint, length, .. } => write!(f, "Body({fingerprint:?}, {length:?})"),
        }
    }
}

impl Client {
    /// Sets it up; nothing is connected yet.
    ///
    /// # Errors
    /// When a CA file cannot be read or holds no certificate.
    pub fn new(options: &Options) -> Result<Self, Error> {
        let mut roots = Vec::new();
        for path in &options.ca_files {
            roots.extend(certificates(path)?);
        }
        if let Some(pem) = &options.authorities {
            roots.extend(authorities(pem)?);
        }
        let inner = match builder(options)?.tls_certs_merge(roots.clone()).build() {
            Ok(client) => client,
            // A system without any authority: those that were added are then the only ones.
            Err(_no_roots) => builder(options)?
                .tls_certs_only(roots)
                .build()
                .map_err(|error| Error::Setup { why: clean(&deepest(&error), 200) })?,
        };
        let place = Place {
            socket: options.unix_socket.as_ref().map(|path| path.display().to_string()),
            connect_seconds: options.connect_timeout.as_secs(),
            read_seconds: options.read_timeout.as_secs(),
        };
        let slowest = options.slowest.filter(|_| options.unix_socket.is_none());
        Ok(Self { inner, place: Arc::new(place), retries: options.retries, slowest })
    }

    /// Gets a resource unless it still is what `fingerprint` says.
    ///
    /// The fingerprint is the server's `ETag`, or else its `Last-Modified`.
    ///
    /// # Errors
    /// When the server cannot be reached or refuses.
    pub fn fetch(&self, url: &str, fingerprint: Option<&str>) -> Result<Fetch, Error> {
        let mut request = Request::get(url);
        if let Some(known) = fingerprint {
            let header = if known.ends_with('"') { "if-none-match" } else { "if-modified-since" };
            request = request.header(header, known);
        }
        let response = self.send(&request)?;
        match response.status() {
            200 => {
                let fingerprint = response.header("etag").or_else(|| response.header("last-modified"));
                let fingerprint = fingerprint.map(str::to_owned);
                let length = response.length();
                Ok(Fetch::Body { reader: response.into_reader(), fingerprint, length })
            }
            304 if fingerprint.is_some() => Ok(Fetch::Unchanged),
            _ => Err(response.into_error()),
        }
    }

    /// Sends a request and gives whatever is answered, refusals too.
    ///
    /// A `GET` or `HEAD` follows redirects, without its credential and `X-` headers when they lead to another origin, and is repeated
    /// after failures to connect and the statuses 429 and 5xx; other requests after 429 alone, which says that nothing
    /// was done. Nothing is repeated once an answer has begun.
    ///
    /// # Errors
    /// When there is no answer: no such host, no connection, no trust, no end of redirects.
    pub fn send(&self, request: &Request) -> Result<Response, Error> {
        let mut url = parse(&request.url)?;
        let origin = Origin::of_url(&url);
        for _ in 0..=REDIRECTS {
            let private = Origin::of_url(&url) == origin;
            let response = self.repeat(request, &url, private)?;
            let redirects = matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308);
            let target = location(&response).filter(|_| redirects && request.method.is_safe());
            let Some(target) = target else {
                let secrets = request.authorization.iter().map(|who| who.secret().to_owned()).collect();
                let host = self.place.socket.clone().unwrap_or_else(|| authority(&url));
                return Ok(Response {
                    inner: response,
                    host,
                    read_seconds: self.place.read_seconds,
                    slowest: self.slowest,
                    secrets,
                });
            };
            url = allowed(&url, target)?;
        }
        Err(Error::Redirect { url: shown(&url), why: format!("there are more than {REDIRECTS}") })
    }

    fn repeat(
        &self,
        request: &Request,
        url: &Url,
        private: bool,
    ) -> Result<reqwest::blocking::Response, Error> {
        let mut pause = PAUSE;
        let safe = request.method.is_safe();
        for _ in 0..self.retries {
            let wait = match self.once(request, url, private) {
                Ok(response) if !safe && response.status().as_u16() != 429 => return Ok(response),
                Ok(response) => match asked_pause(&response) {
                    None => return Ok(response),
                    Some(asked) if asked > LONGEST_PAUSE => return Ok(response),
                    Some(asked) => asked.max(pause),
                },
                Err(error) if safe && error.is_passing() => pause,
                Err(error) => return Err(error),
            };
            std::thread::sleep(wait);
            pause = pause.saturating_mul(2);
        }
        self.once(request, url, private)
    }

    fn once(
        &self,
        request: &Request,
        url: &Url,
        private: bool,
    ) -> Result<reqwest::blocking::Response, Error> {
        let mut builder = self.inner.request(method(request.method), url.clone());
        for (name, value) in &request.headers {
            // A header of the server's own may be a credential, so another server does not get it.
            if private || !name.get(..2).is_some_and(|start| start.eq_ignore_ascii_case("x-")) {
                builder = builder.header(*name, value);
            }
        }
        if private {
            builder = authorize(builder, request.authorization.as_ref());
        }
        if let Some(body) = &request.body {
            builder = builder.body(body.clone());
        }
        builder.send().map_err(|error| Error::from_request(&error, url, &self.place))
    }
}

fn builder(options: &Options) -> Result<ClientBuilder, Error> {
    #[expect(clippy::disallowed_types, reason = "this is the client that the rule points to")]
    let mut builder = reqwest::blocking::Client::builder()
        .user_agent(concat!("lazaret/", env!("CARGO_PKG_VERSION")))
        .redirect(Policy::none())
        .referer(false)
        // Another crate's wish for HTTP/2 is not this client's: its limits and failures are those of HTTP/1.1.
        .http1_only()
        .connect_timeout(options.connect_timeout)
        .timeout(options.read_timeout)
        .tls_danger_accept_invalid_certs(options.accept_invalid_certificates);
    if let Some(path) = &options.unix_socket {
        // No TLS is spoken there, so the system's authorities need not be read.
        builder = builder.unix_socket(path.as_path()).tls_certs_only([]);
    }
    if let Some(path) = &options.client_certificate {
        builder = builder.identity(identity(path)?);
    }
    if options.bypass_proxy || options.unix_socket.is_some() {
        builder = builder.no_proxy();
    } else if let Some(proxy) = &options.proxy {
        // What the address of a proxy holds may be a password: a message shows nothing of it.
        let refuse = |_bad: reqwest::Error| Error::Address {
            url: "…".to_owned(),
            why: "it is no proxy's; write `http://[USER:PASSWORD@]HOST:PORT`".to_owned(),
        };
        let bypass = reqwest::NoProxy::from_string(&options.no_proxy.join(","));
        builder = builder.proxy(reqwest::Proxy::all(proxy).map_err(refuse)?.no_proxy(bypass));
    }
    Ok(builder)
}

fn identity(path: &Path) -> Result<reqwest::Identity, Error> {
    let fail = |why: String| Error::ClientCertificate { path: path.to_owned(), why };
    let pem = pem(path).map_err(|error| fail(error.to_string()))?;
    reqwest::Identity::from_pem(&pem).map_err(|error| fail(clean(&deepest(&error), 200)))
}

/// A file of certificates or keys, which is small.
fn pem(path: &Path) -> std::io::Result<Vec<u8>> {
    const LIMIT: u64 = 16 << 20;
    let mut pem = Vec::new();
    std::fs::File::open(path)?.take(LIMIT).read_to_end(&mut pem)?;
    Ok(pem)
}

fn certificates(path: &Path) -> Result<Vec<reqwest::Certificate>, Error> {
    let fail = |why: String| Error::CaFile { path: path.to_owned(), why };
    let pem = pem(path).map_err(|error| fail(error.to_string()))?;
    bundle(&pem).map_err(fail)
}

/// Whether this can be given as [`Options::authorities`].
///
/// # Errors
/// When it holds no certificate in PEM, or one that cannot be read.
pub fn check_authorities(pem: &str) -> Result<(), Error> {
    authorities(pem).map(drop)
}

fn authorities(pem: &str) -> Result<Vec<reqwest::Certificate>, Error> {
    let fail = |why| Error::Setup { why: format!("the certificate authorities are unusable: {why}") };
    bundle(pem.as_bytes()).map_err(fail)
}

fn bundle(pem: &[u8]) -> Result<Vec<reqwest::Certificate>, String> {
    let found = reqwest::Certificate::from_pem_bundle(pem).map_err(|error| deepest(&error))?;
    if found.is_empty() {
        return Err("it holds no certificate in PEM form".to_owned());
    }
    Ok(found)
}

fn parse(url: &str) -> Result<Url, Error> {
    let parsed = Url::parse(url);
    // An address that cannot be read may hold a secret anywhere, so no part of it is shown.
    let parsed = parsed.map_err(|error| Error::Address { url: "…".to_owned(), why: error.to_string() })?;
    if Origin::of_url(&parsed).is_none() {
        let why = "it begins with neither `https://` nor `http://`".to_owned();
        return Err(Error::Address { url: shown(&parsed), why });
    }
    Ok(parsed)
}

/// Where a redirect leads, when it may be followed.
fn allowed(from: &Url, target: Result<Url, String>) -> Result<Url, Error> {
    let refuse = |why: String| Error::Redirect { url: shown(from), why };
    let target = target.map_err(refuse)?;
    match (from.scheme(), target.scheme()) {
        (_, "https") | ("http", "http") => Ok(target),
        ("https", "http") => Err(refuse(format!("it leads from https to `{}`", shown(&target)))),
        _ => Err(refuse("it leads to neither http nor https".to_owned())),
    }
}

fn authorize(builder: RequestBuilder, who: Option<&Authorization>) -> RequestBuilder {
    match who {
        None => builder,
        Some(Authorization::Basic { username, password }) => builder.basic_auth(username, Some(password)),
        Some(Authorization::Bearer(token)) => builder.bearer_auth(token),
        Some(Authorization::Raw(value)) => builder.header("authorization", value),
    }
}

fn method(method: Method) -> reqwest::Method {
    match method {
        Method::Get => reqwest::Method::GET,
        Method::Head => reqwest::Method::HEAD,
        Method::Post => reqwest::Method::POST,
        Method::Put => reqwest::Method::PUT,
    }
}

fn deepest(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(next) = cause.source() {
        cause = next;
    }
    cause.to_string()
}
