use api::Language;
use axum::extract::State;
use http::header::SET_COOKIE;
use http::request::Parts;
use http::{HeaderMap, HeaderValue, StatusCode};
use serde_json::{Value, json};
use store::Scope;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;
use crate::access::{self, Actor, Credential, InPerson, SignedIn, Viewer, password, sign_in};
use crate::extract::Json;
use crate::problem::Problem;

/// The most bytes of what the console remembers for an account.
const MOST_PREFERENCES: usize = 64 << 10;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(begin, end))
        .routes(routes!(me, change))
        .routes(routes!(change_password))
        .routes(routes!(preferences, keep_preferences))
}

/// Sign in
#[utoipa::path(
    post, path = "/session", tag = "access", operation_id = "signIn",
    request_body = api::SignIn,
    responses(
        (status = OK, body = api::Me, headers(("set-cookie" = String, description = "The session"))),
        (status = "default", body = api::Problem)
    ),
    security(())
)]
async fn begin(
    State(app): State<App>,
    parts: Parts,
    Json(wanted): Json<api::SignIn>,
) -> Result<(HeaderMap, Json<api::Me>), Problem> {
    // No other site's page signs anybody in here.
    if parts.headers.get("sec-fetch-site").is_some_and(|site| site == "cross-site") {
        let detail = "cannot sign in from another site's page: open the console itself";
        return Err(Problem::new(api::ProblemCode::CsrfTokenMissing, detail));
    }
    let begun = sign_in::sign_in(&app, wanted, &access::address(&parts)).await?;
    let account = super::accounts::account(&app, begun.account).await?;
    let me = api::Me {
        id: account.id,
        login: account.login,
        role: account.role,
        language: account.language,
        all_projects: account.all_projects,
        projects: account.projects,
        must_change_password: account.must_change_password,
        csrf_token: Some(begun.csrf),
        expires: Some(store::now().saturating_add(store::sessions::IDLE)),
    };
    Ok((cookie(access::set_cookie(&parts, &begun.cookie))?, Json(me)))
}

/// Sign out
#[utoipa::path(
    delete, path = "/session", tag = "access", operation_id = "signOut",
    responses((status = NO_CONTENT), (status = "default", body = api::Problem)),
    security(("session" = ["viewer"]))
)]
async fn end(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    _: InPerson,
    parts: Parts,
) -> Result<(StatusCode, HeaderMap), Problem> {
    let mut transaction = app.database.begin().await?;
    if let Credential::Session { digest, .. } = &actor.credential {
        store::sessions::end(&mut transaction, digest).await?;
    }
    actor.note(&mut transaction, "session.end", &format!("account {}", actor.account), &json!({})).await?;
    transaction.commit().await?;
    Ok((StatusCode::NO_CONTENT, cookie(access::cookie_taken_away(&parts))?))
}

fn cookie(text: String) -> Result<HeaderMap, Problem> {
    let value = HeaderValue::try_from(text).map_err(|error| Problem::internal(&error))?;
    Ok(HeaderMap::from_iter([(SET_COOKIE, value)]))
}

/// Who asks
#[utoipa::path(
    get, path = "/me", tag = "access", operation_id = "getMe",
    responses((status = OK, body = api::Me), (status = "default", body = api::Problem)),
    security(("session" = ["viewer"]), ("token" = ["viewer"]))
)]
async fn me(State(app): State<App>, SignedIn(actor): SignedIn) -> Result<Json<api::Me>, Problem> {
    tell(&app, actor).await.map(Json)
}

async fn tell(app: &App, actor: Actor) -> Result<api::Me, Problem> {
    let account = store::accounts::find(&app.database, actor.account).await?;
    let account = account.ok_or_else(|| Problem::not_found("account", actor.account))?;
    let (csrf_token, expires) = match actor.credential {
        Credential::Session { csrf, expires, .. } => (Some(csrf), Some(expires)),
        Credential::Token(_) => (None, None),
    };
    let projects = match actor.scope {
        Scope::All => None,
        Scope::Projects(projects) => Some(projects),
    };
    Ok(api::Me {
        id: account.id,
        login: account.login,
        role: actor.role,
        language: super::accounts::language(&account.language)?,
        all_projects: projects.is_none(),
        projects: projects.unwrap_or_default(),
        must_change_password: account.must_change,
        csrf_token,
        expires,
    })
}

/// Change one's own account
#[utoipa::path(
    patch, path = "/me", tag = "access", operation_id = "changeMe",
    request_body = api::MyChange,
    responses((status = OK, body = api::Me), (status = "default", body = api::Problem)),
    security(("session" = ["viewer"]), ("token" = ["viewer"]))
)]
async fn change(
    State(app): State<App>,
    Viewer(actor): Viewer,
    Json(wanted): Json<api::MyChange>,
) -> Result<Json<api::Me>, Problem> {
    let mut transaction = app.database.begin().await?;
    let change =
        store::accounts::Change { language: wanted.language.map(Language::word), ..Default::default() };
    store::accounts::change(&mut transaction, actor.account, &change).await?;
    let detail = json!({"language": wanted.language});
    actor.note(&mut transaction, "account.change", &format!("account {}", actor.account), &detail).await?;
    transaction.commit().await?;
    tell(&app, actor).await.map(Json)
}

/// Change one's own password; all other sessions of the account end
#[utoipa::path(
    put, path = "/me/password", tag = "access", operation_id = "changeMyPassword",
    request_body = api::PasswordChange,
    responses((status = NO_CONTENT), (status = "default", body = api::Problem)),
    security(("session" = ["viewer"]))
)]
async fn change_password(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    _: InPerson,
    Json(wanted): Json<api::PasswordChange>,
) -> Result<StatusCode, Problem> {
    password::check(&actor.login, &wanted.new)?;
    if wanted.new == wanted.current {
        return Err(Problem::invalid("cannot take the password: it is the one of before"));
    }
    sign_in::confirm(&app, &actor, wanted.current).await?;
    let hash = password::hash(wanted.new).await?;
    let mut transaction = app.database.begin().await?;
    store::accounts::set_password(&mut transaction, actor.account, &hash, false).await?;
    let stays = match &actor.credential {
        Credential::Session { digest, .. } => Some(digest.as_str()),
        Credential::Token(_) => None,
    };
    store::sessions::end_all(&mut transaction, actor.account, stays).await?;
    let object = format!("account {}", actor.account);
    actor.note(&mut transaction, "account.change_password", &object, &json!({})).await?;
    transaction.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What the console remembers for who asks
#[utoipa::path(
    get, path = "/me/preferences", tag = "access", operation_id = "getMyPreferences",
    responses((status = OK, body = Object), (status = "default", body = api::Problem)),
    security(("session" = ["viewer"]), ("token" = ["viewer"]))
)]
async fn preferences(State(app): State<App>, Viewer(actor): Viewer) -> Result<Json<Value>, Problem> {
    let kept = store::accounts::preferences(&app.database, actor.account).await?;
    let kept = kept.ok_or_else(|| Problem::not_found("account", actor.account))?;
    Ok(Json(serde_json::from_str(&kept).map_err(|error| Problem::internal(&error))?))
}

/// Keep what the console remembers for who asks: an object of at most 64 KiB
#[utoipa::path(
    put, path = "/me/preferences", tag = "access", operation_id = "keepMyPreferences",
    request_body = Object,
    responses((status = NO_CONTENT), (status = "default", body = api::Problem)),
    security(("session" = ["viewer"]), ("token" = ["viewer"]))
)]
async fn keep_preferences(
    State(app): State<App>,
    Viewer(actor): Viewer,
    Json(wanted): Json<serde_json::Map<String, Value>>,
) -> Result<StatusCode, Problem> {
    let text = Value::Object(wanted).to_string();
    if text.len() > MOST_PREFERENCES {
        let detail = format!("cannot keep the preferences: they have more than {MOST_PREFERENCES} bytes");
        return Err(Problem::new(api::ProblemCode::TooLarge, detail));
    }
    let mut transaction = app.database.begin().await?;
    store::accounts::set_preferences(&mut transaction, actor.account, &text).await?;
    let object = format!("account {}", actor.account);
    actor.note(&mut transaction, "account.keep_preferences", &object, &json!({"bytes": text.len()})).await?;
    transaction.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
