//! From an argument to images that can be scanned.

use std::cell::Cell;
use std::collections::HashMap;
use std::io::Read;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result};
use image::platform::Choice;
use image::registry::Registry;
use image::{Config, Data, Image, Layer, Location, Place, Reference, layout, registry};
use registries::{Limiter, Permit};
use scan::{Passed, Scanner};

use crate::cli::{NetworkArguments, RegistryArguments, SignInArguments};
use crate::engines::{self, EngineKind};
use crate::settings;

/// Images, and the layers of theirs that passed by while they were found.
pub(crate) struct Found {
    pub(crate) images: Vec<Image>,
    pub(crate) passed: Passed,
    /// Why other platforms of the same image could not be read.
    pub(crate) failures: Vec<image::Error>,
    /// The right to pull them, kept until they are scanned.
    _permit: Option<Permit>,
}

impl From<scan::Found> for Found {
    fn from(found: scan::Found) -> Self {
        Self { images: found.images, passed: found.passed, failures: Vec::new(), _permit: None }
    }
}

/// Finds images wherever a location says.
pub(crate) struct Finder<'a> {
    pub(crate) scanner: &'a Scanner<'a>,
    pub(crate) choice: Choice,
    pub(crate) registries: &'a Registries,
}

/// The registries of one run: how they are spoken to, and how fast.
pub(crate) struct Registries {
    options: registry::Options,
    limiter: Limiter,
    limits: registries::Limits,
    /// Those that are spoken to already, by their hosts: they keep their connections and tokens.
    connected: Mutex<HashMap<String, Arc<Registry>>>,
}

impl Registries {
    /// As the arguments say; the password is read from standard input here, once.
    pub(crate) fn new(arguments: &RegistryArguments) -> Result<Self> {
        let limits = registries::Limits { images_per_hour: arguments.images_per_hour, at_once: None };
        let (options, connected) =
            (registry_options(&arguments.sign_in, &arguments.network)?, Mutex::default());
        Ok(Self { options, limiter: Limiter::default(), limits, connected })
    }

    fn connect(&self, host: &str) -> Result<Arc<Registry>, image::Error> {
        let mut connected = self.connected.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(registry) = connected.get(host) {
            return Ok(Arc::clone(registry));
        }
        let registry = Arc::new(Registry::connect(host, &self.options)?);
        connected.insert(host.to_owned(), Arc::clone(&registry));
        Ok(registry)
    }

    /// The images of that name, when they may be pulled.
    fn open(&self, reference: &Reference, choice: &Choice) -> Result<Found> {
        self.limiter.set(reference.registry(), self.limits);
        let asked = Cell::new(0_u32);
        let wait_on = || {
            // The second look means that there is something to wait for.
            if asked.replace(asked.get().saturating_add(1)) == 1
                && let Some(images) = self.limits.images_per_hour
            {
                anstream::eprintln!(
                    "waiting: at most {images} images an hour are pulled from {}",
                    reference.registry()
                );
            }
            false
        };
        let permit = self.limiter.wait(reference.registry(), &wait_on);
        let registry = self.connect(reference.registry_host())?;
        let registry::Found { images, failures } = registry::find(&registry, reference, choice)?;
        Ok(Found { images, passed: Passed::default(), failures, _permit: permit })
    }
}

impl Finder<'_> {
    /// The images at a location.
    pub(crate) fn find(&self, location: &Location) -> Result<Found> {
        match location {
            Location::Name(name) => self.by_name(name),
            Location::Docker(name) => self.in_engine(EngineKind::Docker, name),
            Location::Containerd(name) => self.in_engine(EngineKind::Containerd, name),
            Location::Podman(name) => self.in_engine(EngineKind::Podman, name),
            Location::Registry(reference) => self.registry(reference),
            Location::OciLayout(directory, tag) => {
                Ok(scan::Found::from(layout::open_layout(directory, tag.as_deref(), &self.choice)?).into())
            }
            Location::DockerArchive(path) => Ok(self.scanner.docker_archive(path, &self.choice)?.into()),
            Location::OciArchive(path) => Ok(self.scanner.oci_archive(path, &self.choice)?.into()),
            Location::RootFileSystem(path) => {
                let data = Data::Directory(
                    path.canonicalize().with_context(|| format!("cannot read `{}`", path.display()))?,
                );
                let layer = Layer { digest: None, diff_id: None, size: 0, data };
                let name = path.display().to_string();
                let config = Config::default();
                let image = Image {
                    name,
                    source: "rootfs",
                    digest: None,
                    image_id: None,
                    config,
                    layers: vec![layer],
                };
                Ok(scan::Found::from(vec![image]).into())
            }
            Location::StandardInput => {
                let stream = &mut std::io::stdin();
                Ok(self.scanner.stream("standard input", stream, &self.choice)?.into())
            }
        }
    }

    /// An image that engines of one kind have: the first that knows it.
    fn in_engine(&self, kind: EngineKind, name: &str) -> Result<Found> {
        let mut missing = None;
        for place in engines::require(kind)? {
            match self.at(&place, name) {
                Err(error) if is_missing(&error) => missing = Some(missing.unwrap_or(error)),
                other => return other,
            }
        }
        Err(missing.unwrap_or_else(|| anyhow::anyhow!("cannot find {kind}")))
    }

    fn at(&self, place: &Place, name: &str) -> Result<Found> {
        let opened = place.connect()?.open(name, &self.choice)?;
        match self.scanner.opened(opened, &self.choice) {
            Ok(found) => Ok(found.into()),
            Err(scan::Error::Image(error)) => Err(error.into()),
            Err(error) => Err(error.into()),
        }
    }

    fn registry(&self, reference: &Reference) -> Result<Found> {
        self.registries.open(reference, &self.choice)
    }

    /// A bare name: the image of the first engine of this machine that has it, else the registry's.
    fn by_name(&self, name: &str) -> Result<Found> {
        let reference = Reference::parse(name)?;
        let places = engines::places(&EngineKind::ALL)?;
        for place in &places {
            match self.at(place, name) {
                Err(error) if is_missing(&error) => {}
                other => return other,
            }
        }
        let found = self.registry(&reference);
        if places.is_empty() {
            return found;
        }
        let kinds: Vec<String> = places.iter().map(|place| engines::kind(place).to_string()).collect();
        found
            .with_context(|| format!("cannot find `{name}` in {}, and not in its registry", kinds.join(", ")))
    }
}

/// Whether the image is to be looked for elsewhere: the engine has it not, or may not be asked by this user.
fn is_missing(error: &anyhow::Error) -> bool {
    let elsewhere = |error: &image::Error| {
        matches!(error, image::Error::NotFound { .. } | image::Error::Network { .. })
            || error.failure() == model::Failure::PermissionDenied
    };
    error.downcast_ref().is_some_and(elsewhere)
}

/// How registries are spoken to.
pub(crate) fn registry_options(
    arguments: &SignInArguments,
    network: &NetworkArguments,
) -> Result<registry::Options> {
    let password = if arguments.password_stdin {
        let mut password = String::new();
        std::io::stdin().take(64 * 1024).read_to_string(&mut password).context("cannot read the password")?;
        Some(password.trim_end_matches(['\r', '\n']).to_owned())
    } else {
        arguments.password.clone()
    };
    Ok(registry::Options {
        username: arguments.username.clone(),
        password,
        token: None,
        docker_configs: settings::credential_files(),
        helper_directories: settings::program_directories(),
        plain_http: arguments.plain_http,
        net: network.options(),
    })
}
