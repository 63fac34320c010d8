#![doc = include_str!("../README.md")]

pub mod advisory;
mod day;
mod digest;
mod distribution;
mod finding;
mod gap;
mod image;
mod package;
mod report;
mod severity;

pub use advisory::{Advisory, Affected, Event, Range, Rating, Reference};
pub use day::day_of;
pub use digest::{Digest, NotADigest};
pub use distribution::Distribution;
pub use finding::{Finding, FindingKind, FixStatus, KnownExploited, Vulnerability};
pub use gap::Gap;
pub use image::{HistoryStep, ImageSummary, LayerSummary, Platform};
pub use package::{Package, PackageType, SourcePackage};
pub use report::{DatabaseSummary, Part, Report, SCHEMA_VERSION, Stats, Tool};
pub use severity::{Severity, UnknownWord};
