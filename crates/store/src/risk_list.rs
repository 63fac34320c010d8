//! Risks across images: the rows of the risk view, and the images behind one.

mod behind;

pub use behind::{Place, images, places};

use crate::pattern::{self, ESCAPE};
use crate::sql::Sql;
use crate::{Database, Error, Key, Order, Page, Scope, Sorted, Wanted};

/// A rule that is broken somewhere, over all projects and sources asked for.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct Risk {
    /// The kind of finding.
    pub kind: String,
    /// The rule, or the vulnerability.
    pub rule: String,
    /// One line.
    pub title_en: String,
    /// The same in Chinese.
    pub title_zh: String,
    /// From 0, unknown, to 5, critical.
    pub severity: i64,
    /// Images in which it counts.
    pub images: i64,
    /// Images in which a decision takes it out.
    pub handled: i64,
    /// Containers of those in which it counts.
    pub containers: i64,
    /// Hosts of those.
    pub hosts: i64,
    /// Whether it can be mended.
    pub fixable: bool,
    /// Whether it is known to be exploited.
    pub exploited: bool,
    /// How likely it is to be exploited.
    pub epss: Option<f64>,
    /// The worst base score.
    pub cvss: Option<f64>,
    /// When it was first known.
    pub first_seen: i64,
    /// When one of its images was last scanned.
    pub last_scan: Option<i64>,
}

/// Which risks are wanted: all that is said must hold.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Kinds of findings.
    pub kinds: Vec<String>,
    /// local, registry, ci, archive.
    pub sources: Vec<String>,
    /// The numbers of severities.
    pub severities: Vec<i64>,
    /// Those that a decision takes out of all their images, or those that count in some.
    pub handled: Option<bool>,
    /// Whether they can be mended.
    pub fixable: Option<bool>,
    /// Whether they are known to be exploited.
    pub exploited: Option<bool>,
    /// Whether a container has them.
    pub has_containers: Option<bool>,
    /// Part of the id, of another id, or of the title.
    pub search: Option<String>,
    /// The whole id.
    pub rule: Option<String>,
    /// The project.
    pub project: Option<i64>,
}

/// By what risks are sorted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// How bad they are, and then how many images have them.
    #[default]
    Severity,
    /// How many images have them.
    Images,
    /// How many containers have them.
    Containers,
    /// How likely they are to be exploited.
    Epss,
    /// When they were first known.
    FirstSeen,
}

impl Sort {
    /// What the database sorts by; of these the first as an index has it.
    fn expression(self) -> &'static str {
        match self {
            Self::Severity => "(severity * 1000000000 + images)",
            Self::Images => "images",
            Self::Containers => "containers",
            Self::Epss => "CAST(COALESCE(epss, 0) * 1000000000 AS BIGINT)",
            Self::FirstSeen => "first_seen",
        }
    }
}

/// A risk with what pages go by.
#[derive(sqlx::FromRow)]
struct Placed {
    #[sqlx(flatten)]
    risk: Risk,
    place: i64,
    number: i64,
}

impl Filter {
    /// The one group of rows that is asked for: a project, or 0 for all of them, and a source, or an empty one for all
    /// of them. Nothing where several have to be added up.
    fn group(&self, scope: &Scope) -> Option<(i64, &str)> {
        let source = match self.sources.as_slice() {
            [] => "",
            [source] => source,
            _ => return None,
        };
        match (scope, self.project) {
            (scope, Some(project)) => Some((if scope.holds(project) { project } else { -1 }, source)),
            (Scope::All, None) => Some((0, source)),
            (Scope::Projects(projects), None) => match projects.as_slice() {
                [project] => Some((*project, source)),
                _ => None,
            },
        }
    }

    fn apply(&self, mut sql: Sql) -> Sql {
        if !self.kinds.is_empty() {
            sql = sql.list(" AND risk.kind IN ", &self.kinds);
        }
        if let Some(rule) = &self.rule {
            sql = sql.with(" AND risk.rule = ", rule);
        }
        if let Some(search) = &self.search {
            let part = pattern::holding(search);
            sql = sql.with(" AND (LOWER(risk.rule) LIKE ", part.clone()).push(ESCAPE);
            for column in ["risk.title_en", "risk.title_zh"] {
                sql = sql.with(&format!(" OR LOWER({column}) LIKE "), part.clone()).push(ESCAPE);
            }
            sql = sql
                .with(" OR risk.rule IN (SELECT id FROM vulnerability WHERE LOWER(aliases) LIKE ", part)
                .push(ESCAPE)
                .push("))");
        }
        sql
    }

    /// Conditions on what was added up over projects and sources.
    fn having(&self, mut sql: Sql) -> Sql {
        if !self.severities.is_empty() {
            sql = sql.list(" AND severity IN ", self.severities.iter().copied());
        }
        let flags = [
            (self.handled, "images = 0"),
            (self.fixable, "fixable"),
            (self.exploited, "exploited"),
            (self.has_containers, "containers > 0"),
        ];
        flags.into_iter().fold(sql, |sql, (wanted, condition)| match wanted {
            Some(true) => sql.push(&format!(" AND {condition}")),
            Some(false) => sql.push(&format!(" AND NOT ({condition})")),
            None => sql,
        })
    }
}

const COLUMNS: &str = "kind, rule, title_en, title_zh, severity, images, handled, containers, hosts, fixable, \
    exploited, epss, cvss, first_seen, last_scan";
/// Rows of projects and sources added up.
const SUMS: &str = "SELECT MIN(risk.id) AS id, risk.kind, risk.rule, MAX(risk.title_en) AS title_en, \
    MAX(risk.title_zh) AS title_zh, MAX(risk.severity) AS severity, CAST(SUM(risk.images) AS BIGINT) AS images, \
    CAST(SUM(risk.handled) AS BIGINT) AS handled, CAST(SUM(risk.containers) AS BIGINT) AS containers, \
    CAST(SUM(risk.hosts) AS BIGINT) AS hosts, MAX(CASE WHEN risk.fixable THEN 1 ELSE 0 END) = 1 AS fixable, \
    MAX(CASE WHEN risk.exploited THEN 1 ELSE 0 END) = 1 AS exploited, MAX(risk.epss) AS epss, \
    MAX(risk.cvss) AS cvss, MIN(risk.first_seen) AS first_seen, MAX(risk.last_scan) AS last_scan \
    FROM risk WHERE";

/// Those of a scope that fit, sorted, the largest first.
///
/// # Errors
/// When the database refuses or is gone, or the page asked for is none.
pub async fn list(
    database: &Database,
    scope: &Scope,
    filter: &Filter,
    sort: Sort,
    wanted: &Wanted,
) -> Result<Page<Risk>, Error> {
    let by = sort.expression();
    let select = format!("SELECT {COLUMNS}, {by} AS place, id AS number FROM");
    let operation = "list risks";
    let sql = match filter.group(scope) {
        Some((project, source)) => {
            let sql = Sql::read(operation, select).with(" risk WHERE risk.project_id = ", project);
            filter.apply(sql.with(" AND risk.source = ", source))
        }
        None => {
            let sql = Sql::read(operation, format!("WITH summed AS ({SUMS} risk.project_id > 0"));
            let sql = scope.limit(sql, "risk.project_id");
            let sql = match filter.project {
                Some(project) => sql.with(" AND risk.project_id = ", project),
                None => sql,
            };
            let sql = match filter.sources.as_slice() {
                [] => sql.push(" AND risk.source = ''"),
                sources => sql.list(" AND risk.source IN ", sources),
            };
            filter.apply(sql).push(&format!(" GROUP BY risk.kind, risk.rule) {select} summed WHERE TRUE"))
        }
    };
    let order = Order { by, id: "id", of: Sorted::Integers, descending: true };
    let risks: Vec<Placed> = wanted.ask(filter.having(sql), order)?.all(database).await?;
    let page = wanted.page(risks, |placed| (Key::Integer(placed.place), placed.number));
    Ok(Page { items: page.items.into_iter().map(|placed| placed.risk).collect(), next: page.next })
}

/// A vulnerability in the words of its publishers.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct Vulnerability {
    /// Its id.
    pub id: String,
    /// Its other ids, a JSON list.
    pub aliases: String,
    /// One line.
    pub title: String,
    /// The text.
    pub description: String,
    /// When it was published, RFC 3339.
    pub published: Option<String>,
    /// The worst that any publisher in use says.
    pub severity: i64,
    /// The worst base score.
    pub cvss: Option<f64>,
    /// How likely it is to be exploited.
    pub epss: Option<f64>,
    /// Whether it is known to be exploited.
    pub exploited: bool,
    /// Links, a JSON list.
    pub links: String,
}

/// A vulnerability by any of its ids; nothing when no image ever had it.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn vulnerability(database: &Database, id: &str) -> Result<Option<Vulnerability>, Error> {
    let select = "SELECT id, aliases, title, description, published, severity, cvss, epss, exploited, links \
                  FROM vulnerability WHERE ";
    let found = Sql::read("find a vulnerability", select).with("id = ", id).optional(database).await?;
    if found.is_some() {
        return Ok(found);
    }
    // Only what goes by no CVE of its own has another among its other ids.
    let others = if id.to_ascii_uppercase().starts_with("CVE-") { "id NOT LIKE 'CVE-%' AND " } else { "" };
    let alias = format!("%\"{}\"%", pattern::literal(id));
    let sql = Sql::read("find a vulnerability", select).with(&format!("{others}LOWER(aliases) LIKE "), alias);
    sql.push(ESCAPE).push(" ORDER BY id LIMIT 1").optional(database).await
}
