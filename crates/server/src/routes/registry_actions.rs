use axum::extract::State;
use http::StatusCode;
use serde_json::json;
use store::Scope;
use store::registries;
use store::tasks::Cause;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::registries::existing;
use super::registry_settings::{checked, kind_of, secrets, step};
use super::tasks::one;
use crate::App;
use crate::access::{Administrator, Operator, Viewer};
use crate::extract::{Json, Path};
use crate::problem::Problem;
use crate::registries::{nightly, said, settings};
use crate::schedules::{Hours, Window, minutes, time};

/// The most registries or kinds that are named.
const MOST: usize = 1_000;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(test_settings))
        .routes(routes!(test))
        .routes(routes!(sync))
        .routes(routes!(nightly_hours, set_nightly_hours))
}

/// Test a connection before the registry is added
#[utoipa::path(
    post, path = "/registries/test", tag = "registries", operation_id = "testRegistrySettings",
    request_body = api::NewRegistry,
    responses((status = OK, body = api::RegistryTest), (status = "default", body = api::Problem)),
    security(("session" = ["administrator"]), ("token" = ["administrator"]))
)]
async fn test_settings(
    State(app): State<App>,
    Administrator(actor): Administrator,
    Json(new): Json<api::NewRegistry>,
) -> Result<Json<api::RegistryTest>, Problem> {
    let kind = kind_of(&new.kind)?;
    let secrets = secrets(new.secrets)?;
    let options = checked(kind, &new.settings, secrets.password.is_some())?;
    let settings = said(&app, new.settings.address.trim(), options, secrets);
    let (tested, _) = tested(kind, settings).await?;
    let detail = json!({ "kind": kind.word, "address": new.settings.address, "ok": tested.ok });
    actor.note(&app.database, "registry.test", "registry", &detail).await?;
    Ok(Json(tested))
}

/// Test the connection to a registry
///
/// How it went is kept as the registry's health.
#[utoipa::path(
    post, path = "/registries/{id}/test", tag = "registries", operation_id = "testRegistry",
    params(("id" = i64, Path, description = "The registry")),
    responses((status = OK, body = api::RegistryTest), (status = "default", body = api::Problem)),
    security(("session" = ["operator"]), ("token" = ["operator"]))
)]
async fn test(
    State(app): State<App>,
    Operator(actor): Operator,
    Path(id): Path<i64>,
) -> Result<Json<api::RegistryTest>, Problem> {
    let registry = existing(&app.database, &actor.scope, id).await?;
    let kind = kind_of(&registry.kind)?;
    let (tested, failed) = tested(kind, settings(&app, &registry)?).await?;
    let mut transaction = app.database.begin().await?;
    let failed = failed.as_ref().map(|(failure, message)| (*failure, message.as_str()));
    registries::checked(&mut transaction, id, failed).await?;
    let detail = json!({ "name": registry.name, "ok": tested.ok });
    actor.note(&mut transaction, "registry.test", &format!("registry {id}"), &detail).await?;
    transaction.commit().await?;
    Ok(Json(tested))
}

/// How a test went, and why it failed.
type Tested = (api::RegistryTest, Option<(model::Failure, String)>);

async fn tested(
    kind: &'static ::registries::Kind,
    settings: ::registries::Settings,
) -> Result<Tested, Problem> {
    let steps = tokio::task::spawn_blocking(move || ::registries::check(kind, &settings)).await;
    let steps = steps.map_err(|error| Problem::internal(&error))?;
    let failed = steps.iter().find_map(|step| {
        let error = step.outcome.as_ref().err()?;
        Some((error.failure(), crate::told(error)))
    });
    Ok((api::RegistryTest { ok: failed.is_none(), steps: steps.iter().map(step).collect() }, failed))
}

/// Bring the images of registries up to date: these, those of some kinds, or all
///
/// Only lists and manifests are read. What a listing does not tell any more is gone after the second that misses it.
#[utoipa::path(
    post, path = "/registries/sync", tag = "registries", operation_id = "syncRegistries",
    request_body = api::SyncRequest,
    responses((status = CREATED, body = api::Task), (status = "default", body = api::Problem)),
    security(("session" = ["operator"]), ("token" = ["operator"]))
)]
async fn sync(
    State(app): State<App>,
    Operator(actor): Operator,
    Json(request): Json<api::SyncRequest>,
) -> Result<(StatusCode, Json<api::Task>), Problem> {
    let named = request.registries.as_deref().map_or(0, <[i64]>::len);
    let kinds = request.kinds.as_deref().map_or(0, <[String]>::len);
    if named > MOST || kinds > MOST {
        return Err(Problem::invalid(format!("more than {MOST} are named")));
    }
    let (kinds, ids) = match (request.registries, request.kinds, request.all.unwrap_or(false)) {
        (Some(ids), None, false) => (Vec::new(), Some(ids)),
        (None, Some(kinds), false) if !kinds.is_empty() => (kinds, None),
        (None, None, true) => (Vec::new(), None),
        _ => return Err(Problem::invalid("say which: exactly one of `registries`, `kinds` and `all`")),
    };
    let mut transaction = app.database.begin().await?;
    let found = registries::ids(&mut transaction, &actor.scope, &kinds, ids.as_deref()).await?;
    if let Some(missing) = ids.unwrap_or_default().iter().find(|id| !found.contains(id)) {
        return Err(Problem::not_found("registry", missing));
    }
    let mut wanted = Vec::new();
    for id in found {
        wanted.push(existing(&mut transaction, &actor.scope, id).await?);
    }
    let task = nightly::ask(&mut transaction, &wanted, Cause::Person, &actor.login).await?;
    let task = task.ok_or_else(|| Problem::invalid("there is no such registry to bring up to date"))?;
    let detail = json!({ "registries": wanted.iter().map(|registry| &registry.name).collect::<Vec<_>>() });
    actor.note(&mut transaction, "registry.sync", &format!("task {task}"), &detail).await?;
    transaction.commit().await?;
    app.wake.notify_waiters();
    one(&app, &Scope::All, task).await.map(|task| (StatusCode::CREATED, Json(task)))
}

/// The hours in which registries are listed every night
#[utoipa::path(
    get, path = "/registries/nightly", tag = "registries", operation_id = "getNightlyHours",
    responses((status = OK, body = api::NightlyHours), (status = "default", body = api::Problem)),
    security(("session" = ["viewer"]), ("token" = ["viewer"]))
)]
async fn nightly_hours(
    State(app): State<App>,
    Viewer(_actor): Viewer,
) -> Result<Json<api::NightlyHours>, Problem> {
    let hours = nightly::hours(&app).await?;
    Ok(Json(api::NightlyHours { from: time(hours.from), to: time(hours.to), zone: hours.zone }))
}

/// Set the hours in which registries are listed every night
#[utoipa::path(
    put, path = "/registries/nightly", tag = "registries", operation_id = "setNightlyHours",
    request_body = api::NightlyHours,
    responses((status = OK, body = api::NightlyHours), (status = "default", body = api::Problem)),
    security(("session" = ["administrator"]), ("token" = ["administrator"]))
)]
async fn set_nightly_hours(
    State(app): State<App>,
    Administrator(actor): Administrator,
    Json(wanted): Json<api::NightlyHours>,
) -> Result<Json<api::NightlyHours>, Problem> {
    let hours = Hours { from: minutes(&wanted.from)?, to: minutes(&wanted.to)?, zone: wanted.zone.clone() };
    Window::try_from(&hours)?;
    let mut transaction = app.database.begin().await?;
    nightly::set_hours(&mut transaction, &hours).await?;
    let detail = json!({ "from": wanted.from, "to": wanted.to, "zone": wanted.zone });
    actor.note(&mut transaction, "registries.nightly", "registries", &detail).await?;
    transaction.commit().await?;
    Ok(Json(wanted))
}
