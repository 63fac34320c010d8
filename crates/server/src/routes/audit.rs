use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::page;
use crate::App;
use crate::access::Auditor;
use crate::extract::{Json, Query};
use crate::problem::Problem;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list))
}

/// What was done, the latest first
#[utoipa::path(
    get, path = "/audit", tag = "access", operation_id = "listAudit",
    params(api::AuditFilter, api::PageQuery),
    responses((status = OK, body = api::Page<api::AuditEntry>), (status = "default", body = api::Problem)),
    security(("session" = ["auditor"]), ("token" = ["auditor"]))
)]
async fn list(
    State(app): State<App>,
    Auditor(_actor): Auditor,
    Query(filter): Query<api::AuditFilter>,
    Query(wanted): Query<api::PageQuery>,
) -> Result<Json<api::Page<api::AuditEntry>>, Problem> {
    let api::AuditFilter { actor, action, object, since, until } = filter;
    let filter = store::audit::Filter { actor, action, object, since, until };
    let found = store::audit::list(&app.database, &filter, &page::wanted(wanted)).await?;
    Ok(Json(page::of(found, entry)))
}

fn entry(entry: store::audit::Entry) -> api::AuditEntry {
    api::AuditEntry {
        id: entry.id,
        at: entry.at,
        actor: entry.actor,
        address: entry.address,
        action: entry.action,
        object: entry.object,
        // A long one was cut, and is told as it is.
        detail: serde_json::from_str(&entry.detail).unwrap_or(serde_json::Value::String(entry.detail)),
    }
}
