use axum::extract::State;
use http::StatusCode;
use store::tasks;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::page;
use crate::App;
use crate::access::{Operator, Viewer};
use crate::extract::{Json, Path, Query};
use crate::problem::Problem;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(find))
        .routes(routes!(jobs))
        .routes(routes!(cancel))
        .routes(routes!(retry))
}

/// The tasks, the newest first
#[utoipa::path(
    get, path = "/tasks", tag = "tasks", operation_id = "listTasks",
    params(api::TaskFilter, api::PageQuery),
    responses((status = OK, body = api::Page<api::Task>), (status = "default", body = api::Problem)),
    security(("session" = ["viewer"]), ("token" = ["viewer"]))
)]
async fn list(
    State(app): State<App>,
    Viewer(actor): Viewer,
    Query(filter): Query<api::TaskFilter>,
    Query(wanted): Query<api::PageQuery>,
) -> Result<Json<api::Page<api::Task>>, Problem> {
    let filter = tasks::Filter {
        kinds: filter.kind.into_iter().collect(),
        statuses: filter.status.iter().map(|status| status.word().to_owned()).collect(),
        causes: filter.cause.iter().map(|cause| cause.word().to_owned()).collect(),
        search: filter.search,
        since: filter.since,
        until: filter.until,
    };
    let found = tasks::list(&app.database, &actor.scope, &filter, &page::wanted(wanted)).await?;
    Ok(Json(page::of(found, task)))
}

/// One task
#[utoipa::path(
    get, path = "/tasks/{id}", tag = "tasks", operation_id = "getTask",
    params(("id" = i64, Path, description = "The task")),
    responses((status = OK, body = api::Task), (status = "default", body = api::Problem)),
    security(("session" = ["viewer"]), ("token" = ["viewer"]))
)]
async fn find(
    State(app): State<App>,
    Viewer(actor): Viewer,
    Path(id): Path<i64>,
) -> Result<Json<api::Task>, Problem> {
    one(&app, &actor.scope, id).await.map(Json)
}

/// The jobs of a task: what became of each image, and what to do about those that failed
#[utoipa::path(
    get, path = "/tasks/{id}/jobs", tag = "tasks", operation_id = "listTaskJobs",
    params(("id" = i64, Path, description = "The task"), api::TaskJobFilter, api::PageQuery),
    responses((status = OK, body = api::Page<api::TaskJob>), (status = "default", body = api::Problem)),
    security(("session" = ["viewer"]), ("token" = ["viewer"]))
)]
async fn jobs(
    State(app): State<App>,
    Viewer(actor): Viewer,
    Path(id): Path<i64>,
    Query(filter): Query<api::TaskJobFilter>,
    Query(wanted): Query<api::PageQuery>,
) -> Result<Json<api::Page<api::TaskJob>>, Problem> {
    one(&app, &actor.scope, id).await?;
    let states: Vec<String> = filter.status.iter().map(|status| status.word().to_owned()).collect();
    let found = tasks::jobs(&app.database, &actor.scope, id, &states, &page::wanted(wanted)).await?;
    Ok(Json(page::of(found, job)))
}

/// Gives a task up: what waits never begins, what runs is told to stop; what another task wants goes on
#[utoipa::path(
    post, path = "/tasks/{id}/cancel", tag = "tasks", operation_id = "cancelTask",
    params(("id" = i64, Path, description = "The task")),
    responses((status = OK, body = api::GivenUp), (status = "default", body = api::Problem)),
    security(("session" = ["operator"]), ("token" = ["operator"]))
)]
async fn cancel(
    State(app): State<App>,
    Operator(actor): Operator,
    Path(id): Path<i64>,
) -> Result<Json<api::GivenUp>, Problem> {
    one(&app, &actor.scope, id).await?;
    let mut transaction = app.database.begin().await?;
    let ended =
        || Problem::new(api::ProblemCode::Conflict, format!("cannot cancel task `{id}`: it has ended"));
    let given = tasks::cancel(&mut transaction, id).await?.ok_or_else(ended)?;
    let detail = serde_json::json!({ "given_up": given.up });
    actor.note(&mut transaction, "task.cancel", &format!("task {id}"), &detail).await?;
    transaction.commit().await?;
    tasks::stop_unwanted(&app.database).await?;
    Ok(Json(given_up(given)))
}

/// Tries again what failed in a task, as a new task
#[utoipa::path(
    post, path = "/tasks/{id}/retry", tag = "tasks", operation_id = "retryTask",
    params(("id" = i64, Path, description = "The task")),
    responses((status = CREATED, body = api::Task), (status = "default", body = api::Problem)),
    security(("session" = ["operator"]), ("token" = ["operator"]))
)]
async fn retry(
    State(app): State<App>,
    Operator(actor): Operator,
    Path(id): Path<i64>,
) -> Result<(StatusCode, Json<api::Task>), Problem> {
    one(&app, &actor.scope, id).await?;
    let mut transaction = app.database.begin().await?;
    let nothing = || {
        let detail = format!(
            "cannot retry task `{id}`: none of its jobs failed\nhint: what became of jobs is known for seven days"
        );
        Problem::new(api::ProblemCode::Conflict, detail)
    };
    let again = tasks::retry(&mut transaction, id, &actor.login).await?.ok_or_else(nothing)?;
    let detail = serde_json::json!({ "again": again });
    actor.note(&mut transaction, "task.retry", &format!("task {id}"), &detail).await?;
    transaction.commit().await?;
    app.wake.notify_waiters();
    one(&app, &store::Scope::All, again).await.map(|task| (StatusCode::CREATED, Json(task)))
}

/// One task that may be seen.
pub(super) async fn one(app: &App, scope: &store::Scope, id: i64) -> Result<api::Task, Problem> {
    let found = tasks::find(&app.database, scope, id).await?;
    found.map(task).ok_or_else(|| Problem::not_found("task", id))
}

pub(super) fn given_up(given: tasks::Given) -> api::GivenUp {
    api::GivenUp { given_up: given.up, cancelled: given.cancelled }
}

/// A task as it is sent.
pub(crate) fn task(task: tasks::Task) -> api::Task {
    let (percent, time_left) = (task.percent(), task.time_left(store::now()));
    api::Task {
        id: task.id,
        kind: task.kind,
        cause: task.cause,
        name: task.name,
        parameters: serde_json::from_str(&task.parameters).unwrap_or_default(),
        created_by: task.created_by,
        created: task.created,
        started: task.started,
        finished: task.finished,
        status: status(&task.status),
        parallel: task.parallel,
        per_hour: task.per_hour,
        resume_at: task.resume_at.filter(|_| task.finished.is_none()),
        total: task.total,
        succeeded: task.succeeded,
        failed: task.failed,
        cancelled: task.cancelled,
        risky: task.risky,
        percent,
        time_left,
    }
}

fn status(word: &str) -> api::TaskStatus {
    let known = api::TaskStatus::ALL.into_iter().find(|status| status.word() == word);
    known.unwrap_or(api::TaskStatus::Waiting)
}

fn job(job: tasks::Job) -> api::TaskJob {
    let failure = job.failure.as_deref();
    let failure = failure.map(|word| word.parse().unwrap_or(model::Failure::Unknown));
    api::TaskJob {
        id: job.id,
        kind: job.kind,
        status: status(&job.state),
        image_id: (job.asset_id > 0).then_some(job.asset_id),
        image: job.image,
        registry_id: job.registry_id,
        listing: job.registry_id.and(job.result).and_then(|result| serde_json::from_str(&result).ok()),
        registry: job.registry,
        percent: job.progress,
        attempts: job.attempts,
        created: job.created,
        started: job.started,
        finished: job.finished,
        failure,
        message: job.message,
        advice: failure.map(model::Failure::advice),
    }
}
