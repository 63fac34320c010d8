//! What people decided, applied to reports, and what that makes the program end with.

use std::path::Path;

use anyhow::Result;
use decisions::{Decisions, Filter, Notice, NoticeKind, Policy, Violation, parse_fail_on};
use model::{Language, Report};

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
    fail_on: Option<Policy>,
    policy: Option<Policy>,
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
        let fail_on = arguments.fail_on.as_deref().map(parse_fail_on).transpose()?;
        let fail_on = fail_on.map(|asked| Policy::fail_on(&asked));
        let policy = match &arguments.policy {
            Some(file) => Some(Policy::parse(&file.display().to_string(), &inspectors::text(file)?)?),
            None => None,
        };
        let filter = Filter {
            severities: arguments.severity.clone(),
            only_fixable: arguments.only_fixable,
            exclude_base: arguments.exclude_base,
        };
        Ok(Self { arguments, today, decisions, filter, fail_on, policy })
    }

    /// Marks what decisions cover, leaves out what was not asked for, and gives what the gates make of it.
    ///
    /// A policy judges everything that was found; `--fail-on` what is shown.
    pub(crate) fn apply(&self, reports: &mut [Report]) -> Outcome {
        self.decide(reports);
        let broken = self.judge(self.policy.as_ref(), reports);
        self.tell(broken.iter().map(|found| format!("{}: {}", found.rule, found.why.of(self.language()))));
        reports.iter_mut().for_each(|report| self.filter.apply(report));
        if !broken.is_empty() || !self.judge(self.fail_on.as_ref(), reports).is_empty() {
            Outcome::GateFired
        } else if self.arguments.strict && reports.iter().any(|report| !report.gaps.is_empty()) {
            Outcome::Gaps
        } else {
            Outcome::Done
        }
    }

    /// Applies the decisions. One that covers nothing is told when it covers nothing in any of the images.
    fn decide(&self, reports: &mut [Report]) {
        let mut notices: Vec<(Notice, usize)> = Vec::new();
        let images = reports.len();
        for notice in reports.iter_mut().flat_map(|report| self.decisions.apply(report)) {
            match notices.iter_mut().find(|(known, _)| *known == notice) {
                Some((_, times)) => *times += 1,
                None => notices.push((notice, 1)),
            }
        }
        notices.retain(|(notice, times)| notice.kind != NoticeKind::Unused || *times == images);
        let told = |(notice, _): &(Notice, usize)| {
            format!("{}: {}: {}", notice.source, notice.subject, notice.why.of(self.language()))
        };
        self.tell(notices.iter().map(told));
    }

    fn judge(&self, policy: Option<&Policy>, reports: &[Report]) -> Vec<Violation> {
        let judge = |policy: &Policy| -> Vec<Violation> {
            reports.iter().flat_map(|report| policy.judge(report, self.today)).collect()
        };
        policy.map(judge).unwrap_or_default()
    }

    fn language(&self) -> Language {
        self.arguments.lang.unwrap_or_else(settings::language)
    }

    fn tell(&self, warnings: impl Iterator<Item = String>) {
        let (start, end) = (WARNING.render(), WARNING.render_reset());
        warnings.filter(|_| !self.arguments.quiet).for_each(|text| {
            anstream::eprintln!("{start}warning:{end} {text}");
        });
    }
}
