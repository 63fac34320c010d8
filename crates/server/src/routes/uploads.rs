use api::ProblemCode;
use axum::body::Body;
use axum::extract::multipart::MultipartRejection;
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Request, State};
use http::StatusCode;
use http::header::CONTENT_TYPE;
use store::Scope;
use store::tasks::{Cause, New, Scans};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::tasks::one;
use crate::access::{Actor, Operator};
use crate::extract::{Json, Query};
use crate::problem::Problem;
use crate::scanning::every_check;
use crate::upload::{self, Refused};
use crate::{App, Error};

pub(super) fn routes() -> OpenApiRouter<App> {
    // The size is limited where it is written: an archive is larger than any document.
    OpenApiRouter::new().routes(routes!(upload)).layer(DefaultBodyLimit::disable())
}

/// Scan an image archive
///
/// The archive is as `docker save` writes it, or an OCI layout in one file, plain or compressed. It is the body itself,
/// or the first file of a form. Its images come into the list and are scanned at once; the archive is not kept.
#[utoipa::path(
    post, path = "/images/upload", tag = "images", operation_id = "uploadImage",
    params(api::UploadQuery),
    request_body(content((Vec<u8> = "application/octet-stream"), (Vec<u8> = "application/x-tar"))),
    responses(
        (status = CREATED, body = api::Uploaded, description = "The images, and the task that scans them"),
        (status = "default", body = api::Problem)
    ),
    security(("session" = ["operator"]), ("token" = ["operator"]))
)]
async fn upload(
    State(app): State<App>,
    Operator(actor): Operator,
    Query(query): Query<api::UploadQuery>,
    request: Request,
) -> Result<(StatusCode, Json<api::Uploaded>), Problem> {
    let project = project(&app, &actor).await?;
    let name = query.name.as_deref().map(check_name).transpose()?;
    let archive = receive(&app, request).await?;
    let (archive, images) = tokio::task::spawn_blocking(move || {
        let images = upload::images(&archive);
        (archive, images)
    })
    .await
    .map_err(Error::from)?;
    let images = images.map_err(|refused| problem(&app, refused))?;
    let mut transaction = app.database.begin().await?;
    let images = upload::take(&app, &mut transaction, project, &archive, images, name).await?;
    transaction.commit().await?;
    store::authorisations::welcome(&app.database, Some(&images)).await?;
    let mut transaction = app.database.begin().await?;
    let scans = Scans::of(every_check());
    let new = New {
        projects: &[],
        kind: "scan",
        cause: Cause::Person,
        name: "",
        parameters: "{}",
        created_by: &actor.login,
        parallel: 0,
    };
    let task = store::tasks::scan(&mut transaction, new, &scans, &images).await?;
    let detail = serde_json::json!({ "images": images });
    actor.note(&mut transaction, "image.upload", &format!("task {task}"), &detail).await?;
    transaction.commit().await?;
    app.wake.notify_waiters();
    let task = one(&app, &Scope::All, task).await?;
    Ok((StatusCode::CREATED, Json(api::Uploaded { images, task })))
}

/// Where the images belong: the first project of who sees only some.
async fn project(app: &App, actor: &Actor) -> Result<i64, Problem> {
    match &actor.scope {
        Scope::All => Ok(store::projects::ensure(&app.database, store::projects::DEFAULT).await?),
        Scope::Projects(projects) => projects.first().copied().ok_or_else(|| {
            Problem::new(ProblemCode::Forbidden, "there is no project that you may add images to")
        }),
    }
}

/// A name for an archive without names: as images are named.
fn check_name(name: &str) -> Result<&str, Problem> {
    image::Reference::parse(name).map(|_reference| name).map_err(|error| Problem::invalid(error.to_string()))
}

/// Writes what is sent to a file: the body, or the first file of a form.
async fn receive(app: &App, request: Request) -> Result<tempfile::TempPath, Problem> {
    let kind = request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if !kind.to_ascii_lowercase().starts_with("multipart/form-data") {
        let body: Body = request.into_body();
        return upload::receive(app, body.into_data_stream()).await.map_err(|refused| problem(app, refused));
    }
    let refuse = |rejection: MultipartRejection| Problem::invalid(rejection.body_text());
    let mut form = Multipart::from_request(request, app).await.map_err(refuse)?;
    let broken = |error: axum::extract::multipart::MultipartError| Problem::invalid(error.body_text());
    while let Some(field) = form.next_field().await.map_err(broken)? {
        if field.file_name().is_some() {
            return upload::receive(app, field).await.map_err(|refused| problem(app, refused));
        }
    }
    Err(Problem::invalid("the form has no file; hint: send the archive as the file `archive`"))
}

fn problem(app: &App, refused: Refused) -> Problem {
    match refused {
        Refused::TooLarge(limit) => {
            let mebibytes = limit >> 20;
            let hint = "upload the image in parts that are smaller, or raise --upload-limit";
            Problem::new(
                ProblemCode::TooLarge,
                format!("the archive is larger than {mebibytes} MiB; hint: {hint}"),
            )
        }
        Refused::Full => {
            let place = app.settings.uploads.display();
            tracing::warn!(directory = %place, "there is no room for an upload");
            Problem::new(ProblemCode::Unavailable, "the server's disk has no room for the archive")
        }
        Refused::Broken(why) => Problem::invalid(format!("the upload broke off: {why}")),
        Refused::Unreadable(failure, why) => {
            Problem::invalid(format!("cannot use the archive: {failure}: {why}"))
        }
        Refused::Error(error) => error.into(),
    }
}
