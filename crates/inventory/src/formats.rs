//! The list of all extractors; a new format is a module here and an entry in the list.

mod golang_binary;
mod java_archive;
mod javascript_npm;
mod os_apk;
mod os_dpkg;
mod os_release;
mod python_installed;

use crate::Extractor;

/// The name of the extractor that tells the distribution, which is worth knowing whatever is looked for.
pub const DISTRIBUTION: &str = os_release::EXTRACTOR.name;

/// All extractors, sorted by name.
pub static EXTRACTORS: &[&Extractor] = &[
    &golang_binary::EXTRACTOR,
    &java_archive::EXTRACTOR,
    &javascript_npm::EXTRACTOR,
    &os_apk::EXTRACTOR,
    &os_dpkg::EXTRACTOR,
    &os_release::EXTRACTOR,
    &python_installed::EXTRACTOR,
];
