use std::collections::{BTreeMap, HashMap};

use axum::extract::State;
use store::components::{MOST_COMPARED, Package};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::page;
use crate::access::Viewer;
use crate::extract::{Filter, Json, Query};
use crate::package_version::Conditions;
use crate::problem::Problem;
use crate::{App, selection};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(images))
}

/// Packages of a name and version, and how many images have each
///
/// Where is log4j-core below 2.17? `?name=org.apache.logging.log4j:log4j-core&version=<2.17`. A line for each
/// version; those that no image has are left out.
#[utoipa::path(
    get, path = "/components", tag = "components", operation_id = "searchComponents",
    params(api::ComponentFilter),
    responses((status = OK, body = api::ComponentSearch), (status = "default", body = api::Problem)),
    security(("session" = ["viewer"]), ("token" = ["viewer"]))
)]
async fn list(
    State(app): State<App>,
    Viewer(actor): Viewer,
    Filter(filter): Filter<api::ComponentFilter>,
) -> Result<Json<api::ComponentSearch>, Problem> {
    let (found, complete) = search(&app, &filter).await?;
    let ids: Vec<i64> = found.iter().map(|(package, _)| package.id).collect();
    let counts = store::components::images(&app.database, &actor.scope, &ids).await?;
    let counts: HashMap<i64, i64> = counts.into_iter().collect();
    // One package may have several rows, one for each distribution it was found in.
    let mut rows: BTreeMap<(String, String, String), api::Component> = BTreeMap::new();
    for (package, uncertain) in found {
        let Some(images) = counts.get(&package.id) else { continue };
        let key = (package.name.clone(), package.kind.clone(), package.version.clone());
        let row = rows.entry(key).or_insert_with(|| api::Component {
            kind: package.kind,
            name: package.name,
            version: package.version,
            images: 0,
            uncertain,
        });
        row.images = row.images.saturating_add(*images);
    }
    Ok(Json(api::ComponentSearch { items: rows.into_values().collect(), complete }))
}

/// The images that have packages of a name and version
#[utoipa::path(
    get, path = "/components/images", tag = "components", operation_id = "listComponentImages",
    params(api::ComponentFilter, api::PageQuery),
    responses((status = OK, body = api::ComponentImages), (status = "default", body = api::Problem)),
    security(("session" = ["viewer"]), ("token" = ["viewer"]))
)]
async fn images(
    State(app): State<App>,
    Viewer(actor): Viewer,
    Filter(filter): Filter<api::ComponentFilter>,
    Query(wanted): Query<api::PageQuery>,
) -> Result<Json<api::ComponentImages>, Problem> {
    let (found, complete) = search(&app, &filter).await?;
    let packages: HashMap<i64, Package> =
        found.into_iter().map(|(package, _)| (package.id, package)).collect();
    let ids: Vec<i64> = packages.keys().copied().collect();
    let held = store::components::holders(&app.database, &actor.scope, &ids, &page::wanted(wanted)).await?;
    let row = |holder: store::components::Holder| {
        let package = packages.get(&holder.package_id)?;
        Some(api::ComponentImage {
            image: holder.asset_id,
            source: holder.kind,
            name: holder.name,
            containers: holder.containers,
            running: holder.running,
            kind: package.kind.clone(),
            package: package.name.clone(),
            version: package.version.clone(),
            path: holder.path,
        })
    };
    let items = held.items.into_iter().filter_map(row).collect();
    Ok(Json(api::ComponentImages { items, next: held.next, complete }))
}

/// The packages that fit or may fit, each with whether that is uncertain; and whether all were compared.
async fn search(app: &App, filter: &api::ComponentFilter) -> Result<(Vec<(Package, bool)>, bool), Problem> {
    let name = selection::text("name", Some(&filter.name))?;
    let name = name
        .filter(|name| name != "*")
        .ok_or_else(|| Problem::invalid("`name` is empty\nhint: write a name, or its beginning and `*`"))?;
    let version = selection::text("version", filter.version.as_ref())?.unwrap_or_default();
    let conditions = Conditions::parse(&version)?;
    let kind = filter.kind.map(model::PackageType::word);
    let mut found = store::components::search(&app.database, &name, kind).await?;
    let complete = found.len() <= MOST_COMPARED;
    found.truncate(MOST_COMPARED);
    let fits = |package: Package| match conditions.hold(&package.kind, &package.version) {
        Some(true) => Some((package, false)),
        Some(false) => None,
        None => Some((package, true)),
    };
    Ok((found.into_iter().filter_map(fits).collect(), complete))
}
