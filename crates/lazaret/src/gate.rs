//! What of a report is shown, and what it makes the program end with.

use model::{Detail, FixStatus, Report, Severity};

use crate::Outcome;
use crate::cli::ScanArguments;
use crate::ignore::Ignore;

/// Leaves out what was not asked for.
pub(crate) fn filter(report: &mut Report, arguments: &ScanArguments, ignore: &Ignore) {
    report.findings.retain(|finding| {
        let severity = arguments.severity.is_empty() || arguments.severity.contains(&finding.severity);
        let fixable = match &finding.detail {
            Detail::Vulnerability(vulnerability) => vulnerability.status == FixStatus::Fixed,
            _ => true,
        };
        let own = !arguments.exclude_base || finding.from_base != Some(true);
        severity && own && (fixable || !arguments.only_fixable) && !ignore.covers(finding)
    });
}

/// What the reports make of `--fail-on` and `--strict`.
pub(crate) fn outcome(reports: &[Report], fail_on: Option<Severity>, strict: bool) -> Outcome {
    let met = |report: &Report| report.findings.iter().any(|finding| Some(finding.severity) >= fail_on);
    if fail_on.is_some() && reports.iter().any(met) {
        Outcome::GateFired
    } else if strict && reports.iter().any(|report| !report.gaps.is_empty()) {
        Outcome::Gaps
    } else {
        Outcome::Done
    }
}
