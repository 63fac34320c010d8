use model::Failure;
use net::{Client, Method, Origin, Request, Response};

use super::Options;
use super::challenge::{Challenge, challenges};
use super::credentials::{self, Keyring};
use super::tokens::Grants;
use crate::Error;

/// A registry that is spoken to: knows its address and who asks, and keeps the tokens it got.
pub struct Registry {
    pub(super) client: Client,
    /// `https://registry.example:5000`, perhaps with a path before `/v2/`.
    pub(super) base: String,
    /// As people write it, for messages.
    pub(super) name: String,
    pub(super) keyring: Keyring,
    pub(super) grants: Grants,
}

/// What a request is about, as token servers name it.
#[derive(Clone, Copy)]
pub(super) enum Scope<'a> {
    /// The protocol itself.
    Base,
    /// The list of repositories.
    Catalog,
    /// One repository.
    Repository(&'a str),
}

impl<'a> Scope<'a> {
    /// The scope in the words of the token flow; nothing where none is asked for.
    pub(super) fn word(self) -> String {
        match self {
            Self::Base => String::new(),
            Self::Catalog => "registry:catalog:*".to_owned(),
            Self::Repository(name) => format!("repository:{name}:pull"),
        }
    }

    /// The repository it is about.
    pub(super) fn repository(self) -> Option<&'a str> {
        if let Self::Repository(name) = self { Some(name) } else { None }
    }
}

/// What a request is about, for messages and tokens.
pub(super) struct About<'a> {
    /// ``manifest of `shop:1` ``
    pub(super) what: String,
    /// What is said to be missing after 404.
    pub(super) name: String,
    pub(super) scope: Scope<'a>,
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
            keyring: credentials::find(host, options)?,
            grants: Grants::default(),
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
        let (what, name) = ("protocol version".to_owned(), self.name.clone());
        let about = About { what, name, scope: Scope::Base };
        match self.expect(&about, &Request::get(format!("{}/v2/", self.base)), &[200]) {
            Err(Error::NotFound { .. }) => Err(Error::Format {
                what: format!("answer of {}", self.place()),
                why: "is this a registry? there is nothing at `/v2/`".to_owned(),
            }),
            other => other.map(drop),
        }
    }

    /// The answer to a request, which must have one of these statuses and be no web page.
    pub(super) fn expect(
        &self,
        about: &About<'_>,
        request: &Request,
        statuses: &[u16],
    ) -> Result<Response, Error> {
        let response = self.send(about, request)?;
        if !statuses.contains(&response.status()) {
            return Err(self.refused(about, response));
        }
        if ["text/html", "application/xhtml+xml"].contains(&media_type(&response).as_str()) {
            return Err(Error::Unreadable {
                failure: Failure::InvalidContent,
                what: format!("{} from {}", about.what, self.place()),
                why: "is this a registry? it answered a web page".to_owned(),
            });
        }
        Ok(response)
    }

    /// Sends a request, and once more after answering a challenge.
    pub(super) fn send(&self, about: &About<'_>, request: &Request) -> Result<Response, Error> {
        let send = |authorization| {
            let request = Request { authorization, ..request.clone() };
            self.client.send(&request).map_err(|source| self.fail(&about.what, self.advise(source)))
        };
        let word = about.scope.word();
        let held = self.grants.held(&word);
        let response = send(held.clone())?;
        // A storage server that a redirect led to is asked without a credential, and its challenge is not the registry's.
        if response.status() != 401 || Origin::of(&response.url()) != Origin::of(&self.base) {
            return Ok(response);
        }
        let challenges: Vec<Challenge> = response.headers("www-authenticate").flat_map(challenges).collect();
        match self.grants.renew(&word, held.as_ref(), || self.answer(about, &challenges))? {
            Some(authorization) if Some(&authorization) != held.as_ref() => send(Some(authorization)),
            _ => Ok(response),
        }
    }

    /// Asks for the headers alone, whatever is answered.
    pub(super) fn send_head(&self, about: &About<'_>, request: Request) -> Result<Response, Error> {
        self.send(about, &Request { method: Method::Head, ..request })
    }
}

/// The media type an answer states, in lower case and without parameters.
pub(super) fn media_type(response: &Response) -> String {
    let stated = response.header("content-type").unwrap_or_default();
    stated.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}
