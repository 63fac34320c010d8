use axum::extract::State;
use model::Failure;
use store::assets::{Asset, Sort};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::page;
use crate::access::Viewer;
use crate::extract::{Filter, Json, Query};
use crate::problem::Problem;
use crate::{App, selection};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(count))
}

/// The images, the riskiest first
#[utoipa::path(
    get, path = "/images", tag = "images", operation_id = "listImages",
    params(api::ImageFilter, api::ImageOrder, api::PageQuery),
    responses((status = OK, body = api::Page<api::Image>), (status = "default", body = api::Problem)),
    security(("session" = ["viewer"]), ("token" = ["viewer"]))
)]
async fn list(
    State(app): State<App>,
    Viewer(actor): Viewer,
    Filter(filter): Filter<api::ImageFilter>,
    Query(order): Query<api::ImageOrder>,
    Query(wanted): Query<api::PageQuery>,
) -> Result<Json<api::Page<api::Image>>, Problem> {
    let filter = selection::filter(&filter)?;
    let sort = sort(order.sort.unwrap_or_default());
    let descending = order.descending.unwrap_or(sort != Sort::Name);
    let wanted = page::wanted(wanted);
    let found = store::assets::list(&app.database, &actor.scope, &filter, sort, descending, &wanted).await?;
    Ok(Json(page::of(found, image)))
}

/// How many images fit a filter
///
/// Counted one by one up to 10,000.
#[utoipa::path(
    get, path = "/images/count", tag = "images", operation_id = "countImages",
    params(api::ImageFilter),
    responses((status = OK, body = api::Total), (status = "default", body = api::Problem)),
    security(("session" = ["viewer"]), ("token" = ["viewer"]))
)]
async fn count(
    State(app): State<App>,
    Viewer(actor): Viewer,
    Filter(filter): Filter<api::ImageFilter>,
) -> Result<Json<api::Total>, Problem> {
    let filter = selection::filter(&filter)?;
    let (total, exact) = store::assets::count(&app.database, &actor.scope, &filter).await?;
    Ok(Json(api::Total { total, exact }))
}

fn sort(sort: api::ImageSort) -> Sort {
    match sort {
        api::ImageSort::Risk => Sort::Risk,
        api::ImageSort::Name => Sort::Name,
        api::ImageSort::Size => Sort::Size,
        api::ImageSort::Built => Sort::Built,
        api::ImageSort::Scanned => Sort::Scanned,
        api::ImageSort::Added => Sort::Added,
        api::ImageSort::Seen => Sort::Seen,
        api::ImageSort::Containers => Sort::Containers,
        api::ImageSort::Hosts => Sort::Hosts,
        api::ImageSort::Components => Sort::Components,
    }
}

/// Why something failed, by the code it is kept as.
pub(super) fn failure(word: Option<String>, message: Option<String>) -> Option<api::ImageFailure> {
    let code =
        word.map(|word| Failure::all().find(|code| code.word() == word).unwrap_or(Failure::Unknown))?;
    Some(api::ImageFailure { code, message, advice: code.advice() })
}

/// Where in a registry an image is, as it is sent.
fn registry(asset: &Asset) -> Option<api::ImageRegistry> {
    Some(api::ImageRegistry {
        id: asset.registry_id?,
        name: asset.registry.clone()?,
        kind: asset.registry_kind.clone()?,
        namespace: asset.namespace.clone(),
        pushed: asset.pushed,
        owner: asset.owner.clone(),
        shared_until: asset.shared_until,
    })
}

/// An image as it is sent.
pub(super) fn image(asset: Asset) -> api::Image {
    api::Image {
        registry: registry(&asset),
        multiple: asset.multiple,
        parent_id: asset.parent_id,
        id: asset.id,
        project_id: asset.project_id,
        kind: api::ImageKind::from_word(&asset.kind).unwrap_or(api::ImageKind::Local),
        name: asset.name,
        repository: asset.repository,
        tag: asset.tag,
        reference: asset.reference,
        image_id: asset.image_id,
        digest: asset.digest.or(asset.manifest_digest),
        platform: asset.platform,
        os: asset.os_name,
        distribution: asset.distribution,
        distribution_version: asset.distribution_version,
        size: asset.size,
        built: asset.built,
        first_seen: asset.first_seen,
        last_seen: asset.last_seen,
        gone: asset.gone,
        latest: asset.latest,
        authorised: asset.authorised,
        unscannable: failure(asset.failure, None),
        status: api::ImageStatus::from_word(&asset.status).unwrap_or(api::ImageStatus::Unscanned),
        progress: asset.progress,
        scanned: asset.scanned,
        failure: failure(asset.scan_failure, asset.scan_message),
        risk: asset.risk.and_then(selection::image_risk),
        severities: api::SeverityCounts {
            critical: asset.critical,
            high: asset.high,
            medium: asset.medium,
            low: asset.low,
            negligible: asset.negligible,
            unknown: asset.unknown,
        },
        findings: api::KindCounts {
            vulnerabilities: asset.vulnerabilities,
            malware: asset.malware,
            secrets: asset.secrets,
            baseline: asset.baseline,
            compliance: asset.compliance,
            base_image: asset.base_image,
        },
        fixable: asset.fixable,
        exploited: asset.exploited,
        ignored: asset.ignored,
        gaps: asset.gaps,
        components: asset.components,
        hosts: asset.hosts,
        containers: asset.containers,
        running: asset.running,
        focus: asset.focus,
        focus_reasons: serde_json::from_str(&asset.focus_reasons).unwrap_or_default(),
    }
}
