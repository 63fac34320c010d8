//! Software and licences that are not allowed.

mod end_of_life;
mod licenses;
mod rule;
mod software;
#[cfg(test)]
mod tests;

use std::path::PathBuf;

use image::walk::Entry;
use model::{Compliance as Detailed, Detail, Finding, Package, Text};

use crate::{BuiltIn, Error, Evidence, Placed};
use rule::{Forbidden, Rule};

/// Which rules are used.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Further rules: TOML files; an id that is known already replaces that rule.
    pub rules: Vec<PathBuf>,
    /// Further rules that are no files: what errors call each, and its text.
    pub texts: Vec<(String, String)>,
    /// Ids of rules that are not used.
    pub without: Vec<String>,
}

/// Judges software and licences.
///
/// A licence is judged as its expression says: of alternatives the best counts, of what holds together the worst.
/// Several statements of one package hold together.
#[derive(Debug)]
pub struct Compliance {
    rules: Vec<Rule>,
}

impl Compliance {
    /// The rules, ready.
    ///
    /// # Errors
    /// When a rule file cannot be read or understood.
    pub fn new(options: &Options) -> Result<Self, Error> {
        let mut rules = rule::built_in()?;
        let files = options.rules.iter().map(|file| rule::open(file));
        for own in files.chain(options.texts.iter().map(|(name, text)| rule::parse(name, text))) {
            for rule in own? {
                rules.retain(|other| other.id != rule.id);
                rules.push(rule);
            }
        }
        rules.retain(|rule| !options.without.contains(&rule.id));
        rules.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(Self { rules })
    }

    /// Whether some rule asks for this entry.
    #[must_use]
    pub fn notes(&self, entry: &Entry<'_>) -> bool {
        let Some(path) = software::executable(entry.path, entry.kind, entry.mode) else { return false };
        let program = software::program(path).map(|(_, name)| name);
        self.rules.iter().any(|rule| match &rule.forbidden {
            Forbidden::Software { programs, .. } => {
                program.is_some_and(|name| programs.iter().any(|program| program == name))
            }
            Forbidden::EndOfLife { environment, .. } => {
                environment.as_ref().is_some_and(|environment| environment.program.matches(path))
            }
            Forbidden::License { .. } => false,
        })
    }

    /// Applies all rules.
    #[must_use]
    pub fn judge(&self, evidence: &Evidence<'_>) -> Vec<Placed> {
        let mut placed = licenses::judge(&self.rules, evidence);
        for rule in &self.rules {
            match &rule.forbidden {
                Forbidden::Software { packages, programs } => {
                    placed.extend(software::judge(rule, packages, programs, evidence));
                }
                Forbidden::EndOfLife { .. } => placed.extend(end_of_life::judge(rule, evidence)),
                Forbidden::License { .. } => {}
            }
        }
        placed
    }
}

/// The rules that come with the program.
///
/// # Errors
/// When they cannot be understood, which a test rules out.
pub fn built_in() -> Result<Vec<BuiltIn>, Error> {
    let told = |rule: Rule| {
        let title = match &rule.forbidden {
            Forbidden::EndOfLife { product, .. } if rule.title.is_empty() => {
                Text::new(format!("{product} out of support"), format!("{product} 已停止维护"))
            }
            _ => rule.title.clone(),
        };
        BuiltIn { id: rule.id, title, severity: rule.severity }
    };
    Ok(rule::built_in()?.into_iter().map(told).collect())
}

/// How many rules the text of a rule file has.
///
/// # Errors
/// When it is not written as it should be; says where.
pub fn count_rules(file: &str, text: &str) -> Result<usize, Error> {
    Ok(rule::parse(file, text)?.len())
}

/// What a rule says of a package.
fn about(rule: &Rule, package: &Package, detail: Detailed) -> Placed {
    let mut finding = Finding::new(&rule.id, rule.severity, Detail::Compliance(Box::new(detail)));
    finding.layer.clone_from(&package.layer);
    finding.created_by.clone_from(&package.created_by);
    finding.from_base = package.from_base;
    // The package knows its layer.
    Placed { finding, layer: None }
}

/// What a rule says, without what it says it of.
fn detail(rule: &Rule, forbidden: model::Forbidden) -> Detailed {
    Detailed {
        forbidden,
        title: rule.title.clone(),
        description: rule.description.clone(),
        advice: rule.advice.clone(),
        package: None,
        version: None,
        purl: None,
        license: None,
        paths: Vec::new(),
        references: rule.references.clone(),
    }
}

/// What a rule says, and the package it says it of.
fn detail_of(rule: &Rule, forbidden: model::Forbidden, package: &Package) -> Detailed {
    Detailed {
        package: Some(package.name.clone()),
        version: Some(package.version.clone()),
        purl: Some(package.purl.clone()).filter(|purl| !purl.is_empty()),
        paths: package.paths.clone(),
        ..detail(rule, forbidden)
    }
}
