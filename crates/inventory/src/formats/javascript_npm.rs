//! Installed npm packages: the `package.json` of each folder in a `node_modules`, bundled ones too.
//!
//! Written by npm, yarn and pnpm, by Debian (`usr/share/nodejs`), by corepack and by the release archives of yarn. Source:
//! package.json in the npm documentation. Only the file right in the package's folder counts; markers such as
//! `dist/esm/package.json` and fixtures in tests do not. Not read: Yarn Plug'n'Play archives; applications outside
//! `node_modules`, which are nobody's package.

use std::borrow::Cow;
use std::fmt;

use image::interest::Pattern;
use model::{Package, PackageType};
use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::licenses::normalise;
use crate::{Error, Evidence, Extractor, Input, names};

pub(super) static EXTRACTOR: Extractor = Extractor {
    name: "javascript/npm",
    version: 2,
    files: &[Pattern::Name("package.json")],
    wants: is_installed,
    evidence: Evidence::Installed,
    extract,
};

/// Whether the file lies in `<where packages are>/<name>` or `<where packages are>/@<scope>/<name>`.
fn is_installed(path: &str) -> bool {
    let Some((folder, _)) = path.rsplit_once('/') else { return false };
    is_in_modules(folder) || is_corepack(folder) || is_yarn(folder)
}

fn is_in_modules(folder: &str) -> bool {
    let (above, name) = folder.rsplit_once('/').unwrap_or(("", folder));
    let (parent_above, parent) = above.rsplit_once('/').unwrap_or(("", above));
    let modules = if parent.starts_with('@') { parent_above } else { above };
    let is_modules =
        modules == "node_modules" || modules.ends_with("/node_modules") || SYSTEM_MODULES.contains(&modules);
    is_modules && !name.starts_with(['.', '@']) && name != "node_modules"
}

/// Where Debian keeps packages.
const SYSTEM_MODULES: &[&str] = &["usr/share/nodejs", "usr/lib/nodejs"];

/// `…/corepack/v1/pnpm/9.1.0`: a package manager that corepack fetched.
fn is_corepack(folder: &str) -> bool {
    let mut parts = folder.rsplit('/');
    let is_version = |part: &str| part.starts_with(|first: char| first.is_ascii_digit());
    parts.next().is_some_and(is_version)
        && parts.next().is_some_and(|name| ["npm", "pnpm", "yarn"].contains(&name))
        && parts.take(2).any(|part| part == "corepack")
}

/// `…/yarn-v1.22.22`: the release archive of yarn, as the official images of Node.js unpack it.
fn is_yarn(folder: &str) -> bool {
    let name = folder.rsplit('/').next().unwrap_or(folder);
    name.strip_prefix("yarn-v")
        .is_some_and(|version| version.starts_with(|first: char| first.is_ascii_digit()))
}

/// The fields that count. A field that comes twice is what it is the last time, as JavaScript reads it.
#[derive(Default)]
struct Manifest {
    name: Value,
    version: Value,
    private: Value,
    license: Value,
    licenses: Value,
}

impl<'de> Deserialize<'de> for Manifest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Fields)
    }
}

struct Fields;

impl<'de> Visitor<'de> for Fields {
    type Value = Manifest;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Manifest, A::Error> {
        let mut manifest = Manifest::default();
        while let Some(key) = map.next_key::<Cow<'_, str>>()? {
            let place = match &*key {
                "name" => &mut manifest.name,
                "version" => &mut manifest.version,
                "private" => &mut manifest.private,
                "license" => &mut manifest.license,
                "licenses" => &mut manifest.licenses,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                    continue;
                }
            };
            *place = map.next_value()?;
        }
        Ok(manifest)
    }
}

fn extract(input: &mut Input<'_>) -> Result<(), Error> {
    let bytes = input.bytes()?;
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let manifest: Manifest = serde_json::from_slice(bytes)
        .map_err(|error| Error::Format { format: "package.json", why: error.to_string() })?;
    let text = |value: &Value| value.as_str().map(|text| text.trim().to_owned()).unwrap_or_default();
    let (name, version) = (text(&manifest.name), text(&manifest.version));
    // A stub that only marks a folder, or what was never to be published, is no package.
    let is_stub =
        manifest.private == Value::Bool(true) || (manifest.name.is_null() && manifest.version.is_null());
    if is_stub && (name.is_empty() || version.is_empty()) {
        return Ok(());
    }
    if !names::is_npm(&name) {
        return Err(Error::Format { format: "package.json", why: format!("its name is `{name}`") });
    }
    if version.is_empty() {
        let why = format!("it states no version of `{name}`");
        return Err(Error::Format { format: "package.json", why });
    }
    let mut package = Package::new(PackageType::Npm, name, version);
    package.licenses = licenses(&manifest);
    input.package(package);
    Ok(())
}

/// The licence as a string, as the old `{type, url}`, or as a list of such.
fn licenses(manifest: &Manifest) -> Vec<String> {
    let many = |value: &Value| match value {
        Value::Array(values) => values.clone(),
        value => vec![value.clone()],
    };
    let one = |value: Value| match value {
        Value::String(text) => Some(text),
        Value::Object(fields) => {
            fields.get("type").or_else(|| fields.get("name"))?.as_str().map(str::to_owned)
        }
        _ => None,
    };
    let mut stated: Vec<String> =
        [&manifest.license, &manifest.licenses].into_iter().flat_map(many).filter_map(one).collect();
    stated.retain(|text| !text.trim().is_empty());
    let mut licenses: Vec<String> = stated.iter().map(|text| normalise(text)).collect();
    licenses.dedup();
    licenses
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wants_only_the_folder_of_a_package() {
        for (path, expected) in [
            ("srv/node_modules/a/package.json", true),
            ("node_modules/@s/a/package.json", true),
            ("node_modules/a/node_modules/b/package.json", true),
            ("node_modules/.pnpm/a@1.0.0/node_modules/a/package.json", true),
            ("usr/share/nodejs/lodash/package.json", true),
            ("usr/share/nodejs/@babel/core/package.json", true),
            ("opt/yarn-v1.22.22/package.json", true),
            ("root/.cache/node/corepack/v1/pnpm/9.1.0/package.json", true),
            ("root/.cache/node/corepack/yarn/4.1.0/package.json", true),
            ("usr/share/nodejs/lodash/fp/package.json", false),
            ("opt/yarn-vim/package.json", false),
            ("srv/1.0/package.json", false),
            ("srv/package.json", false),
            ("package.json", false),
            ("node_modules/package.json", false),
            ("node_modules/.cache/package.json", false),
            ("node_modules/a/lib/package.json", false),
            ("node_modules/a/test/fixtures/b/package.json", false),
            ("node_modules/@s/package.json", false),
        ] {
            assert_eq!(is_installed(path), expected, "{path}");
        }
    }
}
