//! Who may pull: with a password, or with a token that a password is exchanged for.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::stock::below;
use super::{Stock, decoded};
use crate::{Answer, Asked, sha256_hex};

/// How a registry asks who wants to pull.
pub(crate) enum Door {
    /// By password at each request.
    Password,
    /// By a token for one repository, from this path, for this service.
    Token(&'static str, &'static str),
}

/// User and password of a request.
pub(crate) fn basic(asked: &Asked) -> Option<(String, String)> {
    let given = asked.header("authorization")?.strip_prefix("Basic ")?;
    let text = String::from_utf8(STANDARD.decode(given).unwrap()).unwrap();
    text.split_once(':').map(|(user, password)| (user.to_owned(), password.to_owned()))
}

impl Door {
    /// What a registry behind this door answers; nothing when it was asked for something else.
    pub(crate) fn answer(
        &self,
        stock: &Stock,
        asked: &Asked,
        is_let_in: impl Fn(&str, &str) -> bool,
    ) -> Option<Answer> {
        let is_user = || basic(asked).is_some_and(|(user, password)| is_let_in(&user, &password));
        if let Self::Token(path, _) = self
            && asked.path == *path
        {
            let scope = asked.parameter("scope").map(decoded).unwrap_or_default();
            return Some(if is_user() {
                Answer::json(json!({ "token": token(&scope), "expires_in": 1800 }).to_string())
            } else {
                refusal(401, "UNAUTHORIZED", "authentication required")
            });
        }
        let path = below(asked)?;
        let scope = scope(path);
        let may = match self {
            Self::Password => is_user(),
            Self::Token(..) => {
                let given = asked.header("authorization").and_then(|text| text.strip_prefix("Bearer "));
                given.is_some_and(|given| given == token(&scope) || path.is_empty())
            }
        };
        Some(if may { stock.answer(path) } else { self.challenge(asked, &scope) })
    }

    fn challenge(&self, asked: &Asked, scope: &str) -> Answer {
        let challenge = match self {
            Self::Password => "Basic realm=\"registry\"".to_owned(),
            Self::Token(path, service) => {
                let host = asked.header("host").unwrap();
                let scope = if scope.is_empty() { String::new() } else { format!(",scope=\"{scope}\"") };
                format!("Bearer realm=\"http://{host}{path}\",service=\"{service}\"{scope}")
            }
        };
        refusal(401, "UNAUTHORIZED", "authentication required").header("WWW-Authenticate", challenge)
    }
}

/// What a path needs in the words of the token flow.
fn scope(path: &str) -> String {
    let parts = ["/manifests/", "/blobs/", "/tags/"];
    let repository = parts.iter().find_map(|part| path.split_once(part)).map(|(repository, _)| repository);
    match repository {
        Some(repository) => format!("repository:{repository}:pull"),
        None if path == "_catalog" => "registry:catalog:*".to_owned(),
        None => String::new(),
    }
}

/// The token for a scope.
fn token(scope: &str) -> String {
    sha256_hex(format!("token for {scope}").as_bytes())
}

/// What registries answer with when something is wrong.
pub(crate) fn refusal(status: u16, code: &str, message: &str) -> Answer {
    let body = json!({ "errors": [{ "code": code, "message": message }] });
    Answer::new(status, body.to_string()).header("Content-Type", "application/json; charset=utf-8")
}
