//! Interfaces of clouds: requests that are signed, kept below the cloud's quota and repeated when it asks for a pause;
//! answers that are read with a limit; refusals with codes of the cloud's own.

use std::time::Duration;

use model::Failure;
use net::{Authorization, Client, Method, Origin, Request};
use serde::{Deserialize, Deserializer};

use crate::api::ANSWER_BYTES;
use crate::sign::{Plain, Signed};
use crate::{Endpoint, Error, Settings, moment};

pub(crate) mod aliyun;
pub(crate) mod aws;
pub(crate) mod huawei;
mod images;
mod kept;
mod pace;
pub(crate) mod tencent;

use pace::Pace;

pub(crate) use images::{gather, images};
pub(crate) use kept::Kept;

/// How often a request is sent while the cloud asks for a pause or fails.
const ATTEMPTS: u32 = 4;
/// The first pause; each further one is twice as long.
const PAUSE: Duration = Duration::from_millis(500);
/// A message of a cloud, in characters.
const MESSAGE: usize = 300;

/// An interface of a cloud.
pub(crate) struct Cloud {
    client: Client,
    /// `https://tcr.tencentcloudapi.com`
    origin: String,
    /// Before every path; most often nothing.
    prefix: String,
    /// As the `Host` header says it.
    host: String,
    pace: Pace,
}

/// Signs a request at a time in seconds since 1970.
pub(crate) type Sign<'a> = &'a dyn Fn(&Plain<'_>, u64) -> Signed;

/// One question to a cloud.
pub(crate) struct Question<'a> {
    /// For messages: `list the repositories of TCR`.
    pub(crate) operation: &'a str,
    /// What to do.
    pub(crate) method: Method,
    /// Not encoded.
    pub(crate) path: &'a str,
    /// Not encoded.
    pub(crate) query: &'a [(&'a str, String)],
    /// Headers that are signed.
    pub(crate) headers: Vec<(&'static str, String)>,
    /// Headers that are not.
    pub(crate) unsigned: Vec<(&'static str, String)>,
    /// What is handed over.
    pub(crate) body: &'a [u8],
    /// How it is signed at a time; nothing for a question that needs no key.
    pub(crate) sign: Option<Sign<'a>>,
    /// What no message may repeat.
    pub(crate) secrets: Vec<&'a str>,
    /// The refusal that an answer is, by its status and body.
    pub(crate) refusal: fn(u16, &[u8]) -> Option<Refusal>,
}

/// What a cloud says when it refuses.
pub(crate) struct Refusal {
    /// Its code.
    pub(crate) code: String,
    /// Its message.
    pub(crate) message: String,
    /// What that means.
    pub(crate) failure: Failure,
}

impl Cloud {
    /// The interface at the address of the settings, or else at its usual one.
    pub(crate) fn new(usual: &str, settings: &Settings, per_second: u32) -> Result<Self, Error> {
        let address = settings.api_address.as_deref().unwrap_or(usual).trim_end_matches('/');
        Self::at("api_address", address, &settings.net, per_second)
    }

    /// The interface at an address that a setting says.
    pub(crate) fn at(
        setting: &'static str,
        address: &str,
        network: &net::Options,
        per_second: u32,
    ) -> Result<Self, Error> {
        let whole = if address.contains("://") { address.to_owned() } else { format!("https://{address}") };
        let refuse = |why: &str| Error::Setting { setting, why: why.to_owned() };
        let origin = Origin::of(&whole).ok_or_else(|| refuse("it is no address"))?;
        if !origin.is_private() {
            return Err(refuse(
                "it begins with `http://`, and what a cloud answers is secret; use `https://`",
            ));
        }
        let (scheme, rest) = whole.split_once("://").ok_or_else(|| refuse("it is no address"))?;
        let (authority, prefix) =
            rest.split_at_checked(rest.find('/').unwrap_or(rest.len())).unwrap_or((rest, ""));
        let usual = if scheme == "http" { ":80" } else { ":443" };
        let network = net::Options {
            // Whoever asks repeats a question with a new signature.
            retries: 0,
            bypass_proxy: network.bypass_proxy || net::is_loopback(origin.host()),
            ..network.clone()
        };
        let fail = |source| Error::Api { operation: "set up the network".to_owned(), source };
        Ok(Self {
            client: Client::new(&network).map_err(fail)?,
            origin: format!("{scheme}://{authority}"),
            prefix: prefix.to_owned(),
            host: authority.strip_suffix(usual).unwrap_or(authority).to_ascii_lowercase(),
            pace: Pace::new(per_second),
        })
    }

    /// Its address.
    pub(crate) fn address(&self) -> String {
        format!("{}{}", self.origin, self.prefix)
    }

    /// The body of the answer to a question.
    pub(crate) fn ask(&self, question: &Question<'_>) -> Result<Vec<u8>, Error> {
        let mut pause = PAUSE;
        for _ in 1..ATTEMPTS {
            match self.once(question) {
                Err(error) if is_passing(&error) => {}
                other => return other,
            }
            std::thread::sleep(pause);
            pause = pause.saturating_mul(2);
        }
        self.once(question)
    }

    fn once(&self, question: &Question<'_>) -> Result<Vec<u8>, Error> {
        let operation = question.operation.to_owned();
        self.pace.wait();
        let answer = self.client.send(&self.request(question));
        let fail = |source| Error::Api { operation: operation.clone(), source };
        let answer = answer.map_err(fail)?;
        let (status, url) = (answer.status(), answer.url());
        let body = answer.bytes(ANSWER_BYTES).map_err(fail)?;
        let refusal = (question.refusal)(status, &body);
        if refusal.is_none() && (200..300).contains(&status) {
            return Ok(body);
        }
        let Some(refusal) = refusal else {
            return Err(fail(net::Error::Status { status, url, message: String::new() }));
        };
        let clean = |text: &str| shown(text, &question.secrets);
        let (code, message) = (clean(&refusal.code), clean(&refusal.message));
        Err(Error::Refused { operation, code, message, failure: refusal.failure })
    }

    fn request(&self, question: &Question<'_>) -> Request {
        let path = format!("{}{}", self.prefix, question.path);
        let plain = Plain {
            method: if question.method == Method::Post { "POST" } else { "GET" },
            host: &self.host,
            path: &path,
            query: question.query,
            headers: question.headers.clone(),
            body: question.body,
        };
        let (path, query) = (plain.encoded_path(), plain.encoded_query());
        let mark = if query.is_empty() { "" } else { "?" };
        let signed = question.sign.map(|sign| sign(&plain, moment::now()));
        let mut headers = plain.headers;
        headers.extend(question.unsigned.iter().cloned());
        let authorization = signed.map(|signed| {
            headers.extend(signed.headers);
            Authorization::Raw(signed.authorization)
        });
        Request {
            method: question.method,
            url: format!("{}{path}{mark}{query}", self.origin),
            headers,
            authorization,
            body: (question.method == Method::Post).then(|| question.body.to_vec()),
        }
    }
}

/// The JSON document an answer is.
pub(crate) fn document<T: serde::de::DeserializeOwned>(operation: &str, body: &[u8]) -> Result<T, Error> {
    serde_json::from_slice(body).map_err(|error| Error::Answer {
        what: format!("the answer to a request to {operation}"),
        why: shown(&error.to_string(), &[]),
    })
}

/// A field that clouds tell as `null` when it is empty.
pub(crate) fn or_default<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(
    from: D,
) -> Result<T, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or_default())
}

/// What a code of a cloud means: the first line whose text the code begins with.
pub(crate) fn meaning(code: &str, table: &[(&str, Failure)]) -> Failure {
    table.iter().find(|(start, _)| code.starts_with(start)).map_or(Failure::Unknown, |(_, failure)| *failure)
}

/// What the status of a refusal means.
pub(crate) fn failure_of_status(status: u16) -> Failure {
    match status {
        400 => Failure::InvalidName,
        _ => image::failure_of(&net::Error::Status { status, url: String::new(), message: String::new() }),
    }
}

/// A setting that becomes a part of a host name or path.
pub(crate) fn word(setting: &'static str, text: String) -> Result<String, Error> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if text.is_empty() || !text.chars().all(plain) {
        let why = "it consists of letters, digits, `-`, `_` and `.`".to_owned();
        return Err(Error::Setting { setting, why });
    }
    Ok(text)
}

/// Where images are pulled from with a login that was asked for; `usual` tells the address that nobody gave.
pub(crate) fn endpoint(
    settings: &Settings,
    usual: impl FnOnce() -> String,
    login: (String, String),
) -> Endpoint {
    let address = if settings.address.is_empty() { usual() } else { settings.address.clone() };
    let mut options = settings.registry_options();
    options.username = Some(login.0);
    options.password = Some(login.1);
    Endpoint { address, options }
}

/// An access key of the settings, or else of the environment by the names of its three parts.
pub(crate) fn key(settings: &Settings, names: [&str; 3]) -> Result<crate::sign::Key, Error> {
    let [id, secret, token] = names;
    let known = |name: &str| settings.environment.get(name).filter(|value| !value.is_empty()).cloned();
    let (id, secret, token) = match &settings.username {
        Some(own) => (Some(own.clone()), settings.password.clone(), settings.session_token.clone()),
        None => (known(id), known(secret), known(token)),
    };
    match (id, secret) {
        (Some(id), Some(secret)) => Ok(crate::sign::Key { id, secret, token }),
        (Some(_), None) => Err(Error::Setting {
            setting: "password",
            why: "the secret of the access key is missing".to_owned(),
        }),
        (None, _) => {
            Err(Error::Setting { setting: "username", why: "the id of the access key is missing".to_owned() })
        }
    }
}

/// Whether asking again may help.
fn is_passing(error: &Error) -> bool {
    match error {
        Error::Api { source: net::Error::Connect { .. } | net::Error::Broken { .. }, .. } => true,
        other => matches!(other.failure(), Failure::RateLimited | Failure::ServerFailed),
    }
}

/// A text of somebody else, fit to be shown: one line, not long, without secrets.
fn shown(text: &str, secrets: &[&str]) -> String {
    let mut text = text.to_owned();
    // The longest first: one may begin with another.
    let mut secrets: Vec<&str> = secrets.iter().copied().filter(|secret| !secret.is_empty()).collect();
    secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
    for secret in secrets {
        text = text.replace(secret, "…").replace(&net::encode_component(secret), "…");
    }
    let visible = |c: char| match c {
        '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' => ' ',
        c if c.is_control() => ' ',
        c => c,
    };
    let line: String = text.chars().map(visible).take(MESSAGE * 8).collect();
    let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut short: String = line.chars().take(MESSAGE).collect();
    if short.len() < line.len() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_no_secret_and_no_control_character() {
        assert_eq!(shown("a\u{1b}[2J s3cret/x \n s3cret%2Fx b", &["s3cret/x"]), "a [2J … … b");
        assert_eq!(shown(&"x".repeat(9999), &[]).chars().count(), MESSAGE + 1);
    }

    #[test]
    fn refuses_an_address_that_others_can_listen_to() {
        let at = |address: &str| Cloud::at("api_address", address, &net::Options::default(), 1);
        for address in ["http://cloud.example", "ftp://cloud.example", "http://"] {
            assert!(matches!(at(address), Err(Error::Setting { .. })), "{address}");
        }
        let hosts = [
            ("Cloud.example/", "cloud.example"),
            ("https://cloud.example:443/v1", "cloud.example"),
            ("https://cloud.example:8443", "cloud.example:8443"),
            ("http://127.0.0.1:80", "127.0.0.1"),
        ];
        for (address, host) in hosts {
            assert_eq!(at(address).unwrap().host, host);
        }
    }
}
