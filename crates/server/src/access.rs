//! Who asks, and whether they may.

use std::net::IpAddr;

use api::{ProblemCode, Role};
use axum::extract::FromRequestParts;
use http::header::AUTHORIZATION;
use http::request::Parts;
use sha2::{Digest, Sha256};
use store::{On, Scope};

use crate::App;
use crate::problem::Problem;

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
}

/// Where a request came from, as whoever took it knows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Client {
    /// Its address.
    pub(crate) address: IpAddr,
}

/// From where a request came; `-` when nobody took it from a network.
fn address(parts: &Parts) -> String {
    parts.extensions.get::<Client>().map_or_else(|| "-".to_owned(), |client| client.address.to_string())
}

/// SHA-256 of a token or cookie, in hexadecimal digits: what is kept of it.
pub(crate) fn digest(secret: &str) -> String {
    Sha256::digest(secret.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
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
        let unknown = || Problem::new(ProblemCode::NotSignedIn, "sign in, or send a token that is valid");
        let header = parts.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token = header.and_then(|value| value.strip_prefix("Bearer ")).ok_or_else(unknown)?;
        let bearer = store::tokens::bearer(&app.database, &digest(token)).await?.ok_or_else(unknown)?;
        let role: Role = bearer.role.parse().map_err(|_unknown| unknown())?;
        let scope = bearer.project_id.map_or(Scope::All, |project| Scope::Projects(vec![project]));
        Ok(Self { account: bearer.account_id, login: bearer.login, role, scope, address: address(parts) })
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
                if actor.role.may(Role::$name) {
                    return Ok(Self(actor));
                }
                let (have, need) = (actor.role.word(), Role::$name.word());
                Err(Problem::new(ProblemCode::Forbidden, format!("{have} may not do this: it takes {need}")))
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
