//! `<application>.deps.json`: the packages a .NET application was published with.
//!
//! Written by the .NET SDK, <https://github.com/dotnet/sdk/blob/main/documentation/specs/runtime-configuration-file.md>.
//! It also tells the shared frameworks (`shared/Microsoft.NETCore.App/8.0.1/`), each of which lies there with such a
//! file of its own, and the runtime that a self-contained application brings along. Left out: projects, references that
//! are no packages, and packages that were only compiled against.

use std::collections::BTreeMap;

use image::interest::Pattern;
use model::PackageType;
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::listing::{self, Listing};
use crate::{Error, Evidence, Extractor, Input};

pub(super) static EXTRACTOR: Extractor = Extractor {
    name: "dotnet/deps",
    version: 1,
    files: &[Pattern::Extension(".json")],
    wants: |path| path.ends_with(".deps.json"),
    evidence: Evidence::Installed,
    extract,
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    runtime_target: Option<Named>,
    #[serde(default)]
    targets: BTreeMap<String, BTreeMap<String, Assets>>,
    libraries: BTreeMap<String, Library>,
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Assets {
    compile: Option<IgnoredAny>,
    runtime: Option<IgnoredAny>,
    native: Option<IgnoredAny>,
    runtime_targets: Option<IgnoredAny>,
    resources: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct Library {
    #[serde(rename = "type", default)]
    kind: String,
}

impl Assets {
    fn only_compiled(&self) -> bool {
        let run = [&self.runtime, &self.native, &self.runtime_targets, &self.resources];
        self.compile.is_some() && run.iter().all(|asset| asset.is_none())
    }
}

fn extract(input: &mut Input<'_>) -> Result<(), Error> {
    let document: Document = serde_json::from_str(listing::text(input, "deps.json")?)
        .map_err(|error| Error::Format { format: "deps.json", why: error.to_string() })?;
    let mut listed = Listing::new(PackageType::Nuget);
    if let Some((name, version)) = framework(input.path()) {
        listed.add(name, version);
    }
    let target = document.runtime_target.and_then(|target| document.targets.get(&target.name));
    for (key, library) in &document.libraries {
        let assets = target.and_then(|target| target.get(key));
        if assets.is_some_and(Assets::only_compiled) {
            continue;
        }
        let key = match library.kind.to_ascii_lowercase().as_str() {
            "package" => key.as_str(),
            "runtimepack" => key.strip_prefix("runtimepack.").unwrap_or(key),
            _ => continue,
        };
        let (name, version) = key.split_once('/').unwrap_or((key, ""));
        listed.add(name, version);
    }
    listed.report(input);
    Ok(())
}

/// The name and the version of the shared framework whose own description this is.
fn framework(path: &str) -> Option<(&str, &str)> {
    let mut parts = path.rsplit('/');
    let file = parts.next()?.strip_suffix(".deps.json")?;
    let (version, name) = (parts.next()?, parts.next()?);
    let is_shared = parts.next() == Some("shared") && name == file;
    (is_shared && version.starts_with(|first: char| first.is_ascii_digit())).then_some((name, version))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_a_shared_framework_by_its_place() {
        for (path, expected) in [
            (
                "usr/share/dotnet/shared/Microsoft.NETCore.App/8.0.1/Microsoft.NETCore.App.deps.json",
                Some(("Microsoft.NETCore.App", "8.0.1")),
            ),
            ("app/shared/App/1.0/Other.deps.json", None),
            ("app/Microsoft.NETCore.App.deps.json", None),
        ] {
            assert_eq!(framework(path), expected, "{path}");
        }
    }
}
