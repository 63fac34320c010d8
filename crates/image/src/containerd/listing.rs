//! The images of all namespaces, and what can be told of them without reading layers.

use std::collections::{BTreeMap, HashSet};

use model::{Digest, Failure, LocalImage, Platform};

use super::KIND;
use super::content::Content;
use super::messages::Record;
use super::opening::{Part, Reading};
use super::session::{Layout, Session};
use super::snapshots::Snapshots;
use crate::{Config, Error};

/// How containerd notes on content what it was unpacked to.
const SNAPSHOT_LABEL: &str = "containerd.io/gc.ref.snapshot.";

/// The snapshotter that most images are unpacked with; the first that works where none is.
pub(super) fn storage_driver(session: &Session, layout: &Layout) -> Result<Option<String>, Error> {
    let mut uses: BTreeMap<String, usize> = BTreeMap::new();
    for namespace in session.namespaces()? {
        for info in session.content(&namespace)? {
            let names = info.labels.keys().filter_map(|label| label.strip_prefix(SNAPSHOT_LABEL));
            // A label for a further snapshot of the same kind has a number behind it.
            for name in names.filter_map(|name| name.split('/').next()) {
                *uses.entry(name.to_owned()).or_default() += 1;
            }
        }
    }
    let most = uses.into_iter().max_by_key(|(_, count)| *count).map(|(name, _)| name);
    Ok(most.or_else(|| layout.snapshotters.first().cloned()))
}

/// The images of all namespaces.
pub(super) fn images(session: &Session) -> Result<Vec<LocalImage>, Error> {
    let layout = session.layout()?;
    let mut images = Vec::new();
    for namespace in session.namespaces()? {
        let content = Content::new(session, &layout, &namespace);
        let snapshots = Snapshots::new(session, &layout, &namespace);
        for (id, records) in by_target(session.images(&namespace)?) {
            let mut image = named(&namespace, id, &records);
            describe(&mut image, &records, &content, &snapshots)?;
            images.push(image);
        }
    }
    Ok(images)
}

/// One image has several names: tags, digests, and Kubernetes adds the digest of its configuration.
fn by_target(records: Vec<Record>) -> BTreeMap<String, Vec<Record>> {
    let mut targets: BTreeMap<String, Vec<Record>> = BTreeMap::new();
    for record in records {
        let id = record.target.as_ref().map(|target| target.digest.clone()).unwrap_or_default();
        targets.entry(id).or_default().push(record);
    }
    targets
}

fn named(namespace: &str, id: String, records: &[Record]) -> LocalImage {
    let all = || records.iter().map(|record| record.name.clone());
    // Docker keeps images that lost their names under one that says so.
    let digests = all().filter(|name| name.contains("@sha256:") && !name.starts_with("moby-dangling@"));
    LocalImage {
        engine: KIND.to_owned(),
        namespace: Some(namespace.to_owned()),
        id,
        names: all().filter(|name| !name.contains("sha256:")).collect(),
        digests: digests.collect(),
        ..LocalImage::default()
    }
}

/// Adds what the documents tell, or why they cannot be read.
fn describe(
    image: &mut LocalImage,
    records: &[Record],
    content: &Content<'_>,
    snapshots: &Snapshots<'_>,
) -> Result<(), Error> {
    let media_type = records
        .iter()
        .filter_map(|record| record.target.as_ref())
        .map(|target| target.media_type.as_str())
        .next();
    let Ok(digest) = image.id.parse::<Digest>() else {
        image.failure = Some(Failure::InvalidContent);
        return Ok(());
    };
    let name = image.names.first().unwrap_or(&image.id).clone();
    let reading = Reading { content, name: &name };
    let parts = match reading.parts(&digest, media_type.unwrap_or_default()) {
        Ok(parts) => parts,
        Err(error) => return fail(image, error),
    };
    let mut failure = None;
    let mut is_readable = false;
    let mut counted = HashSet::new();
    for part in &parts {
        image.size = image.size.saturating_add(size(part, &mut counted));
        match reading.config(&part.manifest) {
            Ok(config) => {
                let platform = config.platform();
                if image.created.is_none() {
                    image.created = config.created.clone();
                }
                if platform != Platform::default() && !image.platforms.contains(&platform) {
                    image.platforms.push(platform);
                }
                if has_layers(part, &config, content, snapshots)? {
                    is_readable = true;
                } else {
                    failure = Some(Failure::ContentMissing);
                }
            }
            Err(error @ Error::Network { .. }) => return Err(error),
            Err(error) => failure = Some(error.failure()),
        }
    }
    image.failure = failure.filter(|_| !is_readable);
    Ok(())
}

/// Notes why an image cannot be read; a containerd that went away is another matter.
fn fail(image: &mut LocalImage, error: Error) -> Result<(), Error> {
    if matches!(error, Error::Network { .. }) {
        return Err(error);
    }
    image.failure = Some(error.failure());
    Ok(())
}

/// The size of what a manifest names, without what others name too.
fn size(part: &Part, counted: &mut HashSet<Digest>) -> u64 {
    let descriptors = part.manifest.layers.iter().chain([&part.manifest.config]);
    let new = descriptors.filter(|descriptor| counted.insert(descriptor.digest.clone()));
    new.fold(0, |sum, descriptor| sum.saturating_add(descriptor.size))
}

/// Whether any of the layers can be had.
fn has_layers(
    part: &Part,
    config: &Config,
    content: &Content<'_>,
    snapshots: &Snapshots<'_>,
) -> Result<bool, Error> {
    if part.manifest.layers.is_empty() {
        return Ok(true);
    }
    for descriptor in &part.manifest.layers {
        if content.has(&descriptor.digest)? {
            return Ok(true);
        }
    }
    // Whatever is unpacked begins with the lowest layer.
    config.rootfs.chain_ids().first().map_or(Ok(false), |lowest| snapshots.is_unpacked(lowest))
}
