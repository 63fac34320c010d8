//! Gradle's lock files: `gradle.lockfile`, and before Gradle 7 one file a configuration in `gradle/dependency-locks`.
//!
//! Written by Gradle, <https://docs.gradle.org/current/userguide/dependency_locking.html>. What only tests ask for is
//! left out.

use image::interest::Pattern;
use model::PackageType;

use crate::listing::{self, Listing, shown};
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
    let mut listed = Listing::new(PackageType::Maven);
    for line in listing::text(input, "Gradle lock file")?.lines().map(str::trim) {
        if line.is_empty() || line.starts_with('#') || line.starts_with("empty=") {
            continue;
        }
        let (module, configurations) = line.split_once('=').unwrap_or((line, ""));
        if !configurations.is_empty() && configurations.split(',').all(|name| name.starts_with("test")) {
            continue;
        }
        match module.rsplit_once(':') {
            Some((name, version)) => listed.add(name, version),
            None => listed.problem(format!("a line is not `group:artifact:version`: `{}`", shown(line))),
        }
    }
    listed.report(input);
    Ok(())
}
