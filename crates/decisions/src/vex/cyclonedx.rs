//! CycloneDX 1.4 to 1.6 as VEX, in JSON: <https://cyclonedx.org/capabilities/vex/>.
//!
//! Vulnerabilities with an `analysis`, for components of the same document, package URLs, and BOM-Links whose end is
//! one of these. Known gap: ranges of versions.

use std::collections::HashMap;

use model::SuppressionStatus;
use serde::Deserialize;

use super::{Builder, Said, Status};
use crate::purl::decode;
use crate::statement::{self, Thing, Things, Undecided};

#[derive(Deserialize)]
pub(super) struct Bom {
    #[serde(rename = "serialNumber", default)]
    serial_number: String,
    #[serde(default)]
    metadata: Metadata,
    #[serde(default)]
    components: Vec<Component>,
    #[serde(default)]
    vulnerabilities: Vec<Vulnerability>,
}

#[derive(Default, Deserialize)]
struct Metadata {
    timestamp: Option<String>,
    component: Option<Component>,
}

#[derive(Deserialize)]
struct Component {
    #[serde(rename = "bom-ref", default)]
    reference: String,
    #[serde(rename = "type", default)]
    kind: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    version: String,
    #[serde(default)]
    purl: String,
    #[serde(default)]
    components: Vec<Component>,
}

#[derive(Deserialize)]
struct Vulnerability {
    #[serde(default)]
    id: String,
    #[serde(default)]
    references: Vec<Reference>,
    analysis: Option<Analysis>,
    #[serde(default)]
    affects: Vec<Affects>,
    updated: Option<String>,
}

#[derive(Deserialize)]
struct Reference {
    #[serde(default)]
    id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Analysis {
    #[serde(default)]
    state: String,
    #[serde(default)]
    justification: String,
    #[serde(default)]
    detail: String,
    last_updated: Option<String>,
}

#[derive(Deserialize)]
struct Affects {
    #[serde(rename = "ref", default)]
    reference: String,
    #[serde(default)]
    versions: Vec<Version>,
}

#[derive(Deserialize)]
struct Version {
    version: Option<String>,
    #[serde(default)]
    status: String,
}

pub(super) fn read(bom: &Bom, builder: &mut Builder) -> Result<(), String> {
    builder.named(&bom.serial_number);
    let components = Components::new(bom);
    let timestamp = bom.metadata.timestamp.as_deref();
    bom.vulnerabilities
        .iter()
        .try_for_each(|vulnerability| vulnerability.read(&components, timestamp, builder))
}

impl Vulnerability {
    fn read(
        &self,
        components: &Components<'_>,
        own: Option<&str>,
        builder: &mut Builder,
    ) -> Result<(), String> {
        let Some(analysis) = &self.analysis else { return Ok(()) };
        let status = analysis.status()?;
        let named = std::iter::once(&self.id).chain(self.references.iter().map(|reference| &reference.id));
        let ids = statement::ids(named.map(String::as_str))?;
        let reason = statement::reason(&[&analysis.justification, &analysis.detail]);
        let timestamp = analysis.last_updated.as_deref().or(self.updated.as_deref()).or(own);
        if self.affects.is_empty() {
            builder.undecided(&ids, Undecided::NoProduct, "");
        }
        for affects in &self.affects {
            for (thing, status) in affects.things(components, status) {
                match thing {
                    Err(why) => builder.undecided(&ids, why, &affects.reference),
                    Ok(thing) => {
                        let (products, packages) = components.scope(thing);
                        builder.add(Said {
                            ids: &ids,
                            products,
                            packages,
                            status,
                            reason: reason.clone(),
                            timestamp,
                        });
                    }
                }
            }
        }
        Ok(())
    }
}

impl Analysis {
    fn status(&self) -> Result<Status, String> {
        Ok(match self.state.as_str() {
            "not_affected" => Status::Suppressed(SuppressionStatus::NotAffected),
            "false_positive" => Status::Suppressed(SuppressionStatus::FalsePositive),
            "resolved" | "resolved_with_pedigree" => Status::Suppressed(SuppressionStatus::Fixed),
            "exploitable" | "in_triage" | "" => Status::Stands,
            other => return Err(format!("`{other}` is not a state of an analysis")),
        })
    }
}

impl Affects {
    /// What it is about, and what is said of it; with versions, each by itself.
    fn things(&self, components: &Components<'_>, status: Status) -> Vec<(Result<Thing, Undecided>, Status)> {
        let thing = components.thing(&self.reference);
        if self.versions.is_empty() {
            return vec![(thing, status)];
        }
        let of_version = |version: &Version| {
            let status = match version.status.as_str() {
                "unaffected" => Status::Suppressed(SuppressionStatus::NotAffected),
                _ => status,
            };
            let thing = match (&thing, &version.version) {
                (Ok(_), None) => Err(Undecided::Range),
                (Ok(Thing::Purl(purl)), Some(version)) => {
                    let mut purl = purl.as_ref().clone();
                    purl.version = Some(version.clone());
                    Ok(Thing::Purl(purl.into()))
                }
                (other, _) => other.clone(),
            };
            (thing, status)
        };
        self.versions.iter().map(of_version).collect()
    }
}

/// The components of a document by their references.
struct Components<'a> {
    by_reference: HashMap<&'a str, Result<Thing, Undecided>>,
    /// The image the document is about.
    image: Option<Thing>,
    serial: &'a str,
}

impl<'a> Components<'a> {
    fn new(bom: &'a Bom) -> Self {
        let mut by_reference = HashMap::new();
        let mut open: Vec<&Component> = bom.components.iter().chain(&bom.metadata.component).collect();
        while let Some(component) = open.pop() {
            if !component.reference.is_empty() {
                by_reference.insert(component.reference.as_str(), component.thing());
            }
            open.extend(&component.components);
        }
        let root = bom.metadata.component.as_ref();
        let image = root.filter(|root| root.kind == "container").and_then(|root| root.thing().ok());
        let serial = bom.serial_number.trim_start_matches("urn:uuid:");
        Self { by_reference, image, serial }
    }

    fn thing(&self, reference: &str) -> Result<Thing, Undecided> {
        let local = |reference: &str| self.by_reference.get(reference).cloned();
        if let Some(thing) = local(reference) {
            return thing;
        }
        let Some(link) = reference.strip_prefix("urn:cdx:") else {
            // Anything but a package URL is a reference to another document.
            return if reference.starts_with("pkg:") {
                Thing::parse(reference)
            } else {
                Err(Undecided::Product)
            };
        };
        let (document, element) = link.split_once('#').ok_or(Undecided::Product)?;
        let element = decode(element);
        let own =
            document.split('/').next().is_some_and(|serial| !serial.is_empty() && serial == self.serial);
        match local(&element).filter(|_| own) {
            Some(thing) => thing,
            None if element.starts_with("pkg:") => Thing::parse(&element),
            None => Err(Undecided::Product),
        }
    }

    /// In a document about an image a package is that image's; in any other it is every image's.
    fn scope(&self, thing: Thing) -> (Things, Option<Things>) {
        let is_image = match &thing {
            Thing::Purl(purl) => purl.is_image(),
            Thing::Name(_) => true,
        };
        match &self.image {
            Some(image) if !is_image => (image.clone().into(), Some(thing.into())),
            _ if is_image => (thing.into(), None),
            _ => (Things::any_image(), Some(thing.into())),
        }
    }
}

impl Component {
    fn thing(&self) -> Result<Thing, Undecided> {
        if !self.purl.is_empty() {
            return Thing::parse(&self.purl);
        }
        if self.kind != "container" {
            return Err(Undecided::Product);
        }
        match self.version.as_str() {
            "" => Thing::parse(&self.name),
            digest if digest.starts_with("sha256:") => Thing::parse(&format!("{}@{digest}", self.name)),
            _ if self.name.contains('@')
                || self.name.rsplit('/').next().is_some_and(|name| name.contains(':')) =>
            {
                Thing::parse(&self.name)
            }
            tag => Thing::parse(&format!("{}:{tag}", self.name)),
        }
    }
}
