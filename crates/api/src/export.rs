use model::{Failure, Language, Severity, Text};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::ImageFilter;

/// What an export is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ExportSubject {
    /// Images, one in each row.
    Images,
    /// Vulnerabilities of packages.
    Vulnerabilities,
    /// Unsafe settings.
    Baseline,
    /// Malicious files.
    Malware,
    /// Secrets, masked.
    Secrets,
    /// What is not allowed.
    Compliance,
    /// Packages.
    Software,
    /// The files that stand out: the largest, those with set-uid or set-gid, those everybody may write.
    Files,
    /// A list of packages for each image; of several images in a zip archive.
    Sbom,
}

/// How an export is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ExportFormat {
    /// Excel.
    Xlsx,
    /// Comma-separated values, UTF-8 with a byte order mark.
    Csv,
    /// JSON.
    Json,
    /// CycloneDX, for `sbom`.
    Cyclonedx,
    /// SPDX, for `sbom`.
    Spdx,
}

/// An export that is wanted.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewExport {
    /// What it is about.
    pub subject: ExportSubject,
    /// How it is written: `sbom` as `cyclonedx` or `spdx`, all else as `xlsx`, `csv` or `json`.
    pub format: ExportFormat,
    /// These images; with `filter`, neither or one of them is given.
    #[serde(default)]
    #[schema(max_items = 10000)]
    pub images: Vec<i64>,
    /// The images that fit; all when absent.
    #[serde(default)]
    pub filter: Option<ImageFilter>,
    /// Without these.
    #[serde(default)]
    #[schema(max_items = 10000)]
    pub exclude: Vec<i64>,
    /// Only findings of these severities; of all when empty.
    #[serde(default)]
    #[schema(max_items = 6)]
    pub severity: Vec<Severity>,
    /// Only vulnerabilities with a fix, or without one.
    #[serde(default)]
    pub fixable: Option<bool>,
    /// Only findings that a decision covers, or that none does; those that are whitelisted only when this is true.
    #[serde(default)]
    pub handled: Option<bool>,
    /// The columns, in this order, by the ids that `GET /exports/subjects` tells; all when empty.
    #[serde(default)]
    #[schema(max_items = 100)]
    pub columns: Vec<String>,
    /// The language of headings and texts.
    #[serde(default)]
    pub language: ExportLanguage,
    /// At most so many rows; of a workbook at most 1,048,574.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 5_000_000, default = 1_000_000)]
    pub max_rows: Option<i64>,
    /// How many days it is kept.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 90, default = 7)]
    pub days: Option<i64>,
    /// What it is called; by its subject and day when absent.
    #[serde(default)]
    #[schema(max_length = 100)]
    pub name: Option<String>,
}

/// The language of an export.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ExportLanguage {
    /// English.
    #[default]
    En,
    /// Chinese.
    Zh,
}

impl From<ExportLanguage> for Language {
    fn from(language: ExportLanguage) -> Self {
        match language {
            ExportLanguage::En => Self::English,
            ExportLanguage::Zh => Self::Chinese,
        }
    }
}

/// How far an export is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ExportState {
    /// It waits for a worker.
    Waiting,
    /// It is being written.
    Running,
    /// It can be downloaded.
    Done,
    /// It could not be made.
    Failed,
    /// It was stopped.
    Cancelled,
}

/// An export.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Export {
    /// Its id.
    pub id: i64,
    /// The task that makes it.
    pub task_id: Option<i64>,
    /// What it is about.
    pub subject: ExportSubject,
    /// How it is written.
    pub format: ExportFormat,
    /// What it is called.
    pub name: String,
    /// The name of its file.
    pub file_name: String,
    /// How far it is.
    pub state: ExportState,
    /// Percent.
    pub progress: i64,
    /// Why it could not be made.
    pub failure: Option<Failure>,
    /// What was said then.
    pub message: Option<String>,
    /// How many rows, or images of an `sbom`, it has.
    pub rows: i64,
    /// Its size in bytes.
    pub bytes: i64,
    /// Whether not all rows had room.
    pub truncated: bool,
    /// Who asked.
    pub created_by: String,
    /// When.
    pub created: i64,
    /// When it is deleted.
    pub expires: i64,
}

/// What can be exported, and in which columns.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ExportColumns {
    /// What it is about.
    pub subject: ExportSubject,
    /// How it can be written.
    pub formats: Vec<ExportFormat>,
    /// Its columns, in the order they have when none are chosen.
    pub columns: Vec<ExportColumn>,
}

/// A column of an export.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ExportColumn {
    /// By which it is chosen.
    pub id: String,
    /// Its heading.
    pub title: Text,
}
