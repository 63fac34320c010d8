//! What the engines of a host have: images and containers, as their lists tell.
//!
//! A listing is written in parts: [`images`] as often as there is news, then [`finish`] once it was whole. Only then is what
//! was not in it gone.

mod containers;
mod figures;

pub use containers::{Told, containers};
pub use figures::finish;

use crate::sql::{On, Sql};
use crate::{Error, Transaction};

/// An image that an engine has, under one of its names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Image {
    /// containerd's namespace; empty for the others.
    pub namespace: String,
    /// By which the engine knows it.
    pub own: String,
    /// By which it is known everywhere: the digest of its configuration, or else as `own`.
    pub reference: String,
    /// Its name without tag and digest; empty when it has none.
    pub repository: String,
    /// Its tag.
    pub tag: Option<String>,
    /// As it is shown.
    pub name: String,
    /// Its size in bytes, as the engine tells it.
    pub size: i64,
    /// When it was built, in milliseconds since 1970.
    pub built: Option<i64>,
    /// What it is, when it could be opened.
    pub content: Option<i64>,
    /// Why it cannot be scanned.
    pub failure: Option<model::Failure>,
}

/// An image of an engine that was met before.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Known {
    /// containerd's namespace.
    pub namespace: String,
    /// By which the engine knows it.
    pub own: String,
    /// What it is.
    pub content: Option<i64>,
    /// `sha256:…` of its configuration.
    pub image_id: Option<String>,
    /// Why it could not be opened.
    pub failure: Option<String>,
}

/// What is known of the images of an engine.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn known(on: impl Into<On<'_>>, engine: i64) -> Result<Vec<Known>, Error> {
    Sql::read(
        "list what an engine had",
        "SELECT asset_engine.namespace, asset_engine.reference AS own, asset.content_id AS content, \
         content.image_id, asset.failure FROM asset_engine JOIN asset ON asset.id = asset_engine.asset_id \
         LEFT JOIN content ON content.id = asset.content_id WHERE asset_engine.engine_id = $1",
    )
    .bind(engine)
    .all(on)
    .await
}

/// Writes images that a listing begun at `at` told of.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn images(
    transaction: &mut Transaction,
    project: i64,
    engine: i64,
    at: i64,
    images: &[Image],
) -> Result<(), Error> {
    for image in images {
        let asset = note(transaction, project, "local", at, image).await?;
        Sql::write(
            "note who has an image",
            "INSERT INTO asset_engine (asset_id, engine_id, namespace, reference, seen) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (asset_id, engine_id, namespace) \
             DO UPDATE SET seen = excluded.seen, reference = excluded.reference",
        )
        .bind(asset)
        .bind(engine)
        .bind(&image.namespace)
        .bind(&image.own)
        .bind(at)
        .run(&mut *transaction)
        .await?;
    }
    Ok(())
}

/// Writes an image of a kind of place, and gives its id; one whose content is known stands as the others of it do.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn note(
    transaction: &mut Transaction,
    project: i64,
    kind: &str,
    at: i64,
    image: &Image,
) -> Result<i64, Error> {
    let (id,): (i64,) = Sql::write(
        "note where an image is",
        "INSERT INTO asset (project_id, kind, repository, tag, reference, name, content_id, size, built, \
         first_seen, last_seen, failure, status, scanned) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10, $11, \
         COALESCE((SELECT other.status FROM asset AS other WHERE other.content_id = $7 ORDER BY other.id LIMIT 1), \
         'unscanned'), (SELECT content.scanned FROM content WHERE content.id = $7)) \
         ON CONFLICT (project_id, kind, COALESCE(registry_id, 0), repository, COALESCE(tag, ''), reference) DO UPDATE SET \
         content_id = COALESCE(excluded.content_id, asset.content_id), name = excluded.name, size = excluded.size, \
         built = COALESCE(excluded.built, asset.built), last_seen = excluded.last_seen, gone = NULL, \
         failure = excluded.failure RETURNING id",
    )
    .bind(project)
    .bind(kind)
    .bind(&image.repository)
    .bind(image.tag.as_deref())
    .bind(&image.reference)
    .bind(&image.name)
    .bind(image.content)
    .bind(image.size)
    .bind(image.built)
    .bind(at)
    .bind(image.failure.map(model::Failure::word))
    .one(transaction)
    .await?;
    Ok(id)
}
