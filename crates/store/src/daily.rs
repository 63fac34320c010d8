//! How it stood at the end of each day.

use model::day_of;

use crate::sql::Sql;
use crate::{Database, Error, Scope, now};

/// How many days are kept.
const DAYS: u64 = 400;

/// One day, over all projects that were asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Day {
    /// `YYYY-MM-DD`, in UTC.
    pub day: String,
    /// Images that were there.
    pub images: i64,
    /// Those that had a result.
    pub scanned: i64,
    /// Those in which something was found that counts.
    pub risky: i64,
    /// Critical vulnerabilities.
    pub critical: i64,
    /// High ones.
    pub high: i64,
    /// Medium ones.
    pub medium: i64,
    /// Low ones.
    pub low: i64,
    /// Malicious files.
    pub malware: i64,
    /// Secrets.
    pub secrets: i64,
    /// Settings that are not safe.
    pub baseline: i64,
    /// Software and licences that are not allowed.
    pub compliance: i64,
}

const COLUMNS: [&str; 11] = [
    "images",
    "scanned",
    "risky",
    "critical",
    "high",
    "medium",
    "low",
    "malware",
    "secrets",
    "baseline",
    "compliance",
];

/// Today, in seconds since 1970.
fn today() -> u64 {
    u64::try_from(now() / 1000).unwrap_or_default()
}

/// Notes how it stands today, and forgets what is too old.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn note(database: &Database) -> Result<(), Error> {
    let day = day_of(today());
    let sums = COLUMNS.map(|column| match column {
        "images" => "COUNT(*)".to_owned(),
        "scanned" => "COUNT(scanned)".to_owned(),
        "risky" => "CAST(SUM(CASE WHEN risk >= 0 THEN 1 ELSE 0 END) AS BIGINT)".to_owned(),
        column => format!("CAST(SUM({column}) AS BIGINT)"),
    });
    let updates = COLUMNS.map(|column| format!("{column} = excluded.{column}"));
    let (columns, sums, updates) = (COLUMNS.join(", "), sums.join(", "), updates.join(", "));
    let mut transaction = database.begin().await?;
    Sql::write("note how it stands", format!("INSERT INTO daily (project_id, source, day, {columns})"))
        .with(" SELECT project_id, kind, CAST(", &day)
        .push(&format!(
            " AS TEXT), {sums} FROM asset WHERE gone IS NULL AND parent_id IS NULL GROUP BY project_id, kind"
        ))
        .push(&format!(" ON CONFLICT (project_id, source, day) DO UPDATE SET {updates}"))
        .run(&mut transaction)
        .await?;
    let oldest = day_of(today().saturating_sub(DAYS * 86_400));
    let sql = Sql::write("forget old days", "DELETE FROM daily WHERE day < ").with("", oldest);
    sql.run(&mut transaction).await?;
    transaction.commit().await
}

/// The last days of a scope, the oldest first; of one kind of images, or of all. At most 400.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn list(
    database: &Database,
    scope: &Scope,
    source: Option<&str>,
    days: u32,
) -> Result<Vec<Day>, Error> {
    let before = u64::from(days.max(1)).min(DAYS).saturating_sub(1) * 86_400;
    let sums = COLUMNS.map(|column| format!("CAST(SUM({column}) AS BIGINT) AS {column}")).join(", ");
    let mut sql = Sql::read("list days", format!("SELECT day, {sums} FROM daily WHERE day >= "))
        .with("", day_of(today().saturating_sub(before)));
    sql = scope.limit(sql, "project_id");
    if let Some(source) = source {
        sql = sql.with(" AND source = ", source);
    }
    sql.push(" GROUP BY day ORDER BY day").all(database).await
}
