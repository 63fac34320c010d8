//! The packages of pacman: a directory each below `var/lib/pacman/local`, with `desc` and `files`.
//!
//! Written by pacman (Arch Linux, Manjaro, MSYS2). Source: alpm-db-desc(5) and alpm-db-files(5) of the ALPM specifications.
//! A line `%NAME%` begins a section, an empty one ends it. Known gap: `mtree` is not read.

use image::interest::Pattern;
use model::{Package, PackageType, SourcePackage};

use crate::fields::{lines, string};
use crate::licenses::normalise;
use crate::ownership;
use crate::{Error, Evidence, Extractor, Input, Owned};

pub(super) static EXTRACTOR: Extractor = Extractor {
    name: "os/pacman",
    version: 1,
    files: &[Pattern::Name("desc"), Pattern::Name("files")],
    wants: |path| package_of(path).is_some(),
    evidence: Evidence::Installed,
    extract,
};

const LOCAL: &str = "var/lib/pacman/local/";

/// The directory of the package that a file of the database is about: `zlib-1:1.3.1-2`.
fn package_of(path: &str) -> Option<&str> {
    let (directory, file) = path.strip_prefix(LOCAL)?.split_once('/')?;
    (!file.contains('/')).then_some(directory)
}

fn extract(input: &mut Input<'_>) -> Result<(), Error> {
    let is_list = input.path().ends_with("/files");
    if is_list { owned(input) } else { package(input) }
}

/// The lines of a file with the section each stands in; what stands in none is counted.
fn sections<'a>(bytes: &'a [u8], mut meet: impl FnMut(&'a [u8], &'a [u8])) -> u64 {
    let mut section: &[u8] = b"";
    let mut strange = 0_u64;
    for line in lines(bytes) {
        match line {
            [] => section = b"",
            [b'%', name @ .., b'%'] => section = name,
            _ if section.is_empty() => strange = strange.saturating_add(1),
            line => meet(section, line),
        }
    }
    strange
}

fn package(input: &mut Input<'_>) -> Result<(), Error> {
    let bytes = input.take_bytes()?;
    let mut package = Package::new(PackageType::Alpm, "", "");
    let mut base = None;
    let strange = sections(&bytes, |section, line| {
        let text = || string(line.trim_ascii());
        match section {
            b"NAME" => package.name = text(),
            b"VERSION" => package.version = text(),
            b"BASE" => base = Some(text()),
            b"ARCH" => package.arch = Some(text()),
            b"LICENSE" => package.licenses.push(normalise(&text())),
            b"PACKAGER" => package.vendor = Some(text()).filter(|packager| packager != "Unknown Packager"),
            _ => {}
        }
    });
    if strange > 0 {
        input.gap(format!("lines of no section of a pacman record: {strange}"));
    }
    if package.name.is_empty() || package.version.is_empty() {
        let named = format!("{}{}", package.name, package.version);
        input.gap(format!("a pacman record has no name or no version: `{named}`"));
        return Ok(());
    }
    // What is built together has one version.
    let name = base.unwrap_or_else(|| package.name.clone());
    package.source = Some(SourcePackage { name, version: package.version.clone() });
    input.package(package);
    Ok(())
}

fn owned(input: &mut Input<'_>) -> Result<(), Error> {
    let path = input.path();
    // The directory is name, version and release; neither of the last two has a hyphen.
    let package = package_of(path).and_then(|directory| directory.rsplitn(3, '-').nth(2)).unwrap_or_default();
    if package.is_empty() {
        input.gap("its directory is not named by package, version and release");
        return Ok(());
    }
    let mut paths = Vec::new();
    let strange = sections(input.bytes()?, |section, line| {
        if section == b"FILES" && !line.ends_with(b"/") && ownership::counts(line) {
            paths.push(string(line));
        }
    });
    input.owned(Owned { package: package.to_owned(), paths });
    if strange > 0 {
        input.gap(format!("lines of no section of a list of files: {strange}"));
    }
    Ok(())
}
