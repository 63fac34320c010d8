use axum::extract::State;
use model::{FindingKind, Text};
use store::assets::Asset;
use store::decisions::{self, Decisions};
use store::risk_list::{self, Place, Sort};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{finding, images, page};
use crate::access::{Actor, Viewer};
use crate::extract::{Filter, Json, Path, Query};
use crate::problem::Problem;
use crate::{App, selection};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(find))
        .routes(routes!(affected))
        .routes(routes!(vulnerability))
}

/// What is wrong across images, the worst first
#[utoipa::path(
    get, path = "/risks", tag = "risks", operation_id = "listRisks",
    params(api::RiskFilter, api::RiskOrder, api::PageQuery),
    responses((status = OK, body = api::Page<api::Risk>), (status = "default", body = api::Problem)),
    security(("session" = ["viewer"]), ("token" = ["viewer"]))
)]
async fn list(
    State(app): State<App>,
    Viewer(actor): Viewer,
    Filter(filter): Filter<api::RiskFilter>,
    Query(order): Query<api::RiskOrder>,
    Query(wanted): Query<api::PageQuery>,
) -> Result<Json<api::Page<api::Risk>>, Problem> {
    let filter = risk_list::Filter {
        kinds: filter.kind.iter().map(|kind| kind.word().to_owned()).collect(),
        sources: filter.source.iter().map(|source| source.word().to_owned()).collect(),
        severities: filter.severity.iter().copied().map(selection::number).collect(),
        handled: filter.state.map(|state| state == api::FindingState::Handled),
        fixable: filter.fixable,
        exploited: filter.exploited,
        has_containers: filter.has_containers,
        search: selection::text("search", filter.search.as_ref())?,
        rule: None,
        project: filter.project,
    };
    let sort = match order.sort.unwrap_or_default() {
        api::RiskSort::Severity => Sort::Severity,
        api::RiskSort::Images => Sort::Images,
        api::RiskSort::Containers => Sort::Containers,
        api::RiskSort::Epss => Sort::Epss,
        api::RiskSort::FirstSeen => Sort::FirstSeen,
    };
    let wanted = page::wanted(wanted);
    let found = risk_list::list(&app.database, &actor.scope, &filter, sort, &wanted).await?;
    Ok(Json(page::of(found, risk)))
}

async fn one(app: &App, actor: &Actor, kind: FindingKind, rule: &str) -> Result<api::Risk, Problem> {
    let filter = risk_list::Filter {
        kinds: vec![kind.word().to_owned()],
        rule: Some(rule.to_owned()),
        ..risk_list::Filter::default()
    };
    let wanted = store::Wanted { limit: Some(1), after: None };
    let found = risk_list::list(&app.database, &actor.scope, &filter, Sort::Severity, &wanted).await?;
    found.items.into_iter().next().map(risk).ok_or_else(|| Problem::not_found("risk", rule))
}

/// One risk: its texts, counts and decisions
#[utoipa::path(
    get, path = "/risks/{kind}/{rule}", tag = "risks", operation_id = "getRisk",
    params(
        ("kind" = FindingKind, Path, description = "The kind of finding"),
        ("rule" = String, Path, description = "The rule, or the vulnerability"),
    ),
    responses((status = OK, body = api::RiskDetail), (status = "default", body = api::Problem)),
    security(("session" = ["viewer"]), ("token" = ["viewer"]))
)]
async fn find(
    State(app): State<App>,
    Viewer(actor): Viewer,
    Path((kind, rule)): Path<(FindingKind, String)>,
) -> Result<Json<api::RiskDetail>, Problem> {
    let risk = one(&app, &actor, kind, &rule).await?;
    let vulnerability = match kind {
        FindingKind::Vulnerabilities => risk_list::vulnerability(&app.database, &rule).await?,
        _ => None,
    };
    let decisions = Decisions::load(&app.database).await?;
    let own = decisions.about(kind.word(), &rule);
    let seen = own.into_iter().filter(|decision| actor.scope.holds(decision.project_id));
    Ok(Json(api::RiskDetail {
        risk,
        vulnerability: vulnerability.map(text),
        decisions: seen.map(finding::decision).collect(),
    }))
}

/// The images that have a risk, with the places it is at
#[utoipa::path(
    get, path = "/risks/{kind}/{rule}/images", tag = "risks", operation_id = "listRiskImages",
    params(
        ("kind" = FindingKind, Path, description = "The kind of finding"),
        ("rule" = String, Path, description = "The rule, or the vulnerability"),
        api::RiskImageFilter, api::PageQuery,
    ),
    responses((status = OK, body = api::Page<api::RiskImage>), (status = "default", body = api::Problem)),
    security(("session" = ["viewer"]), ("token" = ["viewer"]))
)]
async fn affected(
    State(app): State<App>,
    Viewer(actor): Viewer,
    Path((kind, rule)): Path<(FindingKind, String)>,
    Filter(filter): Filter<api::RiskImageFilter>,
    Query(wanted): Query<api::PageQuery>,
) -> Result<Json<api::Page<api::RiskImage>>, Problem> {
    let sources: Vec<String> = filter.source.iter().map(|source| source.word().to_owned()).collect();
    let wanted = page::wanted(wanted);
    let database = &app.database;
    let ids = risk_list::images(database, &actor.scope, kind.word(), &rule, &sources, &wanted).await?;
    let assets = store::assets::among(database, &actor.scope, &ids.items).await?;
    let places = risk_list::places(database, kind.word(), &rule, &ids.items).await?;
    let decisions = Decisions::load(database).await?;
    let aliases: Vec<String> = match kind {
        FindingKind::Vulnerabilities => risk_list::vulnerability(database, &rule)
            .await?
            .and_then(|known| serde_json::from_str(&known.aliases).ok())
            .unwrap_or_default(),
        _ => Vec::new(),
    };
    let items = assets.into_iter().map(|asset| {
        let own = places.iter().filter(|place| place.asset_id == asset.id);
        let own = own.map(|at| place(at, covering(&decisions, &asset, at, kind, &rule, &aliases))).collect();
        api::RiskImage { image: images::image(asset), places: own }
    });
    Ok(Json(api::Page { items: items.collect(), next: ids.next }))
}

fn covering<'a>(
    decisions: &'a Decisions,
    asset: &Asset,
    place: &Place,
    kind: FindingKind,
    rule: &str,
    aliases: &[String],
) -> Option<&'a decisions::Decision> {
    let image = decisions::Image {
        asset_id: asset.id,
        project_id: asset.project_id,
        kind: &asset.kind,
        repository: &asset.repository,
        tag: asset.tag.as_deref(),
        reference: &asset.reference,
    };
    let finding = decisions::Finding {
        kind: kind.word(),
        rule,
        aliases,
        package: &place.package,
        path: &place.path,
        fingerprint: &place.fingerprint,
        fixable: place.fixed_version.is_some(),
    };
    decisions.covering(&image, &finding)
}

fn place(place: &Place, decision: Option<&decisions::Decision>) -> api::RiskPlace {
    api::RiskPlace {
        fingerprint: place.fingerprint.clone(),
        package: place.package.clone(),
        version: place.version.clone(),
        fixed_version: place.fixed_version.clone(),
        path: place.path.clone(),
        layer: place.layer,
        severity: selection::severity(place.severity),
        first_seen: place.first_seen,
        decision: decision.map(finding::decision),
    }
}

/// A vulnerability in its publishers' words, by any of its ids
#[utoipa::path(
    get, path = "/vulnerabilities/{id}", tag = "risks", operation_id = "getVulnerability",
    params(("id" = String, Path, description = "The vulnerability")),
    responses((status = OK, body = api::VulnerabilityText), (status = "default", body = api::Problem)),
    security(("session" = ["viewer"]), ("token" = ["viewer"]))
)]
async fn vulnerability(
    State(app): State<App>,
    _viewer: Viewer,
    Path(id): Path<String>,
) -> Result<Json<api::VulnerabilityText>, Problem> {
    let found = risk_list::vulnerability(&app.database, &id).await?;
    found.map(|found| Json(text(found))).ok_or_else(|| Problem::not_found("vulnerability", id))
}

fn text(found: risk_list::Vulnerability) -> api::VulnerabilityText {
    api::VulnerabilityText {
        id: found.id,
        aliases: serde_json::from_str(&found.aliases).unwrap_or_default(),
        title: found.title,
        description: found.description,
        published: found.published,
        severity: selection::severity(found.severity),
        cvss: found.cvss,
        epss: found.epss,
        exploited: found.exploited,
        links: serde_json::from_str(&found.links).unwrap_or_default(),
    }
}

fn risk(found: risk_list::Risk) -> api::Risk {
    api::Risk {
        // What is kept was written from a kind.
        kind: finding::kind(&found.kind).unwrap_or(FindingKind::Compliance),
        rule: found.rule,
        title: Text::new(found.title_en, found.title_zh),
        severity: selection::severity(found.severity),
        images: found.images,
        handled: found.handled,
        containers: found.containers,
        hosts: found.hosts,
        fixable: found.fixable,
        exploited: found.exploited,
        epss: found.epss,
        cvss: found.cvss,
        first_seen: found.first_seen,
        last_scan: found.last_scan,
    }
}
