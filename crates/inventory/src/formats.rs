//! The list of all extractors; a new format is a module here and an entry in the list.

mod dotnet_deps;
mod dotnet_packages_config;
mod dotnet_packages_lock;
mod golang_binary;
mod golang_mod;
mod golang_vendor;
mod java_archive;
mod java_gradle_lock;
mod java_runtime;
mod java_sbt_lock;
mod javascript_bun_lock;
mod javascript_npm;
mod javascript_package_lock;
mod javascript_pnpm_lock;
mod javascript_yarn_lock;
mod os_apk;
mod os_dpkg;
mod os_redhat_content;
mod os_release;
mod os_rpm;
mod python_installed;
mod rust_cargo_lock;

use crate::Extractor;

/// The name of the extractor that tells the distribution, which is worth knowing whatever is looked for.
pub const DISTRIBUTION: &str = os_release::EXTRACTOR.name;

/// All extractors, sorted by name.
pub static EXTRACTORS: &[&Extractor] = &[
    &dotnet_deps::EXTRACTOR,
    &dotnet_packages_config::EXTRACTOR,
    &dotnet_packages_lock::EXTRACTOR,
    &golang_binary::EXTRACTOR,
    &golang_mod::EXTRACTOR,
    &golang_vendor::EXTRACTOR,
    &java_archive::EXTRACTOR,
    &java_gradle_lock::EXTRACTOR,
    &java_runtime::EXTRACTOR,
    &java_sbt_lock::EXTRACTOR,
    &javascript_bun_lock::EXTRACTOR,
    &javascript_npm::EXTRACTOR,
    &javascript_package_lock::EXTRACTOR,
    &javascript_pnpm_lock::EXTRACTOR,
    &javascript_yarn_lock::EXTRACTOR,
    &os_apk::EXTRACTOR,
    &os_dpkg::EXTRACTOR,
    &os_redhat_content::EXTRACTOR,
    &os_release::EXTRACTOR,
    &os_rpm::EXTRACTOR,
    &python_installed::EXTRACTOR,
    &rust_cargo_lock::EXTRACTOR,
];
