use std::collections::HashMap;

use api::{Language, ProblemCode, Role};
use axum::extract::State;
use http::StatusCode;
use serde_json::json;
use store::{Scope, Transaction, accounts};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::page;
use crate::App;
use crate::access::{Administrator, Auditor, password, secret, sign_in};
use crate::extract::{Json, Path, Query};
use crate::problem::Problem;

/// The most projects that are named for one account.
const MOST_PROJECTS: usize = 1000;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(find, change, delete))
        .routes(routes!(reset_password))
}

/// The accounts, by name
#[utoipa::path(
    get, path = "/accounts", tag = "access", operation_id = "listAccounts",
    params(api::AccountFilter, api::PageQuery),
    responses((status = OK, body = api::Page<api::Account>), (status = "default", body = api::Problem)),
    security(("session" = ["auditor"]), ("token" = ["auditor"]))
)]
async fn list(
    State(app): State<App>,
    Auditor(_actor): Auditor,
    Query(filter): Query<api::AccountFilter>,
    Query(wanted): Query<api::PageQuery>,
) -> Result<Json<api::Page<api::Account>>, Problem> {
    let page = accounts::list(&app.database, filter.search.as_deref(), &page::wanted(wanted)).await?;
    let items = whole(&app, page.items).await?;
    Ok(Json(api::Page { items, next: page.next }))
}

/// One account
#[utoipa::path(
    get, path = "/accounts/{id}", tag = "access", operation_id = "getAccount",
    params(("id" = i64, Path, description = "The account")),
    responses((status = OK, body = api::Account), (status = "default", body = api::Problem)),
    security(("session" = ["auditor"]), ("token" = ["auditor"]))
)]
async fn find(
    State(app): State<App>,
    Auditor(_actor): Auditor,
    Path(id): Path<i64>,
) -> Result<Json<api::Account>, Problem> {
    account(&app, id).await.map(Json)
}

/// Make an account
#[utoipa::path(
    post, path = "/accounts", tag = "access", operation_id = "createAccount",
    request_body = api::NewAccount,
    responses((status = CREATED, body = api::CreatedAccount), (status = "default", body = api::Problem)),
    security(("session" = ["administrator"]), ("token" = ["administrator"]))
)]
async fn create(
    State(app): State<App>,
    Administrator(actor): Administrator,
    Json(wanted): Json<api::NewAccount>,
) -> Result<(StatusCode, Json<api::CreatedAccount>), Problem> {
    check_login(&wanted.login)?;
    let (given, made) = password_or_random(&wanted.login, wanted.password)?;
    let hash = password::hash(given).await?;
    let mut transaction = app.database.begin().await?;
    accounts::take(&mut transaction).await?;
    if let Some(projects) = &wanted.projects {
        check_projects(&mut transaction, wanted.role, projects).await?;
    }
    let new = accounts::NewAccount {
        login: &wanted.login,
        password_hash: &hash,
        role: wanted.role.word(),
        language: wanted.language.word(),
        projects: wanted.projects.as_deref(),
        must_change: wanted.must_change_password.unwrap_or(true),
    };
    let id = accounts::create(&mut transaction, &new).await?;
    let detail = json!({"login": wanted.login, "role": wanted.role, "projects": wanted.projects});
    actor.note(&mut transaction, "account.create", &format!("account {id}"), &detail).await?;
    transaction.commit().await?;
    let account = account(&app, id).await?;
    Ok((StatusCode::CREATED, Json(api::CreatedAccount { account, password: made })))
}

/// Change an account: role, language, projects, whether anybody signs in with it
#[utoipa::path(
    patch, path = "/accounts/{id}", tag = "access", operation_id = "changeAccount",
    params(("id" = i64, Path, description = "The account")),
    request_body = api::AccountChange,
    responses((status = OK, body = api::Account), (status = "default", body = api::Problem)),
    security(("session" = ["administrator"]), ("token" = ["administrator"]))
)]
async fn change(
    State(app): State<App>,
    Administrator(actor): Administrator,
    Path(id): Path<i64>,
    Json(wanted): Json<api::AccountChange>,
) -> Result<Json<api::Account>, Problem> {
    let mut transaction = app.database.begin().await?;
    accounts::take(&mut transaction).await?;
    let before = accounts::find(&mut transaction, id).await?;
    let before = before.ok_or_else(|| Problem::not_found("account", id))?;
    let role = wanted.role.map_or_else(|| role(&before.role), Ok)?;
    let projects = projects(&wanted)?;
    match &projects {
        Some(Some(projects)) => check_projects(&mut transaction, role, projects).await?,
        None if !before.all_projects => check_projects(&mut transaction, role, &[]).await?,
        _ => {}
    }
    let change = accounts::Change {
        role: wanted.role.map(Role::word),
        language: wanted.language.map(Language::word),
        disabled: wanted.disabled,
        projects,
    };
    accounts::change(&mut transaction, id, &change).await?;
    check_administrators(&mut transaction).await?;
    if wanted.disabled == Some(true) {
        store::sessions::end_all(&mut transaction, id, None).await?;
    }
    let detail = serde_json::to_value(&wanted).map_err(|error| Problem::internal(&error))?;
    actor.note(&mut transaction, "account.change", &format!("account {id}"), &detail).await?;
    transaction.commit().await?;
    account(&app, id).await.map(Json)
}

/// Delete an account with its sessions and tokens
#[utoipa::path(
    delete, path = "/accounts/{id}", tag = "access", operation_id = "deleteAccount",
    params(("id" = i64, Path, description = "The account")),
    responses((status = NO_CONTENT), (status = "default", body = api::Problem)),
    security(("session" = ["administrator"]), ("token" = ["administrator"]))
)]
async fn delete(
    State(app): State<App>,
    Administrator(actor): Administrator,
    Path(id): Path<i64>,
) -> Result<StatusCode, Problem> {
    if id == actor.account {
        return Err(Problem::new(ProblemCode::Conflict, "cannot delete the account that asks for it"));
    }
    let mut transaction = app.database.begin().await?;
    accounts::take(&mut transaction).await?;
    let before = accounts::find(&mut transaction, id).await?;
    let before = before.ok_or_else(|| Problem::not_found("account", id))?;
    accounts::delete(&mut transaction, id).await?;
    check_administrators(&mut transaction).await?;
    let detail = json!({"login": before.login});
    actor.note(&mut transaction, "account.delete", &format!("account {id}"), &detail).await?;
    transaction.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Give an account another password, end its sessions, and lift its lock
#[utoipa::path(
    put, path = "/accounts/{id}/password", tag = "access", operation_id = "resetPassword",
    params(("id" = i64, Path, description = "The account")),
    request_body = api::PasswordReset,
    responses((status = OK, body = api::CreatedAccount), (status = "default", body = api::Problem)),
    security(("session" = ["administrator"]), ("token" = ["administrator"]))
)]
async fn reset_password(
    State(app): State<App>,
    Administrator(actor): Administrator,
    Path(id): Path<i64>,
    Json(wanted): Json<api::PasswordReset>,
) -> Result<Json<api::CreatedAccount>, Problem> {
    let before = accounts::find(&app.database, id).await?;
    let before = before.ok_or_else(|| Problem::not_found("account", id))?;
    let (given, made) = password_or_random(&before.login, wanted.password)?;
    let hash = password::hash(given).await?;
    let mut transaction = app.database.begin().await?;
    accounts::set_password(&mut transaction, id, &hash, id != actor.account).await?;
    store::sessions::end_all(&mut transaction, id, None).await?;
    let object = format!("account {id}");
    actor.note(&mut transaction, "account.reset_password", &object, &json!({})).await?;
    transaction.commit().await?;
    store::attempts::forget(&app.database, &sign_in::subject_of_login(&before.login)).await?;
    let account = account(&app, id).await?;
    Ok(Json(api::CreatedAccount { account, password: made }))
}

/// The password to set, and the one to tell when nobody gave it.
fn password_or_random(login: &str, given: Option<String>) -> Result<(String, Option<String>), Problem> {
    match given {
        Some(given) => {
            password::check(login, &given)?;
            Ok((given, None))
        }
        None => {
            let made = secret::random_password()?;
            Ok((made.clone(), Some(made)))
        }
    }
}

fn check_login(login: &str) -> Result<(), Problem> {
    let plain = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit();
    let begins = login.starts_with(plain);
    if begins && login.len() <= 64 && login.chars().all(|letter| plain(letter) || "._@-".contains(letter)) {
        return Ok(());
    }
    let rule = "at most 64 small letters, digits and `._@-`, a letter or digit first";
    Err(Problem::invalid(format!("cannot take the name of the account: it has {rule}")))
}

/// Refuses projects that there are not, and roles that are not for some projects.
async fn check_projects(transaction: &mut Transaction, role: Role, projects: &[i64]) -> Result<(), Problem> {
    if role != role.within_projects() {
        let word = role.word();
        return Err(Problem::invalid(format!(
            "cannot limit the account to projects: {word} is for all of them"
        )));
    }
    if projects.len() > MOST_PROJECTS {
        return Err(Problem::invalid(format!("cannot name more than {MOST_PROJECTS} projects")));
    }
    match store::projects::missing(transaction, projects).await?.first() {
        Some(missing) => Err(Problem::invalid(format!("cannot find project `{missing}`"))),
        None => Ok(()),
    }
}

/// What is asked about the projects of an account.
fn projects(wanted: &api::AccountChange) -> Result<Option<Option<&[i64]>>, Problem> {
    match (wanted.all_projects, wanted.projects.as_deref()) {
        (Some(true), Some(_)) => {
            Err(Problem::invalid("cannot limit the account to projects and let it see all"))
        }
        (Some(true), None) => Ok(Some(None)),
        (_, Some(projects)) => Ok(Some(Some(projects))),
        (Some(false), None) => Ok(Some(Some(&[]))),
        (None, None) => Ok(None),
    }
}

/// Somebody can always do everything.
async fn check_administrators(transaction: &mut Transaction) -> Result<(), Problem> {
    if accounts::administrators(transaction).await? > 0 {
        return Ok(());
    }
    let detail = "cannot go on without an administrator who can sign in; hint: make another one before";
    Err(Problem::new(ProblemCode::Conflict, detail))
}

/// One account as it is sent.
pub(super) async fn account(app: &App, id: i64) -> Result<api::Account, Problem> {
    let found = accounts::find(&app.database, id).await?;
    let whole = whole(app, found.into_iter().collect()).await?;
    whole.into_iter().next().ok_or_else(|| Problem::not_found("account", id))
}

/// Accounts with their projects and locks.
async fn whole(app: &App, found: Vec<accounts::Account>) -> Result<Vec<api::Account>, Problem> {
    let subjects = found.iter().map(|account| sign_in::subject_of_login(&account.login)).collect();
    let locks = store::attempts::locked(&app.database, subjects).await?;
    let locks: HashMap<String, i64> = locks.into_iter().collect();
    let mut whole = Vec::with_capacity(found.len());
    for account in found {
        let scope = accounts::scope(&app.database, account.id, account.all_projects).await?;
        let projects = match scope {
            Scope::All => Vec::new(),
            Scope::Projects(projects) => projects,
        };
        whole.push(api::Account {
            id: account.id,
            role: role(&account.role)?,
            language: language(&account.language)?,
            all_projects: account.all_projects,
            projects,
            disabled: account.disabled,
            must_change_password: account.must_change,
            locked_until: locks.get(&sign_in::subject_of_login(&account.login)).copied(),
            created: account.created,
            login: account.login,
        });
    }
    Ok(whole)
}

/// What is kept is one of the words that are known.
pub(super) fn role(word: &str) -> Result<Role, Problem> {
    word.parse().map_err(|_unknown| Problem::damaged("role", word))
}

/// What is kept is one of the words that are known.
pub(super) fn language(word: &str) -> Result<Language, Problem> {
    word.parse().map_err(|_unknown| Problem::damaged("language", word))
}
