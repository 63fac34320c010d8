use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{images, page};
use crate::App;
use crate::access::Viewer;
use crate::extract::{Filter, Json, Path, Query};
use crate::problem::Problem;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(find))
}

/// The engines, by kind
#[utoipa::path(
    get, path = "/engines", tag = "engines", operation_id = "listEngines",
    params(api::EngineFilter, api::PageQuery),
    responses((status = OK, body = api::Page<api::Engine>), (status = "default", body = api::Problem)),
    security(("session" = ["viewer"]), ("token" = ["viewer"]))
)]
async fn list(
    State(app): State<App>,
    Viewer(actor): Viewer,
    Filter(filter): Filter<api::EngineFilter>,
    Query(wanted): Query<api::PageQuery>,
) -> Result<Json<api::Page<api::Engine>>, Problem> {
    let wanted = page::wanted(wanted);
    let found = store::engines_list::list(&app.database, &actor.scope, filter.host, &wanted).await?;
    Ok(Json(page::of(found, engine)))
}

/// One engine
#[utoipa::path(
    get, path = "/engines/{id}", tag = "engines", operation_id = "getEngine",
    params(("id" = i64, Path, description = "The engine")),
    responses((status = OK, body = api::Engine), (status = "default", body = api::Problem)),
    security(("session" = ["viewer"]), ("token" = ["viewer"]))
)]
async fn find(
    State(app): State<App>,
    Viewer(actor): Viewer,
    Path(id): Path<i64>,
) -> Result<Json<api::Engine>, Problem> {
    let found = store::engines_list::find(&app.database, &actor.scope, id).await?;
    found.map(|found| Json(engine(found))).ok_or_else(|| Problem::not_found("engine", id))
}

fn engine(found: store::engines_list::Engine) -> api::Engine {
    api::Engine {
        id: found.id,
        host_id: found.host_id,
        host: found.host,
        kind: found.kind,
        address: found.address,
        version: found.version,
        storage_driver: found.storage_driver,
        root: found.root,
        failure: images::failure(found.failure, found.message),
        synced: found.synced,
        images: found.images,
        containers: found.containers,
        running: found.running,
    }
}
