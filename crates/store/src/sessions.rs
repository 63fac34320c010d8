//! Sessions: who is signed in, by the digest of a cookie.

use crate::sql::{On, Sql};
use crate::{Database, Error, now};

/// Nobody who does nothing for so long is signed in any more, in milliseconds.
pub const IDLE: i64 = 12 * 60 * 60 * 1000;
/// Nobody is signed in for longer.
pub const LONGEST: i64 = 7 * 24 * 60 * 60 * 1000;
/// The end is moved at most so often: not every request is to write.
const STEP: i64 = 5 * 60 * 1000;

/// Who is signed in.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Holder {
    /// The account's id.
    pub account_id: i64,
    /// The account's name.
    pub login: String,
    /// What it may do.
    pub role: String,
    /// It sees all projects.
    pub all_projects: bool,
    /// Before anything else its password is to be changed.
    pub must_change: bool,
    /// What a changing request must repeat in a header.
    pub csrf: String,
    /// When they signed in.
    pub created: i64,
    /// When they will not be signed in any more, if nothing is done.
    pub expires: i64,
}

/// Begins a session.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn begin(on: impl Into<On<'_>>, account: i64, token_hash: &str, csrf: &str) -> Result<(), Error> {
    let now = now();
    Sql::write(
        "begin a session",
        "INSERT INTO session (token_hash, account_id, csrf, created, expires) VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(token_hash)
    .bind(account)
    .bind(csrf)
    .bind(now)
    .bind(now.saturating_add(IDLE))
    .run(on)
    .await?;
    Ok(())
}

/// Who is signed in by a cookie, for whom the end is moved; nobody when it is unknown or over, or the account disabled.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn holder(database: &Database, token_hash: &str) -> Result<Option<Holder>, Error> {
    let now = now();
    let found: Option<Holder> = Sql::read(
        "look a session up",
        "SELECT account.id AS account_id, account.login, account.role, account.all_projects, account.must_change, \
         session.csrf, session.created, session.expires FROM session \
         JOIN account ON account.id = session.account_id \
         WHERE session.token_hash = $1 AND NOT account.disabled AND session.expires > $2",
    )
    .bind(token_hash)
    .bind(now)
    .optional(database)
    .await?;
    let Some(mut holder) = found else { return Ok(None) };
    let expires = now.saturating_add(IDLE).min(holder.created.saturating_add(LONGEST));
    if expires.saturating_sub(holder.expires) > STEP {
        Sql::write("move the end of a session", "UPDATE session SET expires = $1 WHERE token_hash = $2")
            .bind(expires)
            .bind(token_hash)
            .run(database)
            .await?;
        holder.expires = expires;
    }
    Ok(Some(holder))
}

/// Ends a session.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn end(on: impl Into<On<'_>>, token_hash: &str) -> Result<(), Error> {
    let sql = Sql::write("end a session", "DELETE FROM session WHERE token_hash = $1").bind(token_hash);
    sql.run(on).await.map(drop)
}

/// Ends all sessions of an account, but for one that stays.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn end_all(on: impl Into<On<'_>>, account: i64, stays: Option<&str>) -> Result<(), Error> {
    Sql::write("end sessions", "DELETE FROM session WHERE account_id = $1 AND token_hash <> $2")
        .bind(account)
        .bind(stays.unwrap_or_default())
        .run(on)
        .await
        .map(drop)
}

/// Forgets the sessions that are over.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn sweep(on: impl Into<On<'_>>) -> Result<(), Error> {
    let sql = Sql::write("forget sessions", "DELETE FROM session WHERE expires <= $1").bind(now());
    sql.run(on).await.map(drop)
}
