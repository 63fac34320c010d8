use ::registries::notice::{self, Action, Notice};
use ::registries::{Artifact, Repository, Selection};
use api::ProblemCode;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use http::header::AUTHORIZATION;
use http::{HeaderMap, StatusCode};
use store::jobs::Wanted;
use store::registries::{self, Registry};
use store::tasks::Cause;
use store::{Transaction, jobs, notices};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;
use crate::access::{digest, secret};
use crate::extract::{Path, Query};
use crate::problem::Problem;
use crate::registries::selection;
use crate::work::{NOTICES, Told};

/// The largest notice.
const MOST: usize = 4 << 20;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(hear)).layer(DefaultBodyLimit::max(MOST))
}

/// Tell what changed in a registry
///
/// For registries: Harbor (both payload formats, and 1.x), the CNCF distribution, Azure, Quay, JFrog, and a form of our own.
/// It is taken at once, and followed soon: what is told is looked up in the registry before it is believed. Answered with
/// 202 whatever of it is wanted. The registry is known by the token that `POST /registries/{id}/notices/token` makes.
#[utoipa::path(
    post, path = "/registries/{id}/notices", tag = "registries", operation_id = "tellRegistryNotice",
    params(("id" = i64, Path, description = "The registry"), api::NoticeQuery),
    request_body(content = serde_json::Value, description = "What the registry sends."),
    responses((status = ACCEPTED, body = api::NoticesTaken), (status = "default", body = api::Problem)),
    security(())
)]
async fn hear(
    State(app): State<App>,
    Path(id): Path<i64>,
    Query(query): Query<api::NoticeQuery>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<(StatusCode, axum::Json<api::NoticesTaken>), Problem> {
    let registry = sender(&app, id, &query, &headers).await?;
    let header = |name: &str| headers.get(name)?.to_str().ok().map(str::to_owned);
    let told = notice::read(&header, &body).map_err(|error| Problem::invalid(error.to_string()))?;
    let wanted = selection(&registry.options()?)
        .map_err(|_undone| Problem::damaged("glob of a registry", &registry.name))?;
    let mut transaction = app.database.begin().await?;
    let mut taken = 0;
    for notice in told {
        taken += i64::from(take(&mut transaction, &registry, &wanted, notice).await?);
    }
    transaction.commit().await?;
    app.wake.notify_waiters();
    Ok((StatusCode::ACCEPTED, axum::Json(api::NoticesTaken { taken })))
}

/// The registry whose token was sent, which is to be the one of the address.
async fn sender(
    app: &App,
    id: i64,
    query: &api::NoticeQuery,
    headers: &HeaderMap,
) -> Result<Registry, Problem> {
    let unknown = || Problem::new(ProblemCode::NotSignedIn, "send the token of this registry");
    let header = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    // Some registries send what they are given as it is, without a word before it.
    let given = header.map(|header| header.split_once(' ').map_or(header, |(_, token)| token).trim());
    let token = given.or(query.token.as_deref()).ok_or_else(unknown)?;
    let found = registries::hooked(&app.database, &digest(token)).await?;
    found.filter(|registry| registry.id == id).ok_or_else(unknown)
}

/// Asks for what a notice is about to be looked at; gives whether that is wanted, and was not told before.
async fn take(
    transaction: &mut Transaction,
    registry: &Registry,
    wanted: &Selection,
    notice: Notice,
) -> Result<bool, crate::Error> {
    let deleted = notice.action == Action::Deleted;
    // What has no tag belongs to an index that is told too, or is met when the registry is listed.
    if (!deleted && notice.tag.is_none()) || !is_wanted(wanted, &notice) {
        return Ok(false);
    }
    if let Some(event) = &notice.id
        && !notices::note(transaction, registry.id, event).await?
    {
        return Ok(false);
    }
    let told = Told {
        deleted,
        repository: notice.repository,
        tag: notice.tag,
        digest: notice.digest.as_ref().map(ToString::to_string),
    };
    // One that is being followed may have been looked up before this: it is no other's work.
    let event = notice.id.map_or_else(secret::random, Ok)?;
    let asked = Wanted {
        kind: NOTICES,
        subject: registry.id,
        dedupe: format!("{NOTICES}:{}:{event}", registry.id),
        parameters: serde_json::to_string(&told).unwrap_or_default(),
        priority: Cause::Push.priority(),
    };
    jobs::ask(transaction, asked).await?;
    Ok(true)
}

/// Whether images of that name are wanted; what is deleted is looked at however it is named.
fn is_wanted(wanted: &Selection, notice: &Notice) -> bool {
    let repository = Repository { name: notice.repository.clone(), ..Repository::default() };
    let artifact = Artifact { tags: notice.tag.iter().cloned().collect(), ..Artifact::default() };
    wanted.wants(&repository) && wanted.choose(&repository, artifact).is_some()
}
