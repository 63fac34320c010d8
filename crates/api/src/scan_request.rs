use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::ImageFilter;

/// The most images that one request names; there are filters for more.
pub const MOST_IMAGES: usize = 10_000;

/// Which images are scanned, and for what: those named, those that fit a filter, or all; exactly one of them.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ScanRequest {
    /// These images.
    #[schema(min_items = 1, max_items = 10000)]
    pub images: Option<Vec<i64>>,
    /// Those that fit this.
    pub filter: Option<ImageFilter>,
    /// All that may be seen.
    pub all: Option<bool>,
    /// But for these, where all or a filter is given.
    #[schema(max_items = 10000)]
    pub exclude: Option<Vec<i64>>,
    /// What to look for; everything when nothing is named.
    #[schema(max_items = 8)]
    pub checks: Option<Vec<Check>>,
    /// At most so many images at once; 0 for no limit but that of the server.
    #[schema(minimum = 0, maximum = 1000)]
    pub parallel: Option<i64>,
    /// For people; that of the image where there is only one, and else none, when it is not given.
    #[schema(min_length = 1, max_length = 256)]
    pub name: Option<String>,
    /// Look at every layer again, also those whose facts are known.
    pub force: Option<bool>,
}

/// Whose scans are given up: of images named, of those that fit a filter, or all; exactly one of them.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ScanCancelRequest {
    /// The scans of these images.
    #[schema(min_items = 1, max_items = 10000)]
    pub images: Option<Vec<i64>>,
    /// Those that fit this.
    pub filter: Option<ImageFilter>,
    /// Of all images that may be seen.
    pub all: Option<bool>,
    /// But for these, where all or a filter is given.
    #[schema(max_items = 10000)]
    pub exclude: Option<Vec<i64>>,
}

/// What a scan looks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Check {
    /// Known vulnerabilities of packages.
    Vulnerabilities,
    /// Files made to do harm.
    Malware,
    /// The list of packages.
    Software,
    /// What the files come to.
    Files,
    /// Unsafe settings.
    Baseline,
    /// Keys, tokens and passwords that lie open.
    Secrets,
    /// Software and licences that are not allowed.
    Compliance,
    /// Whether the base image is an approved one.
    BaseImage,
}

impl Check {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Vulnerabilities,
        Self::Malware,
        Self::Software,
        Self::Files,
        Self::Baseline,
        Self::Secrets,
        Self::Compliance,
        Self::BaseImage,
    ];

    /// The word it is written as.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Vulnerabilities => "vulnerabilities",
            Self::Malware => "malware",
            Self::Software => "software",
            Self::Files => "files",
            Self::Baseline => "baseline",
            Self::Secrets => "secrets",
            Self::Compliance => "compliance",
            Self::BaseImage => "base-image",
        }
    }
}
