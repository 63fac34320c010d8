use std::collections::{BTreeMap, BTreeSet};

use super::found::{Found, Texts};
use crate::sql::{Sql, Value, insert};
use crate::{Database, Error, Transaction, now, settle};

/// What came of one package.
#[derive(Clone, Debug)]
pub struct Judged {
    /// The package.
    pub package: i64,
    /// Its vulnerabilities.
    pub found: Vec<Found>,
}

/// What is other than it is kept.
#[derive(Clone, Debug, Default)]
pub struct Difference {
    /// Rows that are new or changed, with the time since which they are known.
    put: BTreeMap<(i64, String), (Found, i64)>,
    /// Rows that are no more.
    gone: BTreeSet<(i64, String)>,
    /// Packages of which lists count something else than before.
    counted: BTreeSet<i64>,
    /// Vulnerabilities that a package had not had.
    added: BTreeSet<String>,
    /// Vulnerabilities that became known to be exploited.
    exploited: BTreeSet<String>,
    /// Vulnerabilities that may be no longer as bad as they were.
    milder: BTreeSet<String>,
}

impl Difference {
    /// Whether all is as it is kept.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.put.is_empty() && self.gone.is_empty()
    }

    fn change(&mut self, package: i64, found: Found, kept: &(Found, i64)) {
        let (before, since) = kept;
        if found == *before {
            return;
        }
        if !found.counts_as(before) {
            self.counted.insert(package);
        }
        if found.exploited && !before.exploited {
            self.exploited.insert(found.vulnerability.clone());
        }
        if found.severity < before.severity {
            self.milder.insert(found.vulnerability.clone());
        }
        self.put.insert((package, found.vulnerability.clone()), (found, *since));
    }
}

/// Rows as they are kept, of one package.
type Kept = BTreeMap<String, (Found, i64)>;

/// Holds what came of packages against what is kept; `texts` tell by which other ids vulnerabilities go.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn compare(
    database: &Database,
    judged: Vec<Judged>,
    texts: &BTreeMap<String, Texts>,
) -> Result<Difference, Error> {
    let mut kept = kept(database, judged.iter().map(|judged| judged.package)).await?;
    let (mut difference, now) = (Difference::default(), now());
    for Judged { package, found } in judged {
        let mut before = kept.remove(&package).unwrap_or_default();
        let mut added = Vec::new();
        for found in found {
            match before.remove(&found.vulnerability) {
                Some(kept) => difference.change(package, found, &kept),
                None => added.push(found),
            }
        }
        for found in added {
            // One that only got another name, as a CVE was given to it, is no news.
            let aliases = texts.get(&found.vulnerability).map(|texts| &texts.aliases);
            let renamed = aliases
                .into_iter()
                .flatten()
                .filter_map(|alias| before.get(alias))
                .map(|(_, since)| *since)
                .min();
            if renamed.is_none() {
                difference.added.insert(found.vulnerability.clone());
            }
            difference.counted.insert(package);
            let key = (package, found.vulnerability.clone());
            difference.put.insert(key, (found, renamed.unwrap_or(now)));
        }
        if !before.is_empty() {
            difference.counted.insert(package);
        }
        difference.milder.extend(before.keys().cloned());
        difference.gone.extend(before.into_keys().map(|vulnerability| (package, vulnerability)));
    }
    Ok(difference)
}

async fn kept(
    database: &Database,
    packages: impl Iterator<Item = i64>,
) -> Result<BTreeMap<i64, Kept>, Error> {
    #[derive(sqlx::FromRow)]
    struct Row {
        package_id: i64,
        #[sqlx(flatten)]
        found: Found,
        first_seen: i64,
    }
    let rows: Vec<Row> = Sql::read(
        "read the vulnerabilities of packages",
        "SELECT package_id, vulnerability, severity, status, fixed_version, risk, exploited, epss, suppressed, \
         first_seen FROM package_vulnerability WHERE package_id IN ",
    )
    .list("", packages)
    .all(database)
    .await?;
    let mut kept: BTreeMap<i64, Kept> = BTreeMap::new();
    for Row { package_id, found, first_seen } in rows {
        kept.entry(package_id).or_default().insert(found.vulnerability.clone(), (found, first_seen));
    }
    Ok(kept)
}

/// Writes what is other, notes the images that count otherwise, and what is news where `is_news` says so.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn write(
    transaction: &mut Transaction,
    difference: &Difference,
    texts: impl IntoIterator<Item = &Texts>,
    is_news: bool,
) -> Result<(), Error> {
    describe(transaction, texts).await?;
    let mut gone: BTreeMap<i64, Vec<&str>> = BTreeMap::new();
    for (package, vulnerability) in &difference.gone {
        gone.entry(*package).or_default().push(vulnerability);
    }
    for (package, vulnerabilities) in gone {
        for some in vulnerabilities.chunks(super::TOGETHER) {
            let sql = Sql::write("forget vulnerabilities", "DELETE FROM package_vulnerability");
            let sql = sql.with(" WHERE package_id = ", package);
            sql.list(" AND vulnerability IN ", some.iter().copied()).run(&mut *transaction).await?;
        }
    }
    let row = |((package, _), (found, since)): (&(i64, String), &(Found, i64))| -> Vec<Value> {
        vec![
            (*package).into(),
            (&found.vulnerability).into(),
            found.severity.into(),
            (&found.status).into(),
            found.fixed_version.as_deref().into(),
            found.risk.into(),
            found.exploited.into(),
            found.epss.into(),
            found.suppressed.as_deref().into(),
            (*since).into(),
        ]
    };
    let before = "INSERT INTO package_vulnerability (package_id, vulnerability, severity, status, fixed_version, risk, \
        exploited, epss, suppressed, first_seen) VALUES ";
    let after = " ON CONFLICT (package_id, vulnerability) DO UPDATE SET severity = excluded.severity, \
        status = excluded.status, fixed_version = excluded.fixed_version, risk = excluded.risk, \
        exploited = excluded.exploited, epss = excluded.epss, suppressed = excluded.suppressed";
    let rows = difference.put.iter().map(row).collect();
    insert("note vulnerabilities", transaction, before, rows, after).await?;
    settle::mark_having(transaction, &difference.counted).await?;
    if is_news {
        note(transaction, difference).await?;
    }
    Ok(())
}

/// Writes what is told of vulnerabilities, where it is told otherwise than before.
async fn describe(
    transaction: &mut Transaction,
    texts: impl IntoIterator<Item = &Texts>,
) -> Result<(), Error> {
    let before = "INSERT INTO vulnerability (id, aliases, title, description, published, severity, cvss, epss, \
        exploited, links) VALUES ";
    let after = " ON CONFLICT (id) DO UPDATE SET aliases = excluded.aliases, title = excluded.title, \
        description = excluded.description, published = excluded.published, \
        severity = CASE WHEN excluded.severity > vulnerability.severity THEN excluded.severity \
        ELSE vulnerability.severity END, cvss = excluded.cvss, epss = excluded.epss, \
        exploited = excluded.exploited, links = excluded.links \
        WHERE vulnerability.aliases <> excluded.aliases OR vulnerability.title <> excluded.title \
        OR vulnerability.description <> excluded.description OR vulnerability.links <> excluded.links \
        OR vulnerability.severity < excluded.severity OR vulnerability.exploited <> excluded.exploited \
        OR COALESCE(vulnerability.cvss, -1) <> COALESCE(excluded.cvss, -1) \
        OR COALESCE(vulnerability.epss, -1) <> COALESCE(excluded.epss, -1) \
        OR COALESCE(vulnerability.published, '') <> COALESCE(excluded.published, '')";
    let mut sorted: Vec<&Texts> = texts.into_iter().collect();
    sorted.sort_by(|left, right| left.id.cmp(&right.id));
    let rows = sorted.into_iter().map(Texts::row).collect();
    insert("describe vulnerabilities", transaction, before, rows, after).await
}

/// Brings vulnerabilities down to the worst that is still said of them; to be called when the difference is written, by
/// itself: who writes reports takes these rows first.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn soften(database: &Database, difference: &Difference) -> Result<(), Error> {
    let ids: Vec<&str> = difference.milder.iter().map(String::as_str).collect();
    for some in ids.chunks(super::TOGETHER) {
        Sql::write(
            "rate vulnerabilities",
            "UPDATE vulnerability SET severity = COALESCE((SELECT MAX(had.severity) FROM package_vulnerability had \
             WHERE had.vulnerability = vulnerability.id), severity) WHERE id IN ",
        )
        .list("", some.iter().copied())
        .run(database)
        .await?;
    }
    Ok(())
}

async fn note(transaction: &mut Transaction, difference: &Difference) -> Result<(), Error> {
    let new = difference.added.iter().map(|id| (id, "new-vulnerability"));
    let exploited = difference.exploited.iter().map(|id| (id, "exploited-vulnerability"));
    let row = |(id, kind): (&String, &str)| vec![id.into(), kind.into()];
    let rows = new.chain(exploited).map(row).collect();
    let before = "INSERT INTO news (vulnerability, kind) VALUES ";
    insert("note news", transaction, before, rows, " ON CONFLICT DO NOTHING").await
}
