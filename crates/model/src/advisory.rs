//! The inner model of an advisory: that of OSV, without what a scanner does not use.
//!
//! Source: the OSV schema, <https://ossf.github.io/osv-schema/>.

use serde::{Deserialize, Serialize};

use crate::{FixStatus, Severity};

/// One record of one publisher.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Advisory {
    /// The publisher's id: `GHSA-…`, `DSA-…`, `CVE-…`.
    pub id: String,
    /// Other ids of the same vulnerability.
    pub aliases: Vec<String>,
    /// Ids of the vulnerabilities this record is about, in their home databases.
    pub upstream: Vec<String>,
    /// Ids that have to do with it; AlmaLinux and others list the CVEs of an erratum here.
    pub related: Vec<String>,
    /// One line.
    pub summary: String,
    /// The text, often Markdown.
    pub details: String,
    /// RFC 3339, empty when not said.
    pub published: String,
    /// RFC 3339.
    pub modified: String,
    /// When it was withdrawn; such a record never matches.
    pub withdrawn: Option<String>,
    /// What the publishers say of how bad it is.
    pub ratings: Vec<Rating>,
    /// Links.
    pub references: Vec<Reference>,
    /// Weakness ids, `CWE-79`.
    pub cwes: Vec<String>,
    /// The packages concerned.
    pub affected: Vec<Affected>,
}

/// One statement of severity.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Rating {
    /// Who says so: the record's own database, `CVSS_V3`, …
    pub source: String,
    /// The vector, when it is a CVSS rating.
    #[serde(default)]
    pub vector: Option<String>,
    /// The base score, when the vector could be read.
    #[serde(default)]
    pub score: Option<f64>,
    /// The severity that follows.
    pub severity: Severity,
}

/// One link of an advisory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Reference {
    /// OSV's kind: `ADVISORY`, `FIX`, `WEB`, …
    #[serde(rename = "type")]
    pub kind: String,
    /// The address.
    pub url: String,
}

/// A package and the versions of it that are concerned.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Affected {
    /// OSV's ecosystem with its release: `Debian:12`, `npm`.
    pub ecosystem: String,
    /// The package's name there.
    pub package: String,
    /// The ranges; a version in any of them is affected.
    pub ranges: Vec<Range>,
    /// Versions named one by one.
    pub versions: Vec<String>,
    /// A severity for this package alone (Debian's urgency).
    pub severity: Option<Severity>,
    /// What the publisher says of it beyond versions; with [`FixStatus::NotAffected`] no version is affected, and ranges
    /// are not needed.
    pub status: Option<FixStatus>,
    /// The module stream it is about, `nodejs:18`; a package of another stream, or of none, is not concerned.
    pub module: Option<String>,
    /// It concerns only images that take updates from one of these channels (`esm-infra`); empty for all.
    pub channels: Vec<String>,
    /// It concerns only these architectures; empty for all.
    pub arches: Vec<String>,
}

/// A list of events along the order of versions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Range {
    /// The events as published.
    pub events: Vec<Event>,
}

/// Where along the versions a vulnerability begins or ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub enum Event {
    /// Affected from here on; `0` is before every version.
    Introduced(String),
    /// No longer affected from here on.
    Fixed(String),
    /// The last that is affected.
    LastAffected(String),
    /// Nothing is said from here on.
    Limit(String),
}
