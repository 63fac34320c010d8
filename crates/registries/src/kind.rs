use std::sync::Arc;

use image::registry::{Options, Registry};
use model::{Digest, Platform, Text};

use crate::{Error, Settings};

/// A kind of registry.
pub struct Kind {
    /// By which it is chosen: `harbor`.
    pub word: &'static str,
    /// What it is called, in English and Chinese.
    pub title: (&'static str, &'static str),
    /// What must or may be said of one.
    pub needs: &'static [Need],
    /// What user and password are here, in English and Chinese.
    pub sign_in_help: (&'static str, &'static str),
    /// Sets it up; what can be found out only by asking is asked later.
    pub connect: fn(&Settings) -> Result<Box<dyn Catalogue>, Error>,
}

/// A setting that a kind uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// The address must be given.
    Address,
    /// The address may be given.
    AddressOptional,
    /// User and password must be given.
    Credentials,
    /// User and password may be given.
    CredentialsOptional,
    /// The region must be given.
    Region,
    /// The instance must be given.
    Instance,
    /// The instance may be given.
    InstanceOptional,
    /// The namespace must be given.
    Namespace,
    /// The namespace may be given.
    NamespaceOptional,
    /// The version of the interface may be chosen.
    Version,
    /// The address of the interface that lists may be given, where images are pulled from another one.
    ApiAddressOptional,
    /// A role may be taken on.
    Role,
}

impl Kind {
    /// What it is called.
    #[must_use]
    pub fn title(&self) -> Text {
        Text::new(self.title.0, self.title.1)
    }

    /// What user and password are here.
    #[must_use]
    pub fn sign_in_help(&self) -> Text {
        Text::new(self.sign_in_help.0, self.sign_in_help.1)
    }
}

impl std::fmt::Debug for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Kind").field("word", &self.word).finish_non_exhaustive()
    }
}

/// What a registry holds.
///
/// Lists come in pages; `next` of one page asks for the following one and means something to the kind alone.
pub trait Catalogue: Send + Sync {
    /// Signs in by a cheap question; tells what it found out, such as `Harbor v2.11.0`.
    ///
    /// # Errors
    /// When the registry cannot be reached or refuses.
    fn sign_in(&self) -> Result<String, Error>;

    /// A page of repositories.
    ///
    /// # Errors
    /// When the registry cannot be reached or refuses.
    fn repositories(&self, next: Option<&str>) -> Result<Page<Repository>, Error>;

    /// A page of the images of a repository: pushed at or after `since` (RFC 3339) where the registry can tell, else all.
    ///
    /// # Errors
    /// When the registry cannot be reached or refuses.
    fn artifacts(
        &self,
        repository: &Repository,
        since: Option<&str>,
        next: Option<&str>,
    ) -> Result<Page<Artifact>, Error>;

    /// Where images are pulled from, and as whom; what is temporary is made anew in time.
    ///
    /// # Errors
    /// When the registry does not hand out what is needed for pulling.
    fn endpoint(&self) -> Result<Endpoint, Error>;

    /// The address of the interface that lists, when it is not the address of the settings.
    fn interface(&self) -> Option<String> {
        None
    }

    /// Whether the registry counts manifests that are read as images that are pulled, and allows only so many.
    fn counts_manifests(&self) -> bool {
        false
    }

    /// How a repository is named when it is pulled from the endpoint.
    fn pull_name(&self, repository: &str) -> String {
        repository.to_owned()
    }
}

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// What is on it.
    pub items: Vec<T>,
    /// What to ask for the following one by; nothing on the last.
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// The only page.
    #[must_use]
    pub fn last(items: Vec<T>) -> Self {
        Self { items, next: None }
    }
}

/// A repository: a name that images of several tags share.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Repository {
    /// Its whole name, `project/team/shop`.
    pub name: String,
    /// What the kind itself knows it by, where that is not its name.
    pub id: String,
    /// When it changed last, RFC 3339.
    pub updated: Option<String>,
    /// How many images it says it has.
    pub count: Option<u64>,
    /// Whose it is.
    pub origin: Origin,
}

/// Whose a repository is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Origin {
    /// The registry's own.
    #[default]
    Own,
    /// A cache of another registry: pulling from it fetches from there.
    ProxyCache,
    /// Of somebody else who shares it, until a time (RFC 3339) or for ever.
    Shared {
        /// Who.
        owner: String,
        /// Until when.
        until: Option<String>,
    },
}

/// An image or an index of images in a repository.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Artifact {
    /// Its tags; none for an image that is named by its digest alone.
    pub tags: Vec<String>,
    /// The digest of its manifest or index, where the registry tells.
    pub digest: Option<Digest>,
    /// The media type of its manifest or index; empty where the registry does not tell.
    pub media_type: String,
    /// Its size in bytes, as stored.
    pub size: Option<u64>,
    /// When it was pushed, RFC 3339.
    pub pushed: Option<String>,
    /// What it runs on, where the registry tells.
    pub platform: Option<Platform>,
    /// The images of an index, where the registry tells.
    pub children: Vec<Child>,
}

/// One image of an index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Child {
    /// The digest of its manifest.
    pub digest: Digest,
    /// What it runs on.
    pub platform: Option<Platform>,
}

/// Where images are pulled from, and as whom.
#[derive(Clone, Debug, Default)]
pub struct Endpoint {
    /// Host and port, or a whole address.
    pub address: String,
    /// Credentials and network.
    pub options: Options,
}

impl Endpoint {
    /// Speaks to it.
    ///
    /// # Errors
    /// When the address is none or the network cannot be set up.
    pub fn connect(&self) -> Result<Arc<Registry>, Error> {
        Ok(Arc::new(Registry::connect(&self.address, &self.options)?))
    }
}
