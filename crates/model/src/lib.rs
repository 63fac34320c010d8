#![doc = include_str!("../README.md")]

pub mod advisory;
mod baseline;
mod compliance;
mod content;
mod day;
mod digest;
mod distribution;
mod failure;
mod finding;
mod gap;
mod glob;
mod image;
mod language;
mod malware;
mod package;
mod report;
mod runtime;
mod secret;
mod severity;
mod suppression;
mod vulnerability;

pub use advisory::{Advisory, Affected, Event, Range, Rating, Reference};
pub use baseline::{Baseline, CheckResult, Outcome};
pub use compliance::{Compliance, Forbidden};
pub use content::{BaseEvidence, BaseImage, FileEntry, Files};
pub use day::{day_of, milliseconds_of, time_of};
pub use digest::{Digest, NotADigest};
pub use distribution::Distribution;
pub use failure::{Failure, UnknownFailure};
pub use finding::{Detail, Finding, FindingKind, UnapprovedBase};
pub use gap::Gap;
pub use glob::{Glob, NotAGlob};
pub use image::{HistoryStep, ImageConfig, ImageSummary, LayerSummary, Platform};
pub use language::{Language, Text, UnknownLanguage};
pub use malware::{Malware, MalwareClass};
pub use package::{Package, PackageType, SourcePackage};
pub use report::{DatabaseSummary, Part, Report, SCHEMA_VERSION, Stats, Tool};
pub use runtime::{
    Container, ContainerState, EngineEvent, EngineSummary, EventSubject, Host, LocalImage, Pod,
};
pub use secret::Secret;
pub use severity::{Severity, UnknownWord};
pub use suppression::{Suppression, SuppressionStatus};
pub use vulnerability::{Epss, FixStatus, KnownExploited, Vulnerability};
