#![doc = include_str!("../README.md")]

mod apk;
mod cursor;
mod dpkg;
mod go;
mod maven;
mod natural;
mod pep440;
mod rpm;
mod scheme;
mod semver;
mod unparsable;
mod version;

pub use scheme::Scheme;
pub use unparsable::Unparsable;
pub use version::{Version, compare};
