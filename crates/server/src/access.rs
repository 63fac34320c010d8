//! Who asks, and whether they may.

pub(crate) mod client;
mod cookie;
mod first;
pub(crate) mod password;
pub(crate) mod scanner;
pub(crate) mod secret;
pub(crate) mod sign_in;

use std::sync::{Arc, OnceLock};

use api::{ProblemCode, Role};
use axum::extract::FromRequestParts;
use http::header::AUTHORIZATION;
use http::request::Parts;
use http::{HeaderMap, Method};
use store::sessions::Holder;
use store::tokens::Bearer;
use store::{On, Scope};

pub(crate) use client::Client;
pub(crate) use cookie::{set as set_cookie, taken_away as cookie_taken_away};
pub use first::{FirstAdministrator, first_start, reset_password};
pub(crate) use scanner::Scanner;
pub(crate) use secret::digest;

use crate::App;
use crate::problem::Problem;

/// The header by which a changing request shows that it comes from the console.
pub(crate) const CSRF_HEADER: &str = "x-csrf-token";

/// Who asks.
#[derive(Clone, Debug)]
pub(crate) struct Actor {
    /// The account's id.
    pub(crate) account: i64,
    /// The account's name.
    pub(crate) login: String,
    /// What they may do.
    pub(crate) role: Role,
    /// What they may see.
    pub(crate) scope: Scope,
    /// From where.
    pub(crate) address: String,
    /// By what they are known.
    pub(crate) credential: Credential,
}

/// By what somebody is known.
#[derive(Clone)]
pub(crate) enum Credential {
    /// A cookie.
    Session {
        /// The digest of it.
        digest: String,
        /// What changing requests repeat.
        csrf: String,
        /// When it is over.
        expires: i64,
        /// The password is to be changed first.
        must_change: bool,
    },
    /// A token, by its id.
    Token(i64),
}

impl std::fmt::Debug for Credential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Session { .. } => f.write_str("Session"),
            Self::Token(id) => f.debug_tuple("Token").field(id).finish(),
        }
    }
}

/// Whom the log names for a request, once they are known.
#[derive(Clone, Debug, Default)]
pub(crate) struct Known(pub(crate) Arc<OnceLock<String>>);

/// From where a request came; `-` when nobody took it from a network.
pub(crate) fn address(parts: &Parts) -> String {
    parts.extensions.get::<Client>().map_or_else(|| "-".to_owned(), |client| client.address.to_string())
}

fn unknown() -> Problem {
    Problem::new(ProblemCode::NotSignedIn, "sign in, or send a token that is valid")
}

impl Actor {
    /// Notes that they did something, best in the transaction that does it: as [`store::audit::note`].
    pub(crate) async fn note(
        &self,
        on: impl Into<On<'_>>,
        action: &str,
        object: &str,
        detail: &serde_json::Value,
    ) -> Result<(), store::Error> {
        store::audit::note(on, &self.login, &self.address, action, object, &detail.to_string()).await
    }

    async fn of(parts: &Parts, app: &App) -> Result<Self, Problem> {
        let actor = if let Some(header) = parts.headers.get(AUTHORIZATION) {
            let token = header.to_str().ok().and_then(bearer).ok_or_else(unknown)?;
            Self::of_token(parts, app, token).await?
        } else {
            let digest = digest(cookie::find(parts).ok_or_else(unknown)?);
            let holder = store::sessions::holder(&app.database, &digest).await?.ok_or_else(unknown)?;
            guard_against_forgery(&parts.method, &parts.headers, &holder.csrf)?;
            Self::by_session(parts, app, digest, holder).await?
        };
        actor.name(parts);
        Ok(actor)
    }

    async fn of_token(parts: &Parts, app: &App, token: &str) -> Result<Self, Problem> {
        let bearer = store::tokens::bearer(&app.database, &digest(token)).await?.ok_or_else(unknown)?;
        Self::by_token(parts, app, bearer).await
    }

    /// Tells the log who asks.
    fn name(&self, parts: &Parts) {
        if let Some(Known(known)) = parts.extensions.get::<Known>() {
            known.get_or_init(|| self.login.clone());
        }
    }

    /// Refuses who may not do what takes a role.
    fn must_be(&self, role: Role) -> Result<(), Problem> {
        if self.role.may(role) {
            return Ok(());
        }
        let (have, need) = (self.role.word(), role.word());
        Err(Problem::new(ProblemCode::Forbidden, format!("{have} may not do this: it takes {need}")))
    }

    async fn by_token(parts: &Parts, app: &App, bearer: Bearer) -> Result<Self, Problem> {
        let known = |word: &str| word.parse::<Role>().map_err(|_error| unknown());
        let role = known(&bearer.account_role)?.and(known(&bearer.role)?);
        let account = store::accounts::scope(&app.database, bearer.account_id, bearer.all_projects).await?;
        let own = bearer.project_id.map_or(Scope::All, |project| Scope::Projects(vec![project]));
        let scope = account.and(&own);
        let role = if scope == Scope::All { role } else { role.within_projects() };
        let credential = Credential::Token(bearer.id);
        let address = address(parts);
        Ok(Self { account: bearer.account_id, login: bearer.login, role, scope, address, credential })
    }

    async fn by_session(parts: &Parts, app: &App, digest: String, holder: Holder) -> Result<Self, Problem> {
        let role: Role = holder.role.parse().map_err(|_error| unknown())?;
        let scope = store::accounts::scope(&app.database, holder.account_id, holder.all_projects).await?;
        let role = if scope == Scope::All { role } else { role.within_projects() };
        let Holder { csrf, expires, must_change, .. } = holder;
        let credential = Credential::Session { digest, csrf, expires, must_change };
        let address = address(parts);
        Ok(Self { account: holder.account_id, login: holder.login, role, scope, address, credential })
    }

    fn must_change(&self) -> bool {
        matches!(self.credential, Credential::Session { must_change: true, .. })
    }
}

/// The token of a header; the word before it is written in any letters.
fn bearer(header: &str) -> Option<&str> {
    let (scheme, token) = header.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// A browser sends the cookie whoever made it ask; what only the console knows shows that it was the console.
fn guard_against_forgery(method: &Method, headers: &HeaderMap, csrf: &str) -> Result<(), Problem> {
    if method.is_safe() {
        return Ok(());
    }
    let given = headers.get(CSRF_HEADER).and_then(|value| value.to_str().ok());
    if given.is_some_and(|given| secret::same(given, csrf)) {
        return Ok(());
    }
    let detail =
        format!("cannot take the request: the header `{CSRF_HEADER}` is not what `GET /api/v1/me` gives");
    Err(Problem::new(ProblemCode::CsrfTokenMissing, detail))
}

/// Whoever is signed in, also when nothing is allowed them before their password is changed.
#[derive(Clone, Debug)]
pub(crate) struct SignedIn(pub(crate) Actor);

impl FromRequestParts<App> for SignedIn {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        Ok(Self(Actor::of(parts, app).await?))
    }
}

/// A guard beside another: what a token may not do, as it would outlive what it belongs to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct InPerson;

impl<S: Sync> FromRequestParts<S> for InPerson {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        if parts.headers.contains_key(AUTHORIZATION) {
            return Err(Problem::new(
                ProblemCode::Forbidden,
                "a token may not do this: sign in with a password",
            ));
        }
        Ok(Self)
    }
}

/// Guards: a route that takes one is for those who may, and for nobody else.
macro_rules! guards {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {
        $($(#[$doc])*
        #[derive(Clone, Debug)]
        pub(crate) struct $name(pub(crate) Actor);

        impl FromRequestParts<App> for $name {
            type Rejection = Problem;

            async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
                let actor = Actor::of(parts, app).await?;
                if actor.must_change() {
                    let detail = "change the password first: PUT /api/v1/me/password";
                    return Err(Problem::new(ProblemCode::PasswordChangeRequired, detail));
                }
                actor.must_be(Role::$name)?;
                Ok(Self(actor))
            }
        })+
    };
}
guards! {
    /// Everybody who is signed in.
    Viewer,
    /// Who may scan, decide, export.
    Operator,
    /// Who may read who did what.
    Auditor,
    /// Who may do everything.
    Administrator,
}
