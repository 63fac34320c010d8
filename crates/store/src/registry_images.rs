//! What a registry has, as its lists tell: one row for each tag, and one for each image of an index.

mod retiring;

use std::collections::HashMap;

use crate::manifests::{Image, Manifest};
use crate::sql::{On, Sql};
use crate::{Error, Transaction, jobs, settle};

pub use retiring::{Retired, finish, forget, latest};

/// How many ids one statement takes.
const AT_ONCE: usize = 5_000;

/// The registry that images are written for.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// Its id; nothing for one that only asks for scans.
    pub registry: Option<i64>,
    /// Its project.
    pub project: i64,
    /// When the listing was begun.
    pub at: i64,
}

/// A tag of a repository, or an image that is named by its digest alone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listed {
    /// Its repository with the registry's host, as people pull it.
    pub repository: String,
    /// The registry's own name of the repository without its last part.
    pub namespace: String,
    /// The tag.
    pub tag: Option<String>,
    /// Of the manifest or index, where it is known.
    pub digest: Option<String>,
    /// Its size as the registry tells it; 0 when it does not.
    pub size: i64,
    /// When it was pushed, in milliseconds since 1970.
    pub pushed: Option<i64>,
    /// Whose it is where it is only shared.
    pub owner: Option<String>,
    /// Until when it is shared.
    pub shared_until: Option<i64>,
    /// What it is.
    pub what: What,
}

/// What a tag stands for, as far as that was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum What {
    /// Nobody has looked.
    #[default]
    Unread,
    /// It cannot be scanned.
    Unfit(model::Failure),
    /// An image.
    Image(Image),
    /// An index of images.
    Index(Vec<Child>),
}

impl From<&Manifest> for What {
    fn from(manifest: &Manifest) -> Self {
        let entries = match manifest {
            Manifest::Image(image) => return Self::Image(*image),
            Manifest::Index(entries) => entries,
        };
        let failure = |word: Option<&String>| {
            model::Failure::all().find(|known| word.is_some_and(|word| known.word() == word))
        };
        Self::Index(
            entries
                .iter()
                .map(|entry| Child {
                    digest: entry.digest.clone(),
                    platform: entry.platform.clone(),
                    what: entry
                        .image
                        .ok_or_else(|| failure(entry.failure.as_ref()).unwrap_or(model::Failure::Unknown)),
                })
                .collect(),
        )
    }
}

/// An image of an index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Child {
    /// Of its manifest.
    pub digest: String,
    /// What it runs on; no two of an index say the same.
    pub platform: String,
    /// What it is, or why it cannot be scanned.
    pub what: Result<Image, model::Failure>,
}

/// A row that was written before.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Known {
    /// Its id.
    pub id: i64,
    /// The repository with the registry's host.
    pub repository: String,
    /// The tag.
    pub tag: Option<String>,
    /// Of the manifest or index.
    pub digest: Option<String>,
    /// What it is.
    pub content_id: Option<i64>,
    /// It is an index.
    pub multiple: bool,
    /// Why it cannot be scanned.
    pub failure: Option<String>,
    /// When it was pushed.
    pub pushed: Option<i64>,
    /// Until when it is shared.
    pub shared_until: Option<i64>,
    /// Whether it was gone.
    pub is_gone: bool,
}

impl Known {
    /// Whether nothing is new about it: then it is only noted that it was seen.
    #[must_use]
    pub fn is_same(&self, listed: &Listed) -> bool {
        let is_read = self.content_id.is_some() || self.multiple || self.failure.is_some();
        is_read
            && !self.is_gone
            && self.digest.is_some()
            && self.digest == listed.digest
            && (listed.pushed.is_none() || self.pushed == listed.pushed)
            && self.shared_until == listed.shared_until
    }
}

/// The rows of some repositories, without the images of indexes.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn known(
    on: impl Into<On<'_>>,
    registry: Option<i64>,
    repositories: &[&str],
) -> Result<HashMap<(String, String), Known>, Error> {
    let rows: Vec<Known> = Sql::read(
        "list what a registry had",
        "SELECT id, repository, tag, digest, content_id, multiple, failure, pushed, shared_until, \
         gone IS NOT NULL AS is_gone FROM asset WHERE parent_id IS NULL",
    )
    .with(" AND registry_id = ", registry)
    .list(" AND repository IN ", repositories.iter().copied())
    .all(on)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let reference = reference(row.tag.as_deref(), row.digest.as_deref());
            ((row.repository.clone(), reference), row)
        })
        .collect())
}

/// An image as it was listed, and its registry; nothing for images of indexes, which are read with those.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn one(on: impl Into<On<'_>>, id: i64) -> Result<Option<(i64, Listed)>, Error> {
    #[derive(sqlx::FromRow)]
    struct Row {
        registry_id: i64,
        repository: String,
        namespace: String,
        tag: Option<String>,
        digest: Option<String>,
        size: i64,
        pushed: Option<i64>,
        owner: Option<String>,
        shared_until: Option<i64>,
    }
    let row: Option<Row> = Sql::read(
        "find an image of a registry",
        "SELECT registry_id, repository, namespace, tag, digest, size, pushed, owner, shared_until FROM asset \
         WHERE registry_id IS NOT NULL AND parent_id IS NULL AND id = $1",
    )
    .bind(id)
    .optional(on)
    .await?;
    Ok(row.map(|row| {
        let Row { registry_id, repository, namespace, tag, digest, size, pushed, owner, shared_until } = row;
        let what = What::Unread;
        (registry_id, Listed { repository, namespace, tag, digest, size, pushed, owner, shared_until, what })
    }))
}

/// Where a content can be had: registries, those that answered last time and have no limit first.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn having(on: impl Into<On<'_>>, content: i64) -> Result<Vec<Having>, Error> {
    Sql::read(
        "find who has an image",
        "SELECT asset.registry_id, asset.repository, asset.digest FROM asset \
         JOIN registry ON registry.id = asset.registry_id WHERE asset.digest IS NOT NULL AND asset.content_id = $1 \
         ORDER BY asset.gone IS NOT NULL, registry.health = 'failing', registry.images_per_hour IS NOT NULL, \
         asset.id LIMIT 5",
    )
    .bind(content)
    .all(on)
    .await
}

/// Where in a registry a content can be had.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Having {
    /// The registry.
    pub registry_id: i64,
    /// The repository with the registry's host.
    pub repository: String,
    /// Of its manifest.
    pub digest: String,
}

/// Those among rows that are to be scanned because they are new: all, or only the latest of each repository.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn new_ones(on: impl Into<On<'_>>, rows: &[i64], all: bool) -> Result<Vec<i64>, Error> {
    let mut on = on.into();
    let mut images = Vec::new();
    for rows in rows.chunks(AT_ONCE) {
        let found: Vec<(i64,)> = Sql::read("look what is new", "SELECT id FROM asset WHERE gone IS NULL")
            .push(if all { "" } else { " AND latest" })
            .list(" AND id IN ", rows.iter().copied())
            .all(on.again())
            .await?;
        images.extend(found.into_iter().map(|(id,)| id));
    }
    Ok(images)
}

/// By what a registry knows an image within a repository: by its tag, else by its digest.
#[must_use]
pub fn reference(tag: Option<&str>, digest: Option<&str>) -> String {
    tag.or(digest).unwrap_or_default().to_owned()
}

/// Notes that rows were seen, with the images of indexes among them.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn touch(transaction: &mut Transaction, ids: &[i64], at: i64) -> Result<(), Error> {
    for ids in ids.chunks(AT_ONCE) {
        Sql::write("note that images were seen", "UPDATE asset SET missed = 0")
            .with(", last_seen = ", at)
            .list(" WHERE (id IN ", ids.iter().copied())
            .list(" OR parent_id IN ", ids.iter().copied())
            .push(") AND gone IS NULL")
            .run(&mut *transaction)
            .await?;
    }
    Ok(())
}

/// What was written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Rows without those of the images of indexes, in the order of what was listed.
    pub rows: Vec<i64>,
    /// Images that can be scanned: those of indexes instead of the index.
    pub images: Vec<i64>,
}

/// Writes what is new or other than before; what shows of contents that are known is right afterwards.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn write(transaction: &mut Transaction, place: Place, listed: &[Listed]) -> Result<Written, Error> {
    let (mut written, mut contents) = (Written::default(), Vec::new());
    for one in listed {
        let row = row(transaction, place, one).await?;
        written.rows.push(row);
        match &one.what {
            What::Image(image) => {
                contents.push(image.content);
                written.images.push(row);
            }
            What::Index(children) => {
                for child in children {
                    let id = self::child(transaction, place, one, row, child).await?;
                    if let Ok(image) = &child.what {
                        contents.push(image.content);
                        written.images.push(id);
                    }
                }
            }
            What::Unread | What::Unfit(_) => {}
        }
    }
    retiring::replaced(transaction, &written.rows, place.at).await?;
    settle::unread(transaction, &written.rows).await?;
    jobs::follow(transaction, &contents).await?;
    settle::assets(transaction, &contents).await?;
    Ok(written)
}

/// What both kinds of rows have.
struct Row<'a> {
    listed: &'a Listed,
    reference: &'a str,
    digest: Option<&'a str>,
    content: Option<i64>,
    size: i64,
    built: Option<i64>,
    failure: Option<model::Failure>,
    parent: Option<i64>,
}

impl What {
    /// What it is, if it is one image; its size and when it was built, of an index that of all its images together.
    fn figures(&self) -> (Option<i64>, i64, Option<i64>) {
        match self {
            Self::Unread | Self::Unfit(_) => (None, 0, None),
            Self::Image(image) => (Some(image.content), image.size, image.built),
            Self::Index(children) => {
                let images = || children.iter().filter_map(|child| child.what.ok());
                let size = images().fold(0_i64, |sum, image| sum.saturating_add(image.size));
                (None, size, images().filter_map(|image| image.built).max())
            }
        }
    }
}

async fn row(transaction: &mut Transaction, place: Place, listed: &Listed) -> Result<i64, Error> {
    let reference = reference(listed.tag.as_deref(), listed.digest.as_deref());
    let failure = if let What::Unfit(failure) = listed.what { Some(failure) } else { None };
    let (content, size, built) = listed.what.figures();
    // The layers as they are told by the manifest are what a pull takes.
    let size = if size > 0 { size } else { listed.size };
    let digest = listed.digest.as_deref();
    let row = Row { listed, reference: &reference, digest, content, size, built, failure, parent: None };
    upsert(transaction, place, &row).await
}

async fn child(
    transaction: &mut Transaction,
    place: Place,
    listed: &Listed,
    parent: i64,
    child: &Child,
) -> Result<i64, Error> {
    let row = Row {
        listed,
        // An index without a tag is another one when its digest is; the images of a tag are its platforms.
        reference: if listed.tag.is_some() { &child.platform } else { &child.digest },
        digest: Some(&child.digest),
        content: child.what.ok().map(|image| image.content),
        size: child.what.map_or(0, |image| image.size),
        built: child.what.ok().and_then(|image| image.built),
        failure: child.what.err(),
        parent: Some(parent),
    };
    upsert(transaction, place, &row).await
}

async fn upsert(transaction: &mut Transaction, place: Place, row: &Row<'_>) -> Result<i64, Error> {
    let Row { listed, reference, digest, content, size, built, failure, parent } = row;
    let name = match &listed.tag {
        Some(tag) => format!("{}:{tag}", listed.repository),
        None => format!("{}@{}", listed.repository, digest.unwrap_or_default()),
    };
    let (id,): (i64,) = Sql::write(
        "note an image of a registry",
        "INSERT INTO asset (project_id, kind, registry_id, namespace, repository, tag, reference, name, digest, \
         multiple, parent_id, content_id, size, built, pushed, owner, shared_until, first_seen, last_seen, failure) \
         VALUES ($1, 'registry', $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $17, $18) \
         ON CONFLICT (project_id, kind, COALESCE(registry_id, 0), repository, COALESCE(tag, ''), reference) \
         DO UPDATE SET namespace = excluded.namespace, name = excluded.name, digest = excluded.digest, \
         multiple = excluded.multiple, parent_id = excluded.parent_id, content_id = excluded.content_id, \
         size = excluded.size, built = excluded.built, pushed = COALESCE(excluded.pushed, asset.pushed), \
         owner = excluded.owner, shared_until = excluded.shared_until, last_seen = excluded.last_seen, missed = 0, \
         gone = NULL, failure = excluded.failure, \
         status = CASE WHEN asset.content_id IS NOT DISTINCT FROM excluded.content_id \
         AND asset.content_id IS NOT NULL THEN asset.status ELSE 'unscanned' END RETURNING id",
    )
    .bind(place.project)
    .bind(place.registry)
    .bind(&listed.namespace)
    .bind(&listed.repository)
    .bind(listed.tag.as_deref())
    .bind(*reference)
    .bind(name)
    .bind(*digest)
    .bind(matches!(listed.what, What::Index(_)) && parent.is_none())
    .bind(*parent)
    .bind(*content)
    .bind(*size)
    .bind(*built)
    .bind(listed.pushed)
    .bind(listed.owner.as_deref())
    .bind(listed.shared_until)
    .bind(place.at)
    .bind(failure.map(model::Failure::word))
    .one(transaction)
    .await?;
    Ok(id)
}
