//! The packages of opkg: `status`, and `info/*.control` and `info/*.list` of each.
//!
//! Written by opkg (OpenWrt up to 24.10, Yocto, Buildroot), below `usr/lib/opkg` or `var/lib/opkg`. Source: the manual of
//! opkg, deb-control(5), which it follows, and OpenWrt's `package-ipkg.mk`. `status` says what is installed, `control` more
//! of it: licence, source and maintainer; the merge makes one package of both.

use image::interest::Pattern;
use model::{Package, PackageType, SourcePackage};

use crate::fields::{Paragraph, lines, paragraphs, string};
use crate::licenses::normalise;
use crate::ownership;
use crate::{Error, Evidence, Extractor, Input, Owned};

pub(super) static EXTRACTOR: Extractor = Extractor {
    name: "os/opkg",
    version: 1,
    files: &[
        Pattern::Path("usr/lib/opkg/status"),
        Pattern::Path("var/lib/opkg/status"),
        Pattern::Directory { path: "usr/lib/opkg/info", suffix: ".control" },
        Pattern::Directory { path: "var/lib/opkg/info", suffix: ".control" },
        Pattern::Directory { path: "usr/lib/opkg/info", suffix: ".list" },
        Pattern::Directory { path: "var/lib/opkg/info", suffix: ".list" },
    ],
    wants: |_path| true,
    evidence: Evidence::Installed,
    extract,
};

fn extract(input: &mut Input<'_>) -> Result<(), Error> {
    match input.path().strip_suffix(".list") {
        Some(path) => owned(input, path),
        None => packages(input),
    }
}

fn packages(input: &mut Input<'_>) -> Result<(), Error> {
    let bytes = input.take_bytes()?;
    let mut strange = 0_u64;
    for paragraph in paragraphs(&bytes) {
        strange = strange.saturating_add(paragraph.strange);
        if !paragraph.fields.is_empty() && is_installed(&paragraph) {
            report(input, &paragraph);
        }
    }
    if strange > 0 {
        input.gap(format!("lines that are no fields of an opkg record: {strange}"));
    }
    Ok(())
}

/// Whether files of it may be there; `control` states no status.
fn is_installed(paragraph: &Paragraph<'_>) -> bool {
    let status = paragraph.get("Status").unwrap_or_default();
    let state = status.split(u8::is_ascii_whitespace).rfind(|word| !word.is_empty());
    !matches!(state, Some(b"not-installed" | b"config-files"))
}

fn report(input: &mut Input<'_>, paragraph: &Paragraph<'_>) {
    let (Some(name), Some(version)) = (paragraph.text("Package"), paragraph.text("Version")) else {
        let named = paragraph.text("Package").or(paragraph.text("Version")).unwrap_or_default();
        return input.gap(format!("an opkg record has no name or no version: `{named}`"));
    };
    let mut package = Package::new(PackageType::Opkg, name, version);
    package.arch = paragraph.text("Architecture");
    package.vendor = paragraph.text("Maintainer");
    package.licenses.extend(paragraph.text("License").map(|license| normalise(&license)));
    // OpenWrt names the source's directory in `Source`, and the source in `SourceName`; Yocto names the recipe in `OE`.
    let source = paragraph.text("SourceName").or_else(|| paragraph.text("OE"));
    package.source = source.map(|name| SourcePackage { name, version: package.version.clone() });
    input.package(package);
}

/// Reads which files a package has; `path` is the list's without its ending.
fn owned(input: &mut Input<'_>, path: &str) -> Result<(), Error> {
    let package = path.rsplit('/').next().unwrap_or(path).to_owned();
    let mut paths = Vec::new();
    let mut strange = 0_u64;
    for line in lines(input.bytes()?).filter(|line| !line.is_empty()) {
        // Newer ones tell the mode after a tab.
        let path = line.split(|byte| *byte == b'\t').next().unwrap_or(line);
        let Some(path) = path.strip_prefix(b"/") else {
            strange = strange.saturating_add(1);
            continue;
        };
        if ownership::counts(path) {
            paths.push(string(path));
        }
    }
    input.owned(Owned { package, paths });
    if strange > 0 {
        input.gap(format!("lines that are no paths: {strange}"));
    }
    Ok(())
}
