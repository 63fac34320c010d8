#![doc = include_str!("../README.md")]

pub mod base;
pub mod baseline;
mod built_in;
pub mod compliance;
mod error;
mod evidence;
pub mod files;
pub mod instruction;
pub mod license;
pub mod malware;
pub mod secrets;

pub use built_in::BuiltIn;
pub use error::Error;
pub use evidence::{Evidence, Noted, Placed};
