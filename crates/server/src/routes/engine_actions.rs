use axum::extract::State;
use http::StatusCode;
use store::Scope;
use store::jobs::Wanted;
use store::tasks::{Cause, New};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::tasks::one;
use crate::App;
use crate::access::Operator;
use crate::extract::Json;
use crate::problem::Problem;
use crate::work::ENGINES;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(refresh))
}

/// Read the engines anew: the data update
///
/// Images and containers are kept true by what the engines tell of themselves; this reads everything at once, and tries
/// images again that could not be opened.
#[utoipa::path(
    post, path = "/engines/refresh", tag = "engines", operation_id = "refreshEngines",
    responses((status = CREATED, body = api::Task), (status = "default", body = api::Problem)),
    security(("session" = ["operator"]), ("token" = ["operator"]))
)]
async fn refresh(
    State(app): State<App>,
    Operator(actor): Operator,
) -> Result<(StatusCode, Json<api::Task>), Problem> {
    // Who sees only some projects sees the task too.
    let projects = match &actor.scope {
        Scope::All => &[],
        Scope::Projects(projects) => projects.as_slice(),
    };
    let new = New {
        projects,
        kind: ENGINES,
        cause: Cause::Person,
        name: "",
        parameters: "{}",
        created_by: &actor.login,
        parallel: 0,
    };
    let wanted = Wanted {
        kind: ENGINES,
        subject: 0,
        dedupe: ENGINES.to_owned(),
        parameters: "{}".to_owned(),
        priority: Cause::Person.priority(),
    };
    let mut transaction = app.database.begin().await?;
    let (task, _job) = store::tasks::with_job(&mut transaction, new, wanted).await?;
    actor.note(&mut transaction, "engines.refresh", &format!("task {task}"), &serde_json::json!({})).await?;
    transaction.commit().await?;
    app.wake.notify_waiters();
    one(&app, &Scope::All, task).await.map(|task| (StatusCode::CREATED, Json(task)))
}
