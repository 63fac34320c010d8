#![doc = include_str!("../README.md")]

mod apply;
mod day;
mod document;
mod error;
mod fail_on;
mod filter;
mod ignore;
mod image_name;
mod notice;
mod open_vex;
mod policy;
mod purl;
mod statement;
#[cfg(test)]
mod tests;
mod vex;

pub use apply::Decisions;
pub use error::Error;
pub use fail_on::parse_fail_on;
pub use filter::Filter;
pub use notice::{Notice, NoticeKind};
pub use open_vex::open_vex;
pub use policy::{Policy, Violation};
