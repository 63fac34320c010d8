//! Every check of the baseline with what came of it; those that failed say what was found and how to mend it.

use model::{Baseline, CheckResult, Detail, Finding, FindingKind, Outcome, Severity};

use super::Sheet;
use super::list::{self, Filter, Heading};
use super::markup::Markup;
use crate::words;

const HEADINGS: &[Heading] = &[
    ("Severity", "级别"),
    ("Outcome", "结果"),
    ("Check", "检查项"),
    ("Title", "标题"),
    ("Category", "分类"),
    ("Standards", "标准"),
    ("Layer", "镜像层"),
    ("From", "来源"),
];

const FILTERS: &[Filter] = &[
    list::filter("outcome", "fail", "fail", "不通过"),
    list::filter("outcome", "pass", "pass", "通过"),
    list::filter("outcome", "not-applicable", "not applicable", "不适用"),
    list::filter("outcome", "unknown", "undecided", "无法判断"),
    list::OWN,
    list::BASE,
    list::OPEN,
    list::SUPPRESSED,
];

pub(super) fn write(page: &mut Markup, sheet: &Sheet<'_>) {
    list::open(page, &Severity::WORST_FIRST, FILTERS, HEADINGS);
    for finding in sheet.findings(FindingKind::Baseline) {
        if let Detail::Baseline(found) = &finding.detail {
            failed(page, sheet, finding, found);
        }
    }
    let told = |check: &&CheckResult| check.outcome != Outcome::Fail || !sheet.has(&check.id);
    for check in sheet.report.baseline.iter().filter(told) {
        other(page, check);
    }
    list::close(page);
}

fn failed(page: &mut Markup, sheet: &Sheet<'_>, finding: &Finding, found: &Baseline) {
    list::open_finding(page, finding, &[("data-outcome", mark(Outcome::Fail))]);
    outcome_cell(page, Outcome::Fail);
    page.raw("<td class=\"id\">").text(&finding.id).raw("</td><td>").localized(&found.title).raw("</td><td>");
    page.both(|language| words::category(language, &found.category).to_owned()).raw("</td>");
    page.cell(&found.standards.join("; "));
    list::origin_cells(page, sheet, finding.layer.as_deref(), finding.from_base);
    list::open_details(page, HEADINGS.len(), finding, &found.actual);
    list::localized_fact(page, "Actual", "当前值", &found.actual);
    list::localized_fact(page, "Expected", "期望值", &found.expected);
    list::localized_fact(page, "Description", "描述", &found.description);
    list::localized_fact(page, "Advice", "修改建议", &found.advice);
    list::paths(page, &found.paths);
    list::references(page, found.references.iter().map(String::as_str));
    list::close_details(page, sheet, finding);
}

/// A check that is no finding.
fn other(page: &mut Markup, check: &CheckResult) {
    page.raw("<tbody class=\"item calm\" data-state=\"open\"")
        .attribute("data-severity", check.severity.word());
    page.attribute("data-outcome", mark(check.outcome)).raw("><tr>");
    list::severity_cell(page, check.severity);
    outcome_cell(page, check.outcome);
    page.raw("<td class=\"id\">").text(&check.id).raw("</td><td>").localized(&check.title).raw("</td><td>");
    page.both(|language| words::category(language, &check.category).to_owned()).raw("</td>");
    page.cell(&check.standards.join("; ")).raw("<td></td><td></td></tr></tbody>");
}

fn outcome_cell(page: &mut Markup, outcome: Outcome) {
    let class = match outcome {
        Outcome::Pass => "<td class=\"good\">",
        Outcome::Fail => "<td class=\"bad\">",
        Outcome::NotApplicable | Outcome::Unknown => "<td class=\"quiet\">",
    };
    page.raw(class).both(|language| words::outcome(language, outcome)).raw("</td>");
}

fn mark(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Pass => "pass",
        Outcome::Fail => "fail",
        Outcome::NotApplicable => "not-applicable",
        Outcome::Unknown => "unknown",
    }
}
