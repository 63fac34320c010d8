//! Forbidden software: packages by name, programs by path where no package brought them.

use image::walk::EntryKind;
use model::{Detail, Finding, Package};

use super::rule::{Patterns, Rule};
use super::{about, detail, detail_of};
use crate::{Evidence, Placed};

/// The path of a regular file that may be run.
///
/// Links are no software of their own: alternatives, and the applets of one program for many purposes.
pub(super) fn executable(path: &[u8], kind: EntryKind, mode: u32) -> Option<&str> {
    if kind != EntryKind::File || mode & 0o111 == 0 {
        return None;
    }
    std::str::from_utf8(path).ok()
}

/// The path and name of a program that lies where programs lie or are dropped.
pub(super) fn program(path: &str) -> Option<(&str, &str)> {
    let (directory, name) = path.rsplit_once('/')?;
    let last = directory.rsplit('/').next().unwrap_or_default();
    matches!(last, "bin" | "sbin" | "tmp" | "root" | "shm").then_some((path, name))
}

/// Whether the package has a name of these.
pub(super) fn is_named(package: &Package, patterns: &Patterns) -> bool {
    patterns
        .get(package.kind.word())
        .is_some_and(|patterns| patterns.iter().any(|pattern| pattern.matches(&package.name)))
}

pub(super) fn judge(
    rule: &Rule,
    patterns: &Patterns,
    programs: &[String],
    evidence: &Evidence<'_>,
) -> Vec<Placed> {
    let packages: Vec<&Package> =
        evidence.packages.iter().filter(|package| is_named(package, patterns)).collect();
    let mut placed: Vec<Placed> = packages
        .iter()
        .map(|package| about(rule, package, detail_of(rule, model::Forbidden::Software, package)))
        .collect();
    // The programs of a system package are not listed with it: where one is reported, so are they.
    if packages.iter().any(|package| package.kind.is_system()) {
        return placed;
    }
    for noted in evidence.noted {
        let path = executable(&noted.path, noted.kind, noted.mode);
        let Some((path, name)) = path.and_then(program) else { continue };
        let is_reported = || packages.iter().any(|package| package.paths.iter().any(|own| own == path));
        if !programs.iter().any(|program| program == name) || is_reported() {
            continue;
        }
        let mut detail = detail(rule, model::Forbidden::Software);
        detail.paths.push(path.to_owned());
        let finding = Finding::new(&rule.id, rule.severity, Detail::Compliance(Box::new(detail)));
        placed.push(Placed { finding, layer: Some(noted.layer) });
    }
    placed
}
