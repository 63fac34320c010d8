//! Lists of packages that another program has made: `CycloneDX` 1.2 to 1.6 and SPDX 2.2 and 2.3, as JSON.
//!
//! A component counts by its package URL. What cannot be used is a gap, never left out in silence. Not read: XML,
//! tag-value, SPDX 3.

mod cyclonedx;
mod purl;
mod spdx;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use model::{Distribution, Gap, Package, PackageType, SourcePackage};
use serde::Deserialize;

use purl::Purl;

/// The largest document, in bytes.
const MAX_BYTES: usize = 256 << 20;

/// The most components of one document.
const MAX_COMPONENTS: usize = 500_000;

/// What a list tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sbom {
    /// What the packages are of: the image's name; empty when it is not told.
    pub name: String,
    /// The digest of the image's manifest, where it is told.
    pub digest: Option<String>,
    /// The distribution.
    pub distribution: Option<Distribution>,
    /// The packages, sorted; each keeps the package URL it was given.
    pub packages: Vec<Package>,
    /// What could not be used.
    pub gaps: Vec<Gap>,
}

/// Why a document could not be taken as a list of packages.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// It is too large.
    #[error(
        "cannot read the list of packages: it is larger than {MAX_BYTES} bytes or {MAX_COMPONENTS} components"
    )]
    TooLarge,
    /// It is no JSON, or not of the shape its standard asks for.
    #[error("cannot understand the list of packages: line {line}, column {column}: {why}")]
    Format {
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
        /// What is wrong.
        why: String,
    },
    /// It is of a standard or version that is not read.
    #[error("cannot read {0}; hint: CycloneDX 1.2 to 1.6 or SPDX 2.2 or 2.3, as JSON")]
    Unknown(String),
}

/// Reads a list of packages.
///
/// # Errors
/// When it is none that is read, or passes the limits.
pub fn read(bytes: &[u8]) -> Result<Sbom, Error> {
    if bytes.len() > MAX_BYTES {
        return Err(Error::TooLarge);
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if bytes.trim_ascii_start().starts_with(b"<") {
        return Err(Error::Unknown("a list of packages written in XML".to_owned()));
    }
    let kind: Kind = parse(bytes)?;
    let known = |version: &Option<String>, versions: &[&str]| {
        version.as_ref().is_some_and(|version| versions.contains(&version.as_str()))
    };
    let versions = ["1.2", "1.3", "1.4", "1.5", "1.6"];
    if kind.bom_format.as_deref() == Some("CycloneDX") {
        if known(&kind.spec_version, &versions) {
            return cyclonedx::read(bytes);
        }
        let version = kind.spec_version.unwrap_or_default();
        return Err(Error::Unknown(format!("CycloneDX of version `{}`", version.escape_debug())));
    }
    if known(&kind.spdx_version, &["SPDX-2.2", "SPDX-2.3"]) {
        return spdx::read(bytes);
    }
    Err(Error::Unknown(match kind.spdx_version {
        Some(version) => format!("SPDX of version `{}`", version.escape_debug()),
        None => "a document that is neither CycloneDX nor SPDX 2".to_owned(),
    }))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Kind {
    bom_format: Option<String>,
    spec_version: Option<String>,
    spdx_version: Option<String>,
}

fn parse<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, Error> {
    serde_json::from_slice(bytes).map_err(|error| {
        let text = error.to_string();
        // The place is told apart from the reason.
        let why = text.rsplit_once(" at line ").map_or(text.as_str(), |(why, _)| why).to_owned();
        Error::Format { line: error.line(), column: error.column(), why }
    })
}

/// What one component says besides its package URL.
#[derive(Default)]
struct Said {
    name: String,
    licenses: Vec<String>,
    paths: Vec<String>,
    source: Option<SourcePackage>,
    layer: Option<String>,
    created_by: Option<String>,
    owner: Option<String>,
}

/// Collects packages and what cannot be one.
#[derive(Default)]
struct Collector {
    sbom: Sbom,
    /// How many components of each type are not judged.
    not_judged: BTreeMap<String, usize>,
    /// The distribution that package URLs name.
    distribution: Option<Distribution>,
}

impl Collector {
    /// Takes in a component that has a package URL, or should have one.
    fn component(&mut self, url: Option<&str>, said: Said) {
        let mut unusable = |why: &str| {
            let name = said.name.chars().take(200).collect::<String>();
            self.sbom.gaps.push(Gap::new("component", name, why));
        };
        let Some(url) = url else { return unusable("it has no package URL") };
        let Some(purl) = Purl::parse(url) else { return unusable("its package URL is none") };
        let Some(kind) = PackageType::from_word(&purl.kind) else {
            let count = self.not_judged.entry(purl.kind).or_default();
            *count = count.saturating_add(1);
            return;
        };
        if purl.version.is_empty() {
            return unusable("it has no version");
        }
        if kind.is_system() && self.distribution.is_none() {
            self.distribution = purl.distribution();
        }
        let mut version = purl.full_version();
        if kind == PackageType::Bitnami {
            // Its advisories know nothing of the revision, which would read as a pre-release.
            version.truncate(unrevised(&version).len());
        }
        let mut package = Package::new(kind, purl.full_name(kind), version);
        if kind.is_system() {
            let source = said.source.or_else(|| purl.source(&package.version));
            // Without a word of it, the package itself.
            package.source = source.or_else(|| {
                Some(SourcePackage { name: package.name.clone(), version: package.version.clone() })
            });
        }
        package.arch = purl.qualifiers.get("arch").cloned();
        url.clone_into(&mut package.purl);
        package.licenses = said.licenses;
        package.paths = said.paths;
        package.layer = said.layer;
        package.created_by = said.created_by;
        package.owner = said.owner;
        "sbom".clone_into(&mut package.found_by);
        self.sbom.packages.push(package);
    }

    fn finish(mut self) -> Sbom {
        if self.sbom.distribution.is_none() {
            self.sbom.distribution = self.distribution;
        }
        self.sbom.gaps.extend(self.not_judged.into_iter().map(|(kind, count)| {
            let why = format!("{count} components of type `{kind}` are not judged");
            Gap::new("component", kind, why)
        }));
        self.sbom.packages.sort();
        self.sbom.packages.dedup();
        self.sbom
    }
}

/// The version before the revision that Bitnami adds: `2.4.58` of `2.4.58-3`.
fn unrevised(version: &str) -> &str {
    match version.rsplit_once('-') {
        Some((plain, revision)) if revision.bytes().all(|byte| byte.is_ascii_digit()) => plain,
        _ => version,
    }
}

/// A digest as a manifest has one.
fn digest(text: &str) -> Option<String> {
    text.parse::<model::Digest>().ok().map(|digest| digest.to_string())
}
