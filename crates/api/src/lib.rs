#![doc = include_str!("../README.md")]

mod host;
mod page;
mod problem;
mod role;

pub use host::{Host, HostFilter};
pub use page::{Page, PageQuery};
pub use problem::{Problem, ProblemCode};
pub use role::{Role, UnknownRole};
