//! One image, and the lists of what is in it.

use std::collections::BTreeMap;

use axum::extract::State;
use model::FindingKind;
use store::Wanted;
use store::assets::Asset;
use store::decided::Decided;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{containers, finding, hosts, page};
use crate::access::{Actor, Viewer};
use crate::extract::{Filter, Json, Path, Query};
use crate::problem::Problem;
use crate::{App, Error, fix_plan, selection};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(findings))
        .routes(routes!(packages))
        .routes(routes!(layers))
        .routes(routes!(image_hosts))
        .routes(routes!(image_containers))
        .routes(routes!(gaps))
        .routes(routes!(fixes))
        .routes(routes!(scans))
}

/// The image of an id, if who asks may see it.
pub(super) async fn asset(app: &App, actor: &Actor, id: i64) -> Result<Asset, Problem> {
    let found = store::assets::find(&app.database, &actor.scope, id).await?;
    found.ok_or_else(|| Problem::not_found("image", id))
}

/// The findings of an image, the worst first
#[utoipa::path(
    get, path = "/images/{id}/findings", tag = "images", operation_id = "listImageFindings",
    params(("id" = i64, Path, description = "The image"), api::FindingFilter, api::FindingOrder, api::PageQuery),
    responses((status = OK, body = api::Page<api::ImageFinding>), (status = "default", body = api::Problem)),
    security(("session" = ["viewer"]), ("token" = ["viewer"]))
)]
async fn findings(
    State(app): State<App>,
    Viewer(actor): Viewer,
    Path(id): Path<i64>,
    Filter(filter): Filter<api::FindingFilter>,
    Query(order): Query<api::FindingOrder>,
    Query(wanted): Query<api::PageQuery>,
) -> Result<Json<api::Page<api::ImageFinding>>, Problem> {
    let asset = asset(&app, &actor, id).await?;
    let found = store::decided::of_asset(&app.database, &asset).await?;
    let page = page::slice(finding::chosen(found, &filter, order)?, &wanted)?;
    Ok(Json(api::Page { items: page.items.iter().map(finding::row).collect(), next: page.next }))
}

/// The packages of an image, by name
#[utoipa::path(
    get, path = "/images/{id}/packages", tag = "images", operation_id = "listImagePackages",
    params(("id" = i64, Path, description = "The image"), api::PackageFilter, api::PageQuery),
    responses((status = OK, body = api::Page<api::ImagePackage>), (status = "default", body = api::Problem)),
    security(("session" = ["viewer"]), ("token" = ["viewer"]))
)]
async fn packages(
    State(app): State<App>,
    Viewer(actor): Viewer,
    Path(id): Path<i64>,
    Filter(filter): Filter<api::PackageFilter>,
    Query(wanted): Query<api::PageQuery>,
) -> Result<Json<api::Page<api::ImagePackage>>, Problem> {
    let asset = asset(&app, &actor, id).await?;
    let search = selection::text("search", filter.search.as_ref())?.map(|text| text.to_lowercase());
    let Some(content) = asset.content_id else { return Ok(Json(page::slice(Vec::new(), &wanted)?)) };
    let found = store::components::of_content(&app.database, content).await?;
    let findings = store::decided::of_asset(&app.database, &asset).await?;
    let packages = with_counts(found, &findings);
    let fits = |package: &api::ImagePackage| {
        let texts = [&package.name, &package.version, &package.licenses, &package.path, &package.source];
        let holds = |search: &str| texts.iter().any(|text| text.to_lowercase().contains(search));
        let is_vulnerable = package.vulnerabilities != api::SeverityCounts::default();
        search.as_deref().is_none_or(holds)
            && filter.kind.is_none_or(|kind| kind.word() == package.kind)
            && filter.vulnerable.is_none_or(|wanted| wanted == is_vulnerable)
            && filter.from_base.is_none_or(|wanted| package.from_base == Some(wanted))
            && filter.layer.is_none_or(|wanted| package.layer == Some(wanted))
    };
    Ok(Json(page::slice(packages.into_iter().filter(fits).collect(), &wanted)?))
}

fn with_counts(found: Vec<store::components::Component>, findings: &[Decided]) -> Vec<api::ImagePackage> {
    let mut counts = std::collections::HashMap::<(i64, &str), api::SeverityCounts>::new();
    for Decided { row, .. } in findings.iter().filter(|found| found.is_open()) {
        if let Some(package) = row.package_id {
            fix_plan::count(counts.entry((package, &row.path)).or_default(), row.severity);
        }
    }
    let row = |found: store::components::Component| api::ImagePackage {
        vulnerabilities: counts.get(&(found.package_id, &*found.path)).copied().unwrap_or_default(),
        kind: found.kind,
        name: found.name,
        version: found.version,
        architecture: found.architecture,
        source: found.source,
        purl: found.purl,
        path: found.path,
        layer: found.layer,
        from_base: found.from_base,
        licenses: found.licenses,
    };
    found.into_iter().map(row).collect()
}

/// The layers of an image, the lowest first, and what each brought
#[utoipa::path(
    get, path = "/images/{id}/layers", tag = "images", operation_id = "listImageLayers",
    params(("id" = i64, Path, description = "The image")),
    responses((status = OK, body = Vec<api::ImageLayer>), (status = "default", body = api::Problem)),
    security(("session" = ["viewer"]), ("token" = ["viewer"]))
)]
async fn layers(
    State(app): State<App>,
    Viewer(actor): Viewer,
    Path(id): Path<i64>,
) -> Result<Json<Vec<api::ImageLayer>>, Problem> {
    let asset = asset(&app, &actor, id).await?;
    let Some(content) = asset.content_id else { return Ok(Json(Vec::new())) };
    let layers = store::scans::layers(&app.database, content).await?;
    let packages = store::components::of_content(&app.database, content).await?;
    let findings = store::decided::of_asset(&app.database, &asset).await?;
    let row = |layer: store::scans::Layer| {
        let mut kinds = api::KindCounts::default();
        let mut severities = api::SeverityCounts::default();
        let own = findings.iter().filter(|found| found.row.layer == Some(layer.position) && found.is_open());
        for Decided { row, .. } in own {
            fix_plan::count(&mut severities, row.severity);
            add(&mut kinds, &row.kind);
        }
        let packages = packages.iter().filter(|package| package.layer == Some(layer.position)).count();
        api::ImageLayer {
            position: layer.position,
            diff_id: layer.diff_id,
            digest: layer.digest,
            size: layer.size,
            created_by: layer.created_by,
            from_base: layer.from_base,
            shared_by: layer.shared_by,
            packages: i64::try_from(packages).unwrap_or(i64::MAX),
            findings: kinds,
            severities,
        }
    };
    Ok(Json(layers.into_iter().map(row).collect()))
}

fn add(counts: &mut api::KindCounts, word: &str) {
    let place = match finding::kind(word) {
        Some(FindingKind::Vulnerabilities) => &mut counts.vulnerabilities,
        Some(FindingKind::Malware) => &mut counts.malware,
        Some(FindingKind::Secrets) => &mut counts.secrets,
        Some(FindingKind::Baseline) => &mut counts.baseline,
        Some(FindingKind::Compliance) => &mut counts.compliance,
        Some(FindingKind::BaseImage) => &mut counts.base_image,
        None => return,
    };
    *place = place.saturating_add(1);
}

/// The hosts that have an image, by name
#[utoipa::path(
    get, path = "/images/{id}/hosts", tag = "images", operation_id = "listImageHosts",
    params(("id" = i64, Path, description = "The image"), api::PageQuery),
    responses((status = OK, body = api::Page<api::Host>), (status = "default", body = api::Problem)),
    security(("session" = ["viewer"]), ("token" = ["viewer"]))
)]
async fn image_hosts(
    State(app): State<App>,
    Viewer(actor): Viewer,
    Path(id): Path<i64>,
    Query(wanted): Query<api::PageQuery>,
) -> Result<Json<api::Page<api::Host>>, Problem> {
    let asset = asset(&app, &actor, id).await?;
    let found = store::hosts::of_image(&app.database, &actor.scope, asset.id, &page::wanted(wanted)).await?;
    Ok(Json(page::of(found, hosts::host)))
}

/// The containers of an image, by name
#[utoipa::path(
    get, path = "/images/{id}/containers", tag = "images", operation_id = "listImageContainers",
    params(("id" = i64, Path, description = "The image"), api::ImageContainerFilter, api::PageQuery),
    responses((status = OK, body = api::Page<api::Container>), (status = "default", body = api::Problem)),
    security(("session" = ["viewer"]), ("token" = ["viewer"]))
)]
async fn image_containers(
    State(app): State<App>,
    Viewer(actor): Viewer,
    Path(id): Path<i64>,
    Filter(filter): Filter<api::ImageContainerFilter>,
    Query(wanted): Query<api::PageQuery>,
) -> Result<Json<api::Page<api::Container>>, Problem> {
    let asset = asset(&app, &actor, id).await?;
    let filter = store::containers::Filter {
        states: containers::states(&filter.state),
        image: Some(asset.id),
        search: selection::text("search", filter.search.as_ref())?,
        ..store::containers::Filter::default()
    };
    let found = store::containers::list(&app.database, &actor.scope, &filter, &page::wanted(wanted)).await?;
    Ok(Json(page::of(found, containers::container)))
}

/// What could not be read or decided about an image
#[utoipa::path(
    get, path = "/images/{id}/gaps", tag = "images", operation_id = "listImageGaps",
    params(("id" = i64, Path, description = "The image"), api::PageQuery),
    responses((status = OK, body = api::Page<model::Gap>), (status = "default", body = api::Problem)),
    security(("session" = ["viewer"]), ("token" = ["viewer"]))
)]
async fn gaps(
    State(app): State<App>,
    Viewer(actor): Viewer,
    Path(id): Path<i64>,
    Query(wanted): Query<api::PageQuery>,
) -> Result<Json<api::Page<model::Gap>>, Problem> {
    let asset = asset(&app, &actor, id).await?;
    let known = match asset.content_id {
        Some(content) => store::scans::known(&app.database, content).await?,
        None => None,
    };
    let gaps: Vec<model::Gap> = match known {
        Some(known) => serde_json::from_str(&known.gaps).map_err(|error| Problem::internal(&error))?,
        None => Vec::new(),
    };
    Ok(Json(page::slice(gaps, &wanted)?))
}

/// What to upgrade so that an image is mended, the most effective first
#[utoipa::path(
    get, path = "/images/{id}/fix-plan", tag = "images", operation_id = "getImageFixPlan",
    params(("id" = i64, Path, description = "The image")),
    responses((status = OK, body = api::FixPlan), (status = "default", body = api::Problem)),
    security(("session" = ["viewer"]), ("token" = ["viewer"]))
)]
async fn fixes(
    State(app): State<App>,
    Viewer(actor): Viewer,
    Path(id): Path<i64>,
) -> Result<Json<api::FixPlan>, Problem> {
    let asset = asset(&app, &actor, id).await?;
    Ok(Json(fix_plan::of(&store::decided::of_asset(&app.database, &asset).await?)))
}

/// The scans of an image, the newest first
#[utoipa::path(
    get, path = "/images/{id}/scans", tag = "images", operation_id = "listImageScans",
    params(("id" = i64, Path, description = "The image"), api::PageQuery),
    responses((status = OK, body = api::Page<api::ScanSummary>), (status = "default", body = api::Problem)),
    security(("session" = ["viewer"]), ("token" = ["viewer"]))
)]
async fn scans(
    State(app): State<App>,
    Viewer(actor): Viewer,
    Path(id): Path<i64>,
    Query(query): Query<api::PageQuery>,
) -> Result<Json<api::Page<api::ScanSummary>>, Problem> {
    let asset = asset(&app, &actor, id).await?;
    let wanted: Wanted = page::wanted(query);
    match asset.content_id {
        Some(content) => {
            page::try_of(store::scans::list(&app.database, content, &wanted).await?, scan).map(Json)
        }
        None => Ok(Json(api::Page { items: Vec::new(), next: None })),
    }
}

/// What a scan found, as it is kept.
#[derive(serde::Deserialize)]
struct Counts {
    severities: BTreeMap<String, i64>,
}

/// A scan as it is sent.
pub(super) fn scan(scan: store::scans::Scan) -> Result<api::ScanSummary, Problem> {
    let counts: Counts = serde_json::from_str(&scan.counts).map_err(Error::kept("counts"))?;
    Ok(api::ScanSummary {
        id: scan.id,
        finished: scan.finished,
        checks: serde_json::from_str(&scan.checks).map_err(Error::kept("checks"))?,
        tool_version: scan.tool_version,
        advisories: scan.advisories,
        severities: counts.severities,
    })
}
