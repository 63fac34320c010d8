use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use registries::Catalogue;
use store::registries::Registry;

use crate::App;

/// How long a connection is used: credentials of clouds are good for an hour.
const FRESH: Duration = Duration::from_secs(20 * 60);

/// A registry that is spoken to.
pub(crate) struct Connected {
    /// What it holds.
    pub(crate) catalogue: Box<dyn Catalogue>,
    /// Where images are pulled from.
    pub(crate) registry: Arc<image::registry::Registry>,
    /// What it is called before a repository's name, as people pull it.
    pub(crate) host: String,
}

/// The registries this process speaks to, each as it was last set up.
#[derive(Default)]
pub(crate) struct Connections(Mutex<HashMap<i64, Kept>>);

struct Kept {
    version: i64,
    since: Instant,
    connected: Arc<Connected>,
}

impl std::fmt::Debug for Connections {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Connections(…)")
    }
}

/// Why a registry cannot be spoken to.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refused {
    /// It, or the way to it, refuses.
    #[error(transparent)]
    Registry(#[from] registries::Error),
    /// What is kept of it cannot be read.
    #[error(transparent)]
    Server(#[from] crate::Error),
}

impl Refused {
    /// What it means, as a code.
    pub(crate) fn failure(&self) -> model::Failure {
        match self {
            Self::Registry(error) => error.failure(),
            Self::Server(_) => model::Failure::AuthenticationFailed,
        }
    }
}

impl From<image::Error> for Refused {
    fn from(error: image::Error) -> Self {
        Self::Registry(error.into())
    }
}

impl Connections {
    /// Speaks to a registry; this waits for it.
    ///
    /// # Errors
    /// When it cannot be set up, or does not hand out what is needed for pulling.
    pub(crate) fn of(&self, app: &App, registry: &Registry) -> Result<Arc<Connected>, Refused> {
        if let Some(connected) = self.kept(registry) {
            return Ok(connected);
        }
        let kind = registries::find(&registry.kind)?;
        let settings = super::settings(app, registry)?;
        let catalogue = (kind.connect)(&settings)?;
        let endpoint = catalogue.endpoint()?;
        let connected =
            Arc::new(Connected { registry: endpoint.connect()?, host: host(&endpoint.address), catalogue });
        let kept =
            Kept { version: registry.version, since: Instant::now(), connected: Arc::clone(&connected) };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(registry.id, kept);
        Ok(connected)
    }

    fn kept(&self, registry: &Registry) -> Option<Arc<Connected>> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, kept| kept.since.elapsed() < FRESH);
        let kept = all.get(&registry.id).filter(|kept| kept.version == registry.version)?;
        Some(Arc::clone(&kept.connected))
    }
}

impl Connected {
    /// A repository as its images are named.
    pub(crate) fn named(&self, repository: &str) -> String {
        format!("{}/{}", self.host, self.catalogue.pull_name(repository))
    }

    /// What is pulled of an image that is named so; nothing when it is another registry's.
    pub(crate) fn pulled<'a>(&self, repository: &'a str) -> Option<&'a str> {
        repository.strip_prefix(&self.host)?.strip_prefix('/')
    }
}

/// What an address is called before a repository's name.
pub(crate) fn host(address: &str) -> String {
    /// Docker Hub by its machine, which nobody writes.
    const HUB: &str = "registry-1.docker.io";
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    let host = rest.split('/').next().unwrap_or(rest).to_ascii_lowercase();
    if host == HUB { "docker.io".to_owned() } else { host }
}

#[cfg(test)]
mod tests {
    use super::host;

    #[test]
    fn an_address_is_called_as_people_pull_from_it() {
        for (address, called) in [
            ("https://Harbor.example:8443/", "harbor.example:8443"),
            ("127.0.0.1:5000", "127.0.0.1:5000"),
            ("http://jfrog.example/artifactory", "jfrog.example"),
            ("registry-1.docker.io", "docker.io"),
        ] {
            assert_eq!(host(address), called);
        }
    }
}
