//! Who did what, and from where: entries are only ever added.

use crate::sql::{On, Sql};
use crate::{Database, Error, Key, Order, Page, Sorted, Wanted, now};

/// The most characters that are kept of an object or a detail.
const MOST: usize = 2_000;

/// One thing that was done, or tried.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Entry {
    /// Its id.
    pub id: i64,
    /// When, in milliseconds since 1970.
    pub at: i64,
    /// Who: the name of an account.
    pub actor: String,
    /// From where.
    pub address: String,
    /// What, as `account.create`.
    pub action: String,
    /// To what, as `account 7`.
    pub object: String,
    /// How: JSON, never with a secret.
    pub detail: String,
}

/// Which entries are wanted.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// By this account.
    pub actor: Option<String>,
    /// This action, or with a `.` at the end all that begin so.
    pub action: Option<String>,
    /// To this object.
    pub object: Option<String>,
    /// From this time on.
    pub since: Option<i64>,
    /// Before this time.
    pub until: Option<i64>,
}

/// Notes that somebody did something, best in the transaction that does it.
///
/// `action` is a word as `account.create`, `object` names what it was done to as `account 7`, `detail` is JSON and
/// holds no secret.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn note(
    on: impl Into<On<'_>>,
    actor: &str,
    address: &str,
    action: &str,
    object: &str,
    detail: &str,
) -> Result<(), Error> {
    Sql::write(
        "note what was done",
        "INSERT INTO audit (at, actor, address, action, object, detail) VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(now())
    .bind(cut(actor))
    .bind(address)
    .bind(action)
    .bind(cut(object))
    .bind(cut(detail))
    .run(on)
    .await?;
    Ok(())
}

/// Some of a long text; PostgreSQL keeps no NUL.
fn cut(text: &str) -> String {
    text.chars().filter(|letter| *letter != '\0').take(MOST).collect()
}

/// What was done, the latest first.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn list(database: &Database, filter: &Filter, wanted: &Wanted) -> Result<Page<Entry>, Error> {
    const SELECT: &str = "SELECT id, at, actor, address, action, object, detail FROM audit WHERE TRUE";
    let mut sql = Sql::read("list what was done", SELECT);
    if let Some(actor) = &filter.actor {
        sql = sql.with(" AND actor = ", actor);
    }
    match filter.action.as_deref() {
        Some(action) if action.ends_with('.') => {
            let escaped = action.replace('!', "!!").replace('_', "!_").replace('%', "!%");
            sql = sql.with(" AND action LIKE ", format!("{escaped}%")).push(" ESCAPE '!'");
        }
        Some(action) => sql = sql.with(" AND action = ", action),
        None => {}
    }
    if let Some(object) = &filter.object {
        sql = sql.with(" AND object = ", object);
    }
    if let Some(since) = filter.since {
        sql = sql.with(" AND at >= ", since);
    }
    if let Some(until) = filter.until {
        sql = sql.with(" AND at < ", until);
    }
    let order = Order { by: "at", id: "id", of: Sorted::Integers, descending: true };
    let entries = wanted.ask(sql, order)?.all(database).await?;
    Ok(wanted.page(entries, |entry: &Entry| (Key::Integer(entry.at), entry.id)))
}
