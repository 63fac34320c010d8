//! Answers to challenges: passwords, and tokens of a token server.
//!
//! Source: Docker's pages "token authentication" and "`OAuth2` token authentication"; for what is tried after a refusal,
//! what containerd is known to do. Known gap: a new login token that a token server hands out is not kept.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use model::Failure;
use net::{Authorization, Method, Origin, Request, Response, encode_component};
use serde::Deserialize;

use super::challenge::Challenge;
use super::connection::{About, Registry};
use super::credentials::Credentials;
use crate::Error;

/// What a token server answers.
const TOKEN_BYTES: u64 = 256 << 10;
/// How long a token is good for when its server does not say.
const TOKEN_SECONDS: u64 = 60;
/// A token is not used any more when it is about to end.
const SLACK: Duration = Duration::from_secs(10);
/// No token is kept longer.
const LONGEST: Duration = Duration::from_secs(3600);
/// How many scopes' tokens are kept; a registry may have very many repositories.
const SCOPES: usize = 1000;

/// What challenges were answered with, by what was asked for.
#[derive(Default)]
pub(super) struct Grants(Mutex<HashMap<String, Slot>>);

/// Locked while an answer is being had, so that all who need it wait for one request.
type Slot = Arc<Mutex<Option<Grant>>>;

/// An answer to a challenge, and how long it is good for.
#[derive(Clone)]
pub(super) struct Grant {
    authorization: Authorization,
    until: Option<Instant>,
}

impl Grant {
    fn good(&self) -> Option<Authorization> {
        self.until.is_none_or(|until| until > Instant::now()).then(|| self.authorization.clone())
    }
}

impl Grants {
    /// What an earlier challenge of the same kind was answered with, while it is good.
    pub(super) fn held(&self, scope: &str) -> Option<Authorization> {
        lock(&self.slot(scope)).as_ref()?.good()
    }

    /// What to answer a challenge with: what somebody else got meanwhile, or what `ask` gets.
    pub(super) fn renew(
        &self,
        scope: &str,
        refused: Option<&Authorization>,
        ask: impl FnOnce() -> Result<Option<Grant>, Error>,
    ) -> Result<Option<Authorization>, Error> {
        let slot = self.slot(scope);
        let mut held = lock(&slot);
        let other = held.as_ref().and_then(Grant::good).filter(|held| Some(held) != refused);
        if other.is_some() {
            return Ok(other);
        }
        *held = ask()?;
        Ok(held.as_ref().map(|grant| grant.authorization.clone()))
    }

    fn slot(&self, scope: &str) -> Slot {
        let mut slots = lock(&self.0);
        if slots.len() >= SCOPES && !slots.contains_key(scope) {
            slots.clear();
        }
        Arc::clone(slots.entry(scope.to_owned()).or_default())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What a token server is asked for.
struct Demand<'a> {
    realm: &'a str,
    service: Option<&'a str>,
    /// Several are parted by spaces.
    scope: String,
}

impl Demand<'_> {
    /// A request in the older form, which all servers but a few understand.
    fn get(&self, authorization: Option<Authorization>) -> Request {
        let scopes = self.scope.split_whitespace().map(|scope| ("scope", scope));
        let parameters = scopes.chain(self.service.map(|service| ("service", service)));
        let mark = if self.realm.contains('?') { '&' } else { '?' };
        let url = format!("{}{mark}{}", self.realm, form(parameters));
        Request { authorization, ..Request::get(url.trim_end_matches(['?', '&'])) }
    }

    /// A request in the form of `OAuth2`.
    fn post(&self, grant: &[(&str, &str)]) -> Request {
        let scope = Some(("scope", self.scope.as_str())).filter(|(_, scope)| !scope.is_empty());
        let service = self.service.map(|service| ("service", service));
        let client = ("client_id", "lazaret");
        let body = form(grant.iter().copied().chain([client]).chain(scope).chain(service));
        Request { method: Method::Post, body: Some(body.into_bytes()), ..Request::get(self.realm) }
            .header("content-type", "application/x-www-form-urlencoded")
    }
}

fn form<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    pairs.map(|(name, value)| format!("{name}={}", encode_component(value))).collect::<Vec<_>>().join("&")
}

impl Registry {
    /// What to answer these challenges with; nothing when nobody is known to ask.
    pub(super) fn answer(&self, about: &About<'_>, challenges: &[Challenge]) -> Result<Option<Grant>, Error> {
        let credentials = self.keyring.find(about.scope.repository());
        let bearer = challenges.iter().find_map(|challenge| match challenge {
            Challenge::Bearer { realm, service, scope } => Some((realm, service, scope)),
            Challenge::Basic => None,
        });
        if let (Some(_), Some(Credentials::Ready { token })) = (bearer, credentials) {
            self.private(about, &self.base, true)?;
            return Ok(Some(Grant { authorization: Authorization::Bearer(token.clone()), until: None }));
        }
        if let Some((realm, service, asked)) = bearer {
            let scope = asked.clone().unwrap_or_else(|| about.scope.word());
            let demand = Demand { realm, service: service.as_deref(), scope };
            return self.token(about, &demand, credentials).map(Some);
        }
        match credentials {
            Some(Credentials::Password { username, password }) if challenges.contains(&Challenge::Basic) => {
                self.private(about, &self.base, true)?;
                Ok(Some(Grant { authorization: basic(username, password), until: None }))
            }
            _ => Ok(None),
        }
    }

    /// Asks the token server that a challenge names.
    fn token(
        &self,
        about: &About<'_>,
        demand: &Demand<'_>,
        credentials: Option<&Credentials>,
    ) -> Result<Grant, Error> {
        if Origin::of(demand.realm).is_none() {
            let why = "its token server has no http address".to_owned();
            return Err(Error::Format { what: format!("answer of {}", self.place()), why });
        }
        // Nothing is lost by asking as nobody, where the registry itself is not protected.
        if credentials.is_some() || self.base.starts_with("https:") {
            self.private(about, demand.realm, credentials.is_some())?;
        }
        let ask = |request: Request| self.client.send(&request).map_err(|source| self.no_token(source));
        let response = match credentials {
            None | Some(Credentials::Ready { .. }) => ask(demand.get(None))?,
            Some(Credentials::Password { username, password }) => {
                let first = ask(demand.get(Some(basic(username, password))))?;
                if [404, 405].contains(&first.status()) {
                    let grant = [("grant_type", "password"), ("username", username), ("password", password)];
                    ask(demand.post(&grant))?
                } else {
                    first
                }
            }
            Some(Credentials::Identity { username, token }) => {
                let first = ask(demand.post(&[("grant_type", "refresh_token"), ("refresh_token", token)]))?;
                let again = [400, 401, 404, 405].contains(&first.status()) && !username.is_empty();
                let second = if again { Some(ask(demand.get(Some(basic(username, token))))?) } else { None };
                second.filter(|second| second.status() == 200).unwrap_or(first)
            }
        };
        self.grant(about, response)
    }

    fn grant(&self, about: &About<'_>, response: Response) -> Result<Grant, Error> {
        match response.status() {
            200 => {
                let token = response.json::<Token>(TOKEN_BYTES).map_err(|source| self.no_token(source))?;
                token.grant().ok_or_else(|| Error::Format {
                    what: format!("answer of the token server of {}", self.place()),
                    why: "it holds no token".to_owned(),
                })
            }
            400 | 401 | 403 => {
                Err(self.denied(about, response.into_refusal(), Failure::AuthenticationFailed))
            }
            404 | 405 => Err(Error::Unreadable {
                failure: Failure::InvalidContent,
                what: format!("token for {}", self.place()),
                why: format!("there is no token server at `{}`", response.url()),
            }),
            _ => Err(self.no_token(response.into_error())),
        }
    }

    fn no_token(&self, source: net::Error) -> Error {
        Error::Network { operation: format!("get a token for {}", self.place()), source }
    }

    /// Refuses to send a credential where others could read it.
    ///
    /// A registry elsewhere that names this machine as its token server is refused too: what answers there is not its.
    fn private(&self, about: &About<'_>, url: &str, secret: bool) -> Result<(), Error> {
        let ours = Origin::of(&self.base).is_some_and(|origin| net::is_loopback(origin.host()));
        let safe = url.starts_with("https://")
            || (ours && Origin::of(url).is_some_and(|origin| origin.is_private()));
        if safe {
            return Ok(());
        }
        let host = Origin::of(url).map(|origin| origin.host().to_owned()).unwrap_or_default();
        Err(Error::Unreadable {
            failure: Failure::TlsFailed,
            what: format!("{} from {}", about.what, self.place()),
            why: if secret {
                format!(
                    "credentials are not sent over plain http to another machine, as `http://{host}` asks for"
                )
            } else {
                format!("its token server `http://{host}` is not protected as the registry itself is")
            },
        })
    }
}

fn basic(username: &str, password: &str) -> Authorization {
    Authorization::Basic { username: username.to_owned(), password: password.to_owned() }
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
    expires_in: Option<f64>,
}

impl Token {
    fn grant(self) -> Option<Grant> {
        let filled = |token: &String| !token.is_empty();
        let token = self.token.filter(filled).or(self.access_token.filter(filled))?;
        // No server may give out a token for less; one that says so is asked again when it refuses its own token.
        let told = self.expires_in.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
        let lasts = told.unwrap_or_default().max(Duration::from_secs(TOKEN_SECONDS)).saturating_sub(SLACK);
        let authorization = Authorization::Bearer(token);
        Some(Grant { authorization, until: Some(Instant::now() + lasts.min(LONGEST)) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_last_as_long_as_they_may() {
        let lasts = |text: &str| {
            let grant = serde_json::from_str::<Token>(text).unwrap().grant().unwrap();
            (grant.until.unwrap() - Instant::now()).as_secs_f64().round()
        };
        assert_eq!(lasts(r#"{"token":"t"}"#), 50.0);
        assert_eq!(lasts(r#"{"token":"t","expires_in":1}"#), 50.0);
        assert_eq!(lasts(r#"{"token":"t","expires_in":-5}"#), 50.0);
        assert_eq!(lasts(r#"{"token":"","access_token":"t","expires_in":300}"#), 290.0);
        assert_eq!(lasts(r#"{"token":"t","expires_in":1e300}"#), 50.0);
        assert_eq!(lasts(r#"{"token":"t","expires_in":43200}"#), 3600.0);
    }

    #[test]
    fn does_not_keep_the_tokens_of_all_repositories_for_ever() {
        let grants = Grants::default();
        for number in 0..5000 {
            let grant = Grant { authorization: Authorization::Bearer(String::new()), until: None };
            grants.renew(&format!("{number}"), None, || Ok(Some(grant))).unwrap();
        }
        assert!(lock(&grants.0).len() <= SCOPES);
        assert!(grants.held("4999").is_some() && grants.held("5000").is_none());
    }

    #[test]
    fn writes_the_parameters_of_both_forms() {
        let scope = "repository:a:pull repository:b:pull".to_owned();
        let demand = Demand { realm: "https://a.example/token", service: Some("a b"), scope };
        assert_eq!(
            demand.get(None).url,
            "https://a.example/token?scope=repository%3Aa%3Apull&scope=repository%3Ab%3Apull&service=a%20b"
        );
        let body = demand.post(&[("grant_type", "password")]).body.unwrap();
        assert_eq!(
            String::from_utf8(body).unwrap(),
            "grant_type=password&client_id=lazaret&scope=repository%3Aa%3Apull%20repository%3Ab%3Apull&service=a%20b"
        );
        let bare = Demand { realm: "https://a.example/token", service: None, scope: String::new() };
        assert_eq!(bare.get(None).url, "https://a.example/token");
    }
}
