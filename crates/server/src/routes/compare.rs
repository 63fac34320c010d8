use axum::extract::State;
use store::decided::Decided;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{finding, image};
use crate::access::{Actor, Viewer};
use crate::compare::{self, Side};
use crate::extract::{Filter, Json};
use crate::problem::Problem;
use crate::{App, current, ingest, selection};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(compare))
}

/// What is different between two images, or between two scans
///
/// Images are compared by what counts in them now, scans by what they found then.
#[utoipa::path(
    get, path = "/compare", tag = "images", operation_id = "compareImages",
    params(api::CompareQuery),
    responses((status = OK, body = api::Comparison), (status = "default", body = api::Problem)),
    security(("session" = ["viewer"]), ("token" = ["viewer"]))
)]
async fn compare(
    State(app): State<App>,
    Viewer(actor): Viewer,
    Filter(query): Filter<api::CompareQuery>,
) -> Result<Json<api::Comparison>, Problem> {
    let (left, right) = match (query.left, query.right, query.left_scan, query.right_scan) {
        (Some(left), Some(right), None, None) => {
            (of_image(&app, &actor, left).await?, of_image(&app, &actor, right).await?)
        }
        (None, None, Some(left), Some(right)) => {
            (of_scan(&app, &actor, left).await?, of_scan(&app, &actor, right).await?)
        }
        _ => {
            let detail = "nothing to compare\nhint: give `left` and `right`, or `left_scan` and `right_scan`";
            return Err(Problem::invalid(detail));
        }
    };
    Ok(Json(compare::compare((&left.0, left.1), (&right.0, right.1))))
}

async fn of_image(app: &App, actor: &Actor, id: i64) -> Result<(Side, api::ComparedSide), Problem> {
    let asset = image::asset(app, actor, id).await?;
    let mut side = Side::default();
    if let Some(content) = asset.content_id {
        let findings = store::decided::of_asset(&app.database, &asset).await?;
        let found = |Decided { row, .. }: &Decided| {
            Some(compare::found(row, finding::kind(&row.kind)?, selection::severity(row.severity)))
        };
        side.findings = findings.iter().filter(|found| found.is_open()).filter_map(found).collect();
        let packages = store::components::of_content(&app.database, content).await?;
        let package = |package: store::components::Component| (package.kind, package.name, package.version);
        side.packages = packages.into_iter().map(package).collect();
        side.config = current::scanned(app, &asset).await?.map(|report| report.image.config);
    }
    let shown = api::ComparedSide {
        image: Some(asset.id),
        scan: asset.scan_id,
        name: asset.name,
        scanned: asset.scanned,
    };
    Ok((side, shown))
}

async fn of_scan(app: &App, actor: &Actor, id: i64) -> Result<(Side, api::ComparedSide), Problem> {
    let found = store::scans::find(&app.database, &actor.scope, id).await?;
    let scan = found.ok_or_else(|| Problem::not_found("scan", id))?;
    let report = ingest::report(app, &scan.report).await?;
    let shown = api::ComparedSide {
        image: None,
        scan: Some(scan.id),
        name: report.image.name.clone(),
        scanned: Some(scan.finished),
    };
    Ok((Side::of(report), shown))
}
