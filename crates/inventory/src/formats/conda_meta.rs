//! Installed Conda packages: `conda-meta/<name>-<version>-<build>.json` of any environment, the base one included.
//!
//! Written by conda, mamba and micromamba. Source: <https://docs.conda.io/projects/conda-build/> and what conda writes.
//! A Python package of Conda lies in `site-packages` as well and is listed a second time as what it is on PyPI: that is
//! the name under which advisories know it, while no advisories are published for Conda's own names.

use image::interest::Pattern;
use model::{Package, PackageType};
use serde::Deserialize;

use crate::licenses::normalise;
use crate::listing::shown;
use crate::{Error, Evidence, Extractor, Input, locator, names};

pub(super) static EXTRACTOR: Extractor = Extractor {
    name: "conda/meta",
    version: 1,
    files: &[Pattern::Extension(".json")],
    wants: is_record,
    evidence: Evidence::Installed,
    extract,
};

/// The largest record that is read; it lists all files of the package.
const BYTES: u64 = 64 << 20;

/// Directly in a folder `conda-meta`.
fn is_record(path: &str) -> bool {
    path.rsplit('/').nth(1) == Some("conda-meta")
}

#[derive(Deserialize)]
struct Record {
    name: String,
    version: String,
    #[serde(default)]
    build: String,
    channel: Option<String>,
    subdir: Option<String>,
    #[serde(rename = "fn")]
    file: Option<String>,
    license: Option<String>,
}

fn extract(input: &mut Input<'_>) -> Result<(), Error> {
    let record: Record =
        serde_json::from_slice(input.content().whole(BYTES)?).map_err(|error| invalid(error.to_string()))?;
    let name = names::canonical(PackageType::Conda, &record.name)
        .ok_or_else(|| invalid(format!("its name is `{}`", shown(&record.name))))?;
    if record.version.trim().is_empty() {
        return Err(invalid(format!("it states no version of `{name}`")));
    }
    let mut package = Package::new(PackageType::Conda, name, record.version.trim());
    package.licenses =
        record.license.iter().filter(|text| !text.trim().is_empty()).map(|text| normalise(text)).collect();
    package.purl = record.locator(&package);
    input.package(package);
    Ok(())
}

fn invalid(why: String) -> Error {
    Error::Format { format: "Conda record", why }
}

impl Record {
    fn locator(&self, package: &Package) -> String {
        let subdir = self.subdir.as_deref().unwrap_or_default();
        let file = self.file.as_deref().unwrap_or_default();
        let form = ["tar.bz2", "conda"].into_iter().find(|form| file.ends_with(form)).unwrap_or_default();
        let qualifiers =
            [("build", self.build.as_str()), ("channel", self.channel()), ("subdir", subdir), ("type", form)];
        locator::qualified(package.kind, &package.name, &package.version, &qualifiers)
    }

    /// `conda-forge`, whether it is stated so or as an address that may end in the platform.
    fn channel(&self) -> &str {
        let channel = self.channel.as_deref().unwrap_or_default().trim_end_matches('/');
        let parts = channel.rsplit('/').filter(|part| Some(*part) != self.subdir.as_deref());
        parts.into_iter().next().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wants_the_records_of_every_environment() {
        for (path, expected) in [
            ("opt/conda/conda-meta/zlib-1.2.13-h5eee18b_0.json", true),
            ("opt/conda/envs/a/conda-meta/zlib-1.2.13-h5eee18b_0.json", true),
            ("opt/conda/pkgs/zlib-1.2.13-h5eee18b_0/info/index.json", false),
            ("conda-meta.json", false),
        ] {
            assert_eq!(is_record(path), expected, "{path}");
        }
    }
}
