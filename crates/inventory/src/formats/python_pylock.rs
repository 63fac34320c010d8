//! The lock file that all tools share: `pylock.toml` (PEP 751).
//!
//! Written by pip, uv, PDM and others. Source: <https://packaging.python.org/en/latest/specifications/pylock-toml/>.
//! Everything it lists counts: its markers are not weighed. A folder of the project and a repository without a stated
//! version are left out. Not read: files with a name in the middle (`pylock.dev.toml`), which serve another purpose.

use image::interest::Pattern;
use model::PackageType;
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::listing::{self, Listing};
use crate::{Error, Evidence, Extractor, Input, projects};

pub(super) static EXTRACTOR: Extractor = Extractor {
    name: "python/pylock",
    version: 1,
    files: &[Pattern::Name("pylock.toml")],
    wants: projects::is_own,
    evidence: Evidence::Declared,
    extract,
};

const FORMAT: &str = "Python lock file";

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Lock {
    lock_version: String,
    #[serde(default)]
    packages: Vec<Locked>,
}

#[derive(Deserialize)]
struct Locked {
    name: String,
    version: Option<String>,
    directory: Option<IgnoredAny>,
    vcs: Option<IgnoredAny>,
    archive: Option<IgnoredAny>,
}

fn extract(input: &mut Input<'_>) -> Result<(), Error> {
    let text = listing::text(input, FORMAT)?;
    let invalid = |why: String| Error::Format { format: FORMAT, why };
    let lock: Lock = toml::from_str(text).map_err(|error| invalid(error.message().to_owned()))?;
    if !lock.lock_version.starts_with("1.") {
        return Err(invalid(format!("its version is `{}`", listing::shown(&lock.lock_version))));
    }
    let mut listing = Listing::new(PackageType::Pypi);
    for locked in &lock.packages {
        let is_source = locked.directory.is_some() || locked.vcs.is_some() || locked.archive.is_some();
        match &locked.version {
            _ if locked.directory.is_some() => {}
            None if is_source => {}
            version => listing.add(&locked.name, version.as_deref().unwrap_or_default()),
        }
    }
    listing.report(input);
    Ok(())
}
