use api::{ProblemCode, RuleKind};
use axum::extract::{DefaultBodyLimit, State};
use axum::response::IntoResponse;
use http::{HeaderMap, HeaderValue, header};
use serde_json::json;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::page;
use crate::App;
use crate::access::{Actor, Administrator, Viewer};
use crate::extract::{Filter, Json, Path, Query};
use crate::problem::Problem;
use crate::rules;

/// The largest body: the longest list, each of whose characters may be written as an escape.
const BODY_BYTES: usize = 40 << 20;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(built_in))
        .routes(routes!(find, change))
        .routes(routes!(versions))
        .routes(routes!(version))
        .routes(routes!(restore))
        .layer(DefaultBodyLimit::max(BODY_BYTES))
}

/// The rules of each kind that hold, without the rules themselves
#[utoipa::path(
    get, path = "/rules", tag = "rules", operation_id = "listRules",
    responses((status = OK, body = Vec<api::RuleVersion>), (status = "default", body = api::Problem)),
    security(("session" = ["viewer"]), ("token" = ["viewer"]))
)]
async fn list(
    State(app): State<App>,
    Viewer(_actor): Viewer,
) -> Result<Json<Vec<api::RuleVersion>>, Problem> {
    let newest = store::rules::newest(&app.database).await?;
    let told = RuleKind::ALL.into_iter().map(|kind| {
        let own = newest.iter().find(|version| version.kind == kind.word());
        own.map_or_else(|| unwritten(kind), |own| told(kind, own.clone()))
    });
    Ok(Json(told.collect()))
}

/// The rules and checks that come with the program
#[utoipa::path(
    get, path = "/rules/built-in", tag = "rules", operation_id = "listBuiltInRules",
    params(api::BuiltInFilter),
    responses((status = OK, body = Vec<api::BuiltInRule>), (status = "default", body = api::Problem)),
    security(("session" = ["viewer"]), ("token" = ["viewer"]))
)]
async fn built_in(
    State(app): State<App>,
    Viewer(_actor): Viewer,
    Filter(filter): Filter<api::BuiltInFilter>,
) -> Result<Json<Vec<api::BuiltInRule>>, Problem> {
    let disabled = store::rules::find(&app.database, RuleKind::Disabled.word(), None).await?;
    let disabled = disabled.map(|rules| rules.content).unwrap_or_default();
    let disabled: Vec<&str> = rules::lines(&disabled).map(|(_, line)| line).collect();
    let all = rules::built_in(&app).await?;
    let wanted = all.iter().filter(|(kind, _)| filter.kind.is_none_or(|wanted| wanted == *kind));
    let told = wanted.map(|(kind, rule)| api::BuiltInRule {
        kind: *kind,
        id: rule.id.clone(),
        title: rule.title.clone(),
        severity: rule.severity,
        enabled: !disabled.contains(&rule.id.as_str()),
    });
    Ok(Json(told.collect()))
}

/// The rules of one kind that hold
#[utoipa::path(
    get, path = "/rules/{kind}", tag = "rules", operation_id = "getRules",
    params(("kind" = RuleKind, Path, description = "Which rules")),
    responses(
        (status = OK, body = api::RuleSet, headers(("etag" = String, description = "The version"))),
        (status = "default", body = api::Problem)
    ),
    security(("session" = ["viewer"]), ("token" = ["viewer"]))
)]
async fn find(
    State(app): State<App>,
    Viewer(_actor): Viewer,
    Path(kind): Path<RuleKind>,
) -> Result<impl IntoResponse, Problem> {
    let kept = store::rules::find(&app.database, kind.word(), None).await?;
    let (version, content) = kept.map_or((0, String::new()), |rules| (rules.version, rules.content));
    let mut headers = HeaderMap::new();
    if let Ok(tag) = HeaderValue::try_from(format!("\"{version}\"")) {
        headers.insert(header::ETAG, tag);
    }
    Ok((headers, Json(api::RuleSet { kind, version, content })))
}

/// Replace the rules of one kind
///
/// They are tried first: what is wrong is told with its line. What was looked through by the rules before is looked
/// through again.
#[utoipa::path(
    put, path = "/rules/{kind}", tag = "rules", operation_id = "replaceRules",
    params(
        ("kind" = RuleKind, Path, description = "Which rules"),
        ("if-match" = Option<String>, Header, description = "The version that is replaced, as `etag` told it")
    ),
    request_body = api::RuleChange,
    responses((status = OK, body = api::RuleChanged), (status = "default", body = api::Problem)),
    security(("session" = ["administrator"]), ("token" = ["administrator"]))
)]
async fn change(
    State(app): State<App>,
    Administrator(actor): Administrator,
    Path(kind): Path<RuleKind>,
    headers: HeaderMap,
    Json(wanted): Json<api::RuleChange>,
) -> Result<Json<api::RuleChanged>, Problem> {
    super::text::check("remark", &wanted.remark, 1024)?;
    let holds = store::rules::find(&app.database, kind.word(), None).await?.map_or(0, |rules| rules.version);
    let replaces = match headers.get(header::IF_MATCH).map(HeaderValue::as_bytes) {
        None | Some(b"*") => holds,
        Some(tag) => {
            version_of(tag).ok_or_else(|| Problem::invalid("`if-match` is no version, such as `\"3\"`"))?
        }
    };
    replace(&app, &actor, kind, wanted, replaces).await.map(Json)
}

/// The versions of the rules of one kind, the newest first
#[utoipa::path(
    get, path = "/rules/{kind}/versions", tag = "rules", operation_id = "listRuleVersions",
    params(("kind" = RuleKind, Path, description = "Which rules"), api::PageQuery),
    responses((status = OK, body = api::Page<api::RuleVersion>), (status = "default", body = api::Problem)),
    security(("session" = ["viewer"]), ("token" = ["viewer"]))
)]
async fn versions(
    State(app): State<App>,
    Viewer(_actor): Viewer,
    Path(kind): Path<RuleKind>,
    Query(wanted): Query<api::PageQuery>,
) -> Result<Json<api::Page<api::RuleVersion>>, Problem> {
    let versions = store::rules::versions(&app.database, kind.word(), &page::wanted(wanted)).await?;
    Ok(Json(page::of(versions, |version| told(kind, version))))
}

/// The rules of one kind in one version
#[utoipa::path(
    get, path = "/rules/{kind}/versions/{version}", tag = "rules", operation_id = "getRuleVersion",
    params(
        ("kind" = RuleKind, Path, description = "Which rules"),
        ("version" = i64, Path, description = "Which version")
    ),
    responses((status = OK, body = api::RuleSet), (status = "default", body = api::Problem)),
    security(("session" = ["viewer"]), ("token" = ["viewer"]))
)]
async fn version(
    State(app): State<App>,
    Viewer(_actor): Viewer,
    Path((kind, version)): Path<(RuleKind, i64)>,
) -> Result<Json<api::RuleSet>, Problem> {
    let kept = store::rules::find(&app.database, kind.word(), Some(version)).await?;
    let kept = kept.ok_or_else(|| Problem::not_found("version", version))?;
    Ok(Json(api::RuleSet { kind, version: kept.version, content: kept.content }))
}

/// Let an older version of the rules hold again, as a new version
#[utoipa::path(
    post, path = "/rules/{kind}/versions/{version}/restore", tag = "rules", operation_id = "restoreRules",
    params(
        ("kind" = RuleKind, Path, description = "Which rules"),
        ("version" = i64, Path, description = "Which version")
    ),
    responses((status = OK, body = api::RuleChanged), (status = "default", body = api::Problem)),
    security(("session" = ["administrator"]), ("token" = ["administrator"]))
)]
async fn restore(
    State(app): State<App>,
    Administrator(actor): Administrator,
    Path((kind, version)): Path<(RuleKind, i64)>,
) -> Result<Json<api::RuleChanged>, Problem> {
    let kept = store::rules::find(&app.database, kind.word(), Some(version)).await?;
    let kept = kept.ok_or_else(|| Problem::not_found("version", version))?;
    let holds = store::rules::find(&app.database, kind.word(), None).await?.map_or(0, |rules| rules.version);
    let wanted = api::RuleChange { content: kept.content, remark: format!("version {version}") };
    replace(&app, &actor, kind, wanted, holds).await.map(Json)
}

/// Tries rules, keeps them in place of a version, and has looked through again what they concern.
async fn replace(
    app: &App,
    actor: &Actor,
    kind: RuleKind,
    wanted: api::RuleChange,
    replaces: i64,
) -> Result<api::RuleChanged, Problem> {
    let api::RuleChange { content, remark } = wanted;
    let built_in = rules::built_in(app).await?.to_vec();
    let tried = tokio::task::spawn_blocking(move || {
        let examined = rules::examine(kind, &content, &built_in);
        (content, examined)
    });
    let (content, examined) = tried.await.map_err(crate::Error::Panicked)?;
    let entries = examined.map_err(|error| Problem::invalid(error.to_string()))?;
    let entries = i64::try_from(entries).unwrap_or(i64::MAX);
    let new = store::rules::New { kind: kind.word(), replaces, content: &content, entries, remark: &remark };
    let mut transaction = app.database.begin().await?;
    let Some(version) = store::rules::keep(&mut transaction, new, &actor.login).await? else {
        let detail =
            format!("version {replaces} of these rules is no longer the one that holds; read them again");
        return Err(Problem::new(ProblemCode::Conflict, detail));
    };
    let mut tasks = Vec::new();
    for check in rules::concerned(kind) {
        let images = store::rules::looked_through(&mut transaction, check.word()).await?;
        if images.is_empty() {
            continue;
        }
        let new = store::tasks::New {
            projects: &[],
            kind: "",
            cause: store::tasks::Cause::Backfill,
            name: "",
            parameters: "",
            created_by: &actor.login,
            parallel: 0,
        };
        let scans = store::tasks::Scans { checks: vec![check.word().to_owned()], force: false };
        tasks.push(store::tasks::scan(&mut transaction, new, &scans, &images).await?);
    }
    let detail = json!({ "version": version, "entries": entries, "remark": remark });
    actor.note(&mut transaction, "rules.replace", &format!("rules {}", kind.word()), &detail).await?;
    transaction.commit().await?;
    app.wake.notify_waiters();
    Ok(api::RuleChanged { version, entries, tasks })
}

/// The version that an entity tag names.
fn version_of(tag: &[u8]) -> Option<i64> {
    let tag = std::str::from_utf8(tag).ok()?.trim();
    tag.strip_prefix('"')?.strip_suffix('"')?.parse().ok()
}

fn unwritten(kind: RuleKind) -> api::RuleVersion {
    let (created_by, remark) = (String::new(), String::new());
    api::RuleVersion { kind, version: 0, entries: 0, bytes: 0, created_by, created: 0, remark }
}

fn told(kind: RuleKind, version: store::rules::Version) -> api::RuleVersion {
    api::RuleVersion {
        kind,
        version: version.version,
        entries: version.entries,
        bytes: version.bytes,
        created_by: version.created_by,
        created: version.created,
        remark: version.remark,
    }
}
