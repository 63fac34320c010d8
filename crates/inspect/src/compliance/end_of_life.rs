//! Releases of distributions and runtimes that their maker no longer mends.
//!
//! A runtime that the distribution built is mended by the distribution, so that only the distribution's own end counts
//! for it; the dates of upstream hold for what came from upstream.

use std::collections::BTreeMap;

use model::{Detail, Distribution, Finding, Package, Text};

use super::rule::{Day, Environment, Forbidden, Rule};
use super::software::{executable, is_named};
use super::{about, detail, detail_of};
use crate::{Evidence, Placed};

pub(super) fn judge(rule: &Rule, evidence: &Evidence<'_>) -> Vec<Placed> {
    let Forbidden::EndOfLife {
        product,
        distribution,
        named,
        not_named,
        packages,
        built_by,
        environment,
        cycles,
    } = &rule.forbidden
    else {
        return Vec::new();
    };
    let ended = |version: &str| ended(cycles, version, evidence.today);
    let mut placed = Vec::new();
    if let Some((found, (cycle, day))) = evidence
        .distribution
        .filter(|found| Some(&found.id) == distribution.as_ref() && has_name(found, named, not_named))
        .and_then(|found| Some((found, release_ended(cycles, found, evidence.today)?)))
    {
        let mut detail = detail(rule, model::Forbidden::EndOfLife);
        detail.package = Some(found.id.clone());
        detail.version.clone_from(&found.version);
        tell(&mut detail, product, cycle, day);
        let finding = Finding::new(&rule.id, rule.severity, Detail::Compliance(Box::new(detail)));
        placed.push(Placed { finding, layer: None });
    }
    for package in evidence.packages.iter().filter(|package| is_named(package, packages)) {
        if !is_upstreams(package, built_by.as_deref()) {
            continue;
        }
        if let Some((cycle, day)) = ended(&package.version) {
            let mut detail = detail_of(rule, model::Forbidden::EndOfLife, package);
            tell(&mut detail, product, cycle, day);
            placed.push(about(rule, package, detail));
        }
    }
    if let Some((noted, version)) =
        environment.as_ref().filter(|_| placed.is_empty()).and_then(|from| stated(from, evidence))
        && let Some((cycle, day)) = ended(version)
    {
        let mut detail = detail(rule, model::Forbidden::EndOfLife);
        detail.package = Some(product.clone());
        detail.version = Some(version.to_owned());
        detail.paths.push(String::from_utf8_lossy(&noted.path).into_owned());
        tell(&mut detail, product, cycle, day);
        let finding = Finding::new(&rule.id, rule.severity, Detail::Compliance(Box::new(detail)));
        placed.push(Placed { finding, layer: Some(noted.layer) });
    }
    placed
}

/// Whether upstream, and not the distribution, mends this package.
fn is_upstreams(package: &Package, built_by: Option<&str>) -> bool {
    if package.kind.is_system() {
        return built_by.is_some_and(|builder| package.version.contains(builder));
    }
    package.owner.is_none()
}

fn has_name(found: &Distribution, named: &Option<String>, not_named: &Option<String>) -> bool {
    let name = found.name.as_deref().unwrap_or_default();
    named.as_ref().is_none_or(|word| name.contains(word.as_str()))
        && not_named.as_ref().is_none_or(|word| !name.contains(word.as_str()))
}

/// The program and the version that the image states for it.
fn stated<'a>(from: &Environment, evidence: &Evidence<'a>) -> Option<(&'a crate::Noted, &'a str)> {
    let version = evidence.config.environment.iter().find_map(|setting| {
        let (name, value) = setting.split_once('=')?;
        (name == from.variable).then_some(value)
    })?;
    let noted = evidence.noted.iter().find(|noted| {
        executable(&noted.path, noted.kind, noted.mode).is_some_and(|path| from.program.matches(path))
    })?;
    Some((noted, version))
}

/// The release of a distribution, and the last day it was mended, when that is past: as the rule says, or as it is known.
fn release_ended<'a>(
    cycles: &'a BTreeMap<String, Day>,
    found: &Distribution,
    today: &str,
) -> Option<(&'a str, &'a str)> {
    if !cycles.is_empty() {
        return ended(cycles, found.version.as_deref()?, today);
    }
    distributions::find(found)?.release(found).filter(|(_, day)| *day < today)
}

/// The release that a version belongs to, and the last day it was mended, when that is past.
fn ended<'a>(cycles: &'a BTreeMap<String, Day>, version: &str, today: &str) -> Option<(&'a str, &'a str)> {
    let version = version.split_once(':').map_or(version, |(_epoch, version)| version);
    let version = version.trim_start_matches("go").trim_start_matches('v');
    let belongs = |cycle: &str| {
        version.strip_prefix(cycle).is_some_and(|rest| !rest.starts_with(|next: char| next.is_ascii_digit()))
    };
    let (cycle, day) =
        cycles.iter().filter(|(cycle, _)| belongs(cycle)).max_by_key(|(cycle, _)| cycle.len())?;
    // Days written year first are in order as texts.
    (day.0.as_str() < today).then_some((cycle, day.0.as_str()))
}

/// Says what ended and when; the source of the date is among the rule's references.
fn tell(detail: &mut model::Compliance, product: &str, cycle: &str, day: &str) {
    if detail.title.is_empty() {
        detail.title = Text::new(
            format!("{product} {cycle} has been out of support since {day}"),
            format!("{product} {cycle} 已于 {day} 停止维护"),
        );
    }
    let source = detail.references.first().map(String::as_str).unwrap_or_default();
    detail.description.en.push_str(&format!(" Support of {product} {cycle} ended on {day} ({source})."));
    detail.description.zh.push_str(&format!("{product} {cycle} 的支持截止日期为 {day}（来源：{source}）。"));
}
