//! What people should hear of.

use std::collections::BTreeSet;

use crate::sql::{On, Sql, Value, insert};
use crate::{Database, Error, Key, Order, Page, Scope, Sorted, Transaction, Wanted, now};

/// The most events that one update may make in one project; of the others one event tells how many they are.
const MOST: usize = 500;
/// How many ids are asked for at once.
const TOGETHER: usize = 1_000;

/// Something people should hear of.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct Event {
    /// Its id here.
    pub id: i64,
    /// When it was noticed, in milliseconds since 1970.
    pub at: i64,
    /// The project it concerns; nothing when it concerns all.
    pub project_id: Option<i64>,
    /// `new-vulnerability`, `exploited-vulnerability`, …
    pub kind: String,
    /// What it is about.
    pub subject: String,
    /// How bad it is, from 0 to 5.
    pub severity: i64,
    /// Images it concerns.
    pub images: i64,
    /// Running containers it concerns.
    pub containers: i64,
    /// The hosts they run on.
    pub hosts: i64,
    /// What else is to be shown, JSON.
    pub detail: String,
}

/// Which events are wanted.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Of this kind.
    pub kind: Option<String>,
    /// At least so bad.
    pub severity: Option<i64>,
    /// Noticed at this time or later.
    pub since: Option<i64>,
    /// About this.
    pub subject: Option<String>,
}

/// Those of a scope that fit, the newest first.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn list(
    database: &Database,
    scope: &Scope,
    filter: &Filter,
    wanted: &Wanted,
) -> Result<Page<Event>, Error> {
    let mut sql = Sql::read(
        "list events",
        "SELECT id, at, project_id, kind, subject, severity, images, containers, hosts, detail FROM event WHERE TRUE",
    );
    if let Scope::Projects(projects) = scope {
        sql = sql.list(" AND (project_id IS NULL OR project_id IN ", projects.iter().copied()).push(")");
    }
    if let Some(kind) = &filter.kind {
        sql = sql.with(" AND kind = ", kind);
    }
    if let Some(severity) = filter.severity {
        sql = sql.with(" AND severity >= ", severity);
    }
    if let Some(since) = filter.since {
        sql = sql.with(" AND at >= ", since);
    }
    if let Some(subject) = &filter.subject {
        sql = sql.with(" AND subject = ", subject);
    }
    let order = Order { by: "at", id: "id", of: Sorted::Integers, descending: true };
    let events = wanted.ask(sql, order)?.all(database).await?;
    Ok(wanted.page(events, |event: &Event| (Key::Integer(event.at), event.id)))
}

/// Forgets the events of before a time; gives how many there were.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn forget(on: impl Into<On<'_>>, before: i64) -> Result<u64, Error> {
    Sql::write("forget old events", "DELETE FROM event").with(" WHERE at < ", before).run(on).await
}

/// What judging again has newly found.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct News {
    /// The vulnerability.
    pub vulnerability: String,
    /// `new-vulnerability` or `exploited-vulnerability`.
    pub kind: String,
}

/// Says that all was judged: what is news by now is to be told.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn complete(transaction: &mut Transaction) -> Result<(), Error> {
    Sql::write("note that news are whole", "UPDATE news SET whole = TRUE").run(transaction).await.map(drop)
}

/// The news that are to be told, in order; to be asked for before images are counted and risks rebuilt.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn news(on: impl Into<On<'_>>) -> Result<Vec<News>, Error> {
    const SELECT: &str = "SELECT vulnerability, kind FROM news WHERE whole ORDER BY vulnerability, kind";
    Sql::read("read news", SELECT).all(on).await
}

/// What a vulnerability means for one project.
#[derive(Debug, sqlx::FromRow)]
struct Concern {
    project_id: i64,
    rule: String,
    title: String,
    severity: i64,
    exploited: bool,
    fixable: bool,
    images: i64,
    containers: i64,
    hosts: i64,
}

impl Concern {
    fn row(&self, kind: &str, at: i64) -> Vec<Value> {
        let detail = serde_json::json!({
            "title": self.title, "exploited": self.exploited, "fixable": self.fixable,
        });
        vec![
            at.into(),
            self.project_id.into(),
            kind.into(),
            (&self.rule).into(),
            self.severity.into(),
            self.images.into(),
            self.containers.into(),
            self.hosts.into(),
            detail.to_string().into(),
        ]
    }
}

/// Tells news as events, and gives how many came of them.
///
/// They are told as far as they concern images after all decisions, and are at least of this severity or known to be
/// exploited. The risks must have been rebuilt since the news were asked for.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn tell(transaction: &mut Transaction, news: &[News], severity: i64) -> Result<usize, Error> {
    let mut told = 0;
    for kind in news.iter().map(|news| news.kind.as_str()).collect::<BTreeSet<_>>() {
        let ids: Vec<&str> =
            news.iter().filter(|news| news.kind == kind).map(|news| news.vulnerability.as_str()).collect();
        let mut concerns = concerns(transaction, &ids).await?;
        concerns.retain(|concern| concern.severity >= severity || concern.exploited);
        concerns.sort_by(|left, right| {
            let rank = |concern: &Concern| (concern.exploited, concern.severity, concern.images);
            (left.project_id, rank(right))
                .cmp(&(right.project_id, rank(left)))
                .then(left.rule.cmp(&right.rule))
        });
        let at = now();
        let mut rows = Vec::new();
        for of_project in concerns.chunk_by(|left, right| left.project_id == right.project_id) {
            let (shown, others) = of_project.split_at(of_project.len().min(MOST));
            rows.extend(shown.iter().map(|concern| concern.row(kind, at)));
            rows.extend(others.first().map(|first| rest(first, kind, others.len(), at)));
        }
        told += rows.len();
        let before = "INSERT INTO event (at, project_id, kind, subject, severity, images, containers, hosts, detail) VALUES ";
        insert("note events", transaction, before, rows, "").await?;
        for some in ids.chunks(TOGETHER) {
            let sql =
                Sql::write("forget news that were told", "DELETE FROM news").with(" WHERE kind = ", kind);
            sql.list(" AND vulnerability IN ", some.iter().copied()).run(&mut *transaction).await?;
        }
    }
    Ok(told)
}

/// One event for all that are too many to be told one by one; `first` is the worst of them.
fn rest(first: &Concern, kind: &str, count: usize, at: i64) -> Vec<Value> {
    let detail = serde_json::json!({ "count": count, "of": kind });
    let (none, severity) = (0_i64, first.severity);
    let head: [Value; 5] =
        [at.into(), first.project_id.into(), "more-vulnerabilities".into(), "".into(), severity.into()];
    head.into_iter().chain([none.into(), none.into(), none.into(), detail.to_string().into()]).collect()
}

async fn concerns(transaction: &mut Transaction, ids: &[&str]) -> Result<Vec<Concern>, Error> {
    let mut concerns = Vec::new();
    for some in ids.chunks(TOGETHER) {
        let rows: Vec<Concern> = Sql::read(
            "read whom news concern",
            "SELECT project_id, rule, title_en AS title, severity, exploited, fixable, images, containers, hosts \
             FROM risk WHERE project_id > 0 AND source = '' AND kind = 'vulnerabilities' AND images > 0",
        )
        .list(" AND rule IN ", some.iter().copied())
        .all(&mut *transaction)
        .await?;
        concerns.extend(rows);
    }
    Ok(concerns)
}
