//! From matching records to one finding.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use model::{
    Advisory, Detail, Finding, FixStatus, KnownExploited, Package, Rating, Severity, Text, Vulnerability,
};
use versions::Scheme;

use crate::evaluate::Hit;
use crate::identity::{MALICIOUS, ids, is_cve};

/// A record that matched.
pub(crate) struct Match {
    pub(crate) advisory: Rc<Advisory>,
    /// What its publisher says for this package alone.
    pub(crate) severity: Option<Severity>,
    /// What of it holds the version.
    pub(crate) hit: Hit,
    /// Whether it is about one vulnerability, so that all its ids are that one's.
    pub(crate) is_about_one: bool,
}

/// The finding of one vulnerability in one package, from all records about it that matched.
pub(crate) fn finding(
    id: &str,
    mut matches: Vec<Match>,
    package: &Package,
    scheme: Scheme,
    kev: &BTreeMap<String, KnownExploited>,
) -> Finding {
    matches.sort_by(|left, right| {
        left.advisory.id.cmp(&right.advisory.id).then_with(|| left.hit.why.cmp(&right.hit.why))
    });
    matches.dedup_by(|left, right| left.advisory.id == right.advisory.id && left.hit == right.hit);
    let aliases = aliases(id, &matches);
    let mut ratings: Vec<Rating> = Vec::new();
    for rating in matches.iter().flat_map(|found| &found.advisory.ratings) {
        if !ratings.contains(rating) {
            ratings.push(rating.clone());
        }
    }
    let malicious = id.starts_with(MALICIOUS);
    let (severity, severity_source) =
        if malicious { (Severity::Critical, Some("MAL".to_owned())) } else { severity(&matches, &ratings) };
    let fixed_version = highest_fix(scheme, &matches);
    let kev =
        std::iter::once(id).chain(aliases.iter().map(String::as_str)).find_map(|id| kev.get(id)).cloned();
    let source_package = package.source.as_ref().map(|source| source.name.clone());
    let best = |text: fn(&Advisory) -> &String| {
        let texts = matches.iter().map(|found| text(&found.advisory));
        texts
            .max_by_key(|text| (!text.is_empty(), !text.starts_with("Fixed in ")))
            .cloned()
            .unwrap_or_default()
    };
    let title = Some(best(|advisory| &advisory.summary)).filter(|title| !title.is_empty());
    let description = best(|advisory| &advisory.details);
    let cwes: BTreeSet<&String> = matches.iter().flat_map(|found| &found.advisory.cwes).collect();
    let mut references = Vec::new();
    for reference in matches.iter().flat_map(|found| &found.advisory.references) {
        if !references.contains(reference) {
            references.push(reference.clone());
        }
    }
    let mut advisories: Vec<String> = matches.iter().map(|found| found.advisory.id.clone()).collect();
    advisories.dedup();
    let vulnerability = Vulnerability {
        title: title.unwrap_or_else(|| first_line(&description)),
        severity_source,
        ratings,
        known_exploited: kev.is_some(),
        kev,
        epss: None,
        risk: 0.0,
        status: if fixed_version.is_some() { FixStatus::Fixed } else { FixStatus::Affected },
        package: package.name.clone(),
        package_type: package.kind.word().to_owned(),
        source_package: source_package.filter(|source| *source != package.name),
        installed_version: package.version.clone(),
        purl: package.purl.clone(),
        paths: package.paths.clone(),
        advice: if malicious { remove(package) } else { advice(package, fixed_version.as_deref()) },
        evidence: evidence(package, fixed_version.as_deref(), &matches),
        cwes: cwes.into_iter().cloned().collect(),
        references,
        published: matches
            .iter()
            .map(|found| &found.advisory.published)
            .filter(|day| !day.is_empty())
            .min()
            .cloned(),
        aliases,
        advisories,
        description,
        fixed_version,
    };
    Finding {
        layer: package.layer.clone(),
        created_by: package.created_by.clone(),
        ..Finding::new(id, severity, Detail::Vulnerability(Box::new(vulnerability)))
    }
}

/// All other ids of the vulnerability: those of records about it alone, and the records' own.
fn aliases(id: &str, matches: &[Match]) -> Vec<String> {
    let mut aliases = BTreeSet::new();
    for found in matches {
        aliases.extend(ids(&found.advisory).filter(|other| found.is_about_one || !is_cve(other)));
    }
    aliases.remove(id);
    aliases.into_iter().map(str::to_owned).collect()
}

/// The distribution's word for this package holds before the publisher's for the vulnerability, and words before scores:
/// they are given by somebody who looked, where a score may stand for the worst case.
fn severity(matches: &[Match], ratings: &[Rating]) -> (Severity, Option<String>) {
    let own = matches.iter().filter_map(|found| {
        let severity = found.severity.filter(|severity| *severity != Severity::Unknown)?;
        Some((severity, found.advisory.id.split('-').next().unwrap_or_default().to_owned()))
    });
    if let Some((severity, source)) = own.max() {
        return (severity, Some(source));
    }
    let rank = |rating: &&Rating| match rating.source.as_str() {
        "CVSS_V4" => 3,
        "CVSS_V3" => 2,
        "CVSS_V2" | "score" => 1,
        _ => 4,
    };
    let said = ratings.iter().filter(|rating| rating.severity != Severity::Unknown);
    match said.max_by_key(|rating| (rank(rating), rating.severity)) {
        Some(rating) => (rating.severity, Some(rating.source.clone())),
        None => (Severity::Unknown, None),
    }
}

/// Where records disagree about the fix, the version that mends it by all of them.
fn highest_fix(scheme: Scheme, matches: &[Match]) -> Option<String> {
    let fixes = matches.iter().filter_map(|found| found.hit.fixed.as_ref());
    fixes.max_by(|left, right| versions::compare(scheme, left, right).unwrap_or(Ordering::Equal)).cloned()
}

fn advice(package: &Package, fixed: Option<&str>) -> Text {
    let source = package.source.as_ref().map(|source| &source.name).filter(|name| **name != package.name);
    let name = &package.name;
    let Some(fixed) = fixed else {
        return Text::new(
            "No fixed version is published: remove the package if it is not needed, or wait for a fix",
            "尚无修复版本：若不需要该软件包请移除，否则等待修复发布",
        );
    };
    let (en, zh) = source.map_or_else(Default::default, |source| {
        (format!(" (source package `{source}`)"), format!("（源码包 `{source}`）"))
    });
    Text::new(
        format!("Upgrade `{name}`{en} to {fixed} or later"),
        format!("将 `{name}`{zh} 升级到 {fixed} 或更高版本"),
    )
}

fn remove(package: &Package) -> Text {
    let name = &package.name;
    Text::new(
        format!(
            "Remove `{name}`: this version was made to do harm; hold what it could reach, secrets above all, for known to others"
        ),
        format!("移除 `{name}`：该版本为恶意版本；它能接触到的内容，尤其是密钥和口令，均应视为已泄露"),
    )
}

fn evidence(package: &Package, fixed: Option<&str>, matches: &[Match]) -> String {
    let (name, version) = match &package.source {
        Some(source) => (&source.name, &source.version),
        None => (&package.name, &package.version),
    };
    let said = matches.iter().map(|found| format!("{}: {}", found.advisory.id, found.hit.why));
    let said = said.collect::<Vec<_>>().join("; ");
    let below = fixed.map_or(String::new(), |fixed| format!(" < {fixed}"));
    format!("{name} {version}{below} ({said})")
}

fn first_line(text: &str) -> String {
    let line = text.lines().map(|line| line.trim_start_matches(['#', ' '])).find(|line| !line.is_empty());
    line.unwrap_or_default().to_owned()
}
