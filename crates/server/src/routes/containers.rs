use axum::extract::State;
use model::ContainerState;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::page;
use crate::access::Viewer;
use crate::extract::{Filter, Json, Path, Query};
use crate::problem::Problem;
use crate::{App, selection};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(find))
}

/// The containers, by name
#[utoipa::path(
    get, path = "/containers", tag = "containers", operation_id = "listContainers",
    params(api::ContainerFilter, api::PageQuery),
    responses((status = OK, body = api::Page<api::Container>), (status = "default", body = api::Problem)),
    security(("session" = ["viewer"]), ("token" = ["viewer"]))
)]
async fn list(
    State(app): State<App>,
    Viewer(actor): Viewer,
    Filter(filter): Filter<api::ContainerFilter>,
    Query(wanted): Query<api::PageQuery>,
) -> Result<Json<api::Page<api::Container>>, Problem> {
    let filter = store::containers::Filter {
        states: states(&filter.state),
        host: filter.host,
        engine: filter.engine,
        image: filter.image,
        pod: selection::text("pod", filter.pod.as_ref())?,
        search: selection::text("search", filter.search.as_ref())?,
        gone: filter.gone.unwrap_or(false),
    };
    let found = store::containers::list(&app.database, &actor.scope, &filter, &page::wanted(wanted)).await?;
    Ok(Json(page::of(found, container)))
}

/// One container
#[utoipa::path(
    get, path = "/containers/{id}", tag = "containers", operation_id = "getContainer",
    params(("id" = i64, Path, description = "The container")),
    responses((status = OK, body = api::Container), (status = "default", body = api::Problem)),
    security(("session" = ["viewer"]), ("token" = ["viewer"]))
)]
async fn find(
    State(app): State<App>,
    Viewer(actor): Viewer,
    Path(id): Path<i64>,
) -> Result<Json<api::Container>, Problem> {
    let found = store::containers::find(&app.database, &actor.scope, id).await?;
    found.map(|found| Json(container(found))).ok_or_else(|| Problem::not_found("container", id))
}

/// States by the words they are kept as.
pub(super) fn states(states: &[ContainerState]) -> Vec<String> {
    states.iter().map(|state| state.word().to_owned()).collect()
}

/// A container as it is sent.
pub(super) fn container(found: store::containers::Container) -> api::Container {
    api::Container {
        id: found.id,
        engine_id: found.engine_id,
        engine: found.engine,
        namespace: found.namespace,
        reference: found.reference,
        name: found.name,
        image: found.image,
        image_id: found.asset_id,
        state: ContainerState::of_word(&found.state),
        command: serde_json::from_str(&found.command).unwrap_or_default(),
        pod: found.pod,
        pod_namespace: found.pod_namespace,
        addresses: serde_json::from_str(&found.addresses).unwrap_or_default(),
        created: found.created,
        started: found.started,
        finished: found.finished,
        exit_code: found.exit_code,
        updated: found.updated,
        gone: found.gone,
        host_id: found.host_id,
        host: found.host,
        risk: found.risk.and_then(selection::image_risk),
    }
}
