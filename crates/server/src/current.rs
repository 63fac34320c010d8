//! The report of an image as it stands now: what the last scan read, judged by the advisories and decisions of today.

use std::collections::HashMap;

use model::{Detail, Finding, FindingKind, Package, Report, Suppression, SuppressionStatus, day_of};
use store::assets::Asset;
use store::decided::{self, Decided};
use store::decisions::{Action, Decision};

use crate::problem::Problem;
use crate::{App, Error, ingest};

/// The report of the last scan of an image; nothing when it was never scanned.
///
/// # Errors
/// When it cannot be read.
pub(crate) async fn scanned(app: &App, asset: &Asset) -> Result<Option<Report>, Problem> {
    let (Some(content), Some(_)) = (asset.content_id, asset.scan_id) else { return Ok(None) };
    match store::ingest::last(&app.database, content).await? {
        Some((_, key)) => Ok(Some(ingest::report(app, &key).await?)),
        None => Ok(None),
    }
}

/// The report of an image as it stands now; nothing when it was never scanned.
///
/// # Errors
/// When the report or the advisories cannot be read.
pub(crate) async fn report(app: &App, asset: &Asset) -> Result<Option<Report>, Problem> {
    let Some(report) = scanned(app, asset).await? else { return Ok(None) };
    let judging = app.clone();
    let mut report = blocking(move || judged(&judging, report)).await??;
    report.image.name.clone_from(&asset.name);
    decide(&mut report, &decided::of_asset(&app.database, asset).await?);
    Ok(Some(report))
}

/// Does what takes long where it holds nobody up.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Problem> {
    tokio::task::spawn_blocking(work).await.map_err(|error| Problem::internal(&error))
}

/// Looks for vulnerabilities anew, if they were looked for and there are advisories.
fn judged(app: &App, mut report: Report) -> Result<Report, Error> {
    let wanted = report.checks.iter().any(|check| check == FindingKind::Vulnerabilities.word());
    let Some(database) = app.advisories()?.filter(|_| wanted) else { return Ok(report) };
    let judgement = advisories::judge(&database, report.distribution.as_ref(), &report.packages)?;
    let packages: HashMap<(String, String), &Package> = report.packages.iter().map(place).collect();
    let placed = judgement.findings.into_iter().map(|mut found| {
        let place = at(found.purl().unwrap_or_default(), found.paths());
        if let Some(package) = packages.get(&place) {
            found.layer.clone_from(&package.layer);
            found.created_by.clone_from(&package.created_by);
            found.from_base = package.from_base;
        }
        found
    });
    let mut findings: Vec<Finding> = placed.collect();
    findings
        .extend(report.findings.drain(..).filter(|found| !matches!(found.detail, Detail::Vulnerability(_))));
    findings.sort_by_cached_key(|found| (std::cmp::Reverse(found.severity), found.kind(), found.key()));
    report.findings = findings;
    Ok(report)
}

/// By what a package of an image is known: its URL and its first path.
fn at(purl: &str, paths: &[String]) -> (String, String) {
    (purl.to_owned(), paths.first().cloned().unwrap_or_default())
}

fn place(package: &Package) -> ((String, String), &Package) {
    (at(&package.purl, &package.paths), package)
}

/// Marks what was decided about.
fn decide(report: &mut Report, findings: &[Decided]) {
    let decisions: HashMap<&str, &Decision> = findings
        .iter()
        .filter_map(|found| Some((&*found.row.fingerprint, found.decision.as_ref()?)))
        .collect();
    for found in &mut report.findings {
        if let Some(decision) = decisions.get(&*store::findings::fingerprint(found)) {
            found.suppressed = Some(suppression(decision));
        }
    }
}

fn suppression(decision: &Decision) -> Suppression {
    let status = match decision.action {
        Action::FalsePositive => SuppressionStatus::FalsePositive,
        Action::Whitelist | Action::Ignore | Action::Deferral => SuppressionStatus::Accepted,
    };
    let until = decision.until.and_then(|until| u64::try_from(until / 1000).ok()).map(day_of);
    Suppression {
        status,
        source: format!("decision {}", decision.id),
        reason: decision.remark.clone(),
        until,
    }
}

/// The finding of a report that has this fingerprint.
pub(crate) fn finding(report: Report, fingerprint: &str) -> Option<Finding> {
    report.findings.into_iter().find(|found| store::findings::fingerprint(found) == fingerprint)
}
