//! Packages: those of one image, and where in the inventory a package is.

use crate::assets::{BY_ID, named};
use crate::sql::Sql;
use crate::{Database, Error, Key, Order, Page, Scope, Sorted, Wanted};

/// The most packages that one search compares.
pub const MOST_COMPARED: usize = 5_000;

/// A package in an image.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct Component {
    /// The row of the package.
    pub package_id: i64,
    /// Its type, as package URLs name it.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Its architecture; empty where none is known.
    pub architecture: String,
    /// The source package it was built from; empty where none is known.
    pub source: String,
    /// Its package URL.
    pub purl: String,
    /// Its first path.
    pub path: String,
    /// The position of its layer.
    pub layer: Option<i64>,
    /// Whether the base image brought it.
    pub from_base: Option<bool>,
    /// Its licences, with commas between them.
    pub licenses: String,
}

/// Every package of a content, by name.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn of_content(database: &Database, content: i64) -> Result<Vec<Component>, Error> {
    Sql::read(
        "list the components of an image",
        "SELECT cp.package_id, p.kind, p.name, p.version, p.architecture, p.source, p.purl, cp.path, cp.layer, \
         cp.from_base, cp.licenses FROM content_package cp JOIN package p ON p.id = cp.package_id",
    )
    .with(" WHERE cp.content_id = ", content)
    .push(" ORDER BY p.name, p.version, cp.path, cp.package_id")
    .all(database)
    .await
}

/// A package somewhere in the inventory.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Package {
    /// Its row.
    pub id: i64,
    /// Its type, as package URLs name it.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Its package URL.
    pub purl: String,
}

/// Packages of a name, which may end with `*`: at most [`MOST_COMPARED`], and one more when there are others.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn search(database: &Database, name: &str, kind: Option<&str>) -> Result<Vec<Package>, Error> {
    let start = "SELECT id, kind, name, version, purl FROM package WHERE ";
    let mut sql = named(Sql::read("search components", start), "", name);
    if let Some(kind) = kind {
        sql = sql.with(" AND kind = ", kind);
    }
    let most = i64::try_from(MOST_COMPARED).unwrap_or(i64::MAX).saturating_add(1);
    sql.with(" ORDER BY name, version, id LIMIT ", most).all(database).await
}

/// How many images of a scope have each of these packages; those without any are left out.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn images(database: &Database, scope: &Scope, packages: &[i64]) -> Result<Vec<(i64, i64)>, Error> {
    let sql = Sql::read(
        "count images with a component",
        "SELECT cp.package_id, COUNT(DISTINCT asset.id) FROM content_package cp \
         JOIN asset ON asset.content_id = cp.content_id WHERE asset.gone IS NULL",
    )
    .list(" AND cp.package_id IN ", packages.iter().copied());
    scope.limit(sql, "asset.project_id").push(" GROUP BY cp.package_id").all(database).await
}

/// An image that has a package.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Holder {
    /// The image.
    pub asset_id: i64,
    /// Where it was seen.
    pub kind: String,
    /// As it is shown.
    pub name: String,
    /// Its containers.
    pub containers: i64,
    /// Those that run.
    pub running: i64,
    /// The package.
    pub package_id: i64,
    /// Its first path.
    pub path: String,
}

/// The images of a scope that have one of these packages, by image.
///
/// An image is on one page only, with all that it has.
///
/// # Errors
/// When the database refuses or is gone, or the page asked for is none.
pub async fn holders(
    database: &Database,
    scope: &Scope,
    packages: &[i64],
    wanted: &Wanted,
) -> Result<Page<Holder>, Error> {
    let sql = Sql::read(
        "list images with a component",
        "SELECT asset.id FROM asset WHERE asset.gone IS NULL AND asset.content_id IN \
         (SELECT cp.content_id FROM content_package cp WHERE cp.package_id IN ",
    )
    .list("", packages.iter().copied())
    .push(")");
    let order = Order { by: BY_ID, id: "asset.id", of: Sorted::Integers, descending: false };
    let ids: Vec<(i64,)> = wanted.ask(scope.limit(sql, "asset.project_id"), order)?.all(database).await?;
    let page = wanted.page(ids, |(id,)| (Key::Integer(*id), *id));
    let items = Sql::read(
        "list images with a component",
        "SELECT asset.id AS asset_id, asset.kind, asset.name, asset.containers, asset.running, cp.package_id, \
         cp.path FROM asset JOIN content_package cp ON cp.content_id = asset.content_id",
    )
    .list(" WHERE asset.id IN ", page.items.iter().map(|(id,)| *id))
    .list(" AND cp.package_id IN ", packages.iter().copied())
    .push(" ORDER BY asset.id, cp.package_id, cp.path")
    .all(database)
    .await?;
    Ok(Page { items, next: page.next })
}
