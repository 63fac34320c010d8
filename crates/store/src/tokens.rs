//! Tokens by which programs speak to the server; only their digests are kept.

use crate::sql::{On, Sql};
use crate::{Database, Error, Key, Order, Page, Sorted, Wanted, now};

/// The use of a token is noted at most so often, in milliseconds: not every request is to write.
const STEP: i64 = 5 * 60 * 1000;
/// The most tokens of one account.
pub const MOST: i64 = 100;

/// Who a token speaks for.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Bearer {
    /// The token's id.
    pub id: i64,
    /// The account's id.
    pub account_id: i64,
    /// The account's name.
    pub login: String,
    /// What the account may do.
    pub account_role: String,
    /// The account sees all projects.
    pub all_projects: bool,
    /// What the token may do at most.
    pub role: String,
    /// The only project it sees; nothing for those of the account.
    pub project_id: Option<i64>,
    /// When it was last used, as far as that was noted.
    pub used: Option<i64>,
}

/// A token, without what it is.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Token {
    /// Its id.
    pub id: i64,
    /// What it is called.
    pub name: String,
    /// The account's id.
    pub account_id: i64,
    /// The account's name.
    pub login: String,
    /// What it may do at most.
    pub role: String,
    /// The only project it sees; nothing for those of the account.
    pub project_id: Option<i64>,
    /// When it was made, in milliseconds since 1970.
    pub created: i64,
    /// When it is over; nothing for never.
    pub expires: Option<i64>,
    /// When it was last used, to some minutes.
    pub used: Option<i64>,
}

/// A token that is to be made.
#[derive(Clone, Debug)]
pub struct NewToken<'a> {
    /// What it is called.
    pub name: &'a str,
    /// SHA-256 of it.
    pub token_hash: &'a str,
    /// The account's id.
    pub account: i64,
    /// What it may do at most.
    pub role: &'a str,
    /// The only project it sees; nothing for those of the account.
    pub project: Option<i64>,
    /// When it is over; nothing for never.
    pub expires: Option<i64>,
}

const SELECT: &str = "SELECT token.id, token.name, token.account_id, account.login, token.role, token.project_id, \
    token.created, token.expires, token.used FROM token JOIN account ON account.id = token.account_id WHERE TRUE";

/// Who a token speaks for; nobody when it is unknown or over, or its account is disabled.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn bearer(database: &Database, token_hash: &str) -> Result<Option<Bearer>, Error> {
    let now = now();
    let found: Option<Bearer> = Sql::read(
        "look a token up",
        "SELECT token.id, account.id AS account_id, account.login, account.role AS account_role, \
         account.all_projects, token.role, token.project_id, token.used \
         FROM token JOIN account ON account.id = token.account_id \
         WHERE token.token_hash = $1 AND NOT account.disabled AND (token.expires IS NULL OR token.expires > $2)",
    )
    .bind(token_hash)
    .bind(now)
    .optional(database)
    .await?;
    if let Some(bearer) = found.as_ref().filter(|bearer| now.saturating_sub(bearer.used.unwrap_or(0)) > STEP)
    {
        Sql::write("note the use of a token", "UPDATE token SET used = $1 WHERE id = $2")
            .bind(now)
            .bind(bearer.id)
            .run(database)
            .await?;
    }
    Ok(found)
}

/// Those of an account, or of all, by name.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn list(database: &Database, account: Option<i64>, wanted: &Wanted) -> Result<Page<Token>, Error> {
    let mut sql = Sql::read("list tokens", SELECT);
    if let Some(account) = account {
        sql = sql.with(" AND token.account_id = ", account);
    }
    let order = Order { by: "token.name", id: "token.id", of: Sorted::Texts, descending: false };
    let tokens = wanted.ask(sql, order)?.all(database).await?;
    Ok(wanted.page(tokens, |token: &Token| (Key::Text(token.name.clone()), token.id)))
}

/// One token.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn find(on: impl Into<On<'_>>, id: i64) -> Result<Option<Token>, Error> {
    Sql::read("find a token", SELECT).with(" AND token.id = ", id).optional(on).await
}

/// How many an account has.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn count(on: impl Into<On<'_>>, account: i64) -> Result<i64, Error> {
    let sql = Sql::read("count tokens", "SELECT COUNT(*) FROM token WHERE account_id = $1").bind(account);
    let (count,): (i64,) = sql.one(on).await?;
    Ok(count)
}

/// Makes a token; gives its id.
///
/// # Errors
/// When the account has one of that name, or the database refuses or is gone.
pub async fn create(on: impl Into<On<'_>>, new: &NewToken<'_>) -> Result<i64, Error> {
    let made: Option<(i64,)> = Sql::write(
        "make a token",
        "INSERT INTO token (name, token_hash, account_id, role, project_id, created, expires) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (account_id, name) DO NOTHING RETURNING id",
    )
    .bind(new.name)
    .bind(new.token_hash)
    .bind(new.account)
    .bind(new.role)
    .bind(new.project)
    .bind(now())
    .bind(new.expires)
    .optional(on)
    .await?;
    made.map(|(id,)| id).ok_or_else(|| Error::Exists { what: "token", name: new.name.to_owned() })
}

/// Deletes a token; gives whether there was such.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn delete(on: impl Into<On<'_>>, id: i64) -> Result<bool, Error> {
    let sql = Sql::write("delete a token", "DELETE FROM token WHERE id = $1").bind(id);
    Ok(sql.run(on).await? > 0)
}
