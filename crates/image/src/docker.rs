//! Images in a Docker Engine, over the socket of this machine.
//!
//! Source: the Docker Engine API 1.41 to 1.47, and the layout of `/var/lib/docker` as `moby/moby` writes it.
//! Where the engine keeps its layers in directories that can be read, they are read there; otherwise it exports the
//! image as `docker save` does. Its answers are read with limits, as those of any server.
//!
//! Since Docker 29, and since 24 where it is asked for, containerd keeps the images: their ids are then digests of
//! manifests or indexes. They are read through containerd's own socket where it can be reached; what the engine exports
//! otherwise is an OCI layout.

mod containerd_store;
mod containers;
mod events;
mod export;
mod history;
mod information;
mod listing;
mod overlay;

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use model::{Container, Digest, EngineSummary, LocalImage};
use net::{Client, Request, Response, encode_component};
use serde::Deserialize;
use serde::de::DeserializeOwned;

pub use containerd_store::ContainerdStore;
pub use export::{Archive, Export};
use information::Information;

use crate::platform::Choice;
use crate::{Config, Data, Error, Image, Layer, Opened, RootFs, Runtime, Watch};

/// What this engine is called.
const KIND: &str = "docker";

/// Lists and descriptions.
const ANSWER_BYTES: u64 = 64 << 20;
/// The newest version of the API that this was written for.
const NEWEST: (u32, u32) = (1, 47);
/// An export may be prepared whole before its first byte comes.
const PATIENCE: Duration = Duration::from_secs(600);

/// A running Docker Engine.
#[derive(Clone, Debug)]
pub struct Engine {
    client: Client,
    socket: PathBuf,
    base: String,
    in_place: InPlace,
}

/// Whether layers may be read where the engine keeps them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum InPlace {
    /// Where all of them can be.
    #[default]
    WhenPossible,
    /// The engine exports them.
    Never,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Inspected {
    id: String,
    #[serde(default)]
    repo_tags: Option<Vec<String>>,
    #[serde(default)]
    repo_digests: Option<Vec<String>>,
    #[serde(default)]
    created: Option<String>,
    #[serde(default)]
    author: Option<String>,
    #[serde(default)]
    architecture: String,
    #[serde(default)]
    variant: Option<String>,
    #[serde(default)]
    os: String,
    #[serde(default)]
    config: Option<crate::manifest::Runtime>,
    #[serde(default, rename = "RootFS")]
    root_fs: InspectedRoot,
}

#[derive(Deserialize, Default)]
struct InspectedRoot {
    #[serde(default, rename = "Layers")]
    layers: Option<Vec<Digest>>,
}

impl Engine {
    /// Connects to the engine that listens on this socket.
    ///
    /// # Errors
    /// When nothing listens there, or it may not be used; the message says what to do.
    pub fn connect(socket: &Path) -> Result<Self, Error> {
        let client_options = options(socket, PATIENCE);
        let operation = || format!("reach Docker at `{}`", socket.display());
        let fail = |source| Error::Network { operation: operation(), source };
        let client = Client::new(&client_options).map_err(fail)?;
        let mut engine = Self {
            client,
            socket: socket.to_owned(),
            base: "http://docker".to_owned(),
            in_place: InPlace::default(),
        };
        let answer = engine.client.send(&Request::get("http://docker/_ping"));
        let answer = answer.map_err(|error| fail(advise(error)))?;
        if !answer.is_success() {
            return Err(fail(answer.into_error()));
        }
        let theirs = answer.header("api-version").and_then(version);
        let Some(theirs) = theirs else {
            let why = "it does not say which version of the API it speaks".to_owned();
            return Err(Error::Format { what: format!("answer of `{}`", socket.display()), why });
        };
        let (major, minor) = theirs.min(NEWEST);
        engine.base = format!("http://docker/v{major}.{minor}");
        Ok(engine)
    }

    /// The socket it listens on.
    #[must_use]
    pub fn socket(&self) -> &Path {
        &self.socket
    }

    /// With another way of reading layers.
    #[must_use]
    pub fn with_layers(self, in_place: InPlace) -> Self {
        Self { in_place, ..self }
    }

    /// Where containerd keeps the images of this engine; nothing when the engine keeps them itself.
    ///
    /// # Errors
    /// When the engine refuses or goes away.
    pub fn containerd(&self) -> Result<Option<ContainerdStore>, Error> {
        Ok(self.information()?.containerd())
    }

    fn information(&self) -> Result<Information, Error> {
        self.json("/info", "", || "ask Docker about itself".to_owned())
    }

    fn export(&self, inspected: Inspected, known: Known) -> Result<Export, Error> {
        let id = inspected.id;
        let operation = || format!("read the history of image `{}` in Docker", known.name);
        let steps: Vec<history::Step> =
            self.json(&format!("/images/{}/history", encode_component(&id)), &known.name, operation)?;
        let config = Config {
            os: inspected.os,
            architecture: inspected.architecture,
            variant: inspected.variant.filter(|variant| !variant.is_empty()),
            created: inspected.created,
            author: inspected.author,
            history: Some(history::oldest_first(steps, known.diff_ids.len())),
            config: inspected.config,
            rootfs: RootFs { diff_ids: known.diff_ids.clone() },
        };
        let layers = known.diff_ids.iter().map(|diff_id| Layer {
            digest: None,
            diff_id: Some(diff_id.clone()),
            size: 0,
            data: Data::Absent("the engine has not exported it".to_owned()),
        });
        let layers = layers.collect();
        let by_manifest = known.image_id.is_none();
        let image = known.image(config, layers);
        Ok(Export { image, archive: Archive::new(self.clone(), id), by_manifest })
    }

    fn json<T: DeserializeOwned>(
        &self,
        path: &str,
        name: &str,
        operation: impl Fn() -> String,
    ) -> Result<T, Error> {
        let response = self.get(path, name, &operation)?;
        response.json(ANSWER_BYTES).map_err(|source| Error::Network { operation: operation(), source })
    }

    fn get(&self, path: &str, name: &str, operation: impl Fn() -> String) -> Result<Response, Error> {
        let fail = |source| Error::Network { operation: operation(), source };
        let response = self.client.send(&Request::get(format!("{}{path}", self.base)));
        let response = response.map_err(|error| fail(advise(error)))?;
        match response {
            response if response.is_success() => Ok(response),
            response if response.status() == 404 && !name.is_empty() => Err(Error::NotFound {
                name: name.to_owned(),
                place: format!("Docker at `{}`", self.socket.display()),
                why: "it has no such image\nhint: `docker images` lists those it has, `docker pull` fetches one"
                    .to_owned(),
            }),
            response => Err(fail(response.into_error())),
        }
    }
}

impl Runtime for Engine {
    fn summary(&self) -> Result<EngineSummary, Error> {
        Ok(self.information()?.summary(&self.socket))
    }

    fn images(&self) -> Result<Vec<LocalImage>, Error> {
        listing::images(self)
    }

    fn containers(&self) -> Result<Vec<Container>, Error> {
        containers::all(self)
    }

    /// Opens an image by name, by name and digest, or by its id, long or short.
    fn open(&self, name: &str, choice: &Choice) -> Result<Opened, Error> {
        check_name(name)?;
        let operation = || format!("inspect image `{name}` in Docker");
        let inspected: Inspected =
            self.json(&format!("/images/{}/json", encode_component(name)), name, operation)?;
        let information = self.information()?;
        let known = Known::of(name, &inspected, &information)?;
        if self.in_place == InPlace::WhenPossible
            && let Some(image_id) = &known.image_id
            && information.driver == "overlay2"
            && let Some((config, layers)) = overlay::open(Path::new(&information.docker_root_dir), image_id)
            && config.rootfs.diff_ids == known.diff_ids
        {
            return Ok(Opened::Images(vec![known.image(config, layers)]));
        }
        if self.in_place == InPlace::WhenPossible
            && let Some(store) = information.containerd()
            && let Some(images) = store.open(&inspected.id, choice)
        {
            let of_docker = |image| Image { name: known.name.clone(), source: KIND, ..image };
            return Ok(Opened::Images(images.into_iter().map(of_docker).collect()));
        }
        self.export(inspected, known).map(|export| Opened::Export(Box::new(export)))
    }

    fn watch(&self) -> Result<Box<dyn Watch>, Error> {
        Ok(Box::new(events::Events::begin(self)?))
    }
}

fn options(socket: &Path, read_timeout: Duration) -> net::Options {
    net::Options { unix_socket: Some(socket.to_owned()), read_timeout, retries: 0, ..net::Options::default() }
}

/// What is the same however an image is read.
struct Known {
    name: String,
    digest: Option<Digest>,
    image_id: Option<Digest>,
    diff_ids: Vec<Digest>,
}

impl Known {
    fn of(name: &str, inspected: &Inspected, information: &Information) -> Result<Self, Error> {
        let what = || format!("answer of Docker about image `{name}`");
        let id: Digest = inspected
            .id
            .parse()
            .map_err(|error: model::NotADigest| Error::Format { what: what(), why: error.to_string() })?;
        let by_id = inspected.id == name || inspected.id.trim_start_matches("sha256:").starts_with(name);
        let tags = || inspected.repo_tags.iter().flatten().filter(|tag| !tag.starts_with("<none>"));
        let shown = tags().next().filter(|_| by_id).cloned().unwrap_or_else(|| name.to_owned());
        Ok(Self {
            digest: repository_digest(&shown, inspected.repo_digests.as_deref().unwrap_or_default()),
            name: shown,
            // With containerd the id is that of a manifest or index.
            image_id: (!information.is_containerd()).then_some(id),
            diff_ids: inspected.root_fs.layers.clone().unwrap_or_default(),
        })
    }

    fn image(self, config: Config, layers: Vec<Layer>) -> Image {
        let Self { name, digest, image_id, .. } = self;
        Image { name, source: KIND, digest, image_id, config, layers }
    }
}

/// The digest under which the image was pulled by this name, or else by any.
fn repository_digest(name: &str, digests: &[String]) -> Option<Digest> {
    let repository = |text: &str| {
        let reference = crate::Reference::parse(text).ok()?;
        Some(format!("{}/{}", reference.registry(), reference.repository()))
    };
    let wanted = repository(name);
    let same = |text: &&String| wanted.is_some() && repository(text) == wanted;
    let found = digests.iter().find(same).or_else(|| digests.first())?;
    found.split_once('@')?.1.parse().ok()
}

/// A name becomes part of an address: only what names consist of may be in it.
fn check_name(name: &str) -> Result<(), Error> {
    let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-/:@[]".contains(&byte));
    if plain && name.len() <= 512 && name.bytes().any(|byte| byte.is_ascii_alphanumeric()) {
        return Ok(());
    }
    let text = name.chars().map(|c| if c.is_control() { '?' } else { c }).take(120).collect();
    Err(Error::Name { text, why: "images have no such names".to_owned() })
}

fn version(text: &str) -> Option<(u32, u32)> {
    let (major, minor) = text.split_once('.')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}

fn advise(error: net::Error) -> net::Error {
    let net::Error::Connect { to, why, kind } = error else { return error };
    let hint = match kind {
        Some(ErrorKind::PermissionDenied) => "run as root or as a member of the group `docker`",
        Some(ErrorKind::NotFound) => {
            "Docker does not run here, or its socket is elsewhere: set `DOCKER_HOST`"
        }
        _ => "nothing listens there: start Docker, for example with `systemctl start docker`",
    };
    net::Error::Connect { to, why: format!("{why}\nhint: {hint}"), kind }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_digest_of_the_name_asked_for() {
        let digest = |byte: &str| format!("sha256:{}", byte.repeat(64));
        let digests = [format!("other/a@{}", digest("1")), format!("docker.io/library/a@{}", digest("2"))];
        assert_eq!(repository_digest("a:1.0", &digests).unwrap().to_string(), digest("2"));
        assert_eq!(repository_digest("b", &digests).unwrap().to_string(), digest("1"));
        assert_eq!(repository_digest("b", &[]), None);
    }

    #[test]
    fn refuses_names_that_could_lead_elsewhere() {
        for name in ["", ".", "..", "a b", "a?b", "a#b", "a%2e", "a\nb", "../"] {
            assert!(check_name(name).is_err(), "{name}");
        }
        for name in ["a", "sha256:ab", "localhost:5000/a/b:c@sha256:ab", "[::1]:5/a"] {
            assert!(check_name(name).is_ok(), "{name}");
        }
    }

    #[test]
    fn versions_are_numbers() {
        assert_eq!(version("1.41"), Some((1, 41)));
        assert!(version("1.9") < version("1.41"));
        assert_eq!(version("one"), None);
    }
}
