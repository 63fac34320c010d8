//! What to upgrade so that an image is mended, the most effective first.

use std::cmp::{Ordering, Reverse};
use std::collections::{BTreeMap, BTreeSet};

use model::FindingKind;
use store::decided::Decided;

use crate::package_version;

/// The most places that are told of one package.
const MOST_PATHS: usize = 20;

/// Adds a severity, by its number, to counts.
pub(crate) fn count(counts: &mut api::SeverityCounts, severity: i64) {
    let place = match severity {
        5 => &mut counts.critical,
        4 => &mut counts.high,
        3 => &mut counts.medium,
        2 => &mut counts.low,
        1 => &mut counts.negligible,
        _ => &mut counts.unknown,
    };
    *place = place.saturating_add(1);
}

/// What is known of one package of one version.
#[derive(Default)]
struct Subject {
    fixes: BTreeSet<String>,
    paths: BTreeSet<String>,
    from_base: Option<bool>,
    severities: api::SeverityCounts,
    vulnerabilities: BTreeSet<String>,
    exploited: i64,
    remaining: BTreeSet<String>,
}

/// The plan for the findings of an image; what decisions took out needs none.
pub(crate) fn of(findings: &[Decided]) -> api::FixPlan {
    let mut unfixable = api::SeverityCounts::default();
    let mut subjects: BTreeMap<(&str, &str, &str), Subject> = BTreeMap::new();
    let is_vulnerability = |found: &&Decided| found.row.kind == FindingKind::Vulnerabilities.word();
    for Decided { row, .. } in findings.iter().filter(is_vulnerability).filter(|found| found.is_open()) {
        let subject = subjects.entry((&row.package_type, &row.package, &row.version)).or_default();
        let Some(fix) = &row.fixed_version else {
            count(&mut unfixable, row.severity);
            subject.remaining.insert(row.rule.clone());
            continue;
        };
        subject.fixes.insert(fix.clone());
        if !row.path.is_empty() {
            subject.paths.insert(row.path.clone());
        }
        // One place that the base image did not bring is enough for it not to be mended there.
        subject.from_base = match (subject.from_base, row.from_base) {
            (Some(before), Some(now)) => Some(before && now),
            (before, now) => before.or(now),
        };
        count(&mut subject.severities, row.severity);
        if subject.vulnerabilities.insert(row.rule.clone()) && row.exploited {
            subject.exploited = subject.exploited.saturating_add(1);
        }
    }
    let upgrades: Vec<api::Upgrade> = subjects.into_iter().filter_map(upgrade).collect();
    let mut plan = api::FixPlan { base: base(&upgrades), upgrades, unfixable };
    plan.upgrades.sort_by_key(|upgrade| {
        let severities = upgrade.severities;
        Reverse((upgrade.exploited, severities.critical, severities.high, severities.medium, severities.low))
    });
    plan
}

fn upgrade(((kind, package, version), subject): ((&str, &str, &str), Subject)) -> Option<api::Upgrade> {
    let (to, certain) = highest(kind, &subject.fixes)?;
    let remaining = subject.remaining.difference(&subject.vulnerabilities).count();
    Some(api::Upgrade {
        kind: kind.to_owned(),
        package: package.to_owned(),
        from: version.to_owned(),
        to: to.to_owned(),
        certain,
        paths: subject.paths.into_iter().take(MOST_PATHS).collect(),
        from_base: subject.from_base,
        severities: subject.severities,
        vulnerabilities: subject.vulnerabilities.into_iter().collect(),
        exploited: subject.exploited,
        remaining: i64::try_from(remaining).unwrap_or(i64::MAX),
    })
}

/// The highest of versions, and whether all of them could be compared.
fn highest<'a>(kind: &str, versions: &'a BTreeSet<String>) -> Option<(&'a str, bool)> {
    let mut certain = true;
    let mut highest: Option<&str> = None;
    for version in versions {
        highest = match highest {
            None => Some(version),
            Some(before) => match package_version::compare(kind, before, version) {
                Some(Ordering::Less) => Some(version),
                Some(_) => Some(before),
                None => {
                    certain = false;
                    Some(before)
                }
            },
        };
    }
    Some((highest?, certain))
}

fn base(upgrades: &[api::Upgrade]) -> Option<api::BaseUpgrade> {
    let mut base = api::BaseUpgrade { packages: 0, severities: api::SeverityCounts::default() };
    for upgrade in upgrades.iter().filter(|upgrade| upgrade.from_base == Some(true)) {
        base.packages = base.packages.saturating_add(1);
        let (sum, own) = (&mut base.severities, upgrade.severities);
        for (sum, own) in [
            (&mut sum.critical, own.critical),
            (&mut sum.high, own.high),
            (&mut sum.medium, own.medium),
            (&mut sum.low, own.low),
            (&mut sum.negligible, own.negligible),
            (&mut sum.unknown, own.unknown),
        ] {
            *sum = sum.saturating_add(own);
        }
    }
    (base.packages > 0).then_some(base)
}
