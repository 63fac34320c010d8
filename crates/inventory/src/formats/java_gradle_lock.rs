//! Gradle's lock files: `gradle.lockfile`, and before Gradle 7 one file a configuration in `gradle/dependency-locks`.
//!
//! Written by Gradle, <https://docs.gradle.org/current/userguide/dependency_locking.html>. What only tests ask for is
//! left out.

use image::interest::Pattern;
use model::{Package, PackageType};

use crate::fields::{lines, string};
use crate::{Error, Evidence, Extractor, Input};

pub(super) static EXTRACTOR: Extractor = Extractor {
    name: "java/gradle-lock",
    version: 1,
    files: &[Pattern::Extension(".lockfile")],
    wants: is_lock,
    evidence: Evidence::Declared,
    extract,
};

fn is_lock(path: &str) -> bool {
    let (directory, name) = path.rsplit_once('/').unwrap_or(("", path));
    match name {
        "gradle.lockfile" | "buildscript-gradle.lockfile" => true,
        _ => directory.ends_with("dependency-locks") && !name.starts_with("test"),
    }
}

fn extract(input: &mut Input<'_>) -> Result<(), Error> {
    let bytes = input.take_bytes()?;
    let mut unread = 0_usize;
    for line in lines(&bytes).map(<[u8]>::trim_ascii) {
        let line = string(line);
        if line.is_empty() || line.starts_with(['#', '\u{feff}']) || line.starts_with("empty=") {
            continue;
        }
        let (module, configurations) = line.split_once('=').unwrap_or((&line, ""));
        if !configurations.is_empty() && configurations.split(',').all(|name| name.starts_with("test")) {
            continue;
        }
        let mut parts = module.split(':').map(str::trim).filter(|part| !part.is_empty());
        match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some(group), Some(artifact), Some(version), None) => {
                let name = format!("{group}:{artifact}");
                input.package(Package::new(PackageType::Maven, name, version));
            }
            _ => unread = unread.saturating_add(1),
        }
    }
    if unread > 0 {
        input.gap(format!("lines that are not `group:artifact:version`: {unread}"));
    }
    Ok(())
}
