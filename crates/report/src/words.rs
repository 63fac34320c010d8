use std::fmt;

use model::{FixStatus, Severity};

/// A language reports are written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// 简体中文
    Chinese,
}

/// A word that names no language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownLanguage(String);

impl Language {
    /// The language of a locale such as `zh_CN.UTF-8`; English for all that is not Chinese.
    #[must_use]
    pub fn of_locale(locale: &str) -> Self {
        if locale.to_ascii_lowercase().starts_with("zh") { Self::Chinese } else { Self::English }
    }

    /// The text of this language.
    #[must_use]
    pub fn pick<'a>(self, english: &'a str, chinese: &'a str) -> &'a str {
        match self {
            Self::English => english,
            Self::Chinese => chinese,
        }
    }

    /// A severity.
    pub(crate) fn severity(self, severity: Severity) -> &'static str {
        match (self, severity) {
            (Self::English, severity) => severity.word(),
            (Self::Chinese, Severity::Critical) => "严重",
            (Self::Chinese, Severity::High) => "高危",
            (Self::Chinese, Severity::Medium) => "中危",
            (Self::Chinese, Severity::Low) => "低危",
            (Self::Chinese, Severity::Negligible) => "可忽略",
            (Self::Chinese, Severity::Unknown) => "未知",
        }
    }

    /// What stands in the column of the fix when there is no version to name.
    pub(crate) fn no_version(self, status: FixStatus) -> &'static str {
        match status {
            FixStatus::Fixed => self.pick("fixed", "已修复"),
            FixStatus::Affected => self.pick("no fix yet", "暂无修复"),
        }
    }
}

impl std::str::FromStr for Language {
    type Err = UnknownLanguage;

    fn from_str(text: &str) -> Result<Self, UnknownLanguage> {
        match text {
            "en" => Ok(Self::English),
            "zh" => Ok(Self::Chinese),
            _ => Err(UnknownLanguage(text.to_owned())),
        }
    }
}

impl fmt::Display for UnknownLanguage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not a language (en, zh)", self.0)
    }
}

impl std::error::Error for UnknownLanguage {}
