use std::collections::HashMap;
use std::sync::Arc;

use model::FindingKind;

use crate::Error;
use crate::sql::{On, Sql};

/// How many ids are asked for at once.
const TOGETHER: usize = 10_000;

/// Packages and rules that were met: each is read once, however many images have it.
#[derive(Debug, Default)]
pub(crate) struct Known {
    rules: Vec<Rule>,
    places: HashMap<(FindingKind, String), u32>,
    /// Nothing for one without vulnerabilities.
    packages: HashMap<i64, Option<Arc<Package>>>,
}

/// Something that can be wrong.
#[derive(Debug)]
pub(crate) struct Rule {
    pub(crate) kind: FindingKind,
    pub(crate) id: String,
    pub(crate) aliases: Vec<String>,
}

/// A package that has vulnerabilities.
#[derive(Debug, Default)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) purl: String,
    pub(crate) vulnerabilities: Vec<Vulnerability>,
}

/// A vulnerability of a package.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Vulnerability {
    pub(crate) rule: u32,
    pub(crate) severity: u8,
    pub(crate) fixable: bool,
    pub(crate) exploited: bool,
    pub(crate) suppressed: bool,
    pub(crate) first_seen: i64,
}

#[derive(sqlx::FromRow)]
struct Row {
    package_id: i64,
    vulnerability: String,
    severity: i64,
    fixable: bool,
    exploited: bool,
    suppressed: bool,
    first_seen: i64,
}

impl Known {
    /// The rule of a number that was given out here.
    pub(crate) fn rule(&self, number: u32) -> Option<&Rule> {
        self.rules.get(usize::try_from(number).ok()?)
    }

    /// The package of an id that was asked for, if it has vulnerabilities.
    pub(crate) fn package(&self, id: i64) -> Option<&Arc<Package>> {
        self.packages.get(&id)?.as_ref()
    }

    /// The number of a rule.
    pub(crate) fn number(&mut self, kind: FindingKind, id: String) -> u32 {
        if let Some(known) = self.places.get(&(kind, id.clone())) {
            return *known;
        }
        let number = u32::try_from(self.rules.len()).unwrap_or(u32::MAX);
        self.rules.push(Rule { kind, id: id.clone(), aliases: Vec::new() });
        self.places.insert((kind, id), number);
        number
    }

    /// Reads those of these packages that were not met yet.
    pub(crate) async fn meet(&mut self, on: impl Into<On<'_>>, packages: &[i64]) -> Result<(), Error> {
        let mut on = on.into();
        let mut new: Vec<i64> =
            packages.iter().copied().filter(|id| !self.packages.contains_key(id)).collect();
        new.sort_unstable();
        new.dedup();
        let rules = self.rules.len();
        for some in new.chunks(TOGETHER) {
            self.read(on.again(), some).await?;
        }
        self.name(on, rules).await
    }

    async fn read(&mut self, mut on: On<'_>, ids: &[i64]) -> Result<(), Error> {
        let rows: Vec<Row> = Sql::read(
            "read the vulnerabilities of packages",
            "SELECT package_id, vulnerability, severity, fixed_version IS NOT NULL AS fixable, exploited, \
             suppressed IS NOT NULL AS suppressed, first_seen FROM package_vulnerability WHERE package_id IN ",
        )
        .list("", ids.iter().copied())
        .all(on.again())
        .await?;
        let mut found: HashMap<i64, Vec<Vulnerability>> = HashMap::new();
        for row in rows {
            found.entry(row.package_id).or_default().push(Vulnerability {
                rule: self.number(FindingKind::Vulnerabilities, row.vulnerability),
                severity: u8::try_from(row.severity).unwrap_or_default(),
                fixable: row.fixable,
                exploited: row.exploited,
                suppressed: row.suppressed,
                first_seen: row.first_seen,
            });
        }
        self.packages.extend(ids.iter().map(|id| (*id, None)));
        let named: Vec<(i64, String, String)> =
            Sql::read("read packages", "SELECT id, name, purl FROM package WHERE id IN ")
                .list("", found.keys().copied())
                .all(on)
                .await?;
        for (id, name, purl) in named {
            let mut vulnerabilities = found.remove(&id).unwrap_or_default();
            vulnerabilities.shrink_to_fit();
            self.packages.insert(id, Some(Arc::new(Package { name, purl, vulnerabilities })));
        }
        Ok(())
    }

    /// Reads by which other ids the vulnerabilities go that were met since there were so many rules.
    async fn name(&mut self, mut on: On<'_>, before: usize) -> Result<(), Error> {
        let new: Vec<String> = self
            .rules
            .iter()
            .skip(before)
            .filter(|rule| rule.kind == FindingKind::Vulnerabilities)
            .map(|rule| rule.id.clone())
            .collect();
        for some in new.chunks(TOGETHER) {
            let rows: Vec<(String, String)> = Sql::read(
                "read the names of vulnerabilities",
                "SELECT id, aliases FROM vulnerability WHERE aliases <> '[]' AND id IN ",
            )
            .list("", some)
            .all(on.again())
            .await?;
            for (id, aliases) in rows {
                let number = self.number(FindingKind::Vulnerabilities, id);
                let rule = usize::try_from(number).ok().and_then(|at| self.rules.get_mut(at));
                if let Some(rule) = rule {
                    // What is there was written as a list of texts.
                    rule.aliases = serde_json::from_str(&aliases).unwrap_or_default();
                }
            }
        }
        Ok(())
    }
}
