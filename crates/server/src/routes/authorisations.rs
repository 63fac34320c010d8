use api::{AuthorisationCause, AuthorisationResult, ProblemCode};
use axum::extract::State;
use serde_json::json;
use store::authorisations::{self, Authorised, Cause, Change, Rule, Settings, Withdrawn};
use store::tasks::{self, New, Scans};
use store::{On, Scope, jobs};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::page;
use super::scans::{TOLD, Which, ask};
use super::tasks::one;
use crate::App;
use crate::access::{Actor, Administrator, Operator, Viewer};
use crate::extract::{Json, Query};
use crate::problem::Problem;
use crate::scanning::every_check;

/// The largest quota, and the most images of one day.
const MOST: i64 = 1_000_000_000;
/// The most globs of a rule.
const NAMES: usize = 50;
/// The longest of them.
const LONGEST_NAME: usize = 256;
/// How many images are named that were refused.
const REFUSED: usize = 200;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(find, authorise))
        .routes(routes!(set))
        .routes(routes!(withdraw))
        .routes(routes!(ledger))
}

/// How images are authorised, and how many are
#[utoipa::path(
    get, path = "/authorisation", tag = "authorisation", operation_id = "getAuthorisation",
    responses((status = OK, body = api::Authorisation), (status = "default", body = api::Problem)),
    security(("session" = ["viewer"]), ("token" = ["viewer"]))
)]
async fn find(State(app): State<App>, Viewer(_actor): Viewer) -> Result<Json<api::Authorisation>, Problem> {
    standing(&app.database).await.map(Json)
}

async fn standing(on: impl Into<On<'_>>) -> Result<api::Authorisation, Problem> {
    let mut on = on.into();
    let state = authorisations::state(on.again()).await?;
    let used = authorisations::used(on).await?;
    Ok(api::Authorisation {
        enabled: state.enabled,
        quota: state.quota,
        used,
        left: left(state.quota, used),
        rule: state.rule()?.map(rule),
        automatic_today: state.automatic(),
    })
}

fn left(quota: Option<i64>, used: i64) -> Option<i64> {
    quota.map(|quota| quota.saturating_sub(used).max(0))
}

fn rule(rule: Rule) -> api::AuthorisationRule {
    let kinds = rule.kinds.iter().filter_map(|kind| api::ImageKind::from_word(kind)).collect();
    api::AuthorisationRule { kinds, names: rule.names, daily: rule.daily }
}

/// Set how images are authorised
///
/// Without `enabled` every image may be scanned; what was authorised is kept for the next time. A quota below what is
/// authorised is refused: withdraw some first.
#[utoipa::path(
    put, path = "/authorisation/settings", tag = "authorisation", operation_id = "setAuthorisation",
    request_body = api::AuthorisationSettings,
    responses((status = OK, body = api::Authorisation), (status = "default", body = api::Problem)),
    security(("session" = ["administrator"]), ("token" = ["administrator"]))
)]
async fn set(
    State(app): State<App>,
    Administrator(actor): Administrator,
    Json(wanted): Json<api::AuthorisationSettings>,
) -> Result<Json<api::Authorisation>, Problem> {
    let settings = settings(wanted)?;
    let mut transaction = app.database.begin().await?;
    if let Change::TooFew(used) = authorisations::change(&mut transaction, &settings).await? {
        let detail =
            format!("cannot set a quota below the {used} images that are authorised: withdraw some first");
        return Err(Problem::new(ProblemCode::Conflict, detail));
    }
    let detail = json!({ "enabled": settings.enabled, "quota": settings.quota, "rule": settings.rule });
    actor.note(&mut transaction, "authorisation.settings", "authorisation", &detail).await?;
    let standing = standing(&mut transaction).await?;
    transaction.commit().await?;
    Ok(Json(standing))
}

fn settings(wanted: api::AuthorisationSettings) -> Result<Settings, Problem> {
    if wanted.quota.is_some_and(|quota| !(0..=MOST).contains(&quota)) {
        return Err(Problem::invalid(format!("`quota` is not a number from 0 to {MOST}")));
    }
    let rule = wanted.rule.map(checked).transpose()?;
    Ok(Settings { enabled: wanted.enabled, quota: wanted.quota, rule })
}

fn checked(rule: api::AuthorisationRule) -> Result<Rule, Problem> {
    if !(0..=MOST).contains(&rule.daily) {
        return Err(Problem::invalid(format!("`daily` is not a number from 0 to {MOST}")));
    }
    if rule.kinds.len() > api::ImageKind::ALL.len() {
        return Err(Problem::invalid("`kinds` names a kind twice"));
    }
    let is_name = |name: &String| !name.is_empty() && name.chars().count() <= LONGEST_NAME;
    if rule.names.len() > NAMES || !rule.names.iter().all(is_name) {
        let detail = format!("`names` is not at most {NAMES} globs of 1 to {LONGEST_NAME} characters");
        return Err(Problem::invalid(detail));
    }
    let kinds = rule.kinds.iter().map(|kind| kind.word().to_owned()).collect();
    Ok(Rule { kinds, names: rule.names, daily: rule.daily })
}

/// Authorise images: those named, those a filter finds, or all
///
/// Each distinct image takes one from the quota, under however many names and in however many places it was seen. When the
/// quota is used up, the images seen first are authorised and the others refused.
#[utoipa::path(
    post, path = "/authorisation", tag = "authorisation", operation_id = "authoriseImages",
    request_body = api::AuthorisationRequest,
    responses((status = OK, body = api::AuthorisationOutcome), (status = "default", body = api::Problem)),
    security(("session" = ["operator"]), ("token" = ["operator"]))
)]
async fn authorise(
    State(app): State<App>,
    Operator(actor): Operator,
    Json(request): Json<api::AuthorisationRequest>,
) -> Result<Json<api::AuthorisationOutcome>, Problem> {
    if request.count.is_some_and(|count| !(1..=MOST).contains(&count)) {
        return Err(Problem::invalid(format!("`count` is not a number from 1 to {MOST}")));
    }
    let which =
        Which { images: request.images, filter: request.filter, all: request.all, exclude: request.exclude };
    let (images, _) = which.images(&app, &actor.scope).await?;
    let mut transaction = app.database.begin().await?;
    let done = authorisations::authorise(&mut transaction, &actor.login, &images, request.count).await?;
    let some: Vec<i64> = images.iter().copied().take(TOLD).collect();
    let detail = json!({
        "images": images.len(), "first": some, "authorised": done.authorised, "taken": done.places,
        "refused": done.refused.len(),
    });
    actor.note(&mut transaction, "authorisation.authorise", "images", &detail).await?;
    transaction.commit().await?;
    let task = match request.scan.unwrap_or(false) && !done.allowed.is_empty() {
        true => Some(scan(&app, &actor, &done.allowed).await?),
        false => None,
    };
    Ok(Json(outcome(&done, task)))
}

/// Scans what may be scanned. This is a transaction of its own: who asks for scans waits for images, and who authorises
/// must not.
async fn scan(app: &App, actor: &Actor, images: &[i64]) -> Result<api::Task, Problem> {
    let new = New {
        projects: &[],
        kind: jobs::SCAN,
        cause: tasks::Cause::Person,
        name: "",
        parameters: "{}",
        created_by: &actor.login,
        parallel: 0,
    };
    let task = ask(app, actor, new, &Scans::of(every_check()), images).await?;
    app.wake.notify_waiters();
    one(app, &Scope::All, task).await
}

fn count(images: &[i64]) -> i64 {
    i64::try_from(images.len()).unwrap_or(i64::MAX)
}

fn outcome(done: &Authorised, task: Option<api::Task>) -> api::AuthorisationOutcome {
    let code = match done.refused.is_empty() {
        true => AuthorisationResult::Success,
        false => AuthorisationResult::QuotaReached,
    };
    api::AuthorisationOutcome {
        code,
        authorised: done.authorised,
        already: count(&done.allowed).saturating_sub(done.authorised),
        refused: count(&done.refused),
        refused_images: done.refused.iter().copied().take(REFUSED).collect(),
        unscannable: done.unscannable,
        left_out: done.left_out,
        taken: done.places,
        used: done.used,
        left: left(done.quota, done.used),
        task,
    }
}

/// Withdraw images: those named, those a filter finds, or all
///
/// They are not scanned any more, and what they took from the quota is given back. Results are kept. What waits for a scan
/// fails when its turn comes.
#[utoipa::path(
    post, path = "/authorisation/withdraw", tag = "authorisation", operation_id = "withdrawImages",
    request_body = api::WithdrawalRequest,
    responses((status = OK, body = api::WithdrawalOutcome), (status = "default", body = api::Problem)),
    security(("session" = ["operator"]), ("token" = ["operator"]))
)]
async fn withdraw(
    State(app): State<App>,
    Operator(actor): Operator,
    Json(request): Json<api::WithdrawalRequest>,
) -> Result<Json<api::WithdrawalOutcome>, Problem> {
    let which =
        Which { images: request.images, filter: request.filter, all: request.all, exclude: request.exclude };
    let (images, _) = which.images(&app, &actor.scope).await?;
    let mut transaction = app.database.begin().await?;
    let done = authorisations::withdraw(&mut transaction, &actor.login, &images).await?;
    let some: Vec<i64> = images.iter().copied().take(TOLD).collect();
    let detail = json!({
        "images": images.len(), "first": some, "withdrawn": done.withdrawn, "given_back": done.places,
    });
    actor.note(&mut transaction, "authorisation.withdraw", "images", &detail).await?;
    transaction.commit().await?;
    let Withdrawn { withdrawn, unauthorised, places, used, quota } = done;
    let left = left(quota, used);
    Ok(Json(api::WithdrawalOutcome { withdrawn, unauthorised, given_back: places, used, left }))
}

/// What was authorised and withdrawn, the latest first
#[utoipa::path(
    get, path = "/authorisation/ledger", tag = "authorisation", operation_id = "listAuthorisationLedger",
    params(api::PageQuery),
    responses(
        (status = OK, body = api::Page<api::AuthorisationEntry>),
        (status = "default", body = api::Problem)
    ),
    security(("session" = ["viewer"]), ("token" = ["viewer"]))
)]
async fn ledger(
    State(app): State<App>,
    Viewer(actor): Viewer,
    Query(wanted): Query<api::PageQuery>,
) -> Result<Json<api::Page<api::AuthorisationEntry>>, Problem> {
    let found = authorisations::ledger(&app.database, &actor.scope, &page::wanted(wanted)).await?;
    let items = found.items.into_iter().map(entry).collect::<Result<_, _>>()?;
    Ok(Json(api::Page { items, next: found.next }))
}

fn entry(entry: authorisations::Entry) -> Result<api::AuthorisationEntry, Problem> {
    let cause = Cause::ALL.into_iter().find(|cause| cause.word() == entry.cause);
    let cause = match cause.ok_or_else(|| Problem::damaged("cause of an authorisation", &entry.cause))? {
        Cause::Person => AuthorisationCause::Person,
        Cause::Rule => AuthorisationCause::Rule,
        Cause::Gone => AuthorisationCause::Gone,
        Cause::Known => AuthorisationCause::Known,
    };
    Ok(api::AuthorisationEntry {
        id: entry.id,
        at: entry.at,
        cause,
        actor: Some(entry.actor).filter(|actor| !actor.is_empty()),
        project_id: entry.project_id,
        image: entry.name,
        image_id: entry.image_id,
        change: entry.change,
        balance: entry.balance,
    })
}
