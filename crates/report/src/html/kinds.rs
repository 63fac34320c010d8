//! Malware, secrets, compliance and the base image.

use model::{Compliance, Detail, Finding, FindingKind, Malware, Secret, Severity, UnapprovedBase};

use super::Sheet;
use super::list::{self, Heading};
use super::markup::Markup;
use crate::words;

const MALWARE: &[Heading] = &[
    ("Severity", "级别"),
    ("Class", "类型"),
    ("Family", "家族"),
    ("Path", "路径"),
    ("Size", "大小"),
    ("Found by", "检测引擎"),
    ("Visible", "可见性"),
    ("Layer", "镜像层"),
    ("From", "来源"),
];

const SECRETS: &[Heading] = &[
    ("Severity", "级别"),
    ("Rule", "规则"),
    ("Place", "位置"),
    ("Line", "行号"),
    ("Masked value", "脱敏内容"),
    ("Visible", "可见性"),
    ("Layer", "镜像层"),
    ("From", "来源"),
];

const COMPLIANCE: &[Heading] = &[
    ("Severity", "级别"),
    ("What", "类别"),
    ("Rule", "规则"),
    ("Package", "软件包"),
    ("Version", "版本"),
    ("Licence", "许可证"),
    ("Layer", "镜像层"),
    ("From", "来源"),
];

const BASE: &[Heading] = &[("Severity", "级别"), ("Rule", "规则"), ("Layer", "镜像层"), ("From", "来源")];

/// The findings of one of these kinds.
pub(super) fn write(page: &mut Markup, sheet: &Sheet<'_>, kind: FindingKind) {
    if list::nothing(page, sheet, kind) {
        return;
    }
    let all = [list::VISIBLE, list::HISTORY, list::OWN, list::BASE, list::OPEN, list::SUPPRESSED];
    let (headings, filters) = match kind {
        FindingKind::Malware => (MALWARE, all.as_slice()),
        FindingKind::Secrets => (SECRETS, all.as_slice()),
        FindingKind::Compliance => (COMPLIANCE, all.get(2..).unwrap_or_default()),
        _ => (BASE, all.get(4..).unwrap_or_default()),
    };
    list::open(page, &Severity::WORST_FIRST, filters, headings);
    for finding in sheet.findings(kind) {
        match &finding.detail {
            Detail::Malware(found) => malware(page, sheet, finding, found),
            Detail::Secret(found) => secret(page, sheet, finding, found),
            Detail::Compliance(found) => compliance(page, sheet, finding, found),
            Detail::BaseImage(found) => base(page, sheet, finding, found),
            Detail::Vulnerability(_) | Detail::Baseline(_) => {}
        }
    }
    list::close(page);
}

fn visible(page: &mut Markup, visible: bool) {
    page.raw(if visible { "<td>" } else { "<td class=\"quiet\">" });
    page.both(|language| words::visibility(language, visible)).raw("</td>");
}

fn yes_or_no(yes: bool) -> &'static str {
    if yes { "yes" } else { "no" }
}

fn malware(page: &mut Markup, sheet: &Sheet<'_>, finding: &Finding, found: &Malware) {
    list::open_finding(page, finding, &[("data-visible", yes_or_no(found.visible))]);
    page.raw("<td>").both(|language| words::malware_class(language, found.class)).raw("</td>");
    page.cell(&found.family).raw("<td class=\"path\">").text(&found.path).raw("</td>");
    page.size_cell(found.size).cell(&found.engine);
    visible(page, found.visible);
    list::origin_cells(page, sheet, finding.layer.as_deref(), finding.from_base);
    list::open_details(page, MALWARE.len(), finding, &found.title);
    page.fact("Rule", "规则", &finding.id);
    list::localized_fact(page, "Description", "描述", &found.description);
    list::localized_fact(page, "Advice", "处置建议", &found.advice);
    page.term("Path", "路径").raw("<code>").text(&found.path).raw("</code></dd>");
    page.term("SHA-256", "SHA-256").raw("<code>").text(&found.sha256).raw("</code></dd>");
    page.term("MD5", "MD5").raw("<code>").text(&found.md5).raw("</code></dd>");
    list::references(page, found.references.iter().map(String::as_str));
    list::close_details(page, sheet, finding);
}

fn secret(page: &mut Markup, sheet: &Sheet<'_>, finding: &Finding, found: &Secret) {
    list::open_finding(page, finding, &[("data-visible", yes_or_no(found.visible))]);
    page.raw("<td class=\"id\">").text(&finding.id).raw("</td><td class=\"path\">");
    page.text(found.path.as_deref().unwrap_or(&found.place)).raw("</td>");
    match found.line {
        Some(line) => page.number_cell(u64::from(line)),
        None => page.raw("<td></td>"),
    };
    page.raw("<td class=\"masked\"><code>").text(&found.masked).raw("</code></td>");
    visible(page, found.visible);
    list::origin_cells(page, sheet, finding.layer.as_deref(), finding.from_base);
    list::open_details(page, SECRETS.len(), finding, &found.title);
    list::localized_fact(page, "Description", "描述", &found.description);
    list::localized_fact(page, "Advice", "处置建议", &found.advice);
    list::paths(page, finding.paths());
    page.term("Fingerprint", "指纹").raw("<code>").text(&found.fingerprint).raw("</code></dd>");
    list::close_details(page, sheet, finding);
}

fn compliance(page: &mut Markup, sheet: &Sheet<'_>, finding: &Finding, found: &Compliance) {
    list::open_finding(page, finding, &[]);
    page.raw("<td>").both(|language| words::forbidden(language, found.forbidden)).raw("</td>");
    page.raw("<td class=\"id\">").text(&finding.id).raw("</td><td class=\"name\">");
    page.text(found.package.as_deref().unwrap_or_default()).raw("</td>");
    page.cell(found.version.as_deref().unwrap_or_default())
        .cell(found.license.as_deref().unwrap_or_default());
    list::origin_cells(page, sheet, finding.layer.as_deref(), finding.from_base);
    list::open_details(page, COMPLIANCE.len(), finding, &found.title);
    list::localized_fact(page, "Description", "描述", &found.description);
    list::localized_fact(page, "Advice", "处理建议", &found.advice);
    list::paths(page, &found.paths);
    page.fact("Package URL", "Package URL", found.purl.as_deref().unwrap_or_default());
    list::references(page, found.references.iter().map(String::as_str));
    list::close_details(page, sheet, finding);
}

fn base(page: &mut Markup, sheet: &Sheet<'_>, finding: &Finding, found: &UnapprovedBase) {
    list::open_finding(page, finding, &[]);
    page.raw("<td class=\"id\">").text(&finding.id).raw("</td>");
    list::origin_cells(page, sheet, finding.layer.as_deref(), finding.from_base);
    list::open_details(page, BASE.len(), finding, &found.title);
    list::localized_fact(page, "Description", "描述", &found.description);
    list::localized_fact(page, "Advice", "处理建议", &found.advice);
    list::close_details(page, sheet, finding);
}
