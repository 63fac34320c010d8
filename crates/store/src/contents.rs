//! What images are, whoever has them: one row for each configuration.

use model::LayerSummary;

use crate::sql::{On, Sql, Value, insert};
use crate::{Error, Transaction, now};

/// What is known of an image before it is scanned.
#[derive(Clone, Debug, Default)]
pub struct Content {
    /// `sha256:…` of the configuration, by which engines and registries agree.
    pub image_id: String,
    /// The digest of its manifest, where it is known.
    pub manifest_digest: Option<String>,
    /// What it runs on, `linux/amd64`.
    pub platform: Option<String>,
    /// Its size in bytes, as its place tells it.
    pub size: i64,
    /// When it was built, in milliseconds since 1970.
    pub built: Option<i64>,
    /// Who built it, as its configuration says.
    pub author: Option<String>,
    /// Its layers, the lowest first.
    pub layers: Vec<LayerSummary>,
    /// The image as `scan` needs it to judge again from facts, JSON.
    pub facts: Option<String>,
}

/// A content as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Kept {
    /// Its id here.
    pub id: i64,
    /// `sha256:…` of the configuration.
    pub image_id: String,
    /// The digest of its manifest.
    pub manifest_digest: Option<String>,
    /// What it runs on.
    pub platform: Option<String>,
    /// The distribution in it, for people.
    pub os_name: Option<String>,
    /// Its size in bytes.
    pub size: i64,
    /// When it was built.
    pub built: Option<i64>,
    /// Who built it.
    pub author: Option<String>,
    /// How many layers it has.
    pub layers: i64,
    /// The image as `scan` needs it to judge again from facts, JSON.
    pub facts: Option<String>,
    /// When it was first seen.
    pub first_seen: i64,
    /// Its last whole result.
    pub scan_id: Option<i64>,
    /// When that was made.
    pub scanned: Option<i64>,
    /// For each check that was made: when, and by which rules. JSON.
    pub checks: String,
    /// What could not be read or decided, [`model::Gap`]s as JSON.
    pub gaps: String,
}

const SELECT: &str = "SELECT id, image_id, manifest_digest, platform, os_name, size, built, author, layers, facts, \
    first_seen, scan_id, scanned, checks, gaps FROM content WHERE ";

/// Notes an image that was seen, and gives its id; what is known already and not told now stays.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn note(transaction: &mut Transaction, content: &Content) -> Result<i64, Error> {
    let layers = i64::try_from(content.layers.len()).unwrap_or(i64::MAX);
    let (id,): (i64,) = Sql::write(
        "note an image",
        "INSERT INTO content (image_id, manifest_digest, platform, size, built, author, layers, facts, first_seen) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
         ON CONFLICT (image_id) DO UPDATE SET \
         manifest_digest = COALESCE(excluded.manifest_digest, content.manifest_digest), \
         platform = COALESCE(excluded.platform, content.platform), \
         size = CASE WHEN excluded.size > 0 THEN excluded.size ELSE content.size END, \
         built = COALESCE(excluded.built, content.built), \
         author = COALESCE(excluded.author, content.author), \
         layers = CASE WHEN excluded.layers > 0 THEN excluded.layers ELSE content.layers END, \
         facts = COALESCE(excluded.facts, content.facts) RETURNING id",
    )
    .bind(&content.image_id)
    .bind(content.manifest_digest.as_deref())
    .bind(content.platform.as_deref())
    .bind(content.size)
    .bind(content.built)
    .bind(content.author.as_deref())
    .bind(layers)
    .bind(content.facts.as_deref())
    .bind(now())
    .one(&mut *transaction)
    .await?;
    if !content.layers.is_empty() {
        write_layers(transaction, id, &content.layers).await?;
    }
    Ok(id)
}

/// The content of an id.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn find(on: impl Into<On<'_>>, id: i64) -> Result<Option<Kept>, Error> {
    Sql::read("find an image", SELECT).with("id = ", id).optional(on).await
}

/// The content of a configuration.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn by_image_id(on: impl Into<On<'_>>, image_id: &str) -> Result<Option<Kept>, Error> {
    Sql::read("find an image", SELECT).with("image_id = ", image_id).optional(on).await
}

/// Writes the layers of a content; a layer is shared by all who have it. One without a diff id is known to nobody.
pub(crate) async fn write_layers(
    transaction: &mut Transaction,
    content: i64,
    layers: &[LayerSummary],
) -> Result<(), Error> {
    let known: Vec<(i64, &LayerSummary, &str)> = (0..)
        .zip(layers)
        .filter_map(|(position, layer)| Some((position, layer, layer.diff_id.as_deref()?)))
        .collect();
    // In one order, so that writers who share layers wait for one another instead of deadlocking.
    let mut shared: Vec<(&str, u64)> =
        known.iter().map(|(_, layer, diff_id)| (*diff_id, layer.size)).collect();
    shared.sort_unstable();
    shared.dedup_by_key(|(diff_id, _)| *diff_id);
    let rows = shared.iter().map(|(diff_id, size)| vec![(*diff_id).into(), whole(*size).into()]).collect();
    // The size of a layer's files is only known once it was read.
    let after = " ON CONFLICT (diff_id) DO UPDATE SET size = excluded.size \
        WHERE excluded.size > 0 AND layer.size <> excluded.size";
    insert("note layers", transaction, "INSERT INTO layer (diff_id, size) VALUES ", rows, after).await?;
    let ids: Vec<(String, i64)> = Sql::read("find layers", "SELECT diff_id, id FROM layer WHERE diff_id IN ")
        .list("", shared.iter().map(|(diff_id, _)| *diff_id))
        .all(&mut *transaction)
        .await?;
    let id_of = |diff_id: &str| ids.iter().find(|(known, _)| known == diff_id).map(|(_, id)| *id);
    let rows: Vec<Vec<Value>> = known
        .iter()
        .filter_map(|(position, layer, diff_id)| {
            Some(vec![
                content.into(),
                (*position).into(),
                id_of(diff_id)?.into(),
                layer.digest.as_deref().into(),
                layer.created_by.as_deref().into(),
                layer.from_base.into(),
            ])
        })
        .collect();
    let after = " ON CONFLICT (content_id, position) DO UPDATE SET layer_id = excluded.layer_id, \
        digest = COALESCE(excluded.digest, content_layer.digest), \
        created_by = COALESCE(excluded.created_by, content_layer.created_by), \
        from_base = COALESCE(excluded.from_base, content_layer.from_base)";
    let before =
        "INSERT INTO content_layer (content_id, position, layer_id, digest, created_by, from_base) VALUES ";
    insert("note the layers of an image", transaction, before, rows, after).await
}

/// A size as it is kept.
pub(crate) fn whole(size: u64) -> i64 {
    i64::try_from(size).unwrap_or(i64::MAX)
}
