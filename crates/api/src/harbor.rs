use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// What this server is as a scanner of Harbor, and what it can do.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct HarborMetadata {
    /// The scanner.
    pub scanner: HarborScanner,
    /// What it can do.
    pub capabilities: Vec<HarborCapability>,
    /// More about it, by names that Harbor gives.
    pub properties: BTreeMap<String, String>,
}

/// The scanner, as Harbor shows it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct HarborScanner {
    /// What it is called.
    pub name: String,
    /// Who makes it.
    pub vendor: String,
    /// Its version.
    pub version: String,
}

/// One thing that the scanner can do.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct HarborCapability {
    /// What: `vulnerability` or `sbom`.
    #[serde(rename = "type")]
    pub kind: HarborCapabilityKind,
    /// The media types of what it takes.
    pub consumes_mime_types: Vec<String>,
    /// The media types of its reports.
    pub produces_mime_types: Vec<String>,
    /// How packages are listed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub additional_attributes: Option<HarborAttributes>,
}

/// What a scan is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum HarborCapabilityKind {
    /// Vulnerabilities of packages.
    Vulnerability,
    /// The list of packages.
    Sbom,
}

/// How packages are listed.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct HarborAttributes {
    /// The media types of lists of packages.
    pub sbom_media_types: Vec<String>,
}

// Harbor may send more in a later version, which is no reason to refuse: unknown fields are let pass in all that follows.

/// An image that Harbor wants to have scanned.
#[derive(Clone, Deserialize, ToSchema)]
pub struct HarborScanRequest {
    /// Where the image is pulled from.
    pub registry: HarborRegistry,
    /// The image.
    pub artifact: HarborArtifact,
    /// What it is scanned for; everything when nothing is named.
    #[schema(max_items = 16)]
    pub enabled_capabilities: Option<Vec<HarborEnabled>>,
}

/// The registry that an image is pulled from.
#[derive(Clone, Deserialize, ToSchema)]
pub struct HarborRegistry {
    /// Its address, with `https://` or `http://`.
    #[schema(max_length = 2048)]
    pub url: String,
    /// What lets in who pulls, as in the header `Authorization`: `Basic …` or `Bearer …`.
    #[schema(max_length = 8192)]
    pub authorization: Option<String>,
    /// Whether any certificate is believed.
    pub insecure: Option<bool>,
}

/// An image of Harbor.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct HarborArtifact {
    /// The repository with its project, `library/mongo`.
    #[schema(max_length = 255)]
    pub repository: String,
    /// One of its tags, when it has any.
    #[schema(max_length = 128)]
    pub tag: Option<String>,
    /// The digest of its manifest.
    #[schema(max_length = 71)]
    pub digest: String,
    /// The media type of its manifest; an index is not taken, its images are.
    #[schema(max_length = 255)]
    pub mime_type: String,
}

/// What an image is scanned for.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct HarborEnabled {
    /// What.
    #[serde(rename = "type")]
    pub kind: HarborCapabilityKind,
}

/// A scan that was asked for.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct HarborScan {
    /// By which its report is asked for.
    #[schema(format = "uuid")]
    pub id: String,
}

/// How the report of a scan is written.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct HarborReportQuery {
    /// How packages are listed: `application/spdx+json` or `application/vnd.cyclonedx+json`; it must be said where the
    /// report is one of packages.
    #[param(max_length = 256)]
    pub sbom_media_type: Option<String>,
}

/// Why Harbor is not answered as it asked.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct HarborProblem {
    /// What is wrong.
    pub error: HarborError,
}

/// What is wrong.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct HarborError {
    /// What, where, and what to do.
    pub message: String,
}
