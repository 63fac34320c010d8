//! What those ask who watch over the server: whether it lives, whether it can answer, and how it is.

use std::time::{Duration, SystemTime};

use axum::Json;
use axum::extract::{FromRequestParts, State};
use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;
use http::request::Parts;
use http::{StatusCode, header};
use object_store::ObjectStoreExt as _;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::access::{Client, Viewer};
use crate::problem::Problem;
use crate::{App, metrics};

/// How long what is asked may take.
const PATIENCE: Duration = Duration::from_secs(3);

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(health)).routes(routes!(ready)).routes(routes!(measure))
}

/// Whether the server lives
#[utoipa::path(
    get, path = "/health", tag = "system", operation_id = "getHealth",
    responses((status = NO_CONTENT), (status = "default", body = api::Problem)),
    security(())
)]
async fn health() -> StatusCode {
    StatusCode::NO_CONTENT
}

/// Whether the server can answer: its database and its object store do
#[utoipa::path(
    get, path = "/ready", tag = "system", operation_id = "getReadiness",
    responses(
        (status = OK, body = api::Readiness),
        (status = SERVICE_UNAVAILABLE, body = api::Readiness),
        (status = "default", body = api::Problem)
    ),
    security(())
)]
async fn ready(State(app): State<App>) -> Response {
    let database = tokio::time::timeout(PATIENCE, store::totals::ping(&app.database)).await;
    // There is none of that name, and who says so can answer.
    let path = object_store::path::Path::from("ready");
    let objects = tokio::time::timeout(PATIENCE, app.objects.head(&path)).await;
    let ready = api::Readiness {
        database: matches!(database, Ok(Ok(()))),
        objects: matches!(objects, Ok(Ok(_) | Err(object_store::Error::NotFound { .. }))),
    };
    let status =
        if ready.database && ready.objects { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(ready)).into_response()
}

/// Who may read the metrics: this machine, and whoever sees all projects.
struct Watcher;

impl FromRequestParts<App> for Watcher {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let client = parts.extensions.get::<Client>();
        // What a proxy on this machine hands on does not come from this machine.
        let here = client.is_some_and(|client| client.address.is_loopback() && !client.forwarded);
        if here && !parts.headers.contains_key(header::AUTHORIZATION) {
            return Ok(Self);
        }
        let Viewer(actor) = Viewer::from_request_parts(parts, app).await?;
        if actor.scope == store::Scope::All {
            return Ok(Self);
        }
        let detail = "cannot tell the metrics: they are of all projects, and the account does not see all";
        Err(Problem::new(api::ProblemCode::Forbidden, detail))
    }
}

/// Metrics as Prometheus reads them; this machine needs no token
#[utoipa::path(
    get, path = "/metrics", tag = "system", operation_id = "getMetrics",
    responses((status = OK, body = String, content_type = "text/plain"), (status = "default", body = api::Problem)),
    security(("session" = ["viewer"]), ("token" = ["viewer"]))
)]
async fn measure(State(app): State<App>, _: Watcher) -> Result<Response, Problem> {
    let text = metrics::text(&app).await?;
    Ok(([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response())
}

/// When the advisories were brought up to date; nothing when there are none.
pub(crate) async fn advisories(app: &App) -> Option<i64> {
    let metadata = tokio::fs::metadata(app.settings.advisories.join("manifest.json")).await.ok()?;
    let since = metadata.modified().ok()?.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    i64::try_from(since.as_millis()).ok()
}
