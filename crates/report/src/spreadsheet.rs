//! What rows of findings and gaps hold, for the formats that are opened in a spreadsheet.

use model::{Detail, Finding, Language, Report, Vulnerability};

use crate::columns::printable;
use crate::layers::LayerNumbers;
use crate::words;

/// The most characters that a cell of a spreadsheet holds.
pub(crate) const CELL_LIMIT: usize = 32_767;

/// A text for a cell: without control characters but for line feeds, and cut where a spreadsheet would refuse it.
#[must_use]
pub fn cell(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(printable).collect();
    // XML, of which a workbook is made, cannot hold these two.
    let text = lines.join("\n").replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}");
    // Spreadsheets count UTF-16 units.
    if text.encode_utf16().count() <= CELL_LIMIT {
        return text;
    }
    let mut units = 1;
    let mut cut: String = text
        .chars()
        .take_while(|character| {
            units += character.len_utf16();
            units <= CELL_LIMIT
        })
        .collect();
    cut.push('…');
    cut
}

/// One finding beside the report it belongs to.
pub(crate) struct Row<'a> {
    pub(crate) report: &'a Report,
    pub(crate) layers: &'a LayerNumbers<'a>,
    pub(crate) finding: &'a Finding,
    pub(crate) language: Language,
}

/// A column: its heading in both languages and what stands in it.
pub(crate) struct Column {
    pub(crate) english: &'static str,
    pub(crate) chinese: &'static str,
    /// Its width in characters.
    pub(crate) width: u16,
    pub(crate) value: fn(&Row<'_>) -> String,
}

impl Column {
    /// Its heading.
    pub(crate) fn heading(&self, language: Language) -> &'static str {
        language.pick(self.english, self.chinese)
    }
}

const fn column(
    english: &'static str,
    chinese: &'static str,
    width: u16,
    value: fn(&Row<'_>) -> String,
) -> Column {
    Column { english, chinese, width, value }
}

pub(crate) const IMAGE: Column = column("Image", "镜像", 28, |row| row.report.image.name.clone());
pub(crate) const DIGEST: Column =
    column("Image digest", "镜像摘要", 24, |row| row.report.image.digest.clone().unwrap_or_default());
pub(crate) const KIND: Column =
    column("Kind", "类型", 14, |row| words::kind(row.language, row.finding.kind()).to_owned());
pub(crate) const ID: Column = column("ID", "编号", 20, |row| row.finding.id.clone());
pub(crate) const SEVERITY: Column =
    column("Severity", "级别", 11, |row| words::severity(row.language, row.finding.severity).to_owned());
pub(crate) const TITLE: Column =
    column("Title", "标题", 48, |row| row.finding.title(row.language).to_owned());
pub(crate) const PACKAGE: Column = column("Package", "软件包", 24, |row| {
    row.finding.package().map_or_else(String::new, |(name, _)| name.to_owned())
});
pub(crate) const INSTALLED: Column = column("Installed version", "当前版本", 20, |row| {
    row.finding.package().map_or_else(String::new, |(_, version)| version.to_owned())
});
pub(crate) const FIXED: Column = column("Fixed version", "修复版本", 20, |row| {
    vulnerability(row).and_then(|found| found.fixed_version.clone()).unwrap_or_default()
});
pub(crate) const PATH: Column = column("Path", "路径", 40, |row| match &row.finding.detail {
    Detail::Secret(found) if found.path.is_none() => found.place.clone(),
    _ => row.finding.paths().join("\n"),
});
pub(crate) const LINE: Column =
    column("Line", "行号", 8, |row| row.finding.line().map_or_else(String::new, |line| line.to_string()));
pub(crate) const LAYER: Column = column("Layer", "镜像层", 8, |row| {
    row.layers.of(row.finding.layer.as_deref()).map_or_else(String::new, |number| number.to_string())
});
pub(crate) const LAYER_ID: Column =
    column("Layer diff id", "镜像层 diff id", 24, |row| row.finding.layer.clone().unwrap_or_default());
pub(crate) const INSTRUCTION: Column =
    column("Instruction", "构建指令", 40, |row| row.finding.created_by.clone().unwrap_or_default());
pub(crate) const ORIGIN: Column =
    column("Base or own", "来源", 11, |row| words::origin(row.language, row.finding.from_base).to_owned());
pub(crate) const STATUS: Column =
    column("Status", "状态", 14, |row| words::status(row.language, row.finding).to_owned());
pub(crate) const SUPPRESSED: Column = column("Suppressed", "抑制", 14, |row| {
    row.finding
        .suppressed
        .as_ref()
        .map_or_else(String::new, |decision| words::suppression(row.language, decision.status).to_owned())
});
pub(crate) const REASON: Column = column("Reason for suppression", "抑制原因", 32, |row| {
    let Some(decision) = &row.finding.suppressed else { return String::new() };
    let until = decision.until.as_ref().map(|day| match row.language {
        Language::English => format!(" (until {day})"),
        Language::Chinese => format!("（有效期至 {day}）"),
    });
    format!("{}{}", decision.reason, until.unwrap_or_default())
});
pub(crate) const SCORE: Column = column("CVSS", "CVSS 评分", 8, |row| {
    vulnerability(row).and_then(highest_score).map_or_else(String::new, |score| format!("{score:.1}"))
});
pub(crate) const EXPLOITED: Column =
    column("Known exploited", "已知被利用", 11, |row| match vulnerability(row) {
        Some(found) if found.known_exploited => row.language.pick("yes", "是").to_owned(),
        Some(_) => row.language.pick("no", "否").to_owned(),
        None => String::new(),
    });
pub(crate) const EPSS: Column = column("EPSS", "EPSS", 9, |row| {
    let epss = vulnerability(row).and_then(|found| found.epss);
    epss.map_or_else(String::new, |epss| format!("{:.5}", epss.score))
});
pub(crate) const RISK: Column = column("Risk", "风险值", 8, |row| {
    vulnerability(row).map_or_else(String::new, |found| format!("{:.2}", found.risk))
});
pub(crate) const DETAIL: Column =
    column("Description", "描述", 60, |row| row.finding.description(row.language).to_owned());
pub(crate) const ADVICE: Column =
    column("Advice", "处理建议", 48, |row| row.finding.advice(row.language).to_owned());
pub(crate) const ALIASES: Column = column("Other IDs", "其他编号", 24, |row| {
    vulnerability(row).map_or_else(String::new, |found| found.aliases.join("\n"))
});
pub(crate) const REFERENCES: Column =
    column("References", "参考链接", 40, |row| row.finding.references().join("\n"));
pub(crate) const EVIDENCE: Column = column("Evidence", "判断依据", 40, |row| match &row.finding.detail {
    Detail::Vulnerability(found) => found.evidence.clone(),
    Detail::Malware(found) => format!("SHA-256 {}", found.sha256),
    Detail::Secret(found) => found.masked.clone(),
    Detail::Baseline(found) => found.actual.of(row.language).to_owned(),
    Detail::Compliance(found) => found.license.clone().unwrap_or_default(),
    Detail::BaseImage(_) => String::new(),
});

/// The highest score of all ratings.
pub(crate) fn highest_score(found: &Vulnerability) -> Option<f64> {
    found.ratings.iter().filter_map(|rating| rating.score).max_by(f64::total_cmp)
}

fn vulnerability<'a>(row: &Row<'a>) -> Option<&'a Vulnerability> {
    match &row.finding.detail {
        Detail::Vulnerability(found) => Some(found),
        _ => None,
    }
}
