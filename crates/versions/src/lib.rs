#![doc = include_str!("../README.md")]

mod cursor;
mod natural;
mod padded;
mod schemes;
#[cfg(test)]
mod table;
mod unparsable;
mod version;

pub mod range;

pub use schemes::Scheme;
pub use unparsable::Unparsable;
pub use version::{Version, compare};
