#![doc = include_str!("../README.md")]

mod host;
mod image;
mod image_filter;
mod page;
mod problem;
mod role;
mod several;

pub use host::{Host, HostFilter};
pub use image::{
    Image, ImageDetail, ImageFailure, ImageName, KindCounts, ScanSummary, SeverityCounts, Total,
};
pub use image_filter::{ImageFilter, ImageKind, ImageOrder, ImageRisk, ImageSort, ImageStatus};
pub use page::{Page, PageQuery};
pub use problem::{Problem, ProblemCode};
pub use role::{Role, UnknownRole};
