//! Archives of images that people upload: they lie here until they were scanned.

use std::path::{Path, PathBuf};
use std::time::Duration;

use axum::body::Bytes;
use bounded::Limits;
use futures::{Stream, StreamExt};
use image::{Image, Known};
use model::Failure;
use scan::{Declared, Inspectors, Options, Scanner};
use store::sync;
use store::{Transaction, now};
use tokio::io::AsyncWriteExt;

use crate::engines::{content, parts};
use crate::scanning::archive_images;
use crate::sealed::seal;
use crate::{App, Error};

/// So much of the disk is left alone.
const LEFT: u64 = 512 << 20;
/// How often the room on the disk is looked at, in bytes that were written.
const LOOK: u64 = 64 << 20;
/// How long one that was not scanned is kept, so that the scan can be tried again.
const KEPT: Duration = Duration::from_secs(24 * 3600);
/// The most images of one archive.
const IMAGES: usize = 100;

/// Why an archive was not taken.
#[derive(Debug)]
pub(crate) enum Refused {
    /// It is larger than it may be.
    TooLarge(u64),
    /// There is no room for it.
    Full,
    /// The upload broke off.
    Broken(String),
    /// It is no archive of images, or a damaged one.
    Unreadable(Failure, String),
    /// The server could not keep it.
    Error(Error),
}

impl<E: Into<Error>> From<E> for Refused {
    fn from(error: E) -> Self {
        Self::Error(error.into())
    }
}

/// Writes what comes to a file of its own, which goes when it is dropped.
pub(crate) async fn receive<E: std::fmt::Display>(
    app: &App,
    mut body: impl Stream<Item = Result<Bytes, E>> + Unpin,
) -> Result<tempfile::TempPath, Refused> {
    let directory = &app.settings.uploads;
    let fail = |source| Error::Directory { path: directory.clone(), source };
    let made = tempfile::Builder::new().prefix(".upload-").tempfile_in(directory).map_err(fail)?;
    let (file, path) = made.into_parts();
    let mut file = tokio::fs::File::from_std(file);
    let (mut written, mut looked) = (0_u64, None::<u64>);
    while let Some(piece) = body.next().await {
        let piece = piece.map_err(|error| Refused::Broken(error.to_string()))?;
        written = written.saturating_add(piece.len() as u64);
        if written > app.settings.upload_bytes {
            return Err(Refused::TooLarge(app.settings.upload_bytes));
        }
        if looked.is_none_or(|looked| written - looked >= LOOK) {
            looked = Some(written);
            if free(directory).is_some_and(|free| free < LEFT + LOOK) {
                return Err(Refused::Full);
            }
        }
        file.write_all(&piece).await.map_err(fail)?;
    }
    file.flush().await.map_err(fail)?;
    Ok(path)
}

/// The bytes that are free on the disk of a directory.
fn free(directory: &Path) -> Option<u64> {
    let told = rustix::fs::statvfs(directory).ok()?;
    Some(told.f_bavail.saturating_mul(told.f_frsize))
}

/// Takes an archive in: its images are in the list from now on, and it is kept for their scan. Gives their ids.
pub(crate) async fn take(
    app: &App,
    transaction: &mut Transaction,
    project: i64,
    archive: &Path,
    images: Vec<Image>,
    name: Option<&str>,
) -> Result<Vec<i64>, Error> {
    let (at, mut assets, mut contents) = (now(), Vec::new(), Vec::new());
    for image in images {
        let Some(image_id) = image.image_id.as_ref().map(ToString::to_string) else { continue };
        keep(app, archive, &image_id)?;
        let facts = serde_json::to_string(&Known::from(&image)).ok();
        let facts = facts.and_then(|facts| seal(&app.settings.key, &image_id, &facts));
        let size = image.layers.iter().fold(0_u64, |sum, layer| sum.saturating_add(layer.size));
        let size = i64::try_from(size).unwrap_or(i64::MAX);
        let content = store::contents::Content { size, facts, ..content(&image, image_id.clone()) };
        let id = store::contents::note(&mut *transaction, &content).await?;
        let named = !image.name.contains(&*archive.to_string_lossy()) && image.name != image_id;
        let shown = name.map(str::to_owned).or_else(|| named.then(|| image.name.replace('\0', "")));
        let (repository, tag, name) =
            shown.map_or_else(|| (String::new(), None, image_id.clone()), |name| parts(&name));
        let row = sync::Image {
            namespace: String::new(),
            own: String::new(),
            reference: image_id,
            repository,
            tag,
            name,
            size,
            built: content.built,
            content: Some(id),
            failure: None,
        };
        assets.push(sync::note(&mut *transaction, project, "archive", at, &row).await?);
        contents.push(id);
    }
    store::settle::assets(transaction, &contents).await?;
    Ok(assets)
}

/// The images of an archive; this reads it, which takes its time.
pub(crate) fn images(archive: &Path) -> Result<Vec<Image>, Refused> {
    let inspectors = Inspectors::default();
    let options = Options {
        checks: &[],
        inspectors: &inspectors,
        database: None,
        declared: Declared::Never,
        cache: None,
        jobs: 1,
        limits: Limits::default(),
        today: String::new(),
        progress: &|_event| {},
        stop: None,
    };
    let found = archive_images(&Scanner::new(&options), archive);
    let images = match found {
        Ok(found) => found.images,
        Err(error) => return Err(Refused::Unreadable(error.failure(), crate::told(&error))),
    };
    match images.len() {
        0 => Err(Refused::Unreadable(Failure::NotAnImage, "it holds no image".to_owned())),
        count if count > IMAGES => {
            let why = format!("it holds {count} images; at most {IMAGES} are taken at once");
            Err(Refused::Unreadable(Failure::TooLarge, why))
        }
        _ => Ok(images),
    }
}

/// Keeps an archive under what it holds, for whoever scans that.
fn keep(app: &App, archive: &Path, image_id: &str) -> Result<(), Error> {
    let Some(place) = place(app, image_id) else { return Ok(()) };
    let linked = std::fs::hard_link(archive, &place);
    match linked {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        linked => linked.map_err(|source| Error::Directory { path: place, source }),
    }
}

/// Where an archive lies that holds an image; nothing for what is no digest.
fn place(app: &App, image_id: &str) -> Option<PathBuf> {
    let digest: model::Digest = image_id.parse().ok()?;
    Some(app.settings.uploads.join(format!("{}.tar", digest.hex())))
}

/// The archive that holds an image, if one was uploaded and not scanned yet.
pub(crate) fn of(app: &App, image_id: &str) -> Option<PathBuf> {
    place(app, image_id).filter(|place| place.is_file())
}

/// Lets go of the archive of an image that was scanned.
pub(crate) fn done(app: &App, image_id: &str) {
    if let Some(place) = of(app, image_id)
        && let Err(error) = std::fs::remove_file(&place)
    {
        tracing::warn!(%error, "cannot remove an archive that was scanned");
    }
}

/// Removes what was uploaded long ago and never scanned, and what a killed server left half written.
pub(crate) fn sweep(app: &App) -> std::io::Result<()> {
    for entry in std::fs::read_dir(&app.settings.uploads)? {
        let entry = entry?;
        let age = entry.metadata()?.modified()?.elapsed().unwrap_or_default();
        if age > KEPT {
            std::fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}
