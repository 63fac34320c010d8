//! `CycloneDX` as JSON, <https://cyclonedx.org/docs/1.6/json/>; with the properties that Syft and Trivy add.

use model::{Distribution, SourcePackage};
use serde::Deserialize;

use super::{Collector, Error, MAX_COMPONENTS, Said, Sbom, digest, parse};

#[derive(Deserialize)]
struct Document {
    metadata: Option<Metadata>,
    #[serde(default)]
    components: Vec<Component>,
}

#[derive(Deserialize)]
struct Metadata {
    component: Option<Component>,
}

#[derive(Deserialize)]
struct Component {
    #[serde(rename = "type", default)]
    kind: String,
    #[serde(default)]
    name: String,
    version: Option<String>,
    description: Option<String>,
    purl: Option<String>,
    #[serde(default)]
    licenses: Vec<Choice>,
    #[serde(default)]
    properties: Vec<Property>,
    evidence: Option<Evidence>,
    #[serde(default)]
    components: Vec<Component>,
}

#[derive(Deserialize)]
struct Choice {
    license: Option<License>,
    expression: Option<String>,
}

#[derive(Deserialize)]
struct License {
    id: Option<String>,
    name: Option<String>,
}

#[derive(Deserialize)]
struct Property {
    #[serde(default)]
    name: String,
    value: Option<String>,
}

#[derive(Deserialize)]
struct Evidence {
    #[serde(default)]
    occurrences: Vec<Occurrence>,
}

#[derive(Deserialize)]
struct Occurrence {
    location: Option<String>,
}

pub(super) fn read(bytes: &[u8]) -> Result<Sbom, Error> {
    let document: Document = parse(bytes)?;
    let mut collector = Collector::default();
    let mut waiting = document.components;
    if let Some(component) = document.metadata.and_then(|metadata| metadata.component) {
        collector.sbom.digest = component
            .version
            .as_deref()
            .and_then(digest)
            .or_else(|| component.property(&["lazaret:digest"]).and_then(|text| digest(&text)));
        collector.sbom.name = component.name;
        waiting.extend(component.components);
    }
    let mut seen = 0_usize;
    // Components in components are a tree; parsing has bounded its depth.
    while let Some(mut component) = waiting.pop() {
        seen = seen.saturating_add(1);
        if seen > MAX_COMPONENTS {
            return Err(Error::TooLarge);
        }
        waiting.append(&mut component.components);
        take(&mut collector, component);
    }
    Ok(collector.finish())
}

fn take(collector: &mut Collector, component: Component) {
    match component.kind.as_str() {
        "operating-system" => {
            collector.sbom.distribution = Some(Distribution {
                id: component.name.to_ascii_lowercase(),
                version: component.version.filter(|version| !version.is_empty()),
                name: component.description,
                ..Distribution::default()
            });
        }
        "container" | "cryptographic-asset" | "data" | "device" | "file" | "machine-learning-model" => {}
        // Trivy lists the files that packages were found in as applications.
        "application" if component.purl.is_none() && component.version.is_none() => {}
        _ => {
            let said = component.said();
            collector.component(component.purl.as_deref(), said);
        }
    }
}

impl Component {
    /// The first of these properties that says something.
    fn property(&self, names: &[&str]) -> Option<String> {
        names.iter().find_map(|name| {
            let said = self.properties.iter().filter(|property| property.name == *name);
            said.filter_map(|property| property.value.clone()).find(|value| !value.is_empty())
        })
    }

    fn said(&self) -> Said {
        let names = |choice: &Choice| {
            let license = choice.license.as_ref();
            let name = license.and_then(|license| license.id.as_ref().or(license.name.as_ref()));
            choice.expression.as_ref().or(name).cloned()
        };
        Said {
            name: self.name.clone(),
            licenses: self.licenses.iter().filter_map(names).collect(),
            paths: self.paths(),
            source: self.source(),
            layer: self.property(&[
                "lazaret:layer",
                "syft:location:0:layerID",
                "aquasecurity:trivy:LayerDiffID",
            ]),
            created_by: self.property(&["lazaret:createdBy"]),
            owner: self.property(&["lazaret:owner"]),
        }
    }

    fn paths(&self) -> Vec<String> {
        let is_path = |name: &str| {
            name == "aquasecurity:trivy:FilePath"
                || (name.starts_with("syft:location:") && name.ends_with(":path"))
        };
        let stated = self.properties.iter().filter(|property| is_path(&property.name));
        let stated = stated.filter_map(|property| property.value.as_deref());
        let occurrences = self.evidence.iter().flat_map(|evidence| &evidence.occurrences);
        let occurrences = occurrences.filter_map(|occurrence| occurrence.location.as_deref());
        let mut paths: Vec<String> =
            stated.chain(occurrences).map(|path| path.trim_start_matches('/').to_owned()).collect();
        paths.sort();
        paths.dedup();
        paths
    }

    fn source(&self) -> Option<SourcePackage> {
        let name = self.property(&[
            "lazaret:sourceName",
            "aquasecurity:trivy:SrcName",
            "syft:metadata:source",
            "syft:metadata:originPackage",
        ])?;
        let stated = self.property(&["lazaret:sourceVersion", "syft:metadata:sourceVersion"]);
        let version = stated.or_else(|| self.trivy_version()).or_else(|| {
            // Of the same version when it says none.
            super::Purl::parse(self.purl.as_deref()?).map(|purl| purl.full_version())
        })?;
        Some(SourcePackage { name, version })
    }

    /// The version of the source package, which Trivy writes in three parts.
    fn trivy_version(&self) -> Option<String> {
        let mut version = self.property(&["aquasecurity:trivy:SrcVersion"])?;
        if let Some(release) = self.property(&["aquasecurity:trivy:SrcRelease"]) {
            version = format!("{version}-{release}");
        }
        match self.property(&["aquasecurity:trivy:SrcEpoch"]) {
            Some(epoch) if epoch != "0" => Some(format!("{epoch}:{version}")),
            _ => Some(version),
        }
    }
}
