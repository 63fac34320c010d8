use axum::extract::State;
use http::StatusCode;
use store::tasks::{self, Cause, New, Scans};
use store::{Scope, assets, jobs};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::tasks::{given_up, one};
use crate::App;
use crate::access::{Actor, Operator};
use crate::extract::Json;
use crate::problem::Problem;
use crate::selection;

/// The most jobs of one task at once.
const MOST_PARALLEL: i64 = 1_000;
/// The longest name of a task.
const LONGEST_NAME: usize = 256;
/// How many images are named in the list of what was done.
pub(super) const TOLD: usize = 50;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(scan)).routes(routes!(cancel))
}

/// Scans images: those named, those a filter finds, or all
///
/// Equal images are scanned once. Results of before are shown until the new ones are whole.
#[utoipa::path(
    post, path = "/scans", tag = "scans", operation_id = "scanImages",
    request_body = api::ScanRequest,
    responses((status = CREATED, body = api::Task), (status = "default", body = api::Problem)),
    security(("session" = ["operator"]), ("token" = ["operator"]))
)]
async fn scan(
    State(app): State<App>,
    Operator(actor): Operator,
    Json(request): Json<api::ScanRequest>,
) -> Result<(StatusCode, Json<api::Task>), Problem> {
    let parallel = request.parallel.unwrap_or(0);
    if !(0..=MOST_PARALLEL).contains(&parallel) {
        return Err(Problem::invalid(format!("`parallel` is not a number from 0 to {MOST_PARALLEL}")));
    }
    let which =
        Which { images: request.images, filter: request.filter, all: request.all, exclude: request.exclude };
    let (images, only) = which.images(&app, &actor.scope).await?;
    let name = name(request.name, only)?;
    let scans = Scans {
        checks: selection::checks(&request.checks.unwrap_or_default()),
        force: request.force.unwrap_or(false),
    };
    let new = New {
        projects: &[],
        kind: jobs::SCAN,
        cause: Cause::Person,
        name: &name,
        parameters: "{}",
        created_by: &actor.login,
        parallel,
    };
    let task = ask(&app, &actor, new, &scans, &images).await?;
    app.wake.notify_waiters();
    one(&app, &Scope::All, task).await.map(|task| (StatusCode::CREATED, Json(task)))
}

pub(super) async fn ask(
    app: &App,
    actor: &Actor,
    new: New<'_>,
    scans: &Scans,
    images: &[i64],
) -> Result<i64, store::Error> {
    let mut transaction = app.database.begin().await?;
    let task = tasks::scan(&mut transaction, new, scans, images).await?;
    let detail = serde_json::json!({ "name": new.name, "images": images.len(), "checks": scans.checks });
    actor.note(&mut transaction, "scan.ask", &format!("task {task}"), &detail).await?;
    transaction.commit().await?;
    Ok(task)
}

/// Gives scans up: those of images named, or all
///
/// What waits never begins, what runs is told to stop; results of before stay.
#[utoipa::path(
    post, path = "/scans/cancel", tag = "scans", operation_id = "cancelScans",
    request_body = api::ScanCancelRequest,
    responses((status = OK, body = api::GivenUp), (status = "default", body = api::Problem)),
    security(("session" = ["operator"]), ("token" = ["operator"]))
)]
async fn cancel(
    State(app): State<App>,
    Operator(actor): Operator,
    Json(request): Json<api::ScanCancelRequest>,
) -> Result<Json<api::GivenUp>, Problem> {
    let which =
        Which { images: request.images, filter: request.filter, all: request.all, exclude: request.exclude };
    let (images, _) = which.images(&app, &actor.scope).await?;
    let given = give_up(&app, &actor, &images).await?;
    tasks::stop_unwanted(&app.database).await?;
    Ok(Json(given_up(given)))
}

async fn give_up(app: &App, actor: &Actor, images: &[i64]) -> Result<tasks::Given, store::Error> {
    let mut transaction = app.database.begin().await?;
    let given = tasks::cancel_images(&mut transaction, &actor.scope, images).await?;
    let some: Vec<i64> = images.iter().copied().take(TOLD).collect();
    let detail = serde_json::json!({ "images": images.len(), "first": some, "given_up": given.up });
    actor.note(&mut transaction, "scan.cancel", "images", &detail).await?;
    transaction.commit().await?;
    Ok(given)
}

/// Which images are meant, as a request says it.
pub(super) struct Which {
    pub(super) images: Option<Vec<i64>>,
    pub(super) filter: Option<api::ImageFilter>,
    pub(super) all: Option<bool>,
    pub(super) exclude: Option<Vec<i64>>,
}

impl Which {
    /// Their ids, and the name of the one that is asked for.
    pub(super) async fn images(
        self,
        app: &App,
        scope: &Scope,
    ) -> Result<(Vec<i64>, Option<String>), Problem> {
        let exclude = self.exclude.unwrap_or_default();
        if exclude.len() > api::MOST_IMAGES {
            return Err(Problem::invalid(format!("`exclude` names more than {} images", api::MOST_IMAGES)));
        }
        match (self.images, self.filter, self.all.unwrap_or(false)) {
            (Some(images), None, false) => named(app, scope, images).await,
            (None, Some(filter), false) => {
                let filter = selection::filter(&filter)?;
                Ok((selection::images(&app.database, scope, &filter, &exclude).await?, None))
            }
            (None, None, true) => {
                let filter = assets::Filter::default();
                Ok((selection::images(&app.database, scope, &filter, &exclude).await?, None))
            }
            _ => Err(Problem::invalid("say which images: exactly one of `images`, `filter` and `all`")),
        }
    }
}

/// Images named by their ids, each of which must be there.
async fn named(
    app: &App,
    scope: &Scope,
    mut images: Vec<i64>,
) -> Result<(Vec<i64>, Option<String>), Problem> {
    images.sort_unstable();
    images.dedup();
    if images.is_empty() || images.len() > api::MOST_IMAGES {
        return Err(Problem::invalid(format!("`images` does not name 1 to {} images", api::MOST_IMAGES)));
    }
    let known = selection::named(&app.database, scope, &images).await?;
    let only = match known.as_slice() {
        [(_, name)] => Some(name.clone()),
        _ => None,
    };
    Ok((images, only))
}

/// The name of a task: the one given, or that of its only image; none where the number of images says all.
fn name(given: Option<String>, only: Option<String>) -> Result<String, Problem> {
    let Some(given) = given else {
        return Ok(only.unwrap_or_default().chars().take(LONGEST_NAME).collect());
    };
    let name = given.trim().to_owned();
    if name.is_empty() || name.chars().count() > LONGEST_NAME {
        return Err(Problem::invalid(format!("`name` does not have 1 to {LONGEST_NAME} characters")));
    }
    Ok(name)
}
