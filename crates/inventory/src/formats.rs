//! The list of all extractors; a new format is a module here and an entry in the list.

mod binary_classified;
mod conda_meta;
mod cpp_conan_info;
mod cpp_conan_lock;
mod dart_pubspec_lock;
mod dotnet_assembly;
mod dotnet_deps;
mod dotnet_packages_config;
mod dotnet_packages_lock;
mod elixir_mix_lock;
mod erlang_application;
mod erlang_rebar_lock;
mod golang_binary;
mod golang_mod;
mod golang_vendor;
mod haskell_cabal_freeze;
mod haskell_ghc_package;
mod haskell_stack_lock;
mod java_archive;
mod java_gradle_lock;
mod java_pom;
mod java_runtime;
mod java_sbt_lock;
mod javascript_bun_lock;
mod javascript_deno_lock;
mod javascript_npm;
mod javascript_package_lock;
mod javascript_pnpm_lock;
mod javascript_yarn_lock;
mod julia_installed;
mod julia_manifest;
mod lua_rocks;
mod os_apk;
mod os_dpkg;
mod os_dpkg_copyright;
mod os_opkg;
mod os_pacman;
mod os_redhat_content;
mod os_release;
mod os_rpm;
mod os_ubuntu_pro;
mod perl_cpanfile_snapshot;
mod perl_cpanm;
mod perl_local;
mod php_composer_installed;
mod php_composer_lock;
mod python_installed;
mod python_pdm_lock;
mod python_pipfile_lock;
mod python_poetry_lock;
mod python_pylock;
mod python_requirements;
mod python_uv_lock;
mod r_installed;
mod r_renv_lock;
mod ruby_gemfile_lock;
mod ruby_gemspec;
mod rust_binary;
mod rust_cargo_lock;
mod sbom_embedded;
mod swift_package_resolved;
mod swift_podfile_lock;

use crate::Extractor;

/// The name of the extractor that tells the distribution, which is worth knowing whatever is looked for.
pub const DISTRIBUTION: &str = os_release::EXTRACTOR.name;

/// The name of the extractor that knows programs by their bytes: what it says counts only where nobody else does.
pub const CLASSIFIED: &str = binary_classified::EXTRACTOR.name;

/// All extractors, sorted by name.
pub static EXTRACTORS: &[&Extractor] = &[
    &binary_classified::EXTRACTOR,
    &conda_meta::EXTRACTOR,
    &cpp_conan_info::EXTRACTOR,
    &cpp_conan_lock::EXTRACTOR,
    &dart_pubspec_lock::EXTRACTOR,
    &dotnet_assembly::EXTRACTOR,
    &dotnet_deps::EXTRACTOR,
    &dotnet_packages_config::EXTRACTOR,
    &dotnet_packages_lock::EXTRACTOR,
    &elixir_mix_lock::EXTRACTOR,
    &erlang_application::EXTRACTOR,
    &erlang_rebar_lock::EXTRACTOR,
    &golang_binary::EXTRACTOR,
    &golang_mod::EXTRACTOR,
    &golang_vendor::EXTRACTOR,
    &haskell_cabal_freeze::EXTRACTOR,
    &haskell_ghc_package::EXTRACTOR,
    &haskell_stack_lock::EXTRACTOR,
    &java_archive::EXTRACTOR,
    &java_gradle_lock::EXTRACTOR,
    &java_pom::EXTRACTOR,
    &java_runtime::EXTRACTOR,
    &java_sbt_lock::EXTRACTOR,
    &javascript_bun_lock::EXTRACTOR,
    &javascript_deno_lock::EXTRACTOR,
    &javascript_npm::EXTRACTOR,
    &javascript_package_lock::EXTRACTOR,
    &javascript_pnpm_lock::EXTRACTOR,
    &javascript_yarn_lock::EXTRACTOR,
    &julia_installed::EXTRACTOR,
    &julia_manifest::EXTRACTOR,
    &lua_rocks::EXTRACTOR,
    &os_apk::EXTRACTOR,
    &os_dpkg::EXTRACTOR,
    &os_dpkg_copyright::EXTRACTOR,
    &os_opkg::EXTRACTOR,
    &os_pacman::EXTRACTOR,
    &os_redhat_content::EXTRACTOR,
    &os_release::EXTRACTOR,
    &os_rpm::EXTRACTOR,
    &os_ubuntu_pro::EXTRACTOR,
    &perl_cpanfile_snapshot::EXTRACTOR,
    &perl_cpanm::EXTRACTOR,
    &perl_local::EXTRACTOR,
    &php_composer_installed::EXTRACTOR,
    &php_composer_lock::EXTRACTOR,
    &python_installed::EXTRACTOR,
    &python_pdm_lock::EXTRACTOR,
    &python_pipfile_lock::EXTRACTOR,
    &python_poetry_lock::EXTRACTOR,
    &python_pylock::EXTRACTOR,
    &python_requirements::EXTRACTOR,
    &python_uv_lock::EXTRACTOR,
    &r_installed::EXTRACTOR,
    &r_renv_lock::EXTRACTOR,
    &ruby_gemfile_lock::EXTRACTOR,
    &ruby_gemspec::EXTRACTOR,
    &rust_binary::EXTRACTOR,
    &rust_cargo_lock::EXTRACTOR,
    &sbom_embedded::EXTRACTOR,
    &swift_package_resolved::EXTRACTOR,
    &swift_podfile_lock::EXTRACTOR,
];
