use api::{ProblemCode, Role};
use axum::extract::State;
use http::StatusCode;
use serde_json::json;
use store::tokens;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::page;
use crate::App;
use crate::access::secret::{self, TOKEN_PREFIX};
use crate::access::{Actor, InPerson, Viewer, digest};
use crate::extract::{Json, Path, Query};
use crate::problem::Problem;

/// The most characters of a name.
const MOST_NAME: usize = 100;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(delete))
}

/// The tokens of who asks, or of all for administrators
#[utoipa::path(
    get, path = "/tokens", tag = "access", operation_id = "listTokens",
    params(api::TokenFilter, api::PageQuery),
    responses((status = OK, body = api::Page<api::Token>), (status = "default", body = api::Problem)),
    security(("session" = ["viewer"]), ("token" = ["viewer"]))
)]
async fn list(
    State(app): State<App>,
    Viewer(actor): Viewer,
    Query(filter): Query<api::TokenFilter>,
    Query(wanted): Query<api::PageQuery>,
) -> Result<Json<api::Page<api::Token>>, Problem> {
    if filter.all && !actor.role.may(Role::Administrator) {
        let detail = "cannot list the tokens of others: it takes administrator";
        return Err(Problem::new(ProblemCode::Forbidden, detail));
    }
    let account = (!filter.all).then_some(actor.account);
    let found = tokens::list(&app.database, account, &page::wanted(wanted)).await?;
    let mut items = Vec::with_capacity(found.items.len());
    for found in found.items {
        items.push(token(found)?);
    }
    Ok(Json(api::Page { items, next: found.next }))
}

/// Make a token of one's own; what it is, is told this once
#[utoipa::path(
    post, path = "/tokens", tag = "access", operation_id = "createToken",
    request_body = api::NewToken,
    responses((status = CREATED, body = api::CreatedToken), (status = "default", body = api::Problem)),
    security(("session" = ["viewer"]))
)]
async fn create(
    State(app): State<App>,
    Viewer(actor): Viewer,
    // Who finds a token is not to make others of it that stay.
    _: InPerson,
    Json(wanted): Json<api::NewToken>,
) -> Result<(StatusCode, Json<api::CreatedToken>), Problem> {
    check(&actor, &wanted)?;
    let name = name(&wanted.name)?;
    let value = format!("{TOKEN_PREFIX}{}", secret::random()?);
    let mut transaction = app.database.begin().await?;
    if let Some(project) = wanted.project_id {
        let found = store::projects::find(&mut transaction, &actor.scope, project).await?;
        found.ok_or_else(|| Problem::not_found("project", project))?;
    }
    if tokens::count(&mut transaction, actor.account).await? >= tokens::MOST {
        let detail = format!("cannot make more than {} tokens; hint: delete one", tokens::MOST);
        return Err(Problem::new(ProblemCode::Conflict, detail));
    }
    let new = tokens::NewToken {
        name,
        token_hash: &digest(&value),
        account: actor.account,
        role: wanted.role.word(),
        project: wanted.project_id,
        expires: wanted.expires,
    };
    let id = tokens::create(&mut transaction, &new).await?;
    let detail = json!({
        "name": name, "role": wanted.role, "project_id": wanted.project_id, "expires": wanted.expires
    });
    actor.note(&mut transaction, "token.create", &format!("token {id}"), &detail).await?;
    let made = tokens::find(&mut transaction, id).await?;
    transaction.commit().await?;
    let token = token(made.ok_or_else(|| Problem::not_found("token", id))?)?;
    Ok((StatusCode::CREATED, Json(api::CreatedToken { token, value })))
}

/// Delete a token of one's own, or any for administrators
#[utoipa::path(
    delete, path = "/tokens/{id}", tag = "access", operation_id = "deleteToken",
    params(("id" = i64, Path, description = "The token")),
    responses((status = NO_CONTENT), (status = "default", body = api::Problem)),
    security(("session" = ["viewer"]), ("token" = ["viewer"]))
)]
async fn delete(
    State(app): State<App>,
    Viewer(actor): Viewer,
    Path(id): Path<i64>,
) -> Result<StatusCode, Problem> {
    let mut transaction = app.database.begin().await?;
    let found = tokens::find(&mut transaction, id).await?;
    let mine =
        |token: &tokens::Token| token.account_id == actor.account || actor.role.may(Role::Administrator);
    let found = found.filter(mine).ok_or_else(|| Problem::not_found("token", id))?;
    tokens::delete(&mut transaction, id).await?;
    let detail = json!({"name": found.name, "login": found.login});
    actor.note(&mut transaction, "token.delete", &format!("token {id}"), &detail).await?;
    transaction.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Refuses a token that would never do what it says.
fn check(actor: &Actor, wanted: &api::NewToken) -> Result<(), Problem> {
    let role = wanted.role;
    if !actor.role.may(role) {
        let (have, word) = (actor.role.word(), role.word());
        let detail = format!("cannot make a token of {word}: the account is {have}");
        return Err(Problem::new(ProblemCode::Forbidden, detail));
    }
    if wanted.project_id.is_some() && role != role.within_projects() {
        let word = role.word();
        return Err(Problem::invalid(format!(
            "cannot limit the token to a project: {word} is for all of them"
        )));
    }
    if wanted.expires.is_some_and(|expires| expires <= store::now()) {
        return Err(Problem::invalid("cannot make a token that is over already"));
    }
    Ok(())
}

/// A name without the spaces around it.
pub(super) fn name(text: &str) -> Result<&str, Problem> {
    let name = text.trim();
    if name.is_empty() || name.chars().count() > MOST_NAME || name.contains(char::is_control) {
        let rule = format!("1 to {MOST_NAME} characters, none of them a control character");
        return Err(Problem::invalid(format!("cannot take the name: it has {rule}")));
    }
    Ok(name)
}

fn token(token: tokens::Token) -> Result<api::Token, Problem> {
    Ok(api::Token {
        id: token.id,
        name: token.name,
        account_id: token.account_id,
        login: token.login,
        role: super::accounts::role(&token.role)?,
        project_id: token.project_id,
        created: token.created,
        expires: token.expires,
        used: token.used,
    })
}
