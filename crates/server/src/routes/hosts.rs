use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::page;
use crate::App;
use crate::access::Viewer;
use crate::extract::{Json, Path, Query};
use crate::problem::Problem;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(find))
}

/// The hosts, by name
#[utoipa::path(
    get, path = "/hosts", tag = "hosts", operation_id = "listHosts",
    params(api::HostFilter, api::PageQuery),
    responses((status = OK, body = api::Page<api::Host>), (status = "default", body = api::Problem)),
    security(("session" = ["viewer"]), ("token" = ["viewer"]))
)]
async fn list(
    State(app): State<App>,
    Viewer(actor): Viewer,
    Query(filter): Query<api::HostFilter>,
    Query(wanted): Query<api::PageQuery>,
) -> Result<Json<api::Page<api::Host>>, Problem> {
    let hosts =
        store::hosts::list(&app.database, &actor.scope, filter.search.as_deref(), &page::wanted(wanted))
            .await?;
    Ok(Json(page::of(hosts, host)))
}

/// One host
#[utoipa::path(
    get, path = "/hosts/{id}", tag = "hosts", operation_id = "getHost",
    params(("id" = i64, Path, description = "The host")),
    responses((status = OK, body = api::Host), (status = "default", body = api::Problem)),
    security(("session" = ["viewer"]), ("token" = ["viewer"]))
)]
async fn find(
    State(app): State<App>,
    Viewer(actor): Viewer,
    Path(id): Path<i64>,
) -> Result<Json<api::Host>, Problem> {
    let found = store::hosts::find(&app.database, &actor.scope, id).await?;
    found.map(|found| Json(host(found))).ok_or_else(|| Problem::not_found("host", id))
}

/// A host as it is sent.
pub(super) fn host(host: store::hosts::Host) -> api::Host {
    api::Host {
        id: host.id,
        name: host.name,
        os: host.os,
        kernel: host.kernel,
        architecture: host.architecture,
        processors: host.processors,
        memory: host.memory,
        addresses: serde_json::from_str(&host.addresses).unwrap_or_default(),
        project_id: host.project_id,
        first_seen: host.first_seen,
        last_seen: host.last_seen,
        images: host.images,
        containers: host.containers,
    }
}
