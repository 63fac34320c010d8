//! Whether decisions can be made as they are wanted.

use api::{DecisionAction, DecisionScope, DecisionSubject};
use model::Glob;
use store::now;

use crate::problem::Problem;
use crate::routes::text;

/// The longest remark, in characters.
pub(super) const REMARK: usize = 1024;
/// What is said of a deferral without end.
pub(super) const DEFERRAL: &str = "a deferral ends: give `until` or `until_fix`; hint: `ignore` has no end";
/// The longest id of a rule, in characters.
const RULE: usize = 256;
/// The longest pattern, in characters.
const PATTERN: usize = 1000;
/// The most subjects of one request.
const SUBJECTS: usize = 200;
/// The most patterns or registries of one scope.
const NAMES: usize = 100;
/// The most images picked for one decision.
const IMAGES: usize = 10_000;
/// The last moment of the year 9999.
const LATEST: i64 = 253_402_300_799_999;

pub(super) fn new(wanted: &api::NewDecisions) -> Result<(), Problem> {
    counted("subjects", wanted.subjects.len(), 1, SUBJECTS)?;
    for subject in &wanted.subjects {
        self::subject(subject)?;
    }
    scope(&wanted.scope)?;
    text::check("remark", &wanted.remark, REMARK)?;
    until(wanted.until)?;
    if wanted.action == DecisionAction::Deferral && wanted.until.is_none() && !wanted.until_fix {
        return Err(Problem::invalid(DEFERRAL));
    }
    Ok(())
}

pub(super) fn change(wanted: &api::DecisionChange) -> Result<(), Problem> {
    if let Some(scope) = &wanted.scope {
        self::scope(scope)?;
    }
    if let Some(remark) = &wanted.remark {
        text::check("remark", remark, REMARK)?;
    }
    if wanted.endless && wanted.until.is_some() {
        return Err(Problem::invalid("`endless` and `until` contradict each other: give one of them"));
    }
    until(wanted.until)
}

fn subject(subject: &DecisionSubject) -> Result<(), Problem> {
    let DecisionSubject { kind: _, rule, package, path, fingerprint } = subject;
    text::check("rule", rule, RULE)?;
    text::check("package", package, PATTERN)?;
    text::check("path", path, PATTERN)?;
    let is_digest = fingerprint.len() == 64 && fingerprint.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !fingerprint.is_empty() && !is_digest {
        return Err(Problem::invalid(
            "`fingerprint` is not 64 hexadecimal digits, as lists of findings show it",
        ));
    }
    if !fingerprint.is_empty() && rule.is_empty() {
        return Err(Problem::invalid("`fingerprint` names a finding of a rule: give `rule` as well"));
    }
    if [rule, package, path, fingerprint].iter().all(|text| text.is_empty()) {
        return Err(Problem::invalid("a subject says what it is about: give `rule`, `package` or `path`"));
    }
    pattern("package", package, Glob::name)?;
    pattern("path", path, Glob::path)
}

fn scope(scope: &DecisionScope) -> Result<(), Problem> {
    match scope {
        DecisionScope::All => Ok(()),
        DecisionScope::Kinds { kinds } => counted("kinds", kinds.len(), 1, 4),
        DecisionScope::Registries { registries } => {
            counted("registries", registries.len(), 1, NAMES)?;
            registries.iter().try_for_each(|registry| {
                if registry.is_empty() || registry.contains('/') {
                    return Err(Problem::invalid(format!(
                        "`{registry}` is no registry: write its host, such as `ghcr.io`"
                    )));
                }
                text::check("registries", registry, RULE)
            })
        }
        DecisionScope::Names { repositories, tags } => {
            counted("repositories", repositories.len(), 0, NAMES)?;
            counted("tags", tags.len(), 0, NAMES)?;
            if repositories.is_empty() && tags.is_empty() {
                return Err(Problem::invalid("a scope of names has `repositories` or `tags`"));
            }
            repositories.iter().chain(tags).try_for_each(|text| {
                text::check("scope", text, PATTERN)?;
                Glob::path(text).map(drop).map_err(|why| Problem::invalid(format!("`scope`: {why}")))
            })
        }
        DecisionScope::Images { images } => counted("images", images.len(), 1, IMAGES),
    }
}

fn until(until: Option<i64>) -> Result<(), Problem> {
    match until {
        Some(until) if until <= now() || until > LATEST => {
            Err(Problem::invalid("`until` is not a time that is still to come, in milliseconds since 1970"))
        }
        _ => Ok(()),
    }
}

fn pattern(name: &str, text: &str, read: fn(&str) -> Result<Glob, model::NotAGlob>) -> Result<(), Problem> {
    if text.is_empty() {
        return Ok(());
    }
    read(text).map(drop).map_err(|why| Problem::invalid(format!("`{name}`: {why}")))
}

fn counted(name: &str, count: usize, least: usize, most: usize) -> Result<(), Problem> {
    if (least..=most).contains(&count) {
        return Ok(());
    }
    Err(Problem::invalid(format!("`{name}` has {count} entries; {least} to {most} are taken")))
}
