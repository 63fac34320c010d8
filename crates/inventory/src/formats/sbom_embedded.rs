//! Lists of packages that lie in the image: `*.spdx.json`, `*.cdx.json`, `*.cyclonedx.json`, `bom.json`, `sbom.json`, those of Bitnami
//! (`opt/bitnami/**/.spdx-*.spdx`, JSON despite the name) and of Python wheels (`*.dist-info/sboms/`).
//!
//! Written by whoever built what lies beside them. Sources: `CycloneDX`, SPDX, PEP 770; melange for
//! `var/lib/db/sbom/`. Packages of the operating system are left out: its own database tells them. Not read: XML,
//! tag-value, SPDX 3.

use image::interest::Pattern;
use model::Gap;

use crate::licenses::normalise;
use crate::sbom::{self, Sbom};
use crate::{Error, Evidence, Extractor, Input};

pub(super) static EXTRACTOR: Extractor = Extractor {
    name: "sbom/embedded",
    version: 1,
    files: &[Pattern::Extension(".json"), Pattern::Extension(".spdx")],
    wants: is_list,
    evidence: Evidence::Installed,
    extract,
};

/// Names that other files have as well: their content decides.
const UNSURE: &[&str] = &["bom.json", "sbom.json"];
/// Where apk packages of Wolfi and Chainguard keep one list each.
const OF_APK: &str = "var/lib/db/sbom/";

fn is_list(path: &str) -> bool {
    let (directory, name) = path.rsplit_once('/').unwrap_or(("", path));
    let named = |suffix: &str| name.len() > suffix.len() && name.ends_with(suffix);
    UNSURE.contains(&name)
        || named(".spdx.json")
        || named(".cdx.json")
        || named(".cyclonedx.json")
        || (directory.ends_with(".dist-info/sboms") && named(".json"))
        || (path.starts_with("opt/bitnami/") && name.starts_with(".spdx-") && named(".spdx"))
}

fn extract(input: &mut Input<'_>) -> Result<(), Error> {
    let path = input.path();
    let list = match sbom::read(input.bytes()?) {
        Ok(list) => list,
        Err(sbom::Error::Unknown(_)) if UNSURE.contains(&path.rsplit('/').next().unwrap_or(path)) => {
            return Ok(());
        }
        Err(error) => {
            input.gap(error.to_string());
            return Ok(());
        }
    };
    let Sbom { packages, gaps, .. } = list;
    // What such a list names beside the apk package itself is the source it was built from.
    let of_apk = path.starts_with(OF_APK);
    for mut package in packages {
        if package.kind.is_system() || (of_apk && package.kind.ecosystem().is_none()) {
            continue;
        }
        // Places and layers are those of the machine that made the list.
        package.paths.clear();
        (package.layer, package.created_by, package.owner) = (None, None, None);
        package.purl.clear();
        package.found_by.clear();
        package.licenses = package.licenses.iter().map(|stated| normalise(stated)).collect();
        input.package(package);
    }
    if let Some(why) = shortened(&gaps).filter(|_| !of_apk) {
        input.gap(why);
    }
    Ok(())
}

/// All that could not be used, in one sentence.
fn shortened(gaps: &[Gap]) -> Option<String> {
    let first = gaps.first()?;
    let (count, name) = (gaps.len(), first.place.escape_debug());
    Some(format!(
        "entries of this list of packages that cannot be used: {count}, such as `{name}`: {}",
        first.why
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_a_list_by_its_path() {
        for (path, expected) in [
            ("app/bom.json", true),
            ("sbom.json", true),
            ("app/app.spdx.json", true),
            ("app/app.cdx.json", true),
            ("opt/bitnami/redis/.spdx-redis.spdx", true),
            ("usr/lib/python3/site-packages/a-1.dist-info/sboms/auditwheel.cdx.json", true),
            ("usr/lib/python3/site-packages/a-1.dist-info/sboms/a.json", true),
            ("var/lib/db/sbom/zlib-1.3.1-r4.spdx.json", true),
            ("app/package.json", false),
            ("app/licence.spdx", false),
            ("app/.spdx.json", false),
        ] {
            assert_eq!(is_list(path), expected, "{path}");
        }
    }
}
