//! Which images a decision can touch, and what it covers in them.

use std::collections::{BTreeMap, BTreeSet};

use model::FindingKind;

use super::record::Decision;
use super::{Extent, Finding, Image, InForce, list};
use crate::sql::{On, Sql};
use crate::{Database, Error, findings};

/// How much a decision covers; what another decision covers as well is counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Covered {
    /// Images in which it covers something.
    pub images: i64,
    /// Findings that it covers in them.
    pub findings: i64,
}

/// An image, as far as its place matters.
#[derive(sqlx::FromRow)]
struct Candidate {
    id: i64,
    project_id: i64,
    kind: String,
    repository: String,
    tag: Option<String>,
    reference: String,
    content_id: i64,
}

/// The contents whose counts a decision can change, in order: those of images that it holds in, and that have something
/// of its kind and rule.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn touched(on: impl Into<On<'_>>, decision: &Decision) -> Result<Vec<i64>, Error> {
    let mut on = on.into();
    let picked = match decision.scope {
        Extent::Images => list::standing(on.again(), decision.id).await?,
        _ => Vec::new(),
    };
    let candidates: Vec<Candidate> = candidates(decision).all(on).await?;
    let one = InForce::new(decision.clone(), picked)?;
    let held = candidates.iter().filter(|candidate| one.place.holds(&candidate.image()));
    let contents: BTreeSet<i64> = held.map(|candidate| candidate.content_id).collect();
    Ok(contents.into_iter().collect())
}

/// How much a decision covers, whether or not it still holds.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn covered(database: &Database, decision: &Decision) -> Result<Covered, Error> {
    let picked = match decision.scope {
        Extent::Images => list::standing(database, decision.id).await?,
        _ => Vec::new(),
    };
    let candidates: Vec<Candidate> = candidates(decision).all(database).await?;
    let one = InForce::new(decision.clone(), picked)?;
    let mut counts: BTreeMap<i64, i64> = BTreeMap::new();
    rows(decision)
        .each::<Row, Error>(database, |row| {
            if row.is_covered(&one) {
                *counts.entry(row.content_id).or_default() += 1;
            }
            Ok(())
        })
        .await?;
    let mut covered = Covered::default();
    for candidate in candidates.iter().filter(|candidate| one.place.holds(&candidate.image())) {
        if let Some(findings) = counts.get(&candidate.content_id) {
            covered.images += 1;
            covered.findings = covered.findings.saturating_add(*findings);
        }
    }
    Ok(covered)
}

/// A finding, as far as its subject matters.
#[derive(sqlx::FromRow)]
struct Row {
    content_id: i64,
    rule: String,
    aliases: Option<String>,
    package: String,
    path: String,
    purl: String,
    fingerprint: String,
    fixable: bool,
}

impl Row {
    fn is_covered(&self, one: &InForce) -> bool {
        // What is there was written as a list of texts.
        let aliases: Vec<String> =
            self.aliases.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
        let of_vulnerability = one.decision.kind == FindingKind::Vulnerabilities.word();
        let fingerprint = match of_vulnerability && !one.decision.fingerprint.is_empty() {
            true => findings::fingerprint_of(&self.rule, &self.purl, &self.path),
            false => self.fingerprint.clone(),
        };
        one.is_about(&Finding {
            kind: &one.decision.kind,
            rule: &self.rule,
            aliases: &aliases,
            package: &self.package,
            path: &self.path,
            fingerprint: &fingerprint,
            fixable: self.fixable,
        })
    }
}

impl Candidate {
    fn image(&self) -> Image<'_> {
        Image {
            asset_id: self.id,
            project_id: self.project_id,
            kind: &self.kind,
            repository: &self.repository,
            tag: self.tag.as_deref(),
            reference: &self.reference,
        }
    }
}

/// Images that have something of the decision's kind and rule.
fn candidates(decision: &Decision) -> Sql {
    let mut sql = Sql::read(
        "find the images of a decision",
        "SELECT asset.id, asset.project_id, asset.kind, asset.repository, asset.tag, asset.reference, \
         asset.content_id FROM asset WHERE asset.content_id IS NOT NULL",
    )
    .with(" AND asset.project_id = ", decision.project_id);
    sql = match &decision.scope {
        Extent::Kinds { kinds } => sql.list(" AND asset.kind IN ", kinds),
        Extent::Images => sql
            .with(
                " AND asset.id IN (SELECT asset_id FROM decision_asset WHERE decision_asset.decision_id = ",
                decision.id,
            )
            .push(")"),
        Extent::All | Extent::Registries { .. } | Extent::Names { .. } => sql,
    };
    sql = sql.push(" AND asset.content_id IN (");
    if decision.kind == FindingKind::Vulnerabilities.word() {
        return vulnerable(sql.push("SELECT content_package.content_id"), decision).push(")");
    }
    found(sql.push("SELECT finding.content_id"), decision).push(")")
}

/// The findings of the decision's kind and rule.
fn rows(decision: &Decision) -> Sql {
    const OPERATION: &str = "count what a decision covers";
    if decision.kind == FindingKind::Vulnerabilities.word() {
        let columns = "SELECT content_package.content_id, package_vulnerability.vulnerability AS rule, \
            (SELECT aliases FROM vulnerability WHERE id = package_vulnerability.vulnerability) AS aliases, \
            package.name AS package, content_package.path, package.purl, '' AS fingerprint, \
            package_vulnerability.fixed_version IS NOT NULL AS fixable";
        return vulnerable(Sql::read(OPERATION, columns), decision);
    }
    let columns = "SELECT finding.content_id, finding.rule, NULL AS aliases, finding.package, finding.path, \
        '' AS purl, finding.fingerprint, FALSE AS fixable";
    found(Sql::read(OPERATION, columns), decision)
}

/// `FROM …` of findings that are no vulnerabilities.
fn found(sql: Sql, decision: &Decision) -> Sql {
    let mut sql = sql.with(" FROM finding WHERE finding.kind = ", &decision.kind);
    if !decision.rule.is_empty() {
        sql = sql.with(" AND finding.rule = ", &decision.rule);
    }
    if !decision.fingerprint.is_empty() {
        sql = sql.with(" AND finding.fingerprint = ", &decision.fingerprint);
    }
    sql
}

/// `FROM …` of packages with the decision's vulnerability, by whichever of its ids it is named.
fn vulnerable(sql: Sql, decision: &Decision) -> Sql {
    let mut sql = sql.push(
        " FROM package_vulnerability \
         JOIN content_package ON content_package.package_id = package_vulnerability.package_id \
         JOIN package ON package.id = package_vulnerability.package_id WHERE TRUE",
    );
    if !decision.rule.is_empty() {
        sql = sql
            .with(" AND (package_vulnerability.vulnerability = ", &decision.rule)
            .push(" OR package_vulnerability.vulnerability IN (SELECT id FROM vulnerability")
            .with(" WHERE aliases LIKE ", format!("%{}%", serde_json::json!(decision.rule)))
            .push("))");
    }
    if !decision.package.is_empty() && !decision.package.contains(['*', '?']) {
        sql = sql.with(" AND LOWER(package.name) = ", decision.package.to_lowercase());
    }
    sql
}
