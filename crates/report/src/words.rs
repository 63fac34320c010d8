//! The words of reports in both languages.

use model::{FixStatus, Language, Severity};

/// A severity.
pub(crate) fn severity(language: Language, severity: Severity) -> &'static str {
    match (language, severity) {
        (Language::English, severity) => severity.word(),
        (Language::Chinese, Severity::Critical) => "严重",
        (Language::Chinese, Severity::High) => "高危",
        (Language::Chinese, Severity::Medium) => "中危",
        (Language::Chinese, Severity::Low) => "低危",
        (Language::Chinese, Severity::Negligible) => "可忽略",
        (Language::Chinese, Severity::Unknown) => "未知",
    }
}

/// What stands in the column of the fix when there is no version to name.
pub(crate) fn no_version(language: Language, status: FixStatus) -> &'static str {
    match status {
        FixStatus::Fixed => language.pick("fixed", "已修复"),
        FixStatus::Affected => language.pick("no fix yet", "暂无修复"),
    }
}
