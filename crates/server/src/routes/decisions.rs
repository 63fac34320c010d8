mod check;
mod wire;

use std::collections::BTreeSet;

use api::{DecisionScope, ProblemCode};
use axum::extract::State;
use http::StatusCode;
use serde_json::json;
use store::decisions::{self, Change, Decision, New};
use store::{Scope, Transaction, now};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{page, text};
use crate::App;
use crate::access::{Operator, Viewer};
use crate::extract::{Filter, Json, Path, Query};
use crate::problem::Problem;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(find, change)).routes(routes!(revoke))
}

/// The decisions, the newest first
#[utoipa::path(
    get, path = "/decisions", tag = "decisions", operation_id = "listDecisions",
    params(api::DecisionFilter, api::PageQuery),
    responses((status = OK, body = api::Page<api::Decision>), (status = "default", body = api::Problem)),
    security(("session" = ["viewer"]), ("token" = ["viewer"]))
)]
async fn list(
    State(app): State<App>,
    Viewer(actor): Viewer,
    Filter(filter): Filter<api::DecisionFilter>,
    Query(wanted): Query<api::PageQuery>,
) -> Result<Json<api::Page<api::Decision>>, Problem> {
    let filter = wire::filter(&filter)?;
    let found = decisions::list(&app.database, &actor.scope, &filter, &page::wanted(wanted)).await?;
    let at = now();
    Ok(Json(page::of(found, |decision| wire::decision(decision, Vec::new(), at))))
}

/// Decide about findings
///
/// What the decisions touch is counted anew: at once where that is little, soon where it is much.
#[utoipa::path(
    post, path = "/decisions", tag = "decisions", operation_id = "createDecisions",
    request_body = api::NewDecisions,
    responses((status = CREATED, body = Vec<api::Decision>), (status = "default", body = api::Problem)),
    security(("session" = ["operator"]), ("token" = ["operator"]))
)]
async fn create(
    State(app): State<App>,
    Operator(actor): Operator,
    Json(wanted): Json<api::NewDecisions>,
) -> Result<(StatusCode, Json<Vec<api::Decision>>), Problem> {
    check::new(&wanted)?;
    let (extent, images) = wire::extent(&wanted.scope);
    let mut transaction = app.database.begin().await?;
    let project = project(&mut transaction, &actor.scope, wanted.project_id, &images).await?;
    let mut made = Vec::new();
    for subject in &wanted.subjects {
        let new = New {
            project,
            action: wire::action(wanted.action),
            kind: subject.kind.word(),
            rule: &subject.rule,
            package: &subject.package,
            path: &subject.path,
            fingerprint: &subject.fingerprint,
            extent: &extent,
            images: &images,
            until: wanted.until,
            until_fix: wanted.until_fix,
            remark: &wanted.remark,
        };
        let id = decisions::create(&mut transaction, &new, &actor.login).await?;
        made.push(sure(&mut transaction, &actor.scope, id).await?);
        let detail = json!({ "action": wanted.action, "subject": subject, "remark": wanted.remark });
        actor.note(&mut transaction, "decision.create", &format!("decision {id}"), &detail).await?;
    }
    let touched = touched(&mut transaction, &made).await?;
    crate::decisions::settle(&mut transaction, touched).await?;
    transaction.commit().await?;
    app.wake.notify_waiters();
    let at = now();
    let told = made.into_iter().map(|decision| wire::decision(decision, images.clone(), at)).collect();
    Ok((StatusCode::CREATED, Json(told)))
}

/// One decision: what it covers now, and what happened to it
#[utoipa::path(
    get, path = "/decisions/{id}", tag = "decisions", operation_id = "getDecision",
    params(("id" = i64, Path, description = "The decision")),
    responses((status = OK, body = api::DecisionDetail), (status = "default", body = api::Problem)),
    security(("session" = ["viewer"]), ("token" = ["viewer"]))
)]
async fn find(
    State(app): State<App>,
    Viewer(actor): Viewer,
    Path(id): Path<i64>,
) -> Result<Json<api::DecisionDetail>, Problem> {
    let found = decisions::find(&app.database, &actor.scope, id).await?;
    let found = found.ok_or_else(|| Problem::not_found("decision", id))?;
    let covered = decisions::covered(&app.database, &found).await?;
    let history = decisions::history(&app.database, id).await?;
    let picked = decisions::picked(&app.database, id).await?;
    Ok(Json(api::DecisionDetail {
        decision: wire::decision(found, picked, now()),
        images: covered.images,
        findings: covered.findings,
        history: history.into_iter().map(wire::event).collect(),
    }))
}

/// Change a decision
#[utoipa::path(
    patch, path = "/decisions/{id}", tag = "decisions", operation_id = "changeDecision",
    params(("id" = i64, Path, description = "The decision")),
    request_body = api::DecisionChange,
    responses((status = OK, body = api::Decision), (status = "default", body = api::Problem)),
    security(("session" = ["operator"]), ("token" = ["operator"]))
)]
async fn change(
    State(app): State<App>,
    Operator(actor): Operator,
    Path(id): Path<i64>,
    Json(wanted): Json<api::DecisionChange>,
) -> Result<Json<api::Decision>, Problem> {
    check::change(&wanted)?;
    let mut transaction = app.database.begin().await?;
    let before = living(&mut transaction, &actor.scope, id).await?;
    let extent = wanted.scope.as_ref().map(wire::extent);
    if let Some((_, images)) = &extent {
        project(&mut transaction, &actor.scope, Some(before.project_id), images).await?;
    }
    let mut touched = touched(&mut transaction, std::slice::from_ref(&before)).await?;
    let until = if wanted.endless { Some(None) } else { wanted.until.map(Some) };
    let change = Change { until, until_fix: wanted.until_fix, remark: wanted.remark.clone(), extent };
    let said = serde_json::to_value(&wanted).unwrap_or_default();
    decisions::change(&mut transaction, id, &change, &actor.login, &told(&wanted)).await?;
    let after = sure(&mut transaction, &actor.scope, id).await?;
    if after.action == decisions::Action::Deferral && after.until.is_none() && !after.until_fix {
        return Err(Problem::invalid(check::DEFERRAL));
    }
    touched.extend(self::touched(&mut transaction, std::slice::from_ref(&after)).await?);
    actor.note(&mut transaction, "decision.change", &format!("decision {id}"), &said).await?;
    crate::decisions::settle(&mut transaction, touched).await?;
    let picked = decisions::picked(&mut transaction, id).await?;
    transaction.commit().await?;
    app.wake.notify_waiters();
    Ok(Json(wire::decision(after, picked, now())))
}

/// Take a decision back
#[utoipa::path(
    post, path = "/decisions/{id}/revoke", tag = "decisions", operation_id = "revokeDecision",
    params(("id" = i64, Path, description = "The decision")),
    request_body = api::Revocation,
    responses((status = OK, body = api::Decision), (status = "default", body = api::Problem)),
    security(("session" = ["operator"]), ("token" = ["operator"]))
)]
async fn revoke(
    State(app): State<App>,
    Operator(actor): Operator,
    Path(id): Path<i64>,
    Json(wanted): Json<api::Revocation>,
) -> Result<Json<api::Decision>, Problem> {
    text::check("remark", &wanted.remark, check::REMARK)?;
    let mut transaction = app.database.begin().await?;
    let before = living(&mut transaction, &actor.scope, id).await?;
    if !decisions::revoke(&mut transaction, id, &actor.login, &wanted.remark).await? {
        return Err(taken_back(id));
    }
    let touched = touched(&mut transaction, std::slice::from_ref(&before)).await?;
    let detail = json!({ "remark": wanted.remark });
    actor.note(&mut transaction, "decision.revoke", &format!("decision {id}"), &detail).await?;
    crate::decisions::settle(&mut transaction, touched).await?;
    let after = sure(&mut transaction, &actor.scope, id).await?;
    let picked = decisions::picked(&mut transaction, id).await?;
    transaction.commit().await?;
    app.wake.notify_waiters();
    Ok(Json(wire::decision(after, picked, now())))
}

/// A decision that was not taken back.
async fn living(transaction: &mut Transaction, scope: &Scope, id: i64) -> Result<Decision, Problem> {
    let found = decisions::find(&mut *transaction, scope, id).await?;
    let found = found.ok_or_else(|| Problem::not_found("decision", id))?;
    if found.revoked.is_some() { Err(taken_back(id)) } else { Ok(found) }
}

fn taken_back(id: i64) -> Problem {
    Problem::new(ProblemCode::Conflict, format!("decision `{id}` was taken back already; make a new one"))
}

/// One that was just written.
async fn sure(transaction: &mut Transaction, scope: &Scope, id: i64) -> Result<Decision, Problem> {
    decisions::find(transaction, scope, id).await?.ok_or_else(|| Problem::not_found("decision", id))
}

async fn touched(transaction: &mut Transaction, made: &[Decision]) -> Result<BTreeSet<i64>, Problem> {
    let mut contents = BTreeSet::new();
    for decision in made {
        contents.extend(decisions::touched(&mut *transaction, decision).await?);
    }
    Ok(contents)
}

/// The project that is meant, which holds all picked images.
async fn project(
    transaction: &mut Transaction,
    scope: &Scope,
    wanted: Option<i64>,
    images: &[i64],
) -> Result<i64, Problem> {
    let missing = |id: i64| Problem::not_found("project", id);
    if let Some(project) = wanted.filter(|project| !scope.holds(*project)) {
        return Err(missing(project));
    }
    let distinct: BTreeSet<i64> = images.iter().copied().collect();
    let distinct: Vec<i64> = distinct.into_iter().collect();
    if !distinct.is_empty() {
        let own = decisions::projects_of(transaction, scope, &distinct).await?;
        return match (own.as_slice(), i64::try_from(distinct.len())) {
            ([(project, count)], Ok(all)) if *count == all && wanted.is_none_or(|id| id == *project) => {
                Ok(*project)
            }
            ([], _) | ([_], _) => Err(Problem::new(
                ProblemCode::NotFound,
                "cannot find all picked images in the project; list the images again",
            )),
            _ => Err(Problem::invalid("the picked images belong to several projects: decide for each")),
        };
    }
    let seen = decisions::projects(&mut *transaction, scope, wanted).await?;
    match (wanted, seen.as_slice()) {
        (_, [project]) => Ok(*project),
        (Some(project), _) => Err(missing(project)),
        (None, _) => Err(Problem::invalid("there are several projects: say in which one, as `project_id`")),
    }
}

/// What was changed, for the history.
fn told(change: &api::DecisionChange) -> String {
    let mut told = Vec::new();
    if let Some(until) = change.until {
        told.push(format!("until {}", model::time_of(u64::try_from(until / 1000).unwrap_or_default())));
    }
    if change.endless {
        told.push("without end".to_owned());
    }
    if let Some(until_fix) = change.until_fix {
        told.push(if until_fix { "until a fix exists" } else { "also when a fix exists" }.to_owned());
    }
    if let Some(scope) = &change.scope {
        let scope = match scope {
            DecisionScope::Images { images } => format!("{} picked images", images.len()),
            scope => serde_json::to_string(scope).unwrap_or_default(),
        };
        told.push(format!("scope {scope}"));
    }
    told.extend(change.remark.clone());
    told.join("; ")
}
