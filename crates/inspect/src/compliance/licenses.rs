//! Forbidden licences.

use model::Package;
use spdx::{Expression, LicenseItem, LicenseReq};

use super::rule::{AppliesTo, Forbidden, Rule};
use super::{about, detail_of};
use crate::license;
use crate::{Evidence, Placed};

/// Of a statement that is no expression, this many characters are looked at.
const LOOKED_AT: usize = 2000;

pub(super) fn judge(rules: &[Rule], evidence: &Evidence<'_>) -> Vec<Placed> {
    let mut placed = Vec::new();
    for package in evidence.packages.iter().filter(|package| !package.licenses.is_empty()) {
        let rules: Vec<&Rule> = rules.iter().filter(|rule| applies(rule, package)).collect();
        if rules.is_empty() {
            continue;
        }
        let stated: Vec<Stated<'_>> = package.licenses.iter().map(|text| Stated::of(text)).collect();
        for rule in &rules {
            let forbidden: Vec<&str> =
                stated.iter().filter(|stated| stated.is_forbidden(rule, &rules)).map(Stated::text).collect();
            if forbidden.is_empty() {
                continue;
            }
            let mut detail = detail_of(rule, model::Forbidden::License, package);
            detail.license = Some(forbidden.join(" AND "));
            placed.push(about(rule, package, detail));
        }
    }
    placed
}

fn applies(rule: &Rule, package: &Package) -> bool {
    let Forbidden::License { applies_to, .. } = &rule.forbidden else { return false };
    let is_system = package.kind.is_system() || package.owner.is_some();
    match applies_to {
        AppliesTo::All => true,
        AppliesTo::System => is_system,
        AppliesTo::Language => !is_system,
    }
}

/// What a package states.
enum Stated<'a> {
    /// An expression, and its text.
    Expression(Box<Expression>, String),
    /// Something else: the words that tell licences apart, and how it is stated.
    Name(String, &'a str),
}

impl<'a> Stated<'a> {
    fn of(text: &'a str) -> Self {
        let expression = license::expression(text).and_then(|text| Some((license::parse(&text)?, text)));
        match expression {
            Some((expression, text)) => Self::Expression(Box::new(expression), text),
            None => {
                let start: String = text.chars().take(LOOKED_AT).collect();
                Self::Name(license::key(&start), text.lines().next().unwrap_or_default())
            }
        }
    }

    fn text(&self) -> &str {
        match self {
            Self::Expression(_, text) => text,
            Self::Name(_, text) => text,
        }
    }

    /// Whether all rules together leave no choice, and this one is among the reasons.
    fn is_forbidden(&self, rule: &Rule, rules: &[&Rule]) -> bool {
        match self {
            Self::Expression(expression, _) => {
                !expression.evaluate(|part| !rules.iter().any(|rule| denies(rule, part)))
                    && expression.requirements().any(|part| denies(rule, &part.req))
            }
            Self::Name(key, _) => names(rule).iter().any(|name| has_words(key, name)),
        }
    }
}

fn names(rule: &Rule) -> &[String] {
    match &rule.forbidden {
        Forbidden::License { names, .. } => names,
        Forbidden::Software { .. } | Forbidden::EndOfLife { .. } => &[],
    }
}

fn denies(rule: &Rule, part: &LicenseReq) -> bool {
    let Forbidden::License { ids, names, .. } = &rule.forbidden else { return false };
    match &part.license {
        LicenseItem::Spdx { id, .. } => ids.iter().any(|pattern| pattern.matches(id.name)),
        LicenseItem::Other(reference) => {
            let key = license::key(&reference.lic_ref);
            ids.iter().any(|pattern| pattern.matches(&reference.to_string()))
                || names.iter().any(|name| has_words(&key, name))
        }
    }
}

/// Whether the words are there, next to each other.
fn has_words(text: &str, words: &str) -> bool {
    !words.is_empty() && format!(" {text} ").contains(&format!(" {words} "))
}
