mod check;
mod wire;

use axum::extract::State;
use http::StatusCode;
use serde_json::json;
use store::schedules::{self, Schedule};
use store::tasks::{Cause, Pace};
use store::{On, Scope, now, projects};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use self::check::Checked;
use super::page;
use super::tasks::one;
use crate::access::{Actor, Operator, Viewer};
use crate::extract::{Filter, Json, Path, Query};
use crate::problem::Problem;
use crate::schedules::Asked;
use crate::{App, selection};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(find, change, delete))
        .routes(routes!(run))
}

/// The schedules, by name
#[utoipa::path(
    get, path = "/schedules", tag = "schedules", operation_id = "listSchedules",
    params(api::ScheduleFilter, api::PageQuery),
    responses((status = OK, body = api::Page<api::Schedule>), (status = "default", body = api::Problem)),
    security(("session" = ["viewer"]), ("token" = ["viewer"]))
)]
async fn list(
    State(app): State<App>,
    Viewer(actor): Viewer,
    Filter(filter): Filter<api::ScheduleFilter>,
    Query(wanted): Query<api::PageQuery>,
) -> Result<Json<api::Page<api::Schedule>>, Problem> {
    let search = selection::text("search", filter.search.as_ref())?;
    let wanted = page::wanted(wanted);
    let found = schedules::list(&app.database, &actor.scope, search.as_deref(), &wanted).await?;
    let ids: Vec<i64> = found.items.iter().map(|schedule| schedule.id).collect();
    let projects = schedules::projects(&app.database, &ids).await?;
    let mut items = Vec::with_capacity(ids.len());
    for schedule in found.items {
        let own = projects.iter().filter(|(id, _)| *id == schedule.id).map(|(_, project)| *project).collect();
        items.push(wire::schedule(schedule, own)?);
    }
    Ok(Json(api::Page { items, next: found.next }))
}

/// Make a schedule: images that are scanned by themselves
#[utoipa::path(
    post, path = "/schedules", tag = "schedules", operation_id = "createSchedule",
    request_body = api::NewSchedule,
    responses((status = CREATED, body = api::Schedule), (status = "default", body = api::Problem)),
    security(("session" = ["operator"]), ("token" = ["operator"]))
)]
async fn create(
    State(app): State<App>,
    Operator(actor): Operator,
    Json(wanted): Json<api::NewSchedule>,
) -> Result<(StatusCode, Json<api::Schedule>), Problem> {
    let scope = scope(&app, &actor, &wanted.projects).await?;
    let checked = Checked::new(wanted, None, now())?;
    existing(&app, &scope, &checked).await?;
    let mut transaction = app.database.begin().await?;
    let id = schedules::create(&mut transaction, &checked.said(), &scope, &actor.login).await?;
    actor.note(&mut transaction, "schedule.create", &object(id), &checked.told()).await?;
    let made = told(On::Transaction(&mut transaction), &actor.scope, id).await?;
    transaction.commit().await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// One schedule
#[utoipa::path(
    get, path = "/schedules/{id}", tag = "schedules", operation_id = "getSchedule",
    params(("id" = i64, Path, description = "The schedule")),
    responses((status = OK, body = api::Schedule), (status = "default", body = api::Problem)),
    security(("session" = ["viewer"]), ("token" = ["viewer"]))
)]
async fn find(
    State(app): State<App>,
    Viewer(actor): Viewer,
    Path(id): Path<i64>,
) -> Result<Json<api::Schedule>, Problem> {
    told(On::Database(&app.database), &actor.scope, id).await.map(Json)
}

/// Change a schedule; what runs goes on as it began
#[utoipa::path(
    patch, path = "/schedules/{id}", tag = "schedules", operation_id = "changeSchedule",
    params(("id" = i64, Path, description = "The schedule")),
    request_body = api::ScheduleChange,
    responses((status = OK, body = api::Schedule), (status = "default", body = api::Problem)),
    security(("session" = ["operator"]), ("token" = ["operator"]))
)]
async fn change(
    State(app): State<App>,
    Operator(actor): Operator,
    Path(id): Path<i64>,
    Json(wanted): Json<api::ScheduleChange>,
) -> Result<Json<api::Schedule>, Problem> {
    let before = known(&app, &actor, id).await?;
    let (picked, excluded) = schedules::images(&app.database, id).await?;
    let scope = schedules::scope(&app.database, &before).await?;
    let stays_picked = before.picked && wanted.images.is_none();
    let wanted = wanted.of(wire::again(&before, picked, excluded)?);
    let mut checked = Checked::new(wanted, Some(&before), now())?;
    checked.picked |= stays_picked;
    existing(&app, &scope, &checked).await?;
    let mut transaction = app.database.begin().await?;
    schedules::change(&mut transaction, &before, &checked.said(), checked.keeps_next).await?;
    actor.note(&mut transaction, "schedule.change", &object(id), &checked.told()).await?;
    let after = told(On::Transaction(&mut transaction), &actor.scope, id).await?;
    transaction.commit().await?;
    Ok(Json(after))
}

/// Delete a schedule; its tasks stay, and go on
#[utoipa::path(
    delete, path = "/schedules/{id}", tag = "schedules", operation_id = "deleteSchedule",
    params(("id" = i64, Path, description = "The schedule")),
    responses((status = NO_CONTENT), (status = "default", body = api::Problem)),
    security(("session" = ["operator"]), ("token" = ["operator"]))
)]
async fn delete(
    State(app): State<App>,
    Operator(actor): Operator,
    Path(id): Path<i64>,
) -> Result<StatusCode, Problem> {
    let before = known(&app, &actor, id).await?;
    let mut transaction = app.database.begin().await?;
    schedules::delete(&mut transaction, id).await?;
    let detail = json!({ "name": before.name });
    actor.note(&mut transaction, "schedule.delete", &object(id), &detail).await?;
    transaction.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Run a schedule now, whatever its hours are and whether it is on or not; at its pace
#[utoipa::path(
    post, path = "/schedules/{id}/run", tag = "schedules", operation_id = "runSchedule",
    params(("id" = i64, Path, description = "The schedule")),
    responses((status = CREATED, body = api::Task), (status = "default", body = api::Problem)),
    security(("session" = ["operator"]), ("token" = ["operator"]))
)]
async fn run(
    State(app): State<App>,
    Operator(actor): Operator,
    Path(id): Path<i64>,
) -> Result<(StatusCode, Json<api::Task>), Problem> {
    let schedule = known(&app, &actor, id).await?;
    let at = now();
    let images = crate::schedules::images(&app, &schedule, at).await?;
    let pace = Pace { per_hour: schedule.per_hour, ..Pace::default() };
    let asked = Asked { cause: Cause::Person, by: &actor.login, pace, at };
    let mut transaction = app.database.begin().await?;
    let task = crate::schedules::ask(&mut transaction, &schedule, &asked, &images).await?;
    let detail = json!({ "name": schedule.name, "task": task, "images": images.len() });
    actor.note(&mut transaction, "schedule.run", &object(id), &detail).await?;
    transaction.commit().await?;
    app.wake.notify_waiters();
    one(&app, &Scope::All, task).await.map(|task| (StatusCode::CREATED, Json(task)))
}

fn object(id: i64) -> String {
    format!("schedule {id}")
}

/// One that may be seen.
async fn known(app: &App, actor: &Actor, id: i64) -> Result<Schedule, Problem> {
    let found = schedules::find(&app.database, &actor.scope, id).await?;
    found.ok_or_else(|| Problem::not_found("schedule", id))
}

/// One that may be seen, as it is sent, with its images.
async fn told(mut on: On<'_>, scope: &Scope, id: i64) -> Result<api::Schedule, Problem> {
    let found = schedules::find(on.again(), scope, id).await?;
    let found = found.ok_or_else(|| Problem::not_found("schedule", id))?;
    let projects = schedules::projects(on.again(), &[id]).await?;
    let (images, exclude) = schedules::images(on, id).await?;
    let told = wire::schedule(found, projects.into_iter().map(|(_, project)| project).collect())?;
    Ok(api::Schedule { images: Some(images), exclude: Some(exclude), ..told })
}

/// The projects of a new schedule: those named, or all that whoever makes it sees.
async fn scope(app: &App, actor: &Actor, wanted: &[i64]) -> Result<Scope, Problem> {
    if wanted.is_empty() {
        return match &actor.scope {
            Scope::Projects(projects) if projects.is_empty() => Err(Problem::invalid(
                "cannot make a schedule: there is no project whose images it could scan",
            )),
            scope => Ok(scope.clone()),
        };
    }
    check::projects(wanted)?;
    let missing = projects::missing(&app.database, wanted).await?;
    let unseen = wanted.iter().find(|id| missing.contains(id) || !actor.scope.holds(**id));
    match unseen {
        Some(unseen) => Err(Problem::not_found("project", unseen)),
        None => Ok(Scope::Projects(wanted.to_vec())),
    }
}

/// Refuses images that are not there, or not of its projects.
async fn existing(app: &App, scope: &Scope, checked: &Checked) -> Result<(), Problem> {
    selection::named(&app.database, scope, &checked.images).await?;
    selection::named(&app.database, scope, &checked.exclude).await?;
    Ok(())
}
