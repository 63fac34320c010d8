//! Images where they were seen: the rows of lists.

mod filter;
mod sort;

pub(crate) use filter::named;
pub use filter::{Filter, Rows, Span};
pub use sort::Sort;

use crate::authorisations::AUTHORISED;
use crate::sql::{On, Sql};
use crate::{Database, Error, Order, Page, Scope, Wanted};

/// The most rows that are counted one by one.
pub const MOST_COUNTED: i64 = 10_000;

/// By the id, for lists of which a few fit somewhere: PostgreSQL would rather walk all images by the index of ids, and look
/// at each whether it fits.
pub(crate) const BY_ID: &str = "(asset.id + 0)";

/// An image where it was seen, with what is known of its content.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct Asset {
    /// Its id here.
    pub id: i64,
    /// The project it belongs to.
    pub project_id: i64,
    /// local, registry, ci, archive.
    pub kind: String,
    /// The name without tag and digest.
    pub repository: String,
    /// The tag.
    pub tag: Option<String>,
    /// By which its place knows it.
    pub reference: String,
    /// As it is shown.
    pub name: String,
    /// What it is.
    pub content_id: Option<i64>,
    /// Its size in bytes.
    pub size: i64,
    /// When it was built.
    pub built: Option<i64>,
    /// When it was first seen.
    pub first_seen: i64,
    /// When it was last seen.
    pub last_seen: i64,
    /// When it was found to be gone.
    pub gone: Option<i64>,
    /// Whether it is the newest of its repository.
    pub latest: bool,
    /// Whether it may be scanned by what people enrolled.
    pub authorised: bool,
    /// The registry that has it.
    pub registry_id: Option<i64>,
    /// What that registry is called.
    pub registry: Option<String>,
    /// The word of its kind.
    pub registry_kind: Option<String>,
    /// The registry's name of the repository without its last part.
    pub namespace: String,
    /// Of the manifest or index, as the registry tells.
    pub digest: Option<String>,
    /// An index of images for several platforms.
    pub multiple: bool,
    /// The index it is an image of.
    pub parent_id: Option<i64>,
    /// When it was pushed.
    pub pushed: Option<i64>,
    /// Whose it is where it is only shared.
    pub owner: Option<String>,
    /// Until when it is shared.
    pub shared_until: Option<i64>,
    /// Why it cannot be scanned.
    pub failure: Option<String>,
    /// How far its scan is.
    pub status: String,
    /// Percent.
    pub progress: i64,
    /// When the last good result was made.
    pub scanned: Option<i64>,
    /// Why the last scan failed.
    pub scan_failure: Option<String>,
    /// What was said then.
    pub scan_message: Option<String>,
    /// The worst that counts.
    pub risk: Option<i64>,
    /// Critical findings.
    pub critical: i64,
    /// High ones.
    pub high: i64,
    /// Medium ones.
    pub medium: i64,
    /// Low ones.
    pub low: i64,
    /// Negligible ones.
    pub negligible: i64,
    /// Those that nobody rated.
    pub unknown: i64,
    /// Vulnerabilities.
    pub vulnerabilities: i64,
    /// Vulnerabilities with a fix.
    pub fixable: i64,
    /// Vulnerabilities that are known to be exploited.
    pub exploited: i64,
    /// Malicious files.
    pub malware: i64,
    /// Secrets.
    pub secrets: i64,
    /// Unsafe settings.
    pub baseline: i64,
    /// What is not allowed.
    pub compliance: i64,
    /// Whether its base image is not approved.
    pub base_image: i64,
    /// What a decision takes out of the counts.
    pub ignored: i64,
    /// What could not be read or decided.
    pub gaps: i64,
    /// Packages.
    pub components: i64,
    /// Hosts that have it.
    pub hosts: i64,
    /// Containers of it.
    pub containers: i64,
    /// Those that run.
    pub running: i64,
    /// Whether it deserves a look first.
    pub focus: bool,
    /// Why, a JSON list of codes.
    pub focus_reasons: String,
    /// `sha256:…` of its configuration.
    pub image_id: Option<String>,
    /// `sha256:…` of its manifest.
    pub manifest_digest: Option<String>,
    /// What it runs on.
    pub platform: Option<String>,
    /// Its distribution, for people.
    pub os_name: Option<String>,
    /// The id of its distribution.
    pub distribution: Option<String>,
    /// The release of its distribution.
    pub distribution_version: Option<String>,
    /// Who made it.
    pub author: Option<String>,
    /// How many layers it has.
    pub layers: Option<i64>,
    /// Its last scan.
    pub scan_id: Option<i64>,
}

/// How far the scan of a row is: an index is as far as the image of it that most is to be said of.
pub(crate) const STATUS: &str = "CASE WHEN asset.multiple THEN COALESCE((SELECT image.status FROM asset AS image \
    WHERE image.parent_id = asset.id AND image.gone IS NULL ORDER BY CASE image.status WHEN 'scanning' THEN 0 \
    WHEN 'waiting' THEN 1 WHEN 'failed' THEN 2 WHEN 'cancelled' THEN 3 WHEN 'unscanned' THEN 4 ELSE 5 END, image.id \
    LIMIT 1), asset.status) ELSE asset.status END";

fn select() -> String {
    format!(
        "SELECT asset.id, asset.project_id, asset.kind, asset.repository, asset.tag, \
         asset.reference, asset.name, asset.content_id, asset.size, asset.built, asset.first_seen, asset.last_seen, \
         asset.gone, asset.latest, {AUTHORISED} AS authorised, asset.registry_id, registry.name AS registry, \
         registry.kind AS registry_kind, asset.namespace, asset.digest, asset.multiple, asset.parent_id, \
         asset.pushed, asset.owner, asset.shared_until, asset.failure, {STATUS} AS status, asset.progress, \
         asset.scanned, asset.scan_failure, asset.scan_message, asset.risk, asset.critical, asset.high, asset.medium, \
         asset.low, asset.negligible, asset.unknown, asset.vulnerabilities, asset.fixable, asset.exploited, \
         asset.malware, asset.secrets, asset.baseline, asset.compliance, asset.base_image, asset.ignored, asset.gaps, \
         asset.components, asset.hosts, asset.containers, asset.running, asset.focus, asset.focus_reasons, \
         content.image_id, content.manifest_digest, content.platform, content.os_name, content.distribution, \
         content.distribution_version, content.author, content.layers, content.scan_id \
         FROM asset LEFT JOIN content ON content.id = asset.content_id \
         LEFT JOIN registry ON registry.id = asset.registry_id WHERE TRUE"
    )
}

/// Those of a scope that fit, sorted.
///
/// # Errors
/// When the database refuses or is gone, or the page asked for is none.
pub async fn list(
    database: &Database,
    scope: &Scope,
    filter: &Filter,
    sort: Sort,
    descending: bool,
    wanted: &Wanted,
) -> Result<Page<Asset>, Error> {
    let sql = filter.apply(scope.limit(Sql::read("list images", select()), "asset.project_id"));
    let order =
        Order { by: sort.expression(filter.is_indexed(sort)), id: "asset.id", of: sort.values(), descending };
    let assets: Vec<Asset> = wanted.ask(sql, order)?.all(database).await?;
    Ok(wanted.page(assets, |asset| (sort.key(asset), asset.id)))
}

/// One of a scope, gone or not.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn find(database: &Database, scope: &Scope, id: i64) -> Result<Option<Asset>, Error> {
    let sql = scope.limit(Sql::read("find an image", select()), "asset.project_id");
    sql.with(" AND asset.id = ", id).optional(database).await
}

/// Those of a scope with these ids, by id; gone or not.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn among(database: &Database, scope: &Scope, ids: &[i64]) -> Result<Vec<Asset>, Error> {
    let sql = scope.limit(Sql::read("find images", select()), "asset.project_id");
    sql.list(" AND asset.id IN ", ids.iter().copied()).push(" ORDER BY asset.id").all(database).await
}

/// The images that rows stand for, by id: those of an index instead of the index.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn images_of(database: &Database, ids: &[i64]) -> Result<Vec<i64>, Error> {
    let rows: Vec<(i64,)> = Sql::read("find images", "SELECT id FROM asset WHERE NOT multiple AND (id IN ")
        .list("", ids.iter().copied())
        .list(" OR (gone IS NULL AND parent_id IN ", ids.iter().copied())
        .push(")) ORDER BY id")
        .all(database)
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Other images of a scope with the same content, by id.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn same(
    database: &Database,
    scope: &Scope,
    asset: &Asset,
    limit: i64,
) -> Result<Vec<Asset>, Error> {
    let sql = scope.limit(Sql::read("find images of the same content", select()), "asset.project_id");
    sql.with(" AND asset.gone IS NULL AND asset.content_id = ", asset.content_id)
        .with(" AND asset.id <> ", asset.id)
        .with(" ORDER BY asset.id LIMIT ", limit)
        .all(database)
        .await
}

/// How many fit, at most [`MOST_COUNTED`], and whether these are all.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn count(database: &Database, scope: &Scope, filter: &Filter) -> Result<(i64, bool), Error> {
    let start = "SELECT COUNT(*) FROM (SELECT 1 AS one FROM asset \
                 LEFT JOIN content ON content.id = asset.content_id WHERE TRUE";
    let sql = filter.apply(scope.limit(Sql::read("count images", start), "asset.project_id"));
    let sql = sql.with(" LIMIT ", MOST_COUNTED + 1).push(") AS counted");
    let (counted,): (i64,) = sql.one(database).await?;
    Ok((counted.min(MOST_COUNTED), counted <= MOST_COUNTED))
}

/// The ids of those that fit, without some, the lowest first: `limit` of those above `after`.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn ids(
    on: impl Into<On<'_>>,
    scope: &Scope,
    filter: &Filter,
    exclude: &[i64],
    after: i64,
    limit: i64,
) -> Result<Vec<i64>, Error> {
    let start = "SELECT asset.id FROM asset LEFT JOIN content ON content.id = asset.content_id WHERE TRUE";
    let mut sql = filter.apply(scope.limit(Sql::read("look images up", start), "asset.project_id"));
    if !exclude.is_empty() {
        sql = sql.list(" AND asset.id NOT IN ", exclude.iter().copied());
    }
    let rows: Vec<(i64,)> =
        sql.with(" AND asset.id > ", after).with(" ORDER BY asset.id LIMIT ", limit).all(on).await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}
