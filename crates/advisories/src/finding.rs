//! From matching records to one finding.

mod risk;
mod severity;

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::rc::Rc;

use model::{
    Advisory, Detail, Epss, Finding, FixStatus, KnownExploited, Package, Rating, Severity, Text,
    Vulnerability,
};
use versions::Scheme;

use crate::Error;
use crate::database::Database;
use crate::evaluate::Hit;
use crate::identity::{MALICIOUS, ids, is_cve};

/// A record that matched.
pub(crate) struct Match {
    pub(crate) advisory: Rc<Advisory>,
    /// What its publisher says for this package alone.
    pub(crate) severity: Option<Severity>,
    /// What its publisher says beyond versions.
    pub(crate) status: Option<FixStatus>,
    /// What of it holds the version.
    pub(crate) hit: Hit,
    /// Whether it is about one vulnerability, so that all its ids are that one's.
    pub(crate) is_about_one: bool,
    /// The name and version it was found by.
    pub(crate) name: String,
    pub(crate) version: String,
}

/// What a finding is about.
pub(crate) struct Subject<'a> {
    pub(crate) id: &'a str,
    pub(crate) package: &'a Package,
    pub(crate) scheme: Scheme,
}

/// The finding of one vulnerability in one package, from all records about it that matched and all that is known of it.
pub(crate) fn finding(
    subject: &Subject<'_>,
    mut matches: Vec<Match>,
    known: &[Rc<Advisory>],
    database: &Database,
) -> Result<Finding, Error> {
    let Subject { id, package, scheme } = *subject;
    matches.sort_by(|left, right| {
        left.advisory.id.cmp(&right.advisory.id).then_with(|| left.hit.why.cmp(&right.hit.why))
    });
    matches.dedup_by(|left, right| left.advisory.id == right.advisory.id && left.hit == right.hit);
    let aliases = aliases(id, &matches);
    let records = || known.iter().map(Rc::as_ref).chain(matches.iter().map(|found| &*found.advisory));
    let ratings: Vec<Rating> = each_once(records().flat_map(|record| &record.ratings));
    let malicious = id.starts_with(MALICIOUS);
    let (severity, severity_source) = if malicious {
        (Severity::Critical, Some("MAL".to_owned()))
    } else {
        severity::severity(&matches, known)
    };
    let fixed_version = highest_fix(scheme, &matches);
    let (kev, epss) = exploitation(database, id, &aliases)?;
    let risk = risk::risk(severity, &ratings, epss, kev.is_some() || malicious);
    let source_package = package.source.as_ref().map(|source| source.name.clone());
    let best = |text: fn(&Advisory) -> &String| {
        let texts = records().map(text);
        texts
            .max_by_key(|text| (!text.is_empty(), !text.starts_with("Fixed in ")))
            .cloned()
            .unwrap_or_default()
    };
    let title = Some(best(|advisory| &advisory.summary)).filter(|title| !title.is_empty());
    let description = best(|advisory| &advisory.details);
    let cwes: BTreeSet<&String> = records().flat_map(|record| &record.cwes).collect();
    let references = each_once(matches.iter().flat_map(|found| &found.advisory.references));
    let mut advisories: Vec<String> = matches.iter().map(|found| found.advisory.id.clone()).collect();
    advisories.dedup();
    let status = status(&matches);
    let vulnerability = Vulnerability {
        title: title.unwrap_or_else(|| first_line(&description)),
        severity_source,
        ratings,
        known_exploited: kev.is_some(),
        kev,
        epss,
        risk,
        status: if fixed_version.is_some() { FixStatus::Fixed } else { status },
        package: package.name.clone(),
        package_type: package.kind.word().to_owned(),
        source_package: source_package.filter(|source| *source != package.name),
        installed_version: package.version.clone(),
        purl: package.purl.clone(),
        paths: package.paths.clone(),
        advice: if malicious { remove(package) } else { advice(package, fixed_version.as_deref(), status) },
        evidence: evidence(fixed_version.as_deref(), &matches),
        cwes: cwes.into_iter().cloned().collect(),
        references,
        published: published(&matches),
        aliases,
        advisories,
        description,
        fixed_version,
    };
    Ok(Finding {
        layer: package.layer.clone(),
        created_by: package.created_by.clone(),
        ..Finding::new(id, severity, Detail::Vulnerability(Box::new(vulnerability)))
    })
}

/// Copies, each once, in order.
fn each_once<'a, T: Clone + PartialEq + 'a>(all: impl Iterator<Item = &'a T>) -> Vec<T> {
    let mut once: Vec<T> = Vec::new();
    for one in all {
        if !once.contains(one) {
            once.push(one.clone());
        }
    }
    once
}

/// Whether it is known to be exploited, and how likely it is to be.
fn exploitation(
    database: &Database,
    id: &str,
    aliases: &[String],
) -> Result<(Option<KnownExploited>, Option<Epss>), Error> {
    let all = || std::iter::once(id).chain(aliases.iter().map(String::as_str)).filter(|id| is_cve(id));
    let catalogue = database.kev()?;
    let mut epss = None;
    for id in all() {
        epss = epss.or(database.epss(id)?);
    }
    Ok((all().find_map(|id| catalogue.get(id)).cloned(), epss))
}

/// When the oldest record was published.
fn published(matches: &[Match]) -> Option<String> {
    let days = matches.iter().map(|found| &found.advisory.published);
    days.filter(|day| !day.is_empty()).min().cloned()
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

/// What the publishers say can be done, where no version mends it: the firmest of what they say.
fn status(matches: &[Match]) -> FixStatus {
    const FIRMEST_FIRST: [FixStatus; 4] =
        [FixStatus::WillNotFix, FixStatus::EndOfLife, FixStatus::FixDeferred, FixStatus::Affected];
    let said = |status: &FixStatus| matches.iter().any(|found| found.status == Some(*status));
    let investigated = matches.iter().all(|found| found.status == Some(FixStatus::UnderInvestigation));
    FIRMEST_FIRST.into_iter().find(said).unwrap_or(if investigated {
        FixStatus::UnderInvestigation
    } else {
        FixStatus::Affected
    })
}

/// Where records disagree about the fix, the version that mends it by all of them.
fn highest_fix(scheme: Scheme, matches: &[Match]) -> Option<String> {
    let fixes = matches.iter().filter_map(|found| found.hit.fixed.as_ref());
    fixes.max_by(|left, right| versions::compare(scheme, left, right).unwrap_or(Ordering::Equal)).cloned()
}

fn advice(package: &Package, fixed: Option<&str>, status: FixStatus) -> Text {
    let source = package.source.as_ref().map(|source| &source.name).filter(|name| **name != package.name);
    let name = &package.name;
    let Some(fixed) = fixed else { return advice_without_fix(status) };
    let (en, zh) = source.map_or_else(Default::default, |source| {
        (format!(" (source package `{source}`)"), format!("（源码包 `{source}`）"))
    });
    Text::new(
        format!("Upgrade `{name}`{en} to {fixed} or later"),
        format!("将 `{name}`{zh} 升级到 {fixed} 或更高版本"),
    )
}

fn advice_without_fix(status: FixStatus) -> Text {
    match status {
        FixStatus::WillNotFix => Text::new(
            "The publisher will not mend it in this release: remove the package if it is not needed, or move to a release where it is mended",
            "发布方不会在此版本中修复：若不需要该软件包请移除，或迁移到已修复的发行版本",
        ),
        FixStatus::EndOfLife => Text::new(
            "The release or package is no longer maintained: move to one that is",
            "该发行版本或软件包已停止维护：请迁移到仍在维护的版本",
        ),
        FixStatus::FixDeferred => Text::new(
            "The publisher will mend it later: remove the package if it is not needed, or keep what can reach it away",
            "发布方将推迟修复：若不需要该软件包请移除，或限制对它的访问",
        ),
        FixStatus::UnderInvestigation => Text::new(
            "The publisher is still finding out whether it is affected: look again after the next update of advisories",
            "发布方仍在调查是否受影响：请在下次漏洞库更新后再查看",
        ),
        FixStatus::Fixed | FixStatus::Affected | FixStatus::NotAffected => Text::new(
            "No fixed version is published: remove the package if it is not needed, or wait for a fix",
            "尚无修复版本：若不需要该软件包请移除，否则等待修复发布",
        ),
    }
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

fn evidence(fixed: Option<&str>, matches: &[Match]) -> String {
    let (name, version) = match matches.first() {
        Some(first) => (first.name.as_str(), first.version.as_str()),
        None => ("", ""),
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
