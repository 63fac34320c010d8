use axum::extract::State;
use store::Scope;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;
use crate::access::Viewer;
use crate::extract::{Filter, Json};
use crate::problem::Problem;

/// How many days are shown when nobody says.
const DAYS: u32 = 30;
/// The most days.
const MOST_DAYS: u32 = 400;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(summary)).routes(routes!(trends))
}

/// What is left of a scope when only one project is wanted.
fn within(scope: &Scope, project: Option<i64>) -> Scope {
    project.map_or_else(|| scope.clone(), |project| scope.and(&Scope::Projects(vec![project])))
}

/// What the images come to all together
#[utoipa::path(
    get, path = "/images/summary", tag = "images", operation_id = "summarizeImages",
    params(api::SummaryQuery),
    responses((status = OK, body = api::InventorySummary), (status = "default", body = api::Problem)),
    security(("session" = ["viewer"]), ("token" = ["viewer"]))
)]
async fn summary(
    State(app): State<App>,
    Viewer(actor): Viewer,
    Filter(query): Filter<api::SummaryQuery>,
) -> Result<Json<api::InventorySummary>, Problem> {
    let scope = within(&actor.scope, query.project);
    let source = query.source.map(api::ImageKind::word);
    let sums = store::summary::of(&app.database, &scope, source).await?;
    Ok(Json(api::InventorySummary {
        images: sums.images,
        unscanned: sums.unscanned,
        waiting: sums.waiting,
        scanning: sums.scanning,
        scanned: sums.scanned,
        failed: sums.failed,
        cancelled: sums.cancelled,
        risky: sums.risky,
        clean: sums.clean,
        focus: sums.focus,
        running: sums.running,
        worst_critical: sums.worst_critical,
        worst_high: sums.worst_high,
        worst_medium: sums.worst_medium,
        worst_low: sums.worst_low,
        containers: sums.containers,
        vulnerabilities: sums.vulnerabilities,
        critical: sums.critical,
        high: sums.high,
        medium: sums.medium,
        low: sums.low,
        negligible: sums.negligible,
        unknown: sums.unknown,
        fixable: sums.fixable,
        exploited: sums.exploited,
        malware: sums.malware,
        secrets: sums.secrets,
        baseline: sums.baseline,
        compliance: sums.compliance,
        base_image: sums.base_image,
        ignored: sums.ignored,
        gaps: sums.gaps,
        last_scan: sums.last_scan,
    }))
}

/// How it stood at the end of each of the last days
#[utoipa::path(
    get, path = "/trends", tag = "images", operation_id = "listTrends",
    params(api::TrendQuery),
    responses((status = OK, body = Vec<api::Day>), (status = "default", body = api::Problem)),
    security(("session" = ["viewer"]), ("token" = ["viewer"]))
)]
async fn trends(
    State(app): State<App>,
    Viewer(actor): Viewer,
    Filter(query): Filter<api::TrendQuery>,
) -> Result<Json<Vec<api::Day>>, Problem> {
    let days = query.days.unwrap_or(DAYS);
    if !(1..=MOST_DAYS).contains(&days) {
        return Err(Problem::invalid(format!("`days` is not between 1 and {MOST_DAYS}")));
    }
    let scope = within(&actor.scope, query.project);
    let source = query.source.map(api::ImageKind::word);
    let found = store::daily::list(&app.database, &scope, source, days).await?;
    Ok(Json(found.into_iter().map(day).collect()))
}

fn day(day: store::daily::Day) -> api::Day {
    api::Day {
        day: day.day,
        images: day.images,
        scanned: day.scanned,
        risky: day.risky,
        critical: day.critical,
        high: day.high,
        medium: day.medium,
        low: day.low,
        malware: day.malware,
        secrets: day.secrets,
        baseline: day.baseline,
        compliance: day.compliance,
    }
}
