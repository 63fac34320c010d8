//! Pods a project has locked: `Podfile.lock`.
//!
//! Written by CocoaPods, in YAML: `PODS` lists `Name/Subspec (version)`, with or without what each depends on. Source: the
//! CocoaPods guides. The subspecs of a pod are one package here.

use std::collections::BTreeMap;

use image::interest::Pattern;
use model::PackageType;
use serde::Deserialize;

use crate::listing::Listing;
use crate::{Error, Evidence, Extractor, Input};

pub(super) static EXTRACTOR: Extractor = Extractor {
    name: "swift/podfile-lock",
    version: 1,
    files: &[Pattern::Name("Podfile.lock")],
    wants: |_| true,
    evidence: Evidence::Declared,
    extract,
};

#[derive(Deserialize)]
struct Lock {
    #[serde(rename = "PODS", default)]
    pods: Vec<Pod>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Pod {
    Alone(String),
    WithDependencies(BTreeMap<String, Vec<String>>),
}

fn extract(input: &mut Input<'_>) -> Result<(), Error> {
    let mut listing = Listing::new(PackageType::Cocoapods);
    let lock: Lock = serde_saphyr::from_slice(input.bytes()?).map_err(|error| Error::Format {
        format: "Podfile.lock",
        why: error.without_snippet().to_string(),
    })?;
    let pods = lock.pods.into_iter().flat_map(|pod| match pod {
        Pod::Alone(pod) => vec![pod],
        Pod::WithDependencies(pods) => pods.into_keys().collect(),
    });
    for pod in pods {
        let stated = pod.split_once(" (").and_then(|(name, rest)| Some((name, rest.strip_suffix(')')?)));
        let (name, version) = stated.unwrap_or((&pod, ""));
        let name = name.split('/').next().unwrap_or(name);
        listing.add(name, version);
    }
    listing.report(input);
    Ok(())
}
