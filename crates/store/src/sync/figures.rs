use crate::sql::Sql;
use crate::{Error, Transaction};

/// How many values one statement takes.
const AT_ONCE: usize = 5_000;

/// What the figures of an asset on machines are, as words of SQL.
const FIGURES: [(&str, &str); 3] = [
    (
        "hosts",
        "(SELECT COUNT(DISTINCT engine.host_id) FROM asset_engine \
         JOIN engine ON engine.id = asset_engine.engine_id WHERE asset_engine.asset_id = asset.id)",
    ),
    (
        "containers",
        "(SELECT COUNT(*) FROM container WHERE container.asset_id = asset.id AND container.gone IS NULL)",
    ),
    (
        "running",
        "(SELECT COUNT(*) FROM container WHERE container.asset_id = asset.id AND container.gone IS NULL \
         AND container.state = 'running')",
    ),
];

/// Ends a listing of an engine begun at `at`: what was not in it is gone, and figures are right again.
///
/// With `whole` the images were listed, else the containers alone. Gives the contents of images that came, went, or are
/// run by more or fewer containers.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn finish(
    transaction: &mut Transaction,
    engine: i64,
    at: i64,
    whole: bool,
) -> Result<Vec<i64>, Error> {
    let mut touched = Vec::new();
    let mut lost: Vec<i64> = Vec::new();
    if whole {
        lost = lose(transaction, engine, at).await?;
        touched.extend(bury(transaction, &lost, at).await?);
    }
    // The first part also stands for those that the engine still has.
    let (first, rest) = lost.split_at(lost.len().min(AT_ONCE));
    for part in std::iter::once(first).chain(rest.chunks(AT_ONCE)) {
        if whole {
            latest(transaction, engine, part).await?;
        }
        touched.extend(figures(transaction, engine, part).await?);
    }
    touched.sort_unstable();
    touched.dedup();
    Ok(touched)
}

/// The assets that an engine no longer has.
async fn lose(transaction: &mut Transaction, engine: i64, at: i64) -> Result<Vec<i64>, Error> {
    let rows: Vec<(i64,)> = Sql::write(
        "note which images an engine lost",
        "DELETE FROM asset_engine WHERE engine_id = $1 AND seen < $2 RETURNING asset_id",
    )
    .bind(engine)
    .bind(at)
    .all(transaction)
    .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Marks assets as gone that nobody has any more; of those that could never be opened nothing is worth keeping.
async fn bury(transaction: &mut Transaction, lost: &[i64], at: i64) -> Result<Vec<i64>, Error> {
    const NOBODY: &str =
        " AND NOT EXISTS (SELECT 1 FROM asset_engine WHERE asset_engine.asset_id = asset.id)";
    let mut touched = Vec::new();
    for some in lost.chunks(AT_ONCE) {
        let rows: Vec<(Option<i64>,)> =
            Sql::write("note that images are gone", "UPDATE asset SET latest = FALSE")
                .with(", gone = ", at)
                .list(" WHERE gone IS NULL AND id IN ", some.iter().copied())
                .push(NOBODY)
                .push(" RETURNING content_id")
                .all(&mut *transaction)
                .await?;
        touched.extend(rows.into_iter().filter_map(|(content,)| content));
        Sql::write("forget images", "DELETE FROM asset WHERE content_id IS NULL AND gone IS NOT NULL")
            .list(" AND id IN ", some.iter().copied())
            .run(&mut *transaction)
            .await?;
    }
    Ok(touched)
}

/// The latest of each repository is the one that was built last; what has no name is the latest of nothing.
async fn latest(transaction: &mut Transaction, engine: i64, lost: &[i64]) -> Result<(), Error> {
    const IS_LATEST: &str = "(asset.gone IS NULL AND asset.repository <> '' AND NOT EXISTS (SELECT 1 FROM asset AS other \
        WHERE other.project_id = asset.project_id AND other.kind = asset.kind \
        AND other.repository = asset.repository AND other.gone IS NULL \
        AND (COALESCE(other.built, 0) > COALESCE(asset.built, 0) \
        OR (COALESCE(other.built, 0) = COALESCE(asset.built, 0) AND other.id > asset.id))))";
    const OF: &str = "SELECT repository FROM asset WHERE id IN ";
    Sql::write("find the latest images", "UPDATE asset SET latest = NOT latest WHERE kind = 'local'")
        .with(
            &format!(" AND (repository IN ({OF}(SELECT asset_id FROM asset_engine WHERE engine_id = "),
            engine,
        )
        .list(&format!(")) OR repository IN ({OF}"), lost.iter().copied())
        .push(&format!(")) AND latest <> {IS_LATEST}"))
        .run(transaction)
        .await?;
    Ok(())
}

/// How many hosts and containers have each image of an engine.
async fn figures(transaction: &mut Transaction, engine: i64, lost: &[i64]) -> Result<Vec<i64>, Error> {
    let set: Vec<String> = FIGURES.iter().map(|(column, figure)| format!("{column} = {figure}")).collect();
    let differ: Vec<String> =
        FIGURES.iter().map(|(column, figure)| format!("{column} <> {figure}")).collect();
    let rows: Vec<(Option<i64>,)> =
        Sql::write("count where images are", format!("UPDATE asset SET {} WHERE (", set.join(", ")))
            .with("id IN (SELECT asset_id FROM asset_engine WHERE engine_id = ", engine)
            .list(") OR id IN ", lost.iter().copied())
            .push(&format!(") AND ({}) RETURNING content_id", differ.join(" OR ")))
            .all(transaction)
            .await?;
    Ok(rows.into_iter().filter_map(|(content,)| content).collect())
}
