use model::{Detail, FixStatus, Report, Severity};

/// What of a report is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// The severities that are shown; all when none is named.
    pub severities: Vec<Severity>,
    /// Whether vulnerabilities without a fix are left out.
    pub only_fixable: bool,
    /// Whether what the base image brought is left out.
    pub exclude_base: bool,
}

impl Filter {
    /// Leaves out the findings that were not asked for.
    pub fn apply(&self, report: &mut Report) {
        report.findings.retain(|finding| {
            let severity = self.severities.is_empty() || self.severities.contains(&finding.severity);
            let fixable = match &finding.detail {
                Detail::Vulnerability(found) => found.status == FixStatus::Fixed,
                _ => true,
            };
            let own = finding.from_base != Some(true);
            severity && (fixable || !self.only_fixable) && (own || !self.exclude_base)
        });
    }
}
