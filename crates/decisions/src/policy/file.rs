//! The policy file.

use model::{FindingKind, Glob, NotAGlob, Severity};
use serde::Deserialize;
use toml::Spanned;

use super::rule::Rule;
use super::{Gaps, Policy};
use crate::Error;
use crate::document::Document;
use crate::purl::Purl;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    rule: Vec<Spanned<RawRule>>,
    gaps: Option<RawGaps>,
    base_image: Option<RawBase>,
    database: Option<RawDatabase>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRule {
    name: Spanned<String>,
    #[serde(default)]
    description: String,
    kinds: Option<Spanned<Vec<FindingKind>>>,
    severity: Option<Severity>,
    fixable: Option<bool>,
    known_exploited: Option<bool>,
    cvss_at_least: Option<Spanned<f64>>,
    older_than_days: Option<u32>,
    from_base: Option<bool>,
    visible: Option<bool>,
    #[serde(default)]
    ids: Vec<Spanned<String>>,
    #[serde(default)]
    packages: Vec<Spanned<String>>,
    #[serde(default)]
    purls: Vec<Spanned<String>>,
    #[serde(default)]
    paths: Vec<Spanned<String>>,
    #[serde(default)]
    except: Vec<Spanned<String>>,
    #[serde(default)]
    max: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawGaps {
    #[serde(default)]
    max: usize,
    #[serde(default)]
    what: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawBase {
    approved: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawDatabase {
    max_age_days: u32,
}

pub(super) fn read(document: Document<'_>) -> Result<Policy, Error> {
    let file: File = document.toml()?;
    let mut rules: Vec<Rule> = Vec::with_capacity(file.rule.len());
    for raw in file.rule {
        let rule = rule(document, &raw, &rules)?;
        rules.push(rule);
    }
    let policy = Policy {
        rules,
        gaps: file.gaps.map(|gaps| Gaps { max: gaps.max, what: gaps.what }),
        approved_base: file.base_image.is_some_and(|base| base.approved),
        database_days: file.database.map(|database| database.max_age_days.into()),
    };
    let empty = policy.rules.is_empty()
        && policy.gaps.is_none()
        && !policy.approved_base
        && policy.database_days.is_none();
    if empty {
        return Err(document.error(
            0..0,
            "the policy has no rule: give `[[rule]]`, `[gaps]`, `[base_image]` or `[database]`",
        ));
    }
    Ok(policy)
}

fn rule(document: Document<'_>, spanned: &Spanned<RawRule>, before: &[Rule]) -> Result<Rule, Error> {
    let raw = spanned.get_ref();
    let name = raw.name.get_ref().trim();
    if name.is_empty() {
        return Err(document.error(raw.name.span(), "the name of the rule is empty"));
    }
    if before.iter().any(|other| other.name == name) {
        return Err(document.error(raw.name.span(), format!("two rules have the name `{name}`")));
    }
    Ok(Rule {
        name: name.to_owned(),
        description: raw.description.trim().to_owned(),
        kinds: kinds(document, raw)?,
        demands_checks: raw.kinds.is_some() || raw.is_for_vulnerabilities(),
        severity: raw.severity,
        fixable: raw.fixable,
        known_exploited: raw.known_exploited,
        cvss_at_least: raw.cvss_at_least.as_ref().map(|score| base_score(document, score)).transpose()?,
        older_than_days: raw.older_than_days.map(i64::from),
        from_base: raw.from_base,
        visible: raw.visible,
        ids: globs(document, &raw.ids, Glob::name)?,
        packages: globs(document, &raw.packages, Glob::name)?,
        purls: raw.purls.iter().map(|purl| package_url(document, purl)).collect::<Result<_, _>>()?,
        paths: globs(document, &raw.paths, Glob::path)?,
        except: globs(document, &raw.except, Glob::name)?,
        max: raw.max,
    })
}

impl RawRule {
    /// Whether it asks something that is known of vulnerabilities only.
    fn is_for_vulnerabilities(&self) -> bool {
        self.fixable.is_some()
            || self.known_exploited.is_some()
            || self.cvss_at_least.is_some()
            || self.older_than_days.is_some()
    }
}

fn kinds(document: Document<'_>, raw: &RawRule) -> Result<Vec<FindingKind>, Error> {
    let only = vec![FindingKind::Vulnerabilities];
    let Some(kinds) = &raw.kinds else {
        return Ok(if raw.is_for_vulnerabilities() { only } else { Vec::new() });
    };
    if kinds.get_ref().is_empty() {
        return Err(document.error(kinds.span(), "no kind is named: leave `kinds` out to count all"));
    }
    if raw.is_for_vulnerabilities() && *kinds.get_ref() != only {
        let why = "`fixable`, `known_exploited`, `cvss_at_least` and `older_than_days` are known of `vulnerabilities` only: \
                   give the other kinds a rule of their own";
        return Err(document.error(kinds.span(), why));
    }
    Ok(kinds.get_ref().clone())
}

fn base_score(document: Document<'_>, score: &Spanned<f64>) -> Result<f64, Error> {
    if (0.0..=10.0).contains(score.get_ref()) {
        Ok(*score.get_ref())
    } else {
        Err(document.error(score.span(), "a CVSS score lies between 0 and 10"))
    }
}

fn package_url(document: Document<'_>, text: &Spanned<String>) -> Result<Purl, Error> {
    let purl = Purl::parse(text.get_ref()).filter(|purl| !purl.is_range());
    purl.ok_or_else(|| {
        document.error(
            text.span(),
            "not a package URL of one version or of all, such as `pkg:deb/debian/openssl`",
        )
    })
}

fn globs(
    document: Document<'_>,
    texts: &[Spanned<String>],
    read: fn(&str) -> Result<Glob, NotAGlob>,
) -> Result<Vec<Glob>, Error> {
    texts
        .iter()
        .map(|text| read(text.get_ref()).map_err(|why| document.error(text.span(), why.to_string())))
        .collect()
}
