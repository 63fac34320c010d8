//! Vulnerabilities of packages, and what is told of each vulnerability.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use model::{Detail, Finding, Report, Vulnerability};

use crate::sql::{Sql, Value, insert, storable};
use crate::{Error, Transaction, now, settle};

/// How many ids are asked for at once.
const TOGETHER: usize = 10_000;

/// A vulnerability of a package as it is kept.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
struct Kept {
    severity: i64,
    status: String,
    fixed_version: Option<String>,
    risk: f64,
    exploited: bool,
    epss: Option<f64>,
    suppressed: Option<String>,
}

/// What is told of a vulnerability, but for texts.
#[derive(Clone, Copy, Debug, PartialEq, sqlx::FromRow)]
struct Rated {
    severity: i64,
    cvss: Option<f64>,
    epss: Option<f64>,
    exploited: bool,
}

#[derive(sqlx::FromRow)]
struct Before {
    package_id: i64,
    vulnerability: String,
    #[sqlx(flatten)]
    kept: Kept,
}

#[derive(sqlx::FromRow)]
struct Known {
    id: String,
    #[sqlx(flatten)]
    rated: Rated,
}

/// A text as it is kept.
fn plain(text: &str) -> String {
    storable(text.to_owned())
}

impl Kept {
    fn of(finding: &Finding, found: &Vulnerability) -> Self {
        Self {
            severity: finding.severity as i64,
            status: found.status.word().to_owned(),
            fixed_version: found.fixed_version.as_deref().map(plain),
            risk: found.risk,
            exploited: found.known_exploited,
            epss: found.epss.map(|epss| epss.score),
            // Texts are always written.
            suppressed: finding.suppressed.as_ref().and_then(|why| serde_json::to_string(why).ok()),
        }
    }
}

impl Rated {
    fn of(finding: &Finding, found: &Vulnerability) -> Self {
        Self {
            severity: finding.severity as i64,
            cvss: found.ratings.iter().filter_map(|rating| rating.score).max_by(f64::total_cmp),
            epss: found.epss.map(|epss| epss.score),
            exploited: found.known_exploited,
        }
    }

    /// The worst that either says: publishers differ, and all of them are meant.
    fn worst(self, other: Self) -> Self {
        let larger = |left: Option<f64>, right: Option<f64>| match (left, right) {
            (Some(left), Some(right)) => Some(left.max(right)),
            (known, None) | (None, known) => known,
        };
        Self {
            severity: self.severity.max(other.severity),
            cvss: larger(self.cvss, other.cvss),
            // These are told by one publisher only, so the newer one holds.
            epss: other.epss.or(self.epss),
            exploited: self.exploited || other.exploited,
        }
    }
}

/// Every vulnerability of a report, with its finding.
fn vulnerabilities(report: &Report) -> impl Iterator<Item = (&Finding, &Vulnerability)> {
    report.findings.iter().filter_map(|finding| match &finding.detail {
        Detail::Vulnerability(found) => Some((finding, &**found)),
        _ => None,
    })
}

pub(super) async fn write(transaction: &mut Transaction, report: &Report, ids: &[i64]) -> Result<(), Error> {
    let places: HashMap<(&str, &[String]), i64> = report
        .packages
        .iter()
        .zip(ids)
        .map(|(package, id)| ((package.purl.as_str(), package.paths.as_slice()), *id))
        .collect();
    let mut now: BTreeMap<(i64, String), Kept> = BTreeMap::new();
    for (finding, found) in vulnerabilities(report) {
        let package = places.get(&(found.purl.as_str(), found.paths.as_slice())).ok_or_else(|| {
            let why = format!("it tells of {} in `{}`, which it does not list", finding.id, found.purl);
            Error::Report { why }
        })?;
        now.entry((*package, plain(&finding.id))).or_insert_with(|| Kept::of(finding, found));
    }
    describe(transaction, report).await?;
    let packages: BTreeSet<i64> = ids.iter().copied().collect();
    let before = before(transaction, &packages).await?;
    replace(transaction, now, before).await
}

async fn before(
    transaction: &mut Transaction,
    packages: &BTreeSet<i64>,
) -> Result<BTreeMap<(i64, String), Kept>, Error> {
    let packages: Vec<i64> = packages.iter().copied().collect();
    let mut before = BTreeMap::new();
    for some in packages.chunks(TOGETHER) {
        let rows: Vec<Before> = Sql::read(
            "read the vulnerabilities of packages",
            "SELECT package_id, vulnerability, severity, status, fixed_version, risk, exploited, epss, suppressed \
             FROM package_vulnerability WHERE package_id IN ",
        )
        .list("", some.iter().copied())
        .all(&mut *transaction)
        .await?;
        before.extend(rows.into_iter().map(|row| ((row.package_id, row.vulnerability), row.kept)));
    }
    Ok(before)
}

/// Writes what is other than before, and notes that all who have such a package count otherwise.
async fn replace(
    transaction: &mut Transaction,
    mut found: BTreeMap<(i64, String), Kept>,
    before: BTreeMap<(i64, String), Kept>,
) -> Result<(), Error> {
    let mut gone: BTreeMap<i64, Vec<String>> = BTreeMap::new();
    for (key, kept) in before {
        match found.get(&key) {
            Some(same) if *same == kept => drop(found.remove(&key)),
            Some(_) => {}
            None => gone.entry(key.0).or_default().push(key.1),
        }
    }
    let changed: BTreeSet<i64> =
        found.keys().map(|(package, _)| *package).chain(gone.keys().copied()).collect();
    for (package, vulnerabilities) in gone {
        let sql = Sql::write("forget vulnerabilities", "DELETE FROM package_vulnerability WHERE");
        let sql = sql.with(" package_id = ", package).list(" AND vulnerability IN ", vulnerabilities);
        sql.run(&mut *transaction).await?;
    }
    let at = now();
    let rows = found.into_iter().map(|((package, id), kept)| row(package, id, kept, at)).collect();
    let into = "INSERT INTO package_vulnerability (package_id, vulnerability, severity, status, fixed_version, \
        risk, exploited, epss, suppressed, first_seen) VALUES ";
    let after = " ON CONFLICT (package_id, vulnerability) DO UPDATE SET severity = excluded.severity, \
        status = excluded.status, fixed_version = excluded.fixed_version, risk = excluded.risk, \
        exploited = excluded.exploited, epss = excluded.epss, suppressed = excluded.suppressed";
    insert("note vulnerabilities", transaction, into, rows, after).await?;
    settle::mark_having(transaction, &changed).await
}

fn row(package: i64, vulnerability: String, kept: Kept, at: i64) -> Vec<Value> {
    vec![
        package.into(),
        vulnerability.into(),
        kept.severity.into(),
        kept.status.into(),
        kept.fixed_version.into(),
        kept.risk.into(),
        kept.exploited.into(),
        kept.epss.into(),
        kept.suppressed.into(),
        at.into(),
    ]
}

/// Writes what is told of vulnerabilities: all of those that are new, of others what is worse than was known. Texts
/// differ from publisher to publisher, so the first ones stay until advisories change.
async fn describe(transaction: &mut Transaction, report: &Report) -> Result<(), Error> {
    let mut told: BTreeMap<String, (Rated, &Finding, &Vulnerability)> = BTreeMap::new();
    for (finding, found) in vulnerabilities(report) {
        let rated = Rated::of(finding, found);
        let one = told.entry(plain(&finding.id)).or_insert((rated, finding, found));
        one.0 = one.0.worst(rated);
    }
    let ids: Vec<&String> = told.keys().collect();
    let mut known: HashMap<String, Rated> = HashMap::new();
    for some in ids.chunks(TOGETHER) {
        let rows: Vec<Known> = Sql::read(
            "read what is told of vulnerabilities",
            "SELECT id, severity, cvss, epss, exploited FROM vulnerability WHERE id IN ",
        )
        .list("", some.iter().copied())
        .all(&mut *transaction)
        .await?;
        known.extend(rows.into_iter().map(|row| (row.id, row.rated)));
    }
    let rows = told
        .into_iter()
        .filter_map(|(id, (rated, _, found))| {
            let before = known.get(&id).copied();
            let rated = before.map_or(rated, |before| before.worst(rated));
            (before != Some(rated)).then(|| texts(id, rated, found))
        })
        .collect();
    let into = "INSERT INTO vulnerability (id, aliases, title, description, published, severity, cvss, epss, \
        exploited, links) VALUES ";
    let after = " ON CONFLICT (id) DO UPDATE SET severity = excluded.severity, cvss = excluded.cvss, \
        epss = excluded.epss, exploited = excluded.exploited";
    insert("describe vulnerabilities", transaction, into, rows, after).await
}

fn texts(id: String, rated: Rated, found: &Vulnerability) -> Vec<Value> {
    let links: Vec<&str> = found.references.iter().map(|link| link.url.as_str()).collect();
    vec![
        id.into(),
        serde_json::to_string(&found.aliases).unwrap_or_default().into(),
        (&found.title).into(),
        (&found.description).into(),
        found.published.as_deref().into(),
        rated.severity.into(),
        rated.cvss.into(),
        rated.epss.into(),
        rated.exploited.into(),
        serde_json::to_string(&links).unwrap_or_default().into(),
    ]
}
