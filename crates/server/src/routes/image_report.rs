//! What only the whole report of an image tells.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, header};
use model::Language;
use report::{Format, Style};
use store::assets::Asset;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{finding, image, images, page};
use crate::access::Viewer;
use crate::extract::{Filter, Json, Path, Query};
use crate::problem::Problem;
use crate::{App, current};

/// How many scans are told with an image.
const SCANS: i64 = 10;
/// How many other names of the same content are told.
const NAMES: i64 = 20;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(find))
        .routes(routes!(one_finding))
        .routes(routes!(history))
        .routes(routes!(files))
        .routes(routes!(baseline))
        .routes(routes!(whole))
}

/// One image: all that is known of it
#[utoipa::path(
    get, path = "/images/{id}", tag = "images", operation_id = "getImage",
    params(("id" = i64, Path, description = "The image")),
    responses((status = OK, body = api::ImageDetail), (status = "default", body = api::Problem)),
    security(("session" = ["viewer"]), ("token" = ["viewer"]))
)]
async fn find(
    State(app): State<App>,
    Viewer(actor): Viewer,
    Path(id): Path<i64>,
) -> Result<Json<api::ImageDetail>, Problem> {
    let asset = image::asset(&app, &actor, id).await?;
    let report = current::scanned(&app, &asset).await?;
    let (mut checks, mut scans, mut same) = (None, Vec::new(), Vec::new());
    if let Some(content) = asset.content_id {
        checks = store::scans::known(&app.database, content).await?;
        let newest = store::Wanted { limit: Some(SCANS), after: None };
        scans = store::scans::list(&app.database, content, &newest).await?.items;
        same = store::assets::same(&app.database, &actor.scope, &asset, NAMES).await?;
    }
    let name = |asset: Asset| api::ImageName {
        id: asset.id,
        kind: api::ImageKind::from_word(&asset.kind).unwrap_or(api::ImageKind::Local),
        name: asset.name,
    };
    Ok(Json(api::ImageDetail {
        author: asset.author.clone(),
        layers: asset.layers,
        checks: checks
            .map(|known| serde_json::from_str(&known.checks))
            .transpose()
            .map_err(|error| Problem::internal(&error))?
            .unwrap_or_default(),
        config: report.as_ref().map(|report| report.image.config.clone()),
        base: report.and_then(|report| report.base_image),
        scans: scans.into_iter().map(image::scan).collect::<Result<_, _>>()?,
        same_content: same.into_iter().map(name).collect(),
        image: images::image(asset),
    }))
}

/// One finding of an image: texts, advice, evidence, links, and what was decided
#[utoipa::path(
    get, path = "/images/{id}/findings/{fingerprint}", tag = "images", operation_id = "getImageFinding",
    params(
        ("id" = i64, Path, description = "The image"),
        ("fingerprint" = String, Path, description = "The finding"),
    ),
    responses((status = OK, body = api::ImageFindingDetail), (status = "default", body = api::Problem)),
    security(("session" = ["viewer"]), ("token" = ["viewer"]))
)]
async fn one_finding(
    State(app): State<App>,
    Viewer(actor): Viewer,
    Path((id, fingerprint)): Path<(i64, String)>,
) -> Result<Json<api::ImageFindingDetail>, Problem> {
    let unknown = || Problem::not_found("finding", &fingerprint);
    let asset = image::asset(&app, &actor, id).await?;
    let findings = store::decided::of_asset(&app.database, &asset).await?;
    let found =
        findings.into_iter().find(|found| found.row.fingerprint == fingerprint).ok_or_else(unknown)?;
    let whole = match asset.content_id {
        Some(content) if found.row.package_id.is_none() => {
            store::scans::detail(&app.database, content, &fingerprint).await?
        }
        _ => None,
    };
    let whole: model::Finding = match whole {
        Some(text) => serde_json::from_str(&text).map_err(|error| Problem::internal(&error))?,
        None => current::report(&app, &asset)
            .await?
            .and_then(|report| current::finding(report, &fingerprint))
            .ok_or_else(unknown)?,
    };
    let mut history = Vec::new();
    if let Some(decision) = &found.decision {
        for event in store::decisions::history(&app.database, decision.id).await? {
            history.push(api::DecisionEvent {
                at: event.at,
                actor: event.actor,
                action: event.action,
                remark: event.remark,
            });
        }
    }
    let instruction = whole.created_by.clone();
    Ok(Json(api::ImageFindingDetail { row: finding::row(&found), finding: whole, instruction, history }))
}

/// The build history of an image, the oldest step first
#[utoipa::path(
    get, path = "/images/{id}/history", tag = "images", operation_id = "listImageHistory",
    params(("id" = i64, Path, description = "The image"), api::PageQuery),
    responses((status = OK, body = api::Page<model::HistoryStep>), (status = "default", body = api::Problem)),
    security(("session" = ["viewer"]), ("token" = ["viewer"]))
)]
async fn history(
    State(app): State<App>,
    Viewer(actor): Viewer,
    Path(id): Path<i64>,
    Query(wanted): Query<api::PageQuery>,
) -> Result<Json<api::Page<model::HistoryStep>>, Problem> {
    let asset = image::asset(&app, &actor, id).await?;
    let report = current::scanned(&app, &asset).await?;
    Ok(Json(page::slice(report.map(|report| report.image.history).unwrap_or_default(), &wanted)?))
}

/// The files of an image: how many, how large, and those that deserve a look
#[utoipa::path(
    get, path = "/images/{id}/files", tag = "images", operation_id = "getImageFiles",
    params(("id" = i64, Path, description = "The image")),
    responses((status = OK, body = api::ImageFiles), (status = "default", body = api::Problem)),
    security(("session" = ["viewer"]), ("token" = ["viewer"]))
)]
async fn files(
    State(app): State<App>,
    Viewer(actor): Viewer,
    Path(id): Path<i64>,
) -> Result<Json<api::ImageFiles>, Problem> {
    let asset = image::asset(&app, &actor, id).await?;
    let report = current::scanned(&app, &asset).await?;
    Ok(Json(api::ImageFiles { files: report.and_then(|report| report.files) }))
}

/// Every check of the baseline, and what came of it
#[utoipa::path(
    get, path = "/images/{id}/baseline", tag = "images", operation_id = "listImageBaseline",
    params(("id" = i64, Path, description = "The image"), api::PageQuery),
    responses((status = OK, body = api::Page<model::CheckResult>), (status = "default", body = api::Problem)),
    security(("session" = ["viewer"]), ("token" = ["viewer"]))
)]
async fn baseline(
    State(app): State<App>,
    Viewer(actor): Viewer,
    Path(id): Path<i64>,
    Query(wanted): Query<api::PageQuery>,
) -> Result<Json<api::Page<model::CheckResult>>, Problem> {
    let asset = image::asset(&app, &actor, id).await?;
    let report = current::scanned(&app, &asset).await?;
    Ok(Json(page::slice(report.map(|report| report.baseline).unwrap_or_default(), &wanted)?))
}

/// How each form is called, what its files end with, and of what kind they are.
fn form(format: api::ReportFormat) -> (&'static str, &'static str, &'static str) {
    match format {
        api::ReportFormat::Csv => ("csv", "csv", "text/csv; charset=utf-8"),
        api::ReportFormat::Cyclonedx => ("cyclonedx", "cdx.json", "application/vnd.cyclonedx+json"),
        api::ReportFormat::Github => ("github", "md", "text/markdown; charset=utf-8"),
        api::ReportFormat::Html => ("html", "html", "text/html; charset=utf-8"),
        api::ReportFormat::Json => ("json", "json", "application/json"),
        api::ReportFormat::Junit => ("junit", "xml", "application/xml"),
        api::ReportFormat::Sarif => ("sarif", "sarif", "application/sarif+json"),
        api::ReportFormat::Spdx => ("spdx", "spdx.json", "application/spdx+json"),
        api::ReportFormat::Table => ("table", "txt", "text/plain; charset=utf-8"),
        api::ReportFormat::Xlsx => {
            ("xlsx", "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
        }
    }
}

/// The whole report of an image as it stands now, as a file
#[utoipa::path(
    get, path = "/images/{id}/report", tag = "images", operation_id = "getImageReport",
    params(("id" = i64, Path, description = "The image"), api::ReportQuery),
    responses(
        (status = OK, body = Vec<u8>, content_type = "application/octet-stream"),
        (status = "default", body = api::Problem),
    ),
    security(("session" = ["viewer"]), ("token" = ["viewer"]))
)]
async fn whole(
    State(app): State<App>,
    Viewer(actor): Viewer,
    Path(id): Path<i64>,
    Filter(query): Filter<api::ReportQuery>,
) -> Result<Response, Problem> {
    let asset = image::asset(&app, &actor, id).await?;
    let found = current::report(&app, &asset).await?;
    let found = found.ok_or_else(|| Problem::not_found("a report of image", asset.id))?;
    let (name, ending, kind) = form(query.format.unwrap_or_default());
    let language = match query.language.unwrap_or_default() {
        api::ReportLanguage::En => Language::English,
        api::ReportLanguage::Zh => Language::Chinese,
    };
    let written = tokio::task::spawn_blocking(move || {
        let format = Format::by_name(name).map_err(|error| Problem::internal(&error))?;
        let mut bytes = Vec::new();
        let style = Style { language, color: false, width: None };
        report::render(&[found], format, style, &mut bytes).map_err(|error| Problem::internal(&error))?;
        Ok::<_, Problem>(bytes)
    });
    let bytes = written.await.map_err(|error| Problem::internal(&error))??;
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    let disposition = format!("attachment; filename=\"{}.{ending}\"", file_name(&asset.name));
    let disposition = HeaderValue::from_str(&disposition).map_err(|error| Problem::internal(&error))?;
    headers.insert(header::CONTENT_DISPOSITION, disposition);
    Ok((headers, bytes).into_response())
}

/// A name of an image as a name of a file that harms nobody.
fn file_name(name: &str) -> String {
    let safe = |character: char| match character {
        known if known.is_ascii_alphanumeric() || matches!(known, '.' | '-' | '_') => known,
        _ => '-',
    };
    let name: String = name.chars().map(safe).take(120).collect();
    name.trim_start_matches('.').to_owned()
}
