use std::collections::{BTreeMap, HashMap};

use model::FindingKind;

use super::through::{Group, Risk, Risks};
use crate::settle::Known;
use crate::sql::{Sql, Value, insert};
use crate::{Database, Error};

/// How many rows are asked for or written at once.
const TOGETHER: usize = 2_000;

/// A row of a group by its key: kind, rule.
type Key = (String, String);

/// A row without its key.
#[derive(Debug, PartialEq, sqlx::FromRow)]
pub(super) struct Told {
    title_en: String,
    title_zh: String,
    severity: i64,
    images: i64,
    handled: i64,
    containers: i64,
    hosts: i64,
    fixable: bool,
    exploited: bool,
    epss: Option<f64>,
    cvss: Option<f64>,
    first_seen: i64,
    last_scan: Option<i64>,
}

#[derive(sqlx::FromRow)]
struct Kept {
    id: i64,
    kind: String,
    rule: String,
    #[sqlx(flatten)]
    told: Told,
}

/// What is said of a rule, wherever it is broken.
#[derive(Clone, Default)]
struct Said {
    title_en: String,
    title_zh: String,
    epss: Option<f64>,
    cvss: Option<f64>,
}

/// Writes what is other than it is kept, one group after the other, and gives how many rows that were.
pub(super) async fn write(
    database: &Database,
    mut groups: BTreeMap<Group, Risks>,
    known: &Known,
) -> Result<u64, Error> {
    let said = said(database).await?;
    let kept: Vec<Group> = Sql::read("list groups of risks", "SELECT DISTINCT project_id, source FROM risk")
        .all(database)
        .await?;
    for group in kept {
        groups.entry(group).or_default();
    }
    let mut changed = 0_u64;
    for (group, risks) in groups {
        let rows = risks.into_iter().filter_map(|(number, risk)| {
            let rule = known.rule(number)?;
            let key = (rule.kind.word().to_owned(), rule.id.clone());
            let said = said.get(&key).cloned().unwrap_or_default();
            Some((key, told(&risk, said)))
        });
        changed = changed.saturating_add(write_group(database, &group, rows.collect()).await?);
    }
    Ok(changed)
}

fn told(risk: &Risk, said: Said) -> Told {
    let Said { title_en, title_zh, epss, cvss } = said;
    Told {
        title_en,
        title_zh,
        severity: i64::from(risk.severity),
        images: risk.images,
        handled: risk.handled,
        containers: risk.containers,
        hosts: risk.hosts(),
        fixable: risk.fixable,
        exploited: risk.exploited,
        epss,
        cvss,
        first_seen: risk.first_seen,
        last_scan: risk.last_scan,
    }
}

/// Titles and figures of every rule that is broken somewhere, by kind and rule.
async fn said(database: &Database) -> Result<HashMap<(String, String), Said>, Error> {
    let mut said = HashMap::new();
    let titles = "SELECT kind, rule, title_en, title_zh FROM finding \
        WHERE id IN (SELECT MAX(id) FROM finding GROUP BY kind, rule)";
    let titles: Vec<(String, String, String, String)> =
        Sql::read("read the titles of findings", titles).all(database).await?;
    for (kind, rule, title_en, title_zh) in titles {
        said.insert((kind, rule), Said { title_en, title_zh, ..Said::default() });
    }
    let word = FindingKind::Vulnerabilities.word();
    let keep = |(id, title, epss, cvss): (String, String, Option<f64>, Option<f64>)| {
        let one = Said { title_en: title.clone(), title_zh: title, epss, cvss };
        said.insert((word.to_owned(), id), one);
        Ok::<(), Error>(())
    };
    let sql = "SELECT id, title, epss, cvss FROM vulnerability";
    Sql::read("read the titles of vulnerabilities", sql).each(database, keep).await?;
    Ok(said)
}

/// Writes the rows of one group that are other than they are kept, and gives how many that were.
async fn write_group(
    database: &Database,
    group: &Group,
    mut rows: BTreeMap<Key, Told>,
) -> Result<u64, Error> {
    let mut gone: Vec<i64> = Vec::new();
    Sql::read("read risks", "SELECT * FROM risk WHERE project_id = ")
        .with("", group.0)
        .with(" AND source = ", &group.1)
        .each(database, |kept: Kept| {
            let key = (kept.kind, kept.rule);
            match rows.get(&key) {
                Some(told) if *told == kept.told => drop(rows.remove(&key)),
                Some(_) => {}
                None => gone.push(kept.id),
            }
            Ok::<(), Error>(())
        })
        .await?;
    let changed = rows.len().saturating_add(gone.len()) as u64;
    if changed == 0 {
        return Ok(0);
    }
    let mut transaction = database.begin().await?;
    for some in gone.chunks(TOGETHER) {
        let sql = Sql::write("forget risks", "DELETE FROM risk WHERE id IN ");
        sql.list("", some.iter().copied()).run(&mut transaction).await?;
    }
    let into = "INSERT INTO risk (project_id, source, kind, rule, title_en, title_zh, severity, images, handled, \
        containers, hosts, fixable, exploited, epss, cvss, first_seen, last_scan) VALUES ";
    let after = " ON CONFLICT (project_id, source, kind, rule) DO UPDATE SET title_en = excluded.title_en, \
        title_zh = excluded.title_zh, severity = excluded.severity, images = excluded.images, \
        handled = excluded.handled, containers = excluded.containers, hosts = excluded.hosts, \
        fixable = excluded.fixable, exploited = excluded.exploited, epss = excluded.epss, cvss = excluded.cvss, \
        first_seen = excluded.first_seen, last_scan = excluded.last_scan";
    let mut rows = rows.into_iter().map(|row_of| row(group, row_of)).peekable();
    while rows.peek().is_some() {
        let some = rows.by_ref().take(TOGETHER).collect();
        insert("note risks", &mut transaction, into, some, after).await?;
    }
    transaction.commit().await?;
    Ok(changed)
}

fn row((project, source): &Group, ((kind, rule), told): (Key, Told)) -> Vec<Value> {
    vec![
        (*project).into(),
        source.into(),
        kind.into(),
        rule.into(),
        told.title_en.into(),
        told.title_zh.into(),
        told.severity.into(),
        told.images.into(),
        told.handled.into(),
        told.containers.into(),
        told.hosts.into(),
        told.fixable.into(),
        told.exploited.into(),
        told.epss.into(),
        told.cvss.into(),
        told.first_seen.into(),
        told.last_scan.into(),
    ]
}
