//! What the sheets hold.

use model::{Detail, FileEntry, FindingKind, Language, Report, Severity};

use super::{Cell, Sheet};
use crate::counts::{self, Counts};
use crate::layers::LayerNumbers;
use crate::spreadsheet::{self, Column, Row};
use crate::words;

const VULNERABILITIES: &[Column] = &[
    spreadsheet::IMAGE,
    spreadsheet::ID,
    spreadsheet::SEVERITY,
    spreadsheet::SCORE,
    spreadsheet::EXPLOITED,
    spreadsheet::EPSS,
    spreadsheet::RISK,
    spreadsheet::PACKAGE,
    spreadsheet::INSTALLED,
    spreadsheet::FIXED,
    spreadsheet::STATUS,
    spreadsheet::TITLE,
    spreadsheet::ADVICE,
    spreadsheet::PATH,
    spreadsheet::LAYER,
    spreadsheet::INSTRUCTION,
    spreadsheet::ORIGIN,
    spreadsheet::SUPPRESSED,
    spreadsheet::REASON,
    spreadsheet::EVIDENCE,
    spreadsheet::ALIASES,
    spreadsheet::DETAIL,
    spreadsheet::REFERENCES,
];

const FILES_FOUND: &[Column] = &[
    spreadsheet::IMAGE,
    spreadsheet::ID,
    spreadsheet::SEVERITY,
    spreadsheet::TITLE,
    spreadsheet::PATH,
    spreadsheet::LINE,
    spreadsheet::EVIDENCE,
    spreadsheet::STATUS,
    spreadsheet::LAYER,
    spreadsheet::INSTRUCTION,
    spreadsheet::ORIGIN,
    spreadsheet::SUPPRESSED,
    spreadsheet::REASON,
    spreadsheet::DETAIL,
    spreadsheet::ADVICE,
    spreadsheet::REFERENCES,
];

const COMPLIANCE: &[Column] = &[
    spreadsheet::IMAGE,
    spreadsheet::KIND,
    spreadsheet::ID,
    spreadsheet::SEVERITY,
    spreadsheet::STATUS,
    spreadsheet::TITLE,
    spreadsheet::PACKAGE,
    spreadsheet::INSTALLED,
    spreadsheet::EVIDENCE,
    spreadsheet::PATH,
    spreadsheet::LAYER,
    spreadsheet::INSTRUCTION,
    spreadsheet::ORIGIN,
    spreadsheet::SUPPRESSED,
    spreadsheet::REASON,
    spreadsheet::DETAIL,
    spreadsheet::ADVICE,
    spreadsheet::REFERENCES,
];

/// All sheets; the kinds that no report looked for have none.
pub(super) fn all(reports: &[Report], language: Language) -> Vec<Sheet> {
    let made = |check: &str| reports.iter().any(|report| report.checks.iter().any(|made| made == check));
    let found = |kinds: &[FindingKind], columns| findings(reports, kinds, columns, language);
    let mut sheets = vec![summary(reports, language), counts(reports, language)];
    if made("vulnerabilities") {
        sheets.push(found(&[FindingKind::Vulnerabilities], VULNERABILITIES));
    }
    if made("baseline") {
        sheets.push(baseline(reports, language));
    }
    for kind in [FindingKind::Malware, FindingKind::Secrets] {
        if made(kind.word()) {
            sheets.push(found(&[kind], FILES_FOUND));
        }
    }
    if made("compliance") || made("base-image") {
        sheets.push(found(&[FindingKind::Compliance, FindingKind::BaseImage], COMPLIANCE));
    }
    if made("software") {
        sheets.push(software(reports, language));
    }
    if made("files") {
        sheets.push(files(reports, language));
    }
    sheets.push(gaps(reports, language));
    sheets
}

fn text(value: &str) -> Cell {
    Cell::Text(value.to_owned())
}

fn number(value: u64) -> Cell {
    // A spreadsheet knows no other numbers; up to 2^53 they are exact.
    Cell::Number(value as f64)
}

fn headings(language: Language, columns: &[(&'static str, &'static str, u16)]) -> Vec<(&'static str, u16)> {
    columns.iter().map(|(english, chinese, width)| (language.pick(english, chinese), *width)).collect()
}

fn summary(reports: &[Report], language: Language) -> Sheet {
    let columns = [
        ("Image", "镜像", 36),
        ("Digest", "摘要", 30),
        ("Operating system", "操作系统", 28),
        ("Platform", "平台", 14),
        ("Created", "创建时间", 22),
        ("Size (bytes)", "大小（字节）", 14),
        ("Layers", "层数", 8),
        ("Base image", "基础镜像", 36),
        ("Packages", "软件包数", 10),
        ("Files", "文件数", 10),
        ("File bytes", "文件总大小（字节）", 18),
        ("Wasted bytes", "被覆盖或删除的字节", 18),
        ("Findings", "风险总数", 10),
        ("Suppressed", "已抑制", 10),
        ("Gaps", "缺口", 8),
        ("Checks", "检查项", 48),
        ("Advisories updated", "漏洞库更新时间", 24),
    ];
    let rows = reports.iter().map(|report| {
        let (image, counts) = (&report.image, Counts::new(report));
        let checks: Vec<&str> = report.checks.iter().map(|id| words::check(language, id)).collect();
        let base = report.base_image.as_ref().map(|base| words::base_image(language, base));
        let files = report.files.clone().unwrap_or_default();
        vec![
            text(&image.name),
            text(image.digest.as_deref().or(image.image_id.as_deref()).unwrap_or_default()),
            text(image.os.as_deref().unwrap_or_default()),
            text(image.platform.as_deref().unwrap_or_default()),
            text(image.created.as_deref().unwrap_or_default()),
            number(image.size),
            number(report.layers.len() as u64),
            Cell::Text(base.unwrap_or_default()),
            number(report.packages.len() as u64),
            number(files.count),
            number(files.size),
            number(files.wasted),
            number(counts.open(None, None) as u64),
            number(counts.suppressed(None) as u64),
            number(report.gaps.len() as u64),
            Cell::Text(checks.join(language.pick(", ", "、"))),
            text(report.database.as_ref().map_or("", |database| database.updated.as_str())),
        ]
    });
    Sheet {
        name: language.pick("Summary", "概览"),
        columns: headings(language, &columns),
        rows: rows.collect(),
    }
}

fn counts(reports: &[Report], language: Language) -> Sheet {
    let mut columns = headings(language, &[("Image", "镜像", 36), ("Kind", "类型", 16)]);
    columns.extend(Severity::WORST_FIRST.map(|severity| (words::severity(language, severity), 12)));
    columns.extend(headings(language, &[("Total", "合计", 10), ("Suppressed", "已抑制", 10)]));
    let mut rows = Vec::new();
    for report in reports {
        let counts = Counts::new(report);
        for kind in FindingKind::ALL {
            if !report.checks.iter().any(|made| made == kind.word()) {
                continue;
            }
            let mut row = vec![text(&report.image.name), text(words::kind(language, kind))];
            let by_severity = Severity::WORST_FIRST.map(|severity| counts.open(Some(kind), Some(severity)));
            row.extend(by_severity.map(|count| number(count as u64)));
            row.push(number(counts.open(Some(kind), None) as u64));
            row.push(number(counts.suppressed(Some(kind)) as u64));
            rows.push(row);
        }
    }
    Sheet { name: language.pick("Counts", "统计"), columns, rows }
}

fn findings(reports: &[Report], kinds: &[FindingKind], columns: &[Column], language: Language) -> Sheet {
    let mut rows = Vec::new();
    for report in reports {
        let layers = LayerNumbers::new(report);
        for finding in report.findings.iter().filter(|finding| kinds.contains(&finding.kind())) {
            let row = Row { report, layers: &layers, finding, language };
            let cells = columns.iter().map(|column| match column.english {
                "Severity" => Cell::Severity(finding.severity),
                "CVSS" | "Line" | "Layer" => {
                    let value = (column.value)(&row);
                    value.parse().map_or_else(|_| Cell::Text(String::new()), Cell::Number)
                }
                _ => Cell::Text((column.value)(&row)),
            });
            rows.push(cells.collect());
        }
    }
    let name = kinds.first().map_or("", |kind| words::kind(language, *kind));
    let columns = columns.iter().map(|column| (column.heading(language), column.width)).collect();
    Sheet { name, columns, rows }
}

fn baseline(reports: &[Report], language: Language) -> Sheet {
    let columns = [
        ("Image", "镜像", 28),
        ("Check", "检查项编号", 18),
        ("Category", "分类", 18),
        ("Title", "检查项", 44),
        ("Severity", "级别", 11),
        ("Outcome", "检查结果", 14),
        ("Standards", "标准", 26),
        ("Actual", "当前值", 32),
        ("Expected", "期望值", 32),
        ("Description", "描述", 48),
        ("Advice", "修改建议", 48),
        ("Path", "路径", 32),
        ("Layer", "镜像层", 8),
        ("Instruction", "构建指令", 32),
        ("Base or own", "来源", 11),
        ("Suppressed", "抑制", 14),
        ("Reason for suppression", "抑制原因", 32),
        ("References", "参考链接", 36),
    ];
    let mut rows = Vec::new();
    for report in reports {
        let layers = LayerNumbers::new(report);
        for check in &report.baseline {
            let mut findings = report
                .findings
                .iter()
                .filter(|finding| finding.kind() == FindingKind::Baseline && finding.id == check.id)
                .peekable();
            let head = || {
                vec![
                    text(&report.image.name),
                    text(&check.id),
                    text(words::category(language, &check.category)),
                    text(check.title.of(language)),
                    Cell::Severity(check.severity),
                    text(words::outcome(language, check.outcome)),
                    Cell::Text(check.standards.join("\n")),
                ]
            };
            if findings.peek().is_none() {
                rows.push(head());
            }
            for finding in findings {
                let mut row = head();
                row.extend(failure(&Row { report, layers: &layers, finding, language }));
                rows.push(row);
            }
        }
    }
    let name = words::kind(language, FindingKind::Baseline);
    Sheet { name, columns: headings(language, &columns), rows }
}

/// The cells of a check that failed, after those that every check has.
fn failure(row: &Row<'_>) -> Vec<Cell> {
    let expected = match &row.finding.detail {
        Detail::Baseline(found) => found.expected.of(row.language),
        _ => "",
    };
    let value = |column: &Column| Cell::Text((column.value)(row));
    vec![
        value(&spreadsheet::EVIDENCE),
        text(expected),
        value(&spreadsheet::DETAIL),
        value(&spreadsheet::ADVICE),
        value(&spreadsheet::PATH),
        value(&spreadsheet::LAYER),
        value(&spreadsheet::INSTRUCTION),
        value(&spreadsheet::ORIGIN),
        value(&spreadsheet::SUPPRESSED),
        value(&spreadsheet::REASON),
        value(&spreadsheet::REFERENCES),
    ]
}

fn software(reports: &[Report], language: Language) -> Sheet {
    let columns = [
        ("Image", "镜像", 28),
        ("Name", "名称", 32),
        ("Version", "版本", 24),
        ("Type", "类型", 10),
        ("Architecture", "架构", 10),
        ("Licences", "许可证", 28),
        ("Vulnerabilities", "漏洞数", 12),
        ("Source package", "源码包", 24),
        ("Path", "路径", 40),
        ("Layer", "镜像层", 8),
        ("Instruction", "构建指令", 32),
        ("Base or own", "来源", 11),
        ("Package URL", "Package URL", 48),
    ];
    let mut rows = Vec::new();
    for report in reports {
        let layers = LayerNumbers::new(report);
        let vulnerable = counts::vulnerabilities_by_package(report);
        for package in &report.packages {
            let count = vulnerable.get(package.purl.as_str()).copied().unwrap_or(0);
            let layer = layers.of(package.layer.as_deref());
            rows.push(vec![
                text(&report.image.name),
                text(&package.name),
                text(&package.version),
                text(package.kind.word()),
                text(package.arch.as_deref().unwrap_or_default()),
                Cell::Text(package.licenses.join("\n")),
                number(count as u64),
                text(package.source.as_ref().map_or("", |source| source.name.as_str())),
                Cell::Text(package.paths.join("\n")),
                layer.map_or_else(|| text(""), |layer| number(layer as u64)),
                text(package.created_by.as_deref().unwrap_or_default()),
                text(words::origin(language, package.from_base)),
                text(&package.purl),
            ]);
        }
    }
    Sheet { name: language.pick("Software", "软件信息"), columns: headings(language, &columns), rows }
}

fn files(reports: &[Report], language: Language) -> Sheet {
    let columns = [
        ("Image", "镜像", 28),
        ("List", "列表", 20),
        ("Path", "路径", 64),
        ("Size (bytes)", "大小（字节）", 14),
        ("Mode", "权限", 8),
        ("Owner", "属主 UID", 10),
        ("Group", "属组 GID", 10),
        ("Layer", "镜像层", 8),
        ("Base or own", "来源", 11),
    ];
    let mut rows = Vec::new();
    for report in reports {
        let layers = LayerNumbers::new(report);
        let Some(files) = &report.files else { continue };
        let lists: [(&str, &[FileEntry]); 3] = [
            (language.pick("largest", "最大文件"), &files.largest),
            (language.pick("set-uid, set-gid", "SUID/SGID 文件"), &files.set_id),
            (language.pick("world-writable", "任何人可写"), &files.world_writable),
        ];
        for (list, file) in lists.iter().flat_map(|(list, files)| files.iter().map(move |file| (list, file)))
        {
            rows.push(vec![
                text(&report.image.name),
                text(list),
                text(&file.path),
                number(file.size),
                text(&file.mode),
                number(file.uid),
                number(file.gid),
                layers.of(file.layer.as_deref()).map_or_else(|| text(""), |layer| number(layer as u64)),
                text(words::origin(language, file.from_base)),
            ]);
        }
    }
    Sheet { name: language.pick("Files", "文件信息"), columns: headings(language, &columns), rows }
}

fn gaps(reports: &[Report], language: Language) -> Sheet {
    let columns = [("Image", "镜像", 28), ("What", "对象", 18), ("Where", "位置", 48), ("Why", "原因", 80)];
    let all = reports.iter().flat_map(|report| report.gaps.iter().map(move |gap| (report, gap)));
    let rows = all
        .map(|(report, gap)| {
            vec![text(&report.image.name), text(&gap.what), text(&gap.place), text(&gap.why)]
        })
        .collect();
    Sheet { name: language.pick("Gaps", "缺口"), columns: headings(language, &columns), rows }
}
