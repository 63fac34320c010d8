use model::{Finding, FindingKind, Gap, Report};
use scan::Check;

/// What judging packages cannot decide; whoever judges them again tells all of it again.
const JUDGED: [&str; 2] = ["advisories", "version"];

/// The whole report: what was looked for now, and for the rest what the report before says. Of one image both are.
pub(super) fn whole(now: Report, before: Option<Report>, checks: &[Check]) -> Report {
    let Some(before) = before else { return now };
    let makes = |check: Check| checks.contains(&check);
    let had = |check: Check| before.checks.iter().any(|word| word == check.word());
    // Vulnerabilities are about packages, so that either are only taken with the other.
    let fits = makes(Check::Vulnerabilities) || !had(Check::Vulnerabilities);
    let packages = !had(Check::Software) || (makes(Check::Software) && fits);
    let is_old = |finding: &Finding| !checks.iter().any(|check| check.word() == finding.kind().word());
    let is_complete = before.checks.iter().all(|word| checks.iter().any(|check| check.word() == word));
    let is_judged = |gap: &Gap| makes(Check::Vulnerabilities) && JUDGED.contains(&gap.what.as_str());
    let is_told = |gap: &Gap| !(is_complete || is_judged(gap));
    let mut whole = now;
    whole.findings.retain(|finding| !is_old(finding));
    whole.findings.extend(before.findings.iter().filter(|finding| is_old(finding)).cloned());
    sort(&mut whole.findings);
    let known: Vec<String> = Check::ALL
        .into_iter()
        .filter(|check| makes(*check) || had(*check))
        .map(|check| check.word().to_owned())
        .collect();
    whole.gaps.extend(before.gaps.into_iter().filter(is_told));
    whole.gaps.sort();
    whole.gaps.dedup();
    if !packages {
        whole.packages = before.packages;
        whole.distribution = before.distribution;
        whole.image.os = before.image.os;
    }
    if !makes(Check::Baseline) {
        whole.baseline = before.baseline;
    }
    if !makes(Check::Files) {
        whole.files = before.files;
    }
    if !makes(Check::Vulnerabilities) {
        whole.database = before.database;
    }
    whole.checks = known;
    whole
}

/// As a scan sorts them: the worst first.
fn sort(findings: &mut [Finding]) {
    let place = |kind| FindingKind::ALL.iter().position(|known| *known == kind);
    findings.sort_by_cached_key(|finding| {
        (std::cmp::Reverse(finding.severity), place(finding.kind()), finding.id.clone(), finding.key())
    });
}
