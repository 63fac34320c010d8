use super::record::{Decision, Event, SELECT};
use crate::sql::{On, Sql};
use crate::{Database, Error, Key, Order, Page, Scope, Sorted, Wanted, now};

/// Whether a decision holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It does.
    Active,
    /// Its time is over.
    Expired,
    /// Somebody took it back.
    Revoked,
}

/// Which decisions are wanted; what is absent does not matter.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Whether they hold.
    pub state: Option<State>,
    /// The kind of findings.
    pub kind: Option<String>,
    /// The word of the action.
    pub action: Option<String>,
    /// The rule, exactly.
    pub rule: Option<String>,
    /// The finding, by the digest of its key.
    pub fingerprint: Option<String>,
    /// Part of rule, package, path or remark.
    pub search: Option<String>,
    /// Who decided.
    pub creator: Option<String>,
}

impl Filter {
    fn apply(&self, mut sql: Sql) -> Sql {
        sql = match self.state {
            Some(State::Active) => sql
                .push(" AND decision.revoked IS NULL AND decision.expired IS NULL")
                .with(" AND (decision.until IS NULL OR decision.until > ", now())
                .push(")"),
            Some(State::Expired) => sql
                .push(" AND decision.revoked IS NULL")
                .with(" AND (decision.expired IS NOT NULL OR decision.until <= ", now())
                .push(")"),
            Some(State::Revoked) => sql.push(" AND decision.revoked IS NOT NULL"),
            None => sql,
        };
        let exact = [
            (" AND decision.kind = ", &self.kind),
            (" AND decision.action = ", &self.action),
            (" AND decision.rule = ", &self.rule),
            (" AND decision.fingerprint = ", &self.fingerprint),
            (" AND decision.created_by = ", &self.creator),
        ];
        for (words, value) in exact {
            if let Some(value) = value {
                sql = sql.with(words, value);
            }
        }
        if let Some(search) = &self.search {
            let pattern = format!("%{}%", search.to_lowercase());
            sql = sql.with(" AND (LOWER(decision.rule) LIKE ", &pattern);
            for column in ["package", "path", "remark"] {
                sql = sql.with(&format!(" OR LOWER(decision.{column}) LIKE "), &pattern);
            }
            sql = sql.push(")");
        }
        sql
    }
}

/// Those of a scope, the newest first.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn list(
    database: &Database,
    scope: &Scope,
    filter: &Filter,
    wanted: &Wanted,
) -> Result<Page<Decision>, Error> {
    let sql = Sql::read("list decisions", SELECT).push(" WHERE TRUE");
    let sql = filter.apply(scope.limit(sql, "decision.project_id"));
    let order = Order { by: "decision.id", id: "decision.id", of: Sorted::Integers, descending: true };
    let decisions = wanted.ask(sql, order)?.all(database).await?;
    Ok(wanted.page(decisions, |decision: &Decision| (Key::Integer(decision.id), decision.id)))
}

/// One of a scope.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn find(on: impl Into<On<'_>>, scope: &Scope, id: i64) -> Result<Option<Decision>, Error> {
    let sql = Sql::read("find a decision", SELECT).with(" WHERE decision.id = ", id);
    scope.limit(sql, "decision.project_id").optional(on).await
}

/// What happened to one, the oldest first.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn history(database: &Database, id: i64) -> Result<Vec<Event>, Error> {
    const MOST: i64 = 1000;
    Sql::read("read the history of a decision", "SELECT at, actor, action, remark FROM decision_history")
        .with(" WHERE decision_id = ", id)
        .with(" ORDER BY id LIMIT ", MOST)
        .all(database)
        .await
}

/// The projects of some images of a scope, and how many of the images each has.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn projects_of(
    on: impl Into<On<'_>>,
    scope: &Scope,
    images: &[i64],
) -> Result<Vec<(i64, i64)>, Error> {
    let sql = Sql::read("find the projects of images", "SELECT project_id, COUNT(*) FROM asset WHERE TRUE");
    let sql = scope.limit(sql, "asset.project_id").list(" AND id IN ", images.iter().copied());
    sql.push(" GROUP BY project_id ORDER BY project_id").all(on).await
}

/// The projects of a scope, or one of them: at most two, which tells whether there is one.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn projects(on: impl Into<On<'_>>, scope: &Scope, wanted: Option<i64>) -> Result<Vec<i64>, Error> {
    let mut sql = scope.limit(Sql::read("find projects", "SELECT id FROM project WHERE TRUE"), "id");
    if let Some(wanted) = wanted {
        sql = sql.with(" AND id = ", wanted);
    }
    let rows: Vec<(i64,)> = sql.push(" ORDER BY id LIMIT 2").all(on).await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// The images picked for one.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn picked(on: impl Into<On<'_>>, id: i64) -> Result<Vec<i64>, Error> {
    let rows: Vec<(i64,)> = Sql::read("read the images of a decision", "SELECT asset_id FROM decision_asset")
        .with(" WHERE decision_id = ", id)
        .push(" ORDER BY asset_id")
        .all(on)
        .await?;
    Ok(rows.into_iter().map(|(asset,)| asset).collect())
}

/// The images picked for one that are still what they were then.
///
/// # Errors
/// When the database refuses or is gone.
pub(super) async fn standing(on: impl Into<On<'_>>, id: i64) -> Result<Vec<i64>, Error> {
    let rows: Vec<(i64,)> =
        Sql::read("read the images of a decision", format!("SELECT decision_asset.asset_id FROM {STANDING}"))
            .with(" WHERE decision_asset.decision_id = ", id)
            .push(" ORDER BY decision_asset.asset_id")
            .all(on)
            .await?;
    Ok(rows.into_iter().map(|(asset,)| asset).collect())
}

/// Picked images that are still what they were when they were picked.
pub(super) const STANDING: &str = "decision_asset JOIN asset ON asset.id = decision_asset.asset_id \
    AND (decision_asset.content_id IS NULL OR decision_asset.content_id = asset.content_id)";
