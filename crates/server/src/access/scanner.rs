//! A registry that has images scanned here: known by a token, which it brings in any of the ways it can.

use api::Role;
use axum::extract::FromRequestParts;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::AUTHORIZATION;
use http::request::Parts;

use super::{Actor, bearer, unknown};
use crate::App;
use crate::adapter::Refusal;
use crate::problem::Problem;

/// The header in which Harbor brings a key.
const KEY: &str = "x-scanneradapter-api-key";

/// A guard: a registry whose token may scan. Whoever is signed in by a cookie is none.
#[derive(Clone, Debug)]
pub(crate) struct Scanner(pub(crate) Actor);

impl FromRequestParts<App> for Scanner {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let token = token(parts).ok_or_else(unknown)?;
        let actor = Actor::of_token(parts, app, &token).await?;
        actor.name(parts);
        actor.must_be(Role::Operator)?;
        Ok(Self(actor))
    }
}

/// The token: behind `Bearer`, the password of any user behind `Basic`, or the whole of Harbor's own header.
fn token(parts: &Parts) -> Option<String> {
    let header = |name: &str| parts.headers.get(name)?.to_str().ok();
    let Some(header) = header(AUTHORIZATION.as_str()) else {
        return header(KEY).map(|key| key.trim().to_owned());
    };
    if let Some(token) = bearer(header) {
        return Some(token.to_owned());
    }
    password(header).map(|(_, password)| password)
}

/// The user and the password of `Basic …`.
pub(crate) fn password(header: &str) -> Option<(String, String)> {
    let (scheme, encoded) = header.split_once(' ')?;
    let decoded = scheme.eq_ignore_ascii_case("basic").then(|| STANDARD.decode(encoded.trim()))?.ok()?;
    let text = String::from_utf8(decoded).ok()?;
    text.split_once(':').map(|(user, password)| (user.to_owned(), password.to_owned()))
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        let (status, message) = problem.told();
        Self::new(status, message)
    }
}
