use axum::extract::State;
use http::StatusCode;
use serde_json::json;
use store::projects;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::page;
use crate::App;
use crate::access::{Administrator, Auditor, Viewer};
use crate::extract::{Json, Path, Query};
use crate::problem::Problem;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(find, rename, delete))
        .routes(routes!(members))
}

/// The projects, by name
#[utoipa::path(
    get, path = "/projects", tag = "access", operation_id = "listProjects",
    params(api::PageQuery),
    responses((status = OK, body = api::Page<api::Project>), (status = "default", body = api::Problem)),
    security(("session" = ["viewer"]), ("token" = ["viewer"]))
)]
async fn list(
    State(app): State<App>,
    Viewer(actor): Viewer,
    Query(wanted): Query<api::PageQuery>,
) -> Result<Json<api::Page<api::Project>>, Problem> {
    let found = projects::list(&app.database, &actor.scope, &page::wanted(wanted)).await?;
    Ok(Json(page::of(found, project)))
}

/// One project
#[utoipa::path(
    get, path = "/projects/{id}", tag = "access", operation_id = "getProject",
    params(("id" = i64, Path, description = "The project")),
    responses((status = OK, body = api::Project), (status = "default", body = api::Problem)),
    security(("session" = ["viewer"]), ("token" = ["viewer"]))
)]
async fn find(
    State(app): State<App>,
    Viewer(actor): Viewer,
    Path(id): Path<i64>,
) -> Result<Json<api::Project>, Problem> {
    let found = projects::find(&app.database, &actor.scope, id).await?;
    found.map(|found| Json(project(found))).ok_or_else(|| Problem::not_found("project", id))
}

/// Make a project
#[utoipa::path(
    post, path = "/projects", tag = "access", operation_id = "createProject",
    request_body = api::ProjectName,
    responses((status = CREATED, body = api::Project), (status = "default", body = api::Problem)),
    security(("session" = ["administrator"]), ("token" = ["administrator"]))
)]
async fn create(
    State(app): State<App>,
    Administrator(actor): Administrator,
    Json(wanted): Json<api::ProjectName>,
) -> Result<(StatusCode, Json<api::Project>), Problem> {
    let name = super::tokens::name(&wanted.name)?;
    let mut transaction = app.database.begin().await?;
    let id = projects::create(&mut transaction, name).await?;
    let object = format!("project {id}");
    actor.note(&mut transaction, "project.create", &object, &json!({"name": name})).await?;
    let made = projects::find(&mut transaction, &actor.scope, id).await?;
    transaction.commit().await?;
    let made = made.ok_or_else(|| Problem::not_found("project", id))?;
    Ok((StatusCode::CREATED, Json(project(made))))
}

/// Call a project otherwise
#[utoipa::path(
    patch, path = "/projects/{id}", tag = "access", operation_id = "renameProject",
    params(("id" = i64, Path, description = "The project")),
    request_body = api::ProjectName,
    responses((status = OK, body = api::Project), (status = "default", body = api::Problem)),
    security(("session" = ["administrator"]), ("token" = ["administrator"]))
)]
async fn rename(
    State(app): State<App>,
    Administrator(actor): Administrator,
    Path(id): Path<i64>,
    Json(wanted): Json<api::ProjectName>,
) -> Result<Json<api::Project>, Problem> {
    let name = super::tokens::name(&wanted.name)?;
    let mut transaction = app.database.begin().await?;
    let before = existing(&mut transaction, &actor.scope, id).await?;
    projects::rename(&mut transaction, id, name).await?;
    let detail = json!({"name": name, "before": before.name});
    actor.note(&mut transaction, "project.rename", &format!("project {id}"), &detail).await?;
    transaction.commit().await?;
    Ok(Json(api::Project { id, name: name.to_owned(), created: before.created }))
}

/// Delete a project in which nothing is
#[utoipa::path(
    delete, path = "/projects/{id}", tag = "access", operation_id = "deleteProject",
    params(("id" = i64, Path, description = "The project")),
    responses((status = NO_CONTENT), (status = "default", body = api::Problem)),
    security(("session" = ["administrator"]), ("token" = ["administrator"]))
)]
async fn delete(
    State(app): State<App>,
    Administrator(actor): Administrator,
    Path(id): Path<i64>,
) -> Result<StatusCode, Problem> {
    let mut transaction = app.database.begin().await?;
    let before = existing(&mut transaction, &actor.scope, id).await?;
    if before.name == projects::DEFAULT {
        let detail = "cannot delete this project: what belongs to no other belongs to it";
        return Err(Problem::new(api::ProblemCode::Conflict, detail));
    }
    projects::delete(&mut transaction, &before).await?;
    let object = format!("project {id}");
    actor.note(&mut transaction, "project.delete", &object, &json!({"name": before.name})).await?;
    transaction.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The accounts that see a project because they were let, by name; at most 1000
#[utoipa::path(
    get, path = "/projects/{id}/members", tag = "access", operation_id = "listMembers",
    params(("id" = i64, Path, description = "The project")),
    responses((status = OK, body = Vec<api::Member>), (status = "default", body = api::Problem)),
    security(("session" = ["auditor"]), ("token" = ["auditor"]))
)]
async fn members(
    State(app): State<App>,
    Auditor(actor): Auditor,
    Path(id): Path<i64>,
) -> Result<Json<Vec<api::Member>>, Problem> {
    existing(&app.database, &actor.scope, id).await?;
    let mut members = Vec::new();
    for (account_id, login, role) in projects::members(&app.database, id).await? {
        members.push(api::Member { account_id, login, role: super::accounts::role(&role)? });
    }
    Ok(Json(members))
}

async fn existing(
    on: impl Into<store::On<'_>>,
    scope: &store::Scope,
    id: i64,
) -> Result<projects::Project, Problem> {
    projects::find(on, scope, id).await?.ok_or_else(|| Problem::not_found("project", id))
}

fn project(project: projects::Project) -> api::Project {
    api::Project { id: project.id, name: project.name, created: project.created }
}
