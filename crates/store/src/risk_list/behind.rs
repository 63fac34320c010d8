//! The images behind a risk, and where in them it is.

use model::FindingKind;

use crate::assets::BY_ID;
use crate::findings;
use crate::sql::Sql;
use crate::{Database, Error, Key, Order, Page, Scope, Sorted, Wanted};

/// A risk of so many images is common.
const COMMON: i64 = 1_000;

/// The ids of the images of a scope that have a risk, a page of them.
///
/// # Errors
/// When the database refuses or is gone, or the page asked for is none.
pub async fn images(
    database: &Database,
    scope: &Scope,
    kind: &str,
    rule: &str,
    sources: &[String],
    wanted: &Wanted,
) -> Result<Page<i64>, Error> {
    let start = "SELECT asset.id FROM asset WHERE asset.gone IS NULL AND asset.content_id IN (SELECT ";
    let mut sql = Sql::read("list images with a risk", start);
    sql = if kind == FindingKind::Vulnerabilities.word() {
        sql.push("cp.content_id FROM package_vulnerability pv JOIN content_package cp ON cp.package_id = pv.package_id")
            .with(" WHERE pv.suppressed IS NULL AND pv.vulnerability = ", rule)
    } else {
        sql.push("content_id FROM finding").with(" WHERE kind = ", kind).with(" AND rule = ", rule)
    };
    sql = scope.limit(sql.push(")"), "asset.project_id");
    if !sources.is_empty() {
        sql = sql.list(" AND asset.kind IN ", sources);
    }
    let by = if is_common(database, kind, rule).await? { "asset.id" } else { BY_ID };
    let order = Order { by, id: "asset.id", of: Sorted::Integers, descending: false };
    let ids: Vec<(i64,)> = wanted.ask(sql, order)?.all(database).await?;
    let page = wanted.page(ids, |(id,)| (Key::Integer(*id), *id));
    Ok(Page { items: page.items.into_iter().map(|(id,)| id).collect(), next: page.next })
}

/// Whether so many images have a risk that the first of them are soon found among all.
async fn is_common(database: &Database, kind: &str, rule: &str) -> Result<bool, Error> {
    let sql = "SELECT images + handled FROM risk WHERE project_id = 0 AND source = ''";
    let sql =
        Sql::read("count images with a risk", sql).with(" AND kind = ", kind).with(" AND rule = ", rule);
    let found: Option<(i64,)> = sql.optional(database).await?;
    Ok(found.is_some_and(|(images,)| images >= COMMON))
}

/// Where in an image a risk is: by one package or place.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct Place {
    /// The image.
    pub asset_id: i64,
    /// SHA-256 of [`model::Finding::key`].
    pub fingerprint: String,
    /// The package; empty for none.
    pub package: String,
    /// Its version; empty where none is known.
    pub version: String,
    /// Its package URL; empty where none is known.
    pub purl: String,
    /// Its first path; empty for none.
    pub path: String,
    /// The position of its layer.
    pub layer: Option<i64>,
    /// How bad it is here.
    pub severity: i64,
    /// The lowest version that mends it.
    pub fixed_version: Option<String>,
    /// When it was first known of the image's content.
    pub first_seen: i64,
}

/// Where in each of these images a risk is.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn places(
    database: &Database,
    kind: &str,
    rule: &str,
    assets: &[i64],
) -> Result<Vec<Place>, Error> {
    let is_vulnerability = kind == FindingKind::Vulnerabilities.word();
    let sql = if is_vulnerability {
        Sql::read(
            "list the places of a risk",
            "SELECT asset.id AS asset_id, '' AS fingerprint, p.name AS package, p.version, p.purl, cp.path, cp.layer, \
             pv.severity, pv.fixed_version, CASE WHEN c.first_seen > pv.first_seen THEN c.first_seen \
             ELSE pv.first_seen END AS first_seen FROM asset JOIN content c ON c.id = asset.content_id \
             JOIN content_package cp ON cp.content_id = c.id \
             JOIN package_vulnerability pv ON pv.package_id = cp.package_id \
             JOIN package p ON p.id = cp.package_id WHERE pv.suppressed IS NULL",
        )
        .with(" AND pv.vulnerability = ", rule)
        .list(" AND asset.id IN ", assets.iter().copied())
        .push(" ORDER BY asset.id, p.name, cp.path")
    } else {
        Sql::read(
            "list the places of a risk",
            "SELECT asset.id AS asset_id, f.fingerprint, f.package, '' AS version, '' AS purl, f.path, f.layer, \
             f.severity, NULL AS fixed_version, f.first_seen \
             FROM asset JOIN finding f ON f.content_id = asset.content_id WHERE TRUE",
        )
        .with(" AND f.kind = ", kind)
        .with(" AND f.rule = ", rule)
        .list(" AND asset.id IN ", assets.iter().copied())
        .push(" ORDER BY asset.id, f.path, f.fingerprint")
    };
    let mut places: Vec<Place> = sql.all(database).await?;
    if is_vulnerability {
        for place in &mut places {
            place.fingerprint = findings::fingerprint_of(rule, &place.purl, &place.path);
        }
    }
    Ok(places)
}
