//! Files that people have made of what is known.

use crate::sql::{On, Sql, Value, insert};
use crate::{Database, Error, Key, Order, Page, Scope, Sorted, Transaction, Wanted, now};

/// A file that was asked for.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct Export {
    /// Its id.
    pub id: i64,
    /// The task that makes it.
    pub task_id: Option<i64>,
    /// What it is about.
    pub subject: String,
    /// How it is written.
    pub format: String,
    /// What was asked for, JSON.
    pub parameters: String,
    /// For people.
    pub name: String,
    /// Who asked.
    pub created_by: String,
    /// When.
    pub created: i64,
    /// When it is deleted.
    pub expires: i64,
    /// Its key among the objects, once it is whole.
    pub object: Option<String>,
    /// How many rows it has.
    pub rows_written: i64,
    /// How large it is.
    pub bytes: i64,
    /// Whether not all rows had room.
    pub truncated: bool,
    /// The state of the job that makes it.
    pub state: Option<String>,
    /// Percent.
    pub progress: Option<i64>,
    /// Why it could not be made, as a code.
    pub failure: Option<String>,
    /// What was said then.
    pub message: Option<String>,
}

/// A file that is wanted.
#[derive(Clone, Copy, Debug)]
pub struct New<'a> {
    /// The projects whose images it is about; all there are when empty.
    pub projects: &'a [i64],
    /// What it is about.
    pub subject: &'a str,
    /// How it is written.
    pub format: &'a str,
    /// What was asked for, JSON.
    pub parameters: &'a str,
    /// For people.
    pub name: &'a str,
    /// Who asks.
    pub created_by: &'a str,
    /// When it is deleted.
    pub expires: i64,
}

/// A file that was made.
#[derive(Clone, Debug)]
pub struct Made {
    /// Its key among the objects.
    pub object: String,
    /// How many rows it has.
    pub rows: i64,
    /// How large it is.
    pub bytes: i64,
    /// Whether not all rows had room.
    pub truncated: bool,
}

/// A package of an image.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct Software {
    /// Its type.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Its package URL.
    pub purl: String,
    /// Its licences.
    pub licenses: String,
    /// Its first path.
    pub path: String,
    /// The position of its layer.
    pub layer: Option<i64>,
    /// Whether the base image brought it.
    pub from_base: Option<bool>,
}

const SELECT: &str = "SELECT export.id, export.task_id, export.subject, export.format, export.parameters, \
    export.name, export.created_by, export.created, export.expires, export.object, export.rows_written, \
    export.bytes, export.truncated, job.state, job.progress, job.failure, job.message FROM export \
    LEFT JOIN job ON job.id = (SELECT MAX(own.id) FROM job own WHERE own.kind = 'export' \
    AND own.subject_id = export.id) WHERE TRUE";

fn limit(sql: Sql, scope: &Scope) -> Sql {
    let Scope::Projects(projects) = scope else { return sql };
    sql.push(" AND EXISTS (SELECT 1 FROM export_project WHERE export_id = export.id)")
        .push(" AND NOT EXISTS (SELECT 1 FROM export_project WHERE export_id = export.id AND NOT (project_id")
        .list(" IN ", projects.iter().copied())
        .push("))")
}

/// Asks for a file, and gives its id.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn create(transaction: &mut Transaction, new: New<'_>) -> Result<i64, Error> {
    let (id,): (i64,) = Sql::write(
        "ask for an export",
        "INSERT INTO export (subject, format, parameters, name, created_by, created, expires) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id",
    )
    .bind(new.subject)
    .bind(new.format)
    .bind(new.parameters)
    .bind(new.name)
    .bind(new.created_by)
    .bind(now())
    .bind(new.expires)
    .one(&mut *transaction)
    .await?;
    let rows: Vec<Vec<Value>> =
        new.projects.iter().map(|project| vec![id.into(), (*project).into()]).collect();
    let before = "INSERT INTO export_project (export_id, project_id) VALUES ";
    insert("note what an export is about", transaction, before, rows, " ON CONFLICT DO NOTHING").await?;
    Ok(id)
}

/// Notes which task makes a file.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn set_task(transaction: &mut Transaction, id: i64, task: i64) -> Result<(), Error> {
    let sql = Sql::write("note the task of an export", "UPDATE export SET task_id = $1 WHERE id = $2");
    sql.bind(task).bind(id).run(transaction).await.map(drop)
}

/// Those of a scope, the newest first.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn list(database: &Database, scope: &Scope, wanted: &Wanted) -> Result<Page<Export>, Error> {
    let sql = limit(Sql::read("list exports", SELECT), scope);
    let order = Order { by: "export.id", id: "export.id", of: Sorted::Integers, descending: true };
    let rows = wanted.ask(sql, order)?.all(database).await?;
    Ok(wanted.page(rows, |row: &Export| (Key::Integer(row.id), row.id)))
}

/// One of a scope.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn find(on: impl Into<On<'_>>, scope: &Scope, id: i64) -> Result<Option<Export>, Error> {
    limit(Sql::read("find an export", SELECT), scope).with(" AND export.id = ", id).optional(on).await
}

/// Notes that a file was made; gives whether it is still wanted.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn finish(transaction: &mut Transaction, id: i64, made: &Made) -> Result<bool, Error> {
    let changed = Sql::write(
        "finish an export",
        "UPDATE export SET object = $1, rows_written = $2, bytes = $3, truncated = $4 WHERE id = $5",
    )
    .bind(&made.object)
    .bind(made.rows)
    .bind(made.bytes)
    .bind(made.truncated)
    .bind(id)
    .run(transaction)
    .await?;
    Ok(changed > 0)
}

/// Forgets a file; what is among the objects goes before.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn delete(on: impl Into<On<'_>>, id: i64) -> Result<(), Error> {
    Sql::write("delete an export", "DELETE FROM export WHERE id = $1").bind(id).run(on).await.map(drop)
}

/// Some whose time is over.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn expired(database: &Database, most: i64) -> Result<Vec<i64>, Error> {
    let sql = Sql::read("find exports whose time is over", "SELECT id FROM export");
    let sql = sql.with(" WHERE expires <= ", now()).with(" ORDER BY id LIMIT ", most);
    let rows: Vec<(i64,)> = sql.all(database).await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// The packages of a content, by type, name and version.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn software(database: &Database, content: i64) -> Result<Vec<Software>, Error> {
    Sql::read(
        "read the packages of an image",
        "SELECT package.kind, package.name, package.version, package.purl, content_package.licenses, \
         content_package.path, content_package.layer, content_package.from_base FROM content_package \
         JOIN package ON package.id = content_package.package_id",
    )
    .with(" WHERE content_package.content_id = ", content)
    .push(" ORDER BY package.kind, package.name, package.version, content_package.path")
    .all(database)
    .await
}

/// The findings of one kind of a content as they were found, by fingerprint: `model::Finding` as JSON.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn details(database: &Database, content: i64, kind: &str) -> Result<Vec<(String, String)>, Error> {
    Sql::read("read the findings of an image", "SELECT fingerprint, detail FROM finding")
        .with(" WHERE content_id = ", content)
        .with(" AND kind = ", kind)
        .all(database)
        .await
}

/// The key of the current report of a content.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn report_key(database: &Database, content: i64) -> Result<Option<String>, Error> {
    let sql = Sql::read(
        "find the report of an image",
        "SELECT scan.report FROM scan JOIN content ON content.scan_id = scan.id",
    );
    let row: Option<(String,)> = sql.with(" WHERE content.id = ", content).optional(database).await?;
    Ok(row.map(|(key,)| key))
}
