//! How many findings there are, by kind and severity.

use std::collections::HashMap;

use model::{Detail, Finding, FindingKind, Report, Severity};

/// Counts of one report; suppressed findings are counted by themselves.
#[derive(Default)]
pub(crate) struct Counts {
    open: Vec<(FindingKind, Severity)>,
    suppressed: Vec<FindingKind>,
}

impl Counts {
    /// The counts of a report.
    pub(crate) fn new(report: &Report) -> Self {
        let (suppressed, open): (Vec<&Finding>, Vec<&Finding>) =
            report.findings.iter().partition(|finding| finding.suppressed.is_some());
        Self {
            open: open.iter().map(|finding| (finding.kind(), finding.severity)).collect(),
            suppressed: suppressed.iter().map(|finding| finding.kind()).collect(),
        }
    }

    /// Findings of a kind and a severity; `None` stands for all.
    pub(crate) fn open(&self, kind: Option<FindingKind>, severity: Option<Severity>) -> usize {
        let wanted = |(of_kind, of_severity): &&(FindingKind, Severity)| {
            kind.is_none_or(|kind| kind == *of_kind)
                && severity.is_none_or(|severity| severity == *of_severity)
        };
        self.open.iter().filter(wanted).count()
    }

    /// Findings of a kind that a decision suppressed.
    pub(crate) fn suppressed(&self, kind: Option<FindingKind>) -> usize {
        self.suppressed.iter().filter(|of_kind| kind.is_none_or(|kind| kind == **of_kind)).count()
    }
}

/// How many vulnerabilities each package has that nobody suppressed, by package URL.
pub(crate) fn vulnerabilities_by_package(report: &Report) -> HashMap<&str, usize> {
    let mut counts = HashMap::new();
    for finding in report.findings.iter().filter(|finding| finding.suppressed.is_none()) {
        if let Detail::Vulnerability(found) = &finding.detail {
            *counts.entry(found.purl.as_str()).or_default() += 1;
        }
    }
    counts
}
