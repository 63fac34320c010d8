//! Which images a decision can touch.

use std::collections::BTreeSet;

use super::record::Decision;
use super::{Extent, Image, InForce, list};
use crate::Error;
use crate::sql::{On, Sql};

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
        Extent::Images => list::picked(on.again(), decision.id).await?,
        _ => Vec::new(),
    };
    let candidates: Vec<Candidate> = candidates(decision).all(on).await?;
    let one = InForce::new(decision.clone(), picked)?;
    let held = candidates.iter().filter(|candidate| one.place.holds(&candidate.image()));
    let contents: BTreeSet<i64> = held.map(|candidate| candidate.content_id).collect();
    Ok(contents.into_iter().collect())
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
    if decision.kind == model::FindingKind::Vulnerabilities.word() {
        return vulnerable(sql, decision);
    }
    sql = sql.with(
        " AND asset.content_id IN (SELECT finding.content_id FROM finding WHERE finding.kind = ",
        &decision.kind,
    );
    if !decision.rule.is_empty() {
        sql = sql.with(" AND finding.rule = ", &decision.rule);
    }
    if !decision.fingerprint.is_empty() {
        sql = sql.with(" AND finding.fingerprint = ", &decision.fingerprint);
    }
    sql.push(")")
}

/// Those that have a package with the decision's vulnerability, by whichever of its ids it is named.
fn vulnerable(sql: Sql, decision: &Decision) -> Sql {
    let mut sql = sql.push(
        " AND asset.content_id IN (SELECT content_package.content_id FROM package_vulnerability \
         JOIN content_package ON content_package.package_id = package_vulnerability.package_id",
    );
    if !decision.package.is_empty() {
        sql = sql.push(" JOIN package ON package.id = package_vulnerability.package_id");
    }
    sql = sql.push(" WHERE TRUE");
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
    sql.push(")")
}
