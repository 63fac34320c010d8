use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::ImageKind;

/// What images come to all together; findings that a decision takes out are not counted.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct InventorySummary {
    /// Images that are there.
    pub images: i64,
    /// Those that were never scanned and wait for nothing.
    pub unscanned: i64,
    /// Those that wait for a scan.
    pub waiting: i64,
    /// Those that are being scanned.
    pub scanning: i64,
    /// Those whose last scan went well.
    pub scanned: i64,
    /// Those whose last scan failed.
    pub failed: i64,
    /// Those whose last scan was cancelled.
    pub cancelled: i64,
    /// Those in which something was found.
    pub risky: i64,
    /// Those with a result in which nothing was found.
    pub clean: i64,
    /// Those that deserve a look first.
    pub focus: i64,
    /// Those that containers run from.
    pub running: i64,
    /// Those whose worst finding is critical.
    pub worst_critical: i64,
    /// Those whose worst finding is high.
    pub worst_high: i64,
    /// Those whose worst finding is medium.
    pub worst_medium: i64,
    /// Those whose worst finding is low, or less, or was never rated.
    pub worst_low: i64,
    /// Containers.
    pub containers: i64,
    /// Vulnerabilities of all images together.
    pub vulnerabilities: i64,
    /// Of these, critical ones.
    pub critical: i64,
    /// High ones.
    pub high: i64,
    /// Medium ones.
    pub medium: i64,
    /// Low ones.
    pub low: i64,
    /// Negligible ones.
    pub negligible: i64,
    /// Those that nobody has rated.
    pub unknown: i64,
    /// Those that a published version mends.
    pub fixable: i64,
    /// Those that are known to be exploited.
    pub exploited: i64,
    /// Malicious files.
    pub malware: i64,
    /// Secrets.
    pub secrets: i64,
    /// Settings that are not safe.
    pub baseline: i64,
    /// Software and licences that are not allowed.
    pub compliance: i64,
    /// Images that are not built from an approved base image.
    pub base_image: i64,
    /// Findings that a decision takes out of the counts.
    pub ignored: i64,
    /// What could not be read or decided.
    pub gaps: i64,
    /// When the last result was made, in milliseconds since 1970.
    pub last_scan: Option<i64>,
}

/// How it stood at the end of a day.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Day {
    /// `YYYY-MM-DD`, in UTC.
    pub day: String,
    /// Images that were there.
    pub images: i64,
    /// Those that had a result.
    pub scanned: i64,
    /// Those in which something was found that counts.
    pub risky: i64,
    /// Critical vulnerabilities.
    pub critical: i64,
    /// High ones.
    pub high: i64,
    /// Medium ones.
    pub medium: i64,
    /// Low ones.
    pub low: i64,
    /// Malicious files.
    pub malware: i64,
    /// Secrets.
    pub secrets: i64,
    /// Settings that are not safe.
    pub baseline: i64,
    /// Software and licences that are not allowed.
    pub compliance: i64,
}

/// Which images are summed up.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SummaryQuery {
    /// Where they were seen; everywhere when nothing is said.
    #[param(inline)]
    pub source: Option<ImageKind>,
    /// The project.
    pub project: Option<i64>,
}

/// Which days are wanted.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct TrendQuery {
    /// Where the images were seen; everywhere when nothing is said.
    #[param(inline)]
    pub source: Option<ImageKind>,
    /// The project.
    pub project: Option<i64>,
    /// So many days up to today.
    #[param(minimum = 1, maximum = 400, default = 30)]
    pub days: Option<u32>,
}
