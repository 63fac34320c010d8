use api::ProblemCode;
use axum::extract::State;
use http::StatusCode;
use serde_json::json;
use store::registries::{self, Said};
use store::{Scope, Transaction};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::page;
use super::registry_settings::{self, checked, kind_of, registry, secrets};
use crate::App;
use crate::access::secret::{self, digest};
use crate::access::{Administrator, Viewer};
use crate::extract::{Json, Path, Query};
use crate::problem::Problem;
use crate::registries::Secrets;

/// The most registries of one server.
const MOST: usize = 1_000;
/// What every token begins with by which a registry tells what changed.
const TOKEN_PREFIX: &str = "lzh_";

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(kinds))
        .routes(routes!(list, create))
        .routes(routes!(find, change, delete))
        .routes(routes!(make_token, take_token))
}

/// The kinds of registries that can be connected
#[utoipa::path(
    get, path = "/registries/kinds", tag = "registries", operation_id = "listRegistryKinds",
    responses((status = OK, body = Vec<api::RegistryKind>), (status = "default", body = api::Problem)),
    security(("session" = ["viewer"]), ("token" = ["viewer"]))
)]
async fn kinds(Viewer(_actor): Viewer) -> Json<Vec<api::RegistryKind>> {
    Json(::registries::all().iter().map(|kind| registry_settings::kind(kind)).collect())
}

/// The registries, by name
#[utoipa::path(
    get, path = "/registries", tag = "registries", operation_id = "listRegistries",
    params(api::RegistryFilter, api::PageQuery),
    responses((status = OK, body = api::Page<api::Registry>), (status = "default", body = api::Problem)),
    security(("session" = ["viewer"]), ("token" = ["viewer"]))
)]
async fn list(
    State(app): State<App>,
    Viewer(actor): Viewer,
    Query(filter): Query<api::RegistryFilter>,
    Query(wanted): Query<api::PageQuery>,
) -> Result<Json<api::Page<api::Registry>>, Problem> {
    let (kind, search) = (filter.kind.as_deref(), filter.search.as_deref());
    let found = registries::list(&app.database, &actor.scope, kind, search, &page::wanted(wanted)).await?;
    let items = found.items.into_iter().map(|row| registry(&app, row)).collect::<Result<_, _>>()?;
    Ok(Json(api::Page { items, next: found.next }))
}

/// One registry
#[utoipa::path(
    get, path = "/registries/{id}", tag = "registries", operation_id = "getRegistry",
    params(("id" = i64, Path, description = "The registry")),
    responses((status = OK, body = api::Registry), (status = "default", body = api::Problem)),
    security(("session" = ["viewer"]), ("token" = ["viewer"]))
)]
async fn find(
    State(app): State<App>,
    Viewer(actor): Viewer,
    Path(id): Path<i64>,
) -> Result<Json<api::Registry>, Problem> {
    let found = existing(&app.database, &actor.scope, id).await?;
    registry(&app, found).map(Json)
}

/// Add a registry
///
/// Nothing is asked of it yet: `POST /registries/test` tells beforehand whether it can be reached, and
/// `POST /registries/sync` brings its images.
#[utoipa::path(
    post, path = "/registries", tag = "registries", operation_id = "createRegistry",
    request_body = api::NewRegistry,
    responses((status = CREATED, body = api::Registry), (status = "default", body = api::Problem)),
    security(("session" = ["administrator"]), ("token" = ["administrator"]))
)]
async fn create(
    State(app): State<App>,
    Administrator(actor): Administrator,
    Json(new): Json<api::NewRegistry>,
) -> Result<(StatusCode, Json<api::Registry>), Problem> {
    let name = registry_settings::name(&new.name)?;
    let kind = kind_of(&new.kind)?;
    let secrets = secrets(new.secrets)?;
    let options = checked(kind, &new.settings, secrets.password.is_some())?;
    let mut transaction = app.database.begin().await?;
    let project = project(&mut transaction, &actor.scope, new.project_id).await?;
    if registries::ids(&mut transaction, &Scope::All, &[], None).await?.len() >= MOST {
        let detail = format!("cannot add a registry: there are {MOST} already, which is the most");
        return Err(Problem::new(ProblemCode::Conflict, detail));
    }
    let said = said(name, kind, &new.settings, &options);
    let id = registries::create(&mut transaction, project, &said).await?;
    registries::seal(&mut transaction, id, secrets.seal(&app, id)?.as_deref()).await?;
    let detail = json!({ "name": name, "kind": kind.word, "address": new.settings.address });
    actor.note(&mut transaction, "registry.create", &format!("registry {id}"), &detail).await?;
    let made = existing(&mut transaction, &actor.scope, id).await?;
    transaction.commit().await?;
    Ok((StatusCode::CREATED, Json(registry(&app, made)?)))
}

fn said<'a>(
    name: &'a str,
    kind: &'a ::registries::Kind,
    settings: &'a api::RegistrySettings,
    options: &'a registries::Options,
) -> Said<'a> {
    Said {
        name,
        kind: kind.word,
        address: settings.address.trim(),
        options,
        images_per_hour: settings.images_per_hour,
        nightly: settings.nightly,
    }
}

/// Change a registry
///
/// What waits for its limit of images per hour waits by the new one at once.
#[utoipa::path(
    put, path = "/registries/{id}", tag = "registries", operation_id = "changeRegistry",
    params(("id" = i64, Path, description = "The registry")),
    request_body = api::RegistryChange,
    responses((status = OK, body = api::Registry), (status = "default", body = api::Problem)),
    security(("session" = ["administrator"]), ("token" = ["administrator"]))
)]
async fn change(
    State(app): State<App>,
    Administrator(actor): Administrator,
    Path(id): Path<i64>,
    Json(wanted): Json<api::RegistryChange>,
) -> Result<Json<api::Registry>, Problem> {
    let name = registry_settings::name(&wanted.name)?;
    let mut transaction = app.database.begin().await?;
    let before = existing(&mut transaction, &actor.scope, id).await?;
    let kind = kind_of(&before.kind)?;
    let secrets = wanted.secrets.map(secrets).transpose()?;
    let has_password = match &secrets {
        Some(secrets) => secrets.password.is_some(),
        // Without a change of what is secret a new address would be told the old password.
        None if address_changed(&before, &wanted.settings)? => {
            let detail =
                "say the password again: the registry is at another address, which is not told the old one";
            return Err(Problem::invalid(detail));
        }
        None => before.sealed.is_some(),
    };
    let options = checked(kind, &wanted.settings, has_password)?;
    registries::change(&mut transaction, id, &said(name, kind, &wanted.settings, &options)).await?;
    if let Some(secrets) = &secrets {
        registries::seal(&mut transaction, id, secrets.seal(&app, id)?.as_deref()).await?;
    }
    let detail = json!({ "name": name, "address": wanted.settings.address, "secrets": secrets.is_some() });
    actor.note(&mut transaction, "registry.change", &format!("registry {id}"), &detail).await?;
    let made = existing(&mut transaction, &actor.scope, id).await?;
    transaction.commit().await?;
    registry(&app, made).map(Json)
}

/// Whether credentials that are kept would go elsewhere than they were given for.
fn address_changed(before: &registries::Registry, settings: &api::RegistrySettings) -> Result<bool, Problem> {
    let options = before.options()?;
    let same = before.address == settings.address.trim()
        && options.api_address == settings.api_address
        && (options.insecure || !settings.accept_any_certificate)
        && options.authorities == settings.authorities;
    Ok(before.sealed.is_some() && !same)
}

/// Forget a registry with all its images
#[utoipa::path(
    delete, path = "/registries/{id}", tag = "registries", operation_id = "deleteRegistry",
    params(("id" = i64, Path, description = "The registry")),
    responses((status = NO_CONTENT), (status = "default", body = api::Problem)),
    security(("session" = ["administrator"]), ("token" = ["administrator"]))
)]
async fn delete(
    State(app): State<App>,
    Administrator(actor): Administrator,
    Path(id): Path<i64>,
) -> Result<StatusCode, Problem> {
    let mut transaction = app.database.begin().await?;
    let before = existing(&mut transaction, &actor.scope, id).await?;
    registries::delete(&mut transaction, id).await?;
    store::settle::request_risks(&mut transaction, false).await?;
    let detail = json!({ "name": before.name, "images": before.images });
    actor.note(&mut transaction, "registry.delete", &format!("registry {id}"), &detail).await?;
    transaction.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Make a token by which a registry tells what changed
///
/// It takes the place of the one before.
#[utoipa::path(
    post, path = "/registries/{id}/notices/token", tag = "registries", operation_id = "createNoticeToken",
    params(("id" = i64, Path, description = "The registry")),
    responses((status = CREATED, body = api::NoticeToken), (status = "default", body = api::Problem)),
    security(("session" = ["administrator"]), ("token" = ["administrator"]))
)]
async fn make_token(
    State(app): State<App>,
    Administrator(actor): Administrator,
    Path(id): Path<i64>,
) -> Result<(StatusCode, Json<api::NoticeToken>), Problem> {
    let token = format!("{TOKEN_PREFIX}{}", secret::random()?);
    let mut transaction = app.database.begin().await?;
    let registry = existing(&mut transaction, &actor.scope, id).await?;
    registries::hook(&mut transaction, id, Some(&digest(&token))).await?;
    let detail = json!({ "name": registry.name });
    actor.note(&mut transaction, "registry.token", &format!("registry {id}"), &detail).await?;
    transaction.commit().await?;
    let path = format!("/api/v1/registries/{id}/notices");
    Ok((StatusCode::CREATED, Json(api::NoticeToken { token, path })))
}

/// Take the token away by which a registry tells what changed
#[utoipa::path(
    delete, path = "/registries/{id}/notices/token", tag = "registries", operation_id = "deleteNoticeToken",
    params(("id" = i64, Path, description = "The registry")),
    responses((status = NO_CONTENT), (status = "default", body = api::Problem)),
    security(("session" = ["administrator"]), ("token" = ["administrator"]))
)]
async fn take_token(
    State(app): State<App>,
    Administrator(actor): Administrator,
    Path(id): Path<i64>,
) -> Result<StatusCode, Problem> {
    let mut transaction = app.database.begin().await?;
    let registry = existing(&mut transaction, &actor.scope, id).await?;
    registries::hook(&mut transaction, id, None).await?;
    let detail = json!({ "name": registry.name, "taken": true });
    actor.note(&mut transaction, "registry.token", &format!("registry {id}"), &detail).await?;
    transaction.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// One that may be seen.
pub(super) async fn existing(
    on: impl Into<store::On<'_>>,
    scope: &Scope,
    id: i64,
) -> Result<registries::Registry, Problem> {
    registries::find(on, scope, id).await?.ok_or_else(|| Problem::not_found("registry", id))
}

/// The project that images belong to: the one named, or the one that everything belongs to.
async fn project(transaction: &mut Transaction, scope: &Scope, wanted: Option<i64>) -> Result<i64, Problem> {
    match wanted {
        None => Ok(store::projects::ensure(transaction, store::projects::DEFAULT).await?),
        Some(id) => match store::projects::find(transaction, scope, id).await? {
            Some(_) => Ok(id),
            None => Err(Problem::not_found("project", id)),
        },
    }
}

/// What is secret, as it is kept.
impl From<api::RegistrySecrets> for Secrets {
    fn from(secrets: api::RegistrySecrets) -> Self {
        let some = |text: Option<String>| text.filter(|text| !text.is_empty());
        Self {
            password: some(secrets.password),
            session_token: some(secrets.session_token),
            proxy: some(secrets.proxy),
        }
    }
}
