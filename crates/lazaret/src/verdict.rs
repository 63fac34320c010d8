//! What people decided, applied to reports, and what that makes the program end with.

use std::path::Path;

use anyhow::Result;
use decisions::{Decisions, Filter, Policy, Violation, parse_fail_on};
use model::Report;

use crate::cli::{ScanArguments, WARNING};
use crate::{Outcome, inspectors, settings};

/// The file of decisions that is taken when it is there and nobody names another.
const IGNORE_FILE: &str = ".lazaret.toml";

/// Decisions and gates.
pub(crate) struct Verdict<'a> {
    arguments: &'a ScanArguments,
    today: &'a str,
    decisions: Decisions,
    filter: Filter,
    policies: Vec<Policy>,
}

impl<'a> Verdict<'a> {
    /// Reads the files of decisions and gates that the arguments name.
    pub(crate) fn new(arguments: &'a ScanArguments, today: &'a str) -> Result<Self> {
        let mut decisions = Decisions::default();
        let usual = Path::new(IGNORE_FILE);
        let usual = Some(usual).filter(|file| arguments.ignore_file.is_empty() && file.is_file());
        for file in arguments.ignore_file.iter().map(|file| file.as_path()).chain(usual) {
            decisions.ignore_file(&file.display().to_string(), &inspectors::text(file)?, today)?;
        }
        for file in &arguments.vex {
            decisions.vex(&file.display().to_string(), &inspectors::text(file)?)?;
        }
        let mut policies = Vec::new();
        if let Some(text) = &arguments.fail_on {
            policies.push(Policy::fail_on(&parse_fail_on(text)?));
        }
        if let Some(file) = &arguments.policy {
            policies.push(Policy::parse(&file.display().to_string(), &inspectors::text(file)?)?);
        }
        let filter = Filter {
            severities: arguments.severity.clone(),
            only_fixable: arguments.only_fixable,
            exclude_base: arguments.exclude_base,
        };
        Ok(Self { arguments, today, decisions, filter, policies })
    }

    /// Marks what decisions cover, and leaves out what was not asked for.
    pub(crate) fn apply(&self, reports: &mut [Report]) {
        for report in reports {
            for notice in self.decisions.apply(report) {
                if !self.arguments.quiet {
                    let language = self.arguments.lang.unwrap_or_else(settings::language);
                    warn(&format!("{}: {}: {}", notice.source, notice.subject, notice.why.of(language)));
                }
            }
            self.filter.apply(report);
        }
    }

    /// What the gates, and gaps under `--strict`, make of the reports.
    pub(crate) fn outcome(&self, reports: &[Report]) -> Outcome {
        let judge = |policy: &Policy| -> Vec<Violation> {
            reports.iter().flat_map(|report| policy.judge(report, self.today)).collect()
        };
        let violations: Vec<Violation> = self.policies.iter().flat_map(judge).collect();
        if self.arguments.policy.is_some() && !self.arguments.quiet {
            let language = self.arguments.lang.unwrap_or_else(settings::language);
            violations.iter().for_each(|found| warn(&format!("{}: {}", found.rule, found.why.of(language))));
        }
        if !violations.is_empty() {
            Outcome::GateFired
        } else if self.arguments.strict && reports.iter().any(|report| !report.gaps.is_empty()) {
            Outcome::Gaps
        } else {
            Outcome::Done
        }
    }
}

fn warn(text: &str) {
    anstream::eprintln!("{}warning:{} {text}", WARNING.render(), WARNING.render_reset());
}
