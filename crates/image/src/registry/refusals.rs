//! What the refusals of a registry mean, and what to do about them.
//!
//! Source: the table of error codes of the OCI distribution specification 1.1; for 412, the pages of Harbor on "prevent
//! vulnerable images from running".

use model::Failure;
use net::{Refusal, Response};

use super::connection::{About, Registry, Scope};
use super::credentials::Credentials;
use crate::Error;

impl Registry {
    /// The failure of a transfer, for messages.
    pub(super) fn fail(&self, what: &str, source: net::Error) -> Error {
        Error::Network { operation: format!("pull {what} from {}", self.place()), source }
    }

    /// An answer that is a refusal.
    pub(super) fn refused(&self, about: &About<'_>, response: Response) -> Error {
        // The password was good, and the token it was given for does not reach so far.
        let short = response.headers("www-authenticate").any(|header| header.contains("insufficient_scope"));
        let status = response.status();
        let refusal = response.into_refusal();
        let unreadable = |failure, why| {
            let what = format!("{} from {}", about.what, self.place());
            Error::Unreadable { failure, what, why }
        };
        match status {
            404 | 405 if matches!(about.scope, Scope::Catalog) => unreadable(
                Failure::InvalidContent,
                format!(
                    "it does not tell its repositories (status {status}); choose its own kind, if it has one"
                ),
            ),
            404 | 410 => {
                let (name, place) = (about.name.clone(), self.place());
                Error::NotFound { name, place, why: words(refusal.error) }
            }
            401 if short => self.denied(about, refusal, Failure::AccessDenied),
            401 => self.denied(about, refusal, Failure::AuthenticationFailed),
            403 => self.denied(about, refusal, Failure::AccessDenied),
            412 => {
                let why = format!("it is blocked by the registry's own policy: {}", words(refusal.error));
                unreadable(Failure::BlockedByPolicy, why)
            }
            _ => self.fail(&about.what, refusal.error),
        }
    }

    /// Nobody was let in: says as whom it was asked, and what to do.
    ///
    /// The registry's code has the last word on whether it was the password or a right that was missing.
    pub(super) fn denied(&self, about: &About<'_>, refusal: Refusal, failure: Failure) -> Error {
        let Refusal { error, code } = refusal;
        let (failure, status) = match (code.as_deref(), error.status().unwrap_or_default()) {
            (Some("TOOMANYREQUESTS"), status) => (Failure::RateLimited, status),
            (Some("DENIED"), status) | (_, status @ 403) => (Failure::AccessDenied, status),
            (_, status) => (failure, status),
        };
        let hint = self.advice(about, failure);
        let operation = match self.keyring.find(about.scope.repository()).map(Credentials::username) {
            Some(user) => format!("pull {} from {} as `{user}`", about.what, self.place()),
            None => format!("pull {} from {}", about.what, self.place()),
        };
        let error = hinted(error, &hint);
        // A status that says the same is left to speak for itself.
        let said = crate::failure_of(&error);
        if said == failure {
            return Error::Network { operation, source: error };
        }
        let what = operation.strip_prefix("pull ").unwrap_or(&operation).to_owned();
        Error::Unreadable { failure, what, why: format!("{} (status {status})", words(error)) }
    }

    fn advice(&self, about: &About<'_>, failure: Failure) -> String {
        let registry = &self.name;
        let place = about.scope.repository().unwrap_or(registry);
        let user = self.keyring.find(about.scope.repository()).map(Credentials::username);
        match (failure, user, self.keyring.missing()) {
            (Failure::RateLimited, ..) => "ask for less, or sign in".to_owned(),
            (Failure::AccessDenied, Some(user), _) => format!("`{user}` may not pull from `{place}`"),
            (_, Some(user), _) => format!("check the user name `{user}` and its password for `{registry}`"),
            (_, None, Some(missing)) => format!("{missing}; give `--username` and the password"),
            (_, None, None) => format!(
                "`{place}` does not exist or needs a user: give `--username` and the password, or run `docker login {registry}`"
            ),
        }
    }

    pub(super) fn advise(&self, error: net::Error) -> net::Error {
        match error {
            net::Error::NotTls { host, why } if self.base.starts_with("https:") => net::Error::NotTls {
                host,
                why: format!("{why}\nhint: give `--plain-http` to speak unprotected http with it"),
            },
            other => other,
        }
    }
}

/// What a server said, or else its status.
fn words(error: net::Error) -> String {
    match error {
        net::Error::Status { message, .. } if !message.is_empty() => message,
        other => other.to_string(),
    }
}

/// A refusal with advice after the server's own words.
fn hinted(refusal: net::Error, hint: &str) -> net::Error {
    match refusal {
        net::Error::Status { status, url, message } => {
            let message = if message.is_empty() { "access denied".to_owned() } else { message };
            net::Error::Status { status, url, message: format!("{message}\nhint: {hint}") }
        }
        other => other,
    }
}
