//! Rows without a content of their own: indexes show the worst of their images, what nobody has read shows nothing.

use crate::sql::Sql;
use crate::{Error, Transaction};

/// How many ids one statement takes.
const AT_ONCE: usize = 5_000;

/// The numbers of an index: of each the largest that one of its images has.
const LARGEST: [&str; 23] = [
    "scanned",
    "risk",
    "critical",
    "high",
    "medium",
    "low",
    "negligible",
    "unknown",
    "vulnerabilities",
    "fixable",
    "exploited",
    "malware",
    "secrets",
    "baseline",
    "compliance",
    "base_image",
    "ignored",
    "gaps",
    "components",
    "hosts",
    "containers",
    "running",
    "progress",
];

/// Brings the rows of indexes up to date that hold images of these contents.
pub(super) async fn holding(transaction: &mut Transaction, contents: &[i64]) -> Result<(), Error> {
    for contents in contents.chunks(AT_ONCE) {
        let rows: Vec<(i64,)> = Sql::read("find indexes", "SELECT DISTINCT parent_id FROM asset")
            .push(" WHERE parent_id IS NOT NULL")
            .list(" AND content_id IN ", contents.iter().copied())
            .all(&mut *transaction)
            .await?;
        let indexes: Vec<i64> = rows.into_iter().map(|(id,)| id).collect();
        if !indexes.is_empty() {
            count(transaction, &indexes).await?;
        }
    }
    Ok(())
}

/// Brings rows up to date that have no content of their own.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn unread(transaction: &mut Transaction, rows: &[i64]) -> Result<(), Error> {
    let zeroes = LARGEST.map(|column| match column {
        "scanned" | "risk" => format!("{column} = NULL"),
        column => format!("{column} = 0"),
    });
    for rows in rows.chunks(AT_ONCE) {
        let sql = Sql::write("forget what an image was", format!("UPDATE asset SET {}", zeroes.join(", ")));
        sql.push(", focus = FALSE, focus_reasons = '[]', status = 'unscanned'")
            .list(
                " WHERE content_id IS NULL AND NOT multiple AND scanned IS NOT NULL AND id IN ",
                rows.iter().copied(),
            )
            .run(&mut *transaction)
            .await?;
        count(transaction, rows).await?;
    }
    Ok(())
}

/// Counts indexes among these rows.
async fn count(transaction: &mut Transaction, indexes: &[i64]) -> Result<(), Error> {
    let each =
        |pattern: &str, between: &str| LARGEST.map(|column| pattern.replace('?', column)).join(between);
    if matches!(transaction, Transaction::Postgres(_)) {
        // Several writers may be at images of one index: they wait for one another in one order.
        let _: Vec<(i64,)> = Sql::write("hold indexes", "SELECT id FROM asset WHERE multiple")
            .list(" AND id IN ", indexes.iter().copied())
            .push(" ORDER BY id FOR UPDATE")
            .all(&mut *transaction)
            .await?;
    }
    let text = format!(
        "UPDATE asset SET {}, focus = (largest.focus = 1), focus_reasons = COALESCE((SELECT image.focus_reasons \
         FROM asset AS image WHERE image.parent_id = asset.id AND image.focus AND image.gone IS NULL \
         ORDER BY image.id LIMIT 1), '[]') \
         FROM (SELECT parent_id, MAX(CASE WHEN focus THEN 1 ELSE 0 END) AS focus, {} FROM asset \
         WHERE gone IS NULL AND parent_id IN ",
        each("? = largest.?", ", "),
        each("MAX(?) AS ?", ", "),
    );
    let differs = format!(
        " GROUP BY parent_id) AS largest WHERE asset.id = largest.parent_id AND asset.multiple AND ({} \
         OR asset.focus <> (largest.focus = 1))",
        each("asset.? IS DISTINCT FROM largest.?", " OR "),
    );
    Sql::write("count indexes", text)
        .list("", indexes.iter().copied())
        .push(&differs)
        .run(transaction)
        .await?;
    Ok(())
}
