//! Asking an engine: everything here waits for it.

use std::collections::HashMap;
use std::sync::Arc;

use image::platform::Choice;
use image::{Image, Known as Description, Opened, Place, Runtime};
use model::{Container, EngineSummary, Failure, LayerSummary, LocalImage};
use store::contents::Content;
use store::sync;

/// The namespace in which Docker keeps its containers in containerd.
const OF_DOCKER: &str = "moby";

/// What an engine told at one time.
pub(super) struct Listing {
    pub(super) summary: EngineSummary,
    pub(super) images: Option<Vec<LocalImage>>,
    pub(super) containers: Vec<Container>,
}

/// Asks an engine what it has; containerd does not repeat what Docker tells.
pub(super) fn ask(
    place: &Place,
    places: &[Place],
    images: bool,
) -> Result<(Arc<dyn Runtime>, Listing), image::Error> {
    let runtime: Arc<dyn Runtime> = place.connect()?.into();
    let is_docker = |place: &Place| matches!(place, Place::Docker(_));
    let told_by_docker = !is_docker(place) && places.iter().any(is_docker);
    let own = |namespace: Option<&str>| !(told_by_docker && namespace == Some(OF_DOCKER));
    let summary = runtime.summary()?;
    // Containers first: an image that one runs was there before it.
    let mut containers = runtime.containers()?;
    containers.retain(|container| own(container.namespace.as_deref()));
    let mut listed = if images { Some(runtime.images()?) } else { None };
    if let Some(images) = &mut listed {
        images.retain(|image| own(image.namespace.as_deref()));
    }
    Ok((runtime, Listing { summary, images: listed, containers }))
}

/// What an image is, as far as it is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct What {
    /// The content, and `sha256:…` of its configuration.
    pub(super) content: Option<(i64, String)>,
    /// Why it cannot be scanned.
    pub(super) failure: Option<Failure>,
}

/// The images of an engine that were met before.
pub(super) struct Known(HashMap<(String, String), What>);

impl Known {
    /// Those that could not be opened are unknown when they are to be tried again.
    pub(super) fn new(known: Vec<sync::Known>, again: bool) -> Self {
        let what = |row: sync::Known| {
            let content = row.content.zip(row.image_id);
            let failure = row.failure.and_then(|word| Failure::all().find(|code| code.word() == word));
            let is_known = content.is_some() || (failure.is_some() && !again);
            is_known.then_some(((row.namespace, row.own), What { content, failure }))
        };
        Self(known.into_iter().filter_map(what).collect())
    }

    /// What an image is; nothing when it must be opened to know.
    pub(super) fn of(&self, image: &LocalImage) -> Option<What> {
        let key = (image.namespace.clone().unwrap_or_default(), clean(&image.id));
        let known =
            self.0.get(&key).filter(|what| what.content.is_some() || image.failure.is_none()).cloned();
        match (known, image.failure) {
            // The engine's own word on it is the newer one.
            (Some(what), failure) => Some(What { failure: failure.or(what.failure), ..what }),
            (None, Some(failure)) => Some(What { content: None, failure: Some(failure) }),
            (None, None) => None,
        }
    }
}

/// An image that was opened.
pub(super) struct Met {
    pub(super) content: Content,
    /// The image as `scan` needs it, JSON; with the secrets of its configuration.
    pub(super) facts: Option<String>,
}

/// Opens an image, to know what it is.
pub(super) fn open(runtime: &dyn Runtime, image: LocalImage) -> (LocalImage, Result<Met, Failure>) {
    let name = match &image.namespace {
        Some(namespace) => format!("{namespace}/{}", image.id),
        None => image.id.clone(),
    };
    let opened = match runtime.open(&name, &Choice::default()) {
        // Of another platform than this machine, as images that are only passed on are.
        Err(image::Error::Platform { .. }) if !image.platforms.is_empty() => {
            let first = image.platforms.first().cloned().unwrap_or_default();
            runtime.open(&name, &Choice::One(first))
        }
        opened => opened,
    };
    let met = match opened {
        Ok(Opened::Images(images)) => images.into_iter().next().map(|opened| met(&image, &opened)),
        Ok(Opened::Export(export)) => Some(met(&image, &export.image)),
        Err(error) => {
            tracing::info!(image = image.id, error = crate::told(&error), "cannot open an image");
            return (image, Err(error.failure()));
        }
    };
    (image, met.ok_or(Failure::InvalidContent))
}

fn met(image: &LocalImage, opened: &Image) -> Met {
    let image_id = opened.image_id.as_ref().map(ToString::to_string);
    let mut content = content(opened, image_id.clone().unwrap_or_else(|| clean(&image.id)));
    content.size = i64::try_from(image.size).unwrap_or(i64::MAX);
    content.built = content.built.or_else(|| time(image.created.as_deref()));
    let facts = image_id.and_then(|_| serde_json::to_string(&Description::from(opened)).ok());
    Met { content, facts }
}

/// What is kept of an image that was opened; without its size and what must be sealed.
pub(crate) fn content(opened: &Image, image_id: String) -> Content {
    let config = &opened.config;
    let layers = opened.layers.iter().map(|layer| LayerSummary {
        digest: layer.digest.as_ref().map(ToString::to_string),
        diff_id: layer.diff_id.as_ref().map(ToString::to_string),
        // The bytes of its files are known once it was read.
        size: 0,
        // May hold secrets: the report tells it with those masked.
        created_by: None,
        from_base: None,
    });
    Content {
        image_id,
        manifest_digest: opened.digest.as_ref().map(ToString::to_string),
        platform: (!config.os.is_empty()).then(|| clean(&config.platform().to_string())),
        size: 0,
        built: time(config.created.as_deref()),
        author: config.author.as_deref().filter(|author| !author.is_empty()).map(clean),
        layers: layers.collect(),
        facts: None,
    }
}

/// A time as it is kept; what was built "never" says nothing.
fn time(text: Option<&str>) -> Option<i64> {
    text.and_then(model::milliseconds_of).filter(|time| *time > 0)
}

/// The rows of an image in the list of all: one for each of its names.
pub(super) fn rows(image: &LocalImage, what: &What) -> Vec<sync::Image> {
    let own = clean(&image.id);
    let reference = what.content.as_ref().map_or(&own, |(_, image_id)| image_id);
    let row = |(repository, tag, name): (String, Option<String>, String)| sync::Image {
        namespace: clean(image.namespace.as_deref().unwrap_or_default()),
        own: own.clone(),
        reference: reference.clone(),
        repository,
        tag,
        name,
        size: i64::try_from(image.size).unwrap_or(i64::MAX),
        built: time(image.created.as_deref()),
        content: what.content.as_ref().map(|(id, _)| *id),
        failure: what.failure,
    };
    if !image.names.is_empty() {
        return image.names.iter().map(|name| row(parts(&clean(name)))).collect();
    }
    // One that was pulled by its digest has no tag; one that lost its name to a newer one has nothing.
    let named = image.digests.first().map(|name| clean(name));
    let bare = named.as_ref().and_then(|name| name.split_once('@')).map(|(name, _)| name.to_owned());
    vec![row((bare.unwrap_or_default(), None, named.unwrap_or_else(|| own.clone())))]
}

/// A name with a tag: without the tag, the tag, and as it is shown.
pub(crate) fn parts(name: &str) -> (String, Option<String>, String) {
    let tag = name.rsplit_once(':').filter(|(_, tag)| !tag.contains('/'));
    let (repository, tag) =
        tag.map_or((name.to_owned(), None), |(before, tag)| (before.to_owned(), Some(tag.to_owned())));
    (repository, tag, name.to_owned())
}

/// An engine's word without what PostgreSQL keeps in no text.
fn clean(text: &str) -> String {
    text.replace('\0', "")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn image(names: &[&str], digests: &[&str]) -> LocalImage {
        let words = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect();
        LocalImage {
            id: "sha256:a".into(),
            names: words(names),
            digests: words(digests),
            ..LocalImage::default()
        }
    }

    #[test]
    fn an_image_has_a_row_for_each_name_and_one_without() {
        let what = What { content: Some((7, "sha256:c".into())), failure: None };
        let rows_of = |names: &[&str], digests: &[&str]| -> Vec<(String, Option<String>, String)> {
            let rows = rows(&image(names, digests), &what);
            assert!(rows.iter().all(|row| row.own == "sha256:a" && row.reference == "sha256:c"), "{rows:?}");
            rows.into_iter().map(|row| (row.repository, row.tag, row.name)).collect()
        };
        let row = |repository: &str, tag: Option<&str>, name: &str| {
            (repository.to_owned(), tag.map(str::to_owned), name.to_owned())
        };
        assert_eq!(
            rows_of(&["localhost:5000/shop:1.0", "shop"], &["shop@sha256:b"]),
            [row("localhost:5000/shop", Some("1.0"), "localhost:5000/shop:1.0"), row("shop", None, "shop")]
        );
        assert_eq!(rows_of(&[], &["shop@sha256:b"]), [row("shop", None, "shop@sha256:b")]);
        assert_eq!(rows_of(&[], &[]), [row("", None, "sha256:a")]);
    }

    #[test]
    fn what_could_not_be_opened_is_tried_again_only_when_asked_for() {
        let failed = || sync::Known {
            namespace: String::new(),
            own: "sha256:a".into(),
            content: None,
            image_id: None,
            failure: Some("content_missing".into()),
        };
        let what = What { content: None, failure: Some(Failure::ContentMissing) };
        assert_eq!(Known::new(vec![failed()], false).of(&image(&[], &[])), Some(what));
        assert_eq!(Known::new(vec![failed()], true).of(&image(&[], &[])), None);
        let refused = LocalImage { failure: Some(Failure::StorageNotSupported), ..image(&[], &[]) };
        let what = What { content: None, failure: Some(Failure::StorageNotSupported) };
        assert_eq!(Known::new(vec![failed()], true).of(&refused), Some(what));
    }
}
