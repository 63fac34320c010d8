//! Tokens by which programs speak to the server; only their digests are kept.

use crate::sql::Sql;
use crate::{Database, Error, now};

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
    /// What the token may do at most.
    pub role: String,
    /// The only project it sees; nothing for those of the account.
    pub project_id: Option<i64>,
}

/// Who a token speaks for; nobody when it is unknown or over, or its account is disabled.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn bearer(database: &Database, token_hash: &str) -> Result<Option<Bearer>, Error> {
    Sql::read(
        "look a token up",
        "SELECT token.id, account.id AS account_id, account.login, account.role AS account_role, token.role, \
         token.project_id FROM token JOIN account ON account.id = token.account_id \
         WHERE token.token_hash = $1 AND NOT account.disabled AND (token.expires IS NULL OR token.expires > $2)",
    )
    .bind(token_hash)
    .bind(now())
    .optional(database)
    .await
}
