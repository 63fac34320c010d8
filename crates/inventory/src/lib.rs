#![doc = include_str!("../README.md")]

mod classifier;
mod dependencies;
mod extractor;
mod fields;
mod formats;
mod licenses;
mod listing;
mod locator;
mod names;
mod ownership;
mod program;
mod projects;
pub mod sbom;
#[cfg(test)]
mod tests;

pub use classifier::{Classifier, classifiers};
pub use extractor::{Error, Evidence, Extractor, Found, Input, Licensed, Owned};
pub use formats::{CLASSIFIED, DISTRIBUTION, EXTRACTORS};
