use std::io::Write;
use std::time::Duration;

use advisories::{Database, FEEDS, Manifest};
use api::ProblemCode;
use axum::body::Body;
use axum::extract::State;
use futures::StreamExt;
use http::StatusCode;
use serde_json::json;
use store::tasks::Cause;
use store::{Scope, updates};
use tempfile::NamedTempFile;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::tasks::one;
use crate::access::{Administrator, Operator, Viewer};
use crate::advisories::{HOUR, Keeping, NAME, begin, uploads};
use crate::extract::Json;
use crate::judge::{self, blocking};
use crate::problem::Problem;
use crate::work::{Outcome, Parameters};
use crate::{App, Error, selection};

/// The largest bundle.
const MOST_BYTES: u64 = 4 << 30;
/// How long an upload may pause.
const PATIENCE: Duration = Duration::from_secs(60);
/// How many failures of an archive's records are shown.
const SHOWN: usize = 5;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(find))
        .routes(routes!(update))
        .routes(routes!(set))
        .routes(routes!(import))
}

/// The advisories, and how they are kept up to date
#[utoipa::path(
    get, path = "/advisories", tag = "advisories", operation_id = "getAdvisories",
    responses((status = OK, body = api::Advisories), (status = "default", body = api::Problem)),
    security(("session" = ["viewer"]), ("token" = ["viewer"]))
)]
async fn find(State(app): State<App>, _: Viewer) -> Result<Json<api::Advisories>, Problem> {
    let keeping = Keeping::read(&app).await?;
    let of = app.clone();
    let open = blocking(move || of.advisories()).await?;
    let empty = Manifest::default();
    let manifest = open.as_deref().map_or(&empty, Database::manifest);
    let next = match updates::asked(&app.database).await? {
        _ if keeping.interval_hours == 0 => None,
        None => Some(store::now()),
        Some(asked) => Some(asked.saturating_add(keeping.interval_hours.saturating_mul(HOUR))),
    };
    Ok(Json(api::Advisories {
        updated: Some(manifest.updated.clone()).filter(|updated| !updated.is_empty()),
        judged: judge::judged(&app).await?,
        judging_due: judge::is_due(&app).await?,
        advisories: manifest.archives.values().map(|archive| archive.stored).sum(),
        known_exploited: manifest.kev.as_ref().map_or(0, |kev| kev.entries),
        scored: manifest.epss.as_ref().map_or(0, |epss| epss.entries),
        bytes: manifest.bytes(),
        archives: archives(manifest),
        feeds: feeds(&keeping),
        last: updates::last(&app.database, NAME).await?.map(last),
        settings: settings(keeping),
        next,
    }))
}

fn archives(manifest: &Manifest) -> Vec<api::AdvisoryArchive> {
    let archive = |(name, status): (&String, &advisories::ArchiveStatus)| api::AdvisoryArchive {
        name: name.clone(),
        read: status.read.clone(),
        records: status.records,
        stored: status.stored,
        withdrawn: status.withdrawn,
        malformed: status.malformed,
        errors: status.errors.iter().take(SHOWN).cloned().collect(),
    };
    manifest.archives.iter().map(archive).collect()
}

fn feeds(keeping: &Keeping) -> Vec<api::AdvisoryFeed> {
    let chosen = keeping.chosen();
    let feed = |feed: &&'static advisories::Feed| api::AdvisoryFeed {
        name: feed.name.to_owned(),
        title: feed.title.to_owned(),
        default: feed.is_default,
        chosen: chosen.iter().any(|chosen| chosen.name == feed.name),
        ecosystems: feed.ecosystems.iter().map(|&name| name.to_owned()).collect(),
    };
    FEEDS.iter().map(feed).collect()
}

fn last(update: updates::Update) -> api::AdvisoryUpdate {
    let parameters: Parameters = serde_json::from_str(&update.parameters).unwrap_or_default();
    let result: Outcome =
        update.result.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    let failure = update.failure.as_deref();
    let code = failure.and_then(|word| serde_json::from_value::<model::Failure>(word.into()).ok());
    let failures = result.failures.into_iter().map(|(archive, why)| api::ArchiveFailure { archive, why });
    api::AdvisoryUpdate {
        job: update.id,
        state: update.state,
        progress: update.progress,
        import: parameters.bundle.is_some(),
        created: update.created,
        finished: update.finished,
        advice: code.map(model::Failure::advice),
        failure: update.failure,
        message: update.message,
        failures: failures.collect(),
    }
}

fn settings(keeping: Keeping) -> api::AdvisorySettings {
    api::AdvisorySettings {
        mirror: Some(keeping.mirror).filter(|mirror| !mirror.is_empty()),
        osv: keeping.osv,
        feeds: keeping.feeds,
        interval_hours: keeping.interval_hours,
        certificate_authorities: keeping.authorities,
        bundle_keys: keeping.keys,
        event_severity: selection::severity(keeping.event_severity),
    }
}

/// Fetches advisories now
#[utoipa::path(
    post, path = "/advisories/update", tag = "advisories", operation_id = "updateAdvisories",
    responses((status = ACCEPTED, body = api::Task), (status = "default", body = api::Problem)),
    security(("session" = ["operator"]), ("token" = ["operator"]))
)]
async fn update(
    State(app): State<App>,
    Operator(actor): Operator,
) -> Result<(StatusCode, Json<api::Task>), Problem> {
    let mut transaction = app.database.begin().await?;
    updates::ask(&mut transaction, store::now()).await?;
    let task = begin(&mut transaction, Cause::Person, &actor.login, &Parameters::default()).await?;
    actor.note(&mut transaction, "advisories.update", &format!("task {task}"), &json!({})).await?;
    transaction.commit().await?;
    app.wake.notify_waiters();
    one(&app, &Scope::All, task).await.map(|task| (StatusCode::ACCEPTED, Json(task)))
}

/// Sets how advisories are kept up to date
#[utoipa::path(
    put, path = "/advisories/settings", tag = "advisories", operation_id = "setAdvisories",
    request_body = api::AdvisorySettings,
    responses((status = OK, body = api::AdvisorySettings), (status = "default", body = api::Problem)),
    security(("session" = ["administrator"]), ("token" = ["administrator"]))
)]
async fn set(
    State(app): State<App>,
    Administrator(actor): Administrator,
    Json(body): Json<api::AdvisorySettings>,
) -> Result<Json<api::AdvisorySettings>, Problem> {
    let keeping = keeping(body)?;
    let mut transaction = app.database.begin().await?;
    keeping.write(&mut transaction).await?;
    let detail =
        json!({ "mirror": keeping.mirror, "feeds": keeping.feeds, "interval": keeping.interval_hours });
    actor.note(&mut transaction, "advisories.set", "advisories", &detail).await?;
    transaction.commit().await?;
    Ok(Json(settings(Keeping::read(&app).await?)))
}

fn keeping(body: api::AdvisorySettings) -> Result<Keeping, Problem> {
    let texts = [body.mirror.as_deref(), body.certificate_authorities.as_deref()];
    let lists = body.feeds.iter().chain(&body.bundle_keys).map(String::as_str);
    if texts.into_iter().flatten().chain(lists).any(|text| text.contains('\0')) {
        return Err(Problem::invalid("cannot use a text with a NUL character"));
    }
    let is_long = body.mirror.as_ref().is_some_and(|text| text.chars().count() > 2_000)
        || body.certificate_authorities.as_ref().is_some_and(|text| text.chars().count() > 262_144);
    if is_long || body.feeds.len() > 100 || body.bundle_keys.len() > 100 {
        return Err(Problem::invalid("cannot use settings that are longer than the interface says"));
    }
    if !(0..=8760).contains(&body.interval_hours) {
        return Err(Problem::invalid("cannot use `interval_hours`: it is from 0 to 8760"));
    }
    let keeping = Keeping {
        mirror: body.mirror.unwrap_or_default(),
        osv: body.osv,
        feeds: body.feeds,
        interval_hours: body.interval_hours,
        authorities: body.certificate_authorities.filter(|text| !text.is_empty()),
        keys: body.bundle_keys,
        event_severity: selection::number(body.event_severity),
    };
    keeping.wrong().map_or(Ok(keeping), |why| Err(Problem::invalid(why)))
}

/// Imports a signed bundle, as `lazaret db export` writes it
#[utoipa::path(
    post, path = "/advisories/import", tag = "advisories", operation_id = "importAdvisories",
    request_body(content = Vec<u8>, content_type = "application/octet-stream", description = "The bundle"),
    responses((status = ACCEPTED, body = api::Task), (status = "default", body = api::Problem)),
    security(("session" = ["administrator"]), ("token" = ["administrator"]))
)]
async fn import(
    State(app): State<App>,
    Administrator(actor): Administrator,
    body: Body,
) -> Result<(StatusCode, Json<api::Task>), Problem> {
    if Keeping::read(&app).await?.trusted().is_empty() {
        let why =
            "no key of a bundle is trusted; hint: add the public key of who exported it to `bundle_keys`";
        return Err(Problem::new(ProblemCode::Conflict, why));
    }
    let file = receive(&app, body).await?;
    let name = file.path().file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
    let fail = |error: tempfile::PersistError| lost(&app, error.error);
    let path = file.path().to_owned();
    file.persist(&path).map_err(fail)?;
    let mut transaction = app.database.begin().await?;
    let parameters = Parameters { bundle: Some(name) };
    let task = begin(&mut transaction, Cause::Person, &actor.login, &parameters).await?;
    actor.note(&mut transaction, "advisories.import", &format!("task {task}"), &json!({})).await?;
    transaction.commit().await?;
    app.wake.notify_waiters();
    one(&app, &Scope::All, task).await.map(|task| (StatusCode::ACCEPTED, Json(task)))
}

fn lost(app: &App, source: std::io::Error) -> Problem {
    Error::Directory { path: uploads(app), source }.into()
}

/// Writes a body to a file as it comes.
async fn receive(app: &App, body: Body) -> Result<NamedTempFile, Problem> {
    let directory = uploads(app);
    let fail = |source| lost(app, source);
    let made = tokio::task::spawn_blocking(move || {
        std::fs::create_dir_all(&directory)?;
        NamedTempFile::with_prefix_in("bundle-", directory)
    });
    let mut file = made.await.map_err(Error::from)?.map_err(fail)?;
    let (mut stream, mut bytes) = (body.into_data_stream(), 0_u64);
    loop {
        let next = tokio::time::timeout(PATIENCE, stream.next()).await;
        let next =
            next.map_err(|_late| Problem::invalid("cannot read the bundle: nothing came for a minute"))?;
        let Some(part) = next else { break };
        let part =
            part.map_err(|_broken| Problem::invalid("cannot read the bundle: the upload broke off"))?;
        bytes = bytes.saturating_add(part.len() as u64);
        if bytes > MOST_BYTES {
            return Err(Problem::new(ProblemCode::TooLarge, "cannot take a bundle of more than 4 GiB"));
        }
        file.write_all(&part).map_err(fail)?;
    }
    if bytes == 0 {
        return Err(Problem::invalid("cannot import nothing: send the bundle as the body"));
    }
    Ok(file)
}
