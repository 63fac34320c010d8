use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{KindCounts, SeverityCounts};

/// A layer of an image, and what it brought.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ImageLayer {
    /// From 0, the lowest first.
    pub position: i64,
    /// The digest of the uncompressed layer.
    pub diff_id: String,
    /// The digest of the layer as stored.
    pub digest: Option<String>,
    /// The bytes of its files.
    pub size: i64,
    /// The instruction that made it.
    pub created_by: Option<String>,
    /// Whether it is the base image's; absent when no base image is known.
    pub from_base: Option<bool>,
    /// How many images of the whole inventory, by content, have it.
    pub shared_by: i64,
    /// Packages that it brought.
    pub packages: i64,
    /// Findings that it brought and that count, by kind.
    pub findings: KindCounts,
    /// The same by severity.
    pub severities: SeverityCounts,
}

/// What to do to mend an image, the most effective first.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct FixPlan {
    /// Packages to upgrade.
    pub upgrades: Vec<Upgrade>,
    /// What a newer base image mends; absent when no base image is known or nothing of it is wrong.
    pub base: Option<BaseUpgrade>,
    /// Vulnerabilities that count and that nobody has mended yet.
    pub unfixable: SeverityCounts,
}

/// A package to upgrade.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Upgrade {
    /// Its type, as package URLs name it.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its name.
    pub package: String,
    /// The version that is there.
    pub from: String,
    /// The lowest version that mends all that can be mended.
    pub to: String,
    /// False when versions could not be compared, and `to` is only one of those that mend something.
    pub certain: bool,
    /// Where it lies, at most 20 of the places.
    pub paths: Vec<String>,
    /// Whether the base image brought it, so that a newer one may mend it; absent when no base image is known.
    pub from_base: Option<bool>,
    /// The vulnerabilities that go, by severity.
    pub severities: SeverityCounts,
    /// The same, by id.
    pub vulnerabilities: Vec<String>,
    /// Those among them that are known to be exploited.
    pub exploited: i64,
    /// Vulnerabilities of the package that stay: nobody has mended them yet.
    pub remaining: i64,
}

/// What a newer base image mends.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct BaseUpgrade {
    /// Its packages in which something is wrong that can be mended.
    pub packages: i64,
    /// The vulnerabilities that can go with it, by severity.
    pub severities: SeverityCounts,
}

/// Whether an image is as a scan or another image is.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Comparison {
    /// What is compared, on the left.
    pub left: ComparedSide,
    /// What it is compared with, on the right.
    pub right: ComparedSide,
    /// Findings, by kind.
    pub findings: Vec<FindingComparison>,
    /// Packages that only the right has.
    pub packages_added: Vec<ComparedPackage>,
    /// Packages that only the left has.
    pub packages_removed: Vec<ComparedPackage>,
    /// Packages whose version changed.
    pub packages_changed: Vec<ChangedPackage>,
    /// What changed of the configuration.
    pub configuration: Vec<ConfigurationChange>,
    /// Whether lists were cut at 1,000 rows each; counts are always whole.
    pub cut: bool,
}

/// One side of a comparison.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ComparedSide {
    /// The image's id, when images are compared.
    pub image: Option<i64>,
    /// The scan's id; absent for an image that was never scanned.
    pub scan: Option<i64>,
    /// The name.
    pub name: String,
    /// When it was scanned.
    pub scanned: Option<i64>,
}

/// What changed of findings of one kind.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct FindingComparison {
    /// The kind.
    pub kind: model::FindingKind,
    /// How many are only on the right.
    pub new: i64,
    /// How many are only on the left.
    pub gone: i64,
    /// How many are on both sides.
    pub same: i64,
    /// Those that are new.
    pub new_findings: Vec<ComparedFinding>,
    /// Those that are gone.
    pub gone_findings: Vec<ComparedFinding>,
}

/// A finding on one side of a comparison.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
pub struct ComparedFinding {
    /// What is wrong, by its public id.
    pub rule: String,
    /// How bad it is.
    pub severity: model::Severity,
    /// One line.
    pub title: model::Text,
    /// The package; empty for none.
    pub package: String,
    /// Its version.
    pub version: String,
    /// Its first path; empty for none.
    pub path: String,
}

/// A package on one side of a comparison.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
pub struct ComparedPackage {
    /// Its type, as package URLs name it.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// A package whose version changed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
pub struct ChangedPackage {
    /// Its type, as package URLs name it.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its name.
    pub name: String,
    /// The versions on the left.
    pub left: Vec<String>,
    /// The versions on the right.
    pub right: Vec<String>,
}

/// A setting of the configuration that changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ConfigurationChange {
    /// Which one: `user`, `entrypoint`, `environment`, …
    pub setting: String,
    /// Its lines on the left that are not on the right.
    pub left: Vec<String>,
    /// Its lines on the right that are not on the left.
    pub right: Vec<String>,
}

/// What is compared: two images, or two scans.
#[derive(Clone, Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CompareQuery {
    /// An image.
    pub left: Option<i64>,
    /// Another image.
    pub right: Option<i64>,
    /// A scan.
    pub left_scan: Option<i64>,
    /// Another scan.
    pub right_scan: Option<i64>,
}

/// A form a report is written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ReportFormat {
    /// A table of findings, comma-separated.
    Csv,
    /// CycloneDX: components and vulnerabilities.
    Cyclonedx,
    /// Markdown as GitHub shows it.
    Github,
    /// One page for people.
    Html,
    /// The whole report.
    #[default]
    Json,
    /// `JUnit`: what test runners show.
    Junit,
    /// SARIF: what code hosts show.
    Sarif,
    /// SPDX: components.
    Spdx,
    /// A table in plain text.
    Table,
    /// A spreadsheet.
    Xlsx,
}

/// A language that people read reports in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ReportLanguage {
    /// English.
    #[default]
    En,
    /// 简体中文
    Zh,
}

/// How a report is wanted.
#[derive(Clone, Copy, Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ReportQuery {
    /// The form.
    #[param(inline, default = "json")]
    pub format: Option<ReportFormat>,
    /// The language of texts for people.
    #[param(inline, default = "en")]
    pub language: Option<ReportLanguage>,
}

/// The files of an image; known once they were looked at.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ImageFiles {
    /// What they come to; absent until they were looked at.
    pub files: Option<model::Files>,
}
