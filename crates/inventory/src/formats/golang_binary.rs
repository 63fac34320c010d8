//! Go programs: the toolchain and the modules that every one built with modules names.
//!
//! Written by the Go linker since Go 1.13. Sources: `debug/buildinfo` and `runtime/debug` of Go. ELF only; PE and
//! Mach-O programs do not run in Linux containers and are not read. Not read either: programs packed by UPX, and
//! position-independent ones of Go before 1.18, whose pointers are set when they are loaded (a gap).

mod elf;
mod modules;

use image::interest::Pattern;
use model::{Package, PackageType};

use crate::{Error, Evidence, Extractor, Input};
use modules::Modules;

pub(super) static EXTRACTOR: Extractor = Extractor {
    name: "golang/binary",
    version: 2,
    files: &[Pattern::Executable(b"\x7fELF")],
    wants: |_path| true,
    evidence: Evidence::Installed,
    extract,
};

fn extract(input: &mut Input<'_>) -> Result<(), Error> {
    let Some(information) = elf::information(input.content())? else { return Ok(()) };
    match toolchain(&information.go_version) {
        Some(version) => input.package(Package::new(PackageType::Golang, "stdlib", version)),
        None => {
            let why =
                format!("it was built by a Go toolchain of unknown version: `{}`", information.go_version);
            input.gap(why);
        }
    }
    if information.modules.is_empty() {
        input.gap("it was built without Go modules: its toolchain is known, what it is made of is not");
    }
    let modules = Modules::parse(&information.modules)?;
    if let Some((name, version)) = modules.main() {
        input.package(Package::new(PackageType::Golang, name, version));
    }
    let mut unknown = Vec::new();
    for module in &modules.dependencies {
        match module.version() {
            Some(version) => input.package(Package::new(PackageType::Golang, module.name(), version)),
            None => unknown.push(module.name()),
        }
    }
    if !unknown.is_empty() {
        input.gap(local(&unknown));
    }
    Ok(())
}

/// How many modules one gap names.
const NAMED: usize = 5;

/// Says which modules are copies of unknown version.
pub(super) fn local(unknown: &[&str]) -> String {
    let named: Vec<&str> = unknown.iter().take(NAMED).copied().collect();
    let more = if unknown.len() > NAMED { ", …" } else { "" };
    let count = unknown.len();
    format!("Go modules that are local copies of unknown version: {count} ({}{more})", named.join(", "))
}

/// `1.19` from `go1.19`, without experiments and vendors' suffixes; nothing for a toolchain that was never released.
pub(super) fn toolchain(go_version: &str) -> Option<&str> {
    let version = go_version.strip_prefix("go")?.split([' ', '-', '+']).next()?;
    version.starts_with(|first: char| first.is_ascii_digit()).then_some(version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strips_what_is_no_version_of_the_toolchain() {
        for (go_version, expected) in [
            ("go1.19", Some("1.19")),
            ("go1.21rc2", Some("1.21rc2")),
            ("go1.20.6-bigcorp", Some("1.20.6")),
            ("go1.21.3 X:boringcrypto", Some("1.21.3")),
            ("devel go1.22-0a1b2c", None),
            ("", None),
        ] {
            assert_eq!(toolchain(go_version), expected, "{go_version}");
        }
    }
}
