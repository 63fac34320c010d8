//! Projects: who sees what.

use crate::sql::{On, Sql};
use crate::{Database, Error, Key, Order, Page, Scope, Sorted, Wanted, now};

/// The project that is always there.
pub const DEFAULT: &str = "default";

/// A project.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Project {
    /// Its id.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// When it was made, in milliseconds since 1970.
    pub created: i64,
}

/// The id of a project, which is made when it is not there.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn ensure(on: impl Into<On<'_>>, name: &str) -> Result<i64, Error> {
    let (id,): (i64,) = Sql::write(
        "make a project",
        "INSERT INTO project (name, created) VALUES ($1, $2) \
         ON CONFLICT (name) DO UPDATE SET name = excluded.name RETURNING id",
    )
    .bind(name)
    .bind(now())
    .one(on)
    .await?;
    Ok(id)
}

const SELECT: &str = "SELECT id, name, created FROM project WHERE TRUE";

/// Those of a scope, by name.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn list(database: &Database, scope: &Scope, wanted: &Wanted) -> Result<Page<Project>, Error> {
    let sql = scope.limit(Sql::read("list projects", SELECT), "id");
    let order = Order { by: "name", id: "id", of: Sorted::Texts, descending: false };
    let projects = wanted.ask(sql, order)?.all(database).await?;
    Ok(wanted.page(projects, |project: &Project| (Key::Text(project.name.clone()), project.id)))
}

/// One of a scope.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn find(on: impl Into<On<'_>>, scope: &Scope, id: i64) -> Result<Option<Project>, Error> {
    scope.limit(Sql::read("find a project", SELECT), "id").with(" AND id = ", id).optional(on).await
}

/// Which of these there are not.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn missing(on: impl Into<On<'_>>, ids: &[i64]) -> Result<Vec<i64>, Error> {
    let sql = Sql::read("look projects up", "SELECT id FROM project WHERE TRUE");
    let found: Vec<(i64,)> = sql.list(" AND id IN ", ids.iter().copied()).all(on).await?;
    Ok(ids.iter().copied().filter(|id| !found.contains(&(*id,))).collect())
}

/// Makes a project; gives its id.
///
/// # Errors
/// When there is one of that name, or the database refuses or is gone.
pub async fn create(on: impl Into<On<'_>>, name: &str) -> Result<i64, Error> {
    let made: Option<(i64,)> = Sql::write(
        "make a project",
        "INSERT INTO project (name, created) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING RETURNING id",
    )
    .bind(name)
    .bind(now())
    .optional(on)
    .await?;
    made.map(|(id,)| id).ok_or_else(|| Error::Exists { what: "project", name: name.to_owned() })
}

/// Calls a project otherwise.
///
/// # Errors
/// When there is one of that name, or the database refuses or is gone.
pub async fn rename(on: impl Into<On<'_>>, id: i64, name: &str) -> Result<(), Error> {
    let renamed = Sql::write("rename a project", "UPDATE project SET name = $1 WHERE id = $2")
        .bind(name)
        .bind(id)
        .run(on)
        .await;
    match renamed {
        Err(error) if error.is_twice() => Err(Error::Exists { what: "project", name: name.to_owned() }),
        renamed => renamed.map(drop),
    }
}

/// Deletes a project in which nothing is.
///
/// # Errors
/// When something belongs to it ([`Error::Used`]), or the database refuses or is gone.
pub async fn delete(on: impl Into<On<'_>>, project: &Project) -> Result<(), Error> {
    let sql = Sql::write("delete a project", "DELETE FROM project WHERE id = $1").bind(project.id);
    match sql.run(on).await {
        Err(error) if error.is_broken_reference() => {
            Err(Error::Used { what: "project", name: project.name.clone() })
        }
        deleted => deleted.map(drop),
    }
}

/// The accounts that see a project because they were let, by name.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn members(database: &Database, id: i64) -> Result<Vec<(i64, String, String)>, Error> {
    Sql::read(
        "list the members of a project",
        "SELECT account.id, account.login, account.role FROM account_project \
         JOIN account ON account.id = account_project.account_id \
         WHERE account_project.project_id = $1 AND NOT account.all_projects ORDER BY account.login LIMIT 1000",
    )
    .bind(id)
    .all(database)
    .await
}
