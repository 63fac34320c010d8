#![doc = include_str!("../README.md")]

mod extractor;
mod fields;
mod formats;
mod ownership;
pub mod sbom;
#[cfg(test)]
mod tests;

pub use extractor::{Error, Extractor, Found, Input, Owned};
pub use formats::{DISTRIBUTION, EXTRACTORS};
