//! Images in a registry, over the OCI distribution protocol, version 2.
//!
//! Source: the OCI distribution specification 1.1, and Docker's pages on the token flow.
//! A registry is trusted half: sizes are limits, documents must have the digest they were asked by, and layers are
//! verified where they are read.

mod blob;
mod challenge;
mod connection;
mod credentials;
mod helper;
mod lists;
mod manifests;
mod puller;
mod refusals;
mod tokens;

use std::path::PathBuf;
use std::sync::Arc;

use crate::platform::Choice;
use crate::{Data, Error, Image, Known, Reference};
use blob::RegistryBlob;
use credentials::Credentials;
use puller::Puller;

pub use connection::Registry;
pub use lists::Page;
pub use manifests::{Described, Document};

/// A manifest or an index.
const MANIFEST_BYTES: u64 = 4 << 20;

/// How a registry is reached, and as whom.
#[derive(Clone, Default)]
pub struct Options {
    /// The user; nobody when there is none and `docker_configs` name none.
    pub username: Option<String>,
    /// The password.
    pub password: Option<String>,
    /// A token that was got elsewhere, which is sent where a token is asked for; then there is no user.
    pub token: Option<String>,
    /// Docker's `config.json` and Podman's `auth.json`, whose `auths` hold credentials; the first that names one counts.
    pub docker_configs: Vec<PathBuf>,
    /// Where the helper programs that those files name are looked for, as in `PATH`; none is run when there is nothing.
    pub helper_directories: Vec<PathBuf>,
    /// Speaks plain `http`, without ever sending a credential to another machine.
    pub plain_http: bool,
    /// The network.
    pub net: net::Options,
}

impl std::fmt::Debug for Options {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Options")
            .field("username", &self.username)
            .field("password", &self.password.as_ref().map(|_| "…"))
            .field("token", &self.token.as_ref().map(|_| "…"))
            .field("docker_configs", &self.docker_configs)
            .field("helper_directories", &self.helper_directories)
            .field("plain_http", &self.plain_http)
            .field("net", &self.net)
            .finish()
    }
}

/// The user and password for a registry: those of the options, or those that the files of credentials hold for all of it.
///
/// # Errors
/// When a file of credentials cannot be understood, or a helper fails.
pub fn stored_password(address: &str, options: &Options) -> Result<Option<(String, String)>, Error> {
    let keyring = credentials::find(address, options)?;
    Ok(keyring.find(None).and_then(Credentials::password))
}

/// What was found by a name.
#[derive(Debug, Default)]
pub struct Found {
    /// The images.
    pub images: Vec<Image>,
    /// Why others that the name means could not be read; only when all platforms are wanted.
    pub failures: Vec<Error>,
}

/// The image of that name; several when all platforms are wanted.
///
/// `https` is spoken, and `http` with [`Options::plain_http`] or when a server on this machine speaks no TLS.
/// Credentials go to the registry and to the token server it names: that may be another machine, as
/// `auth.docker.io` is, but is only told them over `https`.
///
/// # Errors
/// When the registry cannot be reached or refuses, has no such image or platform, or a document in it is damaged.
pub fn open(reference: &Reference, choice: &Choice, options: &Options) -> Result<Vec<Image>, Error> {
    let registry = Arc::new(Registry::connect(reference.registry_host(), options)?);
    open_in(&registry, reference, choice)
}

/// The image of that name in a registry that is spoken to already; the registry the name says is not looked at.
///
/// # Errors
/// As [`open`].
pub fn open_in(
    registry: &Arc<Registry>,
    reference: &Reference,
    choice: &Choice,
) -> Result<Vec<Image>, Error> {
    let Found { images, failures } = find(registry, reference, choice)?;
    match failures.into_iter().next() {
        None => Ok(images),
        Some(failure) => Err(failure),
    }
}

/// An image that was found before, as it was kept, in a repository of a registry: nothing is asked before its layers are
/// read.
#[must_use]
pub fn known_in(registry: &Arc<Registry>, repository: &str, known: Known) -> Image {
    known.with(|digest, size| {
        let blob = RegistryBlob::of(registry, repository, digest.clone(), size);
        Some(Data::Blob(Arc::new(blob)))
    })
}

/// The images of that name that can be read, and why others cannot.
///
/// # Errors
/// As [`open`], but for a single platform when all are wanted; also when none of them can be read.
pub fn find(registry: &Arc<Registry>, reference: &Reference, choice: &Choice) -> Result<Found, Error> {
    let mut found = Puller::new(registry, reference, choice).find(reference)?;
    if found.images.is_empty() && !found.failures.is_empty() {
        return Err(found.failures.swap_remove(0));
    }
    Ok(found)
}
