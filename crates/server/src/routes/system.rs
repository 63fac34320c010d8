use std::sync::LazyLock;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;
use crate::access::Viewer;
use crate::extract::Json;
use crate::problem::Problem;

/// The document as it is sent.
static DOCUMENT: LazyLock<String> =
    LazyLock::new(|| serde_json::to_string(&super::openapi()).unwrap_or_default());

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(system)).routes(routes!(document))
}

/// What the server is and has
#[utoipa::path(
    get, path = "/system", tag = "system", operation_id = "getSystem",
    responses((status = OK, body = api::System), (status = "default", body = api::Problem)),
    security(("session" = ["viewer"]), ("token" = ["viewer"]))
)]
async fn system(State(app): State<App>, Viewer(actor): Viewer) -> Result<Json<api::System>, Problem> {
    let inventory = store::totals::inventory(&app.database, &actor.scope).await?;
    Ok(Json(api::System {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        database: if app.database.is_postgres() { "postgresql" } else { "sqlite" }.to_owned(),
        advisories: crate::health::advisories(&app).await,
        images: inventory.images,
        containers: inventory.containers,
        hosts: inventory.hosts,
    }))
}

/// This document
#[utoipa::path(
    get, path = "/openapi.json", tag = "system", operation_id = "getDocument",
    responses((status = OK, body = Object), (status = "default", body = api::Problem)),
    security(())
)]
async fn document() -> Response {
    ([(CONTENT_TYPE, "application/json")], DOCUMENT.as_str()).into_response()
}
