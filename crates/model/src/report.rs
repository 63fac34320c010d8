use serde::{Deserialize, Serialize};

use crate::{BaseImage, CheckResult, Distribution, Files, Finding, Gap, ImageSummary, LayerSummary, Package};

/// The version of the `json` report's schema: the first number changes when a field changes its meaning or goes.
pub const SCHEMA_VERSION: &str = "2.0";

/// What one scan of one image found.
///
/// The same image, rules and advisories give the same report, but for `stats`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Report {
    /// [`SCHEMA_VERSION`] of the writer.
    pub schema_version: String,
    /// The program that wrote it.
    pub tool: Tool,
    /// The image.
    pub image: ImageSummary,
    /// The distribution in it, when one was recognised.
    pub distribution: Option<Distribution>,
    /// The checks that were made, by their ids.
    pub checks: Vec<String>,
    /// The advisories that were used, when vulnerabilities were looked for.
    pub database: Option<DatabaseSummary>,
    /// Its layers, the lowest first.
    pub layers: Vec<LayerSummary>,
    /// Every package, sorted by type, name, version and path.
    pub packages: Vec<Package>,
    /// What is wrong, the worst first; those that a decision suppressed are among them.
    pub findings: Vec<Finding>,
    /// Every check of the baseline and what came of it, sorted by id.
    pub baseline: Vec<CheckResult>,
    /// The files, when they were looked at.
    pub files: Option<Files>,
    /// The image this one is built from, when it was looked for and found.
    pub base_image: Option<BaseImage>,
    /// What could not be read or decided.
    pub gaps: Vec<Gap>,
    /// How long it took; differs from run to run.
    pub stats: Stats,
}

/// The program that wrote a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Tool {
    /// `lazaret`
    pub name: String,
    /// Its version.
    pub version: String,
}

/// The state of the advisory database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct DatabaseSummary {
    /// When it was last updated, RFC 3339.
    pub updated: String,
    /// How many advisory records it holds.
    pub advisories: u64,
}

/// Where the time of a scan went.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Stats {
    /// From start to report, in milliseconds.
    pub wall_ms: f64,
    /// Layers taken from the cache.
    pub layers_cached: u64,
    /// Layers that were read.
    pub layers_read: u64,
    /// The parts of the work.
    pub parts: Vec<Part>,
}

/// One part of the work; the parts of several threads are added up.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Part {
    /// `resolve`, `layers`, `merge`, `match`, …
    pub name: String,
    /// Time spent in it, in milliseconds.
    pub wall_ms: f64,
    /// Bytes that went through it, when that means something.
    pub bytes: u64,
}
