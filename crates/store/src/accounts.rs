//! Accounts: people who sign in.

use crate::sql::{On, Sql};
use crate::{Database, Error, Key, Order, Page, Scope, Sorted, Transaction, Wanted, now};

/// An account, without its password.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Account {
    /// Its id.
    pub id: i64,
    /// Its name.
    pub login: String,
    /// What it may do.
    pub role: String,
    /// The language it is told things in.
    pub language: String,
    /// It sees all projects.
    pub all_projects: bool,
    /// Nobody signs in with it.
    pub disabled: bool,
    /// Before anything else its password is to be changed.
    pub must_change: bool,
    /// When it was made, in milliseconds since 1970.
    pub created: i64,
}

/// An account that is to be made.
#[derive(Clone, Debug)]
pub struct NewAccount<'a> {
    /// Its name.
    pub login: &'a str,
    /// The hash of its password.
    pub password_hash: &'a str,
    /// What it may do.
    pub role: &'a str,
    /// The language it is told things in.
    pub language: &'a str,
    /// The projects it sees; nothing for all.
    pub projects: Option<&'a [i64]>,
    /// Before anything else its password is to be changed.
    pub must_change: bool,
}

/// What is changed of an account; what is nothing stays.
#[derive(Clone, Debug, Default)]
pub struct Change<'a> {
    /// What it may do.
    pub role: Option<&'a str>,
    /// The language it is told things in.
    pub language: Option<&'a str>,
    /// Nobody signs in with it.
    pub disabled: Option<bool>,
    /// The projects it sees; nothing inside for all.
    pub projects: Option<Option<&'a [i64]>>,
}

const SELECT: &str = "SELECT id, login, role, language, all_projects, disabled, must_change, created \
    FROM account WHERE TRUE";

/// Those whose name holds `search`, by name.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn list(
    database: &Database,
    search: Option<&str>,
    wanted: &Wanted,
) -> Result<Page<Account>, Error> {
    let mut sql = Sql::read("list accounts", SELECT);
    if let Some(search) = search {
        sql = sql.with(" AND LOWER(login) LIKE ", format!("%{}%", search.to_lowercase()));
    }
    let order = Order { by: "login", id: "id", of: Sorted::Texts, descending: false };
    let accounts = wanted.ask(sql, order)?.all(database).await?;
    Ok(wanted.page(accounts, |account: &Account| (Key::Text(account.login.clone()), account.id)))
}

/// One account.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn find(on: impl Into<On<'_>>, id: i64) -> Result<Option<Account>, Error> {
    Sql::read("find an account", SELECT).with(" AND id = ", id).optional(on).await
}

/// The one of a name, and the hash of its password.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn named(database: &Database, login: &str) -> Result<Option<(i64, String, bool)>, Error> {
    const SELECT: &str = "SELECT id, password_hash, disabled FROM account WHERE login = $1";
    Sql::read("find who signs in", SELECT).bind(login).optional(database).await
}

/// The hash of the password of an account.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn password(database: &Database, id: i64) -> Result<Option<String>, Error> {
    let found: Option<(String,)> =
        Sql::read("find a password", "SELECT password_hash FROM account WHERE id = $1")
            .bind(id)
            .optional(database)
            .await?;
    Ok(found.map(|(hash,)| hash))
}

/// Makes an account; gives its id.
///
/// # Errors
/// When there is one of that name, or the database refuses or is gone.
pub async fn create(transaction: &mut Transaction, new: &NewAccount<'_>) -> Result<i64, Error> {
    let made: Option<(i64,)> = Sql::write(
        "make an account",
        "INSERT INTO account (login, password_hash, role, language, all_projects, must_change, created) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (login) DO NOTHING RETURNING id",
    )
    .bind(new.login)
    .bind(new.password_hash)
    .bind(new.role)
    .bind(new.language)
    .bind(new.projects.is_none())
    .bind(new.must_change)
    .bind(now())
    .optional(&mut *transaction)
    .await?;
    let (id,) = made.ok_or_else(|| Error::Exists { what: "account", name: new.login.to_owned() })?;
    for project in new.projects.unwrap_or_default() {
        join(&mut *transaction, id, *project).await?;
    }
    Ok(id)
}

/// Changes an account; gives whether there is such.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn change(transaction: &mut Transaction, id: i64, change: &Change<'_>) -> Result<bool, Error> {
    let mut sql = Sql::write("change an account", "UPDATE account SET id = id");
    if let Some(role) = change.role {
        sql = sql.with(", role = ", role);
    }
    if let Some(language) = change.language {
        sql = sql.with(", language = ", language);
    }
    if let Some(disabled) = change.disabled {
        sql = sql.with(", disabled = ", disabled);
    }
    if let Some(projects) = change.projects {
        sql = sql.with(", all_projects = ", projects.is_none());
    }
    let changed = sql.with(" WHERE id = ", id).run(&mut *transaction).await? > 0;
    if let Some(projects) = change.projects.filter(|_| changed) {
        Sql::write("change an account's projects", "DELETE FROM account_project WHERE account_id = $1")
            .bind(id)
            .run(&mut *transaction)
            .await?;
        for project in projects.unwrap_or_default() {
            join(&mut *transaction, id, *project).await?;
        }
    }
    Ok(changed)
}

/// Lets an account see a project.
async fn join(transaction: &mut Transaction, account: i64, project: i64) -> Result<(), Error> {
    Sql::write(
        "let an account see a project",
        "INSERT INTO account_project (account_id, project_id) VALUES ($1, $2) \
         ON CONFLICT (account_id, project_id) DO NOTHING",
    )
    .bind(account)
    .bind(project)
    .run(transaction)
    .await?;
    Ok(())
}

/// The projects an account sees.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn scope(on: impl Into<On<'_>>, account: i64, all_projects: bool) -> Result<Scope, Error> {
    if all_projects {
        return Ok(Scope::All);
    }
    let projects: Vec<(i64,)> = Sql::read(
        "list the projects of an account",
        "SELECT project_id FROM account_project WHERE account_id = $1 ORDER BY project_id",
    )
    .bind(account)
    .all(on)
    .await?;
    Ok(Scope::Projects(projects.into_iter().map(|(project,)| project).collect()))
}

/// Gives an account another password.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn set_password(
    on: impl Into<On<'_>>,
    id: i64,
    password_hash: &str,
    must_change: bool,
) -> Result<bool, Error> {
    let changed = Sql::write(
        "change a password",
        "UPDATE account SET password_hash = $1, must_change = $2 WHERE id = $3",
    )
    .bind(password_hash)
    .bind(must_change)
    .bind(id)
    .run(on)
    .await?;
    Ok(changed > 0)
}

/// Deletes an account with its sessions and tokens; gives whether there was such.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn delete(on: impl Into<On<'_>>, id: i64) -> Result<bool, Error> {
    let sql = Sql::write("delete an account", "DELETE FROM account WHERE id = $1").bind(id);
    Ok(sql.run(on).await? > 0)
}

/// Takes the accounts for this transaction: nobody else makes or changes one before its end.
///
/// Needed where what is right depends on several of them, as on which administrator is the last.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn take(transaction: &mut Transaction) -> Result<(), Error> {
    // A transaction of SQLite is alone from its beginning.
    if matches!(transaction, Transaction::Postgres(_)) {
        let lock = "LOCK TABLE account IN SHARE ROW EXCLUSIVE MODE";
        Sql::write("wait for other changes of accounts", lock).run(transaction).await?;
    }
    Ok(())
}

/// How many accounts there are.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn count(on: impl Into<On<'_>>) -> Result<i64, Error> {
    let (count,): (i64,) = Sql::read("count accounts", "SELECT COUNT(*) FROM account").one(on).await?;
    Ok(count)
}

/// How many administrators can sign in.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn administrators(on: impl Into<On<'_>>) -> Result<i64, Error> {
    const COUNT: &str = "SELECT COUNT(*) FROM account WHERE role = 'administrator' AND NOT disabled";
    let (count,): (i64,) = Sql::read("count administrators", COUNT).one(on).await?;
    Ok(count)
}

/// What the console remembers for an account, as JSON.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn preferences(database: &Database, id: i64) -> Result<Option<String>, Error> {
    let found: Option<(String,)> =
        Sql::read("read preferences", "SELECT preferences FROM account WHERE id = $1")
            .bind(id)
            .optional(database)
            .await?;
    Ok(found.map(|(preferences,)| preferences))
}

/// Keeps what the console remembers for an account.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn set_preferences(on: impl Into<On<'_>>, id: i64, preferences: &str) -> Result<(), Error> {
    Sql::write("keep preferences", "UPDATE account SET preferences = $1 WHERE id = $2")
        .bind(preferences)
        .bind(id)
        .run(on)
        .await?;
    Ok(())
}
