//! The registry that an image is pulled from, and as whom.

use std::sync::Arc;

use image::platform::Choice;
use image::registry::{Options, Registry, open_in};
use image::{Image, Reference};
use store::Scope;
use store::adapter::Pull;

use crate::access::scanner::password;
use crate::registries::{host, settings};
use crate::sealed::open;
use crate::{App, Error};

/// The most that wait for one image whose credentials are tried.
const MOST: i64 = 5;

/// A registry that has an image, and as whom it is asked.
pub(crate) struct Source {
    registry: String,
    repository: String,
    digest: String,
    options: Options,
}

impl Source {
    /// The one that a wish names, as whom it says; over the way that is set for it when it is connected besides.
    pub(crate) async fn of(app: &App, pull: &Pull) -> Result<Self, Error> {
        let connected = match pull.registry_id {
            Some(id) => store::registries::find(&app.database, &Scope::All, id).await?,
            None => None,
        };
        let way = match connected {
            Some(registry) => settings(app, &registry)?.registry_options().net,
            None => net::Options::default(),
        };
        let header = pull.sealed.as_deref().and_then(|sealed| open(&app.settings.key, &pull.name, sealed));
        let mut options =
            Options { net: way, ..header.and_then(|header| let_in(&header)).unwrap_or_default() };
        options.net.accept_invalid_certificates |= pull.insecure;
        Ok(Self {
            registry: pull.registry.clone(),
            repository: pull.repository.clone(),
            digest: pull.digest.clone(),
            options,
        })
    }

    /// The images of that digest, whose layers are pulled when they are read; this waits for the registry.
    ///
    /// # Errors
    /// When the registry cannot be reached, refuses, or has no such image.
    pub(crate) fn open(&self) -> Result<Vec<Image>, image::Error> {
        let registry = Arc::new(Registry::connect(&self.registry, &self.options)?);
        let reference = Reference::within(&host(&self.registry), &self.repository, &self.digest)?;
        open_in(&registry, &reference, &Choice::All)
    }
}

/// Where a content can be had that a registry asked about, while its scan has not ended.
pub(crate) async fn sources(app: &App, content: i64) -> Result<Vec<Source>, Error> {
    let mut sources = Vec::new();
    for pull in store::adapter::of_content(&app.database, content, MOST).await? {
        sources.push(Source::of(app, &pull).await?);
    }
    Ok(sources)
}

/// As whom the value of a header `Authorization` asks; nothing when it says neither a password nor a token.
pub(crate) fn let_in(header: &str) -> Option<Options> {
    if let Some((username, password)) = password(header) {
        return Some(Options { username: Some(username), password: Some(password), ..Options::default() });
    }
    let (scheme, token) = header.split_once(' ')?;
    let token =
        Some(token.trim()).filter(|token| !token.is_empty() && scheme.eq_ignore_ascii_case("bearer"))?;
    Some(Options { token: Some(token.to_owned()), ..Options::default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_lets_in_by_password_or_by_token() {
        let basic = let_in("Basic cm9ib3QkYTpwOnc=").unwrap();
        assert_eq!((basic.username.as_deref(), basic.password.as_deref()), (Some("robot$a"), Some("p:w")));
        let bearer = let_in("bearer  abc ").unwrap();
        assert_eq!((bearer.token.as_deref(), bearer.username), (Some("abc"), None));
        for bad in ["", "Basic", "Basic ???", "Basic YWJj", "Bearer ", "Digest a", "abc"] {
            assert!(let_in(bad).is_none(), "{bad}");
        }
    }
}
