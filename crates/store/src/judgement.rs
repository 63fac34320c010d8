//! Judging again: which packages it concerns, and what is written of what comes of them.

mod difference;
mod found;
mod gaps;

use std::collections::{BTreeMap, BTreeSet};

use crate::sql::Sql;
use crate::{Database, Error, Transaction};

pub use difference::{Difference, Judged, compare, soften, write};
pub use found::{Found, Texts};
pub use gaps::{gapped, holders, judged_contents, rewrite};

/// How many names or ids are asked for at once.
const TOGETHER: usize = 1_000;

/// A package as it is judged.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Subject {
    /// Its id.
    pub id: i64,
    /// All that matching looks at, JSON.
    pub facts: String,
}

/// The packages that advisories of these names may be about.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn named(database: &Database, names: &BTreeSet<String>) -> Result<BTreeSet<i64>, Error> {
    let sql = || {
        Sql::read("find packages by name", "SELECT DISTINCT package_id FROM package_lookup WHERE name IN ")
    };
    packages(database, names, sql).await
}

/// The packages that have one of these vulnerabilities, also where it goes by another id than its CVE.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn having(database: &Database, vulnerabilities: &BTreeSet<String>) -> Result<BTreeSet<i64>, Error> {
    if vulnerabilities.is_empty() {
        return Ok(BTreeSet::new());
    }
    let mut ids = vulnerabilities.clone();
    Sql::read(
        "find the names of vulnerabilities",
        "SELECT id, aliases FROM vulnerability WHERE id NOT LIKE 'CVE-%'",
    )
    .each(database, |(id, aliases): (String, String)| {
        // What was written here is a list; of something else nothing can be known, so it is judged again.
        let known = serde_json::from_str::<Vec<String>>(&aliases);
        if known.is_ok_and(|aliases| aliases.iter().all(|alias| !vulnerabilities.contains(alias))) {
            return Ok(());
        }
        ids.insert(id);
        Ok::<(), Error>(())
    })
    .await?;
    let sql = || {
        Sql::read(
            "find packages by vulnerability",
            "SELECT DISTINCT package_id FROM package_vulnerability WHERE vulnerability IN ",
        )
    };
    packages(database, &ids, sql).await
}

async fn packages(
    database: &Database,
    words: &BTreeSet<String>,
    sql: impl Fn() -> Sql,
) -> Result<BTreeSet<i64>, Error> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let mut found = BTreeSet::new();
    for some in words.chunks(TOGETHER) {
        let rows: Vec<(i64,)> = sql().list("", some.iter().copied()).all(database).await?;
        found.extend(rows.into_iter().map(|(id,)| id));
    }
    Ok(found)
}

/// Whether images wait to be counted again.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn is_waiting(transaction: &mut Transaction) -> Result<bool, Error> {
    let sql = Sql::read("see whether images wait", "SELECT content_id FROM dirty_content LIMIT 1");
    let row: Option<(i64,)> = sql.optional(transaction).await?;
    Ok(row.is_some())
}

/// The packages of one image.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn of_content(database: &Database, content: i64) -> Result<BTreeSet<i64>, Error> {
    let sql = "SELECT DISTINCT package_id FROM content_package WHERE content_id = ";
    let rows: Vec<(i64,)> =
        Sql::read("find the packages of an image", "").with(sql, content).all(database).await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Packages by context, each in order; all there are where none are given.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn by_context(
    database: &Database,
    packages: Option<&BTreeSet<i64>>,
) -> Result<BTreeMap<i64, Vec<i64>>, Error> {
    const SELECT: &str = "SELECT context_id, id FROM package";
    let mut contexts: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
    let mut keep = |(context, id): (i64, i64)| contexts.entry(context).or_default().push(id);
    match packages {
        None => {
            let sql = Sql::read("list packages", SELECT).push(" ORDER BY id");
            sql.each(database, |row| {
                keep(row);
                Ok::<(), Error>(())
            })
            .await?;
        }
        Some(packages) => {
            let ids: Vec<i64> = packages.iter().copied().collect();
            for some in ids.chunks(TOGETHER) {
                let sql = Sql::read("list packages", SELECT).list(" WHERE id IN ", some.iter().copied());
                let rows: Vec<(i64, i64)> = sql.push(" ORDER BY id").all(database).await?;
                rows.into_iter().for_each(&mut keep);
            }
        }
    }
    Ok(contexts)
}

/// The distribution of a context, as JSON; nothing where there is no such context.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn distribution(database: &Database, context: i64) -> Result<Option<String>, Error> {
    let sql = Sql::read("read a context", "SELECT distribution FROM context");
    let row: Option<(String,)> = sql.with(" WHERE id = ", context).optional(database).await?;
    Ok(row.map(|(distribution,)| distribution))
}

/// What is to be judged of some packages.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn subjects(database: &Database, ids: &[i64]) -> Result<Vec<Subject>, Error> {
    let sql = Sql::read("read packages", "SELECT id, facts FROM package");
    sql.list(" WHERE id IN ", ids.iter().copied()).push(" ORDER BY id").all(database).await
}

/// Writes anew by which names advisories may be about some packages.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn name(database: &Database, packages: &[(i64, BTreeSet<String>)]) -> Result<(), Error> {
    let mut transaction = database.begin().await?;
    let ids = packages.iter().map(|(id, _)| *id);
    let sql = Sql::write("forget the names of packages", "DELETE FROM package_lookup WHERE package_id IN ");
    sql.list("", ids).run(&mut transaction).await?;
    let rows = packages.iter().flat_map(|(id, names)| {
        names.iter().map(move |name| vec![name.replace('\0', "").into(), (*id).into()])
    });
    let before = "INSERT INTO package_lookup (name, package_id) VALUES ";
    let after = " ON CONFLICT DO NOTHING";
    crate::insert("note the names of packages", &mut transaction, before, rows.collect(), after).await?;
    transaction.commit().await
}
