//! The interface over HTTP: one file for each kind of thing.

mod accounts;
mod advisories;
mod audit;
mod authorisations;
mod compare;
mod components;
mod containers;
mod decisions;
mod defaults;
mod engine_actions;
mod engines;
mod events;
mod exports;
mod finding;
mod harbor;
mod hosts;
mod image;
mod image_report;
mod images;
mod notices;
mod page;
mod projects;
mod registries;
mod registry_actions;
mod registry_settings;
mod risks;
mod rules;
mod scans;
mod schedules;
mod session;
mod stream;
mod summary;
mod system;
mod tasks;
mod text;
mod tokens;
mod uploads;

use axum::Router;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};
use utoipa_axum::router::OpenApiRouter;

use crate::{App, headers, health};

pub(crate) use events::event;
pub(crate) use tasks::task;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Lazaret",
        description = "Container images: where they are, what is in them, and what is wrong with it.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    components(schemas(api::Problem)),
    modifiers(&Credentials),
    servers((url = "/"))
)]
struct Document;

/// By what the interface knows who asks. What a route names beside them is the role it takes.
struct Credentials;

impl Modify for Credentials {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let about = "Given at sign-in. Changing requests repeat what came with it in the header `x-csrf-token`. Where \
            TLS is spoken its name begins with `__Host-`.";
        let session = ApiKey::Cookie(ApiKeyValue::with_description("lazaret_session", about));
        let token = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("lzt_…").build();
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("session", SecurityScheme::ApiKey(session));
        components.add_security_scheme("token", SecurityScheme::Http(token));
        let about = "Any user, and a token as the password.";
        let basic = HttpBuilder::new().scheme(HttpAuthScheme::Basic).description(Some(about)).build();
        components.add_security_scheme("password", SecurityScheme::Http(basic));
        let key = ApiKey::Header(ApiKeyValue::with_description("X-ScannerAdapter-API-Key", "A token."));
        components.add_security_scheme("key", SecurityScheme::ApiKey(key));
    }
}

fn all() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(Document::openapi())
        .nest("/api/v1", version_1())
        .nest("/harbor/api/v1", harbor::routes())
        .merge(health::routes())
}

fn version_1() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(accounts::routes())
        .merge(audit::routes())
        .merge(authorisations::routes())
        .merge(engine_actions::routes())
        .merge(advisories::routes())
        .merge(events::routes())
        .merge(hosts::routes())
        .merge(images::routes())
        .merge(notices::routes())
        .merge(projects::routes())
        .merge(registries::routes())
        .merge(registry_actions::routes())
        .merge(rules::routes())
        .merge(decisions::routes())
        .merge(exports::routes())
        .merge(scans::routes())
        .merge(schedules::routes())
        .merge(stream::routes())
        .merge(session::routes())
        .merge(system::routes())
        .merge(tasks::routes())
        .merge(tokens::routes())
        .merge(compare::routes())
        .merge(image::routes())
        .merge(image_report::routes())
        .merge(containers::routes())
        .merge(engines::routes())
        .merge(components::routes())
        .merge(risks::routes())
        .merge(summary::routes())
        .merge(uploads::routes())
}

/// The document that describes the interface.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    let mut document = all().into_openapi();
    defaults::straighten(&mut document);
    document
}

/// Everything the server answers.
pub fn router(app: App) -> Router {
    let (router, _) = all().split_for_parts();
    headers::around(router, &app).with_state(app)
}
