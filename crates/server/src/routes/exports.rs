use api::{ExportFormat, ExportState, ExportSubject, ProblemCode};
use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use object_store::ObjectStoreExt;
use object_store::path::Path as Key;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use store::exports::{self, New};
use store::tasks::{self, Cause};
use store::{Scope, jobs, now};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{page, text};
use crate::access::{Operator, Viewer};
use crate::extract::{Json, Path, Query};
use crate::problem::Problem;
use crate::{App, Error, export, selection, work};

/// How long one is kept when nobody says, in days.
const DAYS: i64 = 7;
/// The longest it is kept, in days.
const MOST_DAYS: i64 = 90;
/// The most rows of one.
const MOST_ROWS: i64 = 5_000_000;
/// The most images that are picked or left out.
const MOST_IMAGES: usize = 10_000;
/// The longest name, in characters.
const NAME: usize = 100;
/// The most columns that are chosen.
const MOST_COLUMNS: usize = 100;

/// All that can be exported.
const SUBJECTS: [ExportSubject; 9] = [
    ExportSubject::Images,
    ExportSubject::Vulnerabilities,
    ExportSubject::Malware,
    ExportSubject::Secrets,
    ExportSubject::Baseline,
    ExportSubject::Compliance,
    ExportSubject::Software,
    ExportSubject::Files,
    ExportSubject::Sbom,
];

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(subjects))
        .routes(routes!(find, delete))
        .routes(routes!(file))
}

/// What can be exported, and in which columns
#[utoipa::path(
    get, path = "/exports/subjects", tag = "exports", operation_id = "listExportSubjects",
    responses((status = OK, body = Vec<api::ExportColumns>), (status = "default", body = api::Problem)),
    security(("session" = ["viewer"]), ("token" = ["viewer"]))
)]
async fn subjects(Viewer(_actor): Viewer) -> Json<Vec<api::ExportColumns>> {
    let column = |(id, title): (&str, model::Text)| api::ExportColumn { id: id.to_owned(), title };
    let told = SUBJECTS.into_iter().map(|subject| api::ExportColumns {
        subject,
        formats: export::formats(subject).to_vec(),
        columns: export::columns(subject).into_iter().map(column).collect(),
    });
    Json(told.collect())
}

/// The exports, the newest first
#[utoipa::path(
    get, path = "/exports", tag = "exports", operation_id = "listExports",
    params(api::PageQuery),
    responses((status = OK, body = api::Page<api::Export>), (status = "default", body = api::Problem)),
    security(("session" = ["operator"]), ("token" = ["operator"]))
)]
async fn list(
    State(app): State<App>,
    Operator(actor): Operator,
    Query(wanted): Query<api::PageQuery>,
) -> Result<Json<api::Page<api::Export>>, Problem> {
    let found = exports::list(&app.database, &actor.scope, &page::wanted(wanted)).await?;
    Ok(Json(page::of(found, told)))
}

/// Have a file made
#[utoipa::path(
    post, path = "/exports", tag = "exports", operation_id = "createExport",
    request_body = api::NewExport,
    responses((status = CREATED, body = api::Export), (status = "default", body = api::Problem)),
    security(("session" = ["operator"]), ("token" = ["operator"]))
)]
async fn create(
    State(app): State<App>,
    Operator(actor): Operator,
    Json(wanted): Json<api::NewExport>,
) -> Result<(StatusCode, Json<api::Export>), Problem> {
    check(&wanted)?;
    let days = wanted.days.unwrap_or(DAYS);
    let (subject, format) = (word(wanted.subject), word(wanted.format));
    let named = wanted.name.clone().filter(|name| !name.trim().is_empty());
    let name = named.unwrap_or_else(|| export::name(&subject, now()));
    let projects = match &actor.scope {
        Scope::All => None,
        Scope::Projects(projects) => Some(projects.clone()),
    };
    let parameters = export::Parameters { wanted, projects: projects.clone() };
    let parameters = serde_json::to_string(&parameters).map_err(|error| Problem::internal(&error))?;
    let projects = projects.unwrap_or_default();
    let mut transaction = app.database.begin().await?;
    let new = New {
        projects: &projects,
        subject: &subject,
        format: &format,
        parameters: &parameters,
        name: &name,
        created_by: &actor.login,
        expires: now().saturating_add(days.saturating_mul(24 * 3600 * 1000)),
    };
    let id = exports::create(&mut transaction, new).await?;
    let task = tasks::New {
        projects: &projects,
        kind: work::EXPORTS,
        cause: Cause::Person,
        name: &name,
        parameters: &json!({ "export": id }).to_string(),
        created_by: &actor.login,
        parallel: 0,
    };
    let job = jobs::Wanted {
        kind: work::EXPORTS,
        subject: id,
        dedupe: format!("export:{id}"),
        parameters: "{}".to_owned(),
        priority: Cause::Person.priority(),
    };
    let (task, _) = tasks::with_job(&mut transaction, task, job).await?;
    exports::set_task(&mut transaction, id, task).await?;
    let detail = json!({ "subject": subject, "format": format });
    actor.note(&mut transaction, "export.create", &format!("export {id}"), &detail).await?;
    let made = exports::find(&mut transaction, &Scope::All, id).await?;
    transaction.commit().await?;
    app.wake.notify_waiters();
    let made = made.ok_or_else(|| Problem::not_found("export", id))?;
    Ok((StatusCode::CREATED, Json(told(made))))
}

/// One export
#[utoipa::path(
    get, path = "/exports/{id}", tag = "exports", operation_id = "getExport",
    params(("id" = i64, Path, description = "The export")),
    responses((status = OK, body = api::Export), (status = "default", body = api::Problem)),
    security(("session" = ["operator"]), ("token" = ["operator"]))
)]
async fn find(
    State(app): State<App>,
    Operator(actor): Operator,
    Path(id): Path<i64>,
) -> Result<Json<api::Export>, Problem> {
    let found = exports::find(&app.database, &actor.scope, id).await?;
    found.map(|found| Json(told(found))).ok_or_else(|| Problem::not_found("export", id))
}

/// The file of an export
#[utoipa::path(
    get, path = "/exports/{id}/file", tag = "exports", operation_id = "downloadExport",
    params(("id" = i64, Path, description = "The export")),
    responses(
        (status = OK, body = Vec<u8>, content_type = "application/octet-stream"),
        (status = "default", body = api::Problem)
    ),
    security(("session" = ["operator"]), ("token" = ["operator"]))
)]
async fn file(
    State(app): State<App>,
    Operator(actor): Operator,
    Path(id): Path<i64>,
) -> Result<Response, Problem> {
    let found = exports::find(&app.database, &actor.scope, id).await?;
    let found = found.filter(|found| found.expires > now());
    let found = found.ok_or_else(|| Problem::not_found("export", id))?;
    let Some(key) = &found.object else {
        return Err(Problem::new(
            ProblemCode::Conflict,
            format!("export `{id}` is not done; ask for its state"),
        ));
    };
    let object = app.objects.get(&Key::from(key.as_str())).await.map_err(Error::from)?;
    let name = export::file_name(&found);
    let kind = match name.rsplit('.').next() {
        Some("xlsx") => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        Some("csv") => "text/csv; charset=utf-8",
        Some("zip") => "application/zip",
        _ => "application/json",
    };
    let disposition = HeaderValue::try_from(format!("attachment; filename=\"{name}\""));
    let disposition = disposition.map_err(|error| Problem::internal(&error))?;
    actor.note(&app.database, "export.download", &format!("export {id}"), &json!({})).await?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CONTENT_DISPOSITION, disposition),
        (header::CONTENT_LENGTH, HeaderValue::from(object.meta.size)),
    ];
    Ok((headers, Body::from_stream(object.into_stream())).into_response())
}

/// Delete an export, done or not
#[utoipa::path(
    delete, path = "/exports/{id}", tag = "exports", operation_id = "deleteExport",
    params(("id" = i64, Path, description = "The export")),
    responses((status = NO_CONTENT), (status = "default", body = api::Problem)),
    security(("session" = ["operator"]), ("token" = ["operator"]))
)]
async fn delete(
    State(app): State<App>,
    Operator(actor): Operator,
    Path(id): Path<i64>,
) -> Result<StatusCode, Problem> {
    let found = exports::find(&app.database, &actor.scope, id).await?;
    let found = found.ok_or_else(|| Problem::not_found("export", id))?;
    let detail = json!({ "name": found.name });
    let mut transaction = app.database.begin().await?;
    actor.note(&mut transaction, "export.delete", &format!("export {id}"), &detail).await?;
    if let Some(task) = found.task_id {
        tasks::cancel(&mut transaction, task).await?;
    }
    transaction.commit().await?;
    tasks::stop_unwanted(&app.database).await?;
    export::delete(&app, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn check(wanted: &api::NewExport) -> Result<(), Problem> {
    if !export::formats(wanted.subject).contains(&wanted.format) {
        let formats: Vec<String> = export::formats(wanted.subject).iter().copied().map(word).collect();
        let (subject, formats) = (word(wanted.subject), formats.join(", "));
        return Err(Problem::invalid(format!("`{subject}` is written as {formats}")));
    }
    if !wanted.images.is_empty() && wanted.filter.is_some() {
        return Err(Problem::invalid(
            "`images` and `filter` contradict each other: give one of them, or neither",
        ));
    }
    if let Some(filter) = &wanted.filter {
        selection::filter(filter)?;
    }
    counted("images", wanted.images.len(), MOST_IMAGES)?;
    counted("exclude", wanted.exclude.len(), MOST_IMAGES)?;
    counted("severity", wanted.severity.len(), 6)?;
    counted("columns", wanted.columns.len(), MOST_COLUMNS)?;
    let known = export::columns(wanted.subject);
    let mut seen = Vec::new();
    for column in &wanted.columns {
        if !known.iter().any(|(id, _)| id == column) || seen.contains(&column) {
            let subject = word(wanted.subject);
            return Err(Problem::invalid(format!(
                "`{column}` is no column of `{subject}`, or is named twice; hint: `GET /api/v1/exports/subjects` lists them"
            )));
        }
        seen.push(column);
    }
    within("max_rows", wanted.max_rows, MOST_ROWS)?;
    within("days", wanted.days, MOST_DAYS)?;
    text::check("name", wanted.name.as_deref().unwrap_or_default(), NAME)
}

fn counted(name: &str, count: usize, most: usize) -> Result<(), Problem> {
    if count <= most {
        return Ok(());
    }
    Err(Problem::invalid(format!("`{name}` has {count} entries; at most {most} are taken")))
}

fn within(name: &str, number: Option<i64>, most: i64) -> Result<(), Problem> {
    if number.is_none_or(|number| (1..=most).contains(&number)) {
        return Ok(());
    }
    Err(Problem::invalid(format!("`{name}` is not from 1 to {most}")))
}

fn told(found: exports::Export) -> api::Export {
    let state = match (found.object.is_some(), found.state.as_deref()) {
        (true, _) => ExportState::Done,
        (false, Some("waiting")) => ExportState::Waiting,
        (false, Some("running")) => ExportState::Running,
        (false, Some("cancelled")) => ExportState::Cancelled,
        (false, _) => ExportState::Failed,
    };
    api::Export {
        id: found.id,
        task_id: found.task_id,
        // What is kept was written as one of these.
        subject: of_word(&found.subject).unwrap_or(ExportSubject::Images),
        format: of_word(&found.format).unwrap_or(ExportFormat::Json),
        file_name: export::file_name(&found),
        progress: if state == ExportState::Done { 100 } else { found.progress.unwrap_or(0) },
        state,
        failure: found.failure.as_deref().and_then(of_word),
        message: found.message,
        rows: found.rows_written,
        bytes: found.bytes,
        truncated: found.truncated,
        name: found.name,
        created_by: found.created_by,
        created: found.created,
        expires: found.expires,
    }
}

/// The word that a value is sent as.
fn word(value: impl Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

fn of_word<T: DeserializeOwned>(word: &str) -> Option<T> {
    serde_json::from_value(Value::from(word)).ok()
}
