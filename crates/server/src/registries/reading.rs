//! From a digest or tag to what it is: manifests and configurations are read, never layers.

use std::collections::HashMap;
use std::sync::Arc;

use image::platform::Choice;
use image::{Known, Reference};
use model::{Digest, Failure};
use registries::{Artifact, Child as Named};
use store::Transaction;
use store::contents::{self, Content};
use store::manifests::{self, Entry, Image, Manifest};

use super::connection::{Connected, Refused};
use crate::engines::content;
use crate::sealed::seal;
use crate::{App, Error};

/// Failures that say something of the image itself, and will be the same tomorrow.
pub(super) const LASTING: [Failure; 6] = [
    Failure::SchemaV1NotSupported,
    Failure::NotAnImage,
    Failure::InvalidContent,
    Failure::InvalidName,
    Failure::Corrupted,
    Failure::TooLarge,
];

/// What a tag or digest stands for, as it was read.
pub(super) struct Read {
    /// The digest.
    pub(super) digest: String,
    what: What,
}

enum What {
    Image(Box<Met>),
    Index(Vec<Part>),
}

/// An image of an index: its digest, its platform, and what it is.
struct Part {
    digest: String,
    platform: String,
    met: Result<Box<Met>, Failure>,
}

/// An image whose manifest and configuration were read.
struct Met {
    digest: String,
    content: Content,
    /// As `scan` needs it, JSON; with the secrets of its configuration.
    facts: Option<String>,
}

/// Reads what a tag or digest of a repository stands for. This waits for the registry.
pub(super) fn read(connected: &Connected, repository: &str, mut artifact: Artifact) -> Result<Read, Refused> {
    registries::complete(&connected.registry, repository, &mut artifact)?;
    let answer = |why: &str| registries::Error::Answer {
        what: format!("manifest in `{repository}`"),
        why: why.to_owned(),
    };
    let Some(digest) = &artifact.digest else {
        return Err(answer("the registry does not say which manifest its tag names").into());
    };
    let what = if artifact.children.is_empty() {
        let met = images(connected, repository, digest)?.into_iter().next();
        What::Image(Box::new(met.ok_or_else(|| answer("there is no image in it"))?))
    } else {
        What::Index(parts(connected, repository, &artifact.children)?)
    };
    Ok(Read { digest: digest.to_string(), what })
}

/// Reads what a tag or digest of a repository stands for, where it holds nobody up.
pub(super) async fn ask(
    connected: &Arc<Connected>,
    repository: String,
    artifact: Artifact,
) -> Result<Result<Read, Refused>, Error> {
    let connected = Arc::clone(connected);
    Ok(tokio::task::spawn_blocking(move || read(&connected, &repository, artifact)).await?)
}

/// The images of an index. What says something of one of them is kept; where the way to the registry broke, all is read
/// another time.
fn parts(connected: &Connected, repository: &str, children: &[Named]) -> Result<Vec<Part>, Refused> {
    let mut parts = Vec::new();
    for child in children {
        let platform = child.platform.as_ref().map(ToString::to_string).unwrap_or_default();
        // What is attached to images runs nowhere.
        if platform.starts_with("unknown") {
            continue;
        }
        match images(connected, repository, &child.digest) {
            Ok(met) => parts.extend(met.into_iter().map(|met| Part {
                digest: met.digest.clone(),
                platform: met.content.platform.clone().unwrap_or_else(|| platform.clone()),
                met: Ok(Box::new(met)),
            })),
            Err(error) => {
                let failure = error.failure();
                if !LASTING.contains(&failure) && failure != Failure::NotFound {
                    return Err(error);
                }
                parts.push(Part { digest: child.digest.to_string(), platform, met: Err(failure) });
            }
        }
    }
    let mut seen: HashMap<String, usize> = HashMap::new();
    for part in &mut parts {
        let count = seen.entry(part.platform.clone()).or_default();
        *count += 1;
        if *count > 1 {
            part.platform = format!("{}#{count}", part.platform);
        }
    }
    Ok(parts)
}

/// The image of a digest; several when an index is named in an index.
fn images(connected: &Connected, repository: &str, digest: &Digest) -> Result<Vec<Met>, Refused> {
    let reference = Reference::within(&connected.host, repository, &digest.to_string())?;
    let found = image::registry::open_in(&connected.registry, &reference, &Choice::All)?;
    Ok(found.iter().map(met).collect())
}

fn met(image: &image::Image) -> Met {
    let digest = image.digest.as_ref().map(ToString::to_string).unwrap_or_default();
    let image_id = image.image_id.as_ref().map_or_else(|| digest.clone(), ToString::to_string);
    let size = image.layers.iter().fold(0_u64, |sum, layer| sum.saturating_add(layer.size));
    let size = i64::try_from(size).unwrap_or(i64::MAX);
    let content = Content { size, ..content(image, image_id) };
    Met { digest, content, facts: serde_json::to_string(&Known::from(image)).ok() }
}

/// Keeps an image that was read elsewhere; gives what it is.
///
/// # Errors
/// When the database refuses or is gone.
pub(crate) async fn keep(
    app: &App,
    transaction: &mut Transaction,
    image: &image::Image,
) -> Result<Image, Error> {
    met(image).keep(app, transaction).await
}

impl Read {
    /// Keeps what was read; gives what its digest stands for.
    pub(super) async fn keep(self, app: &App, transaction: &mut Transaction) -> Result<Manifest, Error> {
        let manifest = match self.what {
            What::Image(met) => Manifest::Image(met.keep(app, transaction).await?),
            What::Index(parts) => {
                let mut entries = Vec::new();
                for part in parts {
                    entries.push(part.keep(app, transaction).await?);
                }
                Manifest::Index(entries)
            }
        };
        manifests::note(transaction, &self.digest, &manifest).await?;
        Ok(manifest)
    }
}

impl Part {
    async fn keep(self, app: &App, transaction: &mut Transaction) -> Result<Entry, Error> {
        let Self { digest, platform, met } = self;
        let (image, failure) = match met {
            Ok(met) => {
                let image = met.keep(app, transaction).await?;
                manifests::note(transaction, &digest, &Manifest::Image(image)).await?;
                (Some(image), None)
            }
            Err(failure) => (None, Some(failure.word().to_owned())),
        };
        Ok(Entry { digest, platform, image, failure })
    }
}

impl Met {
    async fn keep(self, app: &App, transaction: &mut Transaction) -> Result<Image, Error> {
        let Self { content, facts, .. } = self;
        let facts = facts.and_then(|facts| seal(&app.settings.key, &content.image_id, &facts));
        let (size, built) = (content.size, content.built);
        let content = contents::note(transaction, &Content { facts, ..content }).await?;
        Ok(Image { content, size, built })
    }
}
