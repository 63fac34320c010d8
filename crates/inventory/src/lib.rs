#![doc = include_str!("../README.md")]

mod extractor;
mod fields;
mod formats;
mod licenses;
mod ownership;
pub mod sbom;
#[cfg(test)]
mod tests;

pub use extractor::{Error, Evidence, Extractor, Found, Input, Licensed, Owned};
pub use formats::{DISTRIBUTION, EXTRACTORS};
