//! SPDX 2.2 and 2.3 as JSON, <https://spdx.github.io/spdx-spec/v2.3/>.

use std::collections::HashMap;

use model::{Distribution, SourcePackage};
use serde::Deserialize;

use super::{Collector, Error, MAX_COMPONENTS, Said, Sbom, digest, parse};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    #[serde(default)]
    name: String,
    #[serde(default)]
    packages: Vec<Package>,
    #[serde(default)]
    has_extracted_licensing_infos: Vec<Extracted>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Package {
    #[serde(rename = "SPDXID", default)]
    id: String,
    #[serde(default)]
    name: String,
    version_info: Option<String>,
    primary_package_purpose: Option<String>,
    source_info: Option<String>,
    license_declared: Option<String>,
    license_concluded: Option<String>,
    #[serde(default)]
    external_refs: Vec<Reference>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Reference {
    reference_type: Option<String>,
    reference_locator: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Extracted {
    license_id: Option<String>,
    name: Option<String>,
}

pub(super) fn read(bytes: &[u8]) -> Result<Sbom, Error> {
    let document: Document = parse(bytes)?;
    if document.packages.len() > MAX_COMPONENTS {
        return Err(Error::TooLarge);
    }
    let named = |extracted: Extracted| Some((extracted.license_id?, extracted.name?));
    let names: HashMap<String, String> =
        document.has_extracted_licensing_infos.into_iter().filter_map(named).collect();
    let mut collector = Collector::default();
    collector.sbom.name = document.name;
    for package in document.packages {
        take(&mut collector, package, &names);
    }
    Ok(collector.finish())
}

fn take(collector: &mut Collector, package: Package, names: &HashMap<String, String>) {
    let purpose = package.primary_package_purpose.as_deref().unwrap_or_default();
    let is_root = package.id.starts_with("SPDXRef-DocumentRoot-");
    match purpose {
        "OPERATING_SYSTEM" | "OPERATING-SYSTEM" => {
            collector.sbom.distribution = Some(Distribution {
                id: package.name.to_ascii_lowercase(),
                version: package.version_info.filter(|version| !version.is_empty()),
                ..Distribution::default()
            });
        }
        _ if purpose == "CONTAINER" || is_root => {
            let version = package.version_info.as_deref().unwrap_or_default();
            collector.sbom.digest = digest(version);
            collector.sbom.name = package.name;
        }
        "FILE" | "SOURCE" => {}
        // Trivy lists the files that packages were found in as applications.
        "APPLICATION" if package.purl().is_none() && package.version_info.is_none() => {}
        _ => {
            let said = package.said(names);
            collector.component(package.purl(), said);
        }
    }
}

impl Package {
    fn purl(&self) -> Option<&str> {
        let is_purl = |reference: &&Reference| reference.reference_type.as_deref() == Some("purl");
        self.external_refs.iter().find(is_purl)?.reference_locator.as_deref()
    }

    fn said(&self, names: &HashMap<String, String>) -> Said {
        let says = |text: &&String| !matches!(text.as_str(), "" | "NOASSERTION" | "NONE");
        let declared = self.license_declared.as_ref().filter(says);
        let license = declared.or(self.license_concluded.as_ref().filter(says));
        let (paths, source) = self.source_info.as_deref().map_or((Vec::new(), None), ours);
        Said {
            name: self.name.clone(),
            // A reference to a text of this document is told by the name it has there.
            licenses: license.map(|text| names.get(text).unwrap_or(text).clone()).into_iter().collect(),
            paths,
            source,
            ..Said::default()
        }
    }
}

/// The paths and the source package in the sentence that Lazaret and Trivy write.
fn ours(sentence: &str) -> (Vec<String>, Option<SourcePackage>) {
    let (found, built) = sentence.split_once("built from source package").unwrap_or((
        sentence.split_once("built package from").map_or(sentence, |(found, _)| found),
        sentence.split_once("built package from:").map_or("", |(_, built)| built),
    ));
    let found = found.trim().trim_end_matches(';');
    let paths = found.strip_prefix("found by ").and_then(|rest| rest.split_once(" in "));
    let paths = paths.map(|(_, paths)| paths.split(", ").map(str::to_owned).collect());
    let mut words = built.split_whitespace();
    let source = words
        .next()
        .zip(words.next())
        .map(|(name, version)| SourcePackage { name: name.to_owned(), version: version.to_owned() });
    (paths.unwrap_or_default(), source)
}
