//! Where the packages of a content lie.

use std::collections::{BTreeMap, BTreeSet};

use model::Package;

use super::Layers;
use crate::sql::{Sql, insert, storable};
use crate::{Error, Transaction};

/// A package at a place.
type Place = (i64, String);
/// Its layer, whether the base image brought it, its licences.
type About = (Option<i64>, Option<bool>, String);

#[derive(sqlx::FromRow)]
struct Row {
    package_id: i64,
    path: String,
    layer: Option<i64>,
    from_base: Option<bool>,
    licenses: String,
}

pub(super) async fn write(
    transaction: &mut Transaction,
    content: i64,
    layers: &Layers<'_>,
    packages: &[Package],
    ids: &[i64],
) -> Result<(), Error> {
    let mut now: BTreeMap<Place, About> = BTreeMap::new();
    for (package, id) in packages.iter().zip(ids) {
        // What is kept must compare equal.
        let path = package.paths.first().cloned().map_or_else(String::new, storable);
        let layer = layers.position(package.layer.as_deref(), package.created_by.as_deref());
        let licenses = storable(package.licenses.join(", "));
        now.entry((*id, path)).or_insert((layer, package.from_base, licenses));
    }
    let rows: Vec<Row> = Sql::read(
        "read the packages of an image",
        "SELECT package_id, path, layer, from_base, licenses FROM content_package WHERE content_id = ",
    )
    .with("", content)
    .all(&mut *transaction)
    .await?;
    let before: BTreeMap<Place, About> = rows
        .into_iter()
        .map(|row| ((row.package_id, row.path), (row.layer, row.from_base, row.licenses)))
        .collect();
    let gone: BTreeSet<i64> =
        before.keys().filter(|place| !now.contains_key(*place)).map(|(id, _)| *id).collect();
    let gone: Vec<i64> = gone.into_iter().collect();
    for some in gone.chunks(10_000) {
        let sql = Sql::write("forget packages of an image", "DELETE FROM content_package WHERE");
        let sql = sql.with(" content_id = ", content).list(" AND package_id IN ", some.iter().copied());
        sql.run(&mut *transaction).await?;
    }
    let gone: BTreeSet<i64> = gone.into_iter().collect();
    let rows = now
        .into_iter()
        .filter(|(place, about)| gone.contains(&place.0) || before.get(place) != Some(about))
        .map(|((id, path), (layer, from_base, licenses))| {
            vec![content.into(), id.into(), path.into(), layer.into(), from_base.into(), licenses.into()]
        })
        .collect();
    let into =
        "INSERT INTO content_package (content_id, package_id, path, layer, from_base, licenses) VALUES ";
    let after = " ON CONFLICT (content_id, package_id, path) DO UPDATE SET layer = excluded.layer, \
        from_base = excluded.from_base, licenses = excluded.licenses";
    insert("note the packages of an image", transaction, into, rows, after).await
}
