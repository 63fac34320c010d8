//! What the manifests of registries stand for, so that each is read once.

use std::collections::HashMap;

use crate::sql::{On, Sql, insert};
use crate::{Error, Transaction};

/// The most digests of one statement.
const BATCH: usize = 5_000;

/// What a digest stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Manifest {
    /// An image.
    Image(Image),
    /// An index of images.
    Index(Vec<Entry>),
}

/// An image whose manifest was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Image {
    /// What it is.
    pub content: i64,
    /// Of all its layers, as the registry holds them.
    pub size: i64,
    /// When it was built.
    pub built: Option<i64>,
}

/// An image of an index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The digest of its manifest.
    pub digest: String,
    /// What it runs on.
    pub platform: String,
    /// What it is; nothing when it could not be read.
    pub image: Option<Image>,
    /// The code of why it could not be read.
    pub failure: Option<String>,
}

#[derive(sqlx::FromRow)]
struct Row {
    index_digest: String,
    digest: String,
    platform: String,
    failure: Option<String>,
    content_id: Option<i64>,
    size: Option<i64>,
    built: Option<i64>,
}

/// What is known of some digests.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn find(on: impl Into<On<'_>>, digests: &[&str]) -> Result<HashMap<String, Manifest>, Error> {
    let mut on = on.into();
    let mut known = HashMap::new();
    for digests in digests.chunks(BATCH) {
        let rows: Vec<(String, Option<i64>, i64, Option<i64>)> = Sql::read(
            "look up manifests",
            "SELECT manifest.digest, manifest.content_id, manifest.size, content.built FROM manifest \
             LEFT JOIN content ON content.id = manifest.content_id WHERE manifest.digest IN ",
        )
        .list("", digests.iter().copied())
        .all(on.again())
        .await?;
        known.extend(rows.into_iter().map(|(digest, content, size, built)| {
            let image = |content| Manifest::Image(Image { content, size, built });
            (digest, content.map_or(Manifest::Index(Vec::new()), image))
        }));
        let rows: Vec<Row> = Sql::read(
            "look up indexes",
            "SELECT index_entry.index_digest, index_entry.digest, index_entry.platform, index_entry.failure, \
             manifest.content_id, manifest.size, content.built FROM index_entry \
             LEFT JOIN manifest ON manifest.digest = index_entry.digest \
             LEFT JOIN content ON content.id = manifest.content_id WHERE index_entry.index_digest IN ",
        )
        .list("", digests.iter().copied())
        .push(" ORDER BY index_entry.index_digest, index_entry.position")
        .all(on.again())
        .await?;
        for row in rows {
            let image = |(content, size)| Image { content, size, built: row.built };
            let image = row.content_id.zip(row.size).map(image);
            let entry = Entry { digest: row.digest, platform: row.platform, image, failure: row.failure };
            if let Some(Manifest::Index(entries)) = known.get_mut(&row.index_digest) {
                entries.push(entry);
            }
        }
    }
    Ok(known)
}

/// Notes what a digest stands for.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn note(transaction: &mut Transaction, digest: &str, manifest: &Manifest) -> Result<(), Error> {
    let (content, size) = match manifest {
        Manifest::Image(image) => (Some(image.content), image.size),
        Manifest::Index(_) => (None, 0),
    };
    Sql::write(
        "note what a manifest stands for",
        "INSERT INTO manifest (digest, content_id, size) VALUES ($1, $2, $3) \
         ON CONFLICT (digest) DO UPDATE SET content_id = excluded.content_id, size = excluded.size",
    )
    .bind(digest)
    .bind(content)
    .bind(size)
    .run(&mut *transaction)
    .await?;
    let Manifest::Index(entries) = manifest else { return Ok(()) };
    let rows = (0_i64..).zip(entries).map(|(position, entry)| {
        let (place, platform) = ((&entry.digest).into(), (&entry.platform).into());
        vec![digest.into(), position.into(), place, platform, entry.failure.as_deref().into()]
    });
    let before = "INSERT INTO index_entry (index_digest, position, digest, platform, failure) VALUES ";
    let after = " ON CONFLICT (index_digest, position) DO UPDATE SET digest = excluded.digest, \
        platform = excluded.platform, failure = excluded.failure";
    insert("note the images of an index", transaction, before, rows.collect(), after).await
}
