//! The web interfaces that registries and clouds have besides the distribution protocol.

use model::Failure;
use net::{Authorization, Client, Method, Origin, Request, Response, encode_component};
use serde::de::DeserializeOwned;

use crate::{Error, Settings};

/// One answer of an interface.
pub(crate) const ANSWER_BYTES: u64 = 16 << 20;

/// An interface that is spoken to with one and the same credential.
pub(crate) struct Api {
    client: Client,
    /// `https://harbor.example/api/v2.0`, without a slash at its end.
    base: String,
    authorization: Option<Authorization>,
}

impl Api {
    /// The interface at a whole address.
    pub(crate) fn new(
        base: &str,
        settings: &Settings,
        authorization: Option<Authorization>,
    ) -> Result<Self, Error> {
        let operation = || "set up the network".to_owned();
        let client = Client::new(&direct(base, settings))
            .map_err(|source| Error::Api { operation: operation(), source })?;
        Ok(Self { client, base: base.trim_end_matches('/').to_owned(), authorization })
    }

    /// Its address.
    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    /// The answer to a `GET` of a path below the address, whatever its status is.
    pub(crate) fn ask(&self, operation: &str, path: &str) -> Result<Response, Error> {
        self.send(operation, Request::get(format!("{}{path}", self.base)))
    }

    /// The answer to a request, which is sent with the credential unless it has one of its own.
    ///
    /// A credential goes to the interface's own host alone, and never where others could read it.
    pub(crate) fn send(&self, operation: &str, mut request: Request) -> Result<Response, Error> {
        let origin = Origin::of(&request.url);
        let own = self.authorization.as_ref().filter(|_| origin == Origin::of(&self.base));
        request.authorization = request.authorization.or_else(|| own.cloned());
        if request.authorization.is_some() && !origin.as_ref().is_some_and(Origin::is_private) {
            let url = origin.map(|origin| format!("http://{}", origin.host())).unwrap_or_default();
            let why = "credentials are not sent over plain http to another machine".to_owned();
            let source = net::Error::Address { url, why };
            return Err(Error::Api { operation: operation.to_owned(), source });
        }
        self.client.send(&request).map_err(|source| Error::Api { operation: operation.to_owned(), source })
    }

    /// The JSON document at a path below the address.
    pub(crate) fn get<T: DeserializeOwned>(&self, operation: &str, path: &str) -> Result<T, Error> {
        document(operation, self.ask(operation, path)?)
    }

    /// The JSON document at a path below the address, asked for with a credential of its own.
    pub(crate) fn get_as<T: DeserializeOwned>(
        &self,
        operation: &str,
        path: &str,
        authorization: Option<Authorization>,
    ) -> Result<T, Error> {
        document(operation, self.ask_as(operation, path, authorization)?)
    }

    /// The answer to a `GET` of a path below the address, with a credential of its own.
    pub(crate) fn ask_as(
        &self,
        operation: &str,
        path: &str,
        authorization: Option<Authorization>,
    ) -> Result<Response, Error> {
        let request = Request { authorization, ..Request::get(format!("{}{path}", self.base)) };
        self.send(operation, request)
    }

    /// The JSON document that is answered to another one.
    pub(crate) fn post<T: DeserializeOwned>(
        &self,
        operation: &str,
        path: &str,
        body: String,
    ) -> Result<T, Error> {
        let url = format!("{}{path}", self.base);
        let request = Request { method: Method::Post, body: Some(body.into_bytes()), ..Request::get(url) };
        document(operation, self.send(operation, request.header("content-type", "application/json"))?)
    }
}

impl Api {
    /// The JSON document that a form is answered with, at any address; what the form holds is secret.
    ///
    /// # Errors
    /// When others could read the form on its way, or it is refused: with 400 too, as token servers do.
    pub(crate) fn form<T: DeserializeOwned>(
        &self,
        operation: &str,
        url: &str,
        fields: &[(&str, &str)],
    ) -> Result<T, Error> {
        let fail = |source| Error::Api { operation: operation.to_owned(), source };
        if !Origin::of(url).is_some_and(|origin| origin.is_private()) {
            let why = "it begins with no `https://`, and what is sent there is secret".to_owned();
            return Err(fail(net::Error::Address { url: "…".to_owned(), why }));
        }
        let fields: Vec<String> =
            fields.iter().map(|(name, value)| format!("{name}={}", encode_component(value))).collect();
        let body = fields.join("&").into_bytes();
        let request = Request { method: Method::Post, body: Some(body), ..Request::get(url) };
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let response = self.client.send(&request).map_err(fail)?;
        match response.status() {
            // The server's own words might repeat what it was sent.
            status @ (400 | 401) => Err(Error::Refused {
                operation: operation.to_owned(),
                code: status.to_string(),
                message: "the server does not accept the credential".to_owned(),
                failure: Failure::AuthenticationFailed,
            }),
            status if !response.is_success() => {
                let (url, message) = (response.url(), String::new());
                Err(fail(net::Error::Status { status, url, message }))
            }
            _ => document(operation, response),
        }
    }
}

/// The JSON document of an answer that went well.
pub(crate) fn document<T: DeserializeOwned>(operation: &str, response: Response) -> Result<T, Error> {
    let fail = |source| Error::Api { operation: operation.to_owned(), source };
    if !response.is_success() {
        return Err(fail(response.into_error()));
    }
    if response.header("content-type").is_some_and(|kind| kind.starts_with("text/html")) {
        let why = "it is a web page\nhint: check the address, and that no sign-in page stands before it";
        let source = net::Error::Answer { url: response.url(), why: why.to_owned() };
        return Err(fail(source));
    }
    response.json(ANSWER_BYTES).map_err(fail)
}

/// The user and password of the settings, for `Basic`.
pub(crate) fn basic(settings: &Settings) -> Option<Authorization> {
    let username = settings.username.clone()?;
    Some(Authorization::Basic { username, password: settings.password.clone().unwrap_or_default() })
}

/// The whole address of the settings: with a scheme, without a slash at its end.
pub(crate) fn address(settings: &Settings) -> Result<String, Error> {
    let address = settings.address.trim().trim_end_matches('/');
    if address.is_empty() {
        return Err(Error::Setting { setting: "address", why: "it is missing".to_owned() });
    }
    Ok(whole(address, settings))
}

/// An address with a scheme, without a slash at its end.
///
/// Without one it is `https`, and `http` when a server on this machine speaks no TLS, as for the registry protocol.
pub(crate) fn whole(address: &str, settings: &Settings) -> String {
    let address = address.trim().trim_end_matches('/');
    if address.contains("://") {
        return address.to_owned();
    }
    let (plain, protected) = (format!("http://{address}"), format!("https://{address}"));
    let is_plain = || {
        let network = net::Options { retries: 0, ..direct(&protected, settings) };
        let answer = Client::new(&network).and_then(|client| client.send(&Request::get(&protected)));
        answer.is_err_and(|error| error.is_not_tls())
    };
    if settings.plain_http || (is_here(&protected) && is_plain()) { plain } else { protected }
}

/// Whether an address is this machine's own.
fn is_here(address: &str) -> bool {
    Origin::of(address).is_some_and(|origin| net::is_loopback(origin.host()))
}

/// The network to an address: a proxy has other addresses by the names of this machine.
pub(crate) fn direct(address: &str, settings: &Settings) -> net::Options {
    let bypass_proxy = settings.net.bypass_proxy || is_here(address);
    net::Options { bypass_proxy, ..settings.net.clone() }
}
