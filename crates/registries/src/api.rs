//! The web interfaces that registries and clouds have besides the distribution protocol.

use net::{Authorization, Client, Method, Request, Response};
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
        let client =
            Client::new(&settings.net).map_err(|source| Error::Api { operation: operation(), source })?;
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
    pub(crate) fn send(&self, operation: &str, mut request: Request) -> Result<Response, Error> {
        request.authorization = request.authorization.or_else(|| self.authorization.clone());
        self.client.send(&request).map_err(|source| Error::Api { operation: operation.to_owned(), source })
    }

    /// The JSON document at a path below the address.
    pub(crate) fn get<T: DeserializeOwned>(&self, operation: &str, path: &str) -> Result<T, Error> {
        document(operation, self.ask(operation, path)?)
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

/// The JSON document of an answer that went well.
pub(crate) fn document<T: DeserializeOwned>(operation: &str, response: Response) -> Result<T, Error> {
    let fail = |source| Error::Api { operation: operation.to_owned(), source };
    if !response.is_success() {
        return Err(fail(response.into_error()));
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
    if address.contains("://") {
        return Ok(address.to_owned());
    }
    let scheme = if settings.plain_http { "http" } else { "https" };
    Ok(format!("{scheme}://{address}"))
}
