//! The interface over HTTP: one file for each kind of thing.

mod decisions;
mod engine_actions;
mod hosts;
mod images;
mod page;
mod rules;
mod scans;
mod stream;
mod tasks;
mod text;

use axum::Router;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;

use crate::App;

pub(crate) use tasks::task;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Lazaret",
        description = "Container images: where they are, what is in them, and what is wrong with it.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    components(schemas(api::Problem)),
    servers((url = "/"))
)]
struct Document;

fn all() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(Document::openapi()).nest("/api/v1", version_1())
}

fn version_1() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(engine_actions::routes())
        .merge(hosts::routes())
        .merge(images::routes())
        .merge(rules::routes())
        .merge(decisions::routes())
        .merge(scans::routes())
        .merge(stream::routes())
        .merge(tasks::routes())
}

/// The document that describes the interface.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    all().into_openapi()
}

/// Everything the server answers.
pub fn router(app: App) -> Router {
    let (router, _) = all().split_for_parts();
    router.with_state(app)
}
